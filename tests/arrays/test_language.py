"""Arrays in the language: literals, indexing, calls, functions, and errors that name operands, shapes and places."""

# ruff: noqa: E501 - tables: several cases a line

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import graphviz_ad as gv

X = np.arange(12.0).reshape(3, 4) - 5


def value(text: str, **inputs: Any) -> Any:
    return gv.parse(text).at(inputs).value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x[1]", X[1]), ("x[-1, 2]", X[-1, 2]), ("x[:, 1]", X[:, 1]), ("x[::-1, ::2]", X[::-1, ::2]), ("x[..., 1:3]", X[..., 1:3]),
        ("x[None, 0]", X[None, 0]), ("x[[0, 2]]", X[[0, 2]]), ("x[[0, 2], [1, 1]]", X[[0, 2], [1, 1]]), ("x[x > 0]", X[X > 0]),
        ("x[-2:][0]", X[-2:][0]), ("x.T", X.T), ("x[0] @ x[1]", X[0] @ X[1]), ("sum(x, axis=1, keepdims=True)", X.sum(1, keepdims=True)),
        ("sum(x, 0)", X.sum(0)), ("max(x, axis=(0, 1))", X.max()), ("max(x, 0)", np.maximum(X, 0)), ("reshape(x, (2, -1))", X.reshape(2, -1)),
        ("reshape(x, [6, 2])", X.reshape(6, 2)), ("concatenate([x, x], axis=1)", np.concatenate([X, X], 1)),
        ("stack((x[0], x[1]), axis=-1)", np.stack((X[0], X[1]), -1)), ("[x[0], 2*x[1]]", np.stack([X[0], 2 * X[1]])),
        ("[[1, 2], [3, 4]] @ [1, -1]", np.array([-1.0, -1.0])), ("1 if x > 0 else -1", np.where(X > 0, 1, -1)), ("0 < x < 3", (X > 0) & (X < 3)),
        ("median(x)", np.median(X)), ("norm(x)", np.linalg.norm(X)), ("norm(x, 1)", np.linalg.norm(X, 1)), ("norm(x, inf)", np.linalg.norm(X, np.inf)), ("norm(x, -inf)", np.linalg.norm(X, -np.inf)),
        ("std(x, axis=0, ddof=1)", X.std(0, ddof=1)), ("roll(x, 1, axis=0)", np.roll(X, 1, 0)), ("tile(x, 2)", np.tile(X, 2)),
        ("take(x, [0, 2], axis=0)", X[[0, 2]]), ("arange(2, 8, 2)", np.arange(2.0, 8, 2)), ("linspace(0, 1, 5)", np.linspace(0, 1, 5)),
        ("eye(2, 3)", np.eye(2, 3)), ("diag([1, 2])", np.diag([1.0, 2])), ("kron(x, [1, 2])", np.kron(X, [1, 2])), ("tril(x, -1)", np.tril(X, -1)),
        ("einsum('ij,kj->ik', x, x)", X @ X.T), ("argmax(x, axis=1)", X.argmax(1)), ("x % 3", X % 3), ("where(x > 0, x, 0)", np.where(X > 0, X, 0)),
        ("convolve(x[0], [1, 2])", np.convolve(X[0], [1, 2])), ("convolve(x[0], [1, 2], 'valid')", np.convolve(X[0], [1, 2], "valid")),
        ("(x > 0) + (x > 1)", 1.0 * (X > 0) + (X > 1)), ("-(x > 0)", -1.0 * (X > 0)), ("(x > 0) - (x > 1)", 1.0 * (X > 0) - (X > 1)),
        ("exp(x > 0)", np.exp(1.0 * (X > 0))), ("mean(x > 0)", np.mean(X > 0)), ("max(x > 0)", 1.0), ("sum(x > 0)", np.sum(X > 0)),
        ("diagonal(x, 1)", X.diagonal(1)), ("expand_dims(x, 0)", X[None]), ("cumsum(x)", X.cumsum()), ("sort(x[0])[::-1]", np.sort(X[0])[::-1]),
        ("matrix_power([[1, 1], [0, 1]], 5)", np.array([[1.0, 5], [0, 1]])), ("ptp(x)", np.ptp(X)), ("diff(x)", np.diff(X)),
        ("vander(x[0])", np.vander(X[0])), ("vander(x[0], increasing=True)", np.vander(X[0], increasing=True)), ("vander(x[0], 2)", np.vander(X[0], 2)),
        ("interp(x/3, [-1, 0, 2.5], [3, 1e16, -2])", np.interp(X / 3, [-1, 0, 2.5], [3, 1e16, -2])), ("part(x, 1, 3, axis=0)", X[1:2]), ("part(x, 1, 2)", X[:, 2:]),
        ("glu(x)", X[:, :2] / (1 + np.exp(-X[:, 2:]))),
        ("s(t) = exp(t)/sum(exp(t)); s(x[2])", np.exp(X[2]) / np.exp(X[2]).sum()), ("pad([1, 2], 1)", np.pad([1.0, 2], 1)),
    ],
)  # fmt: skip
def test_values_are_numpys(text: str, expected: Any) -> None:
    found = value(text, x=X) if "x" in gv.parse(text).inputs else value(text)
    assert np.shape(found) == np.shape(expected)
    np.testing.assert_allclose(found, np.asarray(expected, dtype=float), rtol=1e-14, atol=1e-15)


