"""The kinds of failure a user can act on, each with the exit code that the command line gives it.

Bad *data* is never an exception: it is a `records.findings.Finding`. These are for what stops the work: a document
that cannot be read, a file that is not there, a request that makes no sense. A bug stays a plain exception.
No message holds a subject's value; identifiers of records are allowed.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class RemitError(Exception):
    """Something the user can put right. The message says what, where, what is allowed and what to do."""

    exit_code = 2


class InputError(RemitError):
    """A command was given something it cannot use: a folder that is not there, a name nobody knows, malformed JSON."""


class ProtocolError(RemitError):
    """The protocol document cannot be used as it stands: file, line, path, what is allowed, the nearest valid word."""


class ExchangeError(RemitError):
    """A file is not what its name says, or holds something that cannot be read at all."""


class NotDerivable(RemitError):
    """The records do not allow what was asked for; nothing is wrong with the request itself."""

    exit_code = 1


class NotPermitted(RemitError):
    """The person asking may not do this."""

    exit_code = 3


def nearest(word: str, allowed: Iterable[str]) -> str:
    """A ` Did you mean "…"?` for a misspelt word, or an empty string when nothing allowed is close."""
    close = difflib.get_close_matches(word, list(allowed), n=1, cutoff=0.6)
    return f' Did you mean "{close[0]}"?' if close else ""
