"""Kinks: where they are, whether float64 and the reference stand on the same side, and what the subdifferential is.

At a kink a claimed gradient is right when it lies in the subdifferential: the convex hull of the gradients at smooth
points arbitrarily near (Clarke, Optimization and Nonsmooth Analysis, 1983, theorem 2.5.1). These are found by
stepping off the point in directions that reach every cell the kinks cut the neighbourhood into, and differencing there.
"""

from __future__ import annotations

import itertools
import math
import random
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ...primitives.kernels import python as floats
from ...primitives.kernels.mpmath import Arithmetic
from ...primitives.registry import OPERATIONS
from ...primitives.rules import cut_rules
from ..references import limits_of_slopes as trends
from ..references.wiring import LEAVES

if TYPE_CHECKING:
    from ...graph.structure import Graph
    from ..references.scalars import Reference

#: digits of the evaluations around a kink, and the two distances: to the nearest neighbour point, and of its differences
DIGITS, NEAR, DIFFERENCE = trends.DIGITS, trends.DISTANCES[0], trends.DISTANCES[0] + trends.STEP
#: more kinks than this at one point are sampled at random instead of cell by cell
MOST_KINKS = 10
_SAMPLES = 24


class Kink(NamedTuple):
    """A node that stands on a kink: its handle, which of its operation's kinks it is, and the place in the operands' names."""

    handle: int
    number: int
    place: str
    jump: bool


class Survey(NamedTuple):
    """What the cuts of a graph say at a point: kinks met exactly, and branches that rounding decided."""

    kinks: list[Kink]
    rounded: list[int]


class Neighbourhood(NamedTuple):
    """The gradients near a point, one row a cell, those without a finite limit, and whether the value itself jumps."""

    gradients: list[list[Any]]
    jumps: bool
    complete: bool
    endless: list[list[trends.Trend]]


def survey(graph: Graph, values: Sequence[Any], exact: Sequence[Any], mp: Any) -> Survey:
    """Compare the branches that float64 took with those of the exact values."""
    kinks: list[Kink] = []
    rounded: list[int] = []
    for handle, op in enumerate(graph.ops):
        if exact[handle] is None or op in LEAVES or not OPERATIONS[op].kinks:
            continue
        met, decided = _survey_node(graph, handle, values, exact, mp)
        kinks.extend(met)
        if decided or _lands_elsewhere(op, values[handle], exact[handle], mp):
            rounded.append(handle)
    return Survey(kinks, rounded)


