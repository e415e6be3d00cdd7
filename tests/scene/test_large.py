"""Large graphs drawn: by roles, opened where asked, around a focus, and placed when the engine is too slow."""

from __future__ import annotations

import importlib.util
import re
import time
from pathlib import Path
from typing import Any

import pytest

import graphviz_ad as gv
from graphviz_ad.render.layers import layers, ordered
from graphviz_ad.scene.model import Scene
from graphviz_ad.scene.selection import select
from graphviz_ad.scene.surroundings import READABLE

_spec = importlib.util.spec_from_file_location("large_graphs", Path(__file__).with_name("large.py"))
assert _spec is not None
assert _spec.loader is not None
large = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(large)


def times(scene: Scene) -> dict[str, list[int]]:
    """How many nodes each wire stands for, by its symbol."""
    found: dict[str, list[int]] = {}
    for wire in scene.wires:
        if wire.kind != "constant":
            found.setdefault(wire.symbol.text, []).append(int(re.sub(r"\D", "", wire.shape)) if wire.shape.startswith("×") else 1)
    return found


def operations(graph: gv.Graph) -> int:
    return sum(1 for handle, operands in enumerate(graph.operands) if operands and graph.needed[handle])


def test_a_long_sum_is_its_terms_and_one_sum() -> None:
    point = large.long_sum(5000)
    before = time.process_time()
    scene = point.scene()
    assert time.process_time() - before < 10
    found = times(scene)
    assert found["sin"] == [5000]
    assert found["x"] == [20]
    assert sum(sum(counts) for symbol, counts in found.items() if symbol not in ("x", "y")) == operations(point.graph)
    assert len(scene.wires) <= 8
    assert [wire.output.text for wire in scene.wires if wire.output] == ["f"]


def test_numbers_of_a_bundle_are_the_least_and_the_greatest() -> None:
    point = large.long_sum(300)
    sines = [h for h, op in enumerate(point.graph.ops) if op == "sin"]
    values = [point.values[h] for h in sines]
    wire = next(wire for wire in point.scene().wires if wire.symbol.text == "sin")
    assert wire.value.exact == f"{min(values)!r} … {max(values)!r}"
    assert wire.gradient.text == "1.00"
    assert all(arrow.number is None for arrow in point.scene().arrows if wire.id in (arrow.source, arrow.target))


def test_a_recurrence_becomes_a_loop() -> None:
    scene = large.recurrence(200).scene()
    assert times(scene)["tanh"] == [200]
    assert len(scene.wires) <= 16
    at = {wire.id: place for place, wire in enumerate(scene.wires)}
    assert any(at[arrow.source] >= at[arrow.target] for arrow in scene.arrows)


def test_layers_stay_apart() -> None:
    found = times(large.network(4, 12, 8, 2).scene())
    assert found["tanh"] == [12, 8, 2]
    assert found["w"] == [48, 96, 16]


def test_calls_of_one_function_are_one_bundle() -> None:
    point = large.calls(140)
    scene = point.scene()
    wire = next(wire for wire in scene.wires if wire.shape == "×138")
    assert (wire.kind, wire.symbol.text) == ("call", "step")
    last = next(wire for wire in scene.wires if wire.output)
    assert last.formula.text == "step(h₁₃₉, x)"  # its own argument, not the one that stands for it


def test_a_node_that_is_asked_for_stands_by_itself() -> None:
    point = large.recurrence(200)
    scene = point.scene(expand=["h100"])
    (wire,) = [wire for wire in scene.wires if wire.name and wire.name.text == "h₁₀₀"]
    assert wire.value.exact == repr(point["h100"].value)
    assert sorted(times(scene)["tanh"]) == [1, 199]
    assert point.scene(expand="h100") == scene
    with pytest.raises(gv.GradvizError, match=r"no function and no node is named nobody(?s:.*)functions are: none"):
        point.scene(expand=["nobody"])


def test_a_named_function_opens_whatever_the_depth() -> None:
    graph = gv.parse("s(t) = 1/(1+exp(-t)); g(t) = s(t)*t; f = g(x) + s(y)")
    closed = [wire.kind for wire in graph.scene(depth=0).wires].count("call")
    opened = graph.scene(depth=0, expand=["s"])
    assert closed == 2
    assert [cluster.label.text.partition("(")[0] for cluster in opened.clusters] == ["g", "s", "s"]
    assert [wire.kind for wire in graph.scene(depth=0, expand=["g"]).wires].count("call") == 2


def test_focus_draws_the_surroundings() -> None:
    point = gv.parse("q=x+y; a=q*z; b=sin(a)*x; c=exp(b); f=c*c+q").at(x=1, y=2, z=3)
    scene = point.scene(focus="b", radius=1)
    names = {wire.name.text for wire in scene.wires if wire.name and wire.kind == "operation"}
    assert names == {"b", "c", "v₁"}
    (elided,) = [wire for wire in scene.wires if wire.kind == "elided"]
    assert (elided.name.text, elided.symbol.text) == ("a", "2 operations")
    assert scene.notes[0] == "3 of 7 operations drawn, those within 1 step of b"
    assert {wire.name.text for wire in point.scene(focus="b", radius=0).wires if wire.name and wire.kind == "operation"} == {"b"}
    assert len(point.scene(focus="b", radius=9).wires) == len(point.scene().wires)
    with pytest.raises(gv.GradvizError, match="name the focus"):
        point.scene(radius=1)
    with pytest.raises(gv.GradvizError, match="no node is named nobody"):
        point.scene(focus="nobody")


