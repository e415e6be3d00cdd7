"""Slopes of a black box along a line, from both sides, each with its own error estimate.

Steps are halved again and again. Differences at three neighbouring steps are extrapolated (Richardson, Phil. Trans. A 226,
1927), from both sides together (even powers of the step) and from each side alone (all powers). The error is what the last
extrapolation changed plus what the measured noise of the function can do. Where both sides disagree, steps shrink until they
agree (a kink nearby) or cannot shrink any more (a kink here).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np  # noqa: TID253 - only checks of callables load this module, and they need it

from .black_box import rounding

if TYPE_CHECKING:
    from .vectors import Flags, Floats

#: values at the two sides of a point by the level of a ladder: ahead and behind
Kept = dict[int, tuple["Floats", "Floats"]]

SMOOTH, KINK, JUMP, NO_LIMIT, EDGE, NONE = "smooth", "kink", "jump", "no limit", "edge", "none"
#: the first step, as an exponent of two, relative to the size of the entry: the fifth root of float64's rounding
FIRST = -10
#: how far a ladder may go from its first step, in halvings; in doublings, steps smaller than an entry; and at most
UP, DOWN, WIDEST = 8, 38, 20
#: steps that one extrapolation takes together at most
LONGEST = 7
#: an extrapolation is believed to gain at most this factor on the one before it
GUARD = 1e-3
#: levels between the smaller steps that a contradiction must stand before it counts, and the last of them
STRIDE, DEEPEST = 3, 44


class Slopes(NamedTuple):
    """Slopes along one direction, one entry an output: two-sided, from the left, from the right, with errors.

    ``state`` says for each what was found; ``curve`` is (step, two-sided difference) for the picture of error against step.
    """

    value: Floats
    error: Floats
    left: Floats
    left_error: Floats
    right: Floats
    right_error: Floats
    state: Any  # of words: SMOOTH, KINK, …
    variation: Floats  # how much the values moved per unit of the direction: the size against which a zero slope is zero
    moved: Floats  # the same without the size of the values themselves
    bend: Floats  # the second derivative along the direction: times a rounding of the point, what rounding does to any slope


class Ladder:
    """Differences along ``direction`` from ``vector``, at steps 2**-k, evaluated when asked for and kept; some may be ``kept`` already."""

    def __init__(
        self,
        call: Callable[[Floats], Floats],
        vector: Floats,
        base: Floats,
        direction: Floats,
        noise: Floats,
        first: int = FIRST,
        kept: Mapping[int, tuple[Floats, Floats]] | None = None,
    ) -> None:
        self.call, self.vector, self.base, self.direction, self.noise, self.first = call, vector, base, direction, noise, first
        self.ahead: dict[int, Floats] = {level: ahead for level, (ahead, _) in (kept or {}).items()}
        self.behind: dict[int, Floats] = {level: behind for level, (_, behind) in (kept or {}).items()}

    def have(self, level: int) -> None:
        """Evaluate both sides at step 2**(first - level)."""
        if level not in self.ahead:
            step = 2.0 ** (self.first - level)
            self.ahead[level] = self.call(self.vector + step * self.direction)
            self.behind[level] = self.call(self.vector - step * self.direction)

    def explore(self, enough: Callable[[Slopes], Flags], widest: int = UP) -> Slopes:
        """Extend the ladder where its own errors say it helps, until ``enough`` says true for every output.

        Upward it goes ``widest`` doublings at most.
        """
        low, high = 0, 2
        for level in range(low, high + 1):
            self.have(level)
        while True:
            found, wish_down, wish_up = self.slopes(low, high)
            done = enough(found)
            if np.all(done):
                return found
            down = bool(np.any(wish_down & ~done)) and high < DOWN
            up = bool(np.any(wish_up & ~done)) and low > -widest
            if not down and not up:
                return found
            if down:
                self.have(high + 1)
                self.have(high + 2)
                high += 2
            if up:
                self.have(low - 1)
                self.have(low - 2)
                low -= 2

    def doubted(self, found: Slopes, claims: Floats, suspects: Flags, fine: Floats) -> int | None:
        """The level from which smaller steps contradict ``found`` for any of ``suspects``; None where all bear it out.

        A fast oscillation seen with large steps looks like a small slope. What is to count against a claim must hold at
        every step down to where rounding (``fine`` at the finest) hides the difference.
        """
        distance = np.abs(claims - found.value)
        level = max(self.ahead) + STRIDE
        while level <= DEEPEST + self.first:
            step = 2.0 ** (self.first - level)
            if np.all(~suspects | (4 * fine / step > distance)):
                return None
            self.have(level)
            with np.errstate(all="ignore"):
                quotient = (self.ahead[level] - self.behind[level]) / (2 * step)
                off = np.abs(quotient - found.value) > 4 * self.noise / step + 4 * found.error + distance / 8
                near = np.abs(quotient - claims) <= distance / 8 + 4 * fine / step
            visible = suspects & (4 * fine / step <= distance)
            if np.any(visible & (off | near)):
                return level
            level += STRIDE
        return None

    def favoured(self, found: Slopes, claims: Floats, suspects: Flags, highest: int) -> Flags:
        """For which of ``suspects`` two neighbouring larger steps agree with the claim and not with what was found.

        A function that rounds inside goes in steps, smooth between them: what small differences say is then no slope.
        """
        distance = np.abs(claims - found.value)
        near_before = np.zeros(len(claims), dtype=bool)
        favour = np.zeros(len(claims), dtype=bool)
        for level in range(0, highest - 1, -1):
            self.have(level)
            with np.errstate(all="ignore"):
                near = np.abs((self.ahead[level] - self.behind[level]) / (2 * 2.0 ** (self.first - level)) - claims) <= distance / 8
            favour |= near & near_before & suspects
            near_before = near
        return favour

    def slopes(self, low: int, high: int) -> tuple[Slopes, Flags, Flags]:
        """The slopes from levels ``low`` to ``high``, and for which outputs smaller or larger steps may help."""
        levels = range(low, high + 1)
        steps = np.array([2.0 ** (self.first - k) for k in levels])[:, None]
        plus = np.array([self.ahead[k] for k in levels])
        minus = np.array([self.behind[k] for k in levels])
        base = self.base[None, :]
        with np.errstate(all="ignore"):
            noise = np.maximum(self.noise, rounding(np.maximum(np.abs(plus), np.abs(minus))))
            central = _tableau((plus - minus) / (2 * steps), noise / (np.sqrt(2) * steps))
            right = _one_sided((plus - base) / steps, 2 * noise / steps)
            left = _one_sided((base - minus) / steps, 2 * noise / steps)
            return _judge(steps, plus, minus, base, noise, central, left, right)


def _one_sided(quotients: Floats, noise: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Value, truncation error, noise and largest quotient of each triple of neighbouring steps, on one side."""
    a, b, c = quotients[:-2], quotients[1:-1], quotients[2:]
    ab, bc = 2 * b - a, 2 * c - b
    value = (4 * bc - ab) / 3
    amplified = (8 * noise[2:] + 6 * noise[1:-1] + noise[:-2]) / 3
    return value, np.abs(value - bc), amplified, np.maximum(np.abs(a), np.maximum(np.abs(b), np.abs(c)))