def _survey_node(graph: Graph, handle: int, values: Sequence[Any], exact: Sequence[Any], mp: Any) -> tuple[list[Kink], bool]:
    """The kinks that a node stands on, and whether rounding decided a branch of it."""
    op, operands = graph.ops[handle], graph.operands[handle]
    k = Arithmetic(mp)
    inexact = [float(values[operand]) for operand in operands]
    arguments = [mp.mpf(exact[operand]) for operand in operands]
    size = max((abs(argument) for argument in arguments if mp.isfinite(argument)), default=mp.mpf(0))
    met: list[Kink] = []
    decided = False
    for position, (kink, rule) in enumerate(zip(OPERATIONS[op].kinks, cut_rules(op), strict=True)):
        here = rule(floats, *inexact, values[handle])
        there = rule(k, *arguments, exact[handle])
        if kink.order > 1 or not mp.isfinite(there) or here != here:
            continue  # both sides agree on the slope, or there is no side
        zero = abs(there) <= size * mp.mpf(10) ** -(mp.dps // 2)
        if zero and here == 0:
            met.append(Kink(handle, position, _place(graph, handle, kink.at), kink.jump))
        elif zero or here == 0 or (here > 0) != (there > 0):
            decided = True
    return met, decided


def _lands_elsewhere(op: str, value: Any, exact: Any, mp: Any) -> bool:
    """Whether an operation that only jumps, such as floor, has another of its values in float64."""
    if op == "mod" or not all(kink.jump for kink in OPERATIONS[op].kinks) or isinstance(exact, bool) or not mp.isfinite(exact):
        return False
    return bool(abs(mp.mpf(exact) - mp.mpf(float(value))) > mp.mpf("0.5"))


def _place(graph: Graph, handle: int, place: str) -> str:
    """The place of a kink, "x = y" in the record's words, in the names of this node's operands."""
    record = OPERATIONS[graph.ops[handle]]
    names = {name: graph.labels[operand] for name, operand in zip(record.names, graph.operands[handle], strict=True)}
    return re.sub(r"[A-Za-z_]\w*", lambda found: names.get(found.group(), found.group()), place)


def explore(reference: Reference, kinks: Sequence[Kink], inputs: Sequence[int], scales: Sequence[Any]) -> Neighbourhood:
    """The gradients by ``inputs`` in the cells around the point; ``scales`` are the sizes of what is added up in them."""
    mp = reference.mp
    base = reference.base(DIGITS)
    output = reference.output
    here = mp.mpf(base[output])
    sizes = {h: abs(mp.mpf(reference.inputs[h])) or mp.mpf(1) for h in inputs}
    largest = max((abs(mp.mpf(value)) for value in base if value is not None and mp.isfinite(value)), default=mp.mpf(1))
    found: list[list[Any]] = []
    endless: list[list[trends.Trend]] = []
    jumps = False
    directions, complete = _directions(reference, kinks, inputs, sizes)
    for direction in directions:
        weights = {h: sizes[h] * mp.mpf(d) for h, d in zip(inputs, direction, strict=True)}

        def gap(power: int, weights: dict[int, Any] = weights) -> list[Any]:
            place = {h: base[h] + mp.mpf(10) ** -power * weight for h, weight in weights.items()}
            return [abs(mp.mpf(reference.moved(DIGITS, place)[output]) - here)]

        (left,) = trends.follow(gap, lambda power: trends.noise_of(mp, largest, 1), mp)
        if left.kind == trends.OUTSIDE:
            complete = False
            continue
        if left.remains:
            jumps = True
            continue

        def sample(power: int, weights: dict[int, Any] = weights) -> list[Any]:
            place = {h: base[h] + mp.mpf(10) ** -power * weight for h, weight in weights.items()}
            return _gradient(reference, place, inputs, mp.mpf(10) ** -(power + trends.STEP), sizes)

        def noise(power: int) -> Any:
            return trends.noise_of(mp, largest, mp.mpf(10) ** -(power + trends.STEP) * min(sizes.values()))

        tendencies = trends.follow(sample, noise, mp)
        row = [_clean(one.value, scale, mp) for one, scale in zip(tendencies, scales, strict=True)]
        if not all(mp.isfinite(entry) for entry in row):
            complete = False
            endless.append(tendencies)
        elif not any(_same(row, other, mp) for other in found):
            found.append(row)
    return Neighbourhood(found, jumps, complete, endless)


def _gradient(reference: Reference, place: dict[int, Any], inputs: Sequence[int], tiny: Any, sizes: dict[int, Any]) -> list[Any]:
    """The gradient at a smooth point by differences."""
    mp = reference.mp
    values = reference.moved(DIGITS, place)
    row = []
    for h in inputs:
        step = tiny * sizes[h]
        ahead = mp.mpf(reference.evaluate(reference.cone([h]), _with(values, h, place[h] + step))[reference.output])
        behind = mp.mpf(reference.evaluate(reference.cone([h]), _with(values, h, place[h] - step))[reference.output])
        row.append((ahead - behind) / (2 * step))
    return row


def _clean(slope: Any, scale: Any, mp: Any) -> Any:
    """A slope, or 0 where it is noise next to what is added up in it."""
    noise = mp.isfinite(scale) and mp.isfinite(slope) and abs(slope) <= mp.mpf(10) ** -(DIFFERENCE - NEAR // 2) * scale
    return mp.mpf(0) if noise else slope


def _with(values: list[Any], handle: int, value: Any) -> list[Any]:
    changed = list(values)
    changed[handle] = value
    return changed


def _same(one: Sequence[Any], two: Sequence[Any], mp: Any) -> bool:
    return all(abs(a - b) <= mp.mpf(10) ** -(NEAR // 3) * (abs(a) + abs(b)) for a, b in zip(one, two, strict=True))


def _directions(
    reference: Reference, kinks: Sequence[Kink], inputs: Sequence[int], sizes: dict[int, Any]
) -> tuple[list[list[float]], bool]:
    """Directions that reach every cell: both sides of one input; else axes, seeded random ones, and one aimed at each cell.

    The flag says whether every cell was aimed at: not with very many kinks, nor where one kink lies behind another.
    """
    count = len(inputs)
    if count == 1:
        return [[1.0], [-1.0]], True
    chance = random.Random(231)
    found = [
        [sign * (1.0 if k == axis else chance.uniform(0.01, 0.1) * chance.choice((-1, 1))) for k in range(count)]
        for axis in range(count)
        for sign in (1, -1)
    ]
    found += [[chance.gauss(0, 1) for _ in range(count)] for _ in range(_SAMPLES)]
    if len(kinks) > MOST_KINKS:
        return found, False
    slopes, nested = _cut_slopes(reference, kinks, inputs, sizes)
    aimed = _aimed(slopes, count)
    return found + aimed, not nested


def _cut_slopes(
    reference: Reference, kinks: Sequence[Kink], inputs: Sequence[int], sizes: dict[int, Any]
) -> tuple[list[list[float]], bool]:
    """How each kink's cut moves with each input, in steps of the inputs' sizes; and whether one kink feeds another."""
    mp, graph = reference.mp, reference.graph
    k = Arithmetic(mp)
    base = reference.base(DIGITS)
    tiny = mp.mpf(10) ** -DIFFERENCE
    rows: list[list[float]] = [[] for _ in kinks]
    nested = False
    for h in inputs:
        ahead = reference.moved(DIGITS, {h: base[h] + tiny * sizes[h]})
        behind = reference.moved(DIGITS, {h: base[h] - tiny * sizes[h]})
        for row, kink in zip(rows, kinks, strict=True):
            operands = graph.operands[kink.handle]
            rule = cut_rules(graph.ops[kink.handle])[kink.number]
            up = rule(k, *[mp.mpf(ahead[o]) for o in operands], ahead[kink.handle])
            down = rule(k, *[mp.mpf(behind[o]) for o in operands], behind[kink.handle])
            here = rule(k, *[mp.mpf(base[o]) for o in operands], base[kink.handle])
            right, left = (up - here) / tiny, (here - down) / tiny
            if abs(right - left) > mp.mpf(10) ** -20 * (abs(right) + abs(left)):
                nested = True
            row.append(float((right + left) / 2))
    return rows, nested


def _aimed(slopes: list[list[float]], count: int) -> list[list[float]]:
    """For every pattern of sides of the kinks that exists, a direction well inside it (a linear programme each)."""
    moving = [row for row in slopes if any(row) and all(math.isfinite(entry) for entry in row)]
    if len(moving) <= 1:
        return moving + [[-entry for entry in row] for row in moving]
    import numpy as np
    from scipy.optimize import linprog

    matrix = np.array(moving) / np.abs(np.array(moving)).max(axis=1, keepdims=True)
    found = []
    for signs in itertools.product((1.0, -1.0), repeat=len(moving)):
        # maximise the margin t with sign * slope . d >= t, |d| <= 1, t <= 1
        upper = np.hstack([-np.array(signs)[:, None] * matrix, np.ones((len(moving), 1))])
        solved = linprog([0.0] * count + [-1.0], A_ub=upper, b_ub=np.zeros(len(moving)), bounds=[(-1, 1)] * count + [(None, 1)])
        if solved.status == 0 and solved.x[-1] > 1e-9:
            found.append([float(entry) for entry in solved.x[:-1]])
    return found