def test_focus_in_a_large_graph_is_small_and_exact() -> None:
    point = large.recurrence(3000)
    scene = point.scene(focus="h1500", radius=2)
    assert len(scene.wires) < 20
    (wire,) = [wire for wire in scene.wires if wire.name and wire.name.text == "h₁₅₀₀"]
    assert wire.gradient.exact == repr(point["h1500"].gradient)


def test_where_no_structure_is_told_the_operations_nearest_the_output_are_drawn() -> None:
    point = large.irregular(900)
    scene = point.scene()
    drawn = [wire for wire in scene.wires if wire.kind == "operation"]
    elided = [wire for wire in scene.wires if wire.kind == "elided"]
    assert len(drawn) == READABLE
    stands_for = sum(int(re.sub(r"\D", "", wire.symbol.text) or 0) for wire in elided)
    total = operations(point.graph)
    assert stands_for + len(drawn) == total
    assert scene.notes[0].startswith(f"{READABLE} of {total:,} operations drawn")


def test_every_operation_is_told_for() -> None:
    for point in (large.long_sum(400), large.recurrence(90), large.network(3, 9, 9, 3), large.calls(130)):
        chosen = select(point.graph)
        assert chosen.bundles
        assert chosen.omitted == 0
        assert len({member for members in chosen.bundles.values() for member in members}) == sum(map(len, chosen.bundles.values()))


@pytest.mark.parametrize("make", [lambda: large.long_sum(260), lambda: large.recurrence(210), lambda: large.calls(140)])
def test_a_thousand_operations_are_drawn_in_seconds(make: Any) -> None:
    point = make()
    assert sum(1 for operands in point.graph.operands if operands) > 750
    before = time.process_time()
    from graphviz_ad.formats.writing import produce

    assert produce(point.graph, point, "svg", bundled=True).endswith(b"</svg>\n")
    assert time.process_time() - before < 5


def test_a_slow_engine_is_replaced_by_layers(monkeypatch: pytest.MonkeyPatch) -> None:
    from graphviz_ad.formats.writing import produce
    from graphviz_ad.render.placement import LayoutWarning

    point = gv.parse("s(t)=1/(1+exp(-t)); q=x+y; f=s(q)*z").at(x=1, y=2, z=3)
    monkeypatch.setenv("GRADVIZ_LAYOUT_SECONDS", "0")
    for format in ("svg", "png", "tikz", "html"):
        with pytest.warns(LayoutWarning, match="longer than 0 s; --focus NAME"):
            written = produce(point.graph, point, format)
        assert len(written) > 1000
    with pytest.warns(LayoutWarning):
        svg = produce(point.graph, point, "svg").decode()
    assert "placed in plain layers" in svg
    assert svg.count('class="node ') == len(point.scene().wires)
    with pytest.warns(LayoutWarning):
        assert "placed in plain layers" in produce(large.recurrence(200).graph, large.recurrence(200), "svg").decode()


def test_layers_put_operands_to_the_left_and_keep_neighbours_together() -> None:
    arrows = [(0, 2), (1, 3), (2, 4), (3, 5), (4, 6), (5, 6)]
    level = layers(7, arrows)
    assert all(level[source] < level[target] for source, target in arrows)
    columns = ordered(7, arrows, level)
    assert columns == [[0, 1], [2, 3], [4, 5], [6]]
    crossed = [(0, 3), (1, 2), (2, 4), (3, 4)]
    found = ordered(5, crossed, layers(5, crossed))
    assert [found[1].index(3), found[1].index(2)] == [found[0].index(0), found[0].index(1)]


def test_layers_take_time_linear_in_the_arrows() -> None:
    count = 50_000
    arrows = [(k - 1, k) for k in range(1, count)] + [(0, k) for k in range(2, count)]
    before = time.process_time()
    assert len(ordered(count, arrows, layers(count, arrows))) == count
    assert time.process_time() - before < 10


def test_arrows_pass_beside_the_nodes_between(monkeypatch: pytest.MonkeyPatch) -> None:
    from graphviz_ad.render.geometry import on_curve
    from graphviz_ad.render.layers import layered
    from graphviz_ad.render.parts import measure

    parts = measure(gv.parse("a=x*y; b=sin(a)+x; c=exp(b)*a; f=c/b+tanh(c)*x").at(x=1, y=0.5).scene())
    places = layered(parts)
    assert sorted(places.nodes) == list(range(len(parts.nodes)))
    number = {part.wire.id: place for place, part in enumerate(parts.nodes)}
    for index, curve in places.curves.items():
        assert len(curve) % 3 == 1
        ends = {number[parts.arrows[index].arrow.source], number[parts.arrows[index].arrow.target]}
        for start in range(0, len(curve) - 1, 3):
            for x, y in (on_curve(curve[start : start + 4], t / 8) for t in range(9)):
                for place, (cx, cy) in places.nodes.items():
                    part = parts.nodes[place]
                    inside = abs(x - cx) < part.width / 2 - 1 and abs(y - cy) < part.height / 2 - 1
                    assert place in ends or not inside, (index, place)
