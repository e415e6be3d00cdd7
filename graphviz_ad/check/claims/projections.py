"""Large derivatives: seeded signed random projections of all entries, a sample of entries, and a search where one disagrees.

A projection sums claim times direction over every entry, so each entry of each argument takes part, with a random sign and
weighted by its own size. What error of a single entry it would have shown follows from its own error bound: that is measured
and reported, not assumed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np  # noqa: TID253 - only checks of callables load this module, and they need it

from ..results import INCONCLUSIVE, PASS, Note, NoteKind, Row
from ..slopes.finding import VERIFIED, Finding
from .entries import check_entries
from .rows import Judged, Look

if TYPE_CHECKING:
    from ..probing.vectors import Chance, Floats
    from ..slopes.examiner import Examiner
    from .session import Session

#: projections of all entries
COUNT = 6
#: groups of this size are looked at entry by entry
GROUP = 8
#: entries that a search may hand over
MOST = 256
#: entries looked at one by one in each argument, whatever its size
SAMPLED = 24


def check_projected(session: Session, examiner: Examiner, matrix: Floats, columns: list[int], interrupted: bool = False) -> Look:
    """Rows for the projections, for a sample of entries, and for the entries that a search singled out."""
    rng = np.random.default_rng(session.options.seed)
    # an output may be small because it cancels, and its noise larger than its own rounding
    notes = session.news() + session.measure(examiner)
    rows: list[Row] = []
    smallest: list[float] = []
    for number in range(COUNT):
        direction = _signed(examiner, columns, rng)
        findings, claims = _projected(examiner, matrix, columns, direction)
        for output, finding in enumerate(findings):
            place = (output,) if examiner.box.width > 1 else ()
            rows.append(_row(f"projection {number + 1}", place, float(claims[output]), finding))
            with np.errstate(all="ignore"):
                seen = finding.bound / np.abs(matrix[output, columns] * direction[columns])
            smallest.append(float(np.median(seen[np.isfinite(seen)])) if np.any(np.isfinite(seen)) else np.inf)
    suspicious = any(row.verdict != PASS for row in rows)
    sample = sorted({int(j) for leaf in session.layout.leaves for j in _sample(leaf.start, leaf.stop, columns, rng)})
    searched = narrow_down(examiner, matrix, columns, session.options.seed) if suspicious else []
    chosen = sorted(set(sample) | set(searched))
    entries = check_entries(session, examiner, matrix, chosen, interrupted)
    notes += entries.notes
    if suspicious and all(row.verdict == PASS for row in entries.rows):
        notes += session.news(Note("a projection disagrees, but no entry was found that does", NoteKind.PROJECTIONS))
    elif suspicious:
        rows = [row for row in rows if row.verdict == PASS]  # what they saw is told entry by entry now
    looked = f"{COUNT} signed random projections of all (seed {session.options.seed}) and {len(chosen)} entries one by one"
    notes += session.news(Note(f"{len(columns):,} entries: {looked}", NoteKind.PROJECTIONS))
    judged = (*(Judged(row) for row in rows), *entries.judged)
    return Look(judged, notes, entries.interrupted, float(np.median(smallest)) if smallest else None)


def _row(name: str, place: tuple[int, ...], claim: float, finding: Finding) -> Row:
    """A projection as a row; one that disagrees decides nothing by itself."""
    verdict = finding.verdict if finding.verdict in (PASS, INCONCLUSIVE) else INCONCLUSIVE
    reason = finding.reason if finding.verdict == PASS else "this projection disagrees; the entries behind it are searched"
    error = abs(claim - finding.reference)
    return Row(name, place, claim, finding.reference, error, finding.bound, finding.method, verdict, reason)


def narrow_down(examiner: Examiner, matrix: Floats, columns: list[int], seed: int = 0) -> list[int]:
    """The entries behind a disagreement: halves are projected again and again."""
    rng = np.random.default_rng(seed + 1)
    pending = [columns]
    suspects: list[int] = []
    while pending and len(suspects) < MOST:
        group = pending.pop()
        if len(group) <= GROUP:
            suspects.extend(group)
            continue
        direction = _signed(examiner, group, rng)
        findings, _ = _projected(examiner, matrix, group, direction)
        if all(finding.verdict == PASS for finding in findings):
            continue
        half = len(group) // 2
        pending.extend([group[half:], group[:half]])
    return sorted(suspects[:MOST])


def _projected(examiner: Examiner, matrix: Floats, columns: list[int], direction: Floats) -> tuple[list[Finding], Floats]:
    """Findings and claims along a direction; what cancels in a sum is judged by the size of what is added up."""
    terms = matrix[:, columns] * direction[columns]
    claims, sizes = np.sum(terms, axis=1), np.sqrt(np.sum(terms**2, axis=1))
    findings = examiner.by_differences(direction, claims)
    for k, finding in enumerate(findings):
        bound = finding.bound + examiner.tolerance * float(sizes[k])
        near = finding.interval is None and abs(float(claims[k]) - finding.reference) <= bound <= VERIFIED * sizes[k]
        if finding.verdict != PASS and near:
            findings[k] = finding._replace(verdict=PASS, bound=bound, reason="")
    return findings, claims


def _signed(examiner: Examiner, columns: list[int], rng: Chance) -> Floats:
    direction = np.zeros(len(examiner.vector))
    direction[columns] = np.where(rng.random(len(columns)) < 0.5, -1.0, 1.0) * examiner.scales[columns]
    return direction


def _sample(start: int, stop: int, columns: list[int], rng: Chance) -> Any:
    inside = np.array([j for j in columns if start <= j < stop])
    return inside if len(inside) <= SAMPLED else rng.choice(inside, SAMPLED, replace=False)
