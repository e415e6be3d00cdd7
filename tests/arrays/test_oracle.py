"""Graphs of mixed shapes that Hypothesis makes up: values and gradients agree with the reverse mode of HIPS autograd.

The oracle shares nothing with this package but NumPy: it traces an ordinary function and has rules of its own.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
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
    "A + B", "A - B", "A*B", "A/(1 + B**2)", "A @ B", "dot(A, B)", "outer(ravel(A), ravel(B))", "kron(A, B)",
    "maximum(A, B)", "where(A > B, A + 0*B, B + 0*A)",
    "concatenate((A, B))", "stack((A, B))",
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
def programs(draw: st.DrawFn) -> Program:
    """A program that fits together, whose result is a scalar that every input takes part in."""
    shapes = {name: draw(st.sampled_from(SHAPES)) for name in NAMES}
    numbers = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    inputs = {name: numbers.normal(size=shape) for name, shape in shapes.items()}
    pool = list(NAMES)
    steps = [("start", "sum(sin(x)) + sum(y)*sum(z)")]
    for step in draw(st.lists(st.sampled_from(ONE + TWO + TWO), min_size=1, max_size=8)):
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
