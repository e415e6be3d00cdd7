"""Jacobians and how they are found, second derivatives, gradients as graphs, branches and inputs without a gradient."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import graphviz_ad as gv
from graphviz_ad.derive.sparsity import colours
from graphviz_ad.derive.sweeps import by_columns, by_rows
from tests.arrays.sweep import USES, Use, values

BANDED = "y = x**2; y[1:-1] - 2*y[:-2]*x[1:-1] + sin(y[2:])"


@pytest.mark.parametrize(
    ("text", "shapes", "name", "words"),
    [
        (BANDED, {"x": (60,)}, "x", "by rows: 58 backward sweeps at once"),  # finding a pattern would take longer
        (BANDED, {"x": (600,)}, "x", "3 colours of columns: 3 forward sweeps"),
        ("tanh(W @ x)", {"W": (20, 20), "x": (20,)}, "x", "by rows: 20 backward sweeps at once"),
        ("tanh(W @ x)", {"W": (90, 90), "x": (90,)}, "W", "1 colour of rows: 1 backward sweep"),
        ("tanh(W @ x)", {"W": (5, 20), "x": (20,)}, "x", "by rows: 5 backward sweeps at once"),
        ("outer(x, x)", {"x": (4,)}, "x", "by columns: 4 forward sweeps at once"),
        ("sort(X, axis=-1)", {"X": (300, 4)}, "X", "4 colours of columns: 4 forward sweeps"),
        ("sum(x)", {"x": (30,)}, "x", "by rows: 1 backward sweep"),
    ],
)
def test_the_cheapest_way_is_chosen_and_said(text: str, shapes: dict[str, tuple[int, ...]], name: str, words: str) -> None:
    point = gv.parse(text).at(values(Use(text, shapes)))
    found = point.jacobian(name)
    assert words in point.jacobian_method(name)
    output, handle = point.graph.outputs[0], point.graph.input_handles[name]
    for other in (by_rows, by_columns):
        np.testing.assert_allclose(found.reshape(-1), other(point, output, handle).reshape(-1), rtol=1e-13, atol=1e-14)
    np.testing.assert_allclose(point.sparse_jacobian(name).toarray().reshape(found.shape), found, rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("use", USES, ids=[f"{use.formula} {list(use.shapes.values())}" for use in USES])
def test_sparse_jacobians_are_the_full_ones(use: Use) -> None:
    point = gv.parse(use.formula).at(values(use))
    for name in point.wrt:
        full = by_rows(point, point.graph.outputs[0], point.graph.input_handles[name])
        np.testing.assert_allclose(point.sparse_jacobian(name).toarray(), full, rtol=1e-9, atol=1e-11)
        assert point.jacobian(name).shape == np.shape(point.value) + use.shapes[name]


def test_a_long_band_is_not_dense() -> None:
    point = gv.parse(BANDED).at(x=np.linspace(0, 1, 10_000))
    found = point.sparse_jacobian("x")
    assert found.shape == (9998, 10_000)
    assert found.nnz == 3 * 9998
    with pytest.raises(gv.LimitError, match="sparse_jacobian"):
        point.jacobian("x")


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 9)), max_size=40))
def test_rows_of_one_colour_share_no_column(places: list[tuple[int, int]]) -> None:
    from scipy import sparse

    dense = np.zeros((8, 10))
    for row, column in places:
        dense[row, column] = 1
    pattern = sparse.csr_array(dense)
    colour, count = colours(pattern, sparse.csr_array(pattern.T))
    assert set(colour) == set(range(count))
    for one in range(count):
        assert dense[colour == one].sum(axis=0).max() <= 1


SECOND = [
    use
    for use in USES
    if not any(word in use.formula for word in ("stop_gradient", "count")) and 0 not in {n for s in use.shapes.values() for n in s}
]


@pytest.mark.parametrize("use", SECOND, ids=[f"{use.formula} {list(use.shapes.values())}" for use in SECOND])
def test_gradients_are_graphs_that_can_be_differentiated_again(use: Use) -> None:
    inputs = values(use)
    weights = np.random.default_rng(3).normal(size=np.shape(gv.parse(use.formula).at(inputs).value))
    weighted = f"u = {use.formula}; sum(sin(u)*weights)"
    point = gv.parse(weighted).at({**inputs, "weights": weights}).with_respect_to(*(name for name in inputs if name != "labels"))
    graph = point.graph.gradient(*point.wrt)
    assert graph.shapes is not None
    for name, output in zip(point.wrt, graph.output_names, strict=True):
        found = graph.of(output).at({key: array for key, array in point.bound.items() if key in graph.input_handles}).value
        np.testing.assert_allclose(found, point.gradients[name], rtol=1e-10, atol=1e-12)
    chance = np.random.default_rng(5)
    tangents = {name: chance.normal(size=inputs[name].shape) for name in point.wrt}
    moved = point.hessian_vector_product(tangents)
    step = 1e-6

    def shifted(sign: int) -> dict[str, Any]:
        moved_inputs = {name: array + sign * step * tangents[name] if name in tangents else array for name, array in inputs.items()}
        return gv.parse(weighted).at({**moved_inputs, "weights": weights}).gradients

    ahead, behind = shifted(1), shifted(-1)
    for name in point.wrt:
        size = 1 + np.abs(point.gradients[name]).max(initial=0) + np.abs(moved[name]).max(initial=0)
        np.testing.assert_allclose(moved[name] / size, (ahead[name] - behind[name]) / (2 * step) / size, atol=2e-6)


def test_a_matrix_product_without_shapes_has_no_gradient_graph() -> None:
    with pytest.raises(gv.ShapeError, match="shaped"):
        gv.parse("sum((W @ x)**2)").gradient("W")
    graph = gv.parse("f = sum((W @ x)**2)").shaped(W=(3, 2), x=(2,)).gradient("W", "x")
    assert any(node.formula.startswith("outer(") for node in graph)
    assert [graph[name].shape for name in graph.output_names] == [(3, 2), (2,)]


def test_hessians() -> None:
    point = gv.parse("x @ A @ x").at(x=[1.0, 2], A=[[1, 2], [3, 4.0]])
    np.testing.assert_allclose(point.hessian("x"), [[2, 5], [5, 8]], rtol=1e-14)
    assert point.hessian("A").shape == (2, 2, 2, 2)
    assert point.hessian().shape == (6, 6)
    np.testing.assert_allclose(gv.parse("x**2*y").at(x=2, y=3).hessian(), [[6, 4], [4, 0]])


def test_second_derivatives_of_eigenvalues_and_singular_values() -> None:
    chance = np.random.default_rng(11)
    x = chance.normal(size=(3, 3))
    a = x @ x.T
    for text, same in (
        ("sum(eigvalsh(X)**3)", "trace(matrix_power((X + X.T)/2, 3))"),
        ("sum(log(eigvalsh(X @ X.T)))", "2*logdet(X)"),
        ("sum(svdvals(X)**4)", "sum((X @ X.T)**2)"),
        ("norm(X, 2)**2 + norm(X, -2)**2 + svdvals(X)[1]**2", "norm(X)**2"),
    ):
        at = a if "eigvalsh(X)**" in text else x
        point = gv.parse(text).at(X=at)
        other = gv.parse(same).at(X=at)
        np.testing.assert_allclose(point.gradients["X"], other.gradients["X"], rtol=1e-10, atol=1e-10)
        np.testing.assert_allclose(point.hessian("X"), other.hessian("X"), rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize(
    ("text", "what"),
    [("sum(eigvalsh(X)**3)", "eigvalsh"), ("norm(X, 2)", "svdvals"), ("norm(X, 'nuc')", "svdvals"), ("svdvals(X)[0]", "svdvals")],
)
def test_second_derivatives_are_refused_where_values_are_equal(text: str, what: str) -> None:
    turned = np.linalg.qr(np.random.default_rng(2).normal(size=(3, 3)))[0]
    for matrix in (np.eye(3), turned @ np.diag([2.0, 2, 5]) @ turned.T):
        point = gv.parse(text).at(X=matrix)
        assert np.all(np.isfinite(point.gradients["X"]))
        with pytest.raises(gv.DerivativeError, match=f"{what} has two equal values"):
            point.hessian("X")


def test_branches_not_taken_leak_nothing() -> None:
    for text in ("sum(where(x > 0, sqrt(x), 0))", "sum(where(x > 0, log(x)*2, x))", "sum(where(x > 0, sum([sqrt(x), x], axis=0), 0))"):
        gradient = gv.parse(text).at(x=[0.0, 4.0]).gradients["x"]
        assert np.all(np.isfinite(gradient)), text
    again = gv.parse("sum(where(x > 0, sqrt(x), 0))").at(x=[0.0, 4.0]).hessian("x")
    np.testing.assert_allclose(again, [[0, 0], [0, -1 / 32]])


def test_ties_share() -> None:
    np.testing.assert_allclose(gv.parse("max(x)").at(x=[1, 3, 3]).gradients["x"], [0, 0.5, 0.5])
    np.testing.assert_allclose(gv.parse("sum(max(x, y))").at(x=[1.0, 2], y=[1.0, 0]).gradients["x"], [0.5, 1])


def test_inputs_of_whole_numbers_have_no_gradient() -> None:
    point = gv.parse("cross_entropy(s, y)").at(s=np.zeros((2, 3)), y=np.array([0, 2]))
    assert point.gradients["y"] is None
    assert point.wrt == ("s",)
    assert gv.parse("sum(x*m)").at(x=[1.0, 2], m=np.array([True, False])).gradients == {"x": pytest.approx([1, 0]), "m": None}
    np.testing.assert_array_equal(gv.parse("sum(x**2)").at(x=[1, 2]).gradients["x"], [2, 4])


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([[1, 2], [3]], "different lengths"),
        (["a"], "not a number"),
        ([1j], "complex"),
        (np.array(["a"]), "not a number"),
        ([[1], 2], "different lengths"),
    ],
)
def test_values_that_are_no_arrays(given: Any, message: str) -> None:
    with pytest.raises(gv.BindingError, match=message):
        gv.parse("sum(x)").at(x=given)


def test_scalars_and_arrays_run_alike() -> None:
    text = "where(x > 1, x**y, sin(x)*exp(y)) + max(x, y) + atan2(x, y)"
    scalar = gv.parse(text).at(x=1.3, y=0.4)
    array = gv.parse(text).at(x=[1.3], y=[0.4])
    np.testing.assert_allclose(array.value, [scalar.value], rtol=1e-15)
    for name in "xy":
        np.testing.assert_allclose(array.jacobian(name).item(), scalar.gradients[name], rtol=1e-14)
    mixed = gv.parse(f"sum([{text}])").at(x=1.3, y=0.4)
    assert mixed.gradients == scalar.gradients


def test_a_gradient_is_asked_of_a_scalar() -> None:
    with pytest.raises(gv.ShapeError, match=r"(?s)shape \(2,\).*jacobian"):
        _ = gv.parse("x*2").at(x=[1, 2]).gradients
    with pytest.raises(gv.ShapeError, match=r"seed has shape \(3,\)"):
        gv.parse("x*2").at(x=[1, 2]).pullback([1, 2, 3])


def test_local_maps_written_out_are_jacobians() -> None:
    chance = np.random.default_rng(2)
    point = gv.parse("q = W @ x").at(W=chance.normal(size=(2, 3)), x=chance.normal(size=3))
    for position, name in enumerate("Wx"):
        np.testing.assert_allclose(point["q"].locals[position].dense(), point.jacobian(name), rtol=1e-14)


def test_index_notation() -> None:
    graph = gv.parse("q = W @ x; C = A @ B; t = sum(q) + sum(C); m = mean(A, axis=0); k = q*x").shaped(W=(2, 2), x=(2,), A=(2, 3), B=(3, 4))
    assert graph["q"].index_rule(0).short == "∂q_i/∂W_ij = x_j"
    assert graph["q"].index_rule(0).matrix == "dW = outer(dq, x)"
    assert graph["q"].index_rule(1).matrix == "dx = W.T @ dq"
    assert graph["C"].index_rule(0).text == "∂C_ik/∂A_i'j' = δ_ii' B_j'k"
    assert graph["C"].index_rule(0).matrix == "dA = dC @ B.T"
    assert graph["C"].index_rule(1).matrix == "dB = A.T @ dC"
    assert graph["m"].index_rule(0).text == "∂m_j/∂A_i'j' = 1/2 δ_jj'"
    assert graph["k"].index_rule(0).text == "∂k_i/∂q_i' = δ_ii' x_i"
    assert graph["C"].local_formula(0) == "δ_ii' B_j'k"


def test_index_notation_of_one_entry_and_of_an_operand_named_delta() -> None:
    one = gv.parse("y = exp(x)").shaped(x=(1,))
    assert one["y"].index_rule(0).text == "∂y/∂x = exp(x)"  # no letter, so no mark of an index either
    graph = gv.parse("y = δ @ x").shaped(δ=(3, 2), x=(2,))
    assert graph["y"].index_rule(1).short == "∂y_i/∂x_j = δ_ij"  # the operand, not a Kronecker delta


# ------------------------------------------------------------------------------------------------ sweeps in batches


def one_by_one(point: gv.Point, name: str) -> np.ndarray:
    """The Jacobian as it was found before sweeps carried batches: a backward sweep for every entry of the output."""
    shape = np.shape(point.value)
    rows = []
    for place in range(int(np.prod(shape))):
        seed = np.zeros(int(np.prod(shape)))
        seed[place] = 1.0
        rows.append(np.reshape(point.pullback(seed.reshape(shape) if shape else 1.0)[name], -1))
    return np.array(rows).reshape(shape + np.shape(point.inputs[point.graph.input_handles[name]]))


@pytest.mark.parametrize("use", USES, ids=[f"{use.formula} {list(use.shapes.values())}" for use in USES])
def test_batches_are_what_single_sweeps_are(use: Use, monkeypatch: pytest.MonkeyPatch) -> None:
    given_values = values(use)
    point = gv.parse(use.formula).at(given_values)
    output = point.graph.outputs[0]
    for name in point.wrt:
        handle = point.graph.input_handles[name]
        expected = one_by_one(point, name)
        size = 1 + np.abs(expected).max(initial=0)
        for entries in ("4000000", "7"):  # all in one batch, and in many
            monkeypatch.setenv("GRADVIZ_BATCH_ENTRIES", entries)
            for found in (by_rows(point, output, handle), by_columns(point, output, handle)):
                np.testing.assert_allclose(found.reshape(expected.shape), expected, rtol=1e-12, atol=1e-13 * size)
        again = gv.parse(use.formula).at(given_values)
        assert by_rows(again, output, handle).tobytes() == by_rows(point, output, handle).tobytes()


@pytest.mark.parametrize(
    ("text", "inputs"),
    [
        ("tanh(W @ tanh(W @ x))", {"W": (40, 40), "x": (40,)}),
        ("softmax(X, axis=-1)", {"X": (12, 12)}),
        ("layer_norm(X)", {"X": (5, 6)}),
        ("inv(X) @ Y", {"X": (4, 4), "Y": (4, 4)}),
        ("solve(X @ X.T + eye(5), y)", {"X": (5, 5), "y": (5,)}),
        ("[x[0]*x[1], sin(x[2])/x[0], exp(x[1]*x[3]), x[3]**2]", {"x": (4,)}),
        ("conv1d(x, w)", {"x": (50,), "w": (3,)}),
        ("y = x[1:-1]; z = cumsum(y*x[2:]); z/(1 + z**2)", {"x": (70,)}),
    ],
)
def test_jacobians_of_compositions(text: str, inputs: dict[str, tuple[int, ...]]) -> None:
    chance = np.random.default_rng(5)
    point = gv.parse(text).at({name: chance.normal(size=shape) for name, shape in inputs.items()})
    for name in inputs:
        expected = one_by_one(point, name)
        for found in (point.jacobian(name), point.sparse_jacobian(name).toarray().reshape(expected.shape)):
            np.testing.assert_allclose(found, expected, rtol=1e-11, atol=1e-12)
        # vᵀ(J t) = (Jᵀv)ᵀ t
        seed, tangent = chance.normal(size=np.shape(point.value)), chance.normal(size=inputs[name])
        there = np.sum(seed * point.pushforward({name: tangent}))
        np.testing.assert_allclose(np.sum(point.pullback(seed)[name] * tangent), there, rtol=1e-10)
        np.testing.assert_allclose(np.tensordot(seed, point.jacobian(name), seed.ndim), point.pullback(seed)[name], rtol=1e-11, atol=1e-12)


def test_a_colouring_is_used_again_only_where_it_holds() -> None:
    graph = gv.parse("(W @ x)**2")
    chance = np.random.default_rng(3)
    x = chance.normal(size=90)
    band = np.tril(np.triu(chance.normal(size=(90, 90)), -1), 1)
    for weights in (band, 2 * band, np.eye(90), chance.normal(size=(90, 90)), band):
        point = graph.at(W=weights, x=x)
        found = point.sparse_jacobian("x").toarray()
        np.testing.assert_allclose(found, 2 * (weights @ x)[:, None] * weights, rtol=1e-13)


def test_zeros_stay_zeros_beside_an_infinite_slope() -> None:
    found = gv.parse("sqrt(x)*2 + roll(sqrt(x), 1)").at(x=[0.0, 1.0, 4.0]).jacobian("x")
    assert np.isinf(found[0, 0])
    assert np.isinf(found[1, 0])
    np.testing.assert_array_equal(found[:, 1:], [[0, 0.25], [1, 0], [0.5, 0.5]])


def test_one_row_with_an_infinite_slope() -> None:
    np.testing.assert_array_equal(gv.parse("sum(sqrt(x))").at(x=[0.0, 4.0]).jacobian("x"), [np.inf, 0.25])


def test_a_join_of_a_join_that_nothing_reaches() -> None:
    point = gv.parse("y = where(x > 5, x, 1); concatenate([stack([y, 2]), [3, 4]])").at(x=1.0)
    np.testing.assert_array_equal(point.jacobian("x"), np.zeros(4))


def test_a_point_again_costs_no_shapes(monkeypatch: pytest.MonkeyPatch) -> None:
    from graphviz_ad.engine import arrays

    graph = gv.parse("tanh(W @ x)")
    first = graph.at(W=np.ones((2, 3)), x=np.ones(3))
    monkeypatch.setattr(arrays, "node_shape", None)  # would fail when called
    second = graph.at(W=2 * np.ones((2, 3)), x=np.ones(3))
    np.testing.assert_allclose(second.value, np.tanh([6.0, 6.0]))
    assert second.graph is first.graph
    monkeypatch.undo()
    assert graph.at(W=np.ones((4, 3)), x=np.ones(3)).value.shape == (4,)
    masked = gv.parse("x[x > 0]*2")
    assert [masked.at(x=np.array(one)).value.shape for one in ([1.0, -1.0], [1.0, 1.0], [-1.0, -1.0])] == [(1,), (2,), (0,)]


@pytest.mark.parametrize(
    ("text", "given", "chooser"),
    [
        ("cross_entropy(S, y)", {"S": [[1, 2], [0.5, -1]], "y": [0, 1]}, "y"),
        ("hinge(S, y)", {"S": [[1, 2], [0.5, -1]], "y": [0, 1]}, "y"),
        ("sum(S[i])", {"S": [1, 2, 3], "i": [1, 2]}, "i"),
        ("S[i]", {"S": [1, 2, 3], "i": 1}, "i"),
        ("take(S, i)", {"S": [1, 2, 3], "i": 2}, "i"),
    ],
)
def test_what_only_chooses_has_no_derivative(text: str, given: dict[str, Any], chooser: str) -> None:
    """Labels and indices, also as plain lists of numbers: nothing is differentiated by them, and the check moves them nowhere."""
    point = gv.parse(text).at(given)
    assert point.wrt == ("S",)
    assert point.gradients[chooser] is None
    assert point.check().verdict == "pass"
    with pytest.raises(gv.BindingError, match="chooses entries"):
        point.with_respect_to(chooser)


def test_a_number_that_chooses_and_counts_is_differentiated_by() -> None:
    point = gv.parse("take(S, i)*i").at(S=[1, 2, 3], i=1)
    assert point.gradients["i"] == 2.0


def test_what_a_point_hands_out_cannot_be_written_into() -> None:
    given = np.array([1.0, 2.0])
    graph = gv.parse("q = W @ x; f = sum(q*q)")
    for _ in range(2):  # the second point of a graph takes the short way
        point = graph.at(W=[[1.0, 2.0], [3.0, 4.0]], x=given)
        handed = [
            *point.gradients.values(), *point.values[:-1], point.jacobian("W"), point["q"].value, point["q"].gradient,
            *point["q"].contributions, *point.along(x=[1.0, 0.0]).tangents[:-1], graph.of("q").at(W=np.eye(2), x=given).value,
        ]  # fmt: skip
        for array in handed:
            with pytest.raises(ValueError, match="read-only"):
                np.asarray(array)[...] = 77
    given[0] = 5.0  # the caller's own stays writable, and is not the point's
    assert point.inputs[point.graph.handle("x")].tolist() == [1.0, 2.0]
    changed = point.gradients["x"].copy()
    changed[0] = 77
    assert point.gradients["x"][0] != 77
