"""A check in float64: every input differenced over what depends on it, high precision for what that does not settle.

Nothing is concluded from a difference that does not agree: the reference in many digits (see
:mod:`~graphviz_ad.check.check_point`) decides there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np  # noqa: TID253 - inputs are moved together, and only who asks for this check loads it

from ...engine.evaluation import value_at
from ...limits import limit
from ...primitives.array_record import size_of
from ..results import INCONCLUSIVE, PASS, Report, Row
from .arrays import ArrayMover
from .families import families_of
from .lanes import TooLarge
from .stencil import METHOD, TRIALS, WANTED, judge, places_of, steps_of, usual_size

if TYPE_CHECKING:
    from ...derive.derivatives import Point


def check_quickly(point: Point) -> Report:
    """The report of a point; several outputs are checked one by one."""
    from ..check_point import by_outputs, check_point

    graph = point.graph
    if len(graph.outputs) > 1:
        return by_outputs(point, check_quickly)
    if not np.isfinite(np.asarray(point.values[graph.outputs[-1]], dtype=float)).all():
        return check_point(point)
    report = _check_scalars(point) if point.shapes is None else _check_arrays(point)
    if any(row.method == METHOD for row in report.rows):
        report.power = f"an error of {WANTED:.0e} of any of the {len(report.rows)} entries would have been seen"
    return report


def _check_scalars(point: Point) -> Report:
    from ...derive.derivatives import Point as Point_
    from ..check_point import check_point

    graph, names = point.graph, point.wrt
    handles = [graph.input_handles[name] for name in names]
    arrived, flows = point.cotangents, point.flows
    claims = {h: arrived[h] if arrived[h] is not None else 0.0 if flows[h] else None for h in handles}
    families = families_of(graph, handles)
    settled: dict[int, Row] = {}
    with np.errstate(all="ignore"):
        for family in families.found if families.complete else ():
            x = np.array([point.values[handle] for handle in family.members])
            claimed = np.array([claims[handle] for handle in family.members], float)
            usual = usual_size(x)
            for trial in TRIALS:
                step = steps_of(x, trial, usual)
                judged = judge(claimed, step, family.move(point.values, places_of(x, step)))
                tables = [one.tolist() for one in (claimed, *judged)]
                for handle, mine, right, slope, error, bound in zip(family.members, *tables, strict=True):
                    if right:
                        settled.setdefault(handle, Row(str(graph.names[handle]), (), mine, slope, error, bound, METHOD, PASS))
                if all(handle in settled for handle in family.members):
                    break
    left = tuple(name for name, handle in zip(names, handles, strict=True) if handle not in settled)
    if not left:
        return Report([settled[handle] for handle in handles])
    careful = check_point(Point_(graph, point.bound, left))
    rows = dict(zip(left, careful.rows, strict=True))
    report = Report([rows.get(name) or settled[handle] for name, handle in zip(names, handles, strict=True)], None, careful.notes)
    report.interrupted = careful.interrupted
    return report


def _check_arrays(point: Point) -> Report:
    rows: dict[tuple[str, tuple[int, ...]], Row] = {}
    left: dict[str, list[tuple[int, ...]]] = {}
    large: dict[str, Any] = {}
    shape = point.shape_of(point.graph.outputs[-1])
    weights = _weights(point) if shape else None
    mover = ArrayMover(point, weights)
    interrupted = False
    out = len(shape) if weights is None else 0
    pulled = point.pullback(1.0 if weights is None else weights) if not out else {}
    with np.errstate(all="ignore"):
        for name in point.wrt:
            claim = np.asarray(point.jacobian(name) if out else pulled[name], dtype=float)
            if interrupted:
                rows[name, ()] = Row(name, (), None, None, None, None, METHOD, INCONCLUSIVE, "interrupted")
                continue
            try:
                found = mover.check(name, claim)
            except TooLarge:
                large[name] = claim
                continue
            except KeyboardInterrupt:
                interrupted = True
                rows[name, ()] = Row(name, (), None, None, None, None, METHOD, INCONCLUSIVE, "interrupted")
                continue
            rows.update(((name, entry), row) for entry, row in found.settled.items())
            if found.left:
                left[name] = found.left
    notes: tuple[str, ...] = ()
    if left and interrupted:
        undecided = "interrupted before many digits were taken"
        rows.update(
            {(n, e): Row(n, e, None, None, None, None, METHOD, INCONCLUSIVE, undecided) for n, found in left.items() for e in found}
        )
    elif left:
        careful = _check_carefully(point, left, out)
        interrupted = careful.interrupted
        rows.update(((row.wrt, row.entry), row) for row in careful.rows)
        notes = careful.notes
    order = {name: place for place, name in enumerate(point.wrt)}
    found_rows = [rows[key] for key in sorted(rows, key=lambda key: (order[key[0]], key[1]))]
    if large and not interrupted:
        projected = _by_projections(point, large, weights)
        found_rows += projected.rows
        notes += projected.notes
    report = Report(found_rows, None, notes)
    report.interrupted = interrupted
    return report


def _weights(point: Point) -> Any:
    """Weights of the output's entries where its Jacobians have more entries than there may be rows; None where they do not."""
    shape = point.shape_of(point.graph.outputs[-1])
    entries = sum(size_of(point.shape_of(point.graph.input_handles[name])) for name in point.wrt)
    if size_of(shape) * entries <= limit("GRADVIZ_CHECK_ROWS"):
        return None
    chance = np.random.default_rng(231)
    return chance.choice((-1.0, 1.0), shape) * chance.uniform(0.5, 1.5, shape)


def _check_carefully(point: Point, left: dict[str, list[tuple[int, ...]]], out: int) -> Report:
    """Some entries of the Jacobians, of shape output + input, in many digits."""
    from ..arrays.check import check_arrays

    report = check_arrays(point, only={name: list(dict.fromkeys(entry[out:] for entry in entries)) for name, entries in left.items()})
    if out != len(point.shape_of(point.graph.outputs[-1])):
        return report  # the output was weighted, and the entries asked for are those of the input
    known = {(row.wrt, row.entry): row for row in report.rows}
    rows = {}
    for name, entries in left.items():
        for entry in entries:
            row = known.get((name, entry)) or known.get((name, entry[out:]))  # of many: a projection of the output, by input entry
            if row is None:
                row = known[name, ()]._replace(entry=entry)  # of the input as a whole: why there are none
            rows[row.wrt, row.entry] = row
    found = Report(list(rows.values()), None, report.notes)
    found.interrupted = report.interrupted
    return found


def _by_projections(point: Point, claims: dict[str, Any], weights: Any) -> Report:
    """Inputs with more entries than can be moved one by one: the graph as a black box, along random directions of all entries."""
    from ..check_gradient import check_gradient

    bound = point.bound

    def f(**moved: Any) -> Any:
        found = value_at(point.graph, {**bound, **moved})
        return found if weights is None else float(np.sum(found * weights))

    at = {name: point.values[point.graph.input_handles[name]] for name in claims}
    kind = "gradient" if weights is not None or not point.shape_of(point.graph.outputs[-1]) else "jacobian"
    return check_gradient(f, claims, at, kind=kind, points=0, diagnose=False)
