"""Entries of graphs with arrays that stand at a kink or a corner: the claimed slopes against those around the point."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np  # noqa: TID253 - arrays are what this module is for, and only they load it

from ...derive import array_tape
from ..references import limits_of_slopes as trends
from ..references.arrays import DIGITS, Coordinate, Index, entry_at
from ..references.grading import as_float
from ..results import AT_KINK, FAIL, INCONCLUSIVE, PASS, Row
from ..scalars import neighbourhood as kinks
from .claim import ArrayClaim
from .one_sided import Beside
from .projection import random_pair
from .verdicts import ArrayJudge

#: more entries than this at kinks are not explored one by one
_MOST_KINKED = 24

#: an entry at a corner: the place of its row, and the coordinate it is differentiated by
Corner = tuple[int, Coordinate]


def settle_corners(claim: ArrayClaim, judge: ArrayJudge, table: array_tape.Table, rows: list[Row], corners: Sequence[Corner]) -> None:
    """Judge the rows at corners: the claimed slopes of each output entry must lie in the hull of those around the point."""
    coordinates = list(dict.fromkeys(one for _, one in corners))
    where = judge.survey.place()
    if len(coordinates) > _MOST_KINKED:
        why_not = f"kink at {where}: {len(coordinates)} entries meet it, more than can be explored"
        _settle_beside(claim, judge, table, rows, corners, why_not)
        return
    around, jumps = _explore(claim, coordinates)
    column = {one: position for position, one in enumerate(coordinates)}
    groups: dict[Index, list[tuple[int, int]]] = {}
    for at, one in corners:
        groups.setdefault(rows[at].entry[: len(claim.out_shape)], []).append((at, column[one]))
    for out, members in groups.items():
        gradients = [[entry_at(sample[position], out) for _, position in members] for sample in around]
        _settle_group(claim.mp, rows, [at for at, _ in members], gradients, where, jumps)


def _settle_beside(
    claim: ArrayClaim, judge: ArrayJudge, table: array_tape.Table, rows: list[Row], corners: Sequence[Corner], why_not: str
) -> None:
    """Entries at too many kinks to explore: the claim may be the gradient right beside them."""
    sides = None
    if not claim.out_shape and claim.own:
        seed = claim.mp.mpf(1)
        claims, sizes = claim.pulled(table, seed)
        _, direction = random_pair(claim)
        sides = Beside(claim.reference, table, claim.point.flows, judge.survey.met, claims, seed).sides(direction, sizes.by_input)
    for at, one in corners:
        if sides is None:
            rows[at] = rows[at]._replace(verdict=INCONCLUSIVE, reason=why_not)
            continue
        truth = entry_at(np.asarray(claims[one.handle], dtype=object), one.entry)
        same = bool(sides.smooth[one.handle][one.entry])
        rows[at] = judge.beside(rows[at], truth, sizes.at(one.handle, one.entry), sizes.whole(one.handle), same)


def _settle_group(mp: Any, rows: list[Row], members: Sequence[int], gradients: list[list[Any]], where: str, jumps: bool) -> None:
    """Judge the rows of one output entry, whose places are ``members``, by the ``gradients`` around the point."""
    claimed = [rows[at].analytic for at in members]
    finite = [row for row in gradients if all(mp.isfinite(one) for one in row)]
    if jumps or not finite or not all(one is not None and math.isfinite(one) for one in claimed):
        reason = f"the value jumps at {where}" if jumps else f"kink at {where}: not every side has a finite slope"
        for at in members:
            rows[at] = rows[at]._replace(verdict=INCONCLUSIVE, reason=reason)
        return
    numbers = [float(one) for one in claimed if one is not None]
    member = kinks.inside(numbers, finite)
    for position, at in enumerate(members):
        entries = [as_float(row[position]) for row in finite]
        low, high = min(entries), max(entries)
        size = max(abs(low), abs(high), abs(numbers[position]))
        smooth = high - low <= 1e-9 * size
        right = abs(numbers[position] - low) <= 1e-9 * size
        row = rows[at]._replace(method=f"gradients around the kink in {kinks.DIGITS} digits", interval=None if smooth else (low, high))
        if smooth and right:
            rows[at] = row._replace(verdict=PASS, reference=low, error=abs(numbers[position] - low), exact=mp.nstr(finite[0][position], 40))
        elif member:
            rows[at] = row._replace(verdict=AT_KINK, reason=f"kink at {where}: slopes {low:.6g} … {high:.6g}")
        elif smooth or len(members) == 1:
            told = f"the slope is {low:.6g} on every side" if smooth else f"outside the subdifferential, slopes {low:.6g} … {high:.6g}"
            rows[at] = row._replace(
                verdict=FAIL, reference=low if smooth else None, reason=f"kink choices do not compose at {where}: {told}"
            )
        else:
            rows[at] = row._replace(verdict=INCONCLUSIVE, reason=f"kink at {where}: the claim lies outside the sides that were reached")


# -- around the point ------------------------------------------------------------------------------------------------


def _explore(claim: ArrayClaim, coordinates: Sequence[Coordinate]) -> tuple[list[list[Any]], bool]:
    """Gradients by the coordinates at points around, one list a direction; and whether the value jumps."""
    mp, reference = claim.mp, claim.reference
    base = reference.base(kinks.DIGITS)
    here = reference.number(base[claim.output])
    largest = _largest_of(claim, base)
    found = []
    jumps = False
    for direction in _directions(len(coordinates)):

        def gaps(power: int, direction: list[float] = direction) -> list[Any]:
            there = reference.number(reference.moved(kinks.DIGITS, _aside(claim, coordinates, direction, power))[claim.output])
            return [abs(a - b) for a, b in zip(np.ravel(there), np.ravel(here), strict=True)]

        left = trends.follow(gaps, lambda power: trends.noise_of(mp, largest, 1), mp)
        jumps = jumps or any(one.kind == trends.INFINITE or (one.kind == trends.NUMBER and one.value != 0) for one in left)
        found.append(_slopes_near(claim, coordinates, direction, largest))
    reference.use(DIGITS)
    return found, jumps


def _directions(count: int) -> Iterator[list[float]]:
    """Both sides of one entry; else the axes, all patterns of few, and seeded random ones."""
    if count == 1:
        yield from ([1.0], [-1.0])
        return
    chance = random.Random(231)
    for axis, sign in itertools.product(range(count), (1.0, -1.0)):
        yield [sign if k == axis else chance.uniform(0.01, 0.1) * chance.choice((-1, 1)) for k in range(count)]
    if count <= 5:
        for signs in itertools.product((1.0, -1.0), repeat=count):
            yield [sign * chance.uniform(0.5, 1.5) for sign in signs]
    for _ in range(16):
        yield [chance.gauss(0, 1) for _ in range(count)]


def _aside(claim: ArrayClaim, coordinates: Sequence[Coordinate], direction: Sequence[float], power: int) -> dict[int, Any]:
    """The inputs, moved off the point along a direction by so many powers of ten down."""
    base, place = claim.reference.base(kinks.DIGITS), dict[int, Any]()
    for one, weight in zip(coordinates, direction, strict=True):
        step = claim.reference.direction(one, claim.mp.mpf(10) ** -power * claim.step(one) * claim.mp.mpf(weight))
        place[one.handle] = place.get(one.handle, base[one.handle]) + step
    return place


def _largest_of(claim: ArrayClaim, base: Sequence[Any]) -> Any:
    """The largest finite number among all values."""
    mp = claim.mp
    numbers = (abs(mp.mpf(one)) for value in base if value is not None for one in np.ravel(claim.reference.number(value)))
    return max((one for one in numbers if mp.isfinite(one)), default=mp.mpf(1))


def _slopes_near(claim: ArrayClaim, coordinates: Sequence[Coordinate], direction: Sequence[float], largest: Any) -> list[Any]:
    """The derivatives by the coordinates in the limit towards the point, from the side of a direction; NaN where there is none."""
    mp, reference, output = claim.mp, claim.reference, claim.output
    base = reference.base(kinks.DIGITS)
    shape = np.shape(reference.number(base[output]))

    def sample(power: int) -> list[Any]:
        values = reference.moved(kinks.DIGITS, _aside(claim, coordinates, direction, power))
        row: list[Any] = []
        for one in coordinates:
            size = mp.mpf(10) ** -(power + trends.STEP) * claim.step(one)
            step = reference.direction(one, size)
            ahead = reference.number(reference.moved(kinks.DIGITS, {one.handle: values[one.handle] + step}, values)[output])
            behind = reference.number(reference.moved(kinks.DIGITS, {one.handle: values[one.handle] - step}, values)[output])
            row.extend(np.ravel((ahead - behind) / (2 * size)))
        return row

    def noise(power: int) -> Any:
        smallest = min(claim.step(one) for one in coordinates)
        return trends.noise_of(mp, largest, mp.mpf(10) ** -(power + trends.STEP) * smallest)

    limits = np.array([one.value for one in trends.follow(sample, noise, mp)], dtype=object)
    return [part.reshape(shape) for part in limits.reshape(len(coordinates), -1)]
