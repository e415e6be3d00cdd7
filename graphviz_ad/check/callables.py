"""Check anybody's gradient: a function and a claimed derivative as callables, or the derivative as plain values.

The given point is checked entry by entry (beyond a budget, by signed random projections), then other points along random
directions, entry by entry where one disagrees.
"""

from __future__ import annotations

import dis
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np  # noqa: TID253 - only checks of callables load this module, and they need it

from ..errors import BindingError, ShapeError
from .adapters import is_both, pair, without_tensors
from .black_box import BlackBox, BudgetSpent, measure_noise, natural_scales, rounding
from .diagnosis import Evidence, diagnose, evidence
from .examination import Examiner
from .finding import EXACT, FLOAT, SPENT, Finding
from .guard import Contained
from .habits import REMEMBERED, leftover, sharing
from .mpmath_numbers import ExactBox
from .points import degeneracies
from .report import AT_KINK, FAIL, INCONCLUSIVE, PASS, Report, Row
from .step_curve import distances, worst_row
from .structure import Layout, Leaf
from .sweep import sweep

KINDS = ("gradient", "jacobian", "vjp", "jvp", "products", "hessian", "hvp")
#: entries of the derivative that are checked one by one
ENTRIES = 20_000
#: evaluations that one check may spend
EVALUATIONS = 200_000
#: beyond so many entries the function is not run in high precision; and it is given up after so many seconds
EXACT_SIZE, EXACT_SECONDS = 5_000, 20
#: other points looked at
POINTS = 4


def check_gradient(
    f: Any,
    gradient: Any,
    at: Any,
    *,
    kind: str = "gradient",
    points: int = POINTS,
    seed: int = 0,
    entries: int = ENTRIES,
    max_evaluations: int = EVALUATIONS,
    tolerance: float | None = None,
    convention: str = "steepest",
    executor: Any = None,
    progress: Callable[[int, int], None] | None = None,
    diagnose: bool = True,
    curve: bool = False,
    self_test: bool = False,
) -> Report:
    """The report of a claimed derivative of ``f`` (a callable, a Graph, or an expression) at a point and around it.

    ``at`` a tuple: ``f(*at)``, and ``gradient(*at)`` gives a tuple of equal length; a dictionary: ``f(**at)``, a dictionary;
    otherwise ``f(at)``. Where it holds tensors of PyTorch, ``f`` and ``gradient`` are functions of tensors, on their device.
    ``gradient`` may be "torch", "jax" or "autograd": the reverse mode of that library through ``f`` is checked. It may be plain
    values; then, and when it never reads its arguments, only this point is judged.

    ``kind``: what is claimed. "gradient" of a scalar function; "jacobian" of shape output + input; "vjp": ``gradient(*at, v)`` is
    v times the Jacobian; "jvp": ``gradient(*at, u)`` is the Jacobian times u, u shaped like ``at``; "products": both, as
    ``{"vjp": …, "jvp": …}``, each by itself and against the other; "hessian"; "hvp": ``gradient(*at, u)``.
    ``convention`` says what the gradient of a real function of complex z = a + ib is: "steepest"
    (∂f/∂a + i ∂f/∂b) or "conjugate" (∂f/∂a − i ∂f/∂b). ``tolerance`` is the relative rounding error a right claim may have; by
    default four times the square root of the precision of the arguments and of what ``f`` returns, the coarser of the two.
    ``executor`` runs evaluations (``concurrent.futures``). ``curve`` adds the error of plain differences against their step, for the
    worst entry.
    ``self_test`` injects known slips into the claim and adds which of them this check catches here (``report.trials``).
    Raises BindingError or ShapeError for arguments that make no sense; a wrong claim is a verdict.

    >>> check_gradient(lambda x: x**3, lambda x: 3 * x, at=1.0).verdict
    'fail'
    >>> check_gradient(np.sum, np.ones_like, at=np.array([1.0, 2.0])).verdict
    'pass'
    """
    if kind not in KINDS:
        raise BindingError(f"kind={kind!r} is none of {', '.join(KINDS)}")
    if convention not in ("steepest", "conjugate"):
        raise BindingError(f"convention={convention!r} is neither 'steepest' nor 'conjugate'")
    if is_both(gradient):
        kind = "products"
    if isinstance(gradient, str):
        convention = "steepest"  # what the adapters give, whatever the library's own is
    f, gradient, at = prepared(f, gradient, at, kind)
    if self_test:
        return _self_tested(f, gradient, at, {
            "kind": kind, "points": points, "seed": seed, "entries": entries, "max_evaluations": max_evaluations, "tolerance": tolerance,
            "convention": convention, "executor": executor, "progress": progress, "diagnose": diagnose, "curve": curve,
        })  # fmt: skip
    f, gradient = _contained(f, "f"), _contained(gradient, "gradient")
    options = Options(points, seed, entries, max_evaluations, tolerance, convention, executor, progress, diagnose, curve)
    from .products import check_product

    try:
        if kind in ("gradient", "jacobian"):
            return GradientCheck(f, gradient, at, kind, options).report()
        return check_product(f, gradient, at, kind, options)
    except KeyboardInterrupt:  # before anything was known
        report = Report([Row("f", (), None, None, None, None, FLOAT, INCONCLUSIVE, "interrupted before anything was known")])
        report.interrupted = True
        return report


