"""A report of the check in words, and the exit code that follows from it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .numbers import write_number
from .output import say
from .tables import VERDICT_ROLES, paint, wrap

if TYPE_CHECKING:
    from .. import Report

MOST_REASONS = 12
INTERRUPTED = 130  # what shells give a program that ends by SIGINT
_OUTPUT = re.compile(r"of \w+")  # which of several outputs a row is of: no news where it passes

_MEANING = {
    "pass": "the gradient agrees with an independent reference",
    "pass-at-kink": "not differentiable here; the gradient is a valid choice",
    "fail": "the gradient is wrong",
    "inconclusive": "could not be decided",
}


def exit_code(report: Report, strict: bool) -> int:
    """1 for a failed check; 3 for an inconclusive one where it was asked to decide; 130, and told, for an interrupted one; else 0."""
    if report.interrupted:
        say("gradviz: interrupted; the report is of what was known by then")
        return INTERRUPTED
    if report.verdict == "fail":
        return 1
    return 3 if strict and report.verdict == "inconclusive" else 0


def write_verdict(report: Report) -> str:
    """The verdict, the largest error, and every reason that a reader must know."""
    rows = list(report.rows)
    head = f"check: {paint(report.verdict, VERDICT_ROLES[report.verdict])} – {_MEANING[report.verdict]}"
    if not rows and report.verdict == "pass":
        return f"check: {paint('pass', 'good')} – the value agrees with its reference; there is no gradient"
    errors = [row.error for row in rows if row.error is not None]
    if report.verdict == "pass" and errors:
        bound = max((row.bound for row in rows if row.bound is not None), default=0.0)
        # beyond the bound the rules are right and terms cancel on the way: then the digits that are gone say more
        lost = max(row.digits_lost or 0.0 for row in rows)
        allowed = f"rounding allows {write_number(bound, 2)}" if max(errors) <= bound else f"terms cancel: {lost:.0f} of 16 digits are lost"
        head += f"\n  largest error {write_number(max(errors), 2)}, {allowed}"
    lines = [head]
    if report.value is not None and report.value.reason:
        lines.append("  " + wrap(f"{report.value.wrt}: {report.value.reason}", 4))
    told = [row for row in rows if row.reason and not (row.verdict == "pass" and _OUTPUT.fullmatch(row.reason))]
    order = ("fail", "inconclusive", "pass-at-kink", "pass")
    for row in sorted(told, key=lambda row: order.index(row.verdict))[:MOST_REASONS]:
        where = row.wrt + (str(list(row.entry)) if row.entry else "")
        between = (
            f" (slopes {write_number(row.interval[0], 6)} … {write_number(row.interval[1], 6)})"
            if row.interval and "slopes" not in row.reason
            else ""
        )
        text = wrap(f"{row.verdict} {where}: {row.reason}{between}", 4)
        lines.append(f"  {paint(row.verdict, VERDICT_ROLES[row.verdict])}{text[len(row.verdict) :]}")
    if len(told) > MOST_REASONS:
        lines.append(f"  … and {len(told) - MOST_REASONS:,} more; --json has them all")
    return "\n".join(lines)
