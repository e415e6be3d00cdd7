"""Claimed Jacobian-vector products: slopes along directions, the axes of small arguments and random ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np  # noqa: TID253 - only checks of callables load this module, and they need it

from ..claims.rows import NOT_FINITE, SHAPE, elsewhere, output_entry, output_part
from ..claims.session import Options, Session
from ..probing.black_box import natural_scales, rounding
from ..probing.layout import NOTHING
from ..probing.points import degeneracies, variants
from ..results import FAIL, Note, Report, Row, Where, unjudged
from ..slopes.examiner import Examiner
from ..slopes.finding import FLOAT
from .conclusion import power
from .gradient import INTERRUPTED, degenerate
from .vjp import TRIED

if TYPE_CHECKING:
    from ..probing.vectors import Floats

#: what is wrong with a claim of numbers that are not real, where they must be
COMPLEX_CLAIM = "the claim is complex for a real function"
#: parts of the entries in random directions: few bits, so that steps are exact
WEIGHTS = (-1.75, -1.5, -1.25, -1.0, 1.0, 1.25, 1.5, 1.75)


class DirectionCheck:
    """A claimed jvp of a function."""

    def __init__(self, f: Any, product: Callable[..., Any], at: Any, options: Options) -> None:
        self.product, self.options = product, options
        self.session = Session(f, None, at, "jacobian", options)
        self.layout, self.box = self.session.layout, self.session.box

    def report(self) -> Report:
        """The given point, then the others."""
        vector = self.layout.vector
        noise, _ = self.session.measure_here()
        if not np.all(np.isfinite(self.box.base)):
            return Report([unjudged("f", "the function is not finite here", FLOAT)])
        rows: list[Row] = []
        notes: tuple[Note, ...] = ()
        interrupted = False
        scales = natural_scales(self.layout, vector)
        for text, point in [("", vector), *variants(self.layout, vector, scales, self.options.points, self.options.seed)]:
            value = self.box(point) if text else self.box.base
            if not np.all(np.isfinite(value)):
                continue
            try:
                along = self._along(self._examiner(point, value, noise), text)
            except KeyboardInterrupt:
                interrupted = True
                notes += self.session.news(INTERRUPTED)
                rows.extend([] if text else [unjudged("f", "interrupted", FLOAT)])
                break
            rows.extend(row for row in along if not text or row.verdict == FAIL)
        notes += self.session.news(*degenerate(degeneracies(self.layout, vector)))
        seen = power(rows, None, self.layout.size)
        return Report(rows, None, notes, evaluations=self.box.evaluations, power=seen, interrupted=interrupted)

    def _examiner(self, point: Floats, value: Floats, noise: Floats) -> Examiner:
        session, scales = self.session, natural_scales(self.layout, point)
        return Examiner(
            self.box, point, value, np.maximum(noise, rounding(value)), scales, session.exact, session.tolerance,
            rounding=session.precision, claim_noise=lambda direction: self._spread(point, direction),
        )  # fmt: skip

    def _spread(self, point: Floats, direction: Floats) -> Floats:
        """How far the claimed product moves within a few roundings of a point."""
        products = [self.claimed(point * (1 + k * 2.0**-51), direction)[0] for k in range(-3, 4)]
        rows = np.array([row for row in products if row is not None])
        return np.max(rows, axis=0) - np.min(rows, axis=0) if len(rows) else np.zeros(self.box.width)

    def _directions(self, scales: Floats, text: str) -> list[Floats]:
        size = self.layout.size
        axes = [np.eye(size)[k] * scales[k] for k in range(size)] if size <= 6 and not text else []
        return axes + [self.session.chance.choice(WEIGHTS, size) * scales for _ in range(TRIED if not text else 1)]

    def _along(self, examiner: Examiner, text: str) -> list[Row]:
        """Rows for the directions at one point; ``text`` says which other one it is."""
        rows = []
        for number, direction in enumerate(self._directions(examiner.scales, text)):
            name = f"u{number + 1}" + (f" = {np.round(direction, 3).tolist()}" if self.layout.size <= 6 else "")
            claim, fault = self.claimed(examiner.vector, direction)
            if claim is None:
                rows.append(unjudged(name, fault, SHAPE, verdict=FAIL)._replace(where=Where.ELSEWHERE if text else Where.HERE))
                continue
            for output, finding in enumerate(examiner.examine(direction, np.where(np.isfinite(claim), claim, 0.0))):
                product = float(claim[output])
                if not np.isfinite(product):
                    finding = finding._replace(verdict=FAIL, reason=NOT_FINITE)
                row = Row(
                    output_part(self.session, output) + name, output_entry(self.session, output), product, finding.reference,
                    abs(product - finding.reference), finding.bound, finding.method, finding.verdict, finding.reason,
                    interval=finding.interval,
                )  # fmt: skip
                rows.append(elsewhere(row, text) if text else row)
        return rows

    def claimed(self, vector: Floats, direction: Floats) -> tuple[Floats | None, str]:
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
