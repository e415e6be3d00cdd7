"""What a check ends with: its report with the causes of a failure, what error it would have seen, and the curve of plain differences."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np  # noqa: TID253 - only checks of callables load this module, and they need it

from ..diagnosis.diagnosis import Diagnosis, diagnose
from ..probing.black_box import BudgetSpent, natural_scales
from ..results import FAIL, INCONCLUSIVE, PASS, Note, NoteKind, Report, Row, overall
from .step_curve import distances, worst_row

if TYPE_CHECKING:
    from ..claims.claimed import Claim
    from ..claims.rows import Judged, Look
    from ..claims.session import Session


def conclude(session: Session, claim: Claim, look: Look) -> Report:
    """The report of everything that was seen; causes of a failure are looked for in the ``claim`` at the given point."""
    rows, evaluations = look.rows, session.box.evaluations
    diagnosis = Diagnosis(())
    if overall(row.verdict for row in rows) == FAIL and session.options.diagnose and not look.interrupted:
        random = any(note.kind is NoteKind.RANDOM_CLAIM for note in look.notes)
        diagnosis = diagnose(session, claim, look.evidence, random)
    notes = look.notes + diagnosis.notes
    curve: tuple[tuple[float, float], ...] = ()
    if session.options.curve and not (look.interrupted or diagnosis.interrupted):
        curve, spent = _curve(session, look.judged)
        notes += session.news(*spent)
    notes += session.news()
    if session.why_not_exact and any(row.verdict == INCONCLUSIVE for row in rows):
        notes += (Note(session.why_not_exact, NoteKind.PRECISION),)
    seen = power(rows, look.power, session.layout.size)
    return Report(
        rows, None, notes, causes=diagnosis.causes, evaluations=evaluations, power=seen, curve=curve, interrupted=look.interrupted
    )  # fmt: skip


def power(rows: list[Row], projected: float | None, size: int) -> str:
    """The smallest error of a single entry that would have been called a fault, from the bounds of this very run.

    ``projected`` is what projections of all ``size`` entries would have seen, relative to an entry; None without them.
    """
    seen = [row.bound / max(abs(row.analytic), abs(row.reference)) for row in rows if _measured(row)]  # type: ignore[operator,arg-type]
    if projected is not None:
        share = f"{projected:.1e} of an entry of median size in any of the {size:,}"
        return f"an error of {share} would have been seen in the projections"
    if not seen:
        return ""
    seen.sort()
    text = f"an error of {seen[-1]:.1e} of any of the {len(seen)} entries would have been seen"
    return text + (f"; of half of them, {seen[len(seen) // 2]:.1e}" if len(seen) > 1 else "")


def _measured(row: Row) -> bool:
    return row.verdict == PASS and bool(row.bound) and bool(row.analytic) and bool(row.reference)


def _curve(session: Session, judged: Sequence[Judged]) -> tuple[tuple[tuple[float, float], ...], tuple[Note, ...]]:
    """(step, distance of the two-sided difference from the reference) for the worst entry that has a reference; a note if it ends early."""
    worst = worst_row([row for row, _ in judged])
    place = next((place for row, place in judged if row is worst), None)
    if worst is None or place is None:
        return (), ()
    output, index = place
    scale = float(natural_scales(session.layout, session.layout.vector)[index])

    def slope(step: float) -> float:
        direction = np.zeros(session.layout.size)
        direction[index] = step
        ahead, behind = session.box(session.layout.vector + direction), session.box(session.layout.vector - direction)
        with np.errstate(all="ignore"):
            return float((ahead[output] - behind[output]) / (2 * step))

    curve: list[tuple[float, float]] = []
    try:
        curve.extend(distances(slope, float(worst.reference or 0.0), scale))
    except BudgetSpent:
        return tuple(curve), (Note("the budget of evaluations was spent before the curve was complete", NoteKind.BUDGET),)
    return tuple(curve), ()


def motionless(session: Session, judged: Iterable[Judged]) -> list[str]:
    """Arguments that nothing depends on near the point: saturated, cut off, or never used."""
    placed = [(row.reference != 0, place[1]) for row, place in judged if place is not None]
    moving = {session.layout.place(index)[0].name: moves for moves, index in sorted(placed, key=lambda pair: pair[0])}
    why = "it is saturated, cut off or unused there, and a wrong factor cannot be seen"
    return [f"nothing moves with {name}: {why}" for name, moves in moving.items() if not moves]
