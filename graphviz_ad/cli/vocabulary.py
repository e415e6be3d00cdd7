"""``gradviz ops``: the operations, their derivatives, domains, and the values chosen at kinks."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from ..operations import JACOBIAN, curve, describe, listing
from ..requests.arguments import CommandLine, UsageError
from .output import put, put_json, say, write_bytes
from .tables import Cell, Row, cut, layout, paint, wrap

if TYPE_CHECKING:
    from ..operations import Curve, Operation


def run(line: CommandLine) -> int:
    """List all, or explain one."""
    if len(line.words) > 1:
        raise UsageError("ops explains one operation at a time: gradviz ops tanh")
    paths = line.many("--output")
    if not line.words:
        if paths:
            raise UsageError("a chart is of one operation: gradviz ops tanh -o tanh.svg")
        operations = listing()
        if line.flag("--json"):
            put_json({"schema": "gradviz-ops/1", "operations": [_plain(operation) for operation in operations]})
        else:
            _write_all(operations)
        return 0
    if (len(paths) > 1 and "-" in paths) or (line.flag("--json") and "-" in paths):
        raise UsageError("standard output can hold one thing only")
    for path in paths:
        if path != "-" and os.path.splitext(path)[1].lower() != ".svg":
            raise UsageError(f"charts are written as .svg, not {path}")
    operation = describe(line.words[0])
    drawn = curve(operation.name)
    if line.flag("--json"):
        put_json({"schema": "gradviz-ops/1", "operations": [_plain(operation)]})
    elif "-" not in paths:
        _write_one(operation, drawn)
    if paths:
        _write_chart(operation, drawn, paths, line)
    return 0


def _write_all(operations: tuple[Operation, ...]) -> None:
    for category in dict.fromkeys(operation.category for operation in operations):
        put(paint(category, "strong"))
        rows = []
        for operation in operations:
            if operation.category == category:
                slopes = _in_short(operation)
                mark = "kink" if any(kink.order < 2 for kink in operation.kinks) else ""
                rows.append(
                    Row(
                        (
                            Cell(operation.name, "name"),
                            Cell(cut(operation.summary, 50 if slopes.startswith("by ") else 34)),
                            Cell(slopes or "none", "gradient"),
                            Cell(mark, "muted"),
                        )
                    )
                )
        put(layout(("", "", "derivative", ""), rows, elastic=(2,)))
        put("")
    put("gradviz ops NAME shows one whole: domain, other spellings, kinks, a plot. out is the operation's own value.")


def _in_short(operation: Operation) -> str:
    """The derivatives on one line; of operations on arrays only by which operands there is one."""
    flowing = [(name, formula) for name, formula in operation.derivatives if formula]
    if any(formula == JACOBIAN for _, formula in flowing):
        return f"by {', '.join(name for name, _ in flowing)}"
    return "; ".join(f"∂{name}: {formula}" if len(operation.derivatives) > 1 else str(formula) for name, formula in flowing)


def _write_one(operation: Operation, drawn: Curve | None) -> None:
    put(f"{paint(operation.signature, 'strong')} – {operation.summary}")
    rows = []
    if operation.formula not in (operation.signature, f"{operation.name}({', '.join(name for name, _ in operation.derivatives)})"):
        rows.append(("written", operation.formula))
    if operation.definition:
        rows.append(("definition", f"out = {operation.definition}"))
    for name, formula in operation.derivatives:
        rows.append((f"∂out/∂{name}", formula if formula is not None else "none: no derivative flows through it"))
    rows.append(("domain", operation.domain or "everywhere"))
    if operation.aliases:
        rows.append(("also", ", ".join(operation.aliases)))
    for kink in operation.kinks:
        what = "jump" if kink.jump else "curvature" if kink.order > 1 else "kink"
        rows.append((f"{what} at", kink.at))
        rows.append(("  chosen", kink.chosen))
        if kink.others:
            rows.append(("  others", kink.others))
    key = max(len(name) for name, _ in rows)
    for name, text in rows:
        put(f"  {paint(f'{name:<{key}}', 'muted')}  {wrap(text, key + 4)}")
    if drawn is not None:
        put("")
        put(_plot(operation, drawn))


def _plot(operation: Operation, drawn: Curve) -> str:
    from ..render.terminal import framed, plot, window

    columns, rows = 29, 8
    held = "".join(f", {name} = {value:g}" for name, value in drawn.others)
    panels = []
    for title, ys, role in (("value", drawn.values, "value"), (f"derivative by {drawn.operand}", drawn.slopes, "gradient")):
        span = window(ys)
        lines = framed(
            title + (held if title == "value" else ""),
            plot(drawn.xs, ys, columns, rows, span, drawn.jumps),
            span,
            (drawn.xs[0], drawn.xs[-1]),
        )
        panels.append([paint(text, role) for text in lines])
    return "\n".join(f"{a}  {b}" for a, b in zip(*panels, strict=True))


def _write_chart(operation: Operation, drawn: Curve | None, paths: list[str], line: CommandLine) -> None:
    from ..render.chart import Chart, render_chart

    if drawn is None:
        raise UsageError(f"{operation.name} has no derivative, so there is no chart of it")
    held = "".join(f", {name} = {value:g}" for name, value in drawn.others)
    slope = next(formula for name, formula in operation.derivatives if name == drawn.operand)
    chart = Chart(f"{operation.formula}{held}", f"derivative by {drawn.operand}: {slope}", *drawn[2:6], drawn.operand, drawn.jumps)
    text = render_chart(chart, theme=line.text("--theme") or "auto", palette=line.text("--palette") or "default")
    for path in paths:
        write_bytes(path, text.encode("utf-8"))
    files = [path for path in paths if path != "-"]
    if files:
        say(f"chart: {', '.join(files)}")


def _plain(operation: Operation) -> dict[str, Any]:
    plain = operation._asdict()
    plain["derivatives"] = dict(operation.derivatives)
    plain["kinks"] = [kink._asdict() for kink in operation.kinks]
    return plain
