"""What the user can do where a check decided nothing: one sentence behind the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..probing.differences import EDGE, NONE, SMOOTH, Slopes
from ..results import INCONCLUSIVE
from .finding import Finding

if TYPE_CHECKING:
    from ..probing.vectors import Floats
    from .subject import Subject


def advised(subject: Subject, slopes: Slopes, claims: Floats, findings: list[Finding]) -> list[Finding]:
    """The findings, those that decide nothing with the next step."""

    def with_step(finding: Finding, k: int) -> Finding:
        return finding._replace(reason=f"{finding.reason}; {_next_step(subject, finding, str(slopes.state[k]), float(claims[k]))}")

    return [with_step(finding, k) if finding.verdict == INCONCLUSIVE else finding for k, finding in enumerate(findings)]


def _next_step(subject: Subject, finding: Finding, state: str, claim: float) -> str:
    if state in (EDGE, NONE):
        return "choose a point inside the domain"
    if state != SMOOTH:
        return "choose a point beside this one"
    if subject.exact() is not None or not abs(claim - finding.reference) <= finding.bound:
        return "choose another point, where the function is calmer or its values keep more digits"
    ways = ["let the function take numbers of high precision or complex ones"]
    if subject.plain:
        ways.append("give the gradient as a function, which is followed to where it shows")
    return f"{', or '.join(ways)}, or choose a point where the slope shows"
