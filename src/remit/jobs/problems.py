"""What can stop a job, apart from the function's own exceptions."""

from __future__ import annotations

from remit.errors import InputError, RemitError
from remit.jobs.blocks import Block


class BlockFailed(RemitError):
    """A block that ends every worker it is given to."""

    exit_code = 1


class Interrupted(RemitError):
    """Stopped from the keyboard; the finished parts stay."""

    exit_code = 130


def killer(block: Block, times: int, how: str) -> BlockFailed:
    """The sentence about a block that ended its worker `times` times."""
    return BlockFailed(
        f"{str(block).capitalize()} ended its worker {times} times ({how}). If memory ran out, use smaller blocks or "
        "fewer workers; finished parts stay, and the same command goes on from them."
    )


def not_sendable(what: str, why: str) -> InputError:
    """The sentence about a function that cannot reach a worker."""
    return InputError(
        f"{what} cannot be sent to a worker: {why}. Give a function defined in a module that workers can import, "
        "or an instance of a dataclass with __call__ defined there; no lambda, no inner function, nothing of __main__."
    )


def named(problem: BaseException, block: Block, traceback: str = "") -> BaseException:
    """The function's own exception, with a note that names the block (and shows the worker's traceback)."""
    problem.add_note(f"in {block}" + (f"; in the worker:\n{traceback}" if traceback else ""))
    return problem
