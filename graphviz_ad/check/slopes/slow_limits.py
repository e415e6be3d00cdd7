"""One-sided difference quotients that approach their limit slowly, like a power of the step: those of |x|**1.2 at 0 fall by 13 % a halving.

A quotient L + c h**p, whatever c and p are, is taken to L by Aitken's process from three steps in geometric progression (Brezinski and
Redivo Zaglia, Extrapolation Methods, 1991, section 1.1). It is believed only where its results settle faster than the quotients do:
what falls like 1/log h, or with c that oscillates, is not extrapolated to anything. ``references.limits_of_slopes`` does the same in
high precision.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np  # noqa: TID253 - only checks of callables load this module, and they need it

from ..probing.black_box import measure_noise, rounding
from ..probing.differences import EDGE, KINK, NO_LIMIT, SMOOTH, Ladder, Slopes
from ..results import FAIL, INCONCLUSIVE, PASS
from .finding import FLOAT, SURE, SURE_ELSEWHERE, Finding

if TYPE_CHECKING:
    from ..probing.vectors import Floats
    from .subject import Subject

#: the largest step as an exponent of two in parts of the direction, halvings between two steps, and steps
LARGEST, APART, COUNT = -4, 3, 18
#: changes of quotients that must be seen before anything is said of where they go
LEAST = 4
#: changes of a function with one-sided second derivatives fall by 2**-APART; an approach is slow where they fall by less than half of that
SLOW = 2.0 ** (1 - APART)
#: by what factor the fall may differ between the last steps; that of noise differs by more
STEADILY = 1.5
#: changes that fall by less than this part do not fall: of a root or a logarithm
STEADY = 1e-3
#: an extrapolation is believed to gain at most this factor on the one before it
GUARD = 1e-3
#: a limit of zero is known where its error is less than this part of the quotients that approach it
ZERO = 1e-6
#: a claim, or the other side, counts as apart from a limit where it is so many times further off than the last quotient
APART_FROM = 4.0

#: an error larger than so many times the noise of the function is none of rounding: the quotients themselves have not settled
UNSETTLED = 2.0**14
#: distances from the point at which the noise is measured, as exponents of two in parts of the direction
BESIDE = (-4, -20, -36)

NUMBER, INFINITE, UNKNOWN = "number", "infinite", "unknown"


class Approach(NamedTuple):
    """Where the quotients of one side go and how surely."""

    kind: str
    value: float
    error: float
    size: float  # of the largest quotient
    left_over: float  # how far off the last quotient is that rounding leaves
    slow: bool


def judge(subject: Subject, ladder: Ladder, slopes: Slopes, claims: Floats, findings: list[Finding]) -> list[Finding]:
    """The findings, with those replaced that were made of quotients which approach their limit slowly, or not where they seemed to."""
    judged = list(findings)
    noises = _NoiseBeside(subject, ladder.direction)
    if ladder.first != subject.first:
        ladder = subject.ladder(ladder.direction)
    for k, finding in enumerate(findings):
        state = slopes.state[k]
        unsettled = state == SMOOTH and finding.verdict == INCONCLUSIVE and slopes.error[k] > UNSETTLED * subject.noise[k]
        if finding.verdict == PASS or not (state in (KINK, NO_LIMIT, EDGE) or unsettled):
            continue
        for places in range(1, len(BESIDE) + 1):  # the noise nearer by is measured only where it is asked for
            sides = [side for side in approaches(ladder, k, noises, places) if side is not None]
            slow = any(side.slow for side in sides)
            if state == SMOOTH:
                slow &= all(side.kind != UNKNOWN for side in sides)
            replaced = slow or (state == KINK and _elsewhere(sides, float(slopes.left[k]), float(slopes.right[k])))
            judged[k] = _verdict(subject, float(claims[k]), sides) if replaced else finding
            if judged[k] is finding or judged[k].verdict != INCONCLUSIVE or any(side.kind == INFINITE for side in sides):
                break
    return judged


class _NoiseBeside:
    """The noise of a function beside a point, measured once: at a kink the bend of the function itself looks like noise."""

    def __init__(self, subject: Subject, direction: Floats) -> None:
        self.subject, self.direction = subject, direction
        self.found: list[Floats] = []

    def within(self, place: int) -> Floats:
        """What the noise is at distances up to ``BESIDE[place]``."""
        while len(self.found) <= place:
            self.found.append(self._measured(2.0 ** BESIDE[len(self.found)]))
        return self.found[place]

    def _measured(self, distance: float) -> Floats:
        subject = self.subject
        for side in (distance, -distance):
            vector = subject.vector + side * self.direction
            base = subject.box(vector)
            if np.all(np.isfinite(base)):
                return measure_noise(subject.box, vector, base, subject.scales * distance, subject.chance)[0]
        return subject.noise


def _elsewhere(sides: list[Approach], left: float, right: float) -> bool:
    """Whether both sides go to slopes that are clearly not these: a corner rounded off on a small scale is none."""
    if len(sides) < 2 or any(side.kind != NUMBER for side in sides):
        return False
    return any(
        abs(side.value - slope) > SURE_ELSEWHERE * side.error + side.size / 8 for side, slope in zip(sides, (left, right), strict=True)
    )


def _verdict(subject: Subject, claim: float, sides: list[Approach]) -> Finding:
    """The verdict on a claim where the function is finite on these sides, from left to right."""
    if any(side.kind == INFINITE for side in sides):
        place = "the edge of the domain: " if len(sides) == 1 else ""
        reason = f"{place}the difference quotients have no limit, they grow without bound as the step shrinks"
        return Finding(INCONCLUSIVE, np.nan, np.inf, np.inf, FLOAT, reason)
    if any(side.kind == UNKNOWN for side in sides):
        reason = "the difference quotients approach their limit, if there is one, too slowly to tell it"
        return Finding(INCONCLUSIVE, np.nan, np.inf, np.inf, FLOAT, reason)
    left, right = sides[0], sides[-1]
    error, gap = max(left.error, right.error), abs(right.value - left.value)
    far = APART_FROM * max(left.left_over, right.left_over)
    rounding = subject.tolerance * max(abs(left.value), abs(right.value))
    if gap > SURE_ELSEWHERE * error + rounding and gap > far:
        return subject.kink(claim, left.value, right.value, SURE * error + rounding, FLOAT)
    value, error = (left.value + right.value) / 2, error + gap / 2
    distance, size = abs(claim - value), max(abs(claim), abs(value))
    bound = SURE * error + subject.tolerance * size
    edge = "one-sided slope at the edge of the domain" if len(sides) == 1 else ""
    if distance <= bound and error <= max(subject.sharp * size, ZERO * max(left.size, right.size)):
        return Finding(PASS, value, error, bound, FLOAT, edge)
    if not edge and distance > SURE_ELSEWHERE * error + subject.tolerance * size and distance > far:
        return Finding(FAIL, value, error, bound, FLOAT)
    reason = f"{edge or 'the slope that the difference quotients approach slowly'} is {subject.shown(value)} ± {subject.shown(error, 2)}"
    reason += "; there is none on the other side" if edge and distance > bound else ""
    return Finding(INCONCLUSIVE, value, error, bound, FLOAT, reason)


def approaches(ladder: Ladder, output: int, noises: _NoiseBeside, places: int) -> tuple[Approach | None, Approach | None]:
    """The approach from the left and from the right, with the noise measured at ``places`` distances; None where there is no value."""
    exponents = [LARGEST - APART * k for k in range(COUNT)]
    for exponent in exponents:
        ladder.have(ladder.first - exponent)
    steps = np.array([2.0**exponent for exponent in exponents])
    noise = np.array([
        min(float(noises.within(place)[output]) for place in range(places) if place == 0 or exponent <= BESIDE[place])
        for exponent in exponents
    ])  # fmt: skip
    base = ladder.base[output]
    found: list[Approach | None] = []
    for side, sign in ((ladder.behind, -1.0), (ladder.ahead, 1.0)):
        values = np.array([side[ladder.first - exponent][output] for exponent in exponents])
        if not np.all(np.isfinite(values)):
            found.append(None)
            continue
        rounded = np.maximum(noise, rounding(np.maximum(np.abs(values), np.abs(base))))
        found.append(approach(list(sign * (values - base) / steps), list(2 * rounded / steps)))
    return found[0], found[1]


def approach(quotients: Sequence[float], noise: Sequence[float]) -> Approach:
    """Where quotients at steps in geometric progression go; ``noise`` is that of each.

    >>> steps = [16.0**-k for k in range(12)]
    >>> found = [approach([3 + h**p for h in steps], [1e-15] * 12) for p in (0.5, 0.1, -0.1)]
    >>> [(a.kind, round(a.value, 6)) for a in found]
    [('number', 3.0), ('number', 3.0), ('infinite', inf)]
    """
    changes = [later - earlier for earlier, later in pairwise(quotients)]
    seen = next((k for k, d in enumerate(changes) if abs(d) <= 4 * (noise[k] + noise[k + 1])), len(changes))
    size = max(map(abs, quotients[: seen + 1]))
    if seen == 0:
        return Approach(NUMBER, quotients[0], 4 * (noise[0] + noise[1]), size, 0.0, False)
    ratios = [later / earlier for earlier, later in pairwise(changes[:seen])]
    last = quotients[seen]
    if seen < LEAST or min(ratios[-LEAST + 1 :]) <= 0:
        return Approach(UNKNOWN, last, np.inf, size, np.inf, False)
    recent = ratios[-LEAST + 1 :]
    slow = min(recent) >= SLOW and max(recent) <= STEADILY * min(recent)
    if min(recent) >= 1 - STEADY:
        grows = changes[seen - 1] * last > 0
        return Approach(INFINITE if grows else UNKNOWN, np.inf if last > 0 else -np.inf, np.inf, size, np.inf, slow)
    limits = [quotients[k + 2] + changes[k + 1] * ratio / (1 - ratio) if ratio < 1 else np.inf for k, ratio in enumerate(ratios)]
    best = Approach(UNKNOWN, last, np.inf, size, np.inf, slow)
    for k in range(2, len(limits)):
        before, change = abs(limits[k - 1] - limits[k - 2]), abs(limits[k] - limits[k - 1])
        rounded = noise[k + 2] * 4 / (1 - ratios[k]) ** 2 if ratios[k] < 1 else np.inf
        error = max(2 * change, GUARD * before) + rounded
        if change <= max(before / 2, rounded) and error < best.error:
            best = Approach(NUMBER, limits[k] if abs(limits[k]) > error else 0.0, error, size, abs(last - limits[k]), slow)
    return best
