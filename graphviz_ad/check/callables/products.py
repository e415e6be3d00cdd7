"""Claims about products with derivatives and about second derivatives: vjp, jvp, hessian, hvp.

A vector-Jacobian product is the gradient of v·f. A Jacobian-vector product is a slope along a direction. A Hessian is
the Jacobian of the gradient where ``f`` returns a gradient, else second differences of f, in high precision where f runs there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np  # noqa: TID253 - only checks of callables load this module, and they need it

from ...errors import ShapeError
from ..probing.black_box import BlackBox, measure_noise, natural_scales, rounding
from ..probing.high_precision_numbers import MP, ExactBox
from ..probing.layout import NOTHING, Layout
from ..probing.points import degeneracies, variants
from ..results import FAIL, INCONCLUSIVE, PASS, Report, Row
from ..slopes.examiner import Examiner
from ..slopes.finding import EXACT, FLOAT
from .conclusion import power
from .gradient import GradientCheck, Options

if TYPE_CHECKING:
    from collections.abc import Mapping

#: seeded directions or cotangents that a product is tried with
TRIED = 3
#: beyond so many entries the products with all cotangents but the first are looked at by projections
LARGE = 200
#: the relative error of a second difference in float64 that still tells a right claim from a wrong one
SECOND_SHARP = 1e-3
#: what is wrong with a claim of numbers that are not real, where they must be
COMPLEX_CLAIM = "the claim is complex for a real function"


def check_product(f: Any, claim: Any, at: Any, kind: str, options: Options) -> Report:
    """The report of a claimed vjp, jvp, Hessian or Hessian-vector product, or of a vjp and a jvp together."""
    if kind == "products":
        from .adjoint import check_both

        return check_both(f, claim, at, options)
    if kind == "vjp":
        return check_vjp(f, claim, at, options)
    if kind == "jvp":
        return DirectionCheck(f, claim, at, options).report()
    return _check_second(f, claim, at, kind, options)


def _joined(reports: list[tuple[str, Report]]) -> Report:
    rows = [row._replace(reason=f"{name}: {row.reason}".rstrip(": ")) for name, report in reports for row in report.rows]
    whole = Report(rows, None, tuple(dict.fromkeys(note for _, report in reports for note in report.notes)))
    whole.evaluations = sum(report.evaluations for _, report in reports)
    whole.causes = tuple(dict.fromkeys(cause for _, report in reports for cause in report.causes))
    whole.power = reports[0][1].power if reports else ""
    whole.interrupted = any(report.interrupted for _, report in reports)
    return whole


def _call(function: Callable[..., Any], arguments: tuple[list[Any], Mapping[str, Any]], *more: Any) -> Any:
    positional, named = arguments
    return function(*positional, *more, **named)


# -- vector times Jacobian ---------------------------------------------------------------------------------------------


def check_vjp(f: Any, claim: Any, at: Any, options: Options) -> Report:
    """The report of a claimed vjp: for the units of a small output and for seeded cotangents, as the gradient of v·f."""
    layout = Layout(at, f)
    box = BlackBox(f, layout, budget=options.budget)
    size, shape = int(np.prod(box.shape)), box.shape
    rng = np.random.default_rng(options.seed)
    units = [np.eye(size)[k] for k in range(size)] if size <= 4 else []
    cotangents = units + [rng.choice([-1.0, 1.0], size) * rng.uniform(0.5, 1.5, size) for _ in range(TRIED)]
    reports = []
    for number, flat in enumerate(cotangents):
        v = flat.reshape(shape) if shape else float(flat[0])
        weighted, pulled = Weighted(f, v), Fixed(claim, v, isinstance(at, dict))
        entries = options.entries if number == 0 or layout.size <= LARGE else 0
        part = Options(
            options.points if number == 0 else 0, options.seed, entries, options.budget, options.tolerance, options.convention,
            options.executor, options.progress, options.diagnose,
        )  # fmt: skip
        name = f"v{number + 1} = " + (str(np.round(flat, 3).tolist()) if size <= 6 else "a random cotangent")
        reports.append((name, GradientCheck(weighted, pulled, at, "gradient", part).report()))
        if reports[-1][1].interrupted:
            break
    return _joined(reports)


class Weighted:
    """v·f, as a function of f's arguments; a class so that it travels to other processes."""

    def __init__(self, f: Callable[..., Any], v: Any) -> None:
        self.f, self.v = f, v
        self.__wrapped__ = f  # so that the names of f's parameters are seen

    def __call__(self, *positional: Any, **named: Any) -> Any:
        return np.sum(self.v * np.asarray(self.f(*positional, **named)))