class _Candidates(NamedTuple):
    """Extrapolations of two-sided quotients over runs of neighbouring steps, one row each; ``start`` and ``end`` are levels."""

    value: Floats
    truncation: Floats
    rounding: Floats
    start: Any
    end: Any

    @property
    def error(self) -> Floats:
        """Both errors together, infinite where a value is missing."""
        total = self.truncation + self.rounding
        return np.where(np.isfinite(self.value) & np.isfinite(total), total, np.inf)


def _tableau(quotients: Floats, noise: Floats) -> _Candidates:
    """Every run of three to ``LONGEST`` neighbouring steps, extrapolated in even powers (Romberg's scheme).

    The last extrapolation must change the value by less and less. GUARD of the change before it is the least that is believed,
    so that two numbers that agree by accident, as those of a fast oscillation may, are no evidence. ``noise`` is three deviations
    of the quotients; errors of rounding are taken as independent.
    """
    parts: list[tuple[Any, Any, Any, int, int]] = []
    before: Any = None
    values, errors = quotients, noise
    for column in range(1, min(LONGEST, len(quotients))):
        weight = 4.0**column
        now = (weight * values[1:] - values[:-1]) / (weight - 1)
        spread = np.sqrt((weight * errors[1:]) ** 2 + errors[:-1] ** 2) / (weight - 1)
        if column > 1:
            change = np.abs(now - values[1:])
            earlier = np.abs(values[1:] - before[2:])
            truncation = np.maximum(change, GUARD * earlier)
            parts.extend((now[k], truncation[k], spread[k], k, k + column) for k in range(len(now)))
        before, values, errors = values, now, spread
    columns = list(zip(*parts, strict=True))
    return _Candidates(*(np.array(column) for column in columns))


