"""A check in float64: every input differenced over what depends on it; what that does not settle is left to others.

Nothing is concluded from a difference that does not agree: the reference in many digits decides there
(see :mod:`~graphviz_ad.check.check_point`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np  # noqa: TID253 - inputs are moved together, and only who asks for this check loads it

from ...limits import limit
from ...primitives.array_record import size_of
from ..rows import PASS, Row, unjudged
from .arrays import ArrayMover
from .families import Family, families_of
from .lanes import TooLarge
from .stencil import METHOD, TRIALS, judge, places_of, steps_of, usual_size

if TYPE_CHECKING:
    from ...derive.derivatives import Point

Index = tuple[int, ...]


class Settled(NamedTuple):
    """What float64 settles, and what it does not.

    ``rows`` are by input and entry. ``left`` are by input the entries that need many digits, ``large`` the claims of inputs with more
    entries than can be moved one by one. ``weights`` of the output's entries: where they are not None, the claims are of the sum of the
    output times these. ``interrupted`` by the user: inputs that were not reached have a row that says so.
    """

    rows: dict[tuple[str, Index], Row]
    left: dict[str, list[Index]]
    large: dict[str, Any]
    weights: Any
    interrupted: bool


def settle(point: Point) -> Settled:
    """The entries of a point of a graph with one output that float64 settles."""
    return _settle_scalars(point) if point.shapes is None else _settle_arrays(point)


def _settle_scalars(point: Point) -> Settled:
    graph = point.graph
    handles = {graph.input_handles[name]: name for name in point.wrt}
    families = families_of(graph, list(handles))
    rows: dict[tuple[str, Index], Row] = {}
    with np.errstate(all="ignore"):
        for family in families.found if families.complete else ():
            rows.update(((handles[handle], ()), row) for handle, row in _settle_family(point, family).items())
    return Settled(rows, {name: [()] for name in point.wrt if (name, ()) not in rows}, {}, None, False)


def _settle_family(point: Point, family: Family) -> dict[int, Row]:
    """The rows of a family of inputs that some trial settles, by input."""
    graph, arrived, flows = point.graph, point.cotangents, point.flows
    x = np.array([point.values[handle] for handle in family.members])
    claims = [arrived[h] if arrived[h] is not None else 0.0 if flows[h] else None for h in family.members]
    claimed = np.array(claims, float)
    usual = usual_size(x)
    rows: dict[int, Row] = {}
    for trial in TRIALS:
        step = steps_of(x, trial, usual)
        judged = judge(claimed, step, family.move(point.values, places_of(x, step)))
        tables = [table.tolist() for table in (claimed, *judged)]
        for handle, claim, right, slope, error, bound in zip(family.members, *tables, strict=True):
            if right:
                rows.setdefault(handle, Row(str(graph.names[handle]), (), claim, slope, error, bound, METHOD, PASS))
        if len(rows) == len(family.members):
            break
    return rows


def _settle_arrays(point: Point) -> Settled:
    shape = point.shape_of(point.graph.outputs[-1])
    weights = _weights(point) if shape else None
    by_entry = bool(shape) and weights is None
    pulled = {} if by_entry else point.pullback(1.0 if weights is None else weights)
    mover = ArrayMover(point, weights)
    settled = Settled({}, {}, {}, weights, False)
    with np.errstate(all="ignore"):
        for name in point.wrt:
            claim = np.asarray(point.jacobian(name) if by_entry else pulled[name], dtype=float)
            if settled.interrupted:
                settled.rows[name, ()] = unjudged(name, "interrupted", METHOD)
                continue
            try:
                entries = mover.check(name, claim)
            except TooLarge:
                settled.large[name] = claim
            except KeyboardInterrupt:
                settled = settled._replace(interrupted=True)
                settled.rows[name, ()] = unjudged(name, "interrupted", METHOD)
            else:
                settled.rows.update(((name, entry), row) for entry, row in entries.settled.items())
                if entries.left:
                    settled.left[name] = entries.left
    return settled


def _weights(point: Point) -> Any:
    """Weights of the output's entries where its Jacobians have more entries than there may be rows; None where they do not."""
    shape = point.shape_of(point.graph.outputs[-1])
    entries = sum(size_of(point.shape_of(point.graph.input_handles[name])) for name in point.wrt)
    if size_of(shape) * entries <= limit("GRADVIZ_CHECK_ROWS"):
        return None
    chance = np.random.default_rng(231)
    return chance.choice((-1.0, 1.0), shape) * chance.uniform(0.5, 1.5, shape)