class Fixed:
    """A product with its vector filled in."""

    def __init__(self, product: Callable[..., Any], vector: Any, named: bool) -> None:
        self.product, self.vector, self.named = product, vector, named

    def __call__(self, *positional: Any, **named: Any) -> Any:
        vector = self.vector.copy() if isinstance(self.vector, np.ndarray) else self.vector
        return self.product(vector, **named) if self.named else self.product(*positional, vector)


# -- Jacobian times vector ---------------------------------------------------------------------------------------------


class DirectionCheck(GradientCheck):
    """Slopes along directions: the axes of small arguments, and random ones."""

    def __init__(self, f: Any, product: Callable[..., Any], at: Any, options: Options) -> None:
        self.product = product
        super().__init__(f, lambda *_, **__: None, at, "jacobian", options)

    def report(self) -> Report:
        """The given point, then the others."""
        vector, base = self.layout.vector, self.box.base
        scales = natural_scales(self.layout, vector)
        self.noise, _ = measure_noise(self.box, vector, base, scales, self.rng)
        rows: list[Row] = []
        places = [("", vector), *variants(self.layout, vector, scales, self.options.points, self.options.seed)]
        for text, point in places:
            value = base if not text else self.box(point)
            if not np.all(np.isfinite(value)):
                if not text:
                    return Report([Row("f", (), None, None, None, None, FLOAT, INCONCLUSIVE, "the function is not finite here")])
                continue
            sizes = natural_scales(self.layout, point)
            examiner = Examiner(self.box, point, value, np.maximum(self.noise, rounding(value)), sizes, self.exact, self.tolerance)
            examiner.rounding = self.precision
            examiner.claim_noise = lambda direction, point=point: self._spread(point, direction)
            try:
                found = self._along(examiner, sizes, text)
            except KeyboardInterrupt:
                self.interrupted = True
                self.notes.append("interrupted: this is what was known by then")
                if not text:
                    rows.append(Row("f", (), None, None, None, None, FLOAT, INCONCLUSIVE, "interrupted"))
                break
            rows.extend(found if not text else [row for row in found if row.verdict == FAIL])
        self.notes.extend(f"degenerate point: {told}" for told in degeneracies(self.layout, vector))
        report = Report(rows, None, tuple(dict.fromkeys(self.notes)))
        report.evaluations, report.interrupted = self.box.evaluations, self.interrupted
        report.power = power(rows, self.projection_power, self.layout.size)
        return report

    def _spread(self, point: Any, direction: Any) -> Any:
        """How far the claimed product moves within a few roundings of a point."""
        found = [self.claimed(point * (1 + k * 2.0**-51), direction)[0] for k in range(-3, 4)]
        rows = np.array([row for row in found if row is not None])
        return np.max(rows, axis=0) - np.min(rows, axis=0) if len(rows) else np.zeros(self.box.width)

    def _along(self, examiner: Examiner, scales: Any, text: str) -> list[Row]:
        size = self.layout.size
        directions = [np.eye(size)[k] * scales[k] for k in range(size)] if size <= 6 and not text else []
        weights = (-1.75, -1.5, -1.25, -1.0, 1.0, 1.25, 1.5, 1.75)  # few bits, so that steps are exact
        directions += [self.rng.choice(weights, size) * scales for _ in range(TRIED if not text else 1)]
        rows = []
        for number, direction in enumerate(directions):
            name = f"u{number + 1}" + (f" = {np.round(direction, 3).tolist()}" if size <= 6 else "")
            claim, fault = self.claimed(examiner.vector, direction)
            if fault:
                rows.append(Row(name, (), None, None, None, None, "shape", FAIL, fault))
                continue
            for output, finding in enumerate(examiner.examine(direction, np.where(np.isfinite(claim), claim, 0.0))):
                outputs = self.box.width // 2 if self.box.complex_output else self.box.width
                entry = tuple(int(k) for k in np.unravel_index(output % outputs, self.box.shape)) if self.box.shape else ()
                part = ("Re " if output < outputs else "Im ") if self.box.complex_output else ""
                if not np.isfinite(claim[output]):
                    finding = finding._replace(verdict=FAIL, reason="the claim is not finite")
                reason = f"at another point ({text}): {finding.reason}".rstrip(": ") if text else finding.reason
                error = abs(float(claim[output]) - finding.reference)
                rows.append(
                    Row(
                        part + name, entry, float(claim[output]), finding.reference, error, finding.bound, finding.method, finding.verdict,
                        reason, interval=finding.interval,
                    )
                )  # fmt: skip
        return rows

    def claimed(self, vector: Any, direction: Any) -> tuple[Any, str]:
        """The claimed product with a direction as a vector of reals, or None and what is wrong with it."""
        positional, named = self.layout.arguments(vector)
        along, along_named = self.layout.arguments(direction)
        u: Any = along_named if self.layout.named else tuple(along) if self.layout.many and len(along) > 1 else along[0]
        with np.errstate(all="ignore"):
            raw = self.product(u, **named) if self.layout.named else self.product(*positional, u)
        if raw is None:
            return None, NOTHING
        array = np.asarray(raw)
        if array.dtype == object or array.shape != self.box.shape:
            return None, f"the claim has shape {array.shape} instead of {self.box.shape}"
        flat = array.ravel()
        if self.box.complex_output:
            flat = np.concatenate([flat.real, flat.imag])
        elif np.any(np.imag(flat)):
            return None, COMPLEX_CLAIM
        return flat.real.astype(float), ""


