"""Large sparse Jacobians: entries that share no output are moved together, and the rows tell of the entries that there are.

What lies outside of both the pattern of the function and that of the claim is compared all the same, and gets a row where it disagrees.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np  # noqa: TID253 - only checks of callables load this module, and they need it

from ..probing.black_box import BudgetSpent
from ..results import AT_KINK, INCONCLUSIVE, PASS, unjudged
from ..slopes.finding import FLOAT, Finding
from ..slopes.sweep import Swept, sweep_together
from .entries import INTERRUPTED, Kinked, carefully, judged_together
from .rows import Judged, Look, row_of

if TYPE_CHECKING:
    from ..probing.vectors import Floats
    from ..slopes.examiner import Examiner
    from .session import Session

#: entries that are looked at alone where their group disagrees, and carefully where they still do
MOST = 48
_OTHERS = f"a difference of a group disagrees; {MOST} other entries were looked at closely"


def check_sparse(session: Session, examiner: Examiner, matrix: Floats, columns: list[int], interrupted: bool = False) -> Look | None:
    """Rows for the entries of a sparse Jacobian; None where it is not sparse, or the budget is too small."""
    try:
        swept = sweep_together(examiner, columns, matrix[:, columns], MOST)
    except BudgetSpent:
        return None
    except KeyboardInterrupt:
        return Look((Judged(unjudged("f", INTERRUPTED, FLOAT)),), session.news(), True)
    if swept is None or swept.pattern is None:
        return None
    notes = session.news(swept.pattern.note())
    open_ = [k for k in range(len(columns)) if not np.all(swept.passed[k])]
    if open_:
        notes += session.measure(examiner)
    careful: dict[int, list[Finding]] = {}
    for k in open_[:MOST]:
        careful[k], interrupted = carefully(session, examiner, matrix, columns[k], swept.kept[k], interrupted)
    rows: list[Judged] = []
    kinked: Kinked = {}
    for k, index in enumerate(columns):
        for output in np.flatnonzero(swept.pattern.depends[:, k] | ~swept.passed[k]):
            finding = _finding(swept, careful.get(k), k, int(output))
            rows.append(row_of(session, finding, int(output), index, float(matrix[output, index])))
            if finding.verdict == AT_KINK:
                kinked.setdefault(int(output), []).append((index, finding))
    return Look(judged_together(session, examiner, matrix, rows, kinked), notes, interrupted)


def _finding(swept: Swept, careful: list[Finding] | None, k: int, output: int) -> Finding:
    """What was found of one entry and output: by the sweep where that passed it, else with care, if it was its turn."""
    numbers = float(swept.slope[k, output]), float(swept.error[k, output]), float(swept.bound[k, output])
    if swept.passed[k, output]:
        return Finding(PASS, *numbers, FLOAT)
    return Finding(INCONCLUSIVE, *numbers, FLOAT, _OTHERS) if careful is None else careful[output]
