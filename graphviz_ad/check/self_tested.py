"""The report of a graph's point with the self-test of its check: which known slips in its gradients the check catches."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from .check_point import check_point, parts
from .diagnosis.self_test import self_test_graph

if TYPE_CHECKING:
    from ..derive.derivatives import Point
    from .results import Report
    from .rules_in_many_digits import Slip


def self_test_point(point: Point, report: Report, progress: Callable[[int, int], None] | None = None) -> Report:
    """The ``report`` of a point with ``trials``; Ctrl-C ends it with those that were made (``report.interrupted``)."""

    def check(part: Point, slip: Slip) -> Report:
        return check_point(part, slip=slip)

    outputs = list(parts(point)) if len(point.graph.outputs) > 1 else [("", point)]
    return self_test_graph(report, outputs, check, progress)
