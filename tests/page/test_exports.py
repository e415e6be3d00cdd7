"""Pictures in other languages: TikZ, Mermaid, an SVG that plays; nothing of a user's breaks out of them."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

import graphviz_ad as gv
from graphviz_ad.render.animation import render_animated, steps
from graphviz_ad.render.mermaid import render_mermaid
from graphviz_ad.render.tikz import _text, render_tikz
from graphviz_ad.scene.model import Label, Scene

XYZ = gv.parse("q = x + y; f = q*z").at(x=-2, y=5, z=-4)
NEURON = gv.parse("s(t) = 1/(1+exp(-t)); f = s(w0*x0 + w1*x1 + w2)").at(w0=2, x0=-1, w1=-3, x1=-2, w2=-3)
FORK = gv.parse("f = x*x + x").at(x=3)
CARDS = gv.parse("f = " + "+".join(f"x{k}*y{k}" for k in range(30)))
POINTS = [XYZ, NEURON, FORK, CARDS.at(dict.fromkeys(CARDS.inputs, 1.5))]
HOSTILE = [
    "\\input{/etc/passwd}",
    'a"] --> b[click',
    "<script>alert(1)</script>",
    "#quot;",
    "$\\end{document}",
    "%",
    "変数",
    "a\nb",
    "]]>",
    "|x|",
    "`x`",
]


def hostile(text: str) -> Scene:
    scene = XYZ.scene()
    wires = tuple(
        wire._replace(symbol=Label(text), name=Label(text), formula=Label(text), output=wire.output and Label(text)) for wire in scene.wires
    )
    return scene._replace(wires=wires, title=Label(text), notes=(text,))


@pytest.mark.parametrize("point", POINTS, ids=["xyz", "neuron", "fork", "cards"])
def test_tikz_is_balanced_and_says_every_number(point: gv.Point) -> None:
    scene = point.scene()
    text = render_tikz(scene)
    assert text.count("{") - text.count(r"\{") == text.count("}") - text.count(r"\}")
    assert (text.count(r"\begin{"), text.count(r"\end{document}")) == (text.count(r"\end{"), 1)
    assert text.replace(r"\$", "").count("$") % 2 == 0
    assert all(line.endswith(";") for line in text.splitlines() if line.startswith((r"\node", r"\draw", r"\path")))
    for wire in scene.wires:
        if wire.value is not None and not wire.value.latex:
            assert _text(wire.value.text) in text


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_breaks_out_of_tikz(text: str) -> None:
    written = render_tikz(hostile(text))
    assert written.count(r"\end{document}") == 1
    assert r"\input" not in written
    assert written.isascii() or not any(ord(c) > 0x180 for c in written)
    assert written.count("{") - written.count(r"\{") == written.count("}") - written.count(r"\}")


@pytest.mark.parametrize("point", POINTS, ids=["xyz", "neuron", "fork", "cards"])
def test_mermaid_has_every_node_and_arrow(point: gv.Point) -> None:
    scene = point.scene()
    text = render_mermaid(scene)
    assert len(re.findall(r"^\s+n\w+[\[(]", text, re.MULTILINE)) == len(scene.wires)
    assert len(re.findall(r" -->", text)) == len(scene.arrows)
    assert text.count("subgraph ") == len(scene.clusters) == len(re.findall(r"^  end$", text, re.MULTILINE))


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_breaks_out_of_mermaid(text: str) -> None:
    plain, marked = render_mermaid(XYZ.scene()), render_mermaid(hostile(text))
    assert len(marked.splitlines()) == len(plain.splitlines())
    for line in marked.splitlines():
        assert line.count('"') in (0, 2)
        assert "<" not in line.replace("<br/>", "")
        inside = line.partition('"')[2].rpartition('"')[0]
        assert not set(inside) & set("[]{}|`")


@pytest.mark.parametrize("point", POINTS[:3], ids=["xyz", "neuron", "fork"])
def test_animation_moves_what_is_there(point: gv.Point) -> None:
    scene = point.scene()
    svg = render_animated(scene)
    ET.fromstring(svg)
    ids = set(re.findall(r'\bid="([^"]+)"', svg))
    told = [name for group in steps(scene) for name in group]
    assert set(told) <= ids
    assert len(told) == len(set(told))
    assert "prefers-reduced-motion:no-preference" in svg
    every = {f"value-{wire.id}" for wire in scene.wires if wire.kind == "operation"} | {
        f"gradient-{wire.id}" for wire in scene.wires if wire.gradient
    }
    assert every <= set(told)
