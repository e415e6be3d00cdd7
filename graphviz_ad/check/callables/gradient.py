"""One check of a claimed gradient or Jacobian: what it knows of the function and of the claim, and the order of its steps.

The given point is checked entry by entry (beyond a budget, by signed random projections), then other points along random
directions, entry by entry where one disagrees.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np  # noqa: TID253 - only checks of callables load this module, and they need it

from ...errors import ShapeError
from ..diagnosis.diagnosis import Evidence, evidence
from ..diagnosis.stateful_gradients import REMEMBERED, leftover, sharing
from ..probing.black_box import BlackBox, BudgetSpent, measure_noise, natural_scales, rounding
from ..probing.high_precision_numbers import ExactBox
from ..probing.layout import Layout, Leaf
from ..probing.points import degeneracies
from ..probing.signatures import reads_arguments
from ..results import PASS, Report, Row
from ..slopes.examiner import Examiner
from .conclusion import conclude, motionless
from .entries import check_entries, fault_row, not_finite, undecided

#: beyond so many entries the function is not run in high precision; and it is given up after so many seconds
EXACT_SIZE, EXACT_SECONDS = 5_000, 20


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
        self.why_not_exact = ""
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
                matrix[:, leaf.start : leaf.stop] = self._realify(leaf, array.reshape(-1 if leaf.size else self.box.width, leaf.size))
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

    def claimed_column(self, index: int) -> bool:
        """Whether something of the right shape is claimed for an entry."""
        leaf, _ = self.layout.place(index)
        return leaf.name not in self.unclaimed and leaf.name not in self.faulty

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
                self.why_not_exact = f"the function does not run in high precision ({type(error).__name__}: {str(error)[:100]})"
                return None
            values = np.array([float(value) for value in base])
            same = len(values) == self.box.width  # a function may forget that its result is complex
            off = np.abs(values - self.box.base) if same else np.inf
            if same and np.all(off <= 1e-2 * np.abs(self.box.base) + 1e3 * self.noise):
                self._exact = box
                box.float_error = off if np.any(off > 1e-7 * np.abs(self.box.base) + 1e3 * self.noise) else None
                if box.float_error is not None:
                    self.notes.append("in float64 the function itself keeps few digits here; high precision decides")
            else:
                self.why_not_exact = "in high precision the function gives another value than in float64"
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
        examiner.plain, examiner.rounding = self.plain, self.precision
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

    # -- entries -----------------------------------------------------------------------------------------------------

    def _given(self, examiner: Examiner, matrix: Any) -> list[Row]:
        """The given point, entry by entry as far as the budget goes."""
        rows: list[Row] = []
        columns = []
        for index in range(self.layout.size):
            column = matrix[:, index]
            if np.all(np.isfinite(column)):
                columns.append(index)
            elif self.claimed_column(index):
                rows.extend(not_finite(self, matrix, output, index) for output in range(self.box.width) if not np.isfinite(column[output]))
        return rows + self.look(examiner, matrix, columns)

    def look(self, examiner: Examiner, matrix: Any, columns: list[int]) -> list[Row]:
        """Rows for the entries in ``columns``: one by one, or of many by their pattern, or by projections."""
        if 4 * len(columns) <= min(4 * self.options.entries // max(self.box.width, 1) + 4, self.options.budget - 200):
            return check_entries(self, examiner, matrix, columns)
        from .sparse import check_sparse

        rows = check_sparse(self, examiner, matrix, columns)
        if rows is None:
            from .projections import check_projected

            rows = check_projected(self, examiner, matrix, columns)
        return rows

    # -- the whole ---------------------------------------------------------------------------------------------------

    @np.errstate(all="ignore")  # what overflows in our own arithmetic is seen in the numbers
    def report(self) -> Report:
        """Everything, the given point first."""
        vector, base = self.layout.vector, self.box.base
        scales = natural_scales(self.layout, vector)
        self.noise = rounding(base)
        matrix, faults = self.claim(vector)
        self.faulty = {leaf.name for leaf, _ in faults}
        rows = [fault_row(leaf, fault) for leaf, fault in faults]
        self.notes.extend(self.box.notes)
        if self.left_behind:
            self.notes.append("the gradient changes its arguments in place; each call got fresh copies")
        if self.unclaimed:
            self.notes.append(f"nothing is claimed for {', '.join(sorted(self.unclaimed))}, so nothing is checked there")
        if not np.all(np.isfinite(base)):
            self.notes.append("the function is not finite at the given point")
            rows.extend(undecided(self, matrix, "the function is not finite here"))
            return conclude(self, rows, matrix)
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
            rows[given:] = undecided(self, matrix, self.notes[-1])
            return conclude(self, rows, matrix)
        if self.interrupted:
            self.notes.append("interrupted: this is what was known by then")
        elif not self.plain and not faults:
            from .other_points import look_elsewhere

            rows.extend(look_elsewhere(self, scales))
        elif self.plain:
            self.notes.append("the claim is plain values, so only the given point was judged")
        self.notes.extend(f"degenerate point: {told}" for told in degeneracies(self.layout, vector))
        self.notes.extend(f"degenerate point: {told}" for told in motionless(self, rows[given:]))
        return conclude(self, rows, matrix)

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

    def _look_twice(self, matrix: Any, vector: Any) -> None:
        again, _ = self.claim(vector)
        if not np.array_equal(again, matrix, equal_nan=True):
            self.notes.append("the gradient is not deterministic: two calls at the same point differ")
