"""NumPy functions traced into graphs: values, gradients, places, and one error for all that cannot be traced."""

# ruff: noqa: E501 - tables: several cases a line

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import graphviz_ad as gv
from graphviz_ad import from_python

WEIGHTS = np.arange(6.0).reshape(3, 2) / 5
CHANCE = np.random.default_rng(0)


def network(x: Any, W: Any, b: Any) -> Any:
    hidden = np.maximum(0, x @ W + b)
    scores = hidden @ WEIGHTS
    shifted = scores - scores.max(axis=1, keepdims=True)
    return -np.mean((shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True)))[:, 0]) + 0.1 * (W**2).sum()


def unrolled(x: Any) -> Any:
    for step in range(3):
        x = np.tanh(x * (step + 1)) + x.T
    return sum(x.ravel()[k] * k for k in range(x.size))


def assembled(x: Any) -> Any:
    y = np.array([x[0], 2 * x[1], 1.0]) * np.stack([x[0], x[0], x[1]])
    return np.concatenate([y, x]) @ np.linspace(0, 1, 5) + np.linalg.norm(y) + np.dot(x, x) + np.add.reduce(x)


def selected(x: Any) -> Any:
    y = np.where(x > 0, np.sqrt(np.abs(x)), -x)
    return (
        y[::-1].cumsum()[1:].prod()
        + np.clip(x, -0.5, 0.5).sum()
        + x[[0, 0, 1]].sum()
        + np.einsum("i,i->", x, x)
        + abs(x).max()
        - (-x).min()
    )


def solved(A: Any, b: Any) -> Any:
    return np.sum(np.linalg.solve(A, b) ** 2) + np.linalg.det(A) + np.trace(np.linalg.inv(A)) + np.var(b) + np.std(A, axis=0)[0]


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        (network, {"x": CHANCE.normal(size=(4, 5)), "W": CHANCE.normal(size=(5, 3)), "b": CHANCE.normal(size=3)}),
        (unrolled, {"x": CHANCE.normal(size=(2, 2))}),
        (assembled, {"x": np.array([0.3, -1.2])}),
        (selected, {"x": np.array([0.3, -1.2, 2.0])}),
        (solved, {"A": CHANCE.normal(size=(3, 3)) + 2 * np.eye(3), "b": CHANCE.normal(size=3)}),
    ],
)
def test_the_graph_computes_what_the_function_does(function: Callable[..., Any], arguments: dict[str, Any]) -> None:
    graph = from_python(function, *arguments.values())
    point = graph.at(arguments)
    assert point.value == pytest.approx(function(**arguments), rel=1e-13)
    step = 1e-6
    for name, array in arguments.items():
        direction = CHANCE.normal(size=array.shape)
        ahead, behind = (function(**{**arguments, name: array + sign * step * direction}) for sign in (1, -1))
        assert np.sum(point.gradients[name] * direction) == pytest.approx((ahead - behind) / (2 * step), rel=1e-5)


def test_nodes_know_their_place_in_the_file() -> None:
    graph = from_python(network, np.ones((4, 5)), np.ones((5, 3)), np.ones(3))
    found = {node.op: graph.text[node.spans[0].start : node.spans[0].end] for node in graph if node.spans}
    assert found["maximum"] == "np.maximum(0, x @ W + b)"
    assert found["matmul"] == "hidden @ WEIGHTS"
    assert graph.source.endswith("test_python.py")


def test_arrays_of_the_function_keep_their_names() -> None:
    graph = from_python(network, np.ones((4, 5)), np.ones((5, 3)), np.ones(3))
    assert "WEIGHTS" in graph.input_handles
    assert graph.inputs == ("x", "W", "b")


def hopeless(x: Any) -> Any:
    y, tail = np.unwrap(x), x[1:]
    x[0] = tail[0]
    z = np.sort(y)
    if z[0] > 0:
        return x
    return np.unwrap(z)


def test_one_error_lists_everything_up_to_the_branch() -> None:
    with pytest.raises(gv.ParseError) as caught:
        from_python(hopeless, np.ones(3))
    text = str(caught.value)
    first = hopeless.__code__.co_firstlineno
    assert f"line {first + 1}: np.unwrap" in text
    assert f"line {first + 2}: an assignment into an array that shares its memory" in text
    assert f"line {first + 4}: a branch depends on a value" in text
    assert text.count("unwrap") <= 2, "what stands behind the branch is not reached"


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda x: math.sin(x[0]), "number is asked for"), (lambda x: float(x[0]), "number is asked for"), (lambda x: x[0].item(), "item()"),
        (lambda x: [1, 2][x[0]], "whole number"), (lambda x: np.asarray(x, dtype=float).sum(), "np.asarray"), (lambda x: None, "returns nothing"),
        (lambda x: x.astype(int), "astype"), (lambda x: np.add(x, 1, out=x), "out="),
    ],
)  # fmt: skip
def test_what_asks_for_numbers(function: Callable[..., Any], message: str) -> None:
    with pytest.raises(gv.ParseError, match=message.replace("(", r"\(").replace(")", r"\)")):
        from_python(function, np.ones(3))


