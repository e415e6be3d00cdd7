"""The reports of a point, by the kind of check: each is made when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..errors import GradvizError
from .check_point import check_point, check_quickly

if TYPE_CHECKING:
    from ..derive.derivatives import Point
    from .results import Report

MOST_TITLE = 200  # characters of the expression in a report's title


class Reports:
    """What a point was told by its checks; the point keeps it (:meth:`~graphviz_ad.derive.tables.Tables.once`)."""

    def __init__(self, point: Point) -> None:
        self._point = point
        self._kept: dict[str, Report] = {}

    def report(
        self,
        *,
        quick: bool = False,
        proof: bool = False,
        curve: bool = False,
        self_test: bool = False,
        progress: Callable[[int, int], None] | None = None,
    ) -> Report:
        """The report with all that was ever asked of this kind of check; one that was interrupted is not kept.

        Raises
        ------
        GradvizError
            Both ``quick`` and ``proof``; or a proof without the extra.
        """
        if quick and proof:
            raise GradvizError("a quick check proves nothing\nhint: take quick or proof")
        kind = "quick" if quick else "proof" if proof else "careful"
        report = self._kept.pop(kind, None)
        if report is None:
            made = check_quickly(self._point) if quick else check_point(self._point, progress, proof=proof)
            report = made.replace(title=self._point.graph.text.strip()[:MOST_TITLE])
        if curve and not report.curve and not report.interrupted:
            from .callables.step_curve import curve_of_point

            report = report.replace(curve=curve_of_point(self._point, report))
        if self_test and not report.trials and not report.interrupted:
            from .self_tested import self_test_point

            report = self_test_point(self._point, report, progress)
        if not report.interrupted:
            self._kept[kind] = report
        return report

    def exchange(self, report: Report, other: Report) -> None:
        """Keep a report in another form."""
        self._kept.update({kind: other for kind, kept in self._kept.items() if kept is report})