def _judge(
    steps: Floats,
    plus: Floats,
    minus: Floats,
    base: Floats,
    noise: Floats,
    central: _Candidates,
    left: tuple[Floats, Floats, Floats, Floats],
    right: tuple[Floats, Floats, Floats, Floats],
) -> tuple[Slopes, Flags, Flags]:
    right_error, left_error = right[1] + right[2], left[1] + left[2]
    triples, width = right[0].shape
    columns = np.arange(width)
    inf = np.inf
    right_error = np.where(np.isfinite(right[0]) & np.isfinite(right_error), right_error, inf)
    left_error = np.where(np.isfinite(left[0]) & np.isfinite(left_error), left_error, inf)
    gap = right[0] - left[0]
    gap_error = right_error + left_error
    sizes = np.abs(right[0]) + np.abs(left[0])
    kinked = np.isfinite(gap) & (np.abs(gap) > 4 * gap_error) & (np.abs(gap) > 1e-9 * sizes)
    # the smallest step at which both sides clearly disagree
    order = np.arange(triples)[:, None]
    last = np.max(np.where(kinked, order, -1), axis=0)
    last_gap = np.abs(gap[np.maximum(last, 0), columns])
    calm = ~kinked & (gap_error <= last_gap / 4) & (np.abs(gap) <= last_gap / 4)
    below = (order > last) & ((last < 0) | calm)
    # both sides of a smooth point may be better known apart than together: x*|x| at 0
    averaged = _Candidates(
        (right[0] + left[0]) / 2, np.abs(gap) / 2 + (right[1] + left[1]) / 2, (right[2] + left[2]) / 2, order[:, 0], order[:, 0] + 2
    )  # fmt: skip
    central = _Candidates(*(np.concatenate(pair) for pair in zip(central, averaged, strict=True)))
    usable = below[central.start] & below[central.end - 2]
    error = central.error
    rough = _rough(left, right)
    smooth = np.any(usable & np.isfinite(error), axis=0) & ~rough
    candidates = np.where(usable, error, inf)
    best = np.argmin(candidates, axis=0)
    chosen, chosen_error = central.value[best, columns], candidates[best, columns]
    # estimates that claim to be nearly as good must agree with the best one
    rivals = usable & (error <= 30 * chosen_error)
    distance = np.where(rivals, np.abs(central.value - chosen) - 3 * error, 0.0)
    chosen_error = np.maximum(chosen_error, np.max(np.where(np.isfinite(distance), distance, 0.0), axis=0))
    best_right = np.argmin(np.where((order <= np.maximum(last, 0)) | (last < 0), right_error, inf), axis=0)
    best_left = np.argmin(np.where((order <= np.maximum(last, 0)) | (last < 0), left_error, inf), axis=0)
    at_kink = (last >= 0) & ~smooth
    # at a kink the smallest steps count: what larger ones said may belong to another kink further away
    near = at_kink & kinked[np.maximum(last, 0), columns]
    best_right = np.where(near, last, best_right)
    best_left = np.where(near, last, best_left)
    slopes_right, slopes_left = right[0][best_right, columns], left[0][best_left, columns]
    errors_right, errors_left = right_error[best_right, columns], left_error[best_left, columns]
    state = np.where(smooth, SMOOTH, np.where(at_kink, KINK, NONE)).astype(object)
    _name_oddities(state, plus, minus, base, noise, slopes_left, slopes_right, errors_left, errors_right)
    state[(state == KINK) & rough] = NO_LIMIT
    before = np.maximum(last - 4, 0)
    growing = (last >= 4) & kinked[before, columns] & (last_gap > 1.5 * np.abs(gap[before, columns]))
    # a kink is as sharp however near one looks, curvature is not
    earlier = np.maximum(last - 2, 0)
    sharp = (last >= 2) & kinked[earlier, columns] & kinked[np.maximum(last - 1, 0), columns]
    sharp &= last_gap >= np.abs(gap[earlier, columns]) / 2
    state[(state == KINK) & (growing | ~sharp)] = NO_LIMIT
    edge = state == EDGE
    one = np.where(np.isfinite(errors_right), slopes_right, slopes_left)
    one_error = np.minimum(errors_right, errors_left)
    chosen = np.where(edge, one, np.where(at_kink, (slopes_left + slopes_right) / 2, chosen))
    chosen_error = np.where(edge, one_error, np.where(at_kink, np.abs(slopes_right - slopes_left) / 2, chosen_error))
    moved = np.nanmax(np.where(np.isfinite(plus), np.abs(plus - base), 0.0), axis=0)
    variation = np.maximum(np.abs(base[0]), moved)
    at_kink |= rough
    value, truncation, rounding = (part[best, columns] for part in central[:3])
    picked = _Candidates(value, truncation, rounding, central.start[best], central.end[best])
    wish_down, wish_up = _wishes(picked, triples, kinked, last, gap, right[2] + left[2], at_kink, state, plus, minus)
    wish_down |= rough
    second = np.abs(plus + minus - 2 * base) / steps**2
    seen = np.isfinite(second)
    bend = np.where(seen.any(axis=0), second[np.argmax(seen, axis=0), columns], 0.0)  # at the largest step that is finite
    found = Slopes(chosen, chosen_error, slopes_left, errors_left, slopes_right, errors_right, state, variation, moved, bend)
    return found, wish_down, wish_up


