"""What a wrong gradient looks like: candidate repairs are applied to the claim, and a cause is named only if the repair passes.

A repair must agree with the reference at every entry of the argument; where the gradient is a function, it must also agree with
differences at another point, with the same constants. So a coincidence in two numbers is no cause.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np  # noqa: TID253 - only checks of callables load this module, and they need it

from ..causes import CauseKind, LikelyCause
from ..claims.entries import check_entries
from ..claims.rows import Look
from ..probing.black_box import BudgetSpent, natural_scales
from ..probing.points import variants
from ..results import PASS, Note
from . import stateful_gradients
from .cause import CLOSE, Cause, agrees
from .jacobian_repairs import block_candidates
from .repairs import SIDES, array_of, wrong_branch

if TYPE_CHECKING:
    from ..claims.claimed import Claim
    from ..claims.rows import Evidence
    from ..claims.session import Session
    from ..probing.layout import Leaf
    from ..probing.vectors import Floats

#: arrangements of the entries at which a repair must hold that is known at their values only
DRAWN = 3
#: entries whose references are sharpened
SHARPENED = 4096


class Diagnosis(NamedTuple):
    """Likely causes of a failure, proved; what was noted on the way, and whether the user has interrupted it."""

    causes: tuple[LikelyCause, ...]
    notes: tuple[Note, ...] = ()
    interrupted: bool = False


def diagnose(session: Session, claim: Claim, evidence: Sequence[Evidence], random: bool) -> Diagnosis:
    """Likely causes of a failure, the most specific first.

    ``claim`` is that at the given point, ``evidence`` of all points looked at closely. ``random``: two claims at one point differ.
    """
    causes: list[LikelyCause] = []
    tried = Look()
    try:
        causes.extend(stateful_gradients.changing(session, random))
        if session.box.width == 1:
            for cause, look in _shapes(session, claim):
                tried = tried.then(look)
                causes.extend([] if cause is None else [cause])
        for point in evidence:
            wrong = [leaf for leaf in session.layout.leaves if _is_wrong(point, leaf)]
            causes.extend(_at_point(session, _sharpened(session, point, wrong), wrong, evidence))
            if wrong:
                break
    except BudgetSpent:
        pass  # what was proved before the budget ended stands
    return Diagnosis(tuple(dict.fromkeys(causes)), tried.notes, tried.interrupted)


def _at_point(session: Session, point: Evidence, wrong: list[Leaf], evidence: Sequence[Evidence]) -> Iterator[LikelyCause]:
    """Causes for the arguments whose claims are wrong at a point."""
    sides = {leaf.name: _of_side(session, leaf, evidence) for leaf in wrong}
    if wrong and not any(sides.values()):
        yield from stateful_gradients.stale(session, point)
        yield from stateful_gradients.changed_arguments(session, point)
        yield from stateful_gradients.shared_memory(session, wrong)
    yield from _exchanged(point, wrong)
    for leaf in wrong:
        yield from sides[leaf.name] or _of_leaf(session, point, leaf)


def _sharpened(session: Session, point: Evidence, leaves: list[Leaf]) -> Evidence:
    """The evidence with references of these arguments that are sharp enough to tell repairs apart.

    A reference that proves a claim wrong may stand a thousandth of the difference off.
    """
    columns = [k for leaf in leaves for k in range(leaf.start, leaf.stop)][:SHARPENED]
    if not columns:
        return point
    base = session.box(point.vector)
    examiner = session.examiner(point.vector, base, session.noise_at(base), natural_scales(session.layout, point.vector))
    reference = point.reference.copy()
    for k in columns:
        direction = np.zeros(session.layout.size)
        direction[k] = examiner.scales[k]
        left, right, error = examiner.both_sides(direction)
        value, size = (left + right) / 2 / examiner.scales[k], np.maximum(np.abs(left), np.abs(right))
        sharp = np.isfinite(reference[:, k]) & (np.abs(right - left) <= error) & (error <= CLOSE * size)
        reference[:, k] = np.where(sharp, value, reference[:, k])
    return point._replace(reference=reference)


def _block(point: Evidence, leaf: Leaf) -> tuple[Floats, Floats]:
    """Claim and reference of one argument."""
    return point.matrix[:, leaf.start : leaf.stop], point.reference[:, leaf.start : leaf.stop]


def _is_wrong(point: Evidence, leaf: Leaf) -> bool:
    claim, truth = _block(point, leaf)
    return bool(np.all(np.isfinite(truth)) and np.all(np.isfinite(claim)) and not agrees(claim, truth))


def _of_leaf(session: Session, point: Evidence, leaf: Leaf) -> list[LikelyCause]:
    """The most specific cause that is proved, of those known for one argument."""
    claim, truth = _block(point, leaf)
    x = array_of(point.vector, leaf)
    for cause in block_candidates(session, point, leaf):
        with np.errstate(all="ignore"):
            repaired = cause.repair(claim, x)
        if np.all(np.isfinite(repaired)) and agrees(repaired, truth) and _proved_elsewhere(session, leaf, cause, point):
            return [cause.likely(leaf.name)]
    return []


def _of_side(session: Session, leaf: Leaf, evidence: Sequence[Evidence]) -> list[LikelyCause]:
    """The branch of one sign is wrong: every entry of that sign and no other is, at every point that was looked at closely.

    The repair keeps the claim on the other side. Two points at least must say so, or one with several entries of both signs.
    """
    if leaf.complex or session.box.width > 1:
        return []
    for name, on_side in SIDES:
        witnesses = met = other = 0
        for point in evidence:
            x, claim, truth = (
                point.vector[leaf.start : leaf.stop],
                *(part.ravel() for part in _block(point, leaf)),
            )
            if not (np.all(np.isfinite(truth)) and np.all(np.isfinite(claim))):
                continue
            off = np.array([not agrees(c, t) for c, t in zip(claim, truth, strict=True)])
            if not np.array_equal(off, on_side(x)):
                break
            witnesses += 1
            met += int(np.sum(off))
            other += int(np.sum(~off))
        else:
            if met and other and (witnesses >= 2 or (met >= 2 and other >= 2)):
                return [LikelyCause(f"{leaf.name}: {wrong_branch(name)}", CauseKind.BRANCH, leaf.name)]
    return []


# -- proof -------------------------------------------------------------------------------------------------------------


def _proved_elsewhere(session: Session, leaf: Leaf, cause: Cause, point: Evidence) -> bool:
    """Whether the repair also holds at another point; where there is none to try, whether its constant was not fitted."""
    if session.plain or cause.here:
        return not cause.fitted and not cause.drawn
    proofs = 0
    for vector in _points_of_proof(session, leaf, cause, point):
        holds = _holds_at(session, leaf, cause, vector)
        if holds is not None:
            proofs += 1
            if not holds or proofs == (DRAWN if cause.drawn else 1):
                return holds
    return not cause.fitted and not cause.drawn


def _points_of_proof(session: Session, leaf: Leaf, cause: Cause, point: Evidence) -> Iterator[Floats]:
    """Points near the given one, or those at which entries have taken each other's values."""
    if not cause.drawn:
        scales = natural_scales(session.layout, point.vector)
        yield from (vector for _, vector in variants(session.layout, point.vector, scales, 3, session.options.seed + 17)[1:])
        return
    here = point.vector[leaf.start : leaf.stop]
    for _ in range(2 * DRAWN):
        vector = point.vector.copy()
        vector[leaf.start : leaf.stop] = session.chance.choice(here, len(here))
        yield vector


