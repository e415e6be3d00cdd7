"""The plain form: ``gradviz EXPRESSION NAME=VALUE …``: the result in the terminal, and the picture."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ..requests.arguments import CommandLine
from ..requests.drawing import drawing_options
from ..requests.evaluation import Subject, evaluate
from .derivatives import chain_rule, symbolic_rule
from .numbers import write_value
from .output import note, picture_paths, produce, put, put_bytes, save, say, warn, write_bytes
from .screen import picture, wanted
from .tables import Cell, Row, layout, paint
from .verdicts import exit_code, write_verdict

if TYPE_CHECKING:
    from .. import Graph, Point, Report

MOST_INPUTS = 20
MOST_WAYS = 6  # Jacobians of which is told how they were found
MOST_FORMULA = 70

_STATEMENT = re.compile(r"[;\n]")
_ASSIGNED = re.compile(r"(\w+)\s*=(?!=)\s*")


def run(line: CommandLine) -> int:
    """Evaluate, print, draw; 1 where a gradient check failed, else 0."""
    paths, kind = picture_paths(line), wanted(line)
    subject = evaluate(line)
    graph, point = subject
    options = drawing_options(line)
    chosen = {key: options[key] for key in ("expand", "focus", "radius") if key in options}
    if chosen:
        graph.require_names(**chosen)
    code = 0
    shown = "-" not in paths  # standard output is the picture then
    if point is None:
        if line.flag("--json"):
            write_bytes("-", produce(graph, ".json", {}))
        elif shown:
            put(_headline(graph, None))
            _show(subject, kind, options, line.text("--picture") is not None)
            put(symbolic_rule(graph))
    else:
        report = point.check()
        if report.interrupted:  # what was asked for is the picture
            raise KeyboardInterrupt
        code = exit_code(report, strict=False)
        if line.flag("--json"):
            write_bytes("-", produce(point, ".json", {"hessian": True} if line.flag("--second") else {}))
        elif shown:
            second = ""
            if line.flag("--second"):  # first, as an output that is no scalar has none
                from .second import hessian_table

                second = hessian_table(point)
            put(_headline(graph, point))
            _show(subject, kind, options, line.text("--picture") is not None)
            _print(point, report, second)
        warn(point.warnings)
        note(report.notes)
    _draw(subject, paths, options, shown and not line.flag("--json"))
    return code


def _print(point: Point, report: Report, second: str) -> None:
    graph = point.graph
    put("")
    if point.direction is not None:
        from .second import direction_table, forward_rule

        put(direction_table(point))
        put("")
        put(forward_rule(point))
    else:
        put(_inputs(point))
    if point.direction is None and len(graph.outputs) == 1 and getattr(point.value, "shape", ()) == ():
        put("")
        put(chain_rule(point))
    if second:
        put("")
        put(second)
    put("")
    put(write_verdict(report))


def _show(subject: Subject, kind: str, options: dict[str, Any], asked: bool) -> None:
    """The picture in the terminal, under the headline."""
    drawn = subject.point if subject.point is not None else subject.graph
    shown = picture(drawn, kind, options, asked=asked)
    if not shown:
        return
    put("")
    if isinstance(shown, bytes):
        put_bytes(shown)
    else:
        put(shown)


def _draw(subject: Subject, paths: list[str], options: dict[str, Any], told: bool) -> None:
    drawn = subject.point if subject.point is not None else subject.graph
    for path in paths:
        save(drawn, path, options)
    files = [path for path in paths if path != "-"]
    if files:
        text = f"picture: {', '.join(files)}"
        if told:
            put(text)
        else:
            say(text)


def _headline(graph: Graph, point: Point | None) -> str:
    """``f = (x+y)*z`` as the author wrote it, and the value."""
    lines = []
    for handle, name in zip(graph.outputs, graph.output_names, strict=True):
        formula = _written(graph, handle, name)
        lines.append(f"{paint(name, 'strong')} = {formula}" if formula != name else paint(name, "strong"))
        if point is not None:
            value = write_value(point.value if len(graph.outputs) == 1 else point.value[name])
            lines.append(f"{' ' * len(name)} = {paint(value, 'value')}")
    if point is not None and point.direction is not None:
        from .second import tangent_line

        lines.append(tangent_line(point))
    return "\n".join(lines)


def _written(graph: Graph, handle: int, name: str) -> str:
    """The output's formula: the author's last statement where it is that output and fits the line, else one operation."""
    from .. import Node

    last = _STATEMENT.split(graph.text.strip().rstrip(";").rstrip())[-1].strip()
    if last.isprintable() and 0 < len(last) <= MOST_FORMULA and "#" not in last:
        assigned = _ASSIGNED.match(last)
        if assigned and assigned[1] == name:
            return last[assigned.end() :]
        if assigned is None and graph.names[handle] is None:
            return last
    return Node(graph, handle).formula


def _inputs(point: Point) -> str:
    """The table of inputs: value and gradient, or Jacobian where the output is no scalar."""
    graph = point.graph
    handles = graph.input_handles
    known = {*point.wrt, *graph.inputs}
    names = [name for name in handles if name in known]
    if not names:
        return "  there are no inputs, so there is nothing to differentiate by"
    scalar = len(graph.outputs) == 1 and getattr(point.value, "shape", ()) == ()
    derivatives = point.gradients if scalar else {}
    rows = []
    for name in names[:MOST_INPUTS]:
        if scalar:
            derivative = derivatives.get(name)
        else:
            derivative = point.jacobians(name) if name in point.wrt else None
        said = (
            "; ".join(f"{output}: {write_value(one)}" for output, one in derivative.items())
            if isinstance(derivative, dict)
            else write_value(derivative)
        )
        rows.append(Row((Cell(name, "name"), Cell(write_value(point.values[handles[name]]), "value"), Cell(said, "gradient"))))
    what = f"∂{graph.output}/∂input" if scalar else "Jacobian"
    text = layout(("input", "value", what), rows, right=() if _has_arrays(point, names) else (1, 2), elastic=(1, 2))
    if not scalar and point.shapes is not None and len(graph.outputs) == 1:
        ways = [f"∂{graph.output}/∂{name} {point.jacobian_method(name)}" for name in names[:MOST_INPUTS] if name in point.wrt]
        text += "".join(f"\n  {way}" for way in ways[:MOST_WAYS])
    rest = len(names) - MOST_INPUTS
    return text + (f"\n  … and {rest:,} more inputs; --json has them all" if rest > 0 else "")


def _has_arrays(point: Point, names: list[str]) -> bool:
    return any(getattr(point.values[point.graph.input_handles[name]], "shape", ()) != () for name in names)
