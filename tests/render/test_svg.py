"""The picture: its grammar, its ids, its bytes."""

from __future__ import annotations

import math
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET

import pytest

from graphviz_ad.render import render, render_svg, written_by_gradviz
from graphviz_ad.scene.model import Arrow, Label, Scene, Wire
from tests.render import scenes

SVG = "{http://www.w3.org/2000/svg}"
LINK = "{http://www.w3.org/1999/xlink}href"


def tree(scene: Scene, **options: str) -> ET.Element:
    """The picture as elements."""
    return ET.fromstring(render_svg(scene, bundled=True, **options))


def by_id(root: ET.Element, id: str) -> ET.Element:
    """The one element with this id."""
    (found,) = [element for element in root.iter() if element.get("id") == id]
    return found


def points(element: ET.Element, attribute: str) -> list[tuple[float, float]]:
    """Coordinates in path data or of a polygon."""
    return [(float(x), float(y)) for x, y in re.findall(r"(-?[\d.]+),(-?[\d.]+)", element.get(attribute, ""))]


def line_of(node: ET.Element) -> tuple[float, float, float]:
    """Start, end and height of a node's wire."""
    (path,) = [p for p in node.iter(f"{SVG}path") if p.get("class") == "line"]
    found = re.fullmatch(r"M([-\d.]+) ([-\d.]+)H([-\d.]+)", path.get("d", ""))
    assert found is not None
    return float(found[1]), float(found[3]), float(found[2])


@pytest.mark.parametrize("name", scenes.ALL)
@pytest.mark.parametrize("math_", ["typeset", "unicode"])
def test_every_number_of_the_scene_is_there_once(name: str, math_: str) -> None:
    scene = scenes.ALL[name]()
    root = tree(scene, math=math_)
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    for element in root.iter():
        if LINK in element.attrib:
            assert element.attrib[LINK][1:] in ids
    for wire in scene.wires:
        by_id(root, f"node-{wire.id}")
        for kind, label in (("value", wire.value), ("gradient", wire.gradient)):
            if label is not None and not (wire.kind == "constant" and label.text == wire.symbol.text):
                element = by_id(root, f"{kind}-{wire.id}")
                if not label.latex:
                    assert element.text == label.text
    for arrow in scene.arrows:
        by_id(root, f"edge-{arrow.target}-{arrow.position}")
        if arrow.number is not None and not arrow.number.latex:
            assert by_id(root, f"local-{arrow.target}-{arrow.position}").text == arrow.number.text
        if arrow.forks and arrow.contribution is not None:
            assert by_id(root, f"contribution-{arrow.target}-{arrow.position}").text.lstrip("+") == arrow.contribution.text  # type: ignore[union-attr]


@pytest.mark.parametrize("name", ["opening", "neuron", "closed_neuron", "square", "kink", "forks"])
def test_value_above_bold_gradient_below_regular(name: str) -> None:
    scene = scenes.ALL[name]()
    root = tree(scene)
    for wire in scene.wires:
        if wire.value is None or wire.gradient is None:
            continue
        start, end, y = line_of_main(by_id(root, f"node-{wire.id}"))
        value, gradient = by_id(root, f"value-{wire.id}"), by_id(root, f"gradient-{wire.id}")
        assert float(value.get("y", "nan")) < y - 3
        assert float(gradient.get("y", "nan")) > y + 10
        assert value.get("font-weight") == "700"
        assert gradient.get("font-weight") is None
        for text in (value, gradient):
            assert start < float(text.get("x", "nan")) < end


def line_of_main(node: ET.Element) -> tuple[float, float, float]:
    """As line_of, for a node whose output stands apart too."""
    paths = [p for p in node.iter(f"{SVG}path") if p.get("class") == "line" and "H" in p.get("d", "")]
    node = ET.Element("g")
    node.extend(paths)
    return line_of(node)


