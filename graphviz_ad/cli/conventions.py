"""``gradviz conventions``: what other frameworks give at this point, and which of these are valid there."""

from __future__ import annotations

from typing import Any

from .. import conventions_at
from ..requests.arguments import CommandLine, UsageError
from ..requests.evaluation import evaluate
from .output import put, put_json, say
from .tables import Cell, Row, layout, paint, wrap

_ROLES = {"the derivative": "good", "valid": "good", "not valid": "bad", "not finite": "bad", "undecided": "doubt"}


def run(line: CommandLine) -> int:
    """Ask, and print; 0 whatever the answers are."""
    if line.many("--output"):
        raise UsageError("conventions are printed: --json > FILE keeps them")
    point = evaluate(line).require_point()
    found = conventions_at(point)
    if line.flag("--json"):
        put_json(found.data())
        return 0
    names = list(point.wrt)
    put(f"{paint(found.expression, 'strong')} at " + ", ".join(f"{name} = {_written(found.at[name])}" for name in names))
    put("")
    rows = []
    for answer in found.answers:
        source = f"{answer.framework} {answer.version}".strip() + (" (recorded)" if answer.source == "recorded" else "")
        slopes = ["–"] * len(names) if answer.gradients is None else [_written(answer.gradients[name]) for name in names]
        told = Cell(answer.validity or "no answer", _ROLES.get(answer.validity, "muted"))
        rows.append(Row((Cell(source, "name"), Cell(answer.spelling), *(Cell(slope, "gradient") for slope in slopes), told)))
    columns = range(2, 2 + len(names))
    put(layout(("", "by", *(f"∂/∂{name}" for name in names), "there it is"), rows, right=columns, elastic=(1, len(names) + 2, *columns)))
    reasons = dict.fromkeys(f"{answer.validity or answer.framework}: {answer.reason}" for answer in found.answers if answer.reason)
    if reasons:
        put("")
    for text in reasons:
        put("  " + wrap(text, 4))
    if any(answer.source == "recorded" for answer in found.answers):
        say("gradviz: recorded answers are those of the versions shown; where a library is installed, it is asked")
    return 0


def _written(value: float | list[Any]) -> str:
    from ..audit.conventions import written

    return written(value.tolist() if hasattr(value, "tolist") else value)