def prepared(f: Any, gradient: Any, at: Any, kind: str) -> tuple[Any, Any, Any]:
    """A function of arrays, its claim and the point: from an expression, a graph, tensors, or the name of a library that differentiates."""
    f, gradient, at, device = without_tensors(f, gradient, at)
    if isinstance(f, str):
        from ..language.elaboration import parse

        f = parse(f)
    if hasattr(f, "input_handles"):
        from .graph_function import GraphFunction

        f = GraphFunction(f)
    if isinstance(gradient, str):
        f, gradient = pair(gradient, f, kind, device)
    return f, gradient, at


def _contained(function: Any, what: str) -> Any:
    """A callable that cannot end the process, and several of them; values as they are."""
    if isinstance(function, Mapping):
        return {key: _contained(entry, str(key)) for key, entry in function.items()}
    name = getattr(function, "__name__", what)
    return Contained(function, name if name.isidentifier() else what) if callable(function) else function


def _self_tested(f: Any, gradient: Any, at: Any, options: dict[str, Any]) -> Report:
    """A report with the trials of the self-test."""
    from .mutations import NO_TEST, self_test

    report = check_gradient(f, gradient, at, **options)
    if report.verdict == FAIL:  # what is wrong already fails with any slip
        report.notes = (*report.notes, NO_TEST)
    elif not report.interrupted:
        try:
            report.trials = self_test(f, gradient, at, **{**options, "curve": False})
        except KeyboardInterrupt:
            report.interrupted = True
    return report


class Options:
    """What a check was asked for."""

    __slots__ = ("budget", "convention", "curve", "diagnose", "entries", "executor", "points", "progress", "seed", "tolerance")

    def __init__(
        self, points: int, seed: int, entries: int, budget: int, tolerance: float | None, convention: str, executor: Any,
        progress: Callable[[int, int], None] | None, diagnose: bool, curve: bool = False,
    ) -> None:  # fmt: skip
        self.points, self.seed, self.entries, self.budget, self.tolerance = points, seed, entries, budget, tolerance
        self.convention, self.executor, self.progress, self.diagnose = convention, executor, progress, diagnose
        self.curve = curve