def _holds_at(session: Session, leaf: Leaf, cause: Cause, vector: Floats) -> bool | None:
    """Whether the repaired claim agrees with the function along a random direction of the argument; None where that cannot be tried."""
    base = session.box(vector)
    if not np.all(np.isfinite(base)):
        return None
    matrix, faults, _ = session.claimed(vector)
    if faults or not np.all(np.isfinite(matrix[:, leaf.start : leaf.stop])):
        return None
    with np.errstate(all="ignore"):
        repaired = cause.repair(matrix[:, leaf.start : leaf.stop], array_of(vector, leaf))
    if not np.all(np.isfinite(repaired)):
        return None
    examiner = session.examiner(vector, base, session.noise_at(base), natural_scales(session.layout, vector))
    direction = np.zeros(session.layout.size)
    signs = session.chance.choice([-1.0, 1.0], leaf.stop - leaf.start)
    direction[leaf.start : leaf.stop] = signs * examiner.scales[leaf.start : leaf.stop]
    examiner = examiner.with_tolerance(max(examiner.tolerance, CLOSE))  # fitted constants are known to this many digits
    findings = examiner.by_differences(direction, repaired @ direction[leaf.start : leaf.stop])
    return all(finding.verdict == PASS for finding in findings)


# -- shapes, several arguments, Jacobians ------------------------------------------------------------------------------


