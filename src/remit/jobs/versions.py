"""Versions that decide what the numbers are, here and on a worker."""

from __future__ import annotations

import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version

from remit.errors import InputError

DECIDING = ("remit", "numpy", "polars", "scipy", "numba")


@cache
def installed() -> dict[str, str | None]:
    """Package → version; null for one that is not installed."""
    return {name: _version(name) for name in DECIDING}


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def difference(asked: dict[str, str | None]) -> None:
    """Refuse to work for a machine with other versions.

    raises  InputError that names the first package that differs
    """
    for name, wanted in asked.items():
        here = installed().get(name)
        if here != wanted:
            raise InputError(
                f"Worker {platform.node()} has {name} {here or '(none)'}, this machine {wanted or '(none)'}. The same "
                "numbers need the same versions: install the same lock file on every machine."
            )
