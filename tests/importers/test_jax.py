"""JAX functions as graphs: values and every gradient against JAX's own, places in the file, one error for all gaps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import graphviz_ad as gv

pytestmark = pytest.mark.needs_jax
jax = pytest.importorskip("jax")
jnp, lax = jax.numpy, jax.lax


@pytest.fixture(autouse=True)
def _double() -> Any:
    """JAX counts in double precision here, as the graph does."""
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    yield
    jax.config.update("jax_enable_x64", before)


def mlp(params: Any, x: Any, y: Any) -> Any:
    hidden = jax.nn.relu(x @ params["w1"] + params["b1"])
    scores = hidden @ params["w2"]
    return -jnp.mean(jnp.sum(jax.nn.log_softmax(scores) * y, axis=1))


@jax.jit
def softmax_classifier(W: Any, b: Any, x: Any) -> Any:
    scores = x @ W.T + b
    shifted = scores - jnp.max(scores, axis=1, keepdims=True)
    return -jnp.mean((shifted - jnp.log(jnp.sum(jnp.exp(shifted), axis=1, keepdims=True)))[:, 0]) + 0.1 * jnp.sum(W**2)


def convolution(x: Any, w: Any) -> Any:
    y = lax.conv_general_dilated(x, w, (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC"))
    y = jax.nn.gelu(y)
    return jnp.mean(lax.reduce_window(y, -jnp.inf, lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID") ** 2)


def attention(q: Any, k: Any, v: Any) -> Any:
    scores = jnp.einsum("bqd,bkd->bqk", q, k) / jnp.sqrt(q.shape[-1])
    mask = jnp.tril(jnp.ones((q.shape[1], k.shape[1]), bool))
    return jnp.linalg.norm(jax.nn.softmax(jnp.where(mask, scores, -jnp.inf), axis=-1) @ v)


def shapes(x: Any) -> Any:
    a = jnp.concatenate([x[1:, ::2].ravel(), x.T[0], jnp.stack([x[0, 0], x[1, 1]])])
    b = jnp.clip(jnp.where(a > 0, a, 0.1 * a), -1, 1) + jnp.pad(a, (1, 1))[1:-1] * jnp.arange(a.size)
    return jnp.mean(jnp.cumsum(b) ** 2) + jnp.flip(x, 0).max(axis=1).sum() + jnp.std(x) + jnp.prod(x[0]) + x[jnp.array([0, 0, 1])].sum()


def elementwise(x: Any, y: Any) -> Any:
    z = jnp.exp(x) / (1 + jax.nn.sigmoid(y)) - jax.nn.softplus(x) * jax.nn.silu(y) + jnp.arctan2(x, y) + jax.nn.elu(x)
    return jnp.sum(z + lax.rsqrt(1 + x * x) + lax.erf(y) + jnp.maximum(x, y) + jnp.abs(x) ** 1.5 + jnp.log1p(x * x) + x**3 % 2)


def scalar(x: Any, y: Any) -> Any:
    return jnp.sin(x) * y + x**2 / (1 + jnp.exp(-y))


DRAWN = np.random.default_rng(11)
draw = DRAWN.normal
CASES: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
    "mlp": (mlp, ({"w1": draw(size=(3, 4)), "b1": draw(size=4), "w2": draw(size=(4, 2))}, draw(size=(5, 3)), np.eye(2)[[0, 1, 1, 0, 1]])),
    "softmax classifier": (softmax_classifier, (draw(size=(3, 2)), draw(size=3), draw(size=(4, 2)))),
    "convolution": (convolution, (draw(size=(2, 4, 4, 2)), draw(size=(3, 3, 2, 3)))),
    "attention": (attention, (draw(size=(2, 3, 4)), draw(size=(2, 3, 4)), draw(size=(2, 3, 2)))),
    "shapes": (shapes, (draw(size=(3, 4)),)),
    "elementwise": (elementwise, (draw(size=5), draw(size=5))),
    "scalar": (scalar, (0.7, -1.2)),
}


@pytest.mark.parametrize("name", CASES)
def test_values_and_gradients_are_those_of_jax(name: str) -> None:
    function, examples = CASES[name]
    wanted, slopes = jax.value_and_grad(function, argnums=tuple(range(len(examples))))(*examples)
    graph = gv.from_jax(function, *examples)
    leaves = jax.tree_util.tree_leaves(examples)
    point = graph.at(dict(zip(graph.inputs, leaves, strict=True)))
    np.testing.assert_allclose(point.value, float(wanted), rtol=1e-12)
    for key, slope in zip(graph.inputs, jax.tree_util.tree_leaves(slopes), strict=True):
        np.testing.assert_allclose(point.gradients[key], slope, rtol=1e-9, atol=1e-12)


def test_inputs_and_lines_have_names() -> None:
    graph = gv.from_jax(*((mlp, *CASES["mlp"][1])))
    assert set(graph.inputs) == {"params_b1", "params_w1", "params_w2", "x", "y"}
    lines = {graph.text[node.spans[0].start : node.spans[0].end] for node in graph if node.op == "matmul"}
    assert lines == {'hidden = jax.nn.relu(x @ params["w1"] + params["b1"])', 'scores = hidden @ params["w2"]'}


def test_the_graph_is_checked_like_any_other() -> None:
    point = gv.from_jax(scalar, 0.7, -1.2).at(x=0.7, y=-1.2)
    assert point.check().verdict == "pass"
    np.testing.assert_allclose(point.hessian(), jax.hessian(lambda v: scalar(*v))(jnp.array([0.7, -1.2])), rtol=1e-10)


def test_everything_that_has_no_counterpart_is_listed() -> None:
    def strange(x: Any) -> Any:
        y = jnp.abs(jnp.fft.fft(x))
        return y.sum() + lax.igamma(x, x).sum()

    with pytest.raises(gv.ParseError) as caught:
        gv.from_jax(strange, jnp.ones(4))
    assert "JAX's fft" in str(caught.value)
    assert "JAX's igamma" in str(caught.value)
    assert "line " in str(caught.value)


@pytest.mark.parametrize(("function", "said"), [
    (lambda x: x if x.sum() > 0 else -x, "JAX cannot trace"),
    (lambda x: lax.fori_loop(0, 3, lambda k, y: y * 2, x).sum(), "JAX's (scan|while)"),
    (lambda x: None, "returns nothing"),
])  # fmt: skip
def test_what_cannot_be_a_graph_says_why(function: Any, said: str) -> None:
    with pytest.raises(gv.ParseError, match=said):
        gv.from_jax(function, jnp.ones(3))


def test_something_else_is_refused() -> None:
    with pytest.raises(gv.ParseError, match="is no function"):
        gv.from_jax(3, jnp.ones(3))