def _shapes(session: Session, claim: Claim) -> Iterator[tuple[LikelyCause | None, Look]]:
    """Claims of another shape whose sum over the axes that broadcasting added, or whose transpose, is right: every try, with its look."""
    layout = session.layout
    raw = session.claimed.raw(layout.vector)
    if layout.misfit(raw):
        return  # one for all arguments, or too few: none of them belongs to an argument for certain
    interrupted = False
    for leaf, _ in claim.faults:
        array = _array_at(raw if layout.named or layout.many else (raw,), leaf)
        if array is None:
            continue
        for text, kind, repaired in _reshaped(array, leaf.shape):
            whole = claim.matrix.copy()
            whole[0, leaf.start : leaf.stop] = repaired.ravel()
            examiner = session.examiner(layout.vector, session.box.base, session.noise, natural_scales(layout, layout.vector))
            look = check_entries(session, examiner, whole, list(range(leaf.start, leaf.stop)), interrupted)
            interrupted = look.interrupted
            right = all(row.verdict == PASS for row in look.rows)
            yield LikelyCause(f"{leaf.name}: {text}", kind, leaf.name) if right else None, look
            if right:
                break


def _array_at(claim: Any, leaf: Leaf) -> Floats | None:
    """What a claim has for an argument, whatever its shape; None where it has no array of numbers."""
    value = claim
    try:
        for key in leaf.path:
            value = value[key]
        array = np.asarray(value, float)
    except (TypeError, ValueError, KeyError, IndexError):  # there is no such array in the claim
        return None
    return None if value is None else array


def _reshaped(array: Floats, shape: tuple[int, ...]) -> Iterator[tuple[str, CauseKind, Floats]]:
    for count in range(1, array.ndim + 1):
        for axes in itertools.combinations(range(array.ndim), count):
            for keep in (False, True):
                summed = array.sum(axis=axes, keepdims=keep)
                if summed.shape == shape:
                    plural = f"axes {axes}" if count > 1 else f"axis {axes[0]}"
                    yield f"the sum over {plural} that broadcasting added is missing", CauseKind.SUM, summed
    if array.T.shape == shape and sum(length > 1 for length in shape) > 1:
        yield "it is transposed", CauseKind.TRANSPOSE, array.T
    if array.size == int(np.prod(shape)):
        yield "it has the right entries in another shape", CauseKind.SHAPE, array.reshape(shape)


def _exchanged(point: Evidence, wrong: list[Leaf]) -> Iterator[LikelyCause]:
    for one, other in itertools.combinations(wrong, 2):
        if one.shape == other.shape and not one.complex and not other.complex:
            (first, due_first), (second, due_second) = _block(point, one), _block(point, other)
            if agrees(first, due_second) and agrees(second, due_first):
                yield LikelyCause(f"the gradients of {one.name} and {other.name} are exchanged", CauseKind.EXCHANGE)