def _rough(left: tuple[Floats, ...], right: tuple[Floats, ...]) -> Flags:
    """Where one-sided quotients do not settle as the step shrinks: x sin(1/x) at 0, whose two-sided quotients are all zero."""
    truncation, noise, size = left[1] + right[1], left[2] + right[2], left[3] + right[3]
    late = np.max(truncation[-3:], axis=0) if len(truncation) > 3 else truncation[-1]
    return (late > 4 * noise[-1] + 0.3 * size[-1]) & ~(late <= truncation[0] / 8)


def _wishes(
    picked: _Candidates,
    triples: int,
    kinked: Flags,
    last: Any,
    gap: Floats,
    gap_noise: Floats,
    at_kink: Flags,
    state: Any,
    plus: Floats,
    minus: Floats,
) -> tuple[Flags, Flags]:
    """Whether smaller steps, and larger ones, may help each output."""
    columns = np.arange(len(state))
    smallest_noise = gap_noise[triples - 1]
    kink_open = at_kink & (last == triples - 1) & (smallest_noise < np.abs(gap[np.maximum(last, 0), columns]) / 16)
    kink_open |= (last >= 0) & (last < triples - 1) & at_kink & (smallest_noise < np.abs(gap[np.maximum(last, 0), columns]) / 8)
    t, r = picked.truncation, picked.rounding
    lost = ~np.isfinite(plus[-1] - minus[-1]) | (state == NONE)
    down = kink_open | (~at_kink & (~(t <= r) & (picked.end == triples + 1))) | lost
    up = ~at_kink & (r >= t) & (picked.start == 0) & np.isfinite(plus[0] - minus[0])
    return down, up


def _name_oddities(
    state: Any,
    plus: Floats,
    minus: Floats,
    base: Floats,
    noise: Floats,
    left: Floats,
    right: Floats,
    left_error: Floats,
    right_error: Floats,
) -> None:
    """Jumps, edges of the domain and sides without a limit, told from how the values shrink with the step."""
    for column in range(len(state)):
        finite_right, finite_left = np.isfinite(plus[:, column]), np.isfinite(minus[:, column])
        if state[column] == SMOOTH:
            continue
        if not finite_right[-1] and not finite_left[-1]:
            state[column] = NONE
            continue
        if finite_right[-1] != finite_left[-1]:
            state[column] = EDGE
            continue
        if state[column] != KINK:
            state[column] = NO_LIMIT if len(plus) >= 8 else NONE
            continue
        for side in (plus, minus):
            change = np.abs(side[-4:, column] - base[0, column])
            if len(change) == 4 and change[-1] > 8 * noise[-1, column] and change[-1] > 0.75 * change[0]:
                state[column] = JUMP
        if state[column] != JUMP:
            span = max(abs(right[column] - left[column]), 1e-300)
            if max(left_error[column], right_error[column]) > 0.2 * span:
                state[column] = NO_LIMIT
