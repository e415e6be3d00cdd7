"""Composites: functions defined in the language itself, in the form that is stable in float64, and drawn as clusters.

``stop_gradient`` stands where a shift cancels out of the formula: softmax does not depend on the maximum that is taken off.
Definitions of losses and layers follow the papers that introduced them and the usual conventions of frameworks: sums over
classes, means over rows, labels as whole numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from .registry import register

Body = Callable[[frozenset[str], Mapping[str, Any]], str | None]


class Composite(NamedTuple):
    """A function written in the language.

    ``operands`` become nodes (``"gamma="`` may be left out), ``parameters`` are static. ``body`` is the definition, or
    makes it from the operands that are given and the static arguments.
    """

    name: str
    operands: tuple[str, ...]
    parameters: tuple[str, ...]
    summary: str
    body: str | Body
    aliases: tuple[str, ...] = ()

    @property
    def signature(self) -> str:
        """As it is called."""
        return f"{self.name}({', '.join(one.removesuffix('=') for one in (*self.operands, *self.parameters))})"


_SHIFT = "stop_gradient(max(x, axis=axis, keepdims=True))"
_NORMED = "(x - mean(x, axis=axis, keepdims=True))/sqrt(var(x, axis=axis, keepdims=True) + eps)"


def _scaled_and_shifted(core: str) -> Body:
    """A normalisation with an optional scale and shift."""

    def body(given: frozenset[str], static: Mapping[str, Any]) -> str:
        text = f"gamma*{core}" if "gamma" in given else core
        return f"{text} + beta" if "beta" in given else text

    return body


def _with_delta(text: str) -> Body:
    """A loss with a width that is 1 where it is not given."""

    def body(given: frozenset[str], static: Mapping[str, Any]) -> str:
        return text if "delta" in given else text.replace("delta", "1")

    return body


def _matrix_power(given: frozenset[str], static: Mapping[str, Any]) -> str | None:
    """Repeated squaring, written out: a**5 = a @ (a@a) @ (a@a), equal parts once."""
    power = static["n"]
    if not isinstance(power, int) or isinstance(power, bool) or abs(power) > 4096:
        return None
    if power == 0:
        return "eye_like(a)"
    factor = "a" if power > 0 else "inv(a)"
    parts, left = [], abs(power)
    while left:
        if left & 1:
            parts.append(factor)
        left >>= 1
        if left and len(factor) > 60_000:
            return None
        factor = f"({factor} @ {factor})"
    return " @ ".join(parts)


def _pool(reduce: str, dims: int) -> Body:
    def body(given: frozenset[str], static: Mapping[str, Any]) -> str:
        window, stride = static["window"], static["stride"]
        sizes = (window,) * dims if isinstance(window, int) else tuple(window)
        steps = sizes if stride is None else (stride,) * dims if isinstance(stride, int) else tuple(stride)
        axes = tuple(range(-len(sizes), 0))
        return f"{reduce}(windows(x, {_tuple(sizes)}, {_tuple(steps)}), axis={_tuple(axes)})"

    return body


def _tuple(numbers: tuple[int, ...]) -> str:
    return f"({', '.join(map(str, numbers))},)"


def _composite(name: str, operands: str, parameters: str, summary: str, body: str | Body, aliases: str = "") -> Composite:
    return Composite(name, tuple(operands.split()), tuple(parameters.split()), summary, body, tuple(aliases.split()))


RECORDS: tuple[Composite, ...] = (
    _composite("softmax", "x", "axis=-1", "exp(x) as parts of 1", f"exp(x - {_SHIFT})/sum(exp(x - {_SHIFT}), axis=axis, keepdims=True)"),
    _composite(
        "log_softmax", "x", "axis=-1", "logarithm of softmax",
        f"(x - {_SHIFT}) - log(sum(exp(x - {_SHIFT}), axis=axis, keepdims=True))", "logsoftmax",
    ),
    _composite("softmin", "x", "axis=-1", "softmax of -x", "softmax(-x, axis=axis)"),
    _composite(
        "logsumexp", "x", "axis=None keepdims=False", "logarithm of the sum of exponentials",
        f"stop_gradient(max(x, axis=axis, keepdims=keepdims)) + log(sum(exp(x - {_SHIFT}), axis=axis, keepdims=keepdims))",
    ),
    _composite(
        "var", "x", "axis=None ddof=0 keepdims=False", "variance",
        "sum((x - mean(x, axis=axis, keepdims=True))**2, axis=axis, keepdims=keepdims)/(count(x, axis=axis) - ddof)",
    ),
    _composite("std", "x", "axis=None ddof=0 keepdims=False", "standard deviation",
               "sqrt(var(x, axis=axis, ddof=ddof, keepdims=keepdims))"),
    _composite("ptp", "x", "axis=None keepdims=False", "largest less smallest entry",
               "max(x, axis=axis, keepdims=keepdims) - min(x, axis=axis, keepdims=keepdims)"),
    _composite("diff", "x", "", "differences of neighbours along the last axis", "x[..., 1:] - x[..., :-1]"),
    _composite("cross", "x y", "", "vector product in three dimensions", "einsum('ijk,...j,...k->...i', levi_civita(3), x, y)"),
    _composite("slogdet", "a", "", "sign and logarithm of the size of the determinant, as two entries", "[sign(det(a)), logdet(a)]"),
    _composite("matrix_power", "a", "n", "repeated matrix product", _matrix_power),
    _composite("full", "value", "shape", "an array of one value", "broadcast_to(value, shape)"),
    _composite("cosine_similarity", "x y", "axis=-1", "cosine of the angle between two vectors",
               "sum(x*y, axis=axis)/(norm(x, axis=axis)*norm(y, axis=axis))"),
    # numbers: short forms of NumPy, SciPy and PyTorch
    _composite("exp10", "x", "", "ten to the power x", "10**x"),
    _composite("rsqrt", "x", "", "one divided by the square root", "1/sqrt(x)"),
    _composite("frac", "x", "", "x without its integer part", "x - trunc(x)"),
    _composite("fma", "x y z", "", "x*y + z", "x*y + z"),
    _composite("lerp", "x y w", "", "from x for w = 0 to y for w = 1", "x + w*(y - x)"),
    _composite("fdim", "x y", "", "x - y where it is positive, else 0", "maximum(x - y, 0)"),
    _composite("copysign", "x y", "", "the size of x with the sign of y", "where(y < 0, -abs(x), abs(x))"),
    _composite("factorial", "n", "", "n!, by the gamma function", "gamma(n + 1)"),
    _composite("betaln", "x y", "", "logarithm of the size of beta", "lgamma(x) + lgamma(y) - lgamma(x + y)", "lbeta"),
    _composite("logaddexp2", "x y", "", "log2(2**x + 2**y) without overflow", "logaddexp(x*log(2), y*log(2))/log(2)"),
    _composite("xlog1py", "x y", "", "x*log1p(y), 0 where x is 0", "where(x == 0, 0, x*log1p(y))"),
    _composite("entr", "x", "", "-x*log(x), 0 at 0", "-xlogy(x, x)"),
    _composite("ndtr", "x", "", "normal distribution function", "erfc(-x/sqrt(2))/2", "norm_cdf"),
    _composite("log_ndtr", "x", "", "logarithm of the normal distribution function, without underflow",
               "where(x < -1, log(erfcx(-x/sqrt(2))/2) - x**2/2, log1p(-erfc(x/sqrt(2))/2))"),
    _composite("ndtri", "p", "", "quantile of the normal distribution", "-sqrt(2)*erfcinv(2*p)"),
    _composite("hardshrink", "x lambd=", "", "x outside of [-lambd, lambd] (1/2), else 0",
               lambda given, static: f"where(abs(x) > {'lambd' if 'lambd' in given else '1/2'}, x, 0)"),
    _composite("threshold", "x threshold value", "", "x above the threshold, else the value", "where(x > threshold, x, value)"),
    # losses
    _composite("mse", "x y", "", "mean of the squared errors", "mean((x - y)**2)", "mse_loss"),
    _composite("mae", "x y", "", "mean of the absolute errors", "mean(abs(x - y))", "l1_loss"),
    _composite("huber", "x y delta=", "", "squared near 0, linear far away",
               _with_delta("mean(where(abs(x - y) <= delta, (x - y)**2/2, delta*(abs(x - y) - delta/2)))"), "huber_loss"),
    _composite("hinge", "scores labels delta=", "", "sum over the wrong classes of max(0, s_j - s_y + delta), mean over rows",
               _with_delta("mean(sum(maximum(0, scores - expand_dims(pick(scores, labels), -1) + delta), axis=-1) - delta)"),
               "hinge_loss multiclass_hinge"),
    _composite("cross_entropy", "scores labels", "", "mean of -log softmax of the right class, from scores",
               "mean(logsumexp(scores, axis=-1) - pick(scores, labels))", "softmax_cross_entropy"),
    _composite("nll", "logp labels", "", "mean of -log probability of the right class", "-mean(pick(logp, labels))", "nll_loss"),
    _composite("binary_cross_entropy_with_logits", "z y", "", "binary cross entropy from scores", "mean(softplus(z) - y*z)",
               "bce_with_logits"),
    _composite("binary_cross_entropy", "p y", "", "binary cross entropy from probabilities",
               "-mean(xlogy(y, p) + xlogy(1 - y, 1 - p))", "bce"),
    _composite("kl_div", "p q", "", "sum of p*log(p/q)", "sum(xlogy(p, p) - xlogy(p, q))"),
    # layers
    _composite("layer_norm", "x gamma= beta=", "axis=-1 eps=1e-5", "every row to mean 0 and variance 1", _scaled_and_shifted(_NORMED)),
    _composite("batch_norm", "x gamma= beta=", "axis=0 eps=1e-5", "every column to mean 0 and variance 1, as in training",
               _scaled_and_shifted(_NORMED)),
    _composite("rms_norm", "x gamma=", "axis=-1 eps=1e-5", "every row to mean square 1",
               _scaled_and_shifted("x/sqrt(mean(x**2, axis=axis, keepdims=True) + eps)")),
    _composite("attention", "q k v", "", "softmax of the scaled products of queries and keys, times the values",
               "softmax(q @ swapaxes(k, -1, -2)/sqrt(count(q, axis=-1)), axis=-1) @ v", "scaled_dot_product_attention"),
    # convolutions
    _composite("convolve", "a v", "mode='full'", "convolution of two vectors; the second is reversed", "conv1d(a, flip(v), 1, mode)"),
    _composite("max_pool1d", "x", "window stride=None", "largest entry of every window of the last axis", _pool("max", 1)),
    _composite("avg_pool1d", "x", "window stride=None", "mean of every window of the last axis", _pool("mean", 1)),
    _composite("max_pool2d", "x", "window stride=None", "largest entry of every window of the last two axes", _pool("max", 2), "max_pool"),
    _composite("avg_pool2d", "x", "window stride=None", "mean of every window of the last two axes", _pool("mean", 2), "avg_pool"),
)  # fmt: skip

#: Composites by canonical name.
COMPOSITES: dict[str, Composite] = {}

#: operations that stand in derivatives only and are not offered to authors
HIDDEN = frozenset(("scatter", "levi_civita", "distinct"))

for _record in RECORDS:
    register("composite", _record.name, _record.aliases)
    COMPOSITES[_record.name] = _record
