"""Where a slope goes as the distance shrinks: to a number, beyond every bound, or nowhere.

A slope measured at a distance d from a point differs from its limit by about c·d**p, with p anything above 0: it is no fact about
the point. So it is measured at distances in geometric progression, where Aitken's process takes such a term away whatever c and p
are (Brezinski and Redivo Zaglia, Extrapolation Methods, 1991, section 1.1). Nothing here knows a size that counts as small.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

#: powers of ten of the distances, next to the size of what moves; the first two decide where the slope stands still
DISTANCES = (40, 50, 60, 70)
#: the step of a difference is so many powers of ten below the distance; digits that hold both, and its noise below them
STEP, DIGITS, NOISE = 40, 260, 5

NUMBER, INFINITE, NOWHERE, OUTSIDE, JUMP = "number", "infinite", "no limit", "outside", "jump"


class Trend(NamedTuple):
    """What becomes of a slope: a number or a signed infinity, NaN where there is no limit or no function."""

    kind: str
    value: Any

    @property
    def remains(self) -> bool:
        """Whether what becomes small for a continuous function stays as it is or grows."""
        return self.kind == INFINITE or (self.kind == NUMBER and self.value != 0)

    def in_words(self, mp: Any) -> str:
        """In words that follow "the slope"."""
        if self.kind == NUMBER:
            return f"tends to {mp.nstr(self.value, 17)}"
        if self.kind == INFINITE:
            return f"is infinite ({'+inf' if self.value > 0 else '-inf'})"
        if self.kind == JUMP:
            return "has no limit: the value jumps"
        return "has no limit" if self.kind == NOWHERE else "does not exist"


def follow(sample: Callable[[int], Sequence[Any]], noises: Callable[[int], Any], mp: Any) -> list[Trend]:
    """The trends of several slopes; ``sample`` measures them at a power of ten, ``noises`` is the noise of one of them there."""
    samples = [sample(power) for power in DISTANCES[:2]]
    if not all(_still(far, near, noises(DISTANCES[1]), mp) for far, near in zip(*samples, strict=True)):
        samples += [sample(power) for power in DISTANCES[2:]]
    noise = noises(DISTANCES[len(samples) - 1])
    return [trend(slopes, noise, mp) for slopes in zip(*samples, strict=True)]


def _still(far: Any, near: Any, noise: Any, mp: Any) -> bool:
    """Whether a slope no longer changes."""
    return bool(mp.isfinite(far) and mp.isfinite(near) and abs(near - far) <= mp.mpf(10) ** -30 * abs(near) + noise)


def trend(slopes: Sequence[Any], noise: Any, mp: Any) -> Trend:
    """The trend of slopes at two distances where it stands still, else at four in geometric progression.

    >>> from mpmath import mp
    >>> [trend([c * mp.mpf(10) ** (-p * k) for k in range(40, 80, 10)], mp.mpf(0), mp).kind for c, p in ((1, 0.5), (-3, 2), (2, -0.5))]
    ['number', 'number', 'infinite']
    """
    if not all(mp.isfinite(slope) for slope in slopes):
        return Trend(OUTSIDE, mp.nan)
    slopes = [mp.mpf(0) if abs(slope) <= noise else slope for slope in slopes]
    if _still(slopes[-2], slopes[-1], noise, mp):
        return Trend(NUMBER, slopes[-1])
    changes = [later - earlier for earlier, later in pairwise(slopes)]
    sizes = [abs(change) for change in changes]
    if all(later <= earlier / 2 for earlier, later in pairwise(sizes)):
        before, last = (
            slopes[k + 2] - changes[k + 1] * changes[k + 1] / (changes[k + 1] - changes[k]) if changes[k + 1] else slopes[k + 2]
            for k in (0, 1)
        )
        error = abs(last - before)
        if abs(last) <= max(2 * error, 10 * noise, mp.mpf(10) ** -20 * abs(slopes[-1])):
            return Trend(NUMBER, mp.mpf(0))
        return Trend(NUMBER, last) if error <= mp.mpf(10) ** -12 * abs(last) else Trend(NOWHERE, mp.nan)
    grows = all(abs(later) > abs(earlier) and later * earlier > 0 for earlier, later in pairwise(slopes))
    if grows and all(10 * later >= 9 * earlier for earlier, later in pairwise(sizes)):
        return Trend(INFINITE, mp.inf if slopes[-1] > 0 else -mp.inf)
    return Trend(NOWHERE, mp.nan)


def noise_of(mp: Any, largest: Any, step: Any) -> Any:
    """The rounding noise of a difference over a step, where the largest number that goes into it has the given size."""
    return mp.mpf(10) ** (NOISE - mp.dps) * largest / step
