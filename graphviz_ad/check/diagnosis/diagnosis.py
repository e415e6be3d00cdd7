"""What a wrong gradient looks like: candidate repairs are applied to the claim, and a cause is named only if the repair passes.

A repair must agree with the reference at every entry of the argument; where the gradient is a function, it must also agree with
differences at another point, with the same constants. So a coincidence in two numbers is no cause.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np  # noqa: TID253 - only checks of callables load this module, and they need it

from ..callables.entries import check_entries
from ..probing.black_box import BudgetSpent, natural_scales
from ..probing.points import variants
from ..results import FAIL, PASS, Report
from . import stateful_gradients as habits
from .cause import CLOSE, Cause, agrees
from .jacobian_repairs import block_candidates
from .repairs import array_of

if TYPE_CHECKING:
    from ..callables.gradient import GradientCheck
    from ..probing.layout import Leaf

#: arrangements of the entries at which a repair must hold that is known at their values only
DRAWN = 3
#: entries whose references are sharpened
SHARPENED = 4096


def diagnose(check: GradientCheck, report: Report, matrix: Any) -> list[str]:
    """Likely causes of a failure, proved; the most specific first."""
    told: list[str] = []
    try:
        told.extend(habits.changing(check))
        if check.box.width == 1:
            told.extend(_shapes(check, matrix))
        for point in check.evidence:
            wrong = [leaf for leaf in check.layout.leaves if _is_wrong(point, leaf)]
            point = _sharpened(check, point, wrong)
            sides = {leaf.name: _of_side(check, leaf) for leaf in wrong}
            if wrong and not any(sides.values()):
                told.extend(habits.stale(check, point))
                told.extend(habits.changed_arguments(check, point))
                told.extend(habits.shared_memory(check, wrong))
            told.extend(_exchanged(check, point, wrong))
            for leaf in wrong:
                told.extend(sides[leaf.name] or _of_leaf(check, point, leaf))
            if wrong:
                break
    except BudgetSpent:
        pass  # what was proved before the budget ended stands
    return list(dict.fromkeys(told))


class Evidence(NamedTuple):
    """Claim and reference at one point, as matrices of one row an output; NaN where no reference is known."""

    text: str
    vector: Any
    matrix: Any
    reference: Any


def _sharpened(check: GradientCheck, point: Evidence, leaves: list[Leaf]) -> Evidence:
    """The evidence with references of these arguments that are sharp enough to tell repairs apart.

    A reference that proves a claim wrong may stand a thousandth of the difference off.
    """
    columns = [k for leaf in leaves for k in range(leaf.start, leaf.stop)][:SHARPENED]
    if not columns:
        return point
    base = check.box(point.vector)
    examiner = check.examiner(point.vector, base, check.noise_at(base), natural_scales(check.layout, point.vector))
    reference = point.reference.copy()
    for k in columns:
        direction = np.zeros(check.layout.size)
        direction[k] = examiner.scales[k]
        left, right, error = examiner.both_sides(direction)
        value, size = (left + right) / 2 / examiner.scales[k], np.maximum(np.abs(left), np.abs(right))
        sharp = np.isfinite(reference[:, k]) & (np.abs(right - left) <= error) & (error <= CLOSE * size)
        reference[:, k] = np.where(sharp, value, reference[:, k])
    return point._replace(reference=reference)


def _block(point: Evidence, leaf: Leaf) -> tuple[Any, Any]:
    """Claim and reference of one argument."""
    return point.matrix[:, leaf.start : leaf.stop], point.reference[:, leaf.start : leaf.stop]


def _is_wrong(point: Evidence, leaf: Leaf) -> bool:
    claim, truth = _block(point, leaf)
    return bool(np.all(np.isfinite(truth)) and np.all(np.isfinite(claim)) and not agrees(claim, truth))


def _of_leaf(check: GradientCheck, point: Evidence, leaf: Leaf) -> list[str]:
    """The most specific cause that is proved, of those known for one argument."""
    claim, truth = _block(point, leaf)
    x = array_of(point.vector, leaf)
    for cause in block_candidates(check, point, leaf):
        with np.errstate(all="ignore"):
            repaired = cause.repair(claim, x)
        if np.all(np.isfinite(repaired)) and agrees(repaired, truth) and _proved_elsewhere(check, leaf, cause, point):
            named = f" (x is {leaf.name})" if leaf.name != "x" and ("(x)" in cause.text or "·x" in cause.text) else ""
            return [f"{leaf.name}: {cause.text}{named}"]
    return []


def _of_side(check: GradientCheck, leaf: Leaf) -> list[str]:
    """The branch of one sign is wrong: every entry of that sign and no other is, at every point that was looked at closely.

    The repair keeps the claim on the other side. Two points at least must say so, or one with several entries of both signs.
    """
    if leaf.complex or check.box.width > 1:
        return []
    for name, sign in (("below 0", -1), ("above 0", 1)):
        witnesses = met = other = 0
        for point in check.evidence:
            x, claim, truth = (
                point.vector[leaf.start : leaf.stop],
                *(part.ravel() for part in _block(point, leaf)),
            )
            if not (np.all(np.isfinite(truth)) and np.all(np.isfinite(claim))):
                continue
            off = np.array([not agrees(c, t) for c, t in zip(claim, truth, strict=True)])
            if not np.array_equal(off, np.sign(x) == sign):
                break
            witnesses += 1
            met += int(np.sum(off))
            other += int(np.sum(~off))
        else:
            if met and other and (witnesses >= 2 or (met >= 2 and other >= 2)):
                return [f"{leaf.name}: the branch for arguments {name} is wrong"]
    return []


# -- proof -------------------------------------------------------------------------------------------------------------


def _proved_elsewhere(check: GradientCheck, leaf: Leaf, cause: Cause, point: Evidence) -> bool:
    """Whether the repair also holds at another point; where there is none to try, whether its constant was not fitted."""
    if check.plain or cause.here:
        return not cause.fitted and not cause.drawn
    proofs = 0
    for vector in _points_of_proof(check, leaf, cause, point):
        holds = _holds_at(check, leaf, cause, vector)
        if holds is not None:
            proofs += 1
            if not holds or proofs == (DRAWN if cause.drawn else 1):
                return holds
    return not cause.fitted and not cause.drawn


def _points_of_proof(check: GradientCheck, leaf: Leaf, cause: Cause, point: Evidence) -> Iterator[Any]:
    """Points near the given one, or those at which entries have taken each other's values."""
    if not cause.drawn:
        scales = natural_scales(check.layout, point.vector)
        yield from (vector for _, vector in variants(check.layout, point.vector, scales, 3, check.options.seed + 17)[1:])
        return
    here = point.vector[leaf.start : leaf.stop]
    for _ in range(2 * DRAWN):
        vector = point.vector.copy()
        vector[leaf.start : leaf.stop] = check.rng.choice(here, len(here))
        yield vector


