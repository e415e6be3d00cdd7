"""What the app computes, as plain functions from a request to an answer; they run in processes of their own."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from ..errors import GradvizError, LocatedError

if TYPE_CHECKING:
    from ..objects.graph import Graph
    from ..objects.point import Point

_PLAIN = "text/plain; charset=utf-8"
TYPES = {
    "svg": "image/svg+xml",
    "png": "image/png",
    "html": "text/html; charset=utf-8",
    "json": "application/json",
    **dict.fromkeys(("dot", "tex", "md", "tikz", "mmd"), _PLAIN),
}
MOST_INPUTS = 200


def run(kind: str, request: dict[str, Any]) -> dict[str, Any]:
    """The answer to a request, or what was wrong with it.

    >>> run("draw", {"text": "x*", "values": {}})["error"]["start"]
    2
    >>> run("draw", {"text": "x*y", "values": {"x": "1", "y": "1/2"}})["value"]
    '0.5'
    """
    try:
        return {"draw": draw, "check": check, "file": file}[kind](request)
    except LocatedError as error:
        return {"error": {"message": str(error), "start": error.start, "end": error.end}}
    except GradvizError as error:
        return {"error": {"message": str(error), "start": None, "end": None}}


def draw(request: dict[str, Any]) -> dict[str, Any]:
    """The page of an expression, the inputs that it has and its value."""
    graph, point, missing = _read(request)
    answer: dict[str, Any] = {
        "inputs": [{"name": name, "default": _default(graph, name)} for name in graph.inputs[:MOST_INPUTS]],
        "missing": missing,
        "outputs": list(graph.output_names),
        "value": "" if point is None else _shown(point),
    }
    from ..page import page_html

    answer["page"] = page_html(graph, point)
    return answer


def check(request: dict[str, Any]) -> dict[str, Any]:
    """The verdict over every gradient."""
    graph, point, missing = _read(request)
    if point is None:
        return {"verdict": "", "lines": [f"{', '.join(missing)}: no value yet"]}
    report = point.check()
    rows = [
        f"∂{graph.output}/∂{row.wrt}{list(row.entry) if row.entry else ''}: {row.verdict}" + (f" ({row.reason})" if row.reason else "")
        for row in report.rows[:MOST_INPUTS]
    ]
    return {"verdict": str(report.verdict), "lines": rows}


def file(request: dict[str, Any]) -> dict[str, Any]:
    """The expression in a format, as text or as hexadecimal digits."""
    from ..formats.writing import produce

    graph, point, _ = _read(request)
    format = str(request.get("format"))
    if format not in TYPES:
        raise GradvizError(f"unknown format {format!r}; known are {', '.join(TYPES)}")
    return {"data": produce(graph, point, format).hex(), "type": TYPES[format]}


def _read(request: dict[str, Any]) -> tuple[Graph, Point | None, list[str]]:
    """The graph, its point where every input has a value, and the names that have none."""
    from .. import parse

    graph = parse(str(request.get("text", "")))
    given = request.get("values")
    texts = {str(k): str(v).strip() for k, v in given.items()} if isinstance(given, dict) else {}
    bound: dict[str, Any] = {}
    for name in graph.inputs:
        text = texts.get(name, "")
        if text:
            try:
                bound[name] = parse(text).constant_value()
            except GradvizError as error:
                raise GradvizError(f"{name}: {error}") from error
    missing = [name for name in graph.inputs if name not in bound and graph.input_spec(graph.input_handles[name]).default is None]
    return graph, None if missing else graph.at(bound), missing


def _default(graph: Graph, name: str) -> str:
    default = graph.input_spec(graph.input_handles[name]).default
    return f"{default:g}" if isinstance(default, (int, float)) and math.isfinite(default) else ""


def _shown(point: Point) -> str:
    value = point.value
    return repr(value) if isinstance(value, float) else str(value)[:2000]
