"""Forward mode: every node's tangent against differences of its value, the shares against their sum, both modes against each other."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

import graphviz_ad as gv
from graphviz_ad.scene.document import document

CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "xyz": ("q = x + y; f = q*z", {"x": -2.0, "y": 5.0, "z": -4.0}),
    "neuron": ("s(t) = 1/(1+exp(-t)); f = s(w0*x0 + w1*x1 + w2)", {"w0": 2.0, "x0": -1.0, "w1": -3.0, "x1": -2.0, "w2": -3.0}),
    "fork": ("q = sin(x); f = q*q + x*exp(y)/q", {"x": 0.7, "y": -0.3}),
    "branch": ("where(x > 0, x**2, sqrt(x)) + max(x, y)", {"x": 1.5, "y": 0.5}),
    "quadratic": ("sum((W@x)**2)", {"W": np.array([[0.1, 0.5], [-0.3, 0.8]]), "x": np.array([0.2, 0.4])}),
    "softmax": ("p = softmax(W@x); L = -log(p[0])", {"W": np.array([[1.0, 2.0], [0.5, -1.0]]), "x": np.array([0.3, 0.6])}),
    "vector": ("W@x + b", {"W": np.array([[1.0, 2.0], [0.5, -1.0]]), "x": np.array([0.3, 0.6]), "b": np.array([1.0, 2.0])}),
}


def moved(name: str, seed: int) -> tuple[gv.Point, dict[str, Any]]:
    text, values = CASES[name]
    draw = random.Random(seed)
    direction = {
        key: np.reshape([draw.uniform(-1, 1) for _ in range(value.size)], value.shape) if hasattr(value, "shape") else draw.uniform(-1, 1)
        for key, value in values.items()
    }
    return gv.parse(text).at(values).along(direction), direction


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", CASES)
def test_every_node_moves_as_its_differences_say(name: str, seed: int) -> None:
    point, direction = moved(name, seed)
    values, step = CASES[name][1], 1e-6
    ahead = gv.parse(CASES[name][0]).at({key: value + step * direction[key] for key, value in values.items()})
    behind = gv.parse(CASES[name][0]).at({key: value - step * direction[key] for key, value in values.items()})
    for handle, flows in enumerate(point.flows):
        if point.graph.group_of[handle] >= 0 and name == "softmax":
            continue  # inside, the largest entry that is taken off counts as a constant: it cancels
        if not flows:
            assert point.tangent_of(handle) is None
            continue
        slope = (np.asarray(ahead.values[handle], float) - np.asarray(behind.values[handle], float)) / (2 * step)
        np.testing.assert_allclose(point.tangent_of(handle), slope, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("name", CASES)
def test_shares_add_up_and_both_modes_agree(name: str) -> None:
    point, direction = moved(name, 7)
    for handle, row in enumerate(point.tangent_shares):
        told = [share for share in row if share is not None]
        if told:
            np.testing.assert_allclose(sum(told), point.tangents[handle], rtol=1e-13, atol=1e-300)
    if not np.shape(point.value):
        backward = sum(float(np.sum(point.gradients[key] * direction[key])) for key in direction)
        np.testing.assert_allclose(point.tangent, backward, rtol=1e-12)


def test_directions() -> None:
    point = gv.parse("q = x + y; f = q*z").at(x=-2, y=5, z=-4)
    assert point.along().direction == {"x": 1.0, "y": 0.0, "z": 0.0}
    assert point.along({"z": 2}).tangent == 6.0
    assert point.direction is None
    with pytest.raises(gv.BindingError, match="no direction"):
        _ = point.tangents
    with pytest.raises(gv.NamingError, match="w is not an input"):
        point.along(w=1)
    with pytest.raises(gv.ShapeError, match="the direction of x"):
        gv.parse("sum(x)").at(x=[1, 2]).along(x=[1, 2, 3])
    with pytest.raises(gv.BindingError, match="no input to move along"):
        gv.parse("2 + 3").at().along()


def test_pictures_show_tangents_and_say_so() -> None:
    point = gv.parse("q = x + y; f = q*z").at(x=-2, y=5, z=-4).along(x=1, y=2)
    scene = point.scene()
    assert [wire.gradient.text for wire in scene.wires if wire.gradient] == ["1", "2", "0", "3", "−12"]
    assert [arrow.contribution.text for arrow in scene.arrows if arrow.contribution] == ["1", "2", "−12", "0"]
    assert scene.direction == "x = 1, y = 2, others 0"
    assert "moves by −12" in scene.description
    assert "tangent along x = 1, y = 2, others 0" in point.draw()
    from graphviz_ad.render import render_svg

    svg = render_svg(scene, theme="light")
    assert "tangent along x = 1, y = 2, others 0" in svg
    assert "gradient" not in svg.replace('id="gradient-', "")
    assert "#6b21a8" in svg
    assert "#c00000" not in svg


@pytest.mark.parametrize(("form", "said"), [
    ("text", "df = z·dq + q·dz = (−4)·1 + 3·0 = −4"),
    ("markdown", r"\mathrm{d}f &= z \, \mathrm{d}q + q \, \mathrm{d}z = \left(-4\right) \cdot 1 + 3 \cdot 0 = -4"),
    ("latex", r"\mathrm{d}f &= z \, \mathrm{d}q + q \, \mathrm{d}z = \left(-4\right) \cdot 1 + 3 \cdot 0 = -4"),
])  # fmt: skip
def test_it_is_explained_from_the_inputs_on(form: str, said: str) -> None:
    text = gv.parse("q = x + y; f = q*z").at(x=-2, y=5, z=-4).along(x=1).explain(form)
    assert said in text
    assert text.index("dq = 1" if form == "text" else r"{d}q &=") < text.index(said)


def test_documents_carry_the_same_numbers_under_further_keys() -> None:
    point = gv.parse("q = x + y; f = q*z").at(x=-2, y=5, z=-4)
    plain, forward = document(point), document(point.along(x=1), hessian=True)
    assert (forward.pop("mode"), forward.pop("direction"), forward.pop("tangent")) == ("forward", {"x": 1.0, "y": 0.0, "z": 0.0}, -4.0)
    assert forward.pop("hessian") == {"wrt": ["x", "y", "z"], "matrix": [[0.0, 0.0, 1.0], [0.0, 0.0, 1.0], [1.0, 1.0, 0.0]]}
    assert [node.pop("tangent") for node in forward["nodes"]] == [1.0, 0.0, 0.0, 1.0, -4.0]
    assert [edge.pop("push") for edge in forward["edges"]] == [1.0, 0.0, -4.0, 0.0]
    assert forward == plain


def test_hessians_below_the_picture() -> None:
    point = gv.parse("x**2*y").at(x=2, y=3)
    second = point.scene(hessian=True).second
    assert second is not None
    assert second.text == "∇²f = [[6, 4], [4, 0]]  by (x, y)"
    assert point.scene().second is None
    assert gv.parse("sum(x**2)").at(x=[1, 2, 3, 4, 5]).scene(hessian=True).second is None  # too many to show


def test_the_graph_of_the_gradient_at_the_same_place() -> None:
    point = gv.parse("x*y**2").at(x=2, y=3)
    gradient = point.gradient_point()
    assert gradient.value == {"df_dx": 9.0, "df_dy": 12.0}
    assert gradient.check().verdict == "pass"
    shaped = gv.parse("sum((W@x)**2)").at(W=[[0.1, 0.5], [-0.3, 0.8]], x=[0.2, 0.4])
    np.testing.assert_allclose(shaped.gradient_point("x").value, shaped.gradients["x"], rtol=1e-14)
