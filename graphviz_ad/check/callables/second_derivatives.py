"""Claimed second derivatives: the Jacobian of a gradient where the function returns one, else second differences of the function.

Second differences are taken in high precision where the function runs there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np  # noqa: TID253 - only checks of callables load this module, and they need it

from ...errors import ShapeError
from ..claims.rows import NOT_FINITE, SHAPE, elsewhere
from ..probing.black_box import BlackBox, measure_noise, natural_scales
from ..probing.high_precision_numbers import MP, ExactBox
from ..probing.layout import NOTHING, Layout
from ..probing.points import degeneracies, variants
from ..results import FAIL, INCONCLUSIVE, PASS, Method, MethodKind, Note, NoteKind, Report, Row, Verdict, Where, unjudged
from ..slopes.finding import EXACT, FLOAT
from .gradient import INTERRUPTED, check_derivative, degenerate
from .jvp import COMPLEX_CLAIM, DirectionCheck
from .vjp import TRIED

if TYPE_CHECKING:
    from ..claims.session import Options
    from ..probing.vectors import Floats

#: the relative error of a second difference in float64 that still tells a right claim from a wrong one
SECOND_SHARP = 1e-3


def check_second(f: Any, claim: Any, at: Any, kind: str, options: Options) -> Report:
    """The report of a claimed Hessian or Hessian-vector product."""
    layout = Layout(at, f)
    if len(layout.leaves) != 1 or layout.leaves[0].complex:
        raise ShapeError(f"kind={kind!r} takes one real argument", hint="put all parameters into one vector")
    leaf = layout.leaves[0]
    box = BlackBox(f, layout, budget=options.budget)
    if box.shape == leaf.shape and leaf.shape != ():  # f is itself a gradient
        if kind == "hvp":
            return DirectionCheck(f, claim, at, options).report()
        return check_derivative(f, claim, at, "jacobian", options)
    if box.width != 1:
        raise ShapeError(f"kind={kind!r} takes a scalar function or its gradient; this one returns shape {box.shape}")
    return _SecondCheck(f, claim, layout, box, kind, options).report()


class _SecondCheck:
    """Second derivatives of a scalar function of one array."""

    def __init__(self, f: Any, claim: Any, layout: Layout, box: BlackBox, kind: str, options: Options) -> None:
        self.f, self.claim, self.layout, self.box, self.kind, self.options = f, claim, layout, box, kind, options
        self.leaf = layout.leaves[0]
        self.exact: ExactBox | None = ExactBox(f, layout)
        self.notes: tuple[Note, ...] = ()
        try:
            same = abs(float(self.exact.base(layout.vector)[0]) - box.base[0]) <= 1e-6 * abs(box.base[0]) + 1e-300
            self.exact = self.exact if same else None
        except Exception as error:  # noqa: BLE001 - foreign code on foreign numbers may raise anything; it is told, and decides nothing
            self.exact = None
            told = f"second differences in float64 judge: in high precision the function raises {type(error).__name__}"
            self.notes = (Note(told, NoteKind.PRECISION),)
        self.precision = max(float(np.finfo(self.leaf.dtype).eps), box.precision)
        self.tolerance = 4 * self.precision**0.5 if options.tolerance is None else options.tolerance
        #: the first step as a power of two: where truncation and rounding of an extrapolated second difference are about as large
        self.first = 6 if self.precision < 2.0**-50 else 2
        self.noise = 0.0

    def report(self) -> Report:
        """All entries of the Hessian, or of products with seeded vectors; at other points, too."""
        vector = self.layout.vector
        scales = natural_scales(self.layout, vector)
        rows: list[Row] = []
        notes, interrupted = self.notes, False
        try:
            rows.extend(self._point(vector, scales, ""))
            if callable(self.claim):
                for text, point in variants(self.layout, vector, scales, min(self.options.points, 2), self.options.seed):
                    if np.isfinite(self.box(point)[0]):
                        rows.extend(row for row in self._point(point, natural_scales(self.layout, point), text) if row.verdict == FAIL)
        except KeyboardInterrupt:
            interrupted = True
            notes += (INTERRUPTED,)
            rows = rows or [unjudged(self.leaf.name, "interrupted", FLOAT)]
        notes += degenerate(degeneracies(self.layout, vector))
        return Report(rows, None, notes, evaluations=self.box.evaluations, interrupted=interrupted)

    def _point(self, vector: Floats, scales: Floats, text: str) -> list[Row]:
        """Rows for one point; ``text`` says which other one it is."""
        size = self.layout.size
        rng = np.random.default_rng(self.options.seed)
        rows: list[Row] = []
        if self.exact is None:
            self.noise = float(measure_noise(self.box, vector, self.box(vector), scales, rng)[0][0])
        if self.kind == "hvp":
            vectors = [rng.choice([-1.0, 1.0], size) * scales for _ in range(TRIED if not text else 1)]
        else:
            vectors = [np.eye(size)[k] for k in range(size)]
            claimed, fault = self._value(vector, None, self.leaf.shape * 2)
            if fault:
                return [self._fault(fault, text)]
            matrix = claimed.reshape(size, size)
        for column, u in enumerate(vectors):
            if self.kind == "hvp":
                product, fault = self._value(vector, u, self.leaf.shape)
                if fault:
                    return [self._fault(fault, text)]
                claims = product.ravel()
            else:
                claims = matrix[:, column]
            for k in range(size):
                mate = u if self.kind == "hvp" else u * scales[column]
                factor = 1.0 if self.kind == "hvp" else scales[column]
                value, error, method = self._mixed(vector, np.eye(size)[k] * scales[k], mate)
                value, error = value / (scales[k] * factor), error / (scales[k] * factor)
                entry = self._entry(k, column)
                name = self.leaf.name if self.kind == "hessian" else f"{self.leaf.name}, u{column + 1}"
                row = self._row(name, entry, float(claims[k]), value, error, method)
                rows.append(elsewhere(row, text) if text else row)
        return rows

    def _fault(self, fault: str, text: str) -> Row:
        row = unjudged(self.leaf.name, fault, SHAPE, verdict=FAIL)
        return row._replace(where=Where.ELSEWHERE) if text else row

    def _entry(self, k: int, column: int) -> tuple[int, ...]:
        def spread(index: int) -> tuple[int, ...]:
            return tuple(int(part) for part in np.unravel_index(index, self.leaf.shape)) if self.leaf.shape else ()

        return spread(k) if self.kind == "hvp" else spread(k) + spread(column)

    def _value(self, vector: Floats, u: Floats | None, wanted: tuple[int, ...]) -> tuple[Any, str]:
        """The claim at a point (along ``u``, a product) as an array of reals, or None and what is wrong with it."""
        if callable(self.claim):
            positional, named = self.layout.arguments(vector)
            if u is None:
                raw = self.claim(*positional, **named)
            else:
                along, along_named = self.layout.arguments(u)
                mate = next(iter(along_named.values())) if self.layout.named else along[0]
                raw = self.claim(mate, **named) if self.layout.named else self.claim(*positional, mate)
        else:
            raw = self.claim
        for _ in range(2):  # ((H,),) and (H,) stand for H where the arguments are a tuple of one
            raw = raw[0] if isinstance(raw, tuple) and len(raw) == 1 else raw
        if raw is None:
            return None, NOTHING
        array = np.asarray(raw)
        if array.dtype == object or array.shape != wanted:
            return None, f"the claim has shape {array.shape} instead of {wanted}"
        if np.any(np.imag(array)):
            return None, COMPLEX_CLAIM
        return array.real.astype(float), ""

    def _mixed(self, vector: Floats, a: Floats, b: Floats) -> tuple[float, float, Method]:
        """The second derivative along a and b by polarisation: (D²(a+b) − D²(a−b)) / 4, with its error."""
        if self.exact is not None:
            plus, minus = self.exact.curvature(vector, a + b)[0], self.exact.curvature(vector, a - b)[0]
            value = float((plus - minus) / 4)
            return value, 1e-10 * float(abs(plus) + abs(minus)) + 0.0, EXACT
        best = (np.nan, np.inf)
        base = float(self.box(vector)[0])
        for level in range(self.first, self.first + 8, 2):
            estimates = []
            for direction in (a + b, a - b):
                second = []
                for h in (2.0**-level, 2.0 ** -(level + 1)):
                    ahead, behind = float(self.box(vector + h * direction)[0]), float(self.box(vector - h * direction)[0])
                    rounding = 4 * self.noise + 16 * 2.0**-52 * (abs(ahead) + abs(behind))
                    second.append(((ahead + behind - 2 * base) / h**2, rounding / h**2))
                estimates.append(((4 * second[1][0] - second[0][0]) / 3, abs(second[1][0] - second[0][0]) / 3 + second[1][1]))
            value, error = (estimates[0][0] - estimates[1][0]) / 4, (estimates[0][1] + estimates[1][1]) / 4
            if np.isfinite(value) and error < best[1]:
                best = (value, error)
            if best[1] <= 1e-6 * abs(best[0]):
                break
        return best[0], best[1], FLOAT

    def _row(self, name: str, entry: tuple[int, ...], claim: float, value: float, error: float, method: Method) -> Row:
        size = max(abs(claim), abs(value))
        bound = 4 * error + self.tolerance * size
        distance = abs(claim - value)
        sharp = method.kind is MethodKind.DIFFERENCES  # in many digits
        verdict: Verdict
        if not np.isfinite(claim):
            verdict, reason = FAIL, NOT_FINITE
        elif not np.isfinite(value):
            verdict, reason = INCONCLUSIVE, "second differences are not finite here; choose a point inside the domain"
        elif sharp and not bool(MP.isfinite(MP.mpf(value))):
            verdict, reason = INCONCLUSIVE, "the second derivative does not exist here; choose a point beside this one"
        elif distance > bound:
            verdict, reason = FAIL, ""
        elif error <= max(SECOND_SHARP, 8 * self.tolerance) * size or sharp or claim == 0:
            verdict, reason = PASS, ""
        else:
            known = f"noise: the second derivative is known to ±{error:.1e} only"
            verdict, reason = INCONCLUSIVE, f"{known}; let the function take numbers of high precision"
        reference = float(value) if np.isfinite(value) else None
        return Row(name, entry, claim, reference, distance if reference is not None else None, bound, method, verdict, reason)
