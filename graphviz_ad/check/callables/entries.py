"""Entries of a claimed derivative, one by one: swept together first, what does not pass examined with care, each told as a row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np  # noqa: TID253 - only checks of callables load this module, and they need it

from ..probing.black_box import BudgetSpent
from ..probing.layout import Leaf
from ..results import AT_KINK, FAIL, INCONCLUSIVE, PASS, Row
from ..slopes.examiner import Examiner
from ..slopes.finding import FLOAT, SPENT, Finding
from ..slopes.sweep import sweep

if TYPE_CHECKING:
    from .gradient import GradientCheck


def check_entries(check: GradientCheck, examiner: Examiner, matrix: Any, columns: list[int]) -> list[Row]:
    """A row for every output and every entry in ``columns``."""
    rows: list[Row] = []
    kinked: dict[int, list[tuple[int, Finding]]] = {}
    try:
        swept = sweep(examiner, columns, matrix[:, columns])
    except (BudgetSpent, KeyboardInterrupt) as end:
        check.interrupted = isinstance(end, KeyboardInterrupt)
        told = "interrupted" if check.interrupted else SPENT
        finding = Finding(INCONCLUSIVE, np.nan, np.inf, np.inf, FLOAT, told)
        return [row_of(check, finding, o, j, float(matrix[o, j])) for j in columns for o in range(check.box.width)]
    if swept.pattern is not None:
        check.notes.append(swept.pattern.told())
    if not np.all(swept.passed):
        check.measure(examiner)
    for number, index in enumerate(columns):
        passed = swept.passed[number]
        findings = [Finding(PASS, *numbers, FLOAT) for numbers in zip(swept.slope[number], swept.error[number], swept.bound[number])]
        if not np.all(passed):
            careful = carefully(check, examiner, matrix, index, swept.kept[number])
            findings = [f if good else c for f, c, good in zip(findings, careful, passed, strict=True)]
        for output, finding in enumerate(findings):
            rows.append(row_of(check, finding, output, index, float(matrix[output, index])))
            if finding.verdict == AT_KINK:
                kinked.setdefault(output, []).append((index, finding))
    return judged_together(check, examiner, matrix, rows, kinked)


def judged_together(
    check: GradientCheck, examiner: Examiner, matrix: Any, rows: list[Row], kinked: dict[int, list[tuple[int, Finding]]]
) -> list[Row]:
    """The rows, with those of outputs that several entries have a kink in judged together, too."""
    from ..slopes.subdifferential import judge_together

    for output, entries in kinked.items():
        if len(entries) > 1:
            verdict, reason = judge_together(examiner, matrix[output], entries, output, check.options.seed)
            if verdict != AT_KINK:
                places = {(output, index) for index, _ in entries}
                rows = [
                    row._replace(verdict=verdict, reason=f"{row.reason}; {reason}")
                    if row.verdict == AT_KINK and check.where[row.wrt, row.entry] in places
                    else row
                    for row in rows
                ]
    return rows


def carefully(check: GradientCheck, examiner: Examiner, matrix: Any, index: int, kept: Any) -> list[Finding]:
    """The careful examination of one entry for every output; undecided once the user has interrupted it."""
    scale = examiner.scales[index]
    direction = np.zeros(check.layout.size)
    direction[index] = scale
    if not check.interrupted:
        try:
            return [_scaled(finding, scale) for finding in examiner.examine(direction, matrix[:, index] * scale, kept)]
        except KeyboardInterrupt:
            check.interrupted = True
    return [Finding(INCONCLUSIVE, np.nan, np.inf, np.inf, FLOAT, "interrupted")] * check.box.width


def row_of(check: GradientCheck, finding: Finding, output: int, index: int, claim: float, place: str = "") -> Row:
    """A finding as a row of the report."""
    leaf, entry = check.layout.place(index)
    name = leaf.name
    if leaf.complex:
        name += ".imag" if index - leaf.start >= leaf.size else ".real"
    outputs = check.box.width // 2 if check.box.complex_output else check.box.width
    if check.kind == "jacobian" and check.box.shape:
        entry = tuple(int(k) for k in np.unravel_index(output % outputs, check.box.shape)) + entry
    if check.box.complex_output:
        name = ("Re " if output < outputs else "Im ") + name
    check.where[name, entry] = (output, index)
    with np.errstate(all="ignore"):
        reference = finding.reference
        error = abs(claim - reference) if np.isfinite(reference) and np.isfinite(claim) else None
    reason = f"at another point ({place}): {finding.reason}".rstrip(": ") if place else finding.reason
    return Row(
        name, entry, claim, float(reference) if np.isfinite(reference) else None, error, _finite(finding.bound), finding.method,
        finding.verdict, reason, interval=finding.interval,
    )  # fmt: skip


def not_finite(check: GradientCheck, matrix: Any, output: int, index: int) -> Row:
    """The failing row of a claim that is not a finite number."""
    finding = Finding(FAIL, np.nan, np.inf, np.inf, "finiteness", "the claim is not finite")
    return row_of(check, finding, output, index, float(matrix[output, index]))


def undecided(check: GradientCheck, matrix: Any, reason: str) -> list[Row]:
    """Rows for a point where nothing can be judged, for that reason, but claims that are not finite."""
    rows = []
    for output in range(check.box.width):
        for index in range(min(check.layout.size, check.options.entries)):
            if np.isinf(matrix[output, index]) or (np.isnan(matrix[output, index]) and check.claimed_column(index)):
                rows.append(not_finite(check, matrix, output, index))
            elif np.isfinite(matrix[output, index]):
                finding = Finding(INCONCLUSIVE, np.nan, np.inf, np.inf, FLOAT, reason)
                rows.append(row_of(check, finding, output, index, float(matrix[output, index])))
    return rows


def fault_row(leaf: Leaf, fault: str) -> Row:
    """The failing row of a claim whose shape is not that of its argument."""
    return Row(leaf.name, (), None, None, None, None, "shape", FAIL, fault)


def _scaled(finding: Finding, scale: float) -> Finding:
    """A finding per unit of the entry, from one per unit of the direction."""
    interval = None if finding.interval is None else (finding.interval[0] / scale, finding.interval[1] / scale)
    return finding._replace(
        reference=finding.reference / scale, error=finding.error / scale, bound=finding.bound / scale, interval=interval
    )


def _finite(number: float) -> float | None:
    return float(number) if np.isfinite(number) else None
