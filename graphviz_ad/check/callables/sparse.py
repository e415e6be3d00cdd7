"""Large sparse Jacobians: entries that share no output are moved together, and the rows tell of the entries that there are.

What lies outside of both the pattern of the function and that of the claim is compared all the same, and gets a row where it disagrees.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np  # noqa: TID253 - only checks of callables load this module, and they need it

from ..probing.black_box import BudgetSpent
from ..results import AT_KINK, INCONCLUSIVE, PASS, Row
from ..slopes.examiner import Examiner
from ..slopes.finding import FLOAT, Finding
from ..slopes.sweep import sweep_together
from .entries import carefully, judged_together, row_of

if TYPE_CHECKING:
    from .gradient import GradientCheck

#: entries that are looked at alone where their group disagrees, and carefully where they still do
MOST = 48
_OTHERS = f"a difference of a group disagrees; {MOST} other entries were looked at closely"


def check_sparse(check: GradientCheck, examiner: Examiner, matrix: Any, columns: list[int]) -> list[Row] | None:
    """Rows for the entries of a sparse Jacobian; None where it is not sparse, or the budget is too small."""
    try:
        swept = sweep_together(examiner, columns, matrix[:, columns], MOST)
    except BudgetSpent:
        return None
    except KeyboardInterrupt:
        check.interrupted = True
        return [Row("f", (), None, None, None, None, FLOAT, INCONCLUSIVE, "interrupted")]
    if swept is None or swept.pattern is None:
        return None
    check.notes.append(swept.pattern.told())
    open_ = [k for k in range(len(columns)) if not np.all(swept.passed[k])]
    if open_:
        check.measure(examiner)
    careful: dict[int, list[Finding]] = {}
    for k in open_[:MOST]:
        careful[k] = carefully(check, examiner, matrix, columns[k], swept.kept[k])
    rows: list[Row] = []
    kinked: dict[int, list[tuple[int, Finding]]] = {}
    for k, index in enumerate(columns):
        passed = swept.passed[k]
        for output in np.flatnonzero(swept.pattern.depends[:, k] | ~passed):
            numbers = float(swept.slope[k, output]), float(swept.error[k, output]), float(swept.bound[k, output])
            if passed[output]:
                finding = Finding(PASS, *numbers, FLOAT)
            elif k in careful:
                finding = careful[k][output]
            else:
                finding = Finding(INCONCLUSIVE, *numbers, FLOAT, _OTHERS)
            rows.append(row_of(check, finding, int(output), index, float(matrix[output, index])))
            if finding.verdict == AT_KINK:
                kinked.setdefault(int(output), []).append((index, finding))
    return judged_together(check, examiner, matrix, rows, kinked)
