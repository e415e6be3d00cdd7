"""Reading back the JSON that gradviz writes (schema ``gradviz/1``)."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..derive.derivatives import Point
from ..errors import ArgumentError, FileError, GradvizError

if TYPE_CHECKING:
    import numpy as np

    from ..graph.structure import Graph

SCHEMA = "gradviz/1"
MOST_BYTES = 1 << 30
_WORDS = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}


def from_json(source: str | os.PathLike[str] | Mapping[str, Any]) -> Graph | Point:
    """The graph of a document of schema gradviz/1; see :func:`graphviz_ad.from_json`."""
    if not isinstance(source, (str, os.PathLike, Mapping)):
        raise ArgumentError(
            f"from_json takes a path, a text or an object read from JSON, not {type(source).__name__}",
            "point.document() is such an object, json.dumps of it such a text",
        )
    document = source if isinstance(source, Mapping) else _read(source)
    if document.get("schema") != SCHEMA:
        raise FileError(f"this is no document of schema {SCHEMA}: its schema is {document.get('schema')!r}")
    try:
        graph = _graph(document)
        values = {name: _value(one["value"]) for name, one in document["inputs"].items() if one["value"] is not None}
        values |= {name: _passive(values[name]) for name, slope in document["gradients"].items() if slope is None and name in values}
        point = Point(graph.with_unused(values), values) if document["value"] is not None else None
        chosen = tuple(name for name, slope in {**document["gradients"], **document["jacobians"]}.items() if slope is not None)
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise FileError(f"the document is not whole: {type(error).__name__}: {error}") from None
    if point is None:
        return graph
    return point.with_respect_to(*chosen) if chosen and chosen != point.wrt else point


def _read(source: str | os.PathLike[str]) -> Mapping[str, Any]:
    import json

    from ..values.regular import read_bytes

    name, text = "the text", source if isinstance(source, str) else ""
    if not (isinstance(source, str) and source.lstrip().startswith("{")):
        name = os.fspath(source)
        text = read_bytes(name, MOST_BYTES).decode("utf-8", "replace")
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FileError(f"{name} is not JSON: {error}") from None
    if not isinstance(found, dict):
        raise FileError(f"{name} holds no object")
    return found


def _graph(document: Mapping[str, Any]) -> Graph:
    """The graph of the author's text where that is the document's, else the one of its formulas."""
    from ..language.elaboration import parse

    outputs = tuple(document.get("outputs") or [document["output"]])
    if document["expression"]:
        try:
            graph = parse(document["expression"])
            graph = graph if graph.output_names == outputs else graph.of(*outputs)
        except GradvizError:
            graph = None
        if graph is not None and _same(graph, document):
            return graph
    lines = []
    for node in document["nodes"]:
        if node["op"] not in ("input", "constant"):
            lines.append(f"{node['name']} = {node['formula']}")
    names = {node["id"]: node["name"] for node in document["nodes"]}
    if not lines:  # an input, or a number, alone
        return parse(next(iter(names.values()))).of(*outputs)
    return parse("\n".join(lines)).of(*outputs)


def _same(graph: Graph, document: Mapping[str, Any]) -> bool:
    nodes = document["nodes"]
    return len(nodes) == len(graph.ops) and all(
        node["op"] == op and node["operands"] == [f"n{operand}" for operand in operands] and node["name"] == label
        for node, op, operands, label in zip(nodes, graph.ops, graph.operands, graph.labels, strict=True)
    )


def _passive(value: float | list[object]) -> np.ndarray:
    """A value that has no gradient: truth values, or whole numbers as an array library keeps them."""
    import numpy as np

    found = np.asarray(value)
    if found.dtype.kind == "b":
        return found
    return found.astype(np.uint64 if np.max(found, initial=0) >= 2**63 else np.int64)


def _value(value: object) -> Any:
    """Numbers as they were: the words for what JSON has no number for, lists of them."""
    if isinstance(value, str):
        return _WORDS[value]
    if isinstance(value, list):
        return [_value(one) for one in value]
    return value
