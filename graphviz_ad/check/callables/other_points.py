"""Other points: the claim along a random direction at each, entry by entry where it disagrees there.

Most slips show at any point; those that hide at the given one (a branch at x < 0, a factor that is 1 there) show here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np  # noqa: TID253 - only checks of callables load this module, and they need it

from ..diagnosis.diagnosis import evidence
from ..probing.black_box import BudgetSpent, natural_scales
from ..probing.points import variants
from ..results import FAIL, Row
from ..slopes.examiner import Examiner
from ..slopes.finding import FLOAT, SURE_ELSEWHERE, Finding
from ..slopes.sweep import PAIR, WIDER
from .entries import fault_row, row_of

if TYPE_CHECKING:
    from .gradient import GradientCheck

#: values this far from 1 are no witnesses: their squares leave the range of float64 in the best of gradients
EXTREME = 1e150
#: a slope along a random direction that agrees with the claim so closely settles the point
CLOSE = 1e-7
#: entries that are tried where the claim is not finite
MOST = 20


def look_elsewhere(check: GradientCheck, scales: Any) -> list[Row]:
    """Failing rows at other points, and notes on what was looked at."""
    rows: list[Row] = []
    looked = 0
    left_out = []
    places = variants(check.layout, check.layout.vector, scales, check.options.points, check.options.seed)
    for done, (text, vector) in enumerate(places, 1):
        try:
            found = _at_point(check, text, vector)
        except BudgetSpent:
            check.notes.append("the budget of evaluations was spent before all points were looked at")
            break
        except KeyboardInterrupt:
            check.interrupted = True
            check.notes.append("interrupted before all points were looked at")
            break
        if check.options.progress is not None:
            check.options.progress(done, len(places))
        if found is None:
            left_out.append(text)
        else:
            looked += 1
            rows.extend(found)
    if looked:
        check.notes.append(f"looked at {looked} other point{'s' if looked > 1 else ''}, along random directions")
    if left_out:
        check.notes.append(f"outside the domain or of extreme values, so not looked at: {'; '.join(left_out)}")
    return rows


def _at_point(check: GradientCheck, text: str, vector: Any) -> list[Row] | None:
    """Failing rows at one point; None where the function or the claim has no value."""
    try:
        matrix, faults = check.claim(vector)
    except (ArithmeticError, ValueError):  # the gradient's own domain ends here
        return None
    if faults:
        return [fault_row(leaf, f"at another point ({text}): {fault}") for leaf, fault in faults]
    scales = natural_scales(check.layout, vector)
    claimed = [j for j in range(check.layout.size) if check.claimed_column(j)]
    broken = [j for j in claimed if not np.all(np.isfinite(matrix[:, j]))]
    usable = [j for j in claimed if j not in set(broken)] if broken else claimed
    if not broken and usable:
        weights = scales[usable] * check.rng.choice([-1.0, 1.0], len(usable)) * check.rng.uniform(0.5, 1.5, len(usable))
        direction = np.zeros(check.layout.size)
        direction[usable] = weights
        settled = _settled(check, vector, direction, matrix[:, usable] @ weights)
        if settled is not False:
            return [] if settled else None
    base = check.box(vector)
    if not _ordinary(base):
        return None
    examiner = check.examiner(vector, base, check.noise_at(base), scales)
    examiner.sure = SURE_ELSEWHERE
    rows = check.look(examiner, matrix, usable)
    check.evidence.append(evidence(check, text, vector, matrix, rows))
    failing = [row._replace(reason=f"at another point ({text}): {row.reason}".rstrip(": ")) for row in rows if row.verdict == FAIL]
    if broken:
        failing.extend(_broken(check, examiner, matrix, broken, text))
    return failing


def _ordinary(values: Any) -> bool:
    sizes = np.abs(values[values != 0])
    return bool(np.all(np.isfinite(values)) and np.all((sizes < EXTREME) & (sizes > 1 / EXTREME)))


def _settled(check: GradientCheck, vector: Any, direction: Any, claims: Any) -> bool | None:
    """Whether plain differences along a direction agree with the claims, with two evaluations or with four.

    None outside the domain, False where it has to be looked at closely.
    """
    first = -10
    values: list[Any] = []
    for level in (PAIR, WIDER):
        step = 2.0 ** (first - level)
        ahead, behind = check.box(vector + step * direction), check.box(vector - step * direction)
        if not (_ordinary(ahead) and _ordinary(behind)):
            return None if not np.any(np.isfinite(ahead) & np.isfinite(behind)) or not values else False
        values.append((ahead - behind) / (2 * step))
        with np.errstate(all="ignore"):
            noise = 3 * check.noise_at((ahead + behind) / 2) / step
            slope = values[0] if level == PAIR else (4 * values[0] - values[1]) / 3
            size = np.maximum(np.abs(slope), np.abs(claims))
            error = CLOSE * size + noise
            if level == WIDER:
                change = np.abs(values[0] - values[1])
                error = change * np.minimum(1 / 3, np.where(size > 0, 10 * change / np.where(size > 0, size, 1), 0)) + noise
            fine = np.abs(slope - claims) <= error + check.tolerance * size
            sharp = error <= 1e-5 * size + check.tolerance * np.maximum(np.abs(ahead), np.abs(behind))
        if np.all(fine & sharp):
            return True
    return False


def _broken(check: GradientCheck, examiner: Examiner, matrix: Any, broken: list[int], text: str) -> list[Row]:
    """Claims that are not finite where the function has a clear slope."""
    rows = []
    for index in broken[:MOST]:
        direction = np.zeros(check.layout.size)
        direction[index] = examiner.scales[index]
        left, right, error = examiner.both_sides(direction)
        for output in range(check.box.width):
            slope = float(left[output]) / examiner.scales[index]
            if not np.isfinite(matrix[output, index]) and np.isfinite(slope) and abs(right[output] - left[output]) <= error[output]:
                finding = Finding(FAIL, slope, 0.0, 0.0, FLOAT, "the claim is not finite")
                rows.append(row_of(check, finding, output, index, float(matrix[output, index]), text))
    return rows
