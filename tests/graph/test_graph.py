"""The graph keeps what the author wrote: order, names, sharing, clusters."""

from __future__ import annotations

from typing import Any

import pytest

import graphviz_ad as gv
from graphviz_ad.errors import BindingError, NamingError, ShapeError


def test_order_and_operations_stay() -> None:
    graph = gv.parse("2*(x*y + max(z, w))")
    assert [node.op for node in graph if node.operands] == ["mul", "maximum", "add", "mul"]
    assert graph["f"].formula == "2*v3"
    assert gv.parse("x - y").at(x=1, y=3).value == -2.0
    assert gv.parse("x/y")["f"].op == "div"
    assert gv.parse("-x")["f"].op == "neg"


def test_equal_anonymous_subexpressions_share_one_node() -> None:
    assert len(gv.parse("(x + y)*(x + y)")) == 4
    assert len(gv.parse("(x + y)*(y + x)")) == 5  # what the author wrote twice in different ways stays twice


def test_each_named_statement_is_its_own_node() -> None:
    graph = gv.parse("a = x + y; b = x + y; c = x; a*b*c*(x + y)")
    assert [graph[name].op for name in "abc"] == ["add", "add", "copy"]
    point = graph.at(x=1, y=2)
    assert point["a"].gradient == 3 * 1 * 3
    assert sum(node.op == "add" for node in graph) == 3


def test_named_after_an_equal_anonymous_one() -> None:
    graph = gv.parse("p = sin(x + y); q = x + y; p*q")
    assert graph["q"].op == "add"
    assert not graph["p"].operands[0].named


def test_repeated_operand_has_two_edges() -> None:
    point = gv.parse("x*x").at(x=3)
    assert point["f"].contributions == (3.0, 3.0)
    assert point.gradients == {"x": 6.0}


def test_constants_are_inputs_with_defaults() -> None:
    graph = gv.parse("x = -2; k = 2*pi; f = x*k*y")
    assert graph.inputs == ("x", "k", "y")
    assert graph.at(y=1).value == pytest.approx(-12.566370614359172, rel=1e-15)
    assert graph.at(y=1, x=1).value == pytest.approx(6.283185307179586, rel=1e-15)


def test_pi_has_no_gradient_unless_bound() -> None:
    graph = gv.parse("pi*x")
    assert graph.at(x=2).gradients == {"x": 3.141592653589793}
    assert graph.at(x=2, pi=3).gradients == {"pi": 2.0, "x": 3.0}


def test_a_binding_shadows_a_function() -> None:
    point = gv.parse("gamma*beta + zeta").at(gamma=2, beta=3, zeta=4)
    assert point.value == 10.0
    assert point.gradients == {"gamma": 3.0, "beta": 2.0, "zeta": 1.0}
    assert gv.parse("I*x").at(I=3, x=2).gradients == {"I": 2.0, "x": 3.0}


@pytest.mark.parametrize(
    ("text", "values", "words"),
    [
        ("x*y", {"x": 1}, "y has no value"),
        ("x*y", {"x": 1, "yy": 3}, "yy is given but not used"),
        ("x*y", {"x": 1, "y": 2, "a+b": 3}, "not a name"),
        ("q = x*2; q", {"x": 1, "q": 3}, "is computed"),
        ("sin(x)", {"x": 1, "sin": 3}, "called as a function"),
        ("х + y", {"x": 1, "y": 2}, "CYRILLIC"),
    ],
)
def test_wrong_bindings(text: str, values: dict[str, float], words: str) -> None:
    with pytest.raises(NamingError, match=words):
        gv.parse(text).at(values)


def test_a_value_that_nothing_uses_is_warned_of() -> None:
    point = gv.parse("x*x").at(x=3, z=1)
    assert point.gradients == {"x": 6.0, "z": 0.0}
    assert point.warnings == ("z is not used by the expression",)
    assert point.check().verdict == "pass"


@pytest.mark.parametrize("value", ["3", 1 + 2j, None, object(), 10**400])
def test_values_that_are_no_numbers(value: object) -> None:
    with pytest.raises(BindingError):
        gv.parse("x").at(x=value)


