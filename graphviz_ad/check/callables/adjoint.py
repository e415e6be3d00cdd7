"""Claims of both products with a Jacobian: each by itself, and forward against reverse, ⟨v, J u⟩ = ⟨vᵀJ, u⟩.

The identity holds exactly at every point, for every u and v. So what the two sides differ by at neighbouring points is rounding
alone where both products are right, and it changes smoothly where they are not: rounding is measured there, by a table of
differences, and whatever is more is no rounding. That is far sharper than any difference of the function can be; which of the
two is wrong the function then says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np  # noqa: TID253 - only checks of callables load this module, and they need it

from ...errors import BindingError
from ..causes import LikelyCause
from ..claims.session import Options, Session
from ..probing.black_box import NOISE_POINTS, measure_noise, natural_scales
from ..probing.signatures import is_both
from ..results import AT_KINK, FAIL, INCONCLUSIVE, PASS, Method, MethodKind, Note, NoteKind, Report, Row
from ..slopes.finding import ROUNDING, SURE, VERIFIED, Finding
from .jvp import WEIGHTS, DirectionCheck
from .vjp import TRIED, Fixed, Weighted, check_vjp

if TYPE_CHECKING:
    from ..probing.vectors import Chance, Floats

METHOD = Method("forward against reverse", MethodKind.ADJOINT)


def check_both(f: Any, claim: Mapping[str, Any], at: Any, options: Options) -> Report:
    """The report of a claimed vjp and a claimed jvp of one function.

    Raises BindingError where the claim is not a dictionary of the two.
    """
    if not is_both(claim):
        raise BindingError('kind="products" takes {"vjp": …, "jvp": …}, two callables')
    check = DirectionCheck(f, claim["jvp"], at, options)
    reports = {"vjp": check_vjp(f, claim["vjp"], at, options)}
    if not reports["vjp"].interrupted:
        reports["jvp"] = check.report()
    rows = [row._replace(wrt=f"{name}: {row.wrt}") for name, report in reports.items() for row in report.rows]
    notes = [note for report in reports.values() for note in report.notes]
    interrupted = any(report.interrupted for report in reports.values())
    adjoint = _Adjoint(check, f, claim, at, options)
    if not interrupted and np.all(np.isfinite(check.box.base)):
        try:
            rows = [*adjoint.rows(), *rows]
        except KeyboardInterrupt:
            interrupted = True
            notes.append(Note("interrupted before forward was held against reverse", NoteKind.INTERRUPTED))
    return Report(
        rows, None, notes,
        causes=[_of_product(name, cause) for name, report in reports.items() for cause in report.causes],
        evaluations=sum(report.evaluations for report in reports.values()) + adjoint.evaluations,
        power="; ".join(f"{name}: {report.power}" for name, report in reports.items() if report.power),
        interrupted=interrupted,
    )  # fmt: skip


def _of_product(name: str, cause: LikelyCause) -> LikelyCause:
    """A cause of one of the two products as one of both; arguments are called as in its rows."""
    return LikelyCause(f"{name}: {cause}", cause.kind, cause.wrt and f"{name}: {cause.wrt}")


class _Sides(NamedTuple):
    """Both sides of the identity, for the real and the imaginary part of the output; ``size`` is that of what is added up in them."""

    forward: Floats
    reverse: Floats
    size: Floats


class _Adjoint:
    """Forward against reverse, with seeded directions and cotangents."""

    def __init__(self, check: DirectionCheck, f: Any, claim: Mapping[str, Callable[..., Any]], at: Any, options: Options) -> None:
        self.check, self.f, self.claim, self.at, self.options = check, f, claim, at, options
        self.layout, self.shape = check.layout, check.box.shape
        self.count = int(np.prod(self.shape))
        self.evaluations = 0
        self.pulled = self.weighted(np.ones(self.count))
        self.chance: Chance = np.random.default_rng(options.seed)

    def weighted(self, v: Floats) -> Session:
        """The claimed product with v as the gradient of v·f."""
        session = Session(Weighted(self.f, self.shaped(v)), self.product(v), self.at, "gradient", self.options)
        self.evaluations += session.box.evaluations
        return session

    def product(self, v: Floats) -> Fixed:
        """The claimed vjp of v."""
        return Fixed(self.claim["vjp"], self.shaped(v), self.layout.named)

    def shaped(self, v: Floats) -> Any:
        """v as the function's result is shaped."""
        return v.reshape(self.shape) if self.shape else float(v[0])

    def rows(self) -> list[Row]:
        """A row for each seeded pair of a direction and a cotangent, two where the output is complex."""
        vector = self.layout.vector
        scales = natural_scales(self.layout, vector)
        claim = self.pulled.claimed(vector)
        if claim.faults:  # a wrong shape, told by the check of the vjp
            return []
        claimed = np.array([self.pulled.covered(claim, j) for j in range(self.layout.size)])
        rows: list[Row] = []
        for number in range(TRIED):
            u = self.chance.choice(WEIGHTS, self.layout.size) * scales * claimed
            v = self.chance.choice(WEIGHTS, self.count)
            sides = self.sides(vector, u, v)
            if sides is None or not np.all(np.isfinite(sides.size)):  # so the product's own check tells why
                continue
            findings = self.judge(vector, u, v, sides)
            for part, finding in enumerate(findings):
                name = ("Re " if part == 0 else "Im ") * (len(findings) > 1) + f"⟨v, Ju⟩ = ⟨vᵀJ, u⟩, {number + 1}"
                forward, reverse = float(sides.forward[part]), float(sides.reverse[part])
                rows.append(Row(name, (), forward, reverse, abs(forward - reverse), finding.bound, METHOD, finding.verdict, finding.reason))
        return rows

    def sides(self, vector: Floats, u: Floats, v: Floats) -> _Sides | None:
        """Both sides at a point; None where a product has the wrong shape."""
        u, v = self.rounded(u), v.astype(np.float32).astype(float) if self.check.session.coarse else v
        moved, _ = self.check.claimed(vector, u)
        if moved is None:
            return None
        matrix, faults, _ = self.pulled.claimed.of(self.product(v))(vector)
        if faults:
            return None
        with np.errstate(all="ignore"):
            terms = v * moved.reshape(-1, self.count)
            matrix = np.where(u != 0, matrix, 0.0)
            size = np.sum(np.abs(terms), axis=1) + np.abs(matrix) @ np.abs(u)
            return _Sides(np.sum(terms, axis=1), matrix @ u, size)

    def rounded(self, u: Floats) -> Floats:
        """A direction as the arguments hold it."""
        u = u.copy()
        for leaf in self.layout.leaves:
            single = np.float32 if leaf.dtype.itemsize // (2 if leaf.complex else 1) <= 4 else float
            u[leaf.start : leaf.stop] = u[leaf.start : leaf.stop].astype(single)
        return u

    def judge(self, vector: Floats, u: Floats, v: Floats, sides: _Sides) -> list[Finding]:
        """A finding for each part of the output."""
        gap = np.abs(sides.forward - sides.reverse)
        unit = ROUNDING * max(1.0, self.check.session.precision / 2.0**-52)
        allowed = self.options.tolerance or 0.0
        bound = (unit + allowed) * sides.size
        if np.all(gap <= bound):
            return [Finding(PASS, float(r), 0.0, float(b), METHOD) for r, b in zip(sides.reverse, bound, strict=True)]
        noise = self.measured(vector, u, v, sides)
        if noise is None:
            reason = "the two sides differ, and around this point they are not finite, so that rounding cannot be measured"
            return [Finding(INCONCLUSIVE, float(r), np.inf, float(b), METHOD, reason) for r, b in zip(sides.reverse, bound, strict=True)]
        # what a saturated 1 - tanh(x)**2 loses is as large as the rounding of the function's own value, and at all neighbours the same
        saturated = unit * np.sum(np.abs(v * self.check.box.base.reshape(-1, self.count)), axis=1)
        limits = bound + saturated + SURE * noise
        findings = []
        for part in range(len(gap)):
            reverse, size, limit = float(sides.reverse[part]), float(sides.size[part]), float(limits[part])
            if gap[part] <= bound[part] or (gap[part] <= limit <= max(VERIFIED, allowed) * size):
                findings.append(Finding(PASS, reverse, 0.0, limit, METHOD))
            elif gap[part] <= min(bound[part] + saturated[part], 1e-2 * size):
                reason = "agree to the digits that rounding of the function's value leaves"
                findings.append(Finding(PASS, reverse, 0.0, limit, METHOD, reason))
            else:
                findings.append(self.compared(u, v, sides, part, limit))
        return findings

    def measured(self, vector: Floats, u: Floats, v: Floats, sides: _Sides) -> Floats | None:
        """How far rounding moves the difference of the two sides; None where it cannot be seen.

        Point, direction and cotangent move together, so that no rounding stays the same.
        """
        size = self.layout.size
        finite = 0

        def difference(moved: Floats) -> Floats:
            nonlocal finite
            beside = self.sides(moved[:size], moved[size : 2 * size], moved[2 * size :])
            if beside is None:
                return np.full(len(sides.size), np.nan)
            finite += bool(np.all(np.isfinite(beside.size)))
            return beside.forward - beside.reverse

        place = np.concatenate([vector, u, v])
        scales = np.concatenate([natural_scales(self.layout, vector), np.abs(u), np.abs(v)])
        noise, _ = measure_noise(difference, place, sides.forward - sides.reverse, scales, self.chance)
        return noise if finite >= NOISE_POINTS else None

    def compared(self, u: Floats, v: Floats, sides: _Sides, part: int, limit: float) -> Finding:
        """Two sides that differ, beside what the function says: which of the products it contradicts."""
        session = self.weighted(v)
        noise, fine = session.measure_here(self.chance)
        vector = session.layout.vector
        examiner = session.examiner(vector, session.box.base, noise, natural_scales(session.layout, vector), fine=fine)
        findings = {"jvp": examiner.examine(u, sides.forward)[part], "vjp": examiner.examine(u, sides.reverse)[part]}
        self.evaluations += session.box.evaluations
        forward, reverse = float(sides.forward[part]), float(sides.reverse[part])
        gap = abs(forward - reverse)
        if all(finding.verdict == AT_KINK for finding in findings.values()):
            reason = "a kink: each of the two is a valid choice, but they are not the same"
            return Finding(AT_KINK, reverse, 0.0, limit, METHOD, reason)
        if gap <= limit:
            reason = f"rounding hides whether forward and reverse agree: it moves the two sides by {limit:.1e}"
            return Finding(INCONCLUSIVE, reverse, 0.0, limit, METHOD, reason)
        wrong = [name for name, finding in findings.items() if finding.verdict == FAIL]
        slope, error = findings["jvp"].reference, findings["jvp"].error
        if not wrong and error < gap / 4:  # it is known better than the two differ
            wrong = [name for name, side in (("jvp", forward), ("vjp", reverse)) if abs(side - slope) > limit + 2 * error]
        reason = f"f gives {slope:.10g}, against the {' and the '.join(wrong)}" if wrong else "f does not tell which of the two is wrong"
        return Finding(
            FAIL, reverse, 0.0, limit, METHOD, f"forward and reverse differ by {gap:.2g}, rounding explains {limit:.1g}; {reason}"
        )