@pytest.mark.parametrize(
    ("text", "inputs", "message", "column"),
    [
        ("W @ x", {"W": np.ones((3, 2)), "x": np.ones(3)}, "matmul needs (i, j) @ (j, k): W is (3, 2), x is (3,)", 3),
        (
            "A + b",
            {"A": np.ones((2, 3)), "b": np.ones(2)},
            "add needs shapes that broadcast, axis -1 has 3 and 2: A is (2, 3), b is (2,)",
            3,
        ),
        ("x @ y", {"x": 1.0, "y": 2.0}, "matmul needs (i, j) @ (j, k), not a scalar; write * to scale: x is a scalar, y is a scalar", 3),
        ("sum(x, axis=2)", {"x": np.ones(3)}, "sum has no axis 2", 1),
        ("x[3]", {"x": np.ones(3)}, "out of bounds", 2),
        ("y = 1\nx[0]", {"x": 1.0}, "index has too many indices: x is a scalar", 2),
        ("x[0, 1:]", {"x": np.ones(2)}, "index has too many indices, 2 for 1 axis: x is (2,)", 2),
        ("glu(x)", {"x": np.ones(3)}, "part needs 2 equal parts along axis 0, and has 3 entries there", 1),
        ("part(x, 2, 2)", {"x": np.ones(4)}, "there is no part 2 of 2", 1),
        ("inv(x)", {"x": np.ones((2, 3))}, "inv needs a square matrix: x is (2, 3)", 1),
        ("[x, 1]", {"x": np.ones(2)}, "stack needs entries of equal shape", 1),
        ("reshape(x, (2, 2))", {"x": np.ones(3)}, "reshape", 1),
        ("max(x)", {"x": np.ones(0)}, "max needs at least one entry", 1),
        ("x[i]", {"x": np.ones(3), "i": 0.5}, "not whole", 2),
    ],
)
def test_shape_errors_name_operands_and_places(text: str, inputs: dict[str, Any], message: str, column: int) -> None:
    with pytest.raises(gv.ShapeError) as caught:
        gv.parse(text).at(inputs)
    assert message in str(caught.value)
    assert caught.value.column == column


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sum(x, axis=a)", "nothing computed"), ("stack(x)", "list of arrays"), ("sum()", "needs an argument"), ("softmax(x, 0, 1)", "takes 2 arguments"),
        ("x[1:2:0]", "other than 0"), ("x[..., ...]", "one ellipsis"), ("x[1.5]", "whole number"), ("x[True]", "truth value"), ("x[a:]", "whole numbers in the text"),
        ("einsum(x, 'i')", "quotes"), ("sum(x, dims=1)", "no argument named dims"), ("reshape(x)", "needs an argument shape"),
    ],
)  # fmt: skip
def test_calls_that_do_not_fit(text: str, message: str) -> None:
    with pytest.raises(gv.ParseError) as caught:
        gv.parse(text)
    assert message in str(caught.value)
    assert caught.value.column is not None


def test_a_users_function_and_names_mean_nothing_inside_definitions_of_ours() -> None:
    text = "max(t) = 7*t; exp(t) = 0*t; softmax(x)"
    np.testing.assert_allclose(value(text, x=[1.0, 2.0]), np.exp([1, 2]) / np.sum(np.exp([1, 2])), rtol=1e-15)
    assert value("axis = 3; sum(softmax(x)) + axis", x=[1.0, 2.0]) == pytest.approx(4)


def test_numbers_that_are_parameters_are_no_nodes() -> None:
    graph = gv.parse("sum(x, axis=1) + reshape(y, (2, 3))[-1, 0]")
    assert "constant" not in graph.ops


def test_definitions_are_groups() -> None:
    graph = gv.parse("p = softmax(x); q = softmax(x, axis=0)")
    assert [group.name for group in graph.groups] == ["softmax", "softmax"]
    assert graph.groups[1].label == "softmax(x, axis=0)"
    nested = gv.parse("attention(q, k, v)").groups
    assert [group.name for group in nested] == ["attention", "softmax"]
    assert nested[1].parent == 0


def test_lists_nest_without_limit_of_recursion() -> None:
    assert value("sum(" + "[" * 20 + "x" + "]" * 20 + ")", x=2.0) == 2


@pytest.mark.parametrize(
    "text", ["zeros((100000, 100000))", "tile(x, (100000, 100000))", "repeat(x, 10000000000)", "pad(x, 10000000000)", "outer(y, y)"]
)
def test_what_would_not_fit_is_refused(text: str) -> None:
    with pytest.raises(gv.LimitError, match="GRADVIZ_MAX_ENTRIES"):
        gv.parse(text).at({name: array for name, array in (("x", [1.0]), ("y", np.ones(10_000))) if name in gv.parse(text).inputs})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("max(x, 0, axis=0)", "max of several arguments is elementwise, and takes no axis"),
        ("fmin(x, 0, x, keepdims=True)", "fmin of several arguments is elementwise, and takes no keepdims"),
    ],
)
def test_options_of_a_reduction_are_refused_where_max_compares(text: str, message: str) -> None:
    with pytest.raises(gv.ParseError, match=message):
        gv.parse(text)
    assert gv.parse("maximum(x, y=1)").at(x=2).value == 2.0
