"""Entries of graphs with arrays that stand at a kink or a corner: the claimed slopes against those around the point."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np  # noqa: TID253 - arrays are what this module is for, and only they load it

from ...derive import array_tape
from ..judging.around_kinks import AROUND, Slopes, inside
from ..references import limits_of_slopes as trends
from ..references.arrays import Coordinate, Index, entry_at
from ..references.scalars import DIGITS
from ..rows import AT_KINK, FAIL, INCONCLUSIVE, PASS, Row
from .claim import ArrayClaim
from .one_sided import Beside
from .projection import random_pair
from .verdicts import ArrayJudge

#: more entries than this at kinks are not explored one by one
_MOST_KINKED = 24


class Corner(NamedTuple):
    """An entry at a corner: its row, not judged yet, and the coordinate it is differentiated by."""

    row: Row
    coordinate: Coordinate


def settle_corners(claim: ArrayClaim, judge: ArrayJudge, table: array_tape.Table, entries: Sequence[Row | Corner]) -> list[Row]:
    """The rows with those at corners judged: the claimed slopes of each output entry must lie in the hull of those around the point."""
    corners = {number: entry for number, entry in enumerate(entries) if isinstance(entry, Corner)}
    coordinates = list(dict.fromkeys(corner.coordinate for corner in corners.values()))
    place = judge.survey.place()
    settled: dict[int, Row] = {}
    if len(coordinates) > _MOST_KINKED:
        why_not = f"kink at {place}: {len(coordinates)} entries meet it, more than can be explored"
        settled = dict(zip(corners, _settle_beside(claim, judge, table, list(corners.values()), why_not), strict=True))
    elif corners:
        around, jumps = _explore(claim, coordinates)
        column = {coordinate: position for position, coordinate in enumerate(coordinates)}
        groups: dict[Index, list[int]] = {}
        for number, corner in corners.items():
            groups.setdefault(corner.row.entry[: len(claim.out_shape)], []).append(number)
        for out, members in groups.items():
            columns = [column[corners[number].coordinate] for number in members]
            gradients = [[entry_at(sample[position], out) for position in columns] for sample in around]
            rows = _settle_group(claim.mp, [corners[number].row for number in members], gradients, place, jumps)
            settled.update(zip(members, rows, strict=True))
    return [settled[number] if isinstance(entry, Corner) else entry for number, entry in enumerate(entries)]


def _settle_beside(claim: ArrayClaim, judge: ArrayJudge, table: array_tape.Table, corners: Sequence[Corner], why_not: str) -> list[Row]:
    """Entries at too many kinks to explore: the claim may be the gradient right beside them."""
    sides = None
    if not claim.out_shape and claim.own:
        seed = claim.mp.mpf(1)
        claims, sizes = claim.pulled(table, seed)
        _, direction = random_pair(claim)
        sides = Beside(claim.reference, table, claim.point.flows, judge.survey.met, claims, seed).sides(direction, sizes.by_input)
    if sides is None:
        return [row._replace(verdict=INCONCLUSIVE, reason=why_not) for row, _ in corners]
    rows = []
    for row, (_, handle, entry) in corners:
        truth = entry_at(np.asarray(claims[handle], dtype=object), entry)
        rows.append(judge.beside(row, truth, sizes.at(handle, entry), sizes.whole(handle), bool(sides.smooth[handle][entry])))
    return rows


def _settle_group(mp: Any, rows: Sequence[Row], gradients: list[list[Any]], place: str, jumps: bool) -> list[Row]:
    """The rows of one output entry, judged by its ``gradients`` around the point, one a sample."""
    claimed = [row.analytic for row in rows if row.analytic is not None and math.isfinite(row.analytic)]
    finite = [sample for sample in gradients if all(mp.isfinite(slope) for slope in sample)]
    if jumps or not finite or len(claimed) < len(rows):
        reason = f"the value jumps at {place}" if jumps else f"kink at {place}: not every side has a finite slope"
        return [row._replace(verdict=INCONCLUSIVE, reason=reason) for row in rows]
    member = inside(claimed, finite)
    return [
        _settle(mp, row._replace(method=AROUND), number, column, place, member, len(rows) == 1)
        for row, number, column in zip(rows, claimed, zip(*finite, strict=True), strict=True)
    ]


def _settle(mp: Any, row: Row, claimed: float, column: Sequence[Any], place: str, member: bool, alone: bool) -> Row:
    """The row of an entry with the slopes ``column`` around it; ``member``: all entries together are in the hull of the gradients."""
    slopes = Slopes.of(column, claimed)
    row = row._replace(interval=None if slopes.same else (slopes.low, slopes.high))
    if slopes.same and slopes.meet(claimed):
        return row._replace(verdict=PASS, reference=slopes.low, error=slopes.distance(claimed), exact=mp.nstr(column[0], 40))
    if member:
        return row._replace(verdict=AT_KINK, reason=slopes.between(place), slopes_told=True)
    if slopes.same or alone:
        reference = slopes.low if slopes.same else None
        return row._replace(verdict=FAIL, reference=reference, reason=slopes.contradiction(place, slopes.same), slopes_told=not slopes.same)
    return row._replace(verdict=INCONCLUSIVE, reason=f"kink at {place}: the claim lies outside the sides that were reached")


# -- around the point ------------------------------------------------------------------------------------------------


def _explore(claim: ArrayClaim, coordinates: Sequence[Coordinate]) -> tuple[list[list[Any]], bool]:
    """Gradients by the coordinates at points around, one list a direction; and whether the value jumps."""
    mp, reference = claim.mp, claim.reference
    base = reference.base(trends.DIGITS)
    here = reference.number(base[claim.output])
    largest = _largest_of(claim, base)
    found = []
    jumps = False
    for direction in _directions(len(coordinates)):

        def gaps(power: int, direction: list[float] = direction) -> list[Any]:
            there = reference.number(reference.moved(trends.DIGITS, _aside(claim, coordinates, direction, power))[claim.output])
            return [abs(a - b) for a, b in zip(np.ravel(there), np.ravel(here), strict=True)]

        left = trends.follow(gaps, lambda power: trends.noise_of(mp, largest, 1), mp)
        jumps = jumps or any(trend.remains for trend in left)
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
    base, place = claim.reference.base(trends.DIGITS), dict[int, Any]()
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
    base = reference.base(trends.DIGITS)
    shape = np.shape(reference.number(base[output]))

    def sample(power: int) -> list[Any]:
        values = reference.moved(trends.DIGITS, _aside(claim, coordinates, direction, power))
        row: list[Any] = []
        for one in coordinates:
            size = mp.mpf(10) ** -(power + trends.STEP) * claim.step(one)
            step = reference.direction(one, size)
            ahead = reference.number(reference.moved(trends.DIGITS, {one.handle: values[one.handle] + step}, values)[output])
            behind = reference.number(reference.moved(trends.DIGITS, {one.handle: values[one.handle] - step}, values)[output])
            row.extend(np.ravel((ahead - behind) / (2 * size)))
        return row

    def noise(power: int) -> Any:
        smallest = min(claim.step(one) for one in coordinates)
        return trends.noise_of(mp, largest, mp.mpf(10) ** -(power + trends.STEP) * smallest)

    limits = np.array([one.value for one in trends.follow(sample, noise, mp)], dtype=object)
    return [part.reshape(shape) for part in limits.reshape(len(coordinates), -1)]
