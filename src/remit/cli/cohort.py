"""`remit claims cohort`: patient-level cohorts that meet every printed number, and what they leave open."""

from __future__ import annotations

import datetime
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import polars as pl
import typer

from remit import derive
from remit.analysis.many import many
from remit.cli.told import answered, check_told, facts_of
from remit.cli.trial import open_protocol
from remit.errors import InputError, NotDerivable
from remit.evidence.asked import Asked, Question, ask, question
from remit.evidence.claims import Claims
from remit.evidence.cohorts import Cohorts, draw, slice_of
from remit.exchange.claims_yaml import read_claims
from remit.exchange.folder import write_records
from remit.exchange.published_yaml import read_published
from remit.exchange.scenario_yaml import read_scenario, scenario_path
from remit.protocol import Protocol
from remit.records import Records
from remit.virtual import Scenario, against, spread
from remit.virtual.conduct import trial_of
from remit.virtual.spread import Printed, completed
from remit.virtual.told import Told, records_of

ROUNDS = 4
"""Times that more cohorts are drawn in place of those whose records do not print every number."""

Tell = Callable[[str], None]


@dataclass(frozen=True)
class _Made:
    """Cohorts as records: the draws kept, with all their results, and why others were passed over."""

    kept: tuple[int, ...]
    passed: dict[int, str]
    parts: tuple[Told, ...]
    table: pl.DataFrame
    left_out: tuple[str, ...]
    frame: pl.DataFrame
    levels: tuple[str, ...]

    @property
    def complete(self) -> pl.DataFrame:
        """`table` with a row for every draw kept and every id that any of them has."""
        place = {number: at for at, number in enumerate(self.kept, 1)}
        own = self.table.with_columns(pl.col("trial").replace_strict(place, return_dtype=pl.Int64))
        return completed(own.lazy(), len(self.kept), self.levels).collect()


