"""Several entries at a kink together: is the claimed vector a subgradient, or only each of its entries?

At a three-way tie of max each entry of (1, 1, 1) lies between its one-sided slopes, the vector in no subdifferential. So
slopes are measured along signed sums of the kinked entries, too. Where the function is convex or concave there, every member
g of the subdifferential satisfies f'(d) ≥ g·d (or ≤) for all d (Clarke, Optimization and Nonsmooth Analysis, 2.2).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np  # noqa: TID253 - only checks of callables load this module, and they need it

from ..results import AT_KINK, FAIL, INCONCLUSIVE

if TYPE_CHECKING:
    from .examiner import Examiner
    from .finding import Finding

#: signed sums that are tried
MOST = 24


def judge_together(examiner: Examiner, claim: Any, entries: list[tuple[int, Finding]], output: int, seed: int) -> tuple[str, str]:
    """The verdict of a claimed row at kinks in several entries, and the reason."""
    rng = np.random.default_rng(seed)
    indices = [index for index, _ in entries]
    gaps = [finding.interval[1] - finding.interval[0] for _, finding in entries if finding.interval is not None]
    verdict = (AT_KINK, "")
    for direction in _directions(indices, examiner, rng):
        left, right, error = (float(part[output]) for part in examiner.both_sides(direction))
        if not np.isfinite(left + right):
            return INCONCLUSIVE, "slopes along sums of the kinked entries have no limit; choose a point beside this one"
        gaps.append(right - left)
        size = float(np.sum(np.abs(claim[indices] * direction[indices])))
        slack = 4 * error + 1e-7 * max(size, abs(left), abs(right))
        asked = float(claim[indices] @ direction[indices])
        if not min(left, right) - slack <= asked <= max(left, right) + slack:
            signs = _spell(direction, indices)
            told = f"together they are no subgradient: along {signs} the slope lies in {left:.6g} … {right:.6g}, claimed {asked:.6g}"
            verdict = (FAIL, told)
            break
    if verdict[0] == FAIL:
        smallest, largest = min(gaps), max(gaps)
        small = 1e-7 * max(abs(smallest), abs(largest))
        if smallest < -small and largest > small:  # neither convex nor concave: the bound above need not hold
            told = "the kinks bend both ways, and whether the entries together are a subgradient is not decided"
            return INCONCLUSIVE, f"{told}; choose a point beside this one"
    return verdict


def _directions(indices: list[int], examiner: Examiner, rng: Any) -> list[Any]:
    count, size = len(indices), len(examiner.vector)
    common = float(np.max(examiner.scales[indices]))
    patterns = [np.ones(count)]
    for first in range(min(count, 4)):
        for second in range(first + 1, min(count, 4)):
            for sign in (1.0, -1.0):
                pattern = np.zeros(count)
                pattern[first], pattern[second] = 1.0, sign
                patterns.append(pattern)
    while len(patterns) < min(MOST, 4 + 2 ** min(count, 6)):
        patterns.append(np.where(rng.random(count) < 0.5, -1.0, 1.0))
    found = []
    for pattern in patterns[:MOST]:
        direction = np.zeros(size)
        direction[indices] = pattern * common
        found.append(direction)
    return found


def _spell(direction: Any, indices: list[int]) -> str:
    signs = ["+" if direction[k] > 0 else "-" if direction[k] < 0 else "0" for k in indices[:8]]
    return f"({', '.join(signs)}{', …' if len(indices) > 8 else ''})"