@pytest.mark.parametrize("name", ["opening", "symbolic", "neuron", "closed_neuron", "square", "kink", "forks"])
def test_the_wire_is_one_unbroken_line_from_node_to_gate(name: str) -> None:
    scene = scenes.ALL[name]()
    root = tree(scene)
    outputs = {wire.id for wire in scene.wires if wire.output is not None}
    for arrow in scene.arrows:
        edge = by_id(root, f"edge-{arrow.target}-{arrow.position}")
        curve = points(edge.find(f"{SVG}path"), "d")  # type: ignore[arg-type]
        head = points(edge.find(f"{SVG}polygon"), "points")  # type: ignore[arg-type]
        tip = head[1]
        _, end, y = line_of_main(by_id(root, f"node-{arrow.source}"))
        assert curve[0][1] == pytest.approx(y, abs=0.02)
        if arrow.source not in outputs:
            assert curve[0][0] == pytest.approx(end, abs=0.02)
        target = by_id(root, f"node-{arrow.target}")
        circle = target.find(f"{SVG}circle")
        if circle is not None:
            gap = math.hypot(tip[0] - float(circle.get("cx", "0")), tip[1] - float(circle.get("cy", "0"))) - float(circle.get("r", "0"))
            assert gap == pytest.approx(0.6, abs=0.1)
        base = ((head[0][0] + head[2][0]) / 2, (head[0][1] + head[2][1]) / 2)
        assert math.dist(base, tip) == pytest.approx(8, abs=0.05)
        assert math.dist(curve[-1], base) < 1.5  # the curve ends where the head begins


def test_a_repeated_operand_has_two_arrows_with_their_shares() -> None:
    root = tree(scenes.square())
    for position in (0, 1):
        assert by_id(root, f"contribution-n1-{position}").text == "+3.00"
        assert by_id(root, f"contribution-n1-{position}").get("fill") == by_id(root, "gradient-n0").get("fill")
    ways = [by_id(root, f"edge-n1-{position}").find(f"{SVG}path").get("d") for position in (0, 1)]  # type: ignore[union-attr]
    assert ways[0] != ways[1]


def test_an_open_cluster_holds_its_gates_and_not_the_output() -> None:
    root = tree(scenes.neuron())
    box = by_id(root, "cluster-c").find(f"{SVG}rect")
    assert box is not None
    left, top, width, height = (float(box.get(k, "nan")) for k in ("x", "y", "width", "height"))
    for wire in scenes.neuron().wires:
        node = by_id(root, f"node-{wire.id}")
        circle = node.find(f"{SVG}circle")
        if circle is not None:
            x, y, r = (float(circle.get(k, "nan")) for k in ("cx", "cy", "r"))
            inside = left < x - r and x + r < left + width and top < y - r and y + r < top + height
            assert inside == (wire.cluster == "c")
    pill = by_id(root, "node-n12").find(f"{SVG}rect")
    assert pill is not None
    assert float(pill.get("x", "nan")) > left + width


def test_crowded_scenes_show_numbers_alone() -> None:
    few, many = tree(scenes.cards(2, 6)), tree(scenes.cards(6, 6))
    assert len(list(by_id(few, "edge-n6-0").iter(f"{SVG}use"))) > 0
    assert len(list(by_id(many, "edge-n6-0").iter(f"{SVG}use"))) == 0
    assert by_id(many, "local-n6-1").text == "0.25"


def test_a_symbolic_scene_shows_formulas() -> None:
    root = tree(scenes.symbolic())
    assert not [e for e in root.iter(f"{SVG}text") if re.search(r"\d\.\d", e.text or "")]
    assert len(list(by_id(root, "local-n4-0").iter(f"{SVG}use"))) == 1  # z


def test_a_constant_says_its_number_once() -> None:
    root = tree(scenes.kink())
    assert not [e for e in root.iter() if e.get("id") == "value-n1"]
    assert "kink at f: 0.5 of [0, 1] chosen" in [e.text for e in root.iter(f"{SVG}text")]


def test_nothing_overlaps_the_edges_of_the_canvas() -> None:
    for name, scene in scenes.ALL.items():
        root = tree(scene())
        _, _, width, height = map(float, root.get("viewBox", "").split())
        assert (width % 3, height % 3) == (0, 0), name
        for text in root.iter(f"{SVG}text"):
            assert float(text.get("x", "0")) < width