def test_functions_are_clusters() -> None:
    graph = gv.parse("s(t) = 1/(1 + exp(-t)); s(x) + s(y) + s(x)")
    assert [(group.name, graph.labels[group.arguments[0]]) for group in graph.groups] == [("s", "x"), ("s", "y")]
    assert graph.groups[0].label == "s(t) = 1/(1 + exp(-t))"
    inside = [node.op for node in graph if graph.group_of[node.handle] == 0]
    assert sorted(inside) == ["add", "constant", "div", "exp", "neg"]


def test_other_outputs() -> None:
    graph = gv.parse("q = x + y; f = q*z")
    assert graph.of("q").at(x=1, y=2, z=3).gradients == {"x": 1.0, "y": 1.0, "z": 0.0}
    with pytest.raises(NamingError, match="did you mean"):
        graph.of("qq")


def test_gradient_graph() -> None:
    graph = gv.parse("q = x + y; f = q*z").gradient("x", "z")
    assert graph.output_names == ("df_dx", "df_dz")
    assert graph.at(x=-2, y=5, z=-4).value == {"df_dx": -4.0, "df_dz": 3.0}
    with pytest.raises(ShapeError, match="2 outputs"):
        _ = graph.at(x=-2, y=5, z=-4).gradients


def test_third_derivative() -> None:
    graph = gv.parse("sin(x)*exp(y)")
    third = graph.gradient("x").gradient("y").gradient("x").at(x=0.3, y=0.2)
    import math

    assert third.value == pytest.approx(-math.sin(0.3) * math.exp(0.2), rel=1e-14)


def test_branches_not_taken_stay_out_of_second_derivatives() -> None:
    graph = gv.parse("where(x > 0, sqrt(x), x*x)")
    assert graph.at(x=-1).gradients == {"x": -2.0}
    assert graph.gradient("x").at(x=-1).value == -2.0
    assert graph.gradient("x").gradient("x").at(x=-1).value == 2.0


def test_hessian() -> None:
    point = gv.parse("x**2*y + y**3").at(x=2, y=3)
    assert point.hessian().tolist() == [[6.0, 4.0], [4.0, 18.0]]
    assert point.graph.hessian("x", "y").output_names == ("d2f_dx_dx", "d2f_dx_dy", "d2f_dy_dx", "d2f_dy_dy")


def test_pullback_and_pushforward_are_adjoint() -> None:
    point = gv.parse("tanh(x*y) + x/y").at(x=0.7, y=1.3)
    forward = point.pushforward(x=0.3, y=-1.1)
    backward = point.pullback(2.0)
    assert 2.0 * forward == pytest.approx(0.3 * backward["x"] - 1.1 * backward["y"], rel=1e-15)


def test_a_long_sum_and_a_long_chain() -> None:
    wide = gv.parse("+".join(f"x{k}" for k in range(20_000))).at({f"x{k}": 1 for k in range(20_000)})
    assert wide.value == 20_000.0
    assert set(wide.gradients.values()) == {1.0}
    deep = gv.parse("sin(" * 20_000 + "x" + ")" * 20_000).at(x=1)
    assert 0 < deep.gradients["x"] < 1e-3


@pytest.mark.parametrize("shape", ["a", -1, (2, -1), (2.5,), None, object()])
def test_what_is_no_shape(shape: Any) -> None:
    with pytest.raises(gv.ShapeError, match=r"x: .* is no shape\nhint: a shape is whole numbers from 0"):
        gv.parse("x*y").shaped(x=shape)


@pytest.mark.parametrize(
    ("given", "hint"), [(3, "quote it"), (None, "quote it"), (b"x", "decode it"), (["x"], "quote it"), (abs, "from_python")]
)
def test_what_is_no_text(given: Any, hint: str) -> None:
    with pytest.raises(gv.ArgumentError, match=f"parse reads a text, not [^$]*hint: .*{hint}") as told:
        gv.parse(given)
    assert isinstance(told.value, TypeError)
    assert isinstance(told.value, gv.GradvizError)
