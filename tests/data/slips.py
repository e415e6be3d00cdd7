"""A seeded corpus of wrong gradients, each with one slip whose cause is known: used by tests and by benchmarks/checker_causes.py.

Losses of one or two arguments with right gradients by hand; slips are applied to these, or are part of how the gradient is
written. ``corpus(count, seed)`` gives (cause, f, gradient, at); shapes and values differ from record to record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

Record = tuple[str, Callable[..., Any], Callable[..., Any], Any]

#: elementwise functions with their slopes
CURVES: list[tuple[Callable[[Any], Any], Callable[[Any], Any]]] = [
    (lambda x: np.exp(x) + x**2, lambda x: np.exp(x) + 2 * x),
    (lambda x: np.sin(x) + x**3, lambda x: np.cos(x) + 3 * x**2),
    (np.tanh, lambda x: 1 - np.tanh(x) ** 2),
    (lambda x: x * np.exp(-x), lambda x: (1 - x) * np.exp(-x)),
    (lambda x: np.log(1 + np.exp(x)), lambda x: 1 / (1 + np.exp(-x))),
    (lambda x: x**2 / (1 + x**2), lambda x: 2 * x / (1 + x**2) ** 2),
]


def _vector(rng: Any, size: int = 0) -> Any:
    return rng.normal(size=size or int(rng.integers(3, 8)))


def _square(rng: Any) -> Any:
    n = int(rng.integers(3, 5))
    return rng.normal(size=(n, n))


def _weighted(rng: Any, shape: tuple[int, ...]) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """A loss whose gradient has no symmetry: weights differ from entry to entry."""
    f, slope = CURVES[int(rng.integers(len(CURVES)))]
    w = rng.uniform(0.5, 2.0, shape)
    return lambda x: np.sum(w * f(x)), lambda x: w * slope(x)


def _sign(rng: Any) -> Record:
    x = _vector(rng)
    f, g = _weighted(rng, x.shape)
    return "sign", f, lambda x: -g(x), x


def _factor_two(rng: Any) -> Record:
    x = _vector(rng, 7)
    f, g = _weighted(rng, x.shape)
    factor = rng.choice([0.5, 2.0])
    return "factor", f, lambda x: factor * g(x), x


def _one_over_n(rng: Any) -> Record:
    f, g = CURVES[int(rng.integers(len(CURVES)))]
    return "1/n", lambda x: np.mean(f(x)), g, _vector(rng)


def _batch(rng: Any) -> Record:
    rows, width = int(rng.integers(5, 9)), 3
    data = rng.normal(size=(rows, width))
    target = rng.normal(size=rows)

    def f(w: Any, data: Any) -> Any:
        return np.mean((data @ w - target) ** 2)

    def gradient(w: Any, data: Any) -> Any:  # the sum of the slopes over the batch, where their mean is due
        residual = data @ w - target
        return 2 * data.T @ residual, 2 * np.outer(residual, w) / rows

    return "batch", f, gradient, (rng.normal(size=width), data)


def _transposed(rng: Any) -> Record:
    x = _square(rng)
    f, g = _weighted(rng, x.shape)
    return "transposed", f, lambda x: g(x).T, x


def _permuted(rng: Any) -> Record:
    x = _vector(rng, 6)
    f, g = _weighted(rng, x.shape)
    order = np.array([2, 0, 1, 5, 3, 4])
    return "permuted", f, lambda x: g(x)[order], x


def _unsummed(rng: Any) -> Record:
    rows, width = int(rng.integers(2, 5)), int(rng.integers(2, 5))
    f, g = CURVES[int(rng.integers(len(CURVES)))]
    at = rng.normal(size=(rows, width)), rng.normal(size=width)
    return "broadcast", lambda x, b: np.sum(f(x + b)), lambda x, b: (g(x + b), g(x + b)), at


def _fork(rng: Any) -> Record:
    f, g = CURVES[int(rng.integers(len(CURVES)))]
    scale = float(rng.choice([0.5, 1.0, 2.0, 3.0]))
    which = int(rng.integers(3))
    other, slope = [
        (lambda x: scale * x**2 / 2, lambda x: scale * x), (lambda x: scale * x, lambda x: scale * np.ones_like(x)),
        (lambda x: -scale * np.cos(x), lambda x: scale * np.sin(x)),
    ][which]  # fmt: skip
    if rng.random() < 0.5:
        return "fork", lambda x: np.sum(f(x) + other(x)), g, _vector(rng)
    return "fork", lambda x: np.sum(f(x) + other(x)), slope, _vector(rng)  # f's way is the one that was overwritten


def _wrong_axis(rng: Any) -> Record:
    n = int(rng.integers(3, 5))
    f, g = CURVES[int(rng.integers(len(CURVES)))]
    at = rng.normal(size=(n, n)), rng.normal(size=n)
    return "axis", lambda x, b: np.sum(f(x + b)), lambda x, b: (g(x + b), g(x + b).sum(1)), at


def _negative_branch(rng: Any) -> Record:
    slope, wrong = float(rng.uniform(0.01, 0.5)), float(rng.choice([0.0, 1.0, -1.0]))
    x = _vector(rng)
    w = rng.uniform(0.5, 2.0, x.shape)
    at = np.abs(x) if rng.random() < 0.5 else x
    return "branch", lambda x: np.sum(w * np.where(x > 0, x, slope * x)), lambda x: w * np.where(x > 0, 1.0, wrong), at


def _detached(rng: Any) -> Record:
    x = _vector(rng)
    f, _ = _weighted(rng, x.shape)
    return "detached", f, np.zeros_like, x


def _epsilon(rng: Any) -> Record:
    eps = float(10.0 ** rng.uniform(-6, -2))
    x = _vector(rng) * 0.3
    w = rng.uniform(0.5, 2.0, x.shape)
    return "epsilon", lambda x: np.sum(w * np.sqrt(x**2 + eps)), lambda x: w * np.sign(x), x


def _chain(rng: Any) -> Record:
    inner, slope = [
        (np.sin, np.cos), (np.exp, np.exp), (lambda x: x**2, lambda x: 2 * x), (lambda x: 3 * x, lambda x: 3.0 + 0 * x),
        (np.tanh, lambda x: 1 - np.tanh(x) ** 2), (lambda x: 1 / (1 + np.exp(-x)), lambda x: np.exp(-x) / (1 + np.exp(-x)) ** 2),
    ][int(rng.integers(6))]  # fmt: skip
    outer, outer_slope = CURVES[int(rng.integers(2))]
    x = _vector(rng, 7)
    w = rng.uniform(0.5, 2.0, x.shape)
    assert slope is not None
    return "chain", lambda x: np.sum(w * outer(inner(x))), lambda x: w * outer_slope(inner(x)), x


def _index(rng: Any) -> Record:
    x = _vector(rng)
    f, g = _weighted(rng, x.shape)
    shift = int(rng.choice([-1, 1]))
    return "index", f, lambda x: np.roll(g(x), shift), x


def _stale(rng: Any) -> Record:
    x = _vector(rng)
    f, g = _weighted(rng, x.shape)
    kept: list[Any] = []

    def gradient(x: Any) -> Any:  # computed once and never again
        if not kept:
            kept.append(g(x))
        return kept[0]

    return "stale", f, gradient, x


def _late(rng: Any) -> Record:
    x = _vector(rng)
    f, g = _weighted(rng, x.shape)
    last = [g(np.ones_like(x))]

    def gradient(x: Any) -> Any:  # what belongs to the call before
        found, last[0] = last[0], g(x)
        return found

    return "stale", f, gradient, x


def _mutating(rng: Any) -> Record:
    x = _vector(rng)
    f, g = _weighted(rng, x.shape)

    def gradient(x: Any) -> Any:
        x *= 0.5
        return g(x)

    return "mutation", f, gradient, x


def _aliased(rng: Any) -> Record:
    buffer = np.zeros(4)

    def gradient(x: Any, y: Any) -> Any:  # one array serves for both, so the second overwrites the first
        np.multiply(2 * x, y, out=buffer)
        first = buffer
        np.multiply(x, x, out=buffer)
        return first, buffer

    return "aliased", lambda x, y: np.sum(x**2 * y), gradient, (_vector(rng, 4), _vector(rng, 4))


def _random(rng: Any) -> Record:
    x = _vector(rng)
    f, g = _weighted(rng, x.shape)
    noise = np.random.default_rng(int(rng.integers(1 << 30)))
    return "nondeterminism", f, lambda x: g(x) * noise.binomial(1, 0.5, x.shape) * 2, x


MAKERS = (
    _sign, _factor_two, _one_over_n, _batch, _transposed, _permuted, _unsummed, _fork, _wrong_axis, _negative_branch, _detached,
    _epsilon, _chain, _index, _stale, _late, _mutating, _aliased, _random,
)  # fmt: skip

#: words of which one must stand in the cause that is named first
WORDS = {
    "sign": ("sign",), "factor": ("factor",), "1/n": ("factor 1/",), "batch": ("factor 1/",), "transposed": ("transposed",),
    "permuted": ("permuted",), "broadcast": ("that broadcasting added is missing",), "fork": ("one way of a fork",),
    "axis": ("summed over axis",), "branch": ("branch",), "detached": ("detached",), "epsilon": ("epsilon",),
    "chain": ("of the chain rule", "factor 3 is missing"), "index": ("off by one index",), "stale": ("earlier call",),
    "mutation": ("in place",), "aliased": ("same array",), "nondeterminism": ("not deterministic",),
}  # fmt: skip


def corpus(count: int, seed: int = 0) -> Iterator[Record]:
    """``count`` records, every slip in turn."""
    for number in range(count):
        yield MAKERS[number % len(MAKERS)](np.random.default_rng([seed, number]))
