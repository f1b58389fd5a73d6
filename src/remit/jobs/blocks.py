"""What is to be done: a function, the items it is done for, and the blocks in which they are handed out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import polars as pl


@dataclass(frozen=True)
class Block:
    """Items `first`, `first + 1`, … `first + count - 1`; items count from 0, and so do blocks."""

    index: int
    first: int
    count: int

    @property
    def items(self) -> range:
        """The items, in order."""
        return range(self.first, self.first + self.count)

    def __str__(self) -> str:
        last = self.first + self.count - 1
        return (
            f"block {self.index} (item {last})"
            if self.count == 1
            else f"block {self.index} (items {self.first}–{last})"
        )


@dataclass(frozen=True)
class Job:
    """A function over `total` items, and what decides its answer.

    function      a function of a module, or an instance of a frozen dataclass with `__call__`: block → one frame. It
                  draws random numbers by item (`streams.stream(seed, "trial", item, …)`) and by nothing else, so that
                  no answer depends on how the items are cut into blocks
    total, size   items, and items per block; at least 1
    key           columns that identify a row of the answer; the first tells the item and grows with it
    given         what the answer depends on, by name: hash of the protocol, hash of the scenario, seed. A run is
                  resumed only where all of it, the function's name and the installed versions are the same
    """

    function: Callable[[Block], pl.DataFrame]
    total: int
    size: int
    key: tuple[str, ...]
    given: Mapping[str, str | int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.key:
            raise ValueError("A job needs the columns that identify a row; the first tells the item.")
        blocks(self.total, self.size)

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Every block, in order of its items."""
        return blocks(self.total, self.size)

    @property
    def name(self) -> str:
        """Module and name of the function, or of the class it is an instance of."""
        named = self.function if hasattr(self.function, "__qualname__") else type(self.function)
        return f"{named.__module__}.{named.__qualname__}"

    def sized(self, size: int) -> Job:
        """The same job in other blocks."""
        return replace(self, size=size)


def blocks(total: int, size: int) -> tuple[Block, ...]:
    """`total` items in blocks of `size`; the last one may be shorter.

    raises  ValueError unless both are at least 1
    """
    if total < 1 or size < 1:
        raise ValueError(f"There must be at least one item, and one item a block; got {total} and {size}.")
    return tuple(Block(n, first, min(size, total - first)) for n, first in enumerate(range(0, total, size)))
