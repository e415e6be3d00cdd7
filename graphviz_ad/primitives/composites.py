"""Composites: functions defined in the language itself, in the form that is stable in float64, and drawn as clusters.

``stop_gradient`` stands where a shift cancels out of the formula: softmax does not depend on the maximum that is taken off.
Definitions of losses and layers follow the papers that introduced them and the usual conventions of frameworks: sums over
classes, means over rows, labels as whole numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import composite_arrays, composite_statistics
from .composite_record import Body, Composite, composite, written_tuple
from .registry import register

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


def _with_gamma(text: str) -> Body:
    """A loss with an exponent that is 2 where it is not given."""

    def body(given: frozenset[str], static: Mapping[str, Any]) -> str:
        return text if "gamma" in given else text.replace("gamma", "2")

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
        return f"{reduce}(windows(x, {written_tuple(sizes)}, {written_tuple(steps)}), axis={written_tuple(axes)})"

    return body


RECORDS: tuple[Composite, ...] = (
    composite("softmax", "x", "axis=-1", "exp(x) as parts of 1", f"exp(x - {_SHIFT})/sum(exp(x - {_SHIFT}), axis=axis, keepdims=True)"),
    composite(
        "log_softmax", "x", "axis=-1", "logarithm of softmax",
        f"(x - {_SHIFT}) - log(sum(exp(x - {_SHIFT}), axis=axis, keepdims=True))", "logsoftmax",
    ),
    composite("softmin", "x", "axis=-1", "softmax of -x", "softmax(-x, axis=axis)"),
    composite(
        "logsumexp", "x", "axis=None keepdims=False", "logarithm of the sum of exponentials",
        f"stop_gradient(max(x, axis=axis, keepdims=keepdims)) + log(sum(exp(x - {_SHIFT}), axis=axis, keepdims=keepdims))",
    ),
    composite(
        "var", "x", "axis=None ddof=0 keepdims=False", "variance",
        "sum((x - mean(x, axis=axis, keepdims=True))**2, axis=axis, keepdims=keepdims)/(count(x, axis=axis) - ddof)",
    ),
    composite("std", "x", "axis=None ddof=0 keepdims=False", "standard deviation",
               "sqrt(var(x, axis=axis, ddof=ddof, keepdims=keepdims))"),
    composite("ptp", "x", "axis=None keepdims=False", "largest less smallest entry",
               "max(x, axis=axis, keepdims=keepdims) - min(x, axis=axis, keepdims=keepdims)"),
    composite("cross", "x y", "", "vector product in three dimensions", "einsum('ijk,...j,...k->...i', levi_civita(3), x, y)"),
    composite("slogdet", "a", "", "sign and logarithm of the size of the determinant, as two entries", "[sign(det(a)), logdet(a)]"),
    composite("matrix_power", "a", "n", "repeated matrix product", _matrix_power),
    composite("full", "value", "shape", "an array of one value", "broadcast_to(value, shape)"),
    composite("cosine_similarity", "x y", "axis=-1", "cosine of the angle between two vectors",
               "sum(x*y, axis=axis)/(norm(x, axis=axis)*norm(y, axis=axis))"),
    # numbers: short forms of NumPy, SciPy and PyTorch
    composite("exp10", "x", "", "ten to the power x", "10**x"),
    composite("rsqrt", "x", "", "one divided by the square root", "1/sqrt(x)"),
    composite("frac", "x", "", "x without its integer part", "x - trunc(x)"),
    composite("fma", "x y z", "", "x*y + z", "x*y + z"),
    composite("lerp", "x y w", "", "from x for w = 0 to y for w = 1", "x + w*(y - x)"),
    composite("fdim", "x y", "", "x - y where it is positive, else 0", "maximum(x - y, 0)"),
    composite("copysign", "x y", "", "the size of x with the sign of y", "where(y < 0, -abs(x), abs(x))"),
    composite("factorial", "n", "", "n!, by the gamma function", "gamma(n + 1)"),
    composite("betaln", "x y", "", "logarithm of the size of beta", "lgamma(x) + lgamma(y) - lgamma(x + y)", "lbeta"),
    composite("logaddexp2", "x y", "", "log2(2**x + 2**y) without overflow", "logaddexp(x*log(2), y*log(2))/log(2)"),
    composite("xlog1py", "x y", "", "x*log1p(y), 0 where x is 0", "where(x == 0, 0, x*log1p(y))"),
    composite("entr", "x", "", "-x*log(x), 0 at 0", "-xlogy(x, x)"),
    composite("ndtr", "x", "", "normal distribution function", "erfc(-x/sqrt(2))/2", "norm_cdf"),
    composite("log_ndtr", "x", "", "logarithm of the normal distribution function, without underflow",
               "where(x < -1, log(erfcx(-x/sqrt(2))/2) - x**2/2, log1p(-erfc(x/sqrt(2))/2))"),
    composite("ndtri", "p", "", "quantile of the normal distribution", "-sqrt(2)*erfcinv(2*p)"),
    composite("hardshrink", "x lambd=", "", "x outside of [-lambd, lambd] (1/2), else 0",
               lambda given, static: f"where(abs(x) > {'lambd' if 'lambd' in given else '1/2'}, x, 0)"),
    composite("threshold", "x threshold value", "", "x above the threshold, else the value", "where(x > threshold, x, value)"),
    composite("glu", "x", "axis=-1", "gated linear unit: the first half of an axis times the sigmoid of the second",
               "part(x, 0, 2, axis)*sigmoid(part(x, 1, 2, axis))"),
    # losses
    composite("mse", "x y", "", "mean of the squared errors", "mean((x - y)**2)", "mse_loss"),
    composite("mae", "x y", "", "mean of the absolute errors", "mean(abs(x - y))", "l1_loss"),
    composite("huber", "x y delta=", "", "squared near 0, linear far away",
               _with_delta("mean(where(abs(x - y) <= delta, (x - y)**2/2, delta*(abs(x - y) - delta/2)))"), "huber_loss"),
    composite("smooth_l1", "x y delta=", "", "huber over its width",
               _with_delta("mean(where(abs(x - y) < delta, (x - y)**2/(2*delta), abs(x - y) - delta/2))"), "smooth_l1_loss"),
    composite("log_cosh", "x y", "", "mean of log(cosh(x - y))", "mean(abs(x - y) + softplus(-2*abs(x - y)) - log(2))"),
    composite("poisson_nll", "x y", "", "negative log likelihood of counts, from the logarithm of their rate", "mean(exp(x) - y*x)"),
    composite("gaussian_nll", "x y v", "", "negative log likelihood of a normal distribution of mean x and variance v, but for a constant",
               "mean(log(v) + (x - y)**2/v)/2"),
    composite("soft_margin", "x y", "", "mean of log(1 + exp(-y*x)) for signs y", "mean(softplus(-y*x))", "soft_margin_loss logistic_loss"),
    composite("binary_hinge", "x y", "", "mean of max(0, 1 - y*x) for signs y", "mean(maximum(0, 1 - y*x))"),
    composite("focal", "z y gamma=", "", "cross entropy that weighs easy examples down, from scores",
               _with_gamma("mean((y*(1 - sigmoid(z)) + (1 - y)*sigmoid(z))**gamma*(softplus(z) - y*z))"), "focal_loss"),
    composite("hinge", "scores labels delta=", "", "sum over the wrong classes of max(0, s_j - s_y + delta), mean over rows",
               _with_delta("mean(sum(maximum(0, scores - expand_dims(pick(scores, labels), -1) + delta), axis=-1) - delta)"),
               "hinge_loss multiclass_hinge"),
    composite("cross_entropy", "scores labels", "", "mean of -log softmax of the right class, from scores",
               "mean(logsumexp(scores, axis=-1) - pick(scores, labels))", "softmax_cross_entropy"),
    composite("nll", "logp labels", "", "mean of -log probability of the right class", "-mean(pick(logp, labels))", "nll_loss"),
    composite("binary_cross_entropy_with_logits", "z y", "", "binary cross entropy from scores", "mean(softplus(z) - y*z)",
               "bce_with_logits"),
    composite("binary_cross_entropy", "p y", "", "binary cross entropy from probabilities",
               "-mean(xlogy(y, p) + xlogy(1 - y, 1 - p))", "bce"),
    composite("kl_div", "p q", "", "sum of p*log(p/q)", "sum(xlogy(p, p) - xlogy(p, q))"),
    # layers
    composite("layer_norm", "x gamma= beta=", "axis=-1 eps=1e-5", "every row to mean 0 and variance 1", _scaled_and_shifted(_NORMED)),
    composite("batch_norm", "x gamma= beta=", "axis=0 eps=1e-5", "every column to mean 0 and variance 1, as in training",
               _scaled_and_shifted(_NORMED)),
    composite("normalize", "x", "axis=-1", "every row over its length", "x/norm(x, axis=axis, keepdims=True)", "l2_normalize"),
    composite("rms_norm", "x gamma=", "axis=-1 eps=1e-5", "every row to mean square 1",
               _scaled_and_shifted("x/sqrt(mean(x**2, axis=axis, keepdims=True) + eps)")),
    composite("attention", "q k v", "", "softmax of the scaled products of queries and keys, times the values",
               "softmax(q @ swapaxes(k, -1, -2)/sqrt(count(q, axis=-1)), axis=-1) @ v", "scaled_dot_product_attention"),
    # convolutions
    composite("convolve", "a v", "mode='full'", "convolution of two vectors; the second is reversed", "conv1d(a, flip(v), 1, mode)"),
    composite("correlate", "a v", "mode='valid'", "sums of products of a vector with a sliding one", "conv1d(a, v, 1, mode)"),
    composite("max_pool1d", "x", "window stride=None", "largest entry of every window of the last axis", _pool("max", 1)),
    composite("avg_pool1d", "x", "window stride=None", "mean of every window of the last axis", _pool("mean", 1)),
    composite("max_pool2d", "x", "window stride=None", "largest entry of every window of the last two axes", _pool("max", 2), "max_pool"),
    composite("avg_pool2d", "x", "window stride=None", "mean of every window of the last two axes", _pool("mean", 2), "avg_pool"),
)  # fmt: skip

#: Composites by canonical name.
COMPOSITES: dict[str, Composite] = {}

#: operations that stand in derivatives only and are not offered to authors
HIDDEN = frozenset(("scatter", "levi_civita", "distinct", "offset_trace"))

for _record in (*RECORDS, *composite_arrays.RECORDS, *composite_statistics.RECORDS):
    register("composite", _record.name, _record.aliases)
    COMPOSITES[_record.name] = _record
