"""What one check of a callable knows: the function as a black box, the claim, their precision, and what is learnt once.

Steps read it and return what they saw; what it learns (whether the function runs in high precision, how noisy it is) it learns by its
own methods.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np  # noqa: TID253 - only checks of callables load this module, and they need it

from ...errors import ShapeError
from ..probing.black_box import BlackBox, BudgetSpent, measure_noise, natural_scales, rounding
from ..probing.high_precision_numbers import ExactBox
from ..probing.layout import Layout
from ..results import Note, NoteKind
from ..slopes.examiner import Examiner
from ..slopes.finding import SURE
from .claimed import Claim, ClaimedDerivative, Shape

if TYPE_CHECKING:
    from ..probing.vectors import Chance, Floats

#: beyond so many entries the function is not run in high precision; and it is given up after so many seconds
EXACT_SIZE, EXACT_SECONDS = 5_000, 20


class Options(NamedTuple):
    """What a check was asked for."""

    points: int
    seed: int
    entries: int
    budget: int
    tolerance: float | None
    convention: str
    executor: Any
    progress: Callable[[int, int], None] | None
    diagnose: bool
    curve: bool = False


class Session:
    """One check of a claimed gradient or Jacobian."""

    def __init__(self, f: Any, claim: Any, at: Any, kind: str, options: Options) -> None:
        self.f, self.kind, self.options = f, kind, options
        self.layout = Layout(at, f)
        coarse = max(float(np.finfo(leaf.dtype).eps) for leaf in self.layout.leaves)
        self.box = _opened(f, self.layout, options, single=coarse > 2.0**-50)
        self.precision = max(coarse, self.box.precision)
        self.coarse = self.precision > 2.0**-50  # single precision or less in the arguments or in what the function returns
        self.tolerance = 4 * self.precision**0.5 if options.tolerance is None else options.tolerance
        self.chance: Chance = np.random.default_rng(options.seed)
        if kind == "gradient" and int(np.prod(self.box.shape)) != 1:
            raise ShapeError(f"the function returns an array of shape {self.box.shape}, which has no gradient", hint='use kind="jacobian"')
        trailing = self.box.shape if kind == "jacobian" else ()
        self.claimed = ClaimedDerivative(claim, self.layout, Shape(self.box.width, trailing, self.box.complex_output, options.convention))
        self.noise: Floats = rounding(self.box.base)  # of the function at the given point, until it is measured
        self.why_not_exact = ""
        self._exact: ExactBox | None = None
        self._exact_tried = False
        self._news: list[Note] = []

    @property
    def plain(self) -> bool:
        """Whether the claim is values, known at the given point only."""
        return self.claimed.plain

    def covered(self, claim: Claim, index: int) -> bool:
        """Whether something of the right shape is claimed for an entry."""
        return claim.covers(self.layout.place(index)[0])

    def news(self, *more: Note) -> tuple[Note, ...]:
        """What was learnt since this was asked last, and then ``more`` notes: so those of a step stand in the order in which they came."""
        news, self._news = (*self._news, *more), []
        return news

    # -- references --------------------------------------------------------------------------------------------------

    def exact(self) -> ExactBox | None:
        """The function in high precision, if it runs there and gives the same value; tried once."""
        if not self._exact_tried:
            self._exact_tried = True
            if self.layout.size > EXACT_SIZE:
                return None
            self._exact = self._in_high_precision()
        if self._exact is not None and self._exact.seconds > EXACT_SECONDS:
            self._news.append(Note(f"high precision was given up after {EXACT_SECONDS} seconds", NoteKind.PRECISION))
            self._exact = None
        return self._exact

    def _in_high_precision(self) -> ExactBox | None:
        box = ExactBox(self.f, self.layout, self.box.complex_output)
        try:
            box.base(self.layout.vector)
        except Exception as error:  # noqa: BLE001 - foreign code on foreign numbers may raise anything; it is told, and decides nothing
            self.why_not_exact = f"the function does not run in high precision ({type(error).__name__}: {str(error)[:100]})"
            return None
        if not box.agrees(self.layout.vector, self.box.base, self.noise):
            self.why_not_exact = "in high precision the function gives another value than in float64"
            return None
        if box.float_error is not None:
            told = "in float64 the function itself keeps few digits here; high precision decides"
            self._news.append(Note(told, NoteKind.PRECISION))
        return box

    def examiner(
        self,
        vector: Floats,
        base: Floats,
        noise: Floats,
        scales: Floats,
        *,
        fine: Floats | None = None,
        sure: float = SURE,
        followed: bool = False,
    ) -> Examiner:
        """An examiner of the claim at a point.

        ``fine``: the noise at the smallest distances alone. ``followed``: claims that noise hides are followed to other values of an entry.
        """
        return Examiner(
            self.box, vector, base, noise, scales, self.exact, self.tolerance,
            fine=fine, sure=sure, rounding=self.precision, plain=self.plain,
            claim_noise=None if self.plain else lambda direction: self.claimed.spread(vector, direction),
            claims_at=self.claimed.elsewhere if followed and not self.plain else None,
        )  # fmt: skip

    # -- noise -------------------------------------------------------------------------------------------------------

    def noise_at(self, base: Floats) -> Floats:
        """The noise to expect at another point until it is measured there: as large against the value as at the given point."""
        with np.errstate(all="ignore"):
            share = np.where(self.box.base != 0, self.noise / np.abs(self.box.base), 0.0)
        return np.maximum(share * np.abs(base), rounding(base))

    def measure_here(self, chance: Chance | None = None) -> tuple[Floats, Floats]:
        """The noise at the given point, measured, and that at the smallest distances alone (which in single precision tell nothing)."""
        vector, base = self.layout.vector, self.box.base
        noise, fine = measure_noise(self.box, vector, base, natural_scales(self.layout, vector), chance or self.chance)
        self.noise = noise
        return noise, noise if self.coarse else fine

    def measure(self, examiner: Examiner) -> tuple[Note, ...]:
        """Have the noise measured at a point, once something there does not pass at once; a note where the budget is spent before."""
        try:
            examiner.measure(self.chance, self.coarse)
        except BudgetSpent:
            return (Note("the budget was spent before the noise of the function was measured", NoteKind.BUDGET),)
        if examiner.base is self.box.base:
            self.noise = examiner.noise
        return ()


def _opened(f: Any, layout: Layout, options: Options, single: bool) -> BlackBox:
    """The function as a black box; single precision is evaluated in double where the function follows."""
    plain = BlackBox(f, layout, budget=options.budget, executor=options.executor, progress=options.progress)
    if not single:
        return plain
    try:
        wide = BlackBox(f, layout, budget=options.budget, executor=options.executor, progress=options.progress, promote=True)
    except Exception:  # noqa: BLE001 - foreign code may refuse double precision in any way; then its own precision decides
        return plain
    size = np.abs(plain.base) + 1e-30
    return wide if wide.width == plain.width and np.all(np.abs(wide.base - plain.base) <= 1e-3 * size) else plain
