"""Text of users cannot break out of SVG, DOT or HTML-like labels."""

from __future__ import annotations

import subprocess
import xml.etree.ElementTree as ET

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from graphviz_ad.render import dot, engine, escape
from graphviz_ad.render.parts import measure
from graphviz_ad.render.svg import render_svg
from tests.render import scenes

NASTY = [
    '"><script>alert(1)</script>',
    '\\"]; evil [label="x',
    "<b>&amp;]]></b>",
    "\x00\x1b\ud800\uffff\u2028",
    "--> <!-- ]]>",
    "\\N\\G\\l\\",
    "' onload='x",
    "</title></svg>",
    "{",
    "\\left(" * 300,
    "\u202eabc",
    "&#x3c;script&#x3e;",
    "",
    " ",
    "学习率",
    "x" * 5_000,
]
texts = st.text(st.characters() | st.sampled_from("<>&\"'\\{}[]();-=\n\0"), max_size=30)
SVG = "{http://www.w3.org/2000/svg}"


def check_svg(svg: str, nodes: int, edges: int) -> None:
    """Well-formed, of known elements and attributes alone, with the structure that the scene has."""
    root = ET.fromstring(svg)
    kinds = {"svg", "metadata", "title", "desc", "style", "defs", "path", "rect", "circle", "polygon", "g", "use", "text"}
    for element in root.iter():
        assert element.tag.removeprefix(SVG) in kinds
        assert not any(name.startswith("on") for name in element.attrib)
        for name, value in element.attrib.items():
            if name.endswith("href"):
                assert value.startswith("#")
            assert "url(" not in value
    for style in root.iter(f"{SVG}style"):
        assert "url" not in (style.text or "")
        assert "@import" not in (style.text or "")
    groups = [(g.get("class") or "").split(" ")[0] for g in root.iter(f"{SVG}g")]
    assert groups.count("node") == nodes
    assert groups.count("edge") == edges


@pytest.mark.parametrize("text", NASTY)
def test_hostile_text_everywhere_leaves_the_svg_whole(text: str) -> None:
    check_svg(render_svg(scenes.hostile(text), bundled=True), 5, 4)
    check_svg(render_svg(scenes.hostile(text)._replace(style="card"), bundled=True, outlines=True), 5, 4)
    check_svg(render_svg(scenes.hostile(text), bundled=True, math="unicode"), 5, 4)


@settings(max_examples=40)
@given(texts)
def test_any_text_everywhere_leaves_the_svg_whole(text: str) -> None:
    check_svg(render_svg(scenes.hostile(text), bundled=True), 5, 4)


@pytest.mark.parametrize("text", NASTY)
def test_hostile_text_everywhere_leaves_the_dot_whole(text: str) -> None:
    check_dot(text)


@settings(max_examples=40)
@given(texts)
@example("\\")
@example('"')
def test_any_text_everywhere_leaves_the_dot_whole(text: str) -> None:
    check_dot(text)


def check_dot(text: str) -> None:
    plain = dot.plain_dot(scenes.hostile(text))
    done = subprocess.run([engine.engine_name(True), "-Tjson0"], input=plain.encode("utf-8"), capture_output=True, check=True)
    import json

    graph = json.loads(done.stdout)
    assert sorted(item["name"] for item in graph["objects"] if "pos" in item) == ["n0", "n1", "n2", "n3", "n4"]
    assert [item["name"] for item in graph["objects"] if "nodes" in item] == ["cluster_0"]
    assert len(graph["edges"]) == 4


@given(texts)
def test_the_layout_text_holds_nothing_of_the_users(text: str) -> None:
    marked = "QqZ" + text
    assert "QqZ" not in dot.layout_dot(measure(scenes.hostile(marked)))


@given(texts)
def test_identifiers_are_safe(text: str) -> None:
    assert escape.identifier(text).isascii()
    assert set(escape.identifier(text)) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-")


def test_hostile_ids_and_rings_of_clusters_do_no_harm() -> None:
    scene = scenes.opening()
    rename = {wire.id: f'{wire.id}"><x' for wire in scene.wires}
    wires = tuple(wire._replace(id=rename[wire.id], cluster="a") for wire in scene.wires)
    arrows = tuple(a._replace(source=rename[a.source], target=rename[a.target]) for a in scene.arrows)
    ring = (
        scenes.Cluster("a", scenes.Label("a"), "b"),
        scenes.Cluster("b", scenes.Label("b"), "a"),
        scenes.Cluster("c", scenes.Label("c"), "c"),
    )
    check_svg(render_svg(scene._replace(wires=wires, arrows=arrows, clusters=ring), bundled=True), 5, 4)
