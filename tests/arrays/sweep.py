"""Uses of every array operation over many shapes: what the sweep over the rules runs through."""

# ruff: noqa: E501 - a table: one operation a line

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Use(NamedTuple):
    """A formula of one operation and the shapes of its inputs; ``kind`` says what matrices must be."""

    formula: str
    shapes: dict[str, tuple[int, ...]]
    kind: str = ""


def values(use: Use, seed: int = 1) -> dict[str, np.ndarray]:
    """Random inputs, away from kinks."""
    chance = np.random.default_rng(seed)
    found = {}
    for name, shape in use.shapes.items():
        if name == "labels":
            found[name] = chance.integers(0, 2, shape)
            continue
        array = chance.normal(size=shape)
        if use.kind == "spd" and name == "a" and len(shape) > 1:
            array = array @ np.swapaxes(array, -1, -2) + np.eye(shape[-1])
        if use.kind == "positive":
            array = np.abs(array) + 0.3
        found[name] = array
    return found


def _each(formula: str, *shapes: tuple[int, ...], kind: str = "") -> list[Use]:
    return [Use(formula, {"x": shape}, kind) for shape in shapes]


def _pair(formula: str, *pairs: tuple[tuple[int, ...], tuple[int, ...]], kind: str = "") -> list[Use]:
    return [Use(formula, {"a": a, "b": b}, kind) for a, b in pairs]


MANY = ((), (3,), (1,), (0,), (2, 3), (1, 3), (2, 0), (2, 1, 3))
FULL = tuple(shape for shape in MANY if 0 not in shape)
VECTORS = ((3,), (1,), (2, 3), (2, 1, 3))
SQUARE = ((1, 1), (2, 2), (3, 3), (2, 3, 3))

