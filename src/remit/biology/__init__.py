"""Mechanistic models, each one description, and what is made from a description: a compiled solver, draws, a page.

To add a model: one file with its `Model`, and one line in MODELS.
"""

from __future__ import annotations

from typing import Final

from remit.biology.immune_reset import IMMUNE_RESET, steroid_factor
from remit.biology.model import Model
from remit.biology.stein_2019 import STEIN_2019
from remit.errors import InputError, nearest

__all__ = ["IMMUNE_RESET", "MODELS", "STEIN_2019", "Model", "find", "steroid_factor"]

MODELS: Final[tuple[Model, ...]] = (IMMUNE_RESET, STEIN_2019)


def find(key: str) -> Model:
    """A model by its key; InputError names the nearest one."""
    for model in MODELS:
        if model.key == key:
            return model
    known = [model.key for model in MODELS]
    raise InputError(f'Model "{key}" is not known.{nearest(key, known)} Models: {", ".join(known)}.')
