"""Answers on record, with the versions that gave them (data/recorded.json, made by tools/record_conventions.py)."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import TypeAlias

    from ..objects.point import Point

    #: a number, or the entries of an array in nested lists
    Entries: TypeAlias = float | list["Entries"]

#: what is asked when the record is made: the kinks and edges on which frameworks are known to differ
QUESTIONS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("max(x, 0)", {"x": 0.0}),
    ("relu(x)", {"x": 0.0}),
    ("max(x, y)", {"x": 1.0, "y": 1.0}),
    ("min(x, y)", {"x": 1.0, "y": 1.0}),
    ("max(x, y, z)", {"x": 1.0, "y": 1.0, "z": 1.0}),
    ("abs(x)", {"x": 0.0}),
    ("sign(x)", {"x": 0.0}),
    ("sqrt(x)", {"x": 0.0}),
    ("sqrt(x)**2", {"x": 0.0}),
    ("sqrt(x*x)", {"x": 0.0}),
    ("clip(x, -1, 1)", {"x": 1.0}),
    ("leaky_relu(x)", {"x": 0.0}),
    ("x if x > 0 else 0", {"x": 0.0}),
    ("relu(x) - relu(-x)", {"x": 0.0}),
    ("x**0.5", {"x": 0.0}),
    ("max(v)", {"v": [3.0, 3.0]}),
    ("norm(v)", {"v": [0.0, 0.0]}),
    ("sum(abs(v))", {"v": [0.0, 1.0]}),
)


def signature(point: Point) -> list[tuple[str, tuple[int, ...], object]]:
    """What makes two questions the same: operations, constants and values, whatever the inputs are called."""
    graph = point.graph
    needed = [h for h in range(len(graph.ops)) if graph.needed[h] or graph.ops[h] == "input"]
    place = {h: k for k, h in enumerate(needed)}

    def told(h: int) -> object:
        if graph.ops[h] == "input":
            value = point.values[h]
            return value.tolist() if hasattr(value, "tolist") else float(value)
        literal: Any = graph.params[h]
        return float(literal.value) if graph.ops[h] == "constant" else repr(literal)

    return [(graph.ops[h], tuple(place[one] for one in graph.operands[h]), told(h)) for h in needed]


@cache
def records() -> list[dict[str, Any]]:
    """Every answer on record."""
    text = (files(__package__) / "data" / "recorded.json").read_text("utf-8")
    return list(json.loads(text)["answers"])


def find(framework: str, point: Point) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(version, spelling, gradients) of a framework's answers to the question that this point is."""
    from ..objects.reading import parse

    asked = signature(point)
    for expression, at in QUESTIONS:
        other = parse(expression).at(at)
        if len(other.wrt) == len(point.wrt) and signature(other) == asked:
            for record in records():
                if record["framework"] == framework and record["expression"] == expression and record["gradients"] is not None:
                    yield (
                        record["version"],
                        record["spelling"],
                        dict(zip(point.wrt, map(_number, record["gradients"].values()), strict=True)),
                    )


def _number(value: str | float | list[Any]) -> Entries:
    if isinstance(value, list):
        return [_number(entry) for entry in value]
    return {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}[value] if isinstance(value, str) else float(value)