USES: list[Use] = [
    *_pair("a @ b", ((3,), (3,)), ((2, 3), (3,)), ((2,), (2, 3)), ((2, 3), (3, 1)), ((2, 0), (0, 3)), ((4, 2, 3), (3, 2)), ((4, 2, 3), (1, 3, 2))),
    *_pair("a @ b", ((5, 1, 2, 3), (4, 3, 2)), ((3,), (4, 3, 2)), ((1, 1), (1, 1))),
    *_pair("dot(a, b)", ((3,), (3,)), ((2, 3), (3, 2)), ((2, 3), (4, 3, 2)), ((), (3,))),
    *_pair("inner(a, b)", ((3,), (3,)), ((2, 3), (4, 3))),
    *_pair("outer(a, b)", ((3,), (2,)), ((2, 2), (3,)), ((0,), (2,))),
    *_pair("vdot(a, b)", ((3,), (3,)), ((2, 3), (2, 3))),
    *_pair("kron(a, b)", ((2,), (3,)), ((2, 2), (1, 3)), ((2,), (2, 2))),
    *_pair("a*b + a/b", ((2, 3), (3,)), ((2, 1), (1, 3)), ((), (2, 3)), ((0,), (1,)), ((2, 1, 3), (4, 1)), kind="positive"),
    *_pair("einsum('ij,jk->', a, b)", ((2, 3), (3, 2))),
    *_pair("einsum('...i,...i', a, b)", ((2, 3), (2, 3)), ((3,), (3,))),
    *_pair("cross(a, b)", ((3,), (3,)), ((2, 3), (2, 3))),
    *[use for axis in ("None", "0", "-1") for f in ("sum", "mean") for use in _each(f"{f}(x, axis={axis})", (3,), (2, 3), (2, 1, 3), (1, 1))],
    *_each("sum(x)", *MANY), *_each("sum(x, axis=(0, -1), keepdims=True)", (2, 3), (2, 4, 3), (0, 2)),
    *[use for f in ("max", "min", "prod", "logsumexp") for use in _each(f"{f}(x)", *FULL)],
    *[use for f in ("max", "min", "prod", "logsumexp", "median") for use in _each(f"{f}(x, axis=-1, keepdims=True)", *VECTORS)],
    *_each("prod(x)", (0,), (2, 0)), *_each("prod(x, axis=0)", (3, 2), (2, 2, 2)), *_each("median(x)", (3,), (4,), (2, 3)),
    *_each("x.T", *MANY), *_each("transpose(x, (1, 0, 2))", (2, 1, 3)), *_each("swapaxes(x, 0, -1)", (2, 3), (2, 1, 3)),
    *_each("moveaxis(x, 0, -1)", (2, 3), (2, 1, 3)), *_each("trace(x)", (3, 3), (1, 1), (2, 2, 3)),
    *_each("broadcast_to(x, (2, 3))", (), (3,), (1, 3), (2, 1)), *_each("einsum('ii->i', x)", (3, 3)),
    *_each("reshape(x, (3, 2))", (2, 3), (6,)), *_each("reshape(x, -1)", (2, 3), ()), *_each("ravel(x)", *MANY), *_each("squeeze(x)", (1, 3, 1), (2,)),
    *_each("expand_dims(x, 0)", *MANY), *_each("flip(x)", *FULL), *_each("flip(x, axis=0)", (2, 3)), *_each("roll(x, 1)", (3,), (2, 3)),
    *_each("roll(x, 1, axis=1)", (2, 3)), *_each("repeat(x, 2)", (3,), (2, 2)), *_each("repeat(x, 2, axis=0)", (2, 3)), *_each("tile(x, (2, 2))", (3,), (2, 3)),
    *_each("diagonal(x)", (3, 3), (2, 3)), *_each("diag(x)", (3,), (3, 3), (2, 3)), *_each("diag(x, 1)", (2,), (3, 3)),
    *_each("tril(x)", (3, 3), (2, 3), (2, 3, 3)), *_each("triu(x, 1)", (3, 3), (2, 3)), *_each("pad(x, 1)", (3,), (2, 2)),
    *_each("windows(x, 2)", (4,), (2, 4)), *_each("windows(x, (2, 2), 2)", (4, 4)), *_each("x[1]", (3,), (2, 3)), *_each("x[::-1]", (3,), (2, 3), (0,)),
    *_each("x[..., 1:]", (3,), (2, 3)), *_each("x[None, :, -1]", (2, 3)), *_each("x[[0, 0, 1]]", (2,), (2, 3)), *_each("x[x > 0]", (5,), (2, 3)),
    Use("x[labels]", {"x": (3, 2), "labels": (4,)}), Use("take(x, labels)", {"x": (3,), "labels": (2, 2)}),
    Use("take(x, labels, axis=1)", {"x": (2, 3), "labels": (2,)}), Use("take_along_axis(x, labels, axis=0)", {"x": (2, 3), "labels": (1, 3)}),
    Use("pick(x, labels)", {"x": (4, 3), "labels": (4,)}), Use("pick(x, labels)", {"x": (3,), "labels": ()}),
    *_pair("stack((a, b))", ((3,), (3,)), ((), ()), ((2, 3), (2, 3))), *_pair("stack((a, b), axis=-1)", ((2, 3), (2, 3))),
    *_pair("concatenate((a, b))", ((3,), (2,)), ((2, 3), (1, 3)), ((0,), (2,))), *_pair("concatenate((a, b), axis=1)", ((2, 3), (2, 1))),
    *[use for f in ("cumsum", "cumprod", "logcumsumexp", "sort") for use in _each(f"{f}(x, axis=-1)", *VECTORS)],
    *[use for f in ("cumsum", "cumprod", "logcumsumexp") for use in _each(f"{f}(x)", (2, 3))],
    *[use for f in ("cumsum", "cumprod", "logcumsumexp", "sort") for use in _each(f"{f}(x, axis=0)", (2, 3))],
    *[use for p in ("", ", 1", ", 2", ", 3", ", inf", ", axis=-1") for use in _each(f"norm(x{p})", (3,), (1,))],
    *[use for p in ("", ", 1", ", 'fro'", ", inf", ", 1, axis=0", ", axis=1, keepdims=True") for use in _each(f"norm(x{p})", (2, 3))],
    *[use for f in ("inv", "det", "cofactor", "logdet", "expm") for use in _each(f"{f}(x)", *SQUARE)],
    *[Use(f"{f}(a)", {"a": shape}, "spd") for f in ("cholesky", "eigvalsh") for shape in SQUARE],
    *_each("svdvals(x)", (2, 3), (3, 2), (2, 2), (2, 3, 2)), *_each("pinv(x)", (2, 3), (3, 2), (2, 2)),
    *[Use("eigenvectors(a)", {"a": shape}, "spd") for shape in SQUARE],
    *[use for f in ("left_singular", "right_singular") for use in _each(f"{f}(x)", (2, 3), (3, 2), (2, 2), (2, 3, 2))],
    *[use for p in ("2", "-2", "'nuc'") for use in _each(f"norm(x, {p})", (2, 3), (3, 2), (3, 3))],
    *_each("norm(x, 2, axis=(0, 2))", (2, 4, 3)), *_each("norm(x, 'nuc', axis=(2, 0), keepdims=True)", (2, 4, 3)),
    *_each("norm(x, 1, axis=(2, 0))", (2, 4, 3)), *_each("norm(x, -inf, axis=(1, 2))", (2, 4, 3)),
    *[use for p in ("-1", "inf", "-inf") for use in _each(f"norm(x, {p})", (3,), (2, 3))],
    *[use for p in ("0", "-2", "0.5", "2.5") for use in _each(f"norm(x, {p})", (3,), (1,))],
    *_each("norm(x)", (), (2, 1, 3), (0,), (2, 0)), *_each("matrix_power(x, 3)", (2, 2)), *_each("matrix_power(x, -2)", (2, 2)), *_each("matrix_power(x, 0)", (2, 2)), *_each("slogdet(x)", (3, 3)),
    *_pair("solve(a, b)", ((2, 2), (2,)), ((3, 3), (3, 2)), ((2, 3, 3), (2, 3, 2)), ((2, 3, 3), (3, 2)), ((3, 3), (2, 3, 2)), ((2, 3, 3), (3,))),
    *[use for f in ("softmax", "log_softmax", "layer_norm", "rms_norm", "softmin", "ptp", "std", "var") for use in _each(f"{f}(x)", (3,), (2, 3))],
    *_each("batch_norm(x)", (3, 2)), *_each("var(x, axis=1, ddof=1)", (2, 3)), *_each("diff(x)", (4,), (2, 3)),
    *_pair("mse(a, b)", ((3,), (3,)), ((2, 3), (3,))), *_pair("mae(a, b)", ((3,), (3,))), *_pair("huber(a, b)", ((3,), (3,))),
    *_pair("huber(a, b, 0.1)", ((3,), (3,))), *_pair("binary_cross_entropy_with_logits(a, b)", ((3,), (3,))),
    *_pair("kl_div(a, b)", ((3,), (3,)), kind="positive"), *_pair("binary_cross_entropy(sigmoid(a), sigmoid(b))", ((3,), (3,))),
    Use("hinge(x, labels)", {"x": (4, 3), "labels": (4,)}), Use("cross_entropy(x, labels)", {"x": (4, 3), "labels": (4,)}),
    Use("nll(log_softmax(x), labels)", {"x": (3,), "labels": ()}), Use("attention(q, k, v)", {"q": (2, 3), "k": (4, 3), "v": (4, 2)}),
    Use("attention(q, k, v)", {"q": (5, 2, 3), "k": (5, 4, 3), "v": (5, 4, 2)}), Use("layer_norm(x, g, c)", {"x": (2, 3), "g": (3,), "c": (3,)}),
    Use("conv1d(x, w)", {"x": (6,), "w": (3,)}), Use("conv1d(x, w, 2, 'same')", {"x": (2, 6), "w": (3,)}),
    Use("conv1d(x, w, 1, 1)", {"x": (2, 3, 6), "w": (4, 3, 2)}), Use("conv2d(x, w)", {"x": (4, 5), "w": (2, 3)}),
    Use("conv2d(x, w, 2, 'same')", {"x": (2, 3, 4, 4), "w": (2, 3, 3, 3)}), Use("convolve(x, w)", {"x": (4,), "w": (3,)}),
    *_each("max_pool(x, 2)", (4, 4), (2, 4, 4)), *_each("avg_pool(x, 2, 1)", (3, 3)), *_each("max_pool1d(x, 2)", (4,)),
    *_each("zeros((2, 3)) + x", (3,)), *_each("x @ eye(3) + ones(3)*linspace(0, 1, 3) + arange(3)", (2, 3)), *_each("full(1, (2, 2))*x + full((2, 2), x) + full(2, x)", ()), *_each("clip(x, 0, None) + clip(x, None, 1)", (3,)), *_each("squareplus(x) + squareplus(x, 2)", (3,)),
    *_each("where(x > 0, x**2, -x)", (3,), (2, 3)), *_each("stop_gradient(x)*x", (3,)), *_each("count(x)*x", (3,)),
    *[use for f in ("exp10(x)", "frac(x)", "ndtr(x)", "log_ndtr(x)", "threshold(x, 0.1, 2)", "hardshrink(x)") for use in _each(f, (3,))],
    *[use for f in ("rsqrt(x)", "factorial(x)", "entr(x)") for use in _each(f, (3,), kind="positive")], *_each("ndtri(sigmoid(x))", (3,)),
    *_pair("fma(a, b, 3)", ((3,), (3,))), *_pair("lerp(a, b, 0.3)", ((2, 3), (3,))), *_pair("fdim(a, b)", ((3,), (3,))),
    *_pair("copysign(a, b)", ((3,), (3,))), *_pair("logaddexp2(a, b)", ((3,), (3,))),
    *_pair("betaln(a, b)", ((3,), (3,)), kind="positive"), *_pair("xlog1py(a, b)", ((3,), (3,)), kind="positive"),
    # under the names of NumPy, SciPy and PyTorch
    *_pair("tensordot(a, b, 1)", ((2, 3), (3, 2)), ((3,), (3,)), ((2, 3), (3,))), *_pair("tensordot(a, b, ((0, 1), (1, 0)))", ((2, 3), (3, 2, 4))),
    *_pair("tensordot(a, b, 0)", ((2,), (3,)), ((), (2,))), *_pair("vecdot(a, b)", ((3,), (3,)), ((2, 3), (3,))), *_pair("matvec(a, b)", ((2, 3), (3,)), ((4, 2, 3), (4, 3))),
    *_pair("vecmat(a, b)", ((2,), (2, 3)), ((4, 2), (4, 2, 3))), *_each("trace(x, 1)", (3, 3), (2, 3)), *_each("trace(x, axis1=1, axis2=-1)", (2, 3, 3)),
    *_each("moveaxis(x, (0, 1), (2, 0))", (2, 1, 3)), *_each("matrix_transpose(x)", (2, 3), (2, 1, 3)), *_each("x.mT", (2, 3), (4, 2, 3)),
    *_pair("concatenate((a, b), axis=None)", ((2, 3), (2,)), ((), (2,))), *_pair("vstack((a, b))", ((3,), (3,)), ((2, 3), (3,)), ((), ())),
    *_pair("hstack((a, b))", ((3,), (2,)), ((2, 3), (2, 1)), ((), (2,))), *_pair("dstack((a, b))", ((3,), (3,)), ((2, 3), (2, 3))),
    *_pair("column_stack((a, b))", ((3,), (3,)), ((2, 3), (2,))), *_pair("append(a, b)", ((2, 2), (3,))), *_pair("block([[a, b], [b, a]])", ((2, 2), (2, 2))),
    *_each("diagflat(x)", (2, 2), (3,)), *_each("fliplr(x)", (2, 3)), *_each("flipud(x)", (2, 3)), *[use for k in (0, 1, 2, 3, -1) for use in _each(f"rot90(x, {k})", (2, 3))],
    *_each("diff(x, 2)", (4,), (2, 4)), *_each("diff(x, axis=0)", (3, 2), (2, 2, 2)), *_each("diff(x, 1, -2)", (3, 2)), *_each("vander(x, 3)", (2,)), *_each("vander(x, 3, True)", (2,)),
    *_each("vander(x)", (3,), (1,), (2, 3)), *_each("vander(x, increasing=True)", (3,)), *_each("part(x, 1, 2)", (4,), (2, 2)), *_each("part(x, 2, 3, 0)", (3, 2), (6,)),
    *_each("glu(x)", (4,), (3, 2)), *_each("glu(x, axis=1)", (2, 4, 3)), *_pair("interp(a, [-1, 0, 0.5, 2], b)", ((5,), (4,)), ((), (4,)), ((2, 3), (4,))), *_pair("interp(a, cumsum(exp(b)), b)", ((6,), (3,)), ((2,), (2,))),
    *_each("trapezoid(x)", (4,), (2, 3)), *_pair("trapezoid(a, b)", ((4,), (4,))), *_each("adjugate(x)", (3, 3), (2, 2)), *_each("cond(x)", (2, 2), (3, 2)),
    *_pair("solve_triangular(a, b)", ((3, 3), (3,))), *_pair("solve_triangular(a, b, lower=True)", ((2, 2), (2, 3))), *_each("matrix_norm(x)", (2, 3), (2, 2, 3)),
    *_each("vector_norm(x)", (2, 3)), *_each("vector_norm(x, axis=0)", (2, 3)), *_pair("cdist(a, b)", ((2, 3), (4, 3))), *_pair("cdist(a, b, 1)", ((2, 3), (2, 3))),
    Use("one_hot(labels, 2)*x", {"x": (4, 2), "labels": (4,)}), *_each("full_like(x, 2)*x + zeros_like(x)", (2, 3), ()), *_each("tri(3)*x + logspace(0, 1, 3)", (3,)),
    *[use for q in (0, 0.3, 0.5, 1) for use in _each(f"quantile(x, {q})", (4,), (2, 3))], *_each("quantile(x, 0.2, axis=0, keepdims=True)", (3, 2)), *_each("percentile(x, 30, axis=-1)", (2, 4), (1,)),
    *_each("cov(x)", (2, 4)), *_each("corrcoef(x)", (2, 4)), *_pair("weighted_mean(a, b)", ((3,), (3,)), kind="positive"), *_each("where(all(x > -9) and any(x > 0), x, 2*x)", (3,)),
    *_each("rel_entr(x, 2*x)", (3,), kind="positive"),
    *[use for m in ("edge", "reflect", "symmetric", "wrap") for use in _each(f"pad(x, 1, '{m}')", (3,), (2, 3))], *_each("pad(x, ((1, 0), (0, 2)))", (2, 2)),
    *_each("x[[True, False, True]]", (3,), (3, 2)), *_each("x[:, newaxis]", (3,)), *_each("x[[0, 1], :, [1, 0]]", (2, 3, 2)), *_each("x[-1:0:-2, ...]", (4, 2)),
    *_pair("smooth_l1(a, b)", ((3,), (3,))), *_pair("log_cosh(a, b)", ((3,), (3,))), *_pair("poisson_nll(a, b)", ((3,), (3,))), *_pair("soft_margin(a, sign(b))", ((3,), (3,))),
    *_pair("binary_hinge(a, sign(b))", ((3,), (3,))), *_pair("focal(a, sigmoid(b))", ((3,), (3,))), *_pair("focal(a, sigmoid(b), 1.5)", ((3,), (3,))), *_pair("gaussian_nll(a, b, a**2 + 1)", ((3,), (3,))),
    *_each("normalize(x)", (3,), (2, 3)), Use("correlate(x, w)", {"x": (5,), "w": (3,)}), *_each("diag(x, -2)", (2,), (4, 4)), *_each("diagonal(x, 1, -2, -1)", (2, 3, 3)),
    *_each("prod(x*[[0, 1, 1], [0, 0, 1]], axis=-1)", (2, 3)), *_each("var(x, axis=(0, -1), ddof=1, keepdims=True)", (2, 1, 3)), *_each("norm(x, 3, axis=-1)", (2, 3)),
    *_pair("cosine_similarity(a, b)", ((3,), (3,)), ((2, 3), (2, 3))),
]  # fmt: skip
