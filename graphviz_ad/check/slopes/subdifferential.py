"""Several entries at a kink together: is the claimed vector a subgradient, or only each of its entries?

At a three-way tie of max each entry of (1, 1, 1) lies between its one-sided slopes, the vector in no subdifferential. So
slopes are measured along signed sums of the kinked entries, too. Where the function is convex or concave there, every member
g of the subdifferential satisfies f'(d) ≥ g·d (or ≤) for all d (Clarke, Optimization and Nonsmooth Analysis, 2.2).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np  # noqa: TID253 - only checks of callables load this module, and they need it

from ..results import AT_KINK, FAIL, INCONCLUSIVE, Verdict

if TYPE_CHECKING:
    from ..probing.vectors import Chance, Floats
    from .finding import Finding
    from .subject import Subject

#: signed sums that are tried
MOST = 24


def judge_together(subject: Subject, claim: Floats, entries: list[tuple[int, Finding]], output: int, seed: int) -> tuple[Verdict, str]:
    """The verdict of a claimed row at kinks in several entries, and the reason."""
    rng = np.random.default_rng(seed)
    indices = [index for index, _ in entries]
    gaps = [finding.interval[1] - finding.interval[0] for _, finding in entries if finding.interval is not None]
    verdict: tuple[Verdict, str] = (AT_KINK, "")
    for direction in _directions(indices, subject, rng):
        left, right, error = (float(part[output]) for part in subject.both_sides(direction))
        if not np.isfinite(left + right):
            return INCONCLUSIVE, "slopes along sums of the kinked entries have no limit; choose a point beside this one"
        gaps.append(right - left)
        size = float(np.sum(np.abs(claim[indices] * direction[indices])))
        slack = 4 * error + 1e-7 * max(size, abs(left), abs(right))
        asked = float(claim[indices] @ direction[indices])
        if not min(left, right) - slack <= asked <= max(left, right) + slack:
            signs = _spell(direction, indices)
            reason = f"together they are no subgradient: along {signs} the slope lies in {left:.6g} … {right:.6g}, claimed {asked:.6g}"
            verdict = (FAIL, reason)
            break
    if verdict[0] == FAIL:
        smallest, largest = min(gaps), max(gaps)
        small = 1e-7 * max(abs(smallest), abs(largest))
        if smallest < -small and largest > small:  # neither convex nor concave: the bound above need not hold
            reason = "the kinks bend both ways, and whether the entries together are a subgradient is not decided"
            return INCONCLUSIVE, f"{reason}; choose a point beside this one"
    return verdict


def _directions(indices: list[int], subject: Subject, rng: Chance) -> list[Floats]:
    count, size = len(indices), len(subject.vector)
    common = float(np.max(subject.scales[indices]))
    patterns = [np.ones(count)]
    for first in range(min(count, 4)):
        for second in range(first + 1, min(count, 4)):
            for sign in (1.0, -1.0):
                pattern = np.zeros(count)
                pattern[first], pattern[second] = 1.0, sign
                patterns.append(pattern)
    while len(patterns) < min(MOST, 4 + 2 ** min(count, 6)):
        patterns.append(np.where(rng.random(count) < 0.5, -1.0, 1.0))
    directions = []
    for pattern in patterns[:MOST]:
        direction = np.zeros(size)
        direction[indices] = pattern * common
        directions.append(direction)
    return directions


def _spell(direction: Floats, indices: list[int]) -> str:
    signs = ["+" if direction[k] > 0 else "-" if direction[k] < 0 else "0" for k in indices[:8]]
    return f"({', '.join(signs)}{', …' if len(indices) > 8 else ''})"
