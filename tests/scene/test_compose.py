"""What is drawn: constants, forks, clusters, names, titles, notes, and what is left out."""

from __future__ import annotations

import math

import pytest

import graphviz_ad as gv
from graphviz_ad.scene.model import Scene
from graphviz_ad.scene.writing import definition_label, gate_label, name_label

SIGMOID = "s(t) = 1/(1 + exp(-1*t)); "


def symbols(scene: Scene) -> list[str]:
    return [wire.symbol.text for wire in scene.wires]


def test_every_use_of_a_constant_is_a_pill_as_the_author_wrote_it() -> None:
    scene = gv.parse("1/(1 + x*-1)").at(x=3).scene()
    constants = [wire for wire in scene.wires if wire.kind == "constant"]
    assert sorted(wire.symbol.text for wire in constants) == ["1", "1", "−1"]
    assert len({wire.id for wire in scene.wires}) == len(scene.wires)
    assert all(wire.gradient is None and wire.value is None for wire in constants)
    fed = {arrow.source: arrow for arrow in scene.arrows}
    assert all(fed[wire.id].local is None and fed[wire.id].contribution is None for wire in constants)


def test_a_number_alone_is_drawn_without_a_point_too() -> None:
    (bare,), (bound,) = gv.parse("2").scene().wires, gv.parse("2").at().scene().wires
    assert bare.symbol.text == bound.symbol.text == "2.0"
    assert bare.value is None


def test_default_arguments_that_nobody_wrote_are_not_drawn() -> None:
    assert symbols(gv.parse("leaky_relu(x)").at(x=-1).scene()) == ["x", "LReLU"]
    assert symbols(gv.parse("leaky_relu(x, 0.2)").at(x=-1).scene()) == ["x", "0.2", "LReLU"]


def test_only_what_the_output_needs() -> None:
    scene = gv.parse("q = x*y; r = y + 1; f = r*2").at(x=1, y=2).scene()
    assert "x" not in symbols(scene)
    assert gv.parse("q = x*y; f = q + z").of("q").at(x=1, y=2, z=3).scene().output_name == "q"


def test_two_arrows_of_one_value_share_its_gradient() -> None:
    scene = gv.parse("x*x").at(x=3).scene()
    assert [(a.source, a.target, a.position, a.forks) for a in scene.arrows] == [("n0", "n1", 0, True), ("n0", "n1", 1, True)]
    assert [a.contribution.text for a in scene.arrows if a.contribution] == ["3", "3"]
    assert scene.wires[0].gradient is not None
    assert scene.wires[0].gradient.text == "6"


def test_arrows_of_a_value_used_once_carry_no_contribution() -> None:
    assert all(arrow.contribution is None for arrow in gv.parse("x*y").at(x=1, y=2).scene().arrows)


def test_local_derivatives_are_named_and_written() -> None:
    scene = gv.parse("exp(w0*x0)").at(w0=1, x0=2).scene()
    assert [(a.local.text, a.formula.text) for a in scene.arrows if a.local and a.formula] == [
        ("∂v₁/∂w₀", "x₀"), ("∂v₁/∂x₀", "w₀"), ("∂f/∂v₁", "exp(v₁)"),
    ]  # fmt: skip
    assert scene.arrows[0].local is not None
    assert scene.arrows[0].local.latex == r"\frac{\partial v_{1}}{\partial w_{0}}"


def test_symbolic_picture_has_formulas_and_no_numbers() -> None:
    scene = gv.parse("q = x + y; f = q*z").scene()
    assert not scene.numeric
    assert all(wire.value is None and wire.gradient is None for wire in scene.wires)
    assert all(arrow.number is None and arrow.contribution is None for arrow in scene.arrows)
    assert [arrow.formula.text for arrow in scene.arrows if arrow.formula] == ["1", "1", "z", "q"]


def test_inputs_that_are_not_differentiated_by_have_no_gradient() -> None:
    scene = gv.parse("x*y").at(x=2, y=3).with_respect_to("x").scene()
    assert [wire.gradient is not None for wire in scene.wires] == [True, False, True]
    assert [arrow.local is not None for arrow in scene.arrows] == [True, False]
    assert symbols(gv.parse("sin(pi*x)").at(x=1).scene()) == ["π", "x", "×", "sin"]


# --------------------------------------------------------------------------------------------------------------- clusters


def test_open_function_is_a_cluster_with_its_definition() -> None:
    scene = gv.parse(SIGMOID + "a = x*y; f = s(a)").at(x=1, y=2).scene()
    assert [cluster.label.text for cluster in scene.clusters] == ["s(t) = 1/(1 + exp(−1·t))"]
    assert [wire.cluster for wire in scene.wires if wire.kind == "operation"] == [None, "g0", "g0", "g0", "g0"]
    assert scene.wires[-1].output == name_label("f"), "the copy that names the result is no gate of its own"