# -- second derivatives ------------------------------------------------------------------------------------------------


def _check_second(f: Any, claim: Any, at: Any, kind: str, options: Options) -> Report:
    layout = Layout(at, f)
    if len(layout.leaves) != 1 or layout.leaves[0].complex:
        raise ShapeError(f"kind={kind!r} takes one real argument", hint="put all parameters into one vector")
    leaf = layout.leaves[0]
    box = BlackBox(f, layout, budget=options.budget)
    if box.shape == leaf.shape and leaf.shape != ():  # f is itself a gradient
        if kind == "hvp":
            return DirectionCheck(f, claim, at, options).report()
        return GradientCheck(f, claim, at, "jacobian", options).report()
    if box.width != 1:
        raise ShapeError(f"kind={kind!r} takes a scalar function or its gradient; this one returns shape {box.shape}")
    return _SecondCheck(f, claim, layout, box, kind, options).report()


class _SecondCheck:
    """Second derivatives of a scalar function of one array."""

    def __init__(self, f: Any, claim: Any, layout: Layout, box: BlackBox, kind: str, options: Options) -> None:
        self.f, self.claim, self.layout, self.box, self.kind, self.options = f, claim, layout, box, kind, options
        self.leaf = layout.leaves[0]
        self.exact: ExactBox | None = ExactBox(f, layout)
        self.notes: list[str] = []
        try:
            same = abs(float(self.exact.base(layout.vector)[0]) - box.base[0]) <= 1e-6 * abs(box.base[0]) + 1e-300
            self.exact = self.exact if same else None
        except Exception as error:  # noqa: BLE001 - foreign code on foreign numbers may raise anything; it is told, and decides nothing
            self.exact = None
            self.notes.append(f"second differences in float64 judge: in high precision the function raises {type(error).__name__}")
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
        interrupted = False
        try:
            rows.extend(self._point(vector, scales, ""))
            if callable(self.claim):
                for text, point in variants(self.layout, vector, scales, min(self.options.points, 2), self.options.seed):
                    if np.isfinite(self.box(point)[0]):
                        rows.extend(row for row in self._point(point, natural_scales(self.layout, point), text) if row.verdict == FAIL)
        except KeyboardInterrupt:
            interrupted = True
            self.notes.append("interrupted: this is what was known by then")
            rows = rows or [Row(self.leaf.name, (), None, None, None, None, FLOAT, INCONCLUSIVE, "interrupted")]
        self.notes.extend(f"degenerate point: {told}" for told in degeneracies(self.layout, vector))
        report = Report(rows, None, tuple(self.notes))
        report.evaluations, report.interrupted = self.box.evaluations, interrupted
        return report

    def _point(self, vector: Any, scales: Any, text: str) -> list[Row]:
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
                return [Row(self.leaf.name, (), None, None, None, None, "shape", FAIL, fault)]
            matrix = claimed.reshape(size, size)
        for column, u in enumerate(vectors):
            if self.kind == "hvp":
                product, fault = self._value(vector, u, self.leaf.shape)
                if fault:
                    return [Row(self.leaf.name, (), None, None, None, None, "shape", FAIL, fault)]
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
                rows.append(self._row(name, entry, float(claims[k]), value, error, method, text))
        return rows

    def _entry(self, k: int, column: int) -> tuple[int, ...]:
        def spread(index: int) -> tuple[int, ...]:
            return tuple(int(part) for part in np.unravel_index(index, self.leaf.shape)) if self.leaf.shape else ()

        return spread(k) if self.kind == "hvp" else spread(k) + spread(column)

    def _value(self, vector: Any, u: Any, wanted: tuple[int, ...]) -> tuple[Any, str]:
        if callable(self.claim):
            arguments = self.layout.arguments(vector)
            if u is None:
                raw = _call(self.claim, arguments)
            else:
                along, along_named = self.layout.arguments(u)
                mate = next(iter(along_named.values())) if self.layout.named else along[0]
                raw = self.claim(mate, **arguments[1]) if self.layout.named else self.claim(*arguments[0], mate)
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

    def _mixed(self, vector: Any, a: Any, b: Any) -> tuple[float, float, str]:
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

    def _row(self, name: str, entry: tuple[int, ...], claim: float, value: float, error: float, method: str, text: str) -> Row:
        size = max(abs(claim), abs(value))
        bound = 4 * error + self.tolerance * size
        distance = abs(claim - value)
        if not np.isfinite(claim):
            verdict, reason = FAIL, "the claim is not finite"
        elif not np.isfinite(value):
            verdict, reason = INCONCLUSIVE, "second differences are not finite here; choose a point inside the domain"
        elif method == EXACT and not bool(MP.isfinite(MP.mpf(value))):
            verdict, reason = INCONCLUSIVE, "the second derivative does not exist here; choose a point beside this one"
        elif distance > bound:
            verdict, reason = FAIL, ""
        elif error <= max(SECOND_SHARP, 8 * self.tolerance) * size or method == EXACT or claim == 0:
            verdict, reason = PASS, ""
        else:
            told = f"noise: the second derivative is known to ±{error:.1e} only"
            verdict, reason = INCONCLUSIVE, f"{told}; let the function take numbers of high precision"
        reason = f"at another point ({text}): {reason}".rstrip(": ") if text else reason
        reference = float(value) if np.isfinite(value) else None
        return Row(name, entry, claim, reference, distance if reference is not None else None, bound, method, verdict, reason)
