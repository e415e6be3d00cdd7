"""The lecture's worked examples: every number through the library, through the JSON document, and as it is drawn."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import pytest

import graphviz_ad as gv
from graphviz_ad.formats.json_text import dumps

S = 0.19661193324148185
E = 0.534446645388523
SIGMA = "s(t) = 1/(1 + exp(-1*t)); "
NEURON = {"w0": 2, "w1": -3, "w2": -3, "x0": -1, "x1": -2}


class Example(NamedTuple):
    """An expression at a point; what must come out: the value, gradients by input, and (value, gradient) by named node."""

    text: str
    at: dict[str, float]
    value: float
    gradients: dict[str, float]
    nodes: dict[str, tuple[float, float]] = {}


NEURON_GRADIENTS = {"w0": -S, "x0": 0.3932238664829637, "w1": -0.3932238664829637, "x1": -0.5898357997244456, "w2": S}
EXAMPLES = {
    "product": Example("x*y", {"x": 4, "y": -3}, -12.0, {"x": -3.0, "y": 4.0}),
    "max": Example("max(x, y)", {"x": 4, "y": 2}, 4.0, {"x": 1.0, "y": 0.0}),
    "opening": Example(
        "q = x + y; f = q*z", {"x": -2, "y": 5, "z": -4}, -12.0, {"x": -4.0, "y": -4.0, "z": 3.0}, {"q": (3.0, -4.0), "f": (-12.0, 1.0)}
    ),
    "opening, not named": Example("(x+y)*z", {"x": -2, "y": 5, "z": -4}, -12.0, {"x": -4.0, "y": -4.0, "z": 3.0}, {"v1": (3.0, -4.0)}),
    "neuron": Example(
        "a = w0*x0; b = w1*x1; c = a + b; d = c + w2; n = d*(-1); h = exp(n); k = h + 1; f = 1/k",
        NEURON, 0.7310585786300049, NEURON_GRADIENTS,
        {
            "a": (-2.0, S), "b": (6.0, S), "c": (4.0, S), "d": (1.0, S), "n": (-1.0, -S), "h": (0.36787944117144233, -E),
            "k": (1.3678794411714423, -E), "f": (0.7310585786300049, 1.0),
        },
    ),
    "neuron as written in the lecture": Example("1/(1+exp(-(w0*x0+w1*x1+w2)))", NEURON, 0.7310585786300049, NEURON_GRADIENTS),
    "neuron with a function": Example(SIGMA + "s(w0*x0 + w1*x1 + w2)", NEURON, 0.7310585786300049, NEURON_GRADIENTS),
    "neuron as one gate": Example("sigmoid(w0*x0 + w1*x1 + w2)", NEURON, 0.7310585786300049, NEURON_GRADIENTS),
    "circuit": Example(
        "xy = x*y; m = max(z, w); s = xy + m; f = 2*s",
        {"x": 3, "y": -4, "z": 2, "w": -1}, -20.0, {"x": -8.0, "y": 6.0, "z": 2.0, "w": 0.0},
        {"xy": (-12.0, 2.0), "m": (2.0, 2.0), "s": (-10.0, 2.0), "f": (-20.0, 1.0)},
    ),
    "staged": Example(
        "sigy = sigmoid(y); num = x + sigy; sigx = sigmoid(x); "
        "xpy = x + y; xpysqr = xpy**2; den = sigx + xpysqr; invden = 1/den; f = num*invden",
        {"x": 3, "y": -4}, 1.5456448841066441, {"x": 2.0595697955721652, "y": 1.5922327514838093},
        {
            "sigy": (0.01798620996209156, 0.5121444488396316), "num": (3.0179862099620918, 0.5121444488396316),
            "sigx": (0.9525741268224334, -0.7915934472725935), "xpy": (-1.0, 1.583186894545187), "xpysqr": (1.0, -0.7915934472725935),
            "den": (1.9525741268224333, -0.7915934472725935), "invden": (0.5121444488396316, 3.0179862099620918),
        },
    ),
    "add": Example("2*(x + y)", {"x": 3, "y": 4}, 14.0, {"x": 2.0, "y": 2.0}),
    "multiply": Example("5*(x*y)", {"x": 2, "y": 3}, 30.0, {"x": 15.0, "y": 10.0}),
    "copy": Example("4*x + 2*x", {"x": 7}, 42.0, {"x": 6.0}),
    "route": Example("9*max(x, y)", {"x": 4, "y": 5}, 45.0, {"x": 0.0, "y": 9.0}),
}  # fmt: skip
each = pytest.mark.parametrize("example", EXAMPLES.values(), ids=EXAMPLES)


def near(number: float) -> Any:
    return pytest.approx(number, rel=1e-15, abs=0)


@each
def test_through_the_library(example: Example) -> None:
    point = gv.parse(example.text).at(example.at)
    assert point.value == near(example.value)
    assert point.gradients == {name: near(number) for name, number in example.gradients.items()}
    for name, (value, gradient) in example.nodes.items():
        assert (point[name].value, point[name].gradient) == (near(value), near(gradient)), name


@each
def test_through_the_json_document(example: Example) -> None:
    data = json.loads(dumps(gv.parse(example.text).at(example.at).document()))
    assert data["schema"] == "gradviz/1"
    assert data["value"] == near(example.value)
    assert data["gradients"] == {name: near(number) for name, number in example.gradients.items()}
    nodes = {node["name"]: (node["value"], node["gradient"]) for node in data["nodes"] if node["op"] != "constant"}
    for name, (value, gradient) in example.nodes.items():
        assert nodes[name] == (near(value), near(gradient)), name
    assert data["check"]["verdict"] == "pass"


def drawn(scene: Any) -> dict[str, tuple[str, str]]:
    """What stands above and below each wire, by the name of its input or value."""
    found = {}
    for wire in scene.wires:
        label = wire.output or (wire.symbol if wire.kind == "input" else wire.name)
        if label is not None and wire.value is not None:
            found[label.exact] = (wire.value.text, wire.gradient.text if wire.gradient else "")
    return found


def test_drawn_opening_example() -> None:
    scene = gv.parse("q = x + y; f = q*z").at(x=-2, y=5, z=-4).scene()
    assert drawn(scene) == {"x": ("−2", "−4"), "y": ("5", "−4"), "z": ("−4", "3"), "q": ("3", "−4"), "f": ("−12", "1")}
    assert [arrow.number.text for arrow in scene.arrows] == ["1", "1", "−4", "3"]


def test_drawn_neuron() -> None:
    example = EXAMPLES["neuron"]
    assert drawn(gv.parse(example.text).at(example.at).scene()) == {
        "w0": ("2.00", "−0.20"), "x0": ("−1.00", "0.39"), "w1": ("−3.00", "−0.39"), "x1": ("−2.00", "−0.59"), "w2": ("−3.00", "0.20"),
        "a": ("−2.00", "0.20"), "b": ("6.00", "0.20"), "c": ("4.00", "0.20"), "d": ("1.00", "0.20"), "n": ("−1.00", "−0.20"),
        "h": ("0.37", "−0.53"), "k": ("1.37", "−0.53"), "f": ("0.73", "1.00"),
    }  # fmt: skip


def test_drawn_sigmoid_as_one_gate() -> None:
    """(1 − 0.73)·0.73 = 0.20, whether the gate is built in or a closed function of the text."""
    built_in = gv.parse("a = w0*x0 + w1*x1 + w2; f = sigmoid(a)").at(NEURON).scene()
    closed = gv.parse(SIGMA + "a = w0*x0 + w1*x1 + w2; f = s(a)").at(NEURON).scene(depth=0)
    for scene in (built_in, closed):
        last = scene.arrows[-1]
        assert (last.local.text, last.number.text) == ("∂f/∂a", "0.20")
        assert float(last.number.exact) == near(S)
        assert [wire.kind for wire in scene.wires if wire.output] == ["call" if scene is closed else "operation"]


def test_drawn_circuit_and_patterns() -> None:
    example = EXAMPLES["circuit"]
    found = drawn(gv.parse(example.text).at(example.at).scene())
    assert found["x"] == ("3", "−8")
    assert found["w"] == ("−1", "0")
    assert found["m"] == ("2", "2")
    copy = gv.parse("4*x + 2*x").at(x=7).scene()
    assert [arrow.contribution.text for arrow in copy.arrows if arrow.forks] == ["4", "2"]
    assert drawn(copy)["x"] == ("7", "6")
