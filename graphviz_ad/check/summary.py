"""A report in a few plain lines, for exceptions and failed tests: what is wrong and what is right, why, and the worst entries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .results import Report, Row

MOST_ROWS = 12
_GOOD = ("pass", "pass-at-kink")
_ELSEWHERE = "at another point"


def lines(report: Report) -> Iterator[str]:
    """The verdict by argument, the causes, the worst entries, notes and power."""
    here = [row for row in report.rows if not row.reason.startswith(_ELSEWHERE)]
    bad = [row for row in here if row.verdict not in _GOOD]
    bad = bad or [row for row in report.rows if row.verdict not in _GOOD]
    yield f"gradient check: {report.verdict}" + (f" – {report.title}" if report.title else "")
    tally: dict[str, list[int]] = {}
    for row in here:
        counts = tally.setdefault(row.wrt, [0, 0])
        counts[0] += row.verdict not in _GOOD
        counts[1] += 1
    faulty = [f"{name} ({bad_ones:,} of {count:,} entries)" if count > 1 else name for name, (bad_ones, count) in tally.items() if bad_ones]
    fine = [name for name, (bad_ones, _) in tally.items() if not bad_ones]
    if faulty:
        what = "wrong" if report.verdict == "fail" else "undecided"
        yield f"  {what}: {', '.join(faulty)}" + (f"; right: {', '.join(fine)}" if fine else "")
    for cause in report.causes:
        yield f"  likely cause: {cause}"
    for row in sorted(bad, key=lambda row: row.verdict != "fail")[:MOST_ROWS]:
        yield f"  {_told(row)}"
    if len(bad) > MOST_ROWS:
        yield f"  … and {len(bad) - MOST_ROWS:,} more"
    for note in report.notes:
        yield f"  note: {note}"
    if report.power:
        yield f"  power: {report.power}"


def _told(row: Row) -> str:
    parts = []
    if row.analytic is not None:
        parts.append(f"claimed {row.analytic:.10g}")
    if row.reference is not None:
        parts.append(f"reference {row.reference:.10g}")
    text = ", ".join(parts)
    if row.error and row.bound is not None and row.verdict == "fail":
        text += f" (off by {row.error:.2g}, {row.bound:.1g} is allowed)"
    where = row.wrt + (str(list(row.entry)) if row.entry else "")
    return f"{row.verdict} at {where}: {text}{'; ' if text and row.reason else ''}{row.reason}"
