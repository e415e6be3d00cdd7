"""One check of a claimed gradient or Jacobian: the order of its steps, and the report that is made of what they return.

The given point is checked entry by entry (beyond a budget, by signed random projections), then other points along random
directions, entry by entry where one disagrees.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np  # noqa: TID253 - only checks of callables load this module, and they need it

from ..claims.looking import look
from ..claims.rows import Judged, Look, evidence, fault_row, not_finite, undecided
from ..claims.session import Options, Session
from ..probing.black_box import BudgetSpent, natural_scales
from ..probing.points import degeneracies
from ..results import PASS, Note, NoteKind, Report
from .conclusion import conclude, motionless
from .other_points import look_elsewhere

if TYPE_CHECKING:
    from ..claims.claimed import Claim
    from ..slopes.examiner import Examiner

INTERRUPTED = Note("interrupted: this is what was known by then", NoteKind.INTERRUPTED)


def degenerate(texts: Iterable[str]) -> tuple[Note, ...]:
    """Notes on what makes a point a poor witness."""
    return tuple(Note(f"degenerate point: {text}", NoteKind.DEGENERATE) for text in texts)


def check_derivative(f: Any, claim: Any, at: Any, kind: str, options: Options) -> Report:
    """The report of a claimed gradient or Jacobian."""
    return report(Session(f, claim, at, kind, options))


@np.errstate(all="ignore")  # what overflows in our own arithmetic is seen in the numbers
def report(session: Session) -> Report:
    """Everything, the given point first."""
    vector, base = session.layout.vector, session.box.base
    claim = session.claimed(vector)
    begin = Look(tuple(Judged(fault_row(leaf, fault)) for leaf, fault in claim.faults), _notes_on_calls(session, claim))
    if not np.all(np.isfinite(base)):
        begin = begin.noting(Note("the function is not finite at the given point", NoteKind.NOT_FINITE))
        return conclude(session, claim, begin.then(Look(undecided(session, claim, "the function is not finite here"))))
    if not np.array_equal(session.claimed(vector).matrix, claim.matrix, equal_nan=True):
        begin = begin.noting(Note("the gradient is not deterministic: two calls at the same point differ", NoteKind.RANDOM_CLAIM))
    if session.coarse:
        session.measure_here()
    scales = natural_scales(session.layout, vector)
    examiner = session.examiner(vector, base, session.noise, scales, followed=True)
    given = _given(session, examiner, claim)
    if any(row.verdict != PASS for row in given.rows):
        shift = _shift(examiner)
        if shift is not None:
            reason = f"the function is not deterministic: two evaluations at the same point differ by {shift:.3g} (randomness drawn anew?)"
            given = given._replace(judged=undecided(session, claim, reason)).noting(Note(reason, NoteKind.RANDOM_FUNCTION))
            return conclude(session, claim, begin.then(given))
    looks = given
    if given.interrupted:
        looks = looks.noting(INTERRUPTED)
    elif session.plain:
        looks = looks.noting(Note("the claim is plain values, so only the given point was judged", NoteKind.POINTS))
    elif not claim.faults:
        looks = looks.then(look_elsewhere(session, scales))
    looks = looks.noting(*degenerate(degeneracies(session.layout, vector)), *degenerate(motionless(session, looks.judged)))
    return conclude(session, claim, begin.then(looks))


def _notes_on_calls(session: Session, claim: Claim) -> tuple[Note, ...]:
    """What the first calls of the function and of the claim have shown of both."""
    notes = list(session.box.notes)
    if session.claimed.left_behind:
        notes.append(Note("the gradient changes its arguments in place; each call got fresh copies", NoteKind.CHANGED_ARGUMENTS))
    if claim.unclaimed:
        names = ", ".join(sorted(claim.unclaimed))
        notes.append(Note(f"nothing is claimed for {names}, so nothing is checked there", NoteKind.UNCLAIMED))
    return tuple(notes)


def _given(session: Session, examiner: Examiner, claim: Claim) -> Look:
    """The given point, entry by entry as far as the budget goes."""
    broken: list[Judged] = []
    columns = []
    for index in range(session.layout.size):
        column = claim.matrix[:, index]
        if np.all(np.isfinite(column)):
            columns.append(index)
        elif session.covered(claim, index):
            broken.extend(
                not_finite(session, claim, output, index) for output in range(session.box.width) if not np.isfinite(column[output])
            )
    given = Look(tuple(broken)).then(look(session, examiner, claim.matrix, columns)).noting(*session.news())
    return given._replace(evidence=(evidence("", examiner.vector, claim.matrix, given.judged),))


def _shift(examiner: Examiner) -> float | None:
    """By how much two evaluations at the given point differ; None where it is no more than rounding."""
    try:
        again = examiner.box(examiner.vector)
    except BudgetSpent:
        return None
    with np.errstate(all="ignore"):
        shift = float(np.nanmax(np.abs(again - examiner.base), initial=0.0))
    return shift if shift > 1e-6 * float(np.nanmax(np.abs(examiner.base), initial=0.0)) else None
