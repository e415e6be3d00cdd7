"""Graphs of mixed shapes that Hypothesis makes up: values and gradients agree with HIPS autograd and with PyTorch.

The oracles share nothing with this package but NumPy: they trace an ordinary function and have rules of their own. What
autograd has no (right) rule for is asked of PyTorch, whose functions take NumPy's names and arguments here.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

import graphviz_ad as gv

#: steps that both languages read alike; the oracle reads them with ``np`` for its own NumPy
ONE = (
    "sin(A)", "tanh(A)", "exp(0.3*A)", "log(1 + A**2)", "sqrt(A**2 + 1)", "A.T", "A*A", "sum(A)",
    "sum(A, axis=0)", "sum(A, axis=-1, keepdims=True)",
    "mean(A)", "mean(A, axis=-1)", "var(A)", "prod(A/2, axis=-1)", "ravel(A)", "expand_dims(A, 0)", "reshape(A, -1)", "roll(A, 1)",
    "A[0]", "A[::-1]", "A[-1:]", "transpose(A)", "trace(A)", "tril(A)", "cumsum(A, axis=0)", "max(A)",
    "where(A > 0.1, A, A**2)",
)  # fmt: skip
TWO = (
    "A + B", "A - B", "A*B", "A/(1 + B**2)", "A @ B", "dot(A, B)", "outer(ravel(A), ravel(B))",
    "maximum(A, B)", "where(A > B, A + 0*B, B + 0*A)",
    "concatenate((A, B))", "stack((A, B))",
)  # fmt: skip
#: steps for the second oracle
ONE_TORCH = (
    "flip(A)", "flip(A, axis=0)", "flip(A, axis=(0, -1))", "repeat(A, 2)", "repeat(A, 2, axis=0)",
    "repeat(A, [1, 2], axis=-1)", "tile(A, 2)",
    "tile(A, (2, 1))", "softmax(A)", "log_softmax(A, axis=0)", "logsumexp(A, axis=-1)", "sort(A)", "sort(A, axis=0)", "cumsum(A, axis=-1)",
    "cumprod(A, axis=0)", "norm(A)", "norm(A, 1, axis=-1)", "norm(A, inf, axis=0)", "sqrt(1 + var(A))", "var(A, axis=-1)",
    "roll(A, 1, axis=-1)",
    "swapaxes(A, 0, -1)", "max(A, axis=-1)", "min(A, axis=0, keepdims=True)", "A[..., ::2]", "A[[0, 0]]", "A[:, None]", "ravel(A)",
    "expand_dims(A, -1)", "triu(A)", "prod(A, axis=-1)", "median(A)", "diff(A)", "pad(A, 1)",
    "logcumsumexp(A, axis=-1)", "trace(A)", "diag(A)",
    "layer_norm(A)", "vstack((A, A))", "hstack((A, A))", "rot90(A)", "quantile(A, 0.3)", "erf(A)", "gelu(A)", "softplus(A)",
)  # fmt: skip
TWO_TORCH = (
    "A + B", "A*B", "A/(1 + B**2)", "A @ B", "outer(ravel(A), ravel(B))", "kron(A, B)", "maximum(A, B)", "concatenate((A, B))",
    "hypot(A, B + 2)", "tensordot(A, B, 1)", "concatenate((A, B), axis=-1)", "where(A > B, A + 0*B, B + 0*A)", "logaddexp(A, B)",
    "block([[A, B]])",
)  # fmt: skip
SHAPES = ((), (1,), (2,), (3,), (1, 3), (2, 3), (3, 2), (2, 2, 3))
NAMES = ("x", "y", "z")
MOST = 60  # entries of one node


class Program(NamedTuple):
    """A text, the steps in it as (name, expression), and its inputs."""

    text: str
    steps: list[tuple[str, str]]
    inputs: dict[str, Any]


@st.composite
def programs(draw: st.DrawFn, one: tuple[str, ...] = ONE, two: tuple[str, ...] = TWO) -> Program:
    """A program that fits together, whose result is a scalar that every input takes part in."""
    shapes = {name: draw(st.sampled_from(SHAPES)) for name in NAMES}
    numbers = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    inputs = {name: numbers.normal(size=shape) for name, shape in shapes.items()}
    pool = list(NAMES)
    steps = [("start", "sum(sin(x)) + sum(y)*sum(z)")]
    for step in draw(st.lists(st.sampled_from(one + two + two), min_size=1, max_size=8)):
        expression = step.replace("A", draw(st.sampled_from(pool))).replace("B", draw(st.sampled_from(pool)))
        name = f"v{len(steps)}"
        if _fits([*steps, (name, expression)], shapes):
            steps.append((name, expression))
            pool.append(name)
    steps.append(("f", f"sum(sin({pool[-1]})) + start"))
    return Program("\n".join(f"{name} = {expression}" for name, expression in steps), steps, inputs)


def _fits(steps: list[tuple[str, str]], shapes: dict[str, tuple[int, ...]]) -> bool:
    """Whether the shapes fit and stay small."""
    text = "\n".join(f"{name} = {expression}" for name, expression in steps)
    try:
        used = gv.parse(text)
        return max(int(np.prod(node.shape)) for node in used.shaped(shapes)) <= MOST
    except gv.ShapeError:
        return False


def run_on_oracle(program: Program, values: tuple[Any, ...]) -> Any:
    """The same steps as Python on the oracle's NumPy."""
    import autograd.numpy as anp

    known: dict[str, Any] = dict(zip(NAMES, values, strict=True))
    functions = {name: getattr(anp, name) for name in dir(anp) if not name.startswith("_")}
    for name, expression in program.steps:
        known[name] = eval(expression, {"__builtins__": {}, **functions}, known)
    return known["f"]