def test_closed_function_is_one_gate_with_the_chain_rule_run_inside() -> None:
    scene = gv.parse("g(a, b) = sin(a*b)*a; f = g(x*y, z)*c").at(x=1.1, y=0.7, z=0.3, c=2.5).scene(depth=0)
    call = next(wire for wire in scene.wires if wire.kind == "call")
    assert call.symbol.text == "g"
    numbers = {arrow.source: float(arrow.number.exact) for arrow in scene.arrows if arrow.target == call.id and arrow.number}
    a, b = 1.1 * 0.7, 0.3
    by_a = math.cos(a * b) * b * a + math.sin(a * b)
    by_b = math.cos(a * b) * a * a
    assert sorted(numbers.values()) == pytest.approx(sorted([by_a, by_b]), rel=1e-14)
    assert scene.clusters == ()


def test_depth_opens_levels_one_by_one() -> None:
    point = gv.parse("f(x) = x*x; g(a, b) = f(a) + f(b)*c; h = g(u, v); h*h").at(u=1, v=2, c=3)
    kinds = [[wire.kind for wire in point.scene(depth=depth).wires].count("call") for depth in (0, 1, 2)]
    assert kinds == [1, 2, 0]
    assert [len(point.scene(depth=depth).clusters) for depth in (0, 1, 2)] == [0, 1, 3]
    assert [cluster.parent for cluster in point.scene().clusters] == [None, "g0", "g0"]
    for depth in (0, 1, 2):  # c is used inside g without being handed in
        scene = point.scene(depth=depth)
        ids = {wire.id for wire in scene.wires}
        assert all({arrow.source, arrow.target} <= ids for arrow in scene.arrows)
        gradients = {wire.symbol.text: wire.gradient.text for wire in scene.wires if wire.kind == "input" and wire.gradient}
        assert gradients == {"u": "52", "v": "312", "c": "104"}


def test_group_that_a_gradient_reaches_into_stays_open() -> None:
    graph = gv.parse("s(t) = 1/(1 + exp(-t)); s(x)*2").gradient()
    scene = graph.at(x=0.5).scene(depth=0)
    ids = {wire.id for wire in scene.wires}
    assert all({arrow.source, arrow.target} <= ids for arrow in scene.arrows)


# ----------------------------------------------------------------------------------------------------- titles, notes, words


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("(x+y)*z", "f(x, y, z) = (x + y)·z"),
        ("q = x + y; f = q*z", "f(x, y, z) = q·z,  q = x + y"),
        ("2*(x*y+max(z,w))", "f(x, y, z, w) = 2·(x·y + max(z, w))"),
        (SIGMOID + "s(w0*x0)", "f(w₀, x₀) = s(w₀·x₀)"),
        ("x - (y - z) - w/(x/y)", "f(x, y, z, w) = x − (y − z) − w/(x/y)"),
        ("+".join(f"x{i}" for i in range(50)), "f"),
        ("x", "x"),
    ],
)
def test_title_is_the_author_s_own_form(text: str, title: str) -> None:
    found = gv.parse(text).scene().title
    assert found is not None
    assert found.text == title


def test_title_can_be_given_or_left_out() -> None:
    assert gv.parse("x").scene(title="<b>&").title.text == "<b>&"
    assert gv.parse("x").scene(title="").title is None


def test_outputs_of_a_gradient_are_fractions() -> None:
    scene = gv.parse("x**2*y").gradient().at(x=2, y=3).scene()
    assert [wire.output.text for wire in scene.wires if wire.output] == ["∂f/∂x", "∂f/∂y"]
    assert all(wire.gradient is None for wire in scene.wires)


def test_kinks_and_warnings_are_told() -> None:
    assert gv.parse("relu(x)").at(x=0).scene().notes == ("kink at relu(x), x = 0: 0 of [0, 1] chosen",)
    assert gv.parse("abs(x)").at(x=0).scene().notes == ("kink at abs(x), x = 0: 0 of [−1, 1] chosen",)
    assert gv.parse("x if x > 0 else -x").at(x=0).scene().notes == ("boundary of x > 0, x = 0",)
    assert gv.parse("floor(x)").at(x=2).scene().notes == ("jump at floor(x), x is an integer",)
    assert gv.parse("relu(x)").at(x=1e-300).scene().notes == ()
    assert any("not finite" in note for note in gv.parse("log(x)").at(x=-1).scene().notes)


def test_description_is_a_sentence_with_all_numbers() -> None:
    said = gv.parse("(x+y)*z").at(x=-2, y=5, z=-4).scene().description
    assert (
        said == "Computational graph of f = (x + y)·z at x = −2, y = 5, z = −4: the value is −12, the gradient by x is −4, y is −4, z is 3."
    )


