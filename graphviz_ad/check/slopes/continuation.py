"""A claim that rounding hides at a point, followed along one entry to where the function shows it.

Where a function is saturated (tanh at 18) or stands on its optimum, float64 shows of a slope only that it is next to nothing: a claim
of 3e-16 and one of twice as much look the same there. But a gradient is a formula, and a wrong formula is rarely wrong at one point. So
the entry is moved until what is claimed, or what the function does, stands clear of rounding, and differences judge the claim there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np  # noqa: TID253 - only checks of callables load this module, and they need it

from ..probing.black_box import rounding
from ..results import FAIL, PASS
from .subject import MOVED, VALUE

if TYPE_CHECKING:
    from ..probing.vectors import Flags, Floats
    from .by_differences import DifferenceExaminer
    from .finding import Finding
    from .subject import Subject

#: moves of an entry within its own size, moves beyond it, and changes of its size, as exponents of two; nearest first
MOVES, BEYOND, SIZES = range(-6, 1), range(1, 7), range(4, 81, 4)
#: a slope that carries the function this many times its noise over an entry's own size shows
SHOWS = 2.0**20
#: places that must bear a claim out, and places that are looked at closely
WITNESSES, MOST = 2, 6
#: entries of one point that are followed: each takes about fifty evaluations, several hundred where nothing shows
ENTRIES = 256


class Contradiction(NamedTuple):
    """A place where the claim is wrong: the value of the entry, whether it is within the entry's own size, claim and slope there."""

    entry: float
    near: bool
    claim: float
    slope: float


class Verdicts(NamedTuple):
    """What other places say of the claims, one entry an output: how many bear it out, and the first that contradicts it."""

    borne_out: list[int]
    contradicted: list[Contradiction | None]


def next_to_nothing(examiner: Subject, index: int, error: Floats) -> Flags:
    """For which outputs ``error``, of the slope over the own size of the entry ``index``, is small beside what the function is or does."""
    moved = np.zeros(examiner.box.width)
    for _, vector in _near(examiner, index):
        values = examiner.box(vector)
        with np.errstate(all="ignore"):
            moved = np.fmax(moved, np.where(np.isfinite(values), np.abs(values - examiner.base), 0.0))
    return error <= np.maximum(VALUE * np.abs(examiner.base), MOVED * moved)


def follow(examiner: DifferenceExaminer, claims_at: Callable[[Floats], Floats], index: int, asked: Flags, sure: float) -> Verdicts:
    """Verdicts on the claims about the entry ``index`` at other values of it, for the outputs that are ``asked`` about.

    Claims that are off by more than ``sure`` times the reference's error contradict. ``claims_at`` gives the claimed derivative at a point.
    """
    verdicts = Verdicts([0] * examiner.box.width, [None] * examiner.box.width)
    looked = 0
    for near, vector in (*_near(examiner, index), *_far(examiner, index)):
        open_ = asked & np.array([n < WITNESSES and not c for n, c in zip(*verdicts, strict=True)])
        if not np.any(open_) or looked == MOST:
            break
        values, claims = examiner.box(vector), claims_at(vector)[:, index]
        if not (np.all(np.isfinite(values)) and np.all(np.isfinite(claims))):
            continue
        direction = np.zeros(len(vector))
        there = examiner.elsewhere(vector, values, np.maximum(examiner.noise, rounding(values)))
        scale = direction[index] = there.scales[index]
        change = np.maximum(np.abs(claims) * scale, np.abs(values - examiner.base))
        if not np.any(open_ & (change >= SHOWS * there.noise)):
            continue
        looked += 1
        there.measure(examiner.chance)
        shows = open_ & (change >= SHOWS * there.noise)
        for k, finding in enumerate(there.by_differences(direction, claims * scale)):
            if shows[k] and finding.verdict == PASS and claims[k] != 0:
                verdicts.borne_out[k] += 1
            elif shows[k] and _contradicts(finding, float(claims[k]) * scale, sure, examiner.tolerance):
                verdicts.contradicted[k] = Contradiction(float(vector[index]), near, float(claims[k]), finding.reference / scale)
    return verdicts


def _contradicts(finding: Finding, claim: float, sure: float, tolerance: float) -> bool:
    size = max(abs(claim), abs(finding.reference))
    return finding.verdict == FAIL and finding.interval is None and abs(claim - finding.reference) > sure * finding.error + tolerance * size


def _near(examiner: Subject, index: int) -> Iterator[tuple[bool, Floats]]:
    """Points where one entry is moved within its own size."""
    for exponent in MOVES:
        for sign in (1.0, -1.0):
            yield True, _moved(examiner, index, sign * 2.0**exponent)


def _far(examiner: Subject, index: int) -> Iterator[tuple[bool, Floats]]:
    """Points where one entry is moved beyond its own size, or has another size."""
    for exponent in BEYOND:
        for sign in (1.0, -1.0):
            yield False, _moved(examiner, index, sign * 2.0**exponent)
    size = examiner.vector[index] or examiner.scales[index]
    for exponent in SIZES:
        for sign in (1.0, -1.0):
            yield False, _with(examiner.vector, index, 2.0 ** (sign * exponent) * size)


def _moved(examiner: Subject, index: int, part: float) -> Floats:
    return _with(examiner.vector, index, examiner.vector[index] + part * examiner.scales[index])


def _with(vector: Floats, index: int, entry: float) -> Floats:
    moved = vector.copy()
    moved[index] = entry
    return moved
