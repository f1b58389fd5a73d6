"""What every part of the protocol document has in common: it is frozen, and it refuses what it does not know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, NoReturn

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints


class Doc(BaseModel):
    """A part of the protocol document: immutable, closed to unknown fields, without NaN or infinity."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, str_strip_whitespace=True, validate_default=True
    )


class Frozen(dict[str, Any]):
    """A mapping that cannot be changed and can be hashed, for the few places where the keys are free."""

    def _refuse(self, *_: object) -> NoReturn:
        raise TypeError("the protocol document is immutable; make an amendment")

    __setitem__ = __delitem__ = clear = pop = popitem = setdefault = update = __ior__ = _refuse  # type: ignore[assignment]

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))

    def __reduce__(self) -> tuple[Any, ...]:
        return (Frozen, (dict(self),))


def frozen(value: Any) -> Any:
    """Lists as tuples and mappings as `Frozen`, all the way down."""
    if isinstance(value, Mapping):
        return Frozen({str(key): frozen(item) for key, item in value.items()})
    if isinstance(value, list | tuple):
        return tuple(frozen(item) for item in value)
    return value


Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Text = Annotated[str, StringConstraints(min_length=1)]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]{0,7}$")]
Scalar = bool | int | float | str
Options = Annotated[dict[str, Scalar | tuple[Scalar, ...]], AfterValidator(frozen)]
Parameters = Annotated[dict[str, bool | int | float | str], AfterValidator(frozen)]
Guards = Annotated[dict[str, int], AfterValidator(frozen)]