@pytest.mark.needs_autograd
@settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow])
@given(programs())
def test_the_oracle_agrees(program: Program) -> None:
    from autograd import value_and_grad

    point = gv.parse(program.text).at(program.inputs)
    arrays = tuple(program.inputs[name] for name in NAMES)
    with np.errstate(all="ignore"):
        value, gradients = value_and_grad(lambda values: run_on_oracle(program, values))(arrays)
    size = 1 + max(float(np.max(np.abs(g))) for g in gradients)
    np.testing.assert_allclose(point.value, value, rtol=1e-11, atol=1e-11, err_msg=program.text)
    for name, expected in zip(NAMES, gradients, strict=True):
        found = point.gradients[name]
        assert np.shape(found) == np.shape(expected)
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-11 * size, err_msg=f"{name} of\n{program.text}")


# ------------------------------------------------------------------------------------------------------ PyTorch as oracle


def torch_functions() -> dict[str, Any]:
    """PyTorch's functions under NumPy's names and with NumPy's arguments."""
    import torch
    import torch.nn.functional as nn

    def axes(x: Any, axis: Any) -> Any:
        return tuple(range(x.ndim)) if axis is None else axis

    def rows(x: Any, axis: Any) -> Any:
        return (x.reshape(-1), 0) if axis is None else (x, axis)

    def padded(x: Any, width: int) -> Any:
        return nn.pad(x, (width, width) * x.ndim) if x.ndim else x

    def quantile(x: Any, q: float) -> Any:
        return torch.quantile(x, q)

    def median(x: Any) -> Any:
        return torch.quantile(x, 0.5)

    def repeat(x: Any, count: Any, axis: Any = None) -> Any:
        array, along = rows(x, axis)
        return torch.repeat_interleave(array, torch.tensor(count) if isinstance(count, list) else count, dim=along)

    def two(function: Any) -> Any:
        return lambda a, b: function(*torch.broadcast_tensors(torch.as_tensor(a), torch.as_tensor(b)))

    return {
        "inf": float("inf"), "sin": torch.sin, "erf": torch.erf, "ravel": lambda x: x.reshape(-1), "gelu": nn.gelu, "softplus": nn.softplus,
        "sum": torch.sum, "flip": lambda x, axis=None: torch.flip(x, (axis,) if isinstance(axis, int) else axes(x, axis)), "repeat": repeat,
        "tile": lambda x, reps: torch.tile(x, (reps,) if isinstance(reps, int) else reps), "softmax": lambda x: torch.softmax(x, -1),
        "log_softmax": lambda x, axis: torch.log_softmax(x, axis), "logsumexp": lambda x, axis: torch.logsumexp(x, axis),
        "sort": lambda x, axis=-1: torch.sort(x, dim=axis).values, "cumsum": torch.cumsum, "cumprod": torch.cumprod,
        "logcumsumexp": lambda x, axis: torch.logcumsumexp(x, axis),
        "norm": lambda x, ord=2, axis=None: torch.linalg.vector_norm(x, ord, axis),
        "sqrt": torch.sqrt, "var": lambda x, axis=None: torch.var(x, axes(x, axis), correction=0),
        "roll": lambda x, shift, axis: torch.roll(x, shift, axis), "swapaxes": torch.swapaxes, "prod": torch.prod, "diff": torch.diff,
        "max": lambda x, axis: torch.amax(x, axis), "min": lambda x, axis, keepdims: torch.amin(x, axis, keepdim=keepdims),
        "expand_dims": torch.unsqueeze, "triu": torch.triu, "median": median, "quantile": quantile, "pad": padded, "trace": torch.trace,
        "diag": torch.diag, "layer_norm": lambda x: nn.layer_norm(x, x.shape[-1:]), "vstack": torch.vstack, "hstack": torch.hstack,
        "rot90": torch.rot90, "outer": torch.outer, "kron": torch.kron, "maximum": two(torch.maximum), "hypot": two(torch.hypot),
        "logaddexp": two(torch.logaddexp), "concatenate": lambda xs, axis=0: torch.cat(xs, axis), "tensordot": torch.tensordot,
        "where": torch.where, "block": lambda rows: torch.cat(rows[0], -1),
    }  # fmt: skip


@pytest.mark.needs_torch
@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(programs(ONE_TORCH, TWO_TORCH))
def test_pytorch_agrees(program: Program) -> None:
    import torch

    functions = torch_functions()
    point = gv.parse(program.text).at(program.inputs)
    known: dict[str, Any] = {name: torch.tensor(program.inputs[name], dtype=torch.float64, requires_grad=True) for name in NAMES}
    arrays = [known[name] for name in NAMES]
    for name, expression in program.steps:
        try:
            known[name] = eval(expression, dict(functions), known)
        except (RuntimeError, IndexError):
            reject()  # a shape that NumPy takes and PyTorch does not, such as the trace of a stack of matrices
    value = known["f"]
    gradients = torch.autograd.grad(value, arrays)
    size = 1 + max(float(g.abs().max()) for g in gradients)
    if not np.isfinite(size):
        return  # a norm of nothing, the logarithm of a vanished variance
    np.testing.assert_allclose(point.value, value.item(), rtol=1e-10, atol=1e-10, err_msg=program.text)
    for name, expected in zip(NAMES, gradients, strict=True):
        found = point.gradients[name]
        assert np.shape(found) == tuple(expected.shape)
        np.testing.assert_allclose(found, expected.numpy(), rtol=1e-8, atol=1e-10 * size, err_msg=f"{name} of\n{program.text}")