@pytest.mark.parametrize(
    ("op", "text", "latex"),
    [
        ("mul", "×", r"\times"), ("div", "÷", r"\div"), ("sub", "−", "-"), ("exp", "eˣ", "e^{x}"), ("maximum", "max", r"\max"),
        ("sigmoid", "σ", r"\sigma"), ("tanh", "tanh", r"\tanh"), ("log", "log", r"\ln"), ("less_equal", "≤", r"\le"),
        ("besselj", "besselj", r"\operatorname{besselj}"),
    ],
)  # fmt: skip
def test_gates(op: str, text: str, latex: str) -> None:
    assert gate_label(op)[:2] == (text, latex)


def test_every_operation_has_a_gate_without_leftovers() -> None:
    from graphviz_ad.primitives.registry import OPERATIONS

    for op in OPERATIONS:
        label = gate_label(op)
        assert label.text, op
        assert "#" not in label.text + label.latex, op
        assert label.latex.count("{") == label.latex.count("}"), op


def test_definition_with_other_functions() -> None:
    assert definition_label("g(a) = f(a) + 1").latex == r"g\left(a\right) = f\left(a\right) + 1"
    assert definition_label("g(a) = [a, 1]").latex == ""


# ------------------------------------------------------------------------------------------------------------- large graphs


def test_style_follows_the_size() -> None:
    assert gv.parse("+".join(f"x{i}" for i in range(40))).scene().style == "wire"
    assert gv.parse("+".join(f"x{i}" for i in range(60))).scene().style == "card"
    assert gv.parse("x+y").scene(style="card").style == "card"
    with pytest.raises(gv.GradvizError, match="known are wire, card"):
        gv.parse("x").scene(style="round")
    with pytest.raises(gv.GradvizError, match="depth"):
        gv.parse("x").scene(depth=-1)


def test_functions_are_closed_before_anything_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADVIZ_MAX_DRAWN", "20")
    text = "g(t) = t*t + sin(t)*cos(t) - t/2; " + " + ".join(f"g(x{i})" for i in range(8))
    scene = gv.parse(text).at({f"x{i}": 0.5 for i in range(8)}).scene()
    assert [wire.kind for wire in scene.wires].count("call") == 8
    assert not [wire for wire in scene.wires if wire.kind == "elided"]


def test_deep_and_doubling_graphs_cost_no_recursion_and_no_explosion() -> None:
    gv.parse("sin(" * 5000 + "x" + ")" * 5000).at(x=1).scene()
    doubling = "; ".join(["a0 = x + x"] + [f"a{i} = a{i - 1} + a{i - 1}" for i in range(1, 60)])
    assert gv.parse(doubling).at(x=1).scene().title.text.startswith("a₅₉(x) = a₅₈ + a₅₈")
    hidden = "x"
    for _ in range(12):
        hidden = f"({hidden}+{hidden})"
    assert gv.parse(hidden).at(x=1).scene().title.text == "f(x)"


# ------------------------------------------------------------------------------------------------------------------ arrays


def test_arrays_are_cards_with_matrices() -> None:
    scene = gv.parse("q = W@x; f = sum(q*q)").at(W=[[0.1, 0.5], [-0.3, 0.8]], x=[0.2, 0.4]).scene()
    assert scene.style == "card"
    assert [wire.shape for wire in scene.wires] == ["(2, 2)", "(2,)", "(2,)", "(2,)", ""]
    assert [wire.gradient.latex for wire in scene.wires if wire.gradient and wire.symbol.text == "W"] == [
        r"\begin{bmatrix} 0.09 & 0.18 \\ 0.10 & 0.21 \end{bmatrix}"
    ]
    by_weight, by_input, by_first, by_second, by_sum = scene.arrows
    assert by_weight.number is None
    assert by_weight.formula is not None
    assert by_weight.formula.text == "δ_ii' x_j'"
    assert by_input.formula is None
    assert by_input.number is not None
    assert by_input.number.text == "[[0.10, 0.50], [−0.30, 0.80]]"
    assert by_first.formula is not None
    assert by_first.formula.text == "diag(q)"
    assert by_second.contribution is not None
    assert by_second.contribution.text == "[0.22, 0.26]"
    assert by_sum.number is not None
    assert by_sum.number.text == "[[1.00, 1.00]]"


def test_closed_function_of_arrays_pulls_back_through_its_inside() -> None:
    scene = gv.parse("norm(v) = sum(v*v); norm(x)*2").at(x=[3, 4]).scene(depth=0)
    call = next(arrow for arrow in scene.arrows if arrow.source == "n0")
    assert call.number is not None
    assert call.number.text == "[6, 8]"
