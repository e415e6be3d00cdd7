"""What is written as JSON is what docs/schema.json says, for every kind of graph; and the schema refuses what it should."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

import graphviz_ad as gv
from graphviz_ad.formats.json_text import dumps
from graphviz_ad.scene.document import document, document_graph

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "schema.json").read_text("utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
CASES: list[tuple[str, dict[str, Any]]] = [
    ("q = x + y; f = q*z", {"x": -2, "y": 5, "z": -4}),
    ("s(t) = 1/(1+exp(-t)); s(W@x)[0]", {"W": [[1, 2], [3, 4]], "x": [1, 2]}),
    ("W @ x", {"W": [[1, 2], [3, 4]], "x": [1, 2]}),
    ("max(x, y)", {"x": 1, "y": 1}),
    ("log(x) + y", {"x": 0, "y": 1}),
    ("sqrt(x)**2", {"x": 0}),
    ("where(x > 0, x, 0)", {"x": 1}),
    ("cross_entropy(S, y)", {"S": [[1.0, 2.0], [0.5, -1.0]], "y": np.array([0, 1])}),
    ("r = 2; pi*r**2", {}),
]


@pytest.mark.parametrize(("text", "at"), CASES, ids=[text for text, _ in CASES])
def test_documents_follow_the_schema(text: str, at: dict[str, Any]) -> None:
    graph = gv.parse(text)
    for data in (document(graph.at(at)), document(graph.at(at), check=False), document_graph(graph)):
        VALIDATOR.validate(json.loads(dumps(data)))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("schema",), "gradviz/0"), (("value",), "nan"), (("nodes", 0, "id"), 3), (("nodes", 0, "spans"), [[1]]),
        (("edges", 0, "position"), -1), (("check", "verdict"), "maybe"), (("gradients",), []), (("warnings",), None),
    ],
)  # fmt: skip
def test_the_schema_refuses(path: tuple[Any, ...], value: Any) -> None:
    data = copy.deepcopy(json.loads(dumps(document(gv.parse("x*y").at(x=4, y=-3)))))
    place = data
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate(data)


@pytest.mark.parametrize("key", SCHEMA["required"])
def test_every_key_is_required(key: str) -> None:
    data = json.loads(dumps(document(gv.parse("x*y").at(x=4, y=-3))))
    assert set(data) == set(SCHEMA["properties"])
    del data[key]
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate(data)
