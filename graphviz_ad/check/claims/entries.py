"""Entries of a claimed derivative, one by one: swept together first, what does not pass examined with care, each told as a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np  # noqa: TID253 - only checks of callables load this module, and they need it

from ..probing.black_box import BudgetSpent
from ..results import AT_KINK, PASS
from ..slopes.finding import FLOAT, SPENT, Finding, nothing_known
from ..slopes.subdifferential import judge_together
from ..slopes.sweep import Swept, sweep
from .rows import Judged, Look, row_of

if TYPE_CHECKING:
    from ..probing.differences import Kept
    from ..probing.vectors import Floats
    from ..slopes.examiner import Examiner
    from .session import Session

INTERRUPTED = "interrupted"
#: by output: the entries that have a kink there
Kinked = dict[int, list[tuple[int, Finding]]]


def check_entries(session: Session, examiner: Examiner, matrix: Floats, columns: list[int], interrupted: bool = False) -> Look:
    """A row for every output and every entry in ``columns``. Once the user has interrupted, nothing is examined with care any more."""
    try:
        swept = sweep(examiner, columns, matrix[:, columns])
    except (BudgetSpent, KeyboardInterrupt) as end:
        stopped = isinstance(end, KeyboardInterrupt)
        finding = nothing_known(INTERRUPTED if stopped else SPENT)
        places = [(output, index) for index in columns for output in range(session.box.width)]
        judged = tuple(row_of(session, finding, output, index, float(matrix[output, index])) for output, index in places)
        return Look(judged, session.news(), stopped)
    notes = session.news(*(() if swept.pattern is None else (swept.pattern.note(),)))
    if not np.all(swept.passed):
        notes += session.measure(examiner)
    rows: list[Judged] = []
    kinked: Kinked = {}
    for number, index in enumerate(columns):
        findings = _passed(swept, number)
        if not np.all(swept.passed[number]):
            careful, interrupted = carefully(session, examiner, matrix, index, swept.kept[number], interrupted)
            findings = [f if good else c for f, c, good in zip(findings, careful, swept.passed[number], strict=True)]
        for output, finding in enumerate(findings):
            rows.append(row_of(session, finding, output, index, float(matrix[output, index])))
            if finding.verdict == AT_KINK:
                kinked.setdefault(output, []).append((index, finding))
    return Look(judged_together(session, examiner, matrix, rows, kinked), notes, interrupted)


def _passed(swept: Swept, number: int) -> list[Finding]:
    """The findings of an entry for every output, as far as the sweep has passed them."""
    return [Finding(PASS, *numbers, FLOAT) for numbers in zip(swept.slope[number], swept.error[number], swept.bound[number])]


def judged_together(session: Session, examiner: Examiner, matrix: Floats, judged: list[Judged], kinked: Kinked) -> tuple[Judged, ...]:
    """The rows, with those of outputs that several entries have a kink in judged together, too."""
    for output, entries in kinked.items():
        if len(entries) < 2:
            continue
        verdict, reason = judge_together(examiner, matrix[output], entries, output, session.options.seed)
        if verdict == AT_KINK:
            continue
        places = {(output, index) for index, _ in entries}
        judged = [
            Judged(row._replace(verdict=verdict, reason=f"{row.reason}; {reason}"), place)
            if row.verdict == AT_KINK and place in places
            else Judged(row, place)
            for row, place in judged
        ]
    return tuple(judged)


def carefully(
    session: Session, examiner: Examiner, matrix: Floats, index: int, kept: Kept, interrupted: bool
) -> tuple[list[Finding], bool]:
    """The careful examination of one entry for every output, and whether the user has interrupted it; undecided once that is so."""
    scale = float(examiner.scales[index])
    direction = np.zeros(session.layout.size)
    direction[index] = scale
    if not interrupted:
        try:
            return [_scaled(finding, scale) for finding in examiner.examine(direction, matrix[:, index] * scale, kept)], False
        except KeyboardInterrupt:
            pass
    return [nothing_known(INTERRUPTED)] * session.box.width, True


def _scaled(finding: Finding, scale: float) -> Finding:
    """A finding per unit of the entry, from one per unit of the direction."""
    interval = None if finding.interval is None else (finding.interval[0] / scale, finding.interval[1] / scale)
    return finding._replace(
        reference=finding.reference / scale, error=finding.error / scale, bound=finding.bound / scale, interval=interval
    )