def cohort(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The claims document, a YAML file.")],
    trial: Annotated[
        Path | None, typer.Option(help="Trial folder: makes records of each cohort, by its protocol.")
    ] = None,
    draws: Annotated[int, typer.Option(help="How many cohorts.")] = 20,
    seed: Annotated[int, typer.Option(help="Another seed draws other cohorts.")] = 1,
    ask_: Annotated[
        list[str] | None,
        typer.Option("--ask", help='A number that is not printed, such as "lldas at DL4"; repeatable.'),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Where to write draws.csv and, with --trial, the records.")] = None,
    scenario: Annotated[
        Path | None, typer.Option(help="What is assumed of all that is not printed; `likely` of the trial by default.")
    ] = None,
    limit: Annotated[float, typer.Option(min=0.1, help="Seconds until the answer is 'not decided'.")] = 300.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,
) -> int:
    """Draw cohorts of invented patients that meet every printed number, each as likely as any other.

    Prints how uniform the draws are, and for each question the range over the draws beside the exact range that the
    printed numbers allow. With --trial every cohort becomes a folder of records that `remit report --data` takes, and
    every result has its distribution. Exit code 1 when there is no such cohort, or not as many as asked.

    Example: remit claims cohort examples/claims/l17.yaml --draws 20 --ask "lldas at DL4"
    """
    from remit.cli.claims import _progress

    if draws < 1:
        raise InputError(f"--draws {draws} is not possible. Give 1 or more.")
    if out is not None and out.exists() and not out.is_dir():
        raise InputError(f"{out} is a file. Give a folder to --out.")
    document = read_claims(file)
    questions = [question(document, text) for text in ask_ or ()]
    with _progress() as tell:
        if trial is None:
            drawn = draw(document, draws, seed, limit=limit, progress=tell)
            made, cohorts = None, drawn
        else:
            made, cohorts = _as_records(_Plan(document, trial, scenario, draws, seed, limit, tell))
        answers = []
        for one in questions:
            tell(one.text)
            answers.append(ask(cohorts, one))
    if out is not None:
        _write(out, cohorts, made, seed)
    if as_json:
        typer.echo(json.dumps(_json(cohorts, answers, made, seed), indent=1, ensure_ascii=False))
    else:
        _print(document, cohorts, answers, made, seed, out)
    return 1 if made is not None and len(made.kept) < draws else 0


@dataclass(frozen=True)
class _Plan:
    claims: Claims
    trial: Path
    scenario: Path | None
    draws: int
    seed: int
    limit: float
    tell: Tell


def _as_records(plan: _Plan) -> tuple[_Made, Cohorts]:
    protocol = open_protocol(plan.trial)
    check_told(protocol, plan.claims)
    truth = read_scenario(scenario_path(plan.trial, plan.scenario))
    cut = truth.cut or protocol.last_cut()
    if cut is None:
        raise InputError("scenario › cut: the protocol declares no data cut; give a date, such as 2025-12-31.")
    document = read_published(plan.trial)
    printed = {} if document is None else document.printed()
    made: list[tuple[Cohorts, _Made]] = []
    kept, first, pool, used = 0, 1, None, 0
    for _ in range(ROUNDS):
        lacking = plan.draws - kept
        if lacking <= 0:
            break
        if pool is None or used + lacking > pool.draws:
            # some to spare: the chains have to be tuned only once
            spare = max(2, 2 * lacking // 5)
            pool = draw(
                plan.claims, lacking + spare, plan.seed, first=first, limit=plan.limit, cut=cut, progress=plan.tell
            )
            used = 0
        drawn = slice_of(pool, used, used + lacking)
        one = _records(protocol, truth, drawn, cut, printed, plan)
        made.append((drawn, one))
        kept += len(one.kept)
        used, first = used + lacking, first + lacking
    return _together(made)


def _records(
    protocol: Protocol, truth: Scenario, drawn: Cohorts, cut: datetime.date, printed: dict[str, Printed], plan: _Plan
) -> _Made:
    facts, left_out = facts_of(protocol, drawn, cut)
    decided = answered(protocol, facts)
    printed = {id: one for id, one in printed.items() if id.startswith(decided)}
    told = records_of(protocol, truth, facts, plan.seed, _notice(plan.claims), plan.tell)
    plan.tell("deriving and analyzing every cohort")
    derived = derive.all(protocol, told.records, cut, traced=False)
    names = derived["adsl"]["USUBJID"].to_list()
    table = many(protocol, derived, {name: trial_of(name) for name in names}).table
    passed = _passed(table, facts.trial, told, printed, protocol)
    kept = tuple(number for number in range(drawn.first, drawn.first + drawn.draws) if number not in passed)
    levels = tuple(level.key for level in protocol.levels)
    return _Made(kept, passed, (told,), table, left_out, drawn.frame(), levels)


def _passed(
    table: pl.DataFrame, trial: np.ndarray, told: Told, printed: dict[str, Printed], protocol: Protocol
) -> dict[int, str]:
    """Draws whose records do not say what was told, or do not print a published number."""
    found: dict[int, str] = {}
    for number in np.unique(trial[told.amiss]).tolist():
        found[int(number)] = "no virtual patient fits what was drawn"
    levels = [level.key for level in protocol.levels]
    for number in np.unique(trial).tolist():
        if number in found:
            continue
        own = table.filter(pl.col("trial") == number).with_columns(pl.lit(1, pl.Int64).alias("trial"))
        rows = against(completed(own.lazy(), 1, levels), printed)
        agree = dict(zip(rows["id"], rows["exactly"], strict=True))
        # nothing happened, so nothing has a row: that is a printed 0
        wrong = [id for id, one in printed.items() if agree.get(id, int(one.value == 0)) == 0]
        if wrong:
            found[int(number)] = f"its records print another {wrong[0]}"
    return found


def _together(made: Sequence[tuple[Cohorts, _Made]]) -> tuple[_Made, Cohorts]:
    """All rounds as one, of the draws kept only."""
    kept = tuple(number for _, one in made for number in one.kept)
    passed = {number: why for _, one in made for number, why in one.passed.items()}
    keeps = pl.col("trial").is_in(list(kept))
    columns: dict[str, Any] = {}
    for name in made[0][0].tables.columns:
        pieces = [drawn.tables.columns[name][[n - drawn.first for n in one.kept]] for drawn, one in made]
        columns[name] = np.concatenate(pieces)
    first = made[0][0]
    if not kept:
        number, why = next(iter(passed.items()))
        raise NotDerivable(
            f"None of {len(passed)} drawn cohorts became records that print every number: draw {number} {why}."
        )
    cohorts = Cohorts(
        first.claims, type(first.tables)(first.claims, first.tables.grids, columns, first.tables.codes), first.how,
        first.loose, first.seed,
    )  # fmt: skip
    table = pl.concat([one.table for _, one in made]).filter(keeps).sort("trial", "id")
    frame = pl.concat([one.frame for _, one in made]).filter(pl.col("draw").is_in(list(kept)))
    parts = tuple(part for _, one in made for part in one.parts)
    one = made[0][1]
    return _Made(kept, passed, parts, table, one.left_out, frame, one.levels), cohorts


def _notice(claims: Claims) -> str:
    source = claims.head.publication.source or claims.head.publication.title
    of = f" in {source}" if source else ""
    return f"INVENTED DATA: a cohort drawn so that it meets the numbers printed{of}; no row is a real patient."


def _write(out: Path, cohorts: Cohorts, made: _Made | None, seed: int) -> None:
    out.mkdir(parents=True, exist_ok=True)
    (made.frame if made is not None else cohorts.frame()).write_csv(out / "draws.csv")
    if made is None:
        return
    for part in made.parts:
        records = part.records
        number = {name: trial_of(name) for name in records.table("DM")["USUBJID"].to_list()}
        for one in sorted(set(number.values()) & set(made.kept)):
            names = pl.Series([name for name, trial in number.items() if trial == one])
            tables = {
                table: frame.filter(pl.col("USUBJID").is_in(names.implode())) for table, frame in records.tables.items()
            }
            write_records(Records(tables, records.notice), out / f"draw-{one:04d}", "csv")
    made.table.write_parquet(out / "results.parquet")
    spread(made.complete.lazy()).write_csv(out / "spread.csv")


def _json(cohorts: Cohorts, answers: Sequence[Asked], made: _Made | None, seed: int) -> dict[str, Any]:
    said: dict[str, Any] = {
        "contract": "cohort/1",
        "draws": cohorts.draws,
        "patients": cohorts.claims.n,
        "seed": seed,
        "uniform": [
            {
                "columns": list(how.columns),
                "statements": list(how.statements),
                "tables": how.tables,
                "visits": None if how.pace is None else how.pace.visits,
                "memory": None if how.pace is None else round(how.pace.memory, 1),
                "settled": how.pace is None or how.pace.settled,
                "words": how.words(),
            }
            for how in cohorts.how
        ],
        "asked": [_answer(answer) for answer in answers],
    }
    if made is not None:
        said["records"] = {
            "kept": list(made.kept),
            "passed": {str(number): why for number, why in made.passed.items()},
            "left_out": list(made.left_out),
            "tries": round(float(np.mean(np.concatenate([part.tries for part in made.parts]))), 2),
            "written": int(sum(part.written.sum() for part in made.parts)),
        }
        said["spread"] = spread(made.complete.lazy()).to_dicts()
    return said


def _answer(answer: Asked) -> dict[str, Any]:
    known = answer.values[~np.isnan(answer.values)]
    ends = (float(np.quantile(known, q, method="nearest")) if len(known) else None for q in (0.05, 0.5, 0.95))
    low, median, high = ends
    return {
        "question": answer.question.text,
        "known": len(known),
        "min": float(known.min()) if len(known) else None,
        "p05": low,
        "median": median,
        "p95": high,
        "max": float(known.max()) if len(known) else None,
        "possible": None if answer.possible is None else list(answer.possible),
        "open": answer.open,
        "why": answer.why,
    }


def _print(
    document: Claims, cohorts: Cohorts, answers: Sequence[Asked], made: _Made | None, seed: int, out: Path | None
) -> None:
    from remit.cli.claims import _shown, _table

    typer.echo(f"{_notice(document)} {cohorts.draws} draws of {document.n} patients, seed {seed}.")
    for how in cohorts.how:
        typer.echo(f"· {how.words()}")
    rows = []
    for one in map(_answer, answers):
        low, high = (None, None) if one["possible"] is None else one["possible"]
        possible = one["why"] if low is None else f"{_shown(low)} – {_shown(high)}"
        note = "cannot be known" if one["open"] else ""
        rows.append((
            one["question"], _shown(one["median"]), f"{_shown(one['p05'])} – {_shown(one['p95'])}",
            f"{_shown(one['min'])} – {_shown(one['max'])}", possible, note,
        ))  # fmt: skip
    _table(("asked", "median", "90 % of draws", "all draws", "possible", ""), rows)
    if made is not None:
        _print_records(made)
    if out is not None:
        typer.echo(f"Written: {out}")


def _print_records(made: _Made) -> None:
    patients = sum(len(part.tries) for part in made.parts)
    tries = sum(int(part.tries.sum()) for part in made.parts)
    written = sum(int(part.written.sum()) for part in made.parts)
    unseen = sum(int(part.unseen.sum()) for part in made.parts)
    typer.echo(
        f"Records of {len(made.kept)} cohorts: {tries / patients:.1f} virtual patients tried for each of {patients}; "
        f"the last assessment of {written} was written as drawn; {unseen} were followed too short to show every fact."
    )
    if made.left_out:
        typer.echo(f"Only in draws.csv, because no record holds it: {', '.join(made.left_out)}.")
    for why, count in Counter(made.passed.values()).most_common():
        typer.echo(f"Passed over: {count} of {len(made.kept) + len(made.passed)} draws; {why}.")


__all__ = ["Question", "cohort"]
