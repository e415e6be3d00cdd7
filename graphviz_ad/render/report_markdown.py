"""The report of a check as Markdown, from its plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .escape import plain

MOST_ROWS = 50


def write_markdown(data: Mapping[str, Any]) -> str:
    """A heading with the verdict, the causes, a table of the rows ``ranked``, notes and power.

    >>> print(write_markdown({"verdict": "pass", "ranked": [], "rows_total": 0, "notes": [], "causes": [], "power": ""}))
    ## Gradient check: pass
    <BLANKLINE>
    """
    lines = [f"## Gradient check: {data['verdict']}", ""]
    if data.get("title"):
        lines += [_cell(data["title"]), ""]
    lines.extend(f"- likely cause: {_cell(cause)}" for cause in data.get("causes", ()))
    rows = data["ranked"]
    if rows:
        lines += ["", "| derivative by | claimed | reference | error | bound | verdict | reason |", "|---|---:|---:|---:|---:|---|---|"]
        lines.extend(_row(row) for row in rows[:MOST_ROWS])
        rest = data["rows_total"] - min(len(rows), MOST_ROWS)
        if rest > 0:
            lines.append(f"\n… and {rest:,} more rows")
    lines.extend(f"- {_cell(note)}" for note in data.get("notes", ()))
    if data.get("power"):
        lines += ["", f"Power: {_cell(data['power'])}."]
    return "\n".join(lines) + ("\n" if rows else "")


def _row(row: Mapping[str, Any]) -> str:
    name = row["wrt"] + ("" if not row["index"] else "[" + ", ".join(map(str, row["index"])) + "]")
    numbers: Sequence[float | None] = (row["analytic"], row["reference"], row["error"], row["bound"])
    texts = ["" if number is None else f"{number:.10g}" if k < 2 else f"{number:.1e}" for k, number in enumerate(numbers)]
    return f"| {_cell(name)} | {' | '.join(texts)} | {row['verdict']} | {_cell(row['reason'])} |"


def _cell(text: str) -> str:
    escaped = plain(text).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace(">", "&gt;")
    return escaped.replace("`", "\\`").replace("*", "\\*").replace("_", "\\_")
