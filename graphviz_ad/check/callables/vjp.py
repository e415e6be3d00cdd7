"""Claimed vector-Jacobian products: each is the gradient of v·f, for the units of a small output and for seeded cotangents."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np  # noqa: TID253 - only checks of callables load this module, and they need it

from ..probing.black_box import BlackBox
from ..probing.layout import Layout
from ..results import Report
from .gradient import check_derivative

if TYPE_CHECKING:
    from ..claims.session import Options

#: seeded directions or cotangents that a product is tried with
TRIED = 3
#: beyond so many entries the products with all cotangents but the first are looked at by projections
LARGE = 200


def check_vjp(f: Any, claim: Any, at: Any, options: Options) -> Report:
    """The report of a claimed vjp."""
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
        first = number == 0
        entries = options.entries if first or layout.size <= LARGE else 0
        part = options._replace(points=options.points if first else 0, entries=entries, curve=False)
        name = f"v{number + 1} = " + (str(np.round(flat, 3).tolist()) if size <= 6 else "a random cotangent")
        reports.append((name, check_derivative(weighted, pulled, at, "gradient", part)))
        if reports[-1][1].interrupted:
            break
    return _joined(reports)


def _joined(reports: list[tuple[str, Report]]) -> Report:
    """The reports of several cotangents as one, each row with its cotangent."""
    return Report(
        [row._replace(reason=f"{name}: {row.reason}".rstrip(": ")) for name, report in reports for row in report.rows],
        None,
        [note for _, report in reports for note in report.notes],
        causes=dict.fromkeys(cause for _, report in reports for cause in report.causes),
        evaluations=sum(report.evaluations for _, report in reports),
        power=reports[0][1].power if reports else "",
        interrupted=any(report.interrupted for _, report in reports),
    )


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
