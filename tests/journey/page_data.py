"""What the panels of a written page hold, however it is packed."""

from __future__ import annotations

import base64
import gzip
import json
import re
from typing import Any


def unpacked(page: str) -> Any:
    """The page's data as JSON."""
    found = re.search(r'id="data" data-encoding="(\w+)">([^<]*)<', page)
    assert found is not None
    return json.loads(found[2] if found[1] == "json" else gzip.decompress(base64.b64decode(found[2])))
