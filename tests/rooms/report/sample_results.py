"""Results of the invented trial, with the ids of the contract, by plain counting: the sample needs no other room."""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterable

import polars as pl

from remit.analysis.result import Result, Selection
from rooms.report import sample as s

ALL = Selection("population", "adsl", (("SAFFL", "Y"),))


def results(frames: dict[str, pl.DataFrame]) -> tuple[Result, ...]:
    """Every result of the sample, in report order."""
    found: list[Result] = []
    adsl, adae, adrs, adeff, adtte, adex = (frames[k] for k in ("adsl", "adae", "adrs", "adeff", "adtte", "adex"))
    levels = ("dl1", "dl2", "dl3", "dl4")
    at = {lv: adsl.filter(pl.col("LEVEL") == lv).height for lv in levels}

    def add(id: str, title: str, value: float | None, **rest: object) -> None:
        facts: dict[str, object] = {
            "analysis": id.split("/")[0],
            "population": "safety",
            "group": "all",
            "statistic": id.split("/")[-1],
            "method": "count",
            "text": "" if value is None else f"{value:g}",
            "sources": 20,
        }
        found.append(Result(id=id, title=title, value=value, **{**facts, **rest}))  # type: ignore[arg-type]

    def share(id: str, title: str, x: int, n: int, counted: Selection, pool: Selection = ALL, **rest: object) -> None:
        ci = s.exact(x, n)
        text = f"{x}/{n} ({100 * x / n:.1f} %; 95 % CI {100 * (ci.low or 0):.1f}–{100 * (ci.high or 0):.1f})"
        common = {"n": x, "denominator": n, "behind": (counted, pool), **rest}
        add(f"{id}/count", title, float(x), text=f"{x}/{n}", **common)
        add(f"{id}/proportion", title, x / n, text=text, interval=ci, method="Clopper-Pearson", **common)

    def spread(
        id: str, title: str, values: Iterable[float | None], behind: tuple[Selection, ...] = (ALL,), **rest: object
    ) -> None:
        known = sorted(v for v in values if v is not None)
        q1, _, q3 = statistics.quantiles(known, n=4) if len(known) > 1 else (known[0],) * 3
        for name, value in (
            ("n", len(known)),
            ("median", statistics.median(known)),
            ("q1", q1),
            ("q3", q3),
            ("min", known[0]),
            ("max", known[-1]),
        ):
            add(
                f"{id}/{name}",
                f"{title}, {name}",
                float(value),
                n=len(known),
                text=f"{round(value, 1):g}",
                behind=behind,
                method="exact" if name == "n" else name,
                **rest,
            )

    def slug(text: str) -> str:
        return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")

    for key, flag in (
        ("enrolled", "ENRLFL"),
        ("conditioned", "CONDFL"),
        ("infused", "SAFFL"),
        ("dlt-evaluable", "DLTEVLFL"),
    ):
        x = adsl.filter(pl.col(flag) == "Y").height
        add(
            f"disposition/{key}/count",
            key.capitalize(),
            float(x),
            n=x,
            behind=(Selection("counted", "adsl", ((flag, "Y"),)),),
        )
    add("disposition/screened/count", "Screened", 20.0, n=20, behind=(Selection("counted", "adsl", ()),))
    for key, x in (("ongoing", 20), ("completed", 0), ("discontinued", 0), ("died", 0)):
        add(f"disposition/{key}/count", key.capitalize(), float(x), n=x)
    for key, x in (("safety", 20), ("dlt-evaluable", 19), ("efficacy-evaluable", 20)):
        add(
            f"disposition/set/{key}/count",
            f"In the {key} set",
            float(x),
            n=x,
            behind=(Selection("counted", "adset", (("SET", key), ("IN", "Y"))),),
        )
    for stem, column, label in (
        ("age-years", "AGE", "Age, years"),
        ("disease-duration-years", "DISDUR", "Disease duration, years"),
        ("sledai-2k", "SLEDBL", "SLEDAI-2K"),
        ("pga", "PGABL", "PGA"),
        ("prednisone-mg", "PREDBL", "Prednisone, mg/d"),
    ):
        spread(f"baseline/{stem}", label, adsl[column].to_list(), (Selection("counted", "adsl", (("SAFFL", "Y"),)),))
        for lv in levels:
            spread(
                f"baseline/{stem}/{lv}",
                label,
                adsl.filter(pl.col("LEVEL") == lv)[column].to_list(),
                (Selection("counted", "adsl", (("SAFFL", "Y"), ("LEVEL", lv))),),
            )
    for sex in ("F", "M"):
        x = adsl.filter(pl.col("SEX") == sex).height
        add(
            f"baseline/sex/{sex.lower()}/count",
            "Women" if sex == "F" else "Men",
            float(x),
            n=x,
            denominator=20,
            text=f"{x}/20",
            behind=(Selection("counted", "adsl", (("SEX", sex),)), ALL),
        )
    for key, column in (("dsdna-raised", "DSDNABL"), ("complement-low", "LOWCBL")):
        x = adsl.filter(pl.col(column) == "Y").height
        add(
            f"baseline/{key}/count",
            key,
            float(x),
            n=x,
            denominator=20,
            text=f"{x}/20",
            behind=(Selection("counted", "adsl", ((column, "Y"),)), ALL),
        )
    for lv in levels:
        add(
            f"exposure/{lv}/count",
            f"Infused at {lv.upper()}",
            float(at[lv]),
            n=at[lv],
            behind=(Selection("counted", "adsl", (("SAFFL", "Y"), ("LEVEL", lv))),),
        )
        totals = (
            adex.filter(pl.col("LEVEL") == lv)
            .group_by("USUBJID", maintain_order=True)
            .agg(pl.col("AVAL").sum())["AVAL"]
        )
        spread(
            f"exposure/cells-total/{lv}", "Total cells, 10^9", totals, (Selection("counted", "adex", (("LEVEL", lv),)),)
        )
    share("exposure/infusions-3", "Three infusions given", 19, 20, Selection("counted", "adsl", (("NINFUS", 3),)))
    spread("follow-up/months", "Follow-up, months", adsl["FUPMON"], (Selection("counted", "adsl", (("SAFFL", "Y"),)),))
    add(
        "follow-up/reverse-kaplan-meier-months/median",
        "Follow-up, reverse Kaplan-Meier",
        4.6,
        n=20,
        method="Kaplan-Meier",
    )
    add("follow-up/person-months/total", "Person-months", 117.2, n=20)

    treated = Selection("counted", "adae", (("TRTEMFL", "Y"),))
    share("safety/teae/any", "Any treatment-emergent adverse event", adae["USUBJID"].n_unique(), 20, treated)
    share("safety/sae/any", "Serious adverse event", 0, 20, Selection("counted", "adae", (("AESER", "Y"),)))
    grave = adae.filter(pl.col("AETOXGRN") >= 3)["USUBJID"].n_unique()
    share(
        "safety/grade-3-or-more/any",
        "Grade 3 or more",
        grave,
        20,
        Selection("counted", "adae", (("AETOXGRN", (3, 4, 5)),)),
    )
    share("safety/crs/any", "Cytokine release syndrome", 2, 20, Selection("counted", "adae", (("CRSFL", "Y"),)))
    for g in range(1, 6):
        add(
            f"safety/crs/grade-{g}/count",
            f"CRS grade {g}",
            2.0 if g == 1 else 0.0,
            n=2 if g == 1 else 0,
            denominator=20,
            text=f"{2 if g == 1 else 0}/20",
            behind=(Selection("counted", "adae", (("CRSFL", "Y"), ("AETOXGRN", g))), ALL),
        )
    share(
        "safety/crs/grade-2-or-more",
        "CRS grade 2 or more",
        0,
        20,
        Selection("counted", "adae", (("CRSFL", "Y"), ("AETOXGRN", (2, 3, 4, 5)))),
    )
    spread("safety/crs/onset-day", "CRS onset, day", [1, 8], (Selection("counted", "adae", (("CRSFL", "Y"),)),))
    spread("safety/crs/duration-days", "CRS duration, days", [2, 1], (Selection("counted", "adae", (("CRSFL", "Y"),)),))
    share("safety/icans/any", "ICANS", 0, 20, Selection("counted", "adae", (("ICANSFL", "Y"),)))
    share("safety/infection", "Infection", 0, 20, Selection("counted", "adae", (("INFFL", "Y"),)))
    evaluable = Selection("population", "adsl", (("DLTEVLFL", "Y"),))
    share(
        "safety/dlt",
        "Dose-limiting toxicity",
        0,
        19,
        Selection("counted", "adae", (("DLTFL", "Y"),)),
        evaluable,
        population="dlt-evaluable",
    )
    for lv, n in (("dl1", 1), ("dl2", 1), ("dl3", 5), ("dl4", 12)):
        share(
            f"safety/dlt/{lv}",
            f"Dose-limiting toxicity, {lv.upper()}",
            0,
            n,
            Selection("counted", "adae", (("DLTFL", "Y"), ("LEVEL", lv))),
            Selection("population", "adsl", (("DLTEVLFL", "Y"), ("LEVEL", lv))),
            group=lv,
            population="dlt-evaluable",
        )
    for kind, column in (("term", "AEDECOD"), ("body-system", "AEBODSYS")):
        for term in adae[column].unique(maintain_order=True):
            rows = adae.filter(pl.col(column) == term)
            for lv in ("all", *levels):
                here = rows if lv == "all" else rows.filter(pl.col("LEVEL") == lv)
                n = 20 if lv == "all" else at[lv]
                level: tuple[tuple[str, str], ...] = () if lv == "all" else (("LEVEL", lv),)
                x = here["USUBJID"].n_unique()
                people = Selection("population", "adsl", (("SAFFL", "Y"), *level))
                add(
                    f"safety/teae/{kind}/{slug(term)}/{lv}/count",
                    term,
                    float(x),
                    n=x,
                    denominator=n,
                    text=f"{x}/{n}",
                    group=lv,
                    behind=(Selection("counted", "adae", ((column, term), *level)), people),
                )
                for g in range(1, 6):
                    y = here.filter(pl.col("AETOXGRN") == g)["USUBJID"].n_unique()
                    if kind == "term" and y:
                        add(
                            f"safety/teae/term/{slug(term)}/grade-{g}/{lv}/count",
                            f"{term}, worst grade {g}",
                            float(y),
                            n=y,
                            denominator=n,
                            text=f"{y}/{n}",
                            group=lv,
                            behind=(Selection("counted", "adae", ((column, term), ("AETOXGRN", g), *level)), people),
                        )
    for param, cells in (
        ("neutrophils", {"0-to-3": 8, "0-to-4": 4, "0-to-2": 5, "0-to-0": 3}),
        ("platelets", {"0-to-0": 14, "0-to-1": 4, "1-to-2": 2}),
    ):
        for shift, x in cells.items():
            add(f"safety/labs/{param}/shift/{shift}/all/count", f"{param} grade {shift}", float(x), n=x, text=str(x))
        add(
            f"safety/labs/{param}/grade-4/count",
            f"{param}, worst grade 4",
            float(cells.get("0-to-4", 0)),
            n=cells.get("0-to-4", 0),
        )
        add(
            f"safety/labs/{param}/grade-3/count",
            f"{param}, worst grade 3",
            float(cells.get("0-to-3", 0)),
            n=cells.get("0-to-3", 0),
        )

    for endpoint, label in (("lldas", "LLDAS"), ("doris-2021", "DORIS 2021")):
        for timepoint in (*s.EFFICACY_VISITS, "last"):
            where = (("ENDPOINT", endpoint), ("TIMEPOINT", timepoint), ("IN", "Y"))
            rows = adeff.filter(
                (pl.col("ENDPOINT") == endpoint) & (pl.col("TIMEPOINT") == timepoint) & (pl.col("IN") == "Y")
            )
            x, known, total = (
                rows.filter(pl.col("ANSWER") == "Y").height,
                rows.filter(pl.col("ANSWER").is_not_null()).height,
                rows.height,
            )
            segment = "over-6-months" if timepoint == "last" else timepoint
            people = Selection("population", "adeff", where)
            words = {"population": "efficacy-evaluable", "group": "over-6-months" if timepoint == "last" else "all"}
            share(
                f"efficacy/{endpoint}/{segment}",
                f"{label}, {'last visit' if timepoint == 'last' else timepoint}",
                x,
                max(known, 1),
                Selection("counted", "adeff", (*where, ("ANSWER", "Y"))),
                people,
                **words,
            )
            add(
                f"efficacy/{endpoint}/{segment}/not-evaluable",
                f"{label} not evaluable",
                float(total - known),
                n=total - known,
                behind=(Selection("counted", "adeff", (*where, ("ANSWER", None))), people),
                **words,
            )
    add(
        "efficacy/over-6-months/count",
        "Followed more than 6 months",
        8.0,
        n=8,
        denominator=20,
        text="8/20",
        behind=(
            Selection("counted", "adset", (("SET", "over-6-months"), ("IN", "Y"))),
            Selection("population", "adset", (("SET", "over-6-months"),)),
        ),
    )
    for lv, x in (("dl1", 1), ("dl2", 1), ("dl3", 5), ("dl4", 1)):
        add(
            f"efficacy/over-6-months/{lv}/count",
            f"Followed more than 6 months, {lv.upper()}",
            float(x),
            n=x,
            denominator=at[lv],
            text=f"{x}/{at[lv]}",
            group=lv,
        )
    for stem, code, label in (
        ("sledai-2k", "SLEDAI", "SLEDAI-2K"),
        ("pga", "PGA", "PGA"),
        ("prednisone-mg", "PREDEQ", "Prednisone, mg/d"),
    ):
        for visit, name, _ in s.VISITS:
            values = (
                adrs.filter((pl.col("PARAMCD") == code) & (pl.col("AVISIT") == visit))["AVAL"].drop_nulls().to_list()
            )
            if values:
                spread(
                    f"activity/{stem}/{visit}",
                    f"{label}, {name}",
                    values,
                    (Selection("counted", "adrs", (("PARAMCD", code), ("AVISIT", visit))),),
                )
    share(
        "steroid/steroid-free/last",
        "No steroid at last visit",
        0,
        20,
        Selection("counted", "adrs", (("PARAMCD", "PREDEQ"), ("AVAL", 0.0))),
    )
    share(
        "b-cells/depleted",
        "B cells below 10/uL",
        20,
        20,
        Selection("counted", "adlb", (("PARAMCD", "BLYCE"), ("BLQFL", "Y"))),
    )
    spread("b-cells/depletion-day", "First day below 10/uL", [3.0] * 20)
    for key, code in (("first-lldas", "TTLLDAS"), ("first-doris", "TTDORIS"), ("b-cell-return", "TTBREC")):
        rows = adtte.filter(pl.col("PARAMCD") == code)
        events, survival = rows.filter(pl.col("CNSR") == 0).height, 1.0
        counted = (
            Selection("counted", "adtte", (("PARAMCD", code), ("CNSR", 0))),
            Selection("population", "adtte", (("PARAMCD", code),)),
        )
        add(
            f"time-to/{key}/events",
            f"{key}: events",
            float(events),
            n=events,
            denominator=20,
            text=f"{events}/20",
            behind=counted,
        )
        median = None
        for k, month in enumerate(sorted(rows.filter(pl.col("CNSR") == 0)["AVALMON"].unique().to_list())):
            risk = rows.filter(pl.col("AVALMON") >= month).height
            died = rows.filter((pl.col("AVALMON") == month) & (pl.col("CNSR") == 0)).height
            survival *= 1 - died / risk
            median = month if median is None and survival <= 0.5 else median
            add(
                f"time-to/{key}/curve/{k}",
                f"{key}: curve",
                survival,
                n=risk,
                note=s.note(time=month, at_risk=risk, events=died),
                interval=s.exact(round(survival * risk), risk),
                method="Kaplan-Meier",
            )
        add(
            f"time-to/{key}/median",
            f"{key}: median, months",
            median,
            text="" if median is None else f"{median:.1f}",
            behind=counted,
            note="" if median else "not reached",
            method="Kaplan-Meier",
        )
    spread(
        "b-cells/reconstitution-months",
        "B-cell return, months",
        adtte.filter((pl.col("PARAMCD") == "TTBREC") & (pl.col("CNSR") == 0))["AVALMON"],
        (Selection("counted", "adtte", (("PARAMCD", "TTBREC"), ("CNSR", 0))),),
    )
    add("durability/doris/longest-days/value", "Longest remission so far, days", 217.0, text="217", note="ongoing")
    return tuple(found)