def test_shapes_that_do_not_fit() -> None:
    with pytest.raises(gv.ShapeError, match=r"matmul needs \(i, j\) @ \(j, k\): A is \(3, 2\), b is \(3,\)") as caught:
        from_python(lambda A, b: A @ b, np.ones((3, 2)), np.ones(3))
    assert caught.value.line is not None


def test_several_results() -> None:
    graph = from_python(lambda x: (x.sum(), x.mean()), np.ones(4))
    assert list(graph.at(x=np.arange(4.0)).value.values()) == [6.0, 1.5]


# ------------------------------------------------------------------------------------------------------------- assignments


def entries(x: Any) -> Any:
    x[0] = 0
    x[1:] *= 2
    x[[1, 2]] = x[[2, 1]]
    return np.sum(x**3)


def rows(x: Any) -> Any:
    y = np.outer(x, x)
    y[:, 0] = x
    y[1] = y[1] * 2
    y[..., 2] += 1
    y[::-1] = y.copy()
    y[:] = y + 1
    return np.sum(y**2)


def by_condition(x: Any) -> Any:
    x[x < 0] = 0.1
    return np.sum(np.exp(x))


def same_object(x: Any) -> Any:
    y = x
    y += 1
    y /= 2
    return np.sum(x**2)


def part_in_place(x: Any) -> Any:
    part = x[1:]
    part *= 3
    part -= 1
    return np.sum(x**2)


def copies(x: Any) -> Any:
    y = x.copy()
    y[0] = 5
    number = x[1]
    number += 1
    return np.sum(x * y) * number


@pytest.mark.parametrize("function", [entries, rows, by_condition, same_object, part_in_place, copies])
def test_assignments_do_what_they_do_in_numpy(function: Callable[..., Any]) -> None:
    chance = np.random.default_rng(6)
    x = np.array([0.7, -1.2, 0.4, 1.9])
    point = from_python(function, x.copy()).at(x=x)
    np.testing.assert_allclose(point.value, function(x.copy()), rtol=1e-14)
    direction = chance.normal(size=4)
    step = 1e-6
    slope = (function(x + step * direction) - function(x - step * direction)) / (2 * step)
    np.testing.assert_allclose(np.sum(point.gradients["x"] * direction), slope, rtol=1e-7)


def stale(x: Any) -> Any:
    part = x[1:]
    x[1] = 3
    return np.sum(part)


def turned(x: Any) -> Any:
    x.T[0] = 3
    return np.sum(x)


def flat(x: Any) -> Any:
    row = np.ravel(x)
    row[0] = 3
    return np.sum(x)


def twice(x: Any) -> Any:
    x[[0, 0]] = 1
    return np.sum(x)


def filled(x: Any) -> Any:
    y = np.zeros(3)
    y[0] = x[0]
    return np.sum(y)


@pytest.mark.parametrize(
    ("function", "message"),
    [(stale, "shares its memory"), (turned, "shares its memory"), (flat, "shares its memory"), (twice, "twice"), (filled, "np.stack")],
)
def test_assignments_that_would_go_wrong_are_refused(function: Callable[..., Any], message: str) -> None:
    with pytest.raises(gv.ParseError, match=message) as caught:
        from_python(function, np.arange(3.0))
    assert f"line {function.__code__.co_firstlineno + (1 if function in (turned, twice) else 2)}" in str(caught.value)


def test_choice_by_truth_values_has_its_shape_with_the_values() -> None:
    graph = from_python(lambda x: np.sum(x[x > 0] ** 2), np.array([1.0, -2.0, 3.0]))
    assert graph.at(x=[1.0, -2.0, 3.0]).value == 10
    assert graph.at(x=[1.0, 2.0, 3.0]).value == 14


def test_examples_that_do_not_fit_are_told() -> None:
    def area(a: Any, b: Any) -> Any:
        return a * b

    for arguments in ((), (1.0,), (1.0, 2.0, 3.0)):
        with pytest.raises(gv.ArgumentError, match=r"the examples do not fit area: [^$]*hint: .*gv\.from_python\(area, 1\.0"):
            gv.from_python(area, *arguments)
    with pytest.raises(gv.ArgumentError, match=r"not str\nhint: gv\.parse reads text"):
        gv.from_python("x*y")  # type: ignore[arg-type]
    with pytest.raises(gv.ArgumentError, match="reads a function, not int"):
        gv.from_python(3)  # type: ignore[arg-type]
