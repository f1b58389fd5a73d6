"""The assumed true DLT rates of a trial's scenarios: the key `dlt_rates` of every file in `TRIAL/scenarios`.

The rest of a scenario is the business of the virtual trial; here one key is read.
"""

from __future__ import annotations

from pathlib import Path

from remit import designs
from remit.errors import InputError, ProtocolError
from remit.exchange.protocol_yaml import MAXIMUM_BYTES, node_of

KEY = "dlt_rates"


def dlt_scenarios(trial: Path) -> dict[str, tuple[float, ...]]:
    """File name without ending → rates per dose level, lowest first; in the order of names.

    A file without the key is left out, and so is a folder that is not there.
    raises   InputError of one sentence: file, what is wrong, what is allowed
    """
    found: dict[str, tuple[float, ...]] = {}
    for path in sorted((trial / "scenarios").glob("*.yaml")):
        name = f"scenarios/{path.name}"
        try:
            if path.stat().st_size > MAXIMUM_BYTES:
                raise InputError(f"{name}: too large for a scenario; at most {MAXIMUM_BYTES / 1e6:g} MB is read.")
            given = node_of(path.read_bytes().decode("utf-8-sig"), name).plain()
        except OSError as error:
            raise InputError(f"{name}: cannot be read ({error.strerror}).") from None
        except UnicodeDecodeError:
            raise InputError(f"{name}: not UTF-8 text; save the file as UTF-8.") from None
        except ProtocolError as problem:
            raise InputError(str(problem)) from None
        if isinstance(given, dict) and KEY in given:
            found[path.stem] = designs.rates(f"{name} › {KEY}", given[KEY])
    return found
