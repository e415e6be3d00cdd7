"""Documents read back: the same graph, the same numbers, the same document again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import graphviz_ad as gv

TEXTS: list[tuple[str, dict[str, Any]]] = [
    ("q = x + y; f = q*z", {"x": -2, "y": 5, "z": -4}),
    ("s(t) = 1/(1+exp(-t)); f = s(w*x) + s(x)", {"w": 0.5, "x": 2}),
    ("x*x + pi*x", {"x": 3}),
    ("max(x, y)", {"x": 1, "y": 1}),
    ("log(x)", {"x": -1}),
    ("where(x > 0, x, inf)", {"x": 0}),
    ("sum((W@x)**2)", {"W": [[0.1, 0.5], [-0.3, 0.8]], "x": [0.2, 0.4]}),
    ("W@x + b[0]", {"W": [[0.1, 0.5], [-0.3, 0.8]], "x": [0.2, 0.4], "b": [1, 2]}),
    ("softmax(x)[1]", {"x": [1, 2, 3]}),
    ("x = 2; x", {}),
]


@pytest.mark.parametrize(("text", "values"), TEXTS)
def test_a_point_comes_back(text: str, values: dict[str, Any], tmp_path: Path) -> None:
    point = gv.parse(text).at(values)
    point.save(tmp_path / "p.json")
    again = gv.from_json(tmp_path / "p.json")
    assert isinstance(again, gv.Point)
    assert again.document() == point.document()
    assert gv.from_json((tmp_path / "p.json").read_text("utf-8")).document() == point.document()


@pytest.mark.parametrize(("text", "values"), TEXTS)
def test_a_graph_comes_back(text: str, values: dict[str, Any]) -> None:
    graph = gv.parse(text)
    again = gv.from_json(graph.document())
    assert isinstance(again, gv.Graph) or not graph.inputs
    assert again.document() == graph.document() or not graph.inputs


def test_outputs_and_choices_are_kept() -> None:
    graph = gv.parse("q = x*y; f = q + x")
    assert gv.from_json(graph.of("q").document()).document() == graph.of("q").document()
    point = graph.at(x=2, y=3).with_respect_to("y")
    again = gv.from_json(point.document())
    assert isinstance(again, gv.Point)
    assert again.wrt == ("y",)


@pytest.mark.parametrize(("text", "values"), [TEXTS[0], TEXTS[1], TEXTS[6]])
def test_graphs_that_no_text_gave_keep_their_numbers(text: str, values: dict[str, Any]) -> None:
    point = gv.parse(text).at(values).gradient_point()
    again = gv.from_json(json.loads(json.dumps(point.document())))
    assert isinstance(again, gv.Point)
    assert again.graph.output_names == point.graph.output_names
    found, wanted = again.value, point.value
    for name in point.graph.output_names:
        one, two = (found[name], wanted[name]) if isinstance(wanted, dict) else (found, wanted)
        np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize("source", [
    "{",
    "{}",
    '{"schema": "gradviz/2"}', '{"schema": "gradviz/1"}', '{"schema": "gradviz/1", "expression": 3, "inputs": []}',
    "missing.json",
])  # fmt: skip
def test_what_is_no_document_is_refused(source: str) -> None:
    with pytest.raises(gv.GradvizError):
        gv.from_json(source)


@pytest.mark.parametrize("source", [3, None, ["x"], 2.5])
def test_what_no_document_comes_from_is_refused_by_its_kind(source: Any) -> None:
    with pytest.raises(gv.GradvizError, match=f"not {type(source).__name__}") as refused:
        gv.from_json(source)
    assert isinstance(refused.value, TypeError)


@pytest.mark.parametrize(
    "value", [True, np.int64(3), np.array([1, 2]), np.array([True, False]), np.array([2**63 + 2**40], dtype=np.uint64)]
)
def test_what_has_no_gradient_has_none_again(value: Any) -> None:
    for given in ({"x": value, "y": 2.5}, {"x": value, "y": np.int64(2)}):
        point = gv.parse("sum(x*y)").at(given)
        again = gv.from_json(json.loads(json.dumps(point.document())))
        assert isinstance(again, gv.Point)
        assert again.document() == point.document()
        assert again.gradients["x"] is None


def test_a_value_that_nothing_uses_comes_back() -> None:
    point = gv.parse("x*y").at(x=1, y=2, z=3)
    again = gv.from_json(point.document())
    assert isinstance(again, gv.Point)
    assert (again.value, again.gradients) == (point.value, point.gradients)
