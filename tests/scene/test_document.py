"""The JSON document: its keys, its strictness, its cost."""

from __future__ import annotations

import json
import math
import time
from typing import Any

import pytest

import graphviz_ad as gv
from graphviz_ad import Node
from graphviz_ad.formats.json_text import dumps
from graphviz_ad.scene.document import document, document_graph, plain

KEYS = [
    "schema", "expression", "output", "outputs", "value", "shape", "inputs", "gradients", "jacobians", "nodes", "edges", "groups", "check",
    "warnings",
]  # fmt: skip


def strict(text: str) -> Any:
    def refuse(word: str) -> None:
        raise AssertionError(f"bare {word}")

    return json.loads(text, parse_constant=refuse)


def test_keys_and_kinds() -> None:
    data = strict(dumps(document(gv.parse("q = x + y; f = q*z").at(x=-2, y=5, z=-4))))
    assert list(data) == KEYS
    assert data["inputs"] == {name: {"value": value, "shape": []} for name, value in (("x", -2.0), ("y", 5.0), ("z", -4.0))}
    assert data["nodes"][3] == {
        "id": "n3", "name": "q", "op": "add", "operands": ["n0", "n1"], "shape": [], "value": 3.0, "gradient": -4.0, "formula": "x + y",
        "named": True, "spans": [[4, 9]],
    }  # fmt: skip
    assert data["edges"][0] == {
        "from": "n0", "to": "n3", "position": 0, "local": {"formula": "1", "value": 1.0}, "contribution": -4.0,
    }  # fmt: skip
    row = data["check"]["rows"][0]
    assert (row["wrt"], row["index"], row["analytic"], row["reference"], row["verdict"]) == ("x", [], -4.0, -4.0, "pass")
    assert data["check"]["rows_total"] == 3
    assert data["warnings"] == []


def test_check_can_be_left_out() -> None:
    assert document(gv.parse("x").at(x=1), check=False)["check"] is None


def test_numbers_that_are_not_finite_are_strings() -> None:
    data = strict(dumps(document(gv.parse("log(x) + y").at(x=0, y=1))))
    assert data["value"] == "-Infinity"
    assert data["gradients"]["x"] == "Infinity"
    assert data["warnings"]
    assert plain([math.nan, (math.inf, 1.5)]) == ["NaN", ["Infinity", 1.5]]
    with pytest.raises(TypeError, match="no place"):
        plain(object())
    with pytest.raises(ValueError, match="JSON compliant"):
        dumps({"value": math.nan})


def test_graph_without_values() -> None:
    data = strict(dumps(document_graph(gv.parse("relu(x)*x**2"))))
    assert list(data) == KEYS
    assert (data["value"], data["check"], data["gradients"]) == (None, None, {})
    assert [edge["local"] for edge in data["edges"] if edge["local"]][-1] == {"formula": "v1"}
    assert {"formula": "2*x"} in [edge["local"] for edge in data["edges"]]
    assert all("value" not in node for node in data["nodes"])


def test_several_outputs_have_jacobians() -> None:
    data = strict(dumps(document(gv.parse("x**3*y").gradient().at(x=2, y=3))))
    assert data["outputs"] == ["df_dx", "df_dy"]
    assert data["value"] == {"df_dx": 36.0, "df_dy": 8.0}
    assert data["jacobians"] == {"x": [36.0, 12.0], "y": [12.0, 0.0]}
    assert data["gradients"] == {}


def test_kinks_groups_and_inputs_without_gradient() -> None:
    data = strict(dumps(document(gv.parse("s(t) = relu(t)*2; s(x)").at(x=0))))
    node = next(node for node in data["nodes"] if node["op"] == "relu")
    assert node["kink"] == {"at": "x = 0", "jump": False, "chosen": [{"operand": "n0", "slope": 0.0, "interval": [0.0, 1.0]}]}
    assert node["group"] == "g0"
    assert data["groups"][0]["definition"] == "s(t) = relu(t)*2"
    assert data["check"]["verdict"] == "pass-at-kink"


@pytest.mark.parametrize(
    "text", ["x*x + y*x - 2/x", "x**2 + x**y + x**3", "max(x, 0) + max(0, x)*exp(-x)", "(x < y)*x + where(x < y, x, 3)"]
)
def test_formulas_written_by_pattern_are_those_of_the_nodes(text: str) -> None:
    graph = gv.parse(text)
    data = document_graph(graph)
    for handle, node in enumerate(data["nodes"]):
        assert node["formula"] == Node(graph, handle).formula
    for edge in data["edges"]:
        if edge["local"] is not None:
            assert edge["local"]["formula"] == Node(graph, int(edge["to"][1:])).local_formula(edge["position"])


def test_same_bytes_for_the_same_point() -> None:
    text = "s(t) = 1/(1+exp(-t)); s(w0*x0 + w1*x1)"
    one, two = (dumps(document(gv.parse(text).at(w0=1, x0=2, w1=3, x1=4))) for _ in range(2))
    assert one == two


def test_cost_is_linear() -> None:
    def seconds(terms: int) -> float:
        point = gv.parse("x" + "*x+y" * terms).at(x=0.5, y=1)
        before = time.process_time()
        dumps(document(point, check=False))
        return time.process_time() - before

    seconds(100)
    small, large = min(seconds(2_000) for _ in range(3)), seconds(20_000)
    assert large < 30 * small + 0.5
