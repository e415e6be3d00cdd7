"""Findings as rows of a report, each with its place in the claimed matrix, and what a look at one point gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np  # noqa: TID253 - only checks of callables load this module, and they need it

from ..results import FAIL, PASS, Method, MethodKind, Note, Row, Where, unjudged
from ..slopes.finding import Finding, nothing_known

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..probing.layout import Leaf
    from ..probing.vectors import Floats
    from .claimed import Claim
    from .session import Session

SHAPE = Method("shape", MethodKind.SHAPE)
FINITENESS = Method("finiteness", MethodKind.FINITENESS)
NOT_FINITE = "the claim is not finite"


class Judged(NamedTuple):
    """A row, and which number of the claimed matrix it is about (output and entry); None where it is about no single one."""

    row: Row
    place: tuple[int, int] | None = None


class Evidence(NamedTuple):
    """Claim and reference at one point, as matrices of one row an output; NaN where no reference is known. ``text``: which other point."""

    text: str
    vector: Floats
    matrix: Floats
    reference: Floats


class Look(NamedTuple):
    """What a look at one point, or at several, gave.

    ``power``: the smallest error of an entry of median size that projections would have shown; None without projections.
    """

    judged: tuple[Judged, ...] = ()
    notes: tuple[Note, ...] = ()
    interrupted: bool = False
    power: float | None = None
    evidence: tuple[Evidence, ...] = ()

    def then(self, later: Look) -> Look:
        """Both, one after the other."""
        return Look(
            self.judged + later.judged,
            self.notes + later.notes,
            self.interrupted or later.interrupted,
            self.power if later.power is None else later.power,
            self.evidence + later.evidence,
        )

    def noting(self, *notes: Note) -> Look:
        """The same with further notes."""
        return self._replace(notes=self.notes + notes)

    @property
    def rows(self) -> list[Row]:
        """The rows alone."""
        return [row for row, _ in self.judged]


def row_of(session: Session, finding: Finding, output: int, index: int, claim: float) -> Judged:
    """A finding as a row of the report."""
    leaf, entry = session.layout.place(index)
    name = leaf.name
    if leaf.complex:
        name += ".imag" if index - leaf.start >= leaf.size else ".real"
    if session.kind == "jacobian":
        entry = output_entry(session, output) + entry
    name = output_part(session, output) + name
    with np.errstate(all="ignore"):
        reference = finding.reference
        error = abs(claim - reference) if np.isfinite(reference) and np.isfinite(claim) else None
    row = Row(
        name, entry, claim, float(reference) if np.isfinite(reference) else None, error,
        float(finding.bound) if np.isfinite(finding.bound) else None, finding.method, finding.verdict, finding.reason,
        interval=finding.interval,
    )  # fmt: skip
    return Judged(row, (output, index))


def output_entry(session: Session, output: int) -> tuple[int, ...]:
    """Which entry of the function's result an output is; a complex one is two outputs."""
    shape = session.box.shape
    count = session.box.width // 2 if session.box.complex_output else session.box.width
    return tuple(int(k) for k in np.unravel_index(output % count, shape)) if shape else ()


def output_part(session: Session, output: int) -> str:
    """Which part of a complex result an output is, in words."""
    if not session.box.complex_output:
        return ""
    return "Re " if output < session.box.width // 2 else "Im "


def not_finite(session: Session, claim: Claim, output: int, index: int) -> Judged:
    """The failing row of a claim that is not a finite number."""
    return row_of(session, nothing_known(NOT_FINITE, FAIL, FINITENESS), output, index, float(claim.matrix[output, index]))


def undecided(session: Session, claim: Claim, reason: str) -> tuple[Judged, ...]:
    """Rows for a point where nothing can be judged, for that reason, but claims that are not finite."""
    judged = []
    matrix = claim.matrix
    for output in range(session.box.width):
        for index in range(min(session.layout.size, session.options.entries)):
            if np.isinf(matrix[output, index]) or (np.isnan(matrix[output, index]) and session.covered(claim, index)):
                judged.append(not_finite(session, claim, output, index))
            elif np.isfinite(matrix[output, index]):
                judged.append(row_of(session, nothing_known(reason), output, index, float(matrix[output, index])))
    return tuple(judged)


def fault_row(leaf: Leaf, fault: str) -> Row:
    """The failing row of a claim whose shape is not that of its argument."""
    return unjudged(leaf.name, fault, SHAPE, verdict=FAIL)


def elsewhere(row: Row, text: str) -> Row:
    """A row as one of another point, which ``text`` says."""
    return row._replace(reason=f"at another point ({text}): {row.reason}".rstrip(": "), where=Where.ELSEWHERE)


def evidence(text: str, vector: Floats, matrix: Floats, judged: Iterable[Judged]) -> Evidence:
    """The references of rows as a matrix."""
    reference = np.full_like(matrix, np.nan)
    for row, place in judged:
        if place is not None and row.reference is not None and row.verdict in (PASS, FAIL):
            reference[place] = row.reference
    return Evidence(text, vector, matrix, reference)
