"""Check the gradients of a graph at a point, and say what can be trusted: the ways in, for every kind of graph and claim.

For each input the number that float64 gave is compared with a derivative differenced in high precision, and the rules
that gave it are run in the same precision: when these agree and the float64 number does not, digits were lost and no
rule is wrong. At kinks the claim must lie in the subdifferential. Where the reference cannot decide, it says why.

Who decides what stands here alone. Scalars and arrays are checked in many digits; arrays too large for that in float64. What a check in
float64 leaves open gets many digits; inputs too large to be moved entry by entry are checked as those of a black box.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from ..engine.evaluation import value_at
from .judging.confirmation import judged_twice, nothing_known, unconfirmed
from .references.scalars import Progress
from .results import Note, NoteKind, Report
from .rows import MethodKind, Row, unjudged
from .rules_in_many_digits import Slip
from .scalars.check import ScalarCheck
from .scalars.claim import ScalarClaim

if TYPE_CHECKING:
    from ..derive.derivatives import Point
    from .quick.check import Settled

Index = tuple[int, ...]
Key = tuple[str, Index]


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
        return judged_twice(ScalarCheck(ScalarClaim(point, slip=slip, progress=progress), proof=proof))
    report = _check_arrays(point, slip=slip, progress=progress)
    return report.noting(Note("nothing is proven: enclosures are for graphs of scalars", NoteKind.PROOF)) if proof else report


def check_claim(point: Point, claim: Mapping[str, Any]) -> Report:
    """The report of somebody else's gradient of a graph with one output at a point, by the same references.

    ``claim`` has for each input a number or an array of its shape (of an array's Jacobian: output + input).
    """
    return judged_twice(ScalarCheck(ScalarClaim(point, claim))) if point.shapes is None else _check_arrays(point, claim)


def check_quickly(point: Point) -> Report:
    """The report of a point in float64, with many digits for what that does not settle; several outputs are checked one by one."""
    if len(point.graph.outputs) > 1:
        return by_outputs(point, check_quickly)
    if not _is_finite(point):
        return check_point(point)
    from .quick.check import settle
    from .quick.stencil import WANTED

    settled = settle(point)
    careful, judged = _left(point, settled)
    order = {name: place for place, name in enumerate(point.wrt)}
    known = settled.rows | judged
    rows = [known[key] for key in sorted(known, key=lambda key: (order[key[0]], key[1]))]
    notes, interrupted = careful.notes, settled.interrupted or careful.interrupted
    if settled.large and not interrupted:
        large = _check_large(point, settled)
        rows.extend(large.rows)
        notes += large.notes
    in_float64 = any(row.method.kind is MethodKind.FLOAT_DIFFERENCES for row in rows)
    power = f"an error of {WANTED:.0e} of any of the {len(rows)} entries would have been seen" if in_float64 else ""
    return Report(rows, None, notes, power=power, interrupted=interrupted)


def by_outputs(point: Point, check: Callable[[Point], Report]) -> Report:
    """The reports of a point's outputs, one below the other."""
    rows: list[Row] = []
    notes: list[Note] = []
    interrupted = False
    for name, part in parts(point):
        report = nothing_known(part.wrt) if interrupted else check(part)
        interrupted |= report.interrupted
        for row in report.rows:
            reason = f"of {name}: {row.reason}" if row.reason else f"of {name}"
            rows.append(row._replace(reason=reason, only_output=not row.reason))
        notes.extend(report.notes)
    return Report(rows, None, notes, interrupted=interrupted)


def parts(point: Point) -> Iterator[tuple[str, Point]]:
    """Each output's name with the point of that output alone."""
    for name in point.graph.output_names:
        yield name, type(point)(point.graph.of(name), point.bound, point.wrt)


def _is_finite(point: Point) -> bool:
    """Whether the output is a number everywhere."""
    value = point.values[point.graph.outputs[-1]]
    if point.shapes is None:
        return math.isfinite(float(value))
    import numpy as np

    return bool(np.isfinite(np.asarray(value, dtype=float)).all())


def _check_arrays(
    point: Point,
    claim: Mapping[str, Any] | None = None,
    *,
    only: Mapping[str, Collection[Index]] | None = None,
    slip: Slip | None = None,
    progress: Progress | None = None,
) -> Report:
    """The report of a graph with arrays in many digits; in float64 where that is too much for all of its own gradient."""
    from .arrays.check import check_arrays, excess
    from .arrays.claim import ArrayClaim

    arrays = ArrayClaim(point, claim, only, slip, progress)
    if not (arrays.whole and excess(arrays) and _is_finite(point)):
        return check_arrays(arrays)
    try:
        report = check_quickly(point)
    except KeyboardInterrupt:
        return nothing_known(point.wrt)
    return unconfirmed(report) if report.interrupted else report


# -- what float64 leaves to others -----------------------------------------------------------------------------------------------------


def _left(point: Point, settled: Settled) -> tuple[Report, dict[Key, Row]]:
    """The report in many digits of the entries that float64 does not settle, and its rows by what float64 calls them."""
    if not settled.left:
        return Report([]), {}
    if settled.interrupted:
        from .quick.stencil import METHOD

        reason = "interrupted before many digits were taken"
        return Report([]), {(n, e): unjudged(n, reason, METHOD, e) for n, entries in settled.left.items() for e in entries}
    if point.shapes is None:
        report = check_point(type(point)(point.graph, point.bound, tuple(settled.left)))
        return report, {(row.wrt, row.entry): row for row in report.rows}
    shape = point.shape_of(point.graph.outputs[-1])
    out = len(shape) if settled.weights is None else 0
    asked = {name: list(dict.fromkeys(entry[out:] for entry in entries)) for name, entries in settled.left.items()}
    report = _check_arrays(point, only=asked)
    rows = {(row.wrt, row.entry): row for row in report.rows}
    if out != len(shape):
        return report, rows  # the output was weighted, and the entries asked for are those of the input
    return report, {(name, entry): _row_of(rows, name, entry, out) for name, entries in settled.left.items() for entry in entries}


def _row_of(rows: Mapping[Key, Row], name: str, entry: Index, out: int) -> Row:
    """The row of an entry of a Jacobian: its own, or that of many, which are a projection of the output and so entries of the input."""
    row = rows.get((name, entry)) or rows.get((name, entry[out:]))
    return row if row is not None else rows[name, ()]._replace(entry=entry)  # of the input as a whole: why there are none


def _check_large(point: Point, settled: Settled) -> Report:
    """Inputs with more entries than can be moved one by one: the graph as a black box, along random directions of all entries."""
    from .check_gradient import check_gradient

    bound, weights = point.bound, settled.weights

    def f(**moved: Any) -> Any:
        value = value_at(point.graph, {**bound, **moved})
        return value if weights is None else float((value * weights).sum())

    at = {name: point.values[point.graph.input_handles[name]] for name in settled.large}
    kind = "gradient" if weights is not None or not point.shape_of(point.graph.outputs[-1]) else "jacobian"
    return check_gradient(f, settled.large, at, kind=kind, points=0, diagnose=False)
