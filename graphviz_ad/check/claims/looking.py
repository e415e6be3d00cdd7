"""The entries of one point, whichever way suits their number: one by one, of many by their pattern, or by projections."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .entries import check_entries
from .projections import check_projected
from .rows import Look
from .sparse import check_sparse

if TYPE_CHECKING:
    from ..probing.vectors import Floats
    from ..slopes.examiner import Examiner
    from .session import Session


def look(session: Session, examiner: Examiner, matrix: Floats, columns: list[int], interrupted: bool = False) -> Look:
    """Rows for the entries in ``columns``. ``interrupted``: the user has stopped the check before, so nothing takes long any more."""
    options = session.options
    if 4 * len(columns) <= min(4 * options.entries // max(session.box.width, 1) + 4, options.budget - 200):
        return check_entries(session, examiner, matrix, columns, interrupted)
    sparse = check_sparse(session, examiner, matrix, columns, interrupted)
    return check_projected(session, examiner, matrix, columns, interrupted) if sparse is None else sparse
