"""`registered`: what the registry record promised, for comparison with what was reported."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from remit.evidence.kinds.statement import Name, Statement


class Registered(Statement):
    """Endpoints, planned number of patients and weeks of assessment, as registered."""

    kind: Literal["registered"]
    endpoints: tuple[Name, ...] = ()
    planned: int | None = Field(default=None, ge=0)
    weeks: tuple[int, ...] = ()

    def says(self) -> str:
        """What was registered."""
        parts = [f"endpoints {', '.join(self.endpoints)}"] if self.endpoints else []
        parts += [f"{self.planned} patients planned"] if self.planned is not None else []
        parts += [f"weeks {', '.join(map(str, self.weeks))}"] if self.weeks else []
        return "registered: " + ("; ".join(parts) or "nothing")
