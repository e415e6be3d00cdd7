"""A report of the check in words, and the exit code that follows from it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .numbers import write_number
from .output import say
from .tables import VERDICT_ROLES, paint, wrap

if TYPE_CHECKING:
    from .. import Report

MOST_REASONS = 12
INTERRUPTED = 130  # what shells give a program that ends by SIGINT

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
    if not report.rows and report.verdict == "pass":
        return f"check: {paint('pass', 'good')} – the value agrees with its reference; there is no gradient"
    lines = [f"check: {paint(report.verdict, VERDICT_ROLES[report.verdict])} – {_MEANING[report.verdict]}"]
    if report.verdict == "pass":
        lines.extend(_largest_error(report))
    if report.value is not None and report.value.reason:
        lines.append("  " + wrap(f"{report.value.wrt}: {report.value.reason}", 4))
    explained = [row for row in report.reading.ranked if row.reason and not (row.verdict == "pass" and row.only_output)]
    for row in explained[:MOST_REASONS]:
        slopes = ""
        if row.interval and not row.slopes_told:
            slopes = f" (slopes {write_number(row.interval[0], 6)} … {write_number(row.interval[1], 6)})"
        lines.append(explanation(row.verdict, f"{row.place}: {row.reason}{slopes}"))
    if len(explained) > MOST_REASONS:
        lines.append(f"  … and {len(explained) - MOST_REASONS:,} more; --json has them all")
    return "\n".join(lines)


def explanation(verdict: str, text: str) -> str:
    """A verdict with its reason, on as many lines as it takes."""
    return f"  {paint(verdict, VERDICT_ROLES[verdict])}{wrap(f'{verdict} {text}', 4)[len(verdict) :]}"


def _largest_error(report: Report) -> Iterator[str]:
    """One line; beyond the bound the rules are right and terms cancel on the way: then the digits that are gone say more."""
    errors = [row.error for row in report.rows if row.error is not None]
    if not errors:
        return
    bound = max((row.bound for row in report.rows if row.bound is not None), default=0.0)
    lost = max(row.digits_lost or 0.0 for row in report.rows)
    allowed = f"rounding allows {write_number(bound, 2)}" if max(errors) <= bound else f"terms cancel: {lost:.0f} of 16 digits are lost"
    yield f"  largest error {write_number(max(errors), 2)}, {allowed}"
