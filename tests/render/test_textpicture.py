"""Pictures in text: every number in its place, nothing wider than the terminal, plain letters where there are no others."""

from __future__ import annotations

import re

import pytest

import graphviz_ad as gv
from graphviz_ad.render.letters import columns, to_ascii
from graphviz_ad.render.textpicture import FORMS, render_text
from graphviz_ad.scene.model import Label, Scene

XYZ = gv.parse("q = x + y; f = q*z").at(x=-2, y=5, z=-4)
NEURON = gv.parse("s(t) = 1/(1+exp(-t)); f = s(w0*x0 + w1*x1 + w2)").at(w0=2, x0=-1, w1=-3, x1=-2, w2=-3)
FORK = gv.parse("f = x*x + x").at(x=3)
MATRIX = gv.parse("sum((W@x)**2)").at(W=[[0.1, 0.5], [-0.3, 0.8]], x=[0.2, 0.4])
SUM = gv.parse("f = " + "+".join(f"x{k}*y{k}" for k in range(30)))
WIDE = gv.parse("変数*重み").at({"変数": 2, "重み": 3})
POINTS = {"xyz": XYZ, "neuron": NEURON, "fork": FORK, "matrix": MATRIX, "wide": WIDE, "cards": SUM.at(dict.fromkeys(SUM.inputs, 1.5))}
HOSTILE = ["\x1b[31m", "a\nb", "\x07", "\u202eabc", "変数" * 30, "\x9b2J", "x" * 500]


@pytest.mark.parametrize("ascii", [False, True])
@pytest.mark.parametrize("width", [40, 60, 80, 120])
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", POINTS)
def test_it_fits_its_columns(name: str, form: str, width: int, ascii: bool) -> None:
    for subject in (POINTS[name], POINTS[name].graph):
        text = render_text(subject.scene(), width, form=form, ascii=ascii)
        assert all(columns(line) <= width for line in text.splitlines())
        assert all(line == line.rstrip() for line in text.splitlines())
        assert text.isascii() or not ascii


def test_the_graph_of_the_lecture() -> None:
    assert render_text(XYZ.scene()).splitlines()[:5] == [
        "   −2",
        "x ────‹1›─╮     q = 3",
        "   −4     ├─(+)───────‹−4›─╮",
        "   5      │      −4        │     −12",
        "y ────‹1›─╯                ├─(×)────── f",
    ]


@pytest.mark.parametrize("name", ["xyz", "fork", "neuron"])
def test_numbers_stand_above_and_below_their_wires(name: str) -> None:
    """Each value is found directly over a wire, each gradient directly under one, each local derivative in one."""
    scene = POINTS[name].scene()
    lines = render_text(scene, 160, form="graph").splitlines()[:-1]
    above, below = [], []
    for row, line in enumerate(lines):
        for found in re.finditer(r"−?\d[\d.]*", re.sub("‹.*?›", lambda local: "─" * len(local[0]), line)):
            for onto, other in ((above, row + 1), (below, row - 1)):
                if 0 <= other < len(lines) and set(lines[other][found.start() : found.end()]) == {"─"}:
                    onto.append(found[0])
    assert sorted(above) == sorted(w.value.text for w in scene.wires if w.value and w.kind != "constant")
    assert sorted(below) == sorted(w.gradient.text for w in scene.wires if w.gradient)
    shown = [a.number or a.formula for a in scene.arrows]
    assert sorted(re.findall("‹(.*?)›", "\n".join(lines))) == sorted(label.text for label in shown if label)


def test_a_shared_node_is_drawn_once_and_referred_to() -> None:
    point = gv.parse("q = exp(x); f = q*q + q").at(x=1)
    graph, tree = point.draw(form="graph"), point.draw(form="tree")
    assert (graph.count("(eˣ)"), graph.count("q ↑"), graph.count("q = 2.72")) == (1, 2, 1)
    assert (tree.count("exp(x)"), tree.count("q ↑")) == (1 + tree.count("∂q/∂x = exp(x)"), 2)
    assert "↑: drawn above" in graph


def test_the_tree_puts_numbers_in_columns() -> None:
    lines = XYZ.draw(form="tree").splitlines()
    assert lines == [
        "              value  gradient  local derivative",
        "f = q·z         −12         1",
        "├─ q = x + y      3        −4  ∂f/∂q = z = −4",
        "│  ├─ x          −2        −4  ∂q/∂x = 1",
        "│  └─ y           5        −4  ∂q/∂y = 1",
        "└─ z             −4         3  ∂f/∂z = q = 3",
    ]


def test_a_narrow_column_of_local_derivatives_tells_what_matters() -> None:
    """The names, which the branches tell, go first, all of them; a number that does not fit gives way to its formula."""
    lines = XYZ.draw(42, form="tree").splitlines()
    assert lines[0].endswith("  local")
    assert [line.split("  ")[-1].strip() for line in lines[2:]] == ["z = −4", "1", "1", "q = 3"]
    point = gv.parse("q = x - mean(x); s = q/sqrt(sum(q*q)); f = sum(s*exp(s)*w)").at(x=[0.111, 2, 3, 4.5], w=[1, 2, 3, 4])
    text = point.draw(80, form="tree")
    assert "∂q/∂x = …" not in text
    assert any(line.endswith("−q/v₄²") for line in text.splitlines()), text


def test_without_values_formulas_stand_on_the_arrows() -> None:
    text = gv.parse("q = x + y; f = q*z").draw()
    assert "‹z›" in text
    assert "‹q›" in text
    assert "value" not in text


def test_deep_graphs_are_cut_not_broken() -> None:
    graph = gv.parse("f = " + "sin(" * 110 + "x" + ")" * 110)
    text = render_text(graph.at(x=1).scene())
    assert "… deeper" in text
    assert all(columns(line) <= 80 for line in text.splitlines())


@pytest.mark.parametrize("form", ["graph", "tree"])
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_on_its_line(text: str, form: str) -> None:
    def hostile(scene: Scene) -> Scene:
        label = Label(text)
        wires = tuple(w._replace(symbol=label, name=label, formula=label, output=w.output and label, value=label) for w in scene.wires)
        return scene._replace(wires=wires, title=label, notes=(text,))

    written = render_text(hostile(XYZ.scene()), form=form)
    assert all(columns(line) <= 80 for line in written.splitlines())
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", written)


def test_every_letter_of_ours_has_a_plain_spelling() -> None:
    shown = "".join(point.draw(form=form) for point in POINTS.values() for form in ("graph", "tree") if point is not WIDE)
    assert "?" not in to_ascii(shown)


def test_what_cannot_be_drawn_is_an_error() -> None:
    with pytest.raises(gv.GradvizError, match="unknown form"):
        XYZ.draw(form="circle")
    with pytest.raises(gv.GradvizError, match="too few"):
        XYZ.draw(20)