class GradientCheck:
    """One check of a gradient or Jacobian."""

    def __init__(self, f: Any, gradient: Any, at: Any, kind: str, options: Options) -> None:
        self.f, self.kind, self.options = f, kind, options
        self.layout = Layout(at, f)
        self.plain = not callable(gradient) or not reads_arguments(gradient)
        self.gradient: Callable[..., Any] = gradient if callable(gradient) else lambda *_, **__: gradient
        coarse = max(float(np.finfo(leaf.dtype).eps) for leaf in self.layout.leaves)
        self.box = self._open(coarse > 2.0**-50)
        coarse = max(coarse, self.box.precision)
        self.precision = coarse
        self.coarse = coarse > 2.0**-50  # single precision or less in the arguments or in what the function returns
        self.tolerance = 4 * coarse**0.5 if options.tolerance is None else options.tolerance
        self.rng = np.random.default_rng(options.seed)
        self.notes: list[str] = []
        self.trailing = self.box.shape if kind == "jacobian" else ()
        if kind == "gradient" and int(np.prod(self.box.shape)) != 1:
            raise ShapeError(f"the function returns an array of shape {self.box.shape}, which has no gradient", hint='use kind="jacobian"')
        self.where: dict[tuple[str, tuple[int, ...]], tuple[int, int]] = {}
        self.faulty: set[str] = set()
        self.evidence: list[Evidence] = []
        self.history: list[tuple[Any, Any]] = []  # what was claimed where, first calls first
        self.left_behind: dict[bytes, Any] = {}  # arguments as the gradient changed them
        self.shared: list[tuple[Leaf, Leaf]] = []
        self._exact: ExactBox | None = None
        self._exact_tried = False
        self.interrupted = False
        self.method_note = ""
        self.projection_power: float | None = None

    def _open(self, single: bool) -> BlackBox:
        """The function as a black box; single precision is evaluated in double where the function follows."""
        plain = BlackBox(self.f, self.layout, budget=self.options.budget, executor=self.options.executor)
        plain.progress = self.options.progress
        if single:
            try:
                wide = BlackBox(self.f, self.layout, budget=self.options.budget, executor=self.options.executor, promote=True)
            except Exception:  # noqa: BLE001 - foreign code may refuse double precision in any way; then its own precision decides
                return plain
            wide.progress = self.options.progress
            size = np.abs(plain.base) + 1e-30
            if wide.width == plain.width and np.all(np.abs(wide.base - plain.base) <= 1e-3 * size):
                return wide
        return plain

    # -- the claim ---------------------------------------------------------------------------------------------------

    def claim(self, vector: Any) -> tuple[Any, list[tuple[Leaf, str]]]:
        """The claimed derivative as a matrix (outputs × entries), NaN where none is claimed, and the faults of shape."""
        positional, named = self.layout.arguments(vector)
        with np.errstate(all="ignore"):
            raw = self.gradient(*positional, **named)
        left = leftover(self.layout, vector, positional, named)
        if left is not None:
            self.left_behind[vector.tobytes()] = left
        matrix = np.full((self.box.width, self.layout.size), np.nan)
        faults: list[tuple[Leaf, str]] = []
        self.unclaimed: set[str] = set()
        for leaf, (array, fault) in zip(self.layout.leaves, self.layout.claimed(raw, self.trailing, self.box.complex_output), strict=True):
            if fault:
                faults.append((leaf, fault))
            elif array is None:
                self.unclaimed.add(leaf.name)
            else:
                matrix[:, leaf.start : leaf.stop] = self._realify(leaf, array.reshape(-1, leaf.size))
        self.shared = sharing(self.layout, raw)
        if len(self.history) < REMEMBERED:
            self.history.append((vector.copy(), matrix.copy()))
        return matrix, faults

    def claims_elsewhere(self, vector: Any) -> Any:
        """The claimed derivative at another point, NaN throughout where the gradient refuses the point."""
        try:
            return self.claim(vector)[0]
        except (ArithmeticError, ValueError):  # the gradient's own domain ends here
            return np.full((self.box.width, self.layout.size), np.nan)

    def _realify(self, leaf: Leaf, rows: Any) -> Any:
        """Complex claims as derivatives by real and imaginary parts."""
        if self.box.complex_output:
            by_real = np.concatenate([rows.real, rows.imag])
            return np.hstack([by_real, np.concatenate([-rows.imag, rows.real])]) if leaf.complex else by_real
        if leaf.complex:
            sign = 1.0 if self.options.convention == "steepest" else -1.0
            return np.hstack([rows.real, sign * rows.imag])
        return rows.real.astype(float)

    # -- references --------------------------------------------------------------------------------------------------

    def exact(self) -> ExactBox | None:
        """The function in high precision, if it runs there and gives the same value; tried once."""
        if not self._exact_tried:
            self._exact_tried = True
            if self.layout.size > EXACT_SIZE:
                return None
            box = ExactBox(self.f, self.layout, self.box.complex_output)
            try:
                base = box.base(self.layout.vector)
            except Exception as error:  # noqa: BLE001 - foreign code on foreign numbers may raise anything; it is told, and decides nothing
                self.method_note = f"the function does not run in high precision ({type(error).__name__}: {str(error)[:100]})"
                return None
            values = np.array([float(value) for value in base])
            off = np.abs(values - self.box.base)
            if len(values) == self.box.width and np.all(off <= 1e-2 * np.abs(self.box.base) + 1e3 * self.noise):
                self._exact = box
                box.float_error = off if np.any(off > 1e-7 * np.abs(self.box.base) + 1e3 * self.noise) else None
                if box.float_error is not None:
                    self.notes.append("in float64 the function itself keeps few digits here; high precision decides")
            else:
                self.method_note = "in high precision the function gives another value than in float64"
        if self._exact is not None and self._exact.seconds > EXACT_SECONDS:
            self.notes.append(f"high precision was given up after {EXACT_SECONDS} seconds")
            self._exact = None
        return self._exact

    def noise_at(self, base: Any) -> Any:
        """The noise to expect at another point until it is measured there: as large against the value as at the given point."""
        with np.errstate(all="ignore"):
            share = np.where(self.box.base != 0, self.noise / np.abs(self.box.base), 0.0)
        return np.maximum(share * np.abs(base), rounding(base))

    def examiner(self, vector: Any, base: Any, noise: Any, scales: Any) -> Examiner:
        """An examiner at a point."""
        examiner = Examiner(self.box, vector, base, noise, scales, self.exact, self.tolerance)
        examiner.plain = self.plain
        if not self.plain:
            examiner.claim_noise = lambda direction: self.claim_noise(vector, direction)
        return examiner

    def claim_noise(self, vector: Any, direction: Any) -> Any:
        """How far the claimed slopes along a direction move within a few roundings of a point."""
        found = []
        for k in range(-3, 4):
            matrix, _ = self.claim(vector * (1 + k * 2.0**-51))
            with np.errstate(all="ignore"):
                found.append(np.where(np.isfinite(matrix), matrix, 0.0) @ direction)
        rows = np.array(found)
        return np.max(rows, axis=0) - np.min(rows, axis=0)

    # -- the whole ---------------------------------------------------------------------------------------------------

    @np.errstate(all="ignore")  # what overflows in our own arithmetic is seen in the numbers
    def report(self) -> Report:
        """Everything, the given point first."""
        vector, base = self.layout.vector, self.box.base
        scales = natural_scales(self.layout, vector)
        self.noise = rounding(base)
        matrix, faults = self.claim(vector)
        self.faulty = {leaf.name for leaf, _ in faults}
        rows = [self.fault(leaf, fault) for leaf, fault in faults]
        self.notes.extend(self.box.notes)
        if self.left_behind:
            self.notes.append("the gradient changes its arguments in place; each call got fresh copies")
        if self.unclaimed:
            self.notes.append(f"nothing is claimed for {', '.join(sorted(self.unclaimed))}, so nothing is checked there")
        if not np.all(np.isfinite(base)):
            self.notes.append("the function is not finite at the given point")
        if not np.all(np.isfinite(base)):
            rows.extend(self._undecided(matrix, "the function is not finite here"))
            return self._finish(rows, matrix)
        self._look_twice(matrix, vector)
        if self.coarse:
            self.noise, _ = measure_noise(self.box, vector, base, scales, self.rng)
        examiner = self.examiner(vector, base, self.noise, scales)
        if not self.plain:
            examiner.claims_at = self.claims_elsewhere
        given = len(rows)
        rows.extend(self._given(examiner, matrix))
        self.evidence.append(evidence(self, "", vector, matrix, rows[given:]))
        if any(row.verdict != PASS for row in rows[given:]) and self._random(examiner):
            rows[given:] = self._undecided(matrix, self.notes[-1])
            return self._finish(rows, matrix)
        if self.interrupted:
            self.notes.append("interrupted: this is what was known by then")
        elif not self.plain and not faults:
            from .elsewhere import look_elsewhere

            rows.extend(look_elsewhere(self, scales))
        elif self.plain:
            self.notes.append("the claim is plain values, so only the given point was judged")
        self.notes.extend(f"degenerate point: {told}" for told in degeneracies(self.layout, vector))
        self.notes.extend(f"degenerate point: {told}" for told in self._motionless(rows[given:]))
        return self._finish(rows, matrix)

    def _motionless(self, rows: list[Row]) -> list[str]:
        """Arguments that nothing depends on near the point: saturated, cut off, or never used."""
        placed = [(row, self.where[row.wrt, row.entry][1]) for row in rows if (row.wrt, row.entry) in self.where]
        moving = {self.layout.place(index)[0].name: row.reference != 0 for row, index in sorted(placed, key=lambda p: p[0].reference != 0)}
        told = "it is saturated, cut off or unused there, and a wrong factor cannot be seen"
        return [f"nothing moves with {name}: {told}" for name, moves in moving.items() if not moves]

    def _finish(self, rows: list[Row], matrix: Any) -> Report:
        report = Report(rows, None, tuple(dict.fromkeys(self.notes)))
        report.evaluations = self.box.evaluations
        report.power, report.interrupted = self._power(rows), self.interrupted
        if report.verdict == FAIL and self.options.diagnose and not self.interrupted:
            report.causes = tuple(diagnose(self, report, matrix))
        if self.options.curve and not self.interrupted:
            report.curve = self._curve(rows)
        return report

    def _curve(self, rows: list[Row]) -> tuple[tuple[float, float], ...]:
        """(step, distance of the two-sided difference from the reference) for the worst entry that has a reference."""
        worst = worst_row(rows)
        if worst is None or (worst.wrt, worst.entry) not in self.where:
            return ()
        output, index = self.where[worst.wrt, worst.entry]
        scale = float(natural_scales(self.layout, self.layout.vector)[index])

        def slope(step: float) -> float:
            direction = np.zeros(self.layout.size)
            direction[index] = step
            ahead, behind = self.box(self.layout.vector + direction), self.box(self.layout.vector - direction)
            with np.errstate(all="ignore"):
                return float((ahead[output] - behind[output]) / (2 * step))

        found: list[tuple[float, float]] = []
        try:
            found.extend(distances(slope, float(worst.reference or 0.0), scale))
        except BudgetSpent:
            self.notes.append("the budget of evaluations was spent before the curve was complete")
        return tuple(found)

    def _random(self, examiner: Examiner) -> bool:
        """Whether two evaluations at the given point differ by more than rounding; noted then."""
        try:
            again = self.box(examiner.vector)
        except BudgetSpent:
            return False
        with np.errstate(all="ignore"):
            shift = float(np.nanmax(np.abs(again - examiner.base), initial=0.0))
        if not shift > 1e-6 * float(np.nanmax(np.abs(examiner.base), initial=0.0)):
            return False
        told = f"two evaluations at the same point differ by {shift:.3g} (randomness drawn anew?)"
        self.notes.append(f"the function is not deterministic: {told}")
        return True

    def measure(self, examiner: Examiner) -> None:
        """The noise at a point, measured only once something there does not pass at once; noted where the budget is spent before."""
        try:
            noise, fine = measure_noise(self.box, examiner.vector, examiner.base, examiner.scales, self.rng)
        except BudgetSpent:
            self.notes.append("the budget was spent before the noise of the function was measured")
            return
        # what rounds to single precision stands still at the smallest distances, however large its noise is
        examiner.noise, examiner.fine = noise, noise if self.coarse else fine
        if examiner.base is self.box.base:
            self.noise = examiner.noise

    def _power(self, rows: list[Row]) -> str:
        """The smallest error of a single entry that would have been called a fault, from the bounds of this very run."""
        seen = [row.bound / max(abs(row.analytic), abs(row.reference)) for row in rows if _measured(row)]  # type: ignore[operator,arg-type]
        if self.projection_power is not None:
            share = f"{self.projection_power:.1e} of an entry of median size in any of the {self.layout.size:,}"
            return f"an error of {share} would have been seen in the projections"
        if not seen:
            return ""
        seen.sort()
        text = f"an error of {seen[-1]:.1e} of any of the {len(seen)} entries would have been seen"
        return text + (f"; of half of them, {seen[len(seen) // 2]:.1e}" if len(seen) > 1 else "")

    def _look_twice(self, matrix: Any, vector: Any) -> None:
        again, _ = self.claim(vector)
        if not np.array_equal(again, matrix, equal_nan=True):
            self.notes.append("the gradient is not deterministic: two calls at the same point differ")

    def fault(self, leaf: Leaf, fault: str) -> Row:
        return Row(leaf.name, (), None, None, None, None, "shape", FAIL, fault)

    def _undecided(self, matrix: Any, reason: str) -> list[Row]:
        rows = []
        for output in range(self.box.width):
            for index in range(min(self.layout.size, self.options.entries)):
                if np.isinf(matrix[output, index]) or (np.isnan(matrix[output, index]) and self._claims(index)):
                    rows.append(self._nonfinite(matrix, output, index))
                elif np.isfinite(matrix[output, index]):
                    finding = Finding(INCONCLUSIVE, np.nan, np.inf, np.inf, FLOAT, reason)
                    rows.append(self.row(finding, output, index, float(matrix[output, index])))
        return rows

    def _claims(self, index: int) -> bool:
        """Whether something of the right shape is claimed for an entry."""
        leaf, _ = self.layout.place(index)
        return leaf.name not in self.unclaimed and leaf.name not in self.faulty

    def _nonfinite(self, matrix: Any, output: int, index: int) -> Row:
        finding = Finding(FAIL, np.nan, np.inf, np.inf, "finiteness", "the claim is not finite")
        return self.row(finding, output, index, float(matrix[output, index]))

    def _given(self, examiner: Examiner, matrix: Any) -> list[Row]:
        """The given point, entry by entry as far as the budget goes."""
        rows: list[Row] = []
        columns = []
        for index in range(self.layout.size):
            column = matrix[:, index]
            if np.all(np.isfinite(column)):
                columns.append(index)
            elif self.claimed_column(index):
                rows.extend(self._nonfinite(matrix, output, index) for output in range(self.box.width) if not np.isfinite(column[output]))
        return rows + self.look(examiner, matrix, columns)

    def look(self, examiner: Examiner, matrix: Any, columns: list[int]) -> list[Row]:
        """Rows for the entries in ``columns``: one by one, or of many by their pattern, or by projections."""
        if 4 * len(columns) <= min(4 * self.options.entries // max(self.box.width, 1) + 4, self.options.budget - 200):
            return self.check_entries(examiner, matrix, columns)
        from .sparse import check_sparse

        rows = check_sparse(self, examiner, matrix, columns)
        if rows is None:
            from .projections import check_projected

            rows = check_projected(self, examiner, matrix, columns)
        return rows

    def claimed_column(self, index: int) -> bool:
        leaf, _ = self.layout.place(index)
        return leaf.name not in self.unclaimed and leaf.name not in self.faulty

    def check_entries(self, examiner: Examiner, matrix: Any, columns: list[int]) -> list[Row]:
        """A row for every output and every entry in ``columns``."""
        rows: list[Row] = []
        kinked: dict[int, list[tuple[int, Finding]]] = {}
        try:
            swept = sweep(examiner, columns, matrix[:, columns])
        except (BudgetSpent, KeyboardInterrupt) as end:
            self.interrupted = isinstance(end, KeyboardInterrupt)
            told = "interrupted" if self.interrupted else SPENT
            finding = Finding(INCONCLUSIVE, np.nan, np.inf, np.inf, FLOAT, told)
            return [self.row(finding, o, j, float(matrix[o, j])) for j in columns for o in range(self.box.width)]
        if swept.pattern is not None:
            self.notes.append(swept.pattern.told())
        if not np.all(swept.passed):
            self.measure(examiner)
        for number, index in enumerate(columns):
            passed = swept.passed[number]
            findings = [Finding(PASS, *numbers, FLOAT) for numbers in zip(swept.slope[number], swept.error[number], swept.bound[number])]
            if not np.all(passed):
                careful = self.carefully(examiner, matrix, index, swept.kept[number])
                findings = [f if good else c for f, c, good in zip(findings, careful, passed, strict=True)]
            for output, finding in enumerate(findings):
                rows.append(self.row(finding, output, index, float(matrix[output, index])))
                if finding.verdict == AT_KINK:
                    kinked.setdefault(output, []).append((index, finding))
        return self.judged_together(examiner, matrix, rows, kinked)

    def judged_together(self, examiner: Examiner, matrix: Any, rows: list[Row], kinked: dict[int, list[tuple[int, Finding]]]) -> list[Row]:
        """The rows, with those of outputs that several entries have a kink in judged together, too."""
        from .subdifferential import judge_together

        for output, entries in kinked.items():
            if len(entries) > 1:
                verdict, reason = judge_together(examiner, matrix[output], entries, output, self.options.seed)
                if verdict != AT_KINK:
                    places = {(output, index) for index, _ in entries}
                    rows = [
                        row._replace(verdict=verdict, reason=f"{row.reason}; {reason}")
                        if row.verdict == AT_KINK and self._row_index(row) in places
                        else row
                        for row in rows
                    ]
        return rows

    def carefully(self, examiner: Examiner, matrix: Any, index: int, kept: Any) -> list[Finding]:
        """The careful examination of one entry for every output; undecided once the user has interrupted it."""
        scale = examiner.scales[index]
        direction = np.zeros(self.layout.size)
        direction[index] = scale
        if not self.interrupted:
            try:
                return [_scaled(finding, scale) for finding in examiner.examine(direction, matrix[:, index] * scale, kept)]
            except KeyboardInterrupt:
                self.interrupted = True
        return [Finding(INCONCLUSIVE, np.nan, np.inf, np.inf, FLOAT, "interrupted")] * self.box.width

    def _row_index(self, row: Row) -> tuple[int, int]:
        return self.where[row.wrt, row.entry]

    def row(self, finding: Finding, output: int, index: int, claim: float, place: str = "") -> Row:
        """A finding as a row of the report."""
        leaf, entry = self.layout.place(index)
        name = leaf.name
        if leaf.complex:
            name += ".imag" if index - leaf.start >= leaf.size else ".real"
        outputs = self.box.width // 2 if self.box.complex_output else self.box.width
        if self.kind == "jacobian" and self.box.shape:
            entry = tuple(int(k) for k in np.unravel_index(output % outputs, self.box.shape)) + entry
        if self.box.complex_output:
            name = ("Re " if output < outputs else "Im ") + name
        self.where[name, entry] = (output, index)
        with np.errstate(all="ignore"):
            reference = finding.reference
            error = abs(claim - reference) if np.isfinite(reference) and np.isfinite(claim) else None
        reason = f"at another point ({place}): {finding.reason}".rstrip(": ") if place else finding.reason
        return Row(
            name, entry, claim, float(reference) if np.isfinite(reference) else None, error, _finite(finding.bound), finding.method,
            finding.verdict, reason, interval=finding.interval,
        )  # fmt: skip


def _scaled(finding: Finding, scale: float) -> Finding:
    """A finding per unit of the entry, from one per unit of the direction."""
    interval = None if finding.interval is None else (finding.interval[0] / scale, finding.interval[1] / scale)
    return finding._replace(
        reference=finding.reference / scale, error=finding.error / scale, bound=finding.bound / scale, interval=interval
    )


def _measured(row: Row) -> bool:
    return row.verdict == PASS and bool(row.bound) and bool(row.analytic) and bool(row.reference)


def _finite(number: float) -> float | None:
    return float(number) if np.isfinite(number) else None


def reads_arguments(function: Callable[..., Any]) -> bool:
    """Whether a Python function ever reads its parameters; ``lambda x: 2.0`` does not, so it is a value in disguise.

    >>> reads_arguments(lambda x: 2.0), reads_arguments(lambda x: 2 * x)
    (False, True)
    """
    code = getattr(function, "__code__", None)
    if code is None:
        return True
    count = code.co_argcount + code.co_kwonlyargcount + bool(code.co_flags & 4) + bool(code.co_flags & 8)
    names = set(code.co_varnames[:count])
    for instruction in dis.get_instructions(code):
        used = instruction.argval
        if instruction.opname.startswith(("LOAD", "COPY_FREE")) or "LOAD_FAST" in instruction.opname or "LOAD_DEREF" in instruction.opname:
            mentioned = used if isinstance(used, tuple) else (used,)
            if any(isinstance(name, str) and name in names for name in mentioned) and not instruction.opname.startswith("LOAD_GLOBAL"):
                return True
    return False


__all__ = ["EXACT", "PASS", "check_gradient", "reads_arguments"]
