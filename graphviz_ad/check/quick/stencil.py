"""Two centred differences in float64, and what they show about a claimed derivative.

A difference that agrees with an independently computed gradient to six digits, while every branch on the way stays as it is, is
evidence. Where it does not agree, nothing is concluded.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np  # noqa: TID253 - entries are judged together, and only a check in float64 loads this

from ..rows import Method, MethodKind

#: a difference within this part of the gradient settles an entry; errors of this size would have been seen
WANTED = 1e-6
#: steps as powers of two, tried in turn, and whether they are parts of the entry itself or of the usual size of its companions. Of
#: 2**-8 the fourth power is far below WANTED (the difference is extrapolated once), and rounding tells least; the next is for
#: functions that bend within it, then one for an entry that happens to be small, and one that stays this side of kinks nearby.
TRIALS = ((2.0**-8, False), (2.0**-13, False), (2.0**-8, True), (2.0**-20, False))
#: a few bits of chance in each step: no period of a function is a multiple of every entry's
_BITS = (np.random.default_rng(231).integers(65, 128, 4096) | 1) / 128
#: bends smaller than this part of the rise count as none
STRAIGHT = 2.0**-6
#: how many places an entry is moved to, the point itself among them
PLACES = 5
METHOD = Method("differences in float64", MethodKind.FLOAT_DIFFERENCES)


class Moves(NamedTuple):
    """What happens while entries move, one row a place.

    ``changes`` of the output; ``settled``: no branch of any operation on the way is taken differently at any of the places;
    ``shown``: no operation on the way rounds away what moves.
    """

    changes: Any
    settled: Any
    shown: Any


class Judgement(NamedTuple):
    """Entry by entry: whether the claim is shown to be right, the difference, and the two distances."""

    right: Any
    slope: Any
    error: Any
    bound: Any

    def or_else(self, other: Judgement) -> Judgement:
        """What is not shown here as the other shows it."""
        return Judgement(self.right | other.right, *(np.where(self.right, a, b) for a, b in zip(self[1:], other[1:], strict=True)))


def steps_of(x: Any, trial: tuple[float, bool], usual: float) -> Any:
    """The step of each entry: in proportion to it, or to the ``usual`` size where the trial says so, with few bits and so exact."""
    part, alike = trial
    size = np.maximum(np.abs(x), usual) if alike and math.isfinite(usual) else np.abs(x)
    power = np.where(size > 1e-300, np.exp2(np.floor(np.log2(np.where(size > 1e-300, size, 1.0)))), 1.0)
    return part * power * (_BITS[: size.size].reshape(size.shape) if size.size <= len(_BITS) else np.resize(_BITS, size.shape))


def usual_size(x: Any) -> float:
    """The root mean square of numbers; 0 of none."""
    largest = float(np.max(np.abs(x), initial=0.0))
    return largest * float(np.sqrt(np.mean(np.square(x / largest)))) if 0 < largest < math.inf else 0.0


def places_of(x: Any, step: Any) -> Any:
    """Where the entries are moved to, the point itself first."""
    return np.array([x, x + step, x - step, x + 2 * step, x - 2 * step])


def judge(claim: Any, step: Any, moves: Moves) -> Judgement:
    """What the changes of the output say about the claims; all arrays of one shape, the changes with the places in front."""
    with np.errstate(all="ignore"):
        return _judged(claim, step, moves)


def _judged(claim: Any, step: Any, moves: Moves) -> Judgement:
    _, ahead, behind, far_ahead, far_behind = moves.changes
    near = (ahead - behind) / (2 * step)
    slope = (4 * near - (far_ahead - far_behind) / (4 * step)) / 3
    # the bend of a smooth function grows with the square of the step, that of a kink that no operation owns up to with the step
    bend, far_bend = np.abs(ahead + behind), np.abs(far_ahead + far_behind)
    smooth = (far_bend <= STRAIGHT * np.abs(far_ahead - far_behind)) | (far_bend >= 3 * bend)
    agree = smooth & (np.abs(slope - claim) <= WANTED * np.maximum(np.abs(slope), np.abs(claim)))  # not so where one is NaN
    stirred = moves.changes.any(axis=0)
    right = moves.settled & moves.shown & np.where(claim == 0, ~stirred, stirred & agree) & np.isfinite(claim)
    return Judgement(right, slope, np.abs(slope - claim), WANTED * np.maximum(np.abs(slope), np.abs(claim)))