def test_alternative_text_and_tooltips() -> None:
    root = tree(scenes.opening())
    assert root.get("role") == "img"
    names = (root.get("aria-labelledby") or "").split()
    assert [by_id(root, name).text for name in names] == ["f(x, y, z) = (x + y) × z", scenes.opening().description]
    node = by_id(root, "node-n3")
    assert node.find(f"{SVG}title").text == "q = x + y\nvalue 3\ngradient -4"  # type: ignore[union-attr]
    assert by_id(root, "edge-n4-0").find(f"{SVG}title").text == "∂f/∂q = z = -4\ncontribution -4"  # type: ignore[union-attr]


def test_ids_can_have_a_prefix() -> None:
    by_id(tree(scenes.opening(), prefix="fig2-"), "fig2-value-n3")


def test_an_arrow_without_derivative_and_unknown_ends() -> None:
    scene = scenes.kink()
    root = tree(scene._replace(arrows=(*scene.arrows, Arrow("n0", "n99", 0), Arrow("n98", "n2", 7))))
    assert len([g for g in root.iter(f"{SVG}g") if g.get("class") == "edge"]) == 2


def test_degenerate_scenes() -> None:
    tree(Scene((), ()))
    tree(Scene((Wire("n0", "input", Label("x"), output=Label("f")),), (), style="card"))
    tree(Scene((Wire("n0", "input", Label("x"), output=Label("f")),), (), title=Label("f = x"), notes=("a", "b")))


def test_a_long_title_is_cut_to_the_picture() -> None:
    long = " + ".join(f"x_{{{k}}}" for k in range(300))
    scene = scenes.opening()._replace(title=Label(long, long))
    width = float(tree(scene).get("viewBox", "").split()[2])
    assert width < 620


CODE = """
import sys
from graphviz_ad.render import render
from tests.render import scenes
for name, scene in scenes.ALL.items():
    for format in ("svg", "dot", "png"):
        sys.stdout.buffer.write(render(scene(), format, bundled=True))
"""


def test_the_same_bytes_on_every_run() -> None:
    runs = []
    for seed in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": seed}
        root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
        runs.append(subprocess.run([sys.executable, "-c", CODE], cwd=root, env=environment, capture_output=True, check=True).stdout)
    assert runs[0] == runs[1]
    assert len(runs[0]) > 100_000


def test_start_up_imports_little() -> None:
    code = (
        "import sys, graphviz_ad.render\n"
        "few = {'numpy', 'scipy', 'sympy', 'ziamath', 'rich', 'dataclasses', 'xml', 'resvg_py', 'subprocess', 'json'}\n"
        "assert not few & set(sys.modules), few & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_picture_is_known_by_its_first_bytes(tmp_path: pytest.TempPathFactory) -> None:
    for format in ("svg", "png", "dot"):
        path = f"{tmp_path}/f.{format}"
        with open(path, "wb") as file:
            file.write(render(scenes.opening(), format, bundled=True))
        assert written_by_gradviz(path)
    for content in (
        b'<svg xmlns="http://www.w3.org/2000/svg"><text>&lt;metadata>written by gradviz (graphviz_ad)</text></svg>',
        b'<svg xmlns="http://www.w3.org/2000/svg"><text><metadata>written by gradviz (graphviz_ad)</metadata></text></svg>',
        b"",
        b"\x89PNG\r\n\x1a\n",
        b"my notes: // written by gradviz (graphviz_ad)\n",
    ):
        with open(f"{tmp_path}/other", "wb") as file:
            file.write(content)
        assert not written_by_gradviz(f"{tmp_path}/other")
    assert not written_by_gradviz(f"{tmp_path}/missing")
    assert not written_by_gradviz(str(tmp_path))


def test_unicode_mathematics_is_text() -> None:
    root = tree(scenes.opening(), math="unicode")
    assert {"∂q/∂x", "f(x, y, z) = (x + y) × z", "q"} <= {e.text for e in root.iter(f"{SVG}text")}
    assert "<text" not in render_svg(scenes.opening(), math="unicode", bundled=True, outlines=True)
