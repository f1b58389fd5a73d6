"""The numbers that people ask for first, in the order of a report's first minute."""

from __future__ import annotations

from remit.protocol import Protocol

_COUNTED = ("safety/crs/any", "safety/icans/any", "safety/infection", "safety/sae/any", "safety/dlt")


def headline(protocol: Protocol) -> tuple[str, ...]:
    """Ids of the results at the head of a report: who, for how long, how safe, how well. Some may not exist."""
    levels = [level.key for level in protocol.levels]
    groups = [group.key for group in protocol.groups]
    efficacy = [f"efficacy/{group}/count" for group in groups]
    for endpoint in protocol.headline:
        places = dict.fromkeys([*endpoint.groups, *endpoint.timepoints, "last", "ever"])
        efficacy += [f"efficacy/{endpoint.key}/{place}/proportion" for place in places]
    return (
        "disposition/infused/count",
        *(f"exposure/{level}/count" for level in levels),
        *(f"follow-up/months/{statistic}" for statistic in ("median", "min", "max")),
        *(f"{stem}/proportion" for stem in _COUNTED),
        *efficacy,
        "b-cells/depleted/proportion",
        "steroid/steroid-free/last/proportion",
    )
