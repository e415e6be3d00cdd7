"""Repairs of gradients through a normalisation whose statistics were treated as constants: mean, variance, norm, softmax.

With y = (x - m)/s and the claim c = (dL/dy)/s, where m and s depend on x too, dL/dx = c - mean(c) - (x - m) mean(c (x - m))/(v + e)
(Ioffe and Szegedy, arXiv:1502.03167). Each term is a projection of the claim itself, whatever the loss is.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np  # noqa: TID253 - only checks of callables load this module, and they need it

from ..causes import CauseKind
from .cause import Cause

#: the denominator where epsilon is added to the variance, and where it is added to its root
DENOMINATORS: tuple[Callable[[Any, float], Any], ...] = (lambda v, e: v + e, lambda v, e: v + e * np.sqrt(v))


def normalised(claim: Any, truth: Any, x: Any) -> Iterator[Cause]:
    """Causes for statistics over any axes of the argument."""
    for count in range(1, x.ndim + 1):
        for axes in itertools.combinations(range(x.ndim), count):
            if np.prod([x.shape[axis] for axis in axes]) < 2:
                continue
            along = "" if count == x.ndim else f" along axis {axes[0]}" if count == 1 else f" along axes {axes}"
            yield from _over(axes, along, claim, truth, x)


def _over(axes: tuple[int, ...], along: str, claim: Any, truth: Any, x: Any) -> Iterator[Cause]:
    def mean(a: Any) -> Any:
        return np.mean(a, axis=axes, keepdims=True)

    def softmax(a: Any) -> Any:
        powers = np.exp(a - np.max(a, axis=axes, keepdims=True))
        return powers / np.sum(powers, axis=axes, keepdims=True)

    constant = "treated as a constant, but depends on the argument"
    yield Cause(f"the mean{along} is {constant}", lambda c, x: c - mean(c), CauseKind.NORMALISATION)
    if len(axes) == 1:
        yield Cause(
            f"the sum in the denominator of the softmax{along} is {constant}",
            lambda c, x: c - softmax(x) * np.sum(c, axis=axes, keepdims=True),
            CauseKind.NORMALISATION,
        )
    for text, centre, with_mean in (
        (f"the variance{along} is {constant}", mean, False),
        (f"the mean and the variance{along} are treated as constants, but depend on the argument", mean, True),
        (f"the norm{along} is {constant}", np.zeros_like, False),
    ):

        def parts(c: Any, x: Any, centre: Any = centre, with_mean: bool = with_mean) -> tuple[Any, Any, Any, Any]:
            away = x - centre(x)
            return c - mean(c) if with_mean else c, away, mean(c * away), mean(away**2)

        rest, away, projection, variance = parts(claim, x)
        for denominator, epsilon in _denominators(mean(away * (rest - truth)), projection, variance):

            def repair(c: Any, x: Any, parts: Any = parts, e: float = epsilon, denominator: Any = denominator) -> Any:
                rest, away, projection, variance = parts(c, x)
                return rest - away * projection / denominator(variance, e)

            yield Cause(text, repair, CauseKind.NORMALISATION, fitted=epsilon > 0 and claim.size < 3)


def _denominators(due: Any, projection: Any, variance: Any) -> Iterator[tuple[Callable[[Any, float], Any], float]]:
    """Denominators and epsilons for which ``due`` may be projection times variance over denominator: none, or as it shows best."""
    yield DENOMINATORS[0], 0.0
    for denominator in DENOMINATORS:
        with np.errstate(all="ignore"):
            excess = projection * variance / due - variance  # of the denominator over the variance
            epsilons = excess / (denominator(variance, 1.0) - variance)
            shown = np.where(np.isfinite(epsilons), np.abs(projection) / variance, -1.0)
        epsilon = float(epsilons.flat[int(np.argmax(shown))])
        if np.max(shown) > 0 and epsilon > 0:
            yield denominator, epsilon
