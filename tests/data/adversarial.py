"""The functions and claimed gradients of adversarial.json, each with the slip (or the correctness) its entry describes.

``PAIRS[id]`` is (function, claimed gradient); both take the arguments in the order of the entry.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Pair = tuple[Callable[..., Any], Callable[..., Any]]
PAIRS: dict[str, Pair] = {}
exp, sin, cos, tanh, log, sqrt = np.exp, np.sin, np.cos, np.tanh, np.log, np.sqrt


def logistic(x: Any) -> Any:
    return 1 / (1 + exp(-x))


def softmax(z: Any) -> Any:
    weights = exp(z)
    return weights / weights.sum()


def sech2(u: Any) -> Any:
    return 1 - tanh(u) ** 2


def standardized(x: Any, eps: float) -> Any:
    return (x - x.mean()) / sqrt(x.var() + eps)


def one(f: Callable[..., Any], slope: Callable[..., Any]) -> Pair:
    """A function of one argument, whose claim is a tuple of one."""
    return f, lambda x: (slope(x),)


def frozen(f: Callable[..., Any], value: Any) -> Pair:
    """A claim that is a value in disguise."""
    return f, lambda x: (value,)


# broadcasting
PAIRS["adv-bias-axis"] = lambda x, b: tanh(x + b).sum(), lambda x, b: (sech2(x + b), sech2(x + b).sum(axis=1))
PAIRS["adv-bias-right"] = lambda x, b: tanh(x + b).sum(), lambda x, b: (sech2(x + b), sech2(x + b).sum(axis=0))
PAIRS["adv-shape-unsummed"] = lambda x, b: (x * b).sum(), lambda x, b: (np.broadcast_to(b, x.shape), x)


# parts taken for constants
def _unrolled(w: Any, x: Any) -> Any:
    h = 0.0
    for entry in x:
        h = tanh(w * h + entry)
    return h


def _last_step(w: Any, x: Any) -> Any:
    before = _unrolled(w, x[:2])
    local = 1 - _unrolled(w, x) ** 2
    return local * before, np.array([0.0, 0.0, local])


def _norm_of_variance(x: Any, g: Any) -> Any:
    centred, spread = x - x.mean(), x.var() + 1e-5
    return g / sqrt(spread) - centred * (g @ centred) / (len(x) * spread**1.5), standardized(x, 1e-5)


PAIRS["adv-bptt-truncated"] = _unrolled, _last_step
PAIRS["adv-detached-bn-mean"] = lambda x, g: g @ standardized(x, 1e-5), _norm_of_variance
PAIRS["adv-detached-bn-var"] = (
    lambda x, g: g @ standardized(x, 1e-5),
    lambda x, g: ((g - g.mean()) / sqrt(x.var() + 1e-5), standardized(x, 1e-5)),
)
PAIRS["adv-detached-norm"] = lambda x, a: a @ x / sqrt(x @ x), lambda x, a: (a / sqrt(x @ x), x / sqrt(x @ x))
PAIRS["adv-detached-softmax"] = lambda z, a: a @ softmax(z), lambda z, a: (a * softmax(z) * (1 - softmax(z)), softmax(z))

# no smooth point, or a rough one
PAIRS["adv-bump"] = frozen(lambda x: exp(-1 / x**2) if x != 0 else 0.0, 0.0)
PAIRS["adv-xsin1x"] = frozen(lambda x: x * sin(1 / x) if x != 0 else 0.0, 0.0)
PAIRS["adv-clip-edge"] = frozen(lambda x: np.clip(x, -1, 1).sum(), np.ones(2))
PAIRS["adv-max-tie"] = frozen(np.max, np.eye(3)[1])
PAIRS["adv-mod-away"] = frozen(lambda x: np.mod(x, 1), 1.0)
PAIRS["adv-near-abs"] = frozen(np.abs, -1.0)
PAIRS["adv-kink-multiplied"] = one(lambda x: (np.abs(x) * x).sum(), lambda x: 2 * np.abs(x))
PAIRS["adv-relu-sq-0"] = one(lambda x: (np.maximum(0, x) ** 2).sum(), lambda x: 2 * np.maximum(0, x))
PAIRS["adv-max-same"] = one(lambda x: np.maximum(x, x) ** 2, lambda x: 2 * x)


def huber(x: Any) -> Any:
    return np.where(np.abs(x) <= 1, x**2 / 2, np.abs(x) - 0.5).sum()


PAIRS["adv-huber-edge"] = one(huber, lambda x: np.clip(x, -1, 1))
PAIRS["adv-huber-noclip"] = one(huber, lambda x: x)


def _hidden(x: Any, W: Any, v: Any) -> Any:
    active = v * (W @ x > 0)
    return W.T @ active, np.outer(active, x), np.maximum(0, W @ x)


PAIRS["adv-hidden-kink"] = lambda x, Wt, v: v @ np.maximum(0, Wt @ x), _hidden
PAIRS["adv-max-wrong-index"] = one(lambda z: z.max() ** 2, lambda z: 2 * z.max() * np.eye(len(z))[np.argsort(z)[-2]])

# complex numbers in real coordinates
PAIRS["adv-complex-abs2"] = lambda x, y: np.abs(x + 1j * y) ** 2, lambda x, y: (2 * x, 2 * y)
PAIRS["adv-complex-conj"] = lambda x, y: ((x + 1j * y) ** 2).real, lambda x, y: (2 * x, 2 * y)
PAIRS["adv-complex-wirtinger"] = lambda x, y: np.abs(x + 1j * y) ** 2, lambda x, y: (x, y)


# factors, terms, signs
def _cross_entropy(z: Any, Y: Any) -> Any:
    return (log(exp(z).sum(axis=1)) - (Y * z).sum(axis=1)).mean()


PAIRS["adv-ce-right"] = _cross_entropy, lambda z, Y: ((exp(z) / exp(z).sum(axis=1, keepdims=True) - Y) / len(z), -z / len(z))
PAIRS["adv-constant"] = frozen(lambda x: 3.0 + 0 * x.sum(), np.zeros(2))
PAIRS["adv-dropped-1e4"] = one(lambda x: (sin(x) + 1e-4 * x**2).sum(), cos)
PAIRS["adv-dropped-1e5"] = one(lambda x: exp(x).sum() + 1e-5 * sin(3 * x).sum(), exp)
PAIRS["adv-dropped-reg"] = (
    lambda w, X, y: ((X @ w - y) ** 2).sum() + 0.001 * (w**2).sum(),
    lambda w, X, y: (2 * X.T @ (X @ w - y), 2 * np.outer(X @ w - y, w), 2 * (y - X @ w)),
)
PAIRS["adv-extra-nonzero"] = lambda x, y: x**2 + 0 * y, lambda x, y: (2 * x, 1e-3)
PAIRS["adv-factor2-tiny"] = one(lambda x: 1e-20 * (x**2).sum(), lambda x: 1e-20 * x)
PAIRS["adv-fork-right"] = one(lambda x: x**3 + sin(x), lambda x: 3 * x**2 + cos(x))
PAIRS["adv-inf-grad"] = one(lambda x: (x**2).sum(), lambda x: np.append(2 * x[:2], np.inf))
PAIRS["adv-many-1000"] = one(lambda x: (x * sin(x)).sum(), lambda x: sin(x) + x * cos(x))
PAIRS["adv-mean-sum"] = one(lambda x: (x**2).mean(), lambda x: 2 * x)
PAIRS["adv-product-half"] = one(lambda x: (x * exp(x)).sum(), exp)
PAIRS["adv-quotient-sign"] = lambda x, y: x / y, lambda x, y: (1 / y, x / y**2)
PAIRS["adv-reg-double"] = one(lambda w: exp(w).sum() + 0.005 * (w**2).sum(), lambda w: exp(w) + 0.02 * w)
PAIRS["adv-sigmoid-input"] = one(lambda x: logistic(x).sum(), lambda x: x - x**2)


def _layer_norm(x: Any, g: Any) -> Any:
    centred, spread = x - x.mean(), x.var()
    return (g - g.mean()) / sqrt(spread) - centred * (g * centred).mean() / spread**1.5, standardized(x, 1e-3)


PAIRS["adv-eps-ln"] = lambda x, g: g @ standardized(x, 1e-3), _layer_norm
PAIRS["adv-eps-sqrt"] = one(lambda x: sqrt(x**2 + 1e-6).sum(), np.sign)

# transposes, permutations
PAIRS["adv-conv-flip"] = (
    lambda x, k: (np.correlate(x, k, "valid") ** 2).sum(),
    lambda x, k: (
        np.convolve(2 * np.correlate(x, k, "valid"), k),
        np.correlate(x, 2 * np.correlate(x, k, "valid"), "valid")[::-1],
    ),
)
PAIRS["adv-inv-sign"] = (
    lambda X, a, b: a @ np.linalg.inv(X) @ b,
    lambda X, a, b: (np.outer(a @ np.linalg.inv(X), np.linalg.inv(X) @ b), np.linalg.inv(X) @ b, a @ np.linalg.inv(X)),
)
PAIRS["adv-logdet-notrans"] = one(lambda X: np.linalg.slogdet(X)[1], np.linalg.inv)
PAIRS["adv-ravel-order"] = one(lambda X: exp(X).sum(), lambda X: np.ravel(exp(X), order="F").reshape(X.shape))
PAIRS["adv-rolled"] = one(lambda x: exp(x).sum(), lambda x: np.roll(exp(x), 1))
PAIRS["adv-symmetrised"] = (
    lambda X, a, b: a @ X @ b,
    lambda X, a, b: ((np.outer(a, b) + np.outer(b, a)) / 2, X @ b, a @ X),
)
PAIRS["adv-transpose-B"] = lambda W, X: sin(W @ X).sum(), lambda W, X: (cos(W @ X) @ X.T, W @ cos(W @ X))
PAIRS["adv-transpose-W"] = lambda W, X: sin(W @ X).sum(), lambda W, X: (X @ cos(W @ X).T, W.T @ cos(W @ X))

# scales, cancellation, edges of the domain
PAIRS["adv-expanded-poly"] = one(
    lambda x: sum(c * x**n for n, c in zip(range(7, -1, -1), (1, -7, 21, -35, 35, -21, 7, -1))), lambda x: 7 * (x - 1) ** 6
)
PAIRS["adv-huge-x"] = one(lambda x: (x**2).sum(), lambda x: 2 * x)
PAIRS["adv-log-near-0"] = one(log, lambda x: 1 / x)
PAIRS["adv-mixed-scale"] = one(lambda x: log(x).sum(), lambda x: 1 / x)
PAIRS["adv-mixed-scale-wrong"] = one(lambda x: log(x).sum(), lambda x: np.array([1, 1, 2]) / x)
PAIRS["adv-onemcos"] = one(lambda x: (1 - cos(x)) / x**2, lambda x: -x / 12)
PAIRS["adv-sat-sigmoid"] = frozen(logistic, float(np.exp(-40.0) / (1 + np.exp(-40.0)) ** 2))
PAIRS["adv-sat-sigmoid-wrong"] = frozen(logistic, 0.0)
PAIRS["adv-sqrt-near-0"] = one(sqrt, lambda x: 0.5 / sqrt(x))
