"""What a check ends with: its report with the causes of a failure, what error it would have seen, and the curve of plain differences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np  # noqa: TID253 - only checks of callables load this module, and they need it

from ..diagnosis.diagnosis import diagnose
from ..probing.black_box import BudgetSpent, natural_scales
from ..results import FAIL, INCONCLUSIVE, PASS, Report, Row
from .step_curve import distances, worst_row

if TYPE_CHECKING:
    from .gradient import GradientCheck


def conclude(check: GradientCheck, rows: list[Row], matrix: Any) -> Report:
    """The report of these rows, with everything that the check has noted; causes are looked for in the claimed ``matrix``."""
    report = Report(rows)
    report.evaluations = check.box.evaluations
    report.power, report.interrupted = power(rows, check.projection_power, check.layout.size), check.interrupted
    if report.verdict == FAIL and check.options.diagnose and not check.interrupted:
        report.causes = tuple(diagnose(check, report, matrix))
    if check.options.curve and not check.interrupted:
        report.curve = _curve(check, rows)
    if check.why_not_exact and any(row.verdict == INCONCLUSIVE for row in rows):
        check.notes.append(check.why_not_exact)
    report.notes = tuple(dict.fromkeys(check.notes))
    return report


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


def _curve(check: GradientCheck, rows: list[Row]) -> tuple[tuple[float, float], ...]:
    """(step, distance of the two-sided difference from the reference) for the worst entry that has a reference."""
    worst = worst_row(rows)
    if worst is None or (worst.wrt, worst.entry) not in check.where:
        return ()
    output, index = check.where[worst.wrt, worst.entry]
    scale = float(natural_scales(check.layout, check.layout.vector)[index])

    def slope(step: float) -> float:
        direction = np.zeros(check.layout.size)
        direction[index] = step
        ahead, behind = check.box(check.layout.vector + direction), check.box(check.layout.vector - direction)
        with np.errstate(all="ignore"):
            return float((ahead[output] - behind[output]) / (2 * step))

    found: list[tuple[float, float]] = []
    try:
        found.extend(distances(slope, float(worst.reference or 0.0), scale))
    except BudgetSpent:
        check.notes.append("the budget of evaluations was spent before the curve was complete")
    return tuple(found)


def motionless(check: GradientCheck, rows: list[Row]) -> list[str]:
    """Arguments that nothing depends on near the point: saturated, cut off, or never used."""
    placed = [(row, check.where[row.wrt, row.entry][1]) for row in rows if (row.wrt, row.entry) in check.where]
    moving = {check.layout.place(index)[0].name: row.reference != 0 for row, index in sorted(placed, key=lambda p: p[0].reference != 0)}
    told = "it is saturated, cut off or unused there, and a wrong factor cannot be seen"
    return [f"nothing moves with {name}: {told}" for name, moves in moving.items() if not moves]
