"""The formula over a picture and the sentence behind it, in the author's own form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..graph.formulas import applied
from ..graph.notation import Latex, Notation, Piece
from ..graph.unicode import Unicode, unicode_name
from .model import Label
from .numbers import Figures
from .writing import function_latex, name_label, output_label

if TYPE_CHECKING:
    from ..derive.derivatives import Point
    from ..graph.structure import Graph
    from .numbers import Value

LONGEST = 64  # characters of a title as plain text
MOST_ARGUMENTS = 6
MOST_TOLD = 12  # names in the description

Written = tuple[Piece, Piece]


def title(graph: Graph, written: list[Written | None] | None = None) -> Label:
    r"""f(x, y, z) = (x + y) z: unnamed nodes put in, named ones defined behind it; the name alone when that is too long.

    ``written`` is what :func:`write_all` gives, where that is known already.

    >>> from graphviz_ad import parse
    >>> title(parse("(x + y)*z")).text, title(parse("q = x + y; f = q*z")).text
    ('f(x, y, z) = (x + y)·z', 'f(x, y, z) = q·z,  q = x + y')
    """
    written = write_all(graph) if written is None else written
    if len(graph.outputs) > 1:
        return _several(graph, written)
    output = graph.outputs[0]
    name = name_label(graph.labels[output])
    needed = [n for n in graph.inputs if graph.needed[graph.input_handles[n]]]
    head_text, head_latex = name.text, name.latex
    if 0 < len(needed) <= MOST_ARGUMENTS and graph.ops[output] != "input":
        labels = [name_label(n) for n in needed]
        head_text += f"({', '.join(label.text for label in labels)})"
        head_latex += rf"\left({', '.join(label.latex for label in labels)}\right)"
    body = written[output]
    if body is None or graph.ops[output] == "input":
        return Label(head_text, head_latex)
    text, latex = f"{head_text} = {body[0].text}", f"{head_latex} = {body[1].text}"
    if len(text) > LONGEST:
        return Label(head_text, head_latex)
    definitions = _definitions(graph, written, output)
    if definitions is not None:
        together = text + ",  " + ",  ".join(label.text for label in definitions) if definitions else text
        if len(together) <= LONGEST:
            return Label(together, r",\quad ".join([latex, *(label.latex for label in definitions)]))
    return Label(text, latex)


def formula(graph: Graph, handle: int) -> Label | None:
    """A node written in the inputs and the named nodes; None where that is too long."""
    body = write_all(graph)[handle]
    return None if body is None else Label(body[0].text, body[1].text)


def description(graph: Graph, point: Point | None, figures: Figures, written: list[Written | None] | None = None) -> str:
    """The picture in one sentence, for those who do not see it; ``written`` as in :func:`title`."""
    if len(graph.outputs) > 1:
        said = f"Computational graph of {', '.join(graph.output_names[:MOST_TOLD])}"
        if point is None:
            return said + "."
        return f"{said}: {_told([(graph.labels[handle], point.values[handle]) for handle in graph.outputs], figures)}."
    output = graph.outputs[0]
    body = (write_all(graph) if written is None else written)[output]
    said = f"Computational graph of {unicode_name(graph.output)}"
    if body is not None and len(body[0].text) <= 2 * LONGEST and graph.ops[output] != "input":
        said += f" = {body[0].text}"
    if point is None:
        return said + "."
    given = [(name, point.values[graph.input_handles[name]]) for name in graph.inputs if graph.needed[graph.input_handles[name]]]
    said += f" at {_told(given, figures)}" if given else ""
    said += f": the value is {figures.text(point.values[output])}"
    if point.direction is not None:
        return f"{said}, along {direction(point, figures)} it moves by {figures.text(point.tangents[output])}."
    slopes = [(name, point.gradient_of(graph.input_handles[name])) for name in point.wrt] if is_differentiable(point) else []
    told = [(name, slope) for name, slope in slopes if slope is not None and graph.needed[graph.input_handles[name]]]
    return said + (f", the gradient by {_told(told, figures, ' is ')}." if told else ".")


def direction(point: Point, figures: Figures) -> str:
    """How the inputs move, in forward mode: those that do."""
    given = list((point.direction or {}).items())
    moving = [(name, tangent) for name, tangent in given if _moves(tangent)] or given
    return _told(moving, figures) + (", others 0" if len(moving) < len(given) else "")


def _moves(tangent: Value) -> bool:
    return bool(tangent.any()) if hasattr(tangent, "any") else bool(tangent)


def is_differentiable(point: Point) -> bool:
    """Whether every node has one gradient: a single output that is a scalar."""
    return len(point.graph.outputs) == 1 and getattr(point.values[point.graph.outputs[0]], "shape", ()) == ()


def _told(pairs: Sequence[tuple[str, Value]], figures: Figures, between: str = " = ") -> str:
    more = f" and {len(pairs) - MOST_TOLD} more" if len(pairs) > MOST_TOLD else ""
    names = [unicode_name(name) for name, _ in pairs[:MOST_TOLD]]
    return ", ".join(f"{name}{between}{figures.text(value)}" for name, (_, value) in zip(names, pairs)) + more


def _several(graph: Graph, written: list[Written | None]) -> Label:
    """The outputs' formulas beside each other as far as there is room."""
    texts: list[str] = []
    latexes: list[str] = []
    room = LONGEST
    for handle in graph.outputs:
        name, body = output_label(graph, handle), written[handle]
        text = name.text if body is None else f"{name.text} = {body[0].text}"
        room -= len(text) + 3
        if room < 0 and texts:
            texts.append("…")
            latexes.append(r"\ldots")
            break
        texts.append(text)
        latexes.append(name.latex if body is None else f"{name.latex} = {body[1].text}")
    return Label(",  ".join(texts), r",\quad ".join(latexes))


