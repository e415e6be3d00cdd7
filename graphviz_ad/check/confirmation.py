"""A verdict of fail is confirmed in more digits before it is told, and a check that is cut short tells what it knows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from ..limits import limit
from .references.scalars import OutOfTime, Progress, Reference
from .results import FAIL, INCONCLUSIVE, Report, Row

if TYPE_CHECKING:
    from ..derive.derivatives import Point


class Checker(Protocol):
    """What can be run, and run again in more digits."""

    @property
    def reference(self) -> Reference: ...

    @property
    def point(self) -> Point: ...

    def report(self) -> Report: ...


def judged_twice(checker: Checker, progress: Progress | None = None) -> Report:
    """A report; before it says that something is wrong, it is made again in many more digits.

    In ``sec(tan(z))`` at z = 1e-300 the function moves in its 600th digit: what looks like a wrong rule is a blind reference.
    """
    checker.reference.progress = progress
    first: Report | None = None
    try:
        first = checker.report()
        if first.verdict != FAIL or first.interrupted:
            return _unconfirmed(first) if first.interrupted else first
        checker.reference.sharpen()
        report = checker.report()
        return _unconfirmed(first) if report.interrupted else report
    except KeyboardInterrupt:
        return nothing_known(checker.point.wrt) if first is None else _unconfirmed(first)
    except OutOfTime:
        reason = f"the check took longer than {limit('GRADVIZ_CHECK_SECONDS')} s; set GRADVIZ_CHECK_SECONDS to allow more"
        names = checker.point.wrt[:1000]
        return Report([Row(name, (), None, None, None, None, "", INCONCLUSIVE, reason) for name in names], None, (reason,))


def _unconfirmed(report: Report) -> Report:
    """A report that was interrupted: what fails was not looked at in more digits, so it is not said to be wrong."""
    told = "interrupted before more digits bore this out: "
    rows = [row._replace(verdict=INCONCLUSIVE, reason=told + row.reason) if row.verdict == FAIL else row for row in report.rows]
    found = Report(rows, report.value, report.notes)
    found.interrupted = True
    return found


def nothing_known(names: Sequence[str]) -> Report:
    """The report of a check that was interrupted before it knew anything."""
    reason = "interrupted before anything was known"
    report = Report([Row(name, (), None, None, None, None, "", INCONCLUSIVE, reason) for name in names[:1000]])
    report.interrupted = True
    return report
