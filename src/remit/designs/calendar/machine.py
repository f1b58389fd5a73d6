"""Machine code kept on disk, and never older than what it was made from.

numba looks at the date of the one file a function is in and does not see that a function it calls, in another file, has
changed. So the name under which code is kept holds a digest of every compiled file. Importing this imports numba.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar, cast

from remit.errors import InputError

try:
    import numba
except ImportError:
    raise InputError("Calendar designs need numba, which is not installed: pip install 'remit[simulate]'.") from None

Compiled = TypeVar("Compiled", bound=Callable[..., Any])

FILES: Final = ("machine.py", "scene.py", "clockwork.py", "rulings.py", "kernel.py")
STAMP: Final = hashlib.sha256(b"".join((Path(__file__).parent / name).read_bytes() for name in FILES)).hexdigest()[:12]


def compiled(function: Compiled) -> Compiled:
    """Machine code of a function, for one thread, kept on disk."""
    function.__qualname__ = f"{function.__qualname__}_{STAMP}"
    return cast(Compiled, numba.njit(cache=True, nogil=True, error_model="numpy")(function))