def _holds_at(check: GradientCheck, leaf: Leaf, cause: Cause, vector: Any) -> bool | None:
    """Whether the repaired claim agrees with the function along a random direction of the argument; None where that cannot be tried."""
    base = check.box(vector)
    if not np.all(np.isfinite(base)):
        return None
    matrix, faults = check.claim(vector)
    if faults or not np.all(np.isfinite(matrix[:, leaf.start : leaf.stop])):
        return None
    with np.errstate(all="ignore"):
        repaired = cause.repair(matrix[:, leaf.start : leaf.stop], array_of(vector, leaf))
    matrix[:, leaf.start : leaf.stop] = repaired
    if not np.all(np.isfinite(repaired)):
        return None
    examiner = check.examiner(vector, base, check.noise_at(base), natural_scales(check.layout, vector))
    direction = np.zeros(check.layout.size)
    signs = check.rng.choice([-1.0, 1.0], leaf.stop - leaf.start)
    direction[leaf.start : leaf.stop] = signs * examiner.scales[leaf.start : leaf.stop]
    examiner.tolerance = max(examiner.tolerance, CLOSE)  # fitted constants are known to this many digits
    findings = examiner.examine(direction, matrix[:, leaf.start : leaf.stop] @ direction[leaf.start : leaf.stop], sharpen=False)
    return all(finding.verdict == PASS for finding in findings)


# -- shapes, several arguments, Jacobians ------------------------------------------------------------------------------


def _shapes(check: GradientCheck, matrix: Any) -> Iterator[str]:
    """Claims of another shape whose sum over the axes that broadcasting added, or whose transpose, is right."""
    positional, named = check.layout.arguments(check.layout.vector)
    with np.errstate(all="ignore"):
        raw = check.gradient(*positional, **named)
    if check.layout.misfit(raw):
        return  # one for all arguments, or too few: none of them belongs to an argument for certain
    for leaf in check.layout.leaves:
        if leaf.name not in check.faulty:
            continue
        value: Any = raw if check.layout.named or check.layout.many else (raw,)
        try:
            for key in leaf.path:
                value = value[key]
            array = np.asarray(value, float)
            if value is None:
                continue
        except (TypeError, ValueError, KeyError, IndexError):  # there is no such array in the claim
            continue
        for text, repaired in _reshaped(array, leaf.shape):
            whole = matrix.copy()
            whole[0, leaf.start : leaf.stop] = repaired.ravel()
            examiner = check.examiner(check.layout.vector, check.box.base, check.noise, natural_scales(check.layout, check.layout.vector))
            rows = check_entries(check, examiner, whole, list(range(leaf.start, leaf.stop)))
            if all(row.verdict == PASS for row in rows):
                yield f"{leaf.name}: {text}"
                break


def _reshaped(array: Any, shape: tuple[int, ...]) -> Iterator[tuple[str, Any]]:
    for count in range(1, array.ndim + 1):
        for axes in itertools.combinations(range(array.ndim), count):
            for keep in (False, True):
                summed = array.sum(axis=axes, keepdims=keep)
                if summed.shape == shape:
                    plural = f"axes {axes}" if count > 1 else f"axis {axes[0]}"
                    yield f"the sum over {plural} that broadcasting added is missing", summed
    if array.T.shape == shape and sum(length > 1 for length in shape) > 1:
        yield "it is transposed", array.T
    if array.size == int(np.prod(shape)):
        yield "it has the right entries in another shape", array.reshape(shape)


def _exchanged(check: GradientCheck, point: Evidence, wrong: list[Leaf]) -> Iterator[str]:
    for one, other in itertools.combinations(wrong, 2):
        if one.shape == other.shape and not one.complex and not other.complex:
            (first, due_first), (second, due_second) = _block(point, one), _block(point, other)
            if agrees(first, due_second) and agrees(second, due_first):
                yield f"the gradients of {one.name} and {other.name} are exchanged"


def evidence(check: GradientCheck, text: str, vector: Any, matrix: Any, rows: Any) -> Evidence:
    """The references of rows as a matrix."""
    reference = np.full_like(matrix, np.nan)
    for row in rows:
        place = check.where.get((row.wrt, row.entry))
        if place is not None and row.reference is not None and (row.verdict == PASS or row.verdict == FAIL):
            reference[place] = row.reference
    return Evidence(text, vector, matrix, reference)
