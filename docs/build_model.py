"""Write the generated parts of docs/explanation/immune-reset.md from the model's description.

The parts stand between `<!-- generated: NAME -->` and `<!-- end of generated -->`; the prose around them is by hand.
With --check nothing is written and the exit code says whether the page is current.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from remit.biology import IMMUNE_RESET, Model
from remit.biology.lowering import partials

PAGE = Path(__file__).parent / "explanation" / "immune-reset.md"
PART = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end of generated -->)", re.DOTALL)


def page(text: str, model: Model) -> str:
    """The page with every generated part written again."""
    parts = {
        "diagram": _diagram(model),
        "equations": _equations(model),
        "routes": _routes(model),
        "parameters": _parameters(model),
        "limits": "\n".join(f"- {limit}" for limit in model.limits) + "\n",
    }
    return PART.sub(lambda found: f"{found[1]}\n{parts[found[2]]}\n{found[3]}", text)


def main() -> int:
    """Write the page; with --check, say whether it is current."""
    before = PAGE.read_text("utf-8")
    after = page(before, IMMUNE_RESET)
    check = "--check" in sys.argv
    if not check:
        PAGE.write_text(after, "utf-8")
    print("current" if before == after else f"stale: {PAGE.name}" if check else f"written: {PAGE.name}")
    return 1 if check and before != after else 0


def _diagram(model: Model) -> str:
    _, entries = partials(model)
    names = model.state_names
    lines = ["```mermaid", "flowchart LR"]
    lines += [f'  {state.name}["{state.name}: {state.meaning}"]' for state in model.states]
    for row, target in enumerate(names):
        sources = [names[column] for column in range(len(names)) if column != row and (row, column) in entries]
        lines += [f"  {name} --> {target}" for name in sources]
    lines.append("```")
    return "\n".join(lines) + "\n"


def _equations(model: Model) -> str:
    wide = max(len(term.name) for term in model.terms)
    lines = ["```text"]
    lines += [f"{term.name:<{wide}} = {term.formula:<30} {term.meaning} ({term.unit})".rstrip() for term in model.terms]
    lines.append("")
    for state in model.states:
        lines.append(f"d{state.name}/dt = {state.rate}")
    lines += ["```", ""]
    rows = [(s.name, s.meaning, s.unit, f"`{s.start}`", f"{s.small:g}") for s in model.states]
    return "\n".join(lines) + "\n" + _table(("state", "what", "unit", "at the start", "too small to matter"), rows)


def _routes(model: Model) -> str:
    rows = [(r.key, r.unit, f"{r.state} rises by amount × `{r.factor}`", r.meaning) for r in model.routes]
    return _table(("route", "amount in", "effect", "what"), rows)


def _parameters(model: Model) -> str:
    rows = []
    for p in model.parameters:
        spread = "–" if p.spread == 0 else f"{p.spread:g}" + (" (logit)" if p.scale == "logit" else "")
        basis = f"*{p.basis}*" if p.basis != "published" else p.basis
        unit = "–" if p.unit == "1" else p.unit
        rows.append((f"`{p.name}`", p.meaning, f"{p.value:g}", unit, spread, f"{basis}: {p.source}"))
    return _table(("name", "what", "typical", "unit", "spread", "basis and source"), rows)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
