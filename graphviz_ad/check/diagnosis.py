"""What a wrong gradient looks like: candidate repairs are applied to the claim, and a cause is named only if the repair passes.

A repair must agree with the reference at every entry of the argument; where the gradient is a function, it must also agree with
differences at another point, with the same constants. So a coincidence in two numbers is no cause.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np  # noqa: TID253 - only checks of callables load this module, and they need it

from . import habits
from .black_box import BudgetSpent, natural_scales
from .cause import CLOSE, Cause, agrees
from .points import variants
from .repairs import array_of, candidates
from .report import FAIL, PASS, Report

if TYPE_CHECKING:
    from .callables import GradientCheck
    from .structure import Leaf

#: causes that are named for one argument
MOST = 2
#: arrangements of the entries at which a repair must hold that is known at their values only
DRAWN = 3
#: entries whose references are sharpened
SHARPENED = 4096


def diagnose(check: GradientCheck, report: Report, matrix: Any) -> list[str]:
    """Likely causes of a failure, proved; the most specific first."""
    if check.box.width != 1:
        return _whole_jacobian(check, matrix)
    told: list[str] = []
    try:
        told.extend(habits.changing(check))
        told.extend(_shapes(check, matrix))
        for point in check.evidence:
            wrong = [leaf for leaf in check.layout.leaves if _is_wrong(point.matrix, point.reference, leaf)]
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


def _is_wrong(matrix: Any, reference: Any, leaf: Leaf) -> bool:
    claim, truth = matrix[0, leaf.start : leaf.stop], reference[0, leaf.start : leaf.stop]
    return bool(np.all(np.isfinite(truth)) and np.all(np.isfinite(claim)) and not agrees(claim, truth))


def _of_leaf(check: GradientCheck, point: Evidence, leaf: Leaf) -> list[str]:
    claim = array_of(point.matrix, leaf)
    truth = array_of(point.reference, leaf)
    x = array_of(point.vector[None, :], leaf)
    found: list[str] = []
    for cause in candidates(check, point, leaf, claim, truth, x):
        with np.errstate(all="ignore"):
            repaired = cause.repair(claim, x)
        if np.shape(repaired) != claim.shape or not np.all(np.isfinite(repaired)) or not agrees(repaired, truth):
            continue
        if not _proved_elsewhere(check, leaf, cause, point):
            continue
        named = f" (x is {leaf.name})" if leaf.name != "x" and ("(x)" in cause.text or "·x" in cause.text) else ""
        found.append(f"{leaf.name}: {cause.text}{named}")
        if len(found) == MOST:
            break
    return found[:1]


def _of_side(check: GradientCheck, leaf: Leaf) -> list[str]:
    """The branch of one sign is wrong: every entry of that sign and no other is, at every point that was looked at closely.

    The repair keeps the claim on the other side. Two points at least must say so, or one with several entries of both signs.
    """
    if leaf.complex:
        return []
    for name, sign in (("below 0", -1), ("above 0", 1)):
        witnesses = met = other = 0
        for point in check.evidence:
            x, claim, truth = (
                point.vector[leaf.start : leaf.stop],
                array_of(point.matrix, leaf).ravel(),
                array_of(point.reference, leaf).ravel(),
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
    if check.plain or "zero" in cause.text or "permuted" in cause.text or "summed over" in cause.text:
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
        repaired = cause.repair(array_of(matrix, leaf), array_of(vector[None, :], leaf))
    matrix[0, leaf.start : leaf.stop] = _flat(repaired, leaf)
    if not np.all(np.isfinite(matrix[0, leaf.start : leaf.stop])):
        return None
    examiner = check.examiner(vector, base, check.noise_at(base), natural_scales(check.layout, vector))
    direction = np.zeros(check.layout.size)
    signs = check.rng.choice([-1.0, 1.0], leaf.stop - leaf.start)
    direction[leaf.start : leaf.stop] = signs * examiner.scales[leaf.start : leaf.stop]
    examiner.tolerance = max(examiner.tolerance, CLOSE)  # fitted constants are known to this many digits
    return examiner.examine(direction, matrix @ direction, sharpen=False)[0].verdict == PASS


def _flat(array: Any, leaf: Leaf) -> Any:
    flat = np.asarray(array).ravel()
    return np.concatenate([flat.real, flat.imag]) if leaf.complex else flat.real


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
            rows = check.check_entries(examiner, whole, list(range(leaf.start, leaf.stop)))
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
            first, second = array_of(point.matrix, one), array_of(point.matrix, other)
            if agrees(first, array_of(point.reference, other)) and agrees(second, array_of(point.reference, one)):
                yield f"the gradients of {one.name} and {other.name} are exchanged"


def _whole_jacobian(check: GradientCheck, matrix: Any) -> list[str]:
    """Sign, factor and transpose of a whole Jacobian."""
    for point in check.evidence:
        truth = point.reference
        if not (np.all(np.isfinite(truth)) and np.all(np.isfinite(point.matrix))) or agrees(point.matrix, truth):
            continue
        claim = point.matrix
        if agrees(-claim, truth):
            return ["the sign is wrong"]
        if claim.shape[0] == claim.shape[1] and agrees(claim.T, truth):
            return ["the Jacobian is transposed"]
        ratio = float(np.sum(claim * truth) / np.sum(claim * claim)) if np.any(claim) else np.nan
        if np.isfinite(ratio) and agrees(ratio * claim, truth):
            return [f"a constant factor {Fraction(ratio).limit_denominator(12)} is missing"]
    return []


def evidence(check: GradientCheck, text: str, vector: Any, matrix: Any, rows: Any) -> Evidence:
    """The references of rows as a matrix."""
    reference = np.full_like(matrix, np.nan)
    for row in rows:
        place = check.where.get((row.wrt, row.entry))
        if place is not None and row.reference is not None and (row.verdict == PASS or row.verdict == FAIL):
            reference[place] = row.reference
    return Evidence(text, vector, matrix, reference)
