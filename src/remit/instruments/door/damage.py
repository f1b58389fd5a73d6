"""The damage variants of clasi and sdi through JSON."""

from __future__ import annotations

from collections.abc import Mapping

from remit.errors import InputError
from remit.instruments import clasi, sdi_items
from remit.instruments.catalog import Payload, Variant
from remit.instruments.door import reading


def _area(area: str, value: object) -> dict[str, int | None]:
    parts = ("dyspigmentation",) if area == "scalp" else tuple(clasi.DAMAGE)
    if value is None:
        return dict.fromkeys(parts)
    if not isinstance(value, Mapping):
        raise InputError(f'"areas.{area}" must be an object with the keys {", ".join(parts)}.')
    reading.only(value, f"areas.{area}", parts)
    return {part: reading.count(value, part, clasi.DAMAGE[part]) if part in value else 0 for part in parts}


def _clasi_damage(payload: Payload) -> dict[str, object]:
    areas = reading.mapping(payload, "areas")
    scalp = reading.count(payload, "scalp_scarring", 6)
    lasting = reading.truth(payload, "lasts_a_year")
    if scalp is not None and scalp not in clasi.SCALP_SCARRING:
        raise InputError('"scalp_scarring" must be 0, 3, 4, 5, 6 or null.')
    if areas is None:
        return {"damage": None, "because": ["unknown: areas"]}
    reading.only(areas, "areas", clasi.AREAS)
    lesions = {area: _area(area, value) for area, value in areas.items()}
    score, low, high = clasi.damage(lesions, scalp, lasting)
    out: dict[str, object] = {"damage": score, "because": [f"{len(areas)} areas with damage listed"]}
    if score is None:
        out |= {"min": low, "max": high, "because": ["unknown: a part, the scalp, or whether pigment changes last"]}
    return out


CLASI_DAMAGE = Variant("damage", ("areas", "scalp_scarring", "lasts_a_year"), ("damage",), _clasi_damage)


def _total(payload: Payload) -> dict[str, object]:
    given = reading.mapping(payload, "items")
    missing = reading.findings(payload, "missing", sdi_items.ITEMS)
    if given is None:
        return {"total": None, "because": ["unknown: items"]}
    reading.only(given, "items", sdi_items.ITEMS)
    points = {item: reading.count(given, item, sdi_items.ITEMS[item][1]) for item in given}
    unknown = missing | {item for item, value in points.items() if value is None}
    known = {item: value for item, value in points.items() if value is not None and item not in unknown}
    damage = sdi_items.total(known, unknown)
    because = [f"{domain} {value}" for domain, value in damage.domains.items()] or ["no damage"]
    out: dict[str, object] = {"total": damage.total, "domains": damage.domains, "because": because}
    if damage.total is None:
        out |= {"min": damage.low, "max": damage.high, "because": [f"unknown: {item}" for item in sorted(unknown)]}
    return out


SDI_TOTAL = Variant("total", ("items", "missing"), ("total", "domains"), _total)
