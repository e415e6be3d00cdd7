"""Check the gradients of a graph at a point, and say what can be trusted: the ways in, for every kind of graph and claim.

For each input the number that float64 gave is compared with a derivative differenced in high precision, and the rules
that gave it are run in the same precision: when these agree and the float64 number does not, digits were lost and no
rule is wrong. At kinks the claim must lie in the subdifferential. Where the reference cannot decide, it says why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from .confirmation import judged_twice, nothing_known
from .references.scalars import Progress
from .results import Report, Row
from .rules_in_many_digits import Slip
from .scalars.check import ScalarCheck
from .scalars.claim import ScalarClaim

if TYPE_CHECKING:
    from ..derive.derivatives import Point


def check_point(point: Point, progress: Progress | None = None, slip: Slip | None = None, *, proof: bool = False) -> Report:
    """The report of a point of a graph with one scalar output; several outputs are checked one by one.

    Ctrl-C ends it with what is known by then (``report.interrupted``). ``slip`` is put into the gradient first, for the self-test.
    ``proof``: derivatives are enclosed in balls where that can be done.

    Raises
    ------
    GradvizError
        A proof is asked for, and the extra ``arb`` is not installed.
    """
    if len(point.graph.outputs) > 1:
        return by_outputs(point, partial(check_point, progress=progress, proof=proof))
    if point.shapes is None:
        return judged_twice(ScalarCheck(ScalarClaim(point, slip=slip), proof=proof), progress)
    from .arrays.check import check_arrays

    report = check_arrays(point, progress=progress, slip=slip)
    if proof:
        report.notes = (*report.notes, "nothing is proven: enclosures are for graphs of scalars")
    return report


def by_outputs(point: Point, check: Callable[[Point], Report]) -> Report:
    """The reports of a point's outputs, one below the other."""
    rows: list[Row] = []
    notes: list[str] = []
    interrupted = False
    for name, part in parts(point):
        one = nothing_known(part.wrt) if interrupted else check(part)
        interrupted |= one.interrupted
        rows.extend(row._replace(reason=f"of {name}" + (f": {row.reason}" if row.reason else "")) for row in one.rows)
        notes.extend(one.notes)
    report = Report(rows, None, tuple(dict.fromkeys(notes)))
    report.interrupted = interrupted
    return report


def parts(point: Point) -> Iterator[tuple[str, Point]]:
    """Each output's name with the point of that output alone."""
    from ..derive.derivatives import Point as Point_

    for name in point.graph.output_names:
        yield name, Point_(point.graph.of(name), point.bound, point.wrt)


def check_claim(point: Point, claim: Mapping[str, Any]) -> Report:
    """The report of somebody else's gradient of a graph with one output at a point, by the same references.

    ``claim`` has for each input a number or an array of its shape (of an array's Jacobian: output + input).
    """
    if point.shapes is None:
        return judged_twice(ScalarCheck(ScalarClaim(point, claim)))
    from .arrays.check import check_arrays

    return check_arrays(point, claim)


def report_of(point: Point, progress: Progress | None = None) -> Report:
    """The report of a point with its expression for a title. The point keeps it, unless it was interrupted."""
    report = point.once(_titled, progress)
    if report.interrupted:
        point.forget(_titled)
    return report


def _titled(point: Point, progress: Progress | None = None) -> Report:
    return check_point(point, progress).replace(title=title_of(point))


def title_of(point: Point) -> str:
    """What was checked, in the author's words."""
    return point.graph.text.strip()[:200]