def _definitions(graph: Graph, written: list[Written | None], output: int) -> list[Label] | None:
    """q = x + y for every named node that an output needs, nearest the output first; None where one is too long to write."""
    found: list[Label] = []
    for handle in range(len(graph.ops) - 1, -1, -1):
        if handle == output or graph.names[handle] is None or not graph.needed[handle] or graph.ops[handle] == "input":
            continue
        body = written[handle]
        if body is None or len(found) > MOST_ARGUMENTS:
            return None
        name = name_label(graph.labels[handle])
        found.append(Label(f"{name.text} = {body[0].text}", f"{name.latex} = {body[1].text}"))
    return found


def write_all(graph: Graph) -> list[Written | None]:
    """Every node as written, from the bottom up; None where that grows too long."""
    unicode, latex = Unicode(), Latex()
    calls = _outermost_calls(graph)
    written: list[Written | None] = [None] * len(graph.ops)
    for handle, op in enumerate(graph.ops):
        if not graph.needed[handle]:
            continue
        if op == "input":
            written[handle] = (unicode.name(graph.labels[handle]), latex.name(graph.labels[handle]))
        elif op == "constant":
            text = graph.params[handle].text  # type: ignore[attr-defined]
            written[handle] = (unicode.number(text), latex.number(text))
        else:
            group = calls.get(handle)
            operands = graph.operands[handle] if group is None else graph.groups[group].arguments
            parts = _operands(graph, operands, written, unicode, latex)
            if parts is None:
                continue
            if group is not None:
                name = graph.groups[group].name
                one = Piece(f"{unicode_name(name)}({', '.join(p.text for p, _ in parts)})")
                two = Piece(rf"{function_latex(name)}\left({', '.join(p.text for _, p in parts)}\right)")
            else:
                one = applied(graph, handle, [part[0] for part in parts], unicode)
                two = applied(graph, handle, [part[1] for part in parts], latex)
            if len(one.text) <= 2 * LONGEST:
                written[handle] = (one, two)
    return written


def _operands(
    graph: Graph, operands: tuple[int, ...], written: list[Written | None], unicode: Notation, latex: Notation
) -> list[Written] | None:
    """The operands as written, named ones by their names; None where one is too long."""
    parts: list[Written] = []
    for operand in operands:
        if graph.names[operand] is not None and graph.ops[operand] != "input":
            parts.append((unicode.name(graph.labels[operand]), latex.name(graph.labels[operand])))
            continue
        part = written[operand]
        if part is None:
            return None
        parts.append(part)
    return parts


def _outermost_calls(graph: Graph) -> dict[int, int]:
    """Handle of a call's result -> its group; of several the outermost, whose name the author wrote there."""
    calls: dict[int, int] = {}
    for number, group in enumerate(graph.groups):
        if group.parent < 0 and graph.group_of[group.output] >= 0:
            calls.setdefault(group.output, number)
    return calls
