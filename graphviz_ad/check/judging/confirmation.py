"""A verdict of fail is confirmed in more digits before it is told, and a check that is cut short tells what it knows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ...limits import limit
from ..references.scalars import OutOfTime, Reference
from ..results import FAIL, INCONCLUSIVE, Note, NoteKind, Report, unjudged

if TYPE_CHECKING:
    from typing import Protocol

    class Checker(Protocol):
        """What can be run, and run again in more digits; ``names`` are the inputs whose derivatives are asked for."""

        @property
        def reference(self) -> Reference: ...

        @property
        def names(self) -> Sequence[str]: ...

        def report(self) -> Report: ...


#: rows of a report that judges nothing
_MOST_ROWS = 1000


def judged_twice(checker: Checker) -> Report:
    """A report; before it says that something is wrong, it is made again in many more digits.

    In ``sec(tan(z))`` at z = 1e-300 the function moves in its 600th digit: what looks like a wrong rule is a blind reference.
    """
    first: Report | None = None
    try:
        first = checker.report()
        if first.interrupted:
            return unconfirmed(first)
        if first.verdict != FAIL:
            return first
        checker.reference.sharpen()
        report = checker.report()
        return unconfirmed(first) if report.interrupted else report
    except KeyboardInterrupt:
        return nothing_known(checker.names) if first is None else unconfirmed(first)
    except OutOfTime:
        reason = f"the check took longer than {limit('GRADVIZ_CHECK_SECONDS')} s; set GRADVIZ_CHECK_SECONDS to allow more"
        return Report([unjudged(name, reason) for name in checker.names[:_MOST_ROWS]], None, (Note(reason, NoteKind.BUDGET),))


def unconfirmed(report: Report) -> Report:
    """A report that was interrupted: what fails was not looked at in more digits, so it is not said to be wrong."""
    before = "interrupted before more digits bore this out: "
    rows = [row._replace(verdict=INCONCLUSIVE, reason=before + row.reason) if row.verdict == FAIL else row for row in report.rows]
    return report.replace(rows=rows, power="", interrupted=True)


def nothing_known(names: Sequence[str]) -> Report:
    """The report of a check that was interrupted before it knew anything."""
    return Report([unjudged(name, "interrupted before anything was known") for name in names[:_MOST_ROWS]], interrupted=True)
