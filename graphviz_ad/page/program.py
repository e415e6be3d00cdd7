"""The graph as the page computes with it: flat tables, and its operations as JavaScript."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..graph.unicode import unicode_name
from ..primitives.kernels.javascript import has_kernel, program
from ..primitives.registry import OPERATIONS
from ..scene.numbers import Figures, exact
from ..scene.slopes import fits, is_map
from ..scene.titles import is_differentiable
from .arrays import NoKernel, array_program, constant
from .mathml import Patterns, heading, name_markup

if TYPE_CHECKING:
    from ..derive.derivatives import Point
    from ..graph.structure import Graph
    from ..scene.model import Scene
    from ..scene.numbers import Value
    from ..scene.selection import Selection

MOST_TOLD = 400  # nodes whose formula in the inputs is told in the details


def obstacle(point: Point) -> str:
    """Why a page cannot compute this graph and shows recorded numbers; "" where it can.

    >>> from graphviz_ad import parse
    >>> obstacle(parse("x*y").at(x=1, y=2)), obstacle(parse("gamma(x)").at(x=2))
    ('', 'gamma is not computed in pages')
    """
    graph = point.graph
    for handle, op in enumerate(graph.ops):
        if op not in ("input", "constant") and graph.needed[handle] and not has_kernel(op):
            return f"{op} is not computed in pages"
        if not isinstance(point.values[handle], (bool, int, float)):
            return "sliders are for scalar inputs, and this graph has arrays"
    return ""


def operations(graph: Graph, arrays: dict[str, Any] | None = None) -> str:
    """The operations of a graph and its array program as JavaScript (:func:`graphviz_ad.primitives.kernels.javascript.program`)."""
    used = {op for op in graph.ops if has_kernel(op)}
    used |= {line[2] for line in arrays["code"] if line[1] == "e"} if arrays is not None else set()
    return program(tuple(sorted(used)))


def prepared(point: Point) -> tuple[str, dict[str, Any] | None]:
    """Why a page cannot compute a graph ("" where it can), and the program of one on arrays."""
    if point.shapes is None:
        return obstacle(point), None
    small = [(h, k) for h, row in enumerate(point.partials) for k, slope in enumerate(row) if is_map(slope) and fits(slope)]
    try:
        return "", array_program(point, small)
    except NoKernel as missing:
        return f"{missing} is not computed in pages", None


def tables(graph: Graph, point: Point, scene: Scene, figures: Figures | None, live: bool) -> dict[str, Any]:
    """What the page knows of the graph, as JSON: its columns, and how each node is written.

    ``figures`` fixes how numbers are shown; None lets the page choose as pictures do.
    """
    patterns = Patterns(graph)
    ops = list(dict.fromkeys(graph.ops))
    written = [patterns.of(h) if graph.operands[h] else -1 for h in range(len(graph.ops))]
    constants = {h for h in graph.input_handles.values() if graph.input_spec(h).constant and h not in point.active}
    data: dict[str, Any] = {
        "ops": ops,
        "op": [ops.index(op) for op in graph.ops],
        "from": [list(operands) for operands in graph.operands],
        "label": list(graph.labels),
        "math": {
            str(h): name_markup(graph.labels[h]) for h, op in enumerate(graph.ops) if op != "constant" and len(graph.ops) <= MOST_TOLD
        },
        "pattern": written,
        "patterns": [[pattern.formula, list(pattern.slopes)] for pattern in patterns.found],
        "value": {str(h): constant(point.values[h]) for h, op in enumerate(graph.ops) if op in ("input", "constant") and live},
        "inputs": [h for h in graph.input_handles.values() if h not in constants and graph.needed[h]],
        "output": graph.outputs[-1],
        "outputs": list(graph.outputs),
        "needed": [int(flag) for flag in graph.needed],
        "flows": [int(flag) for flag in point.flows],
        "heading": heading(graph),
        "decimals": None if figures is None else figures.decimals,
        "live": live,
        "scalar": is_differentiable(point),
    }
    if len(graph.ops) <= MOST_TOLD:
        data["whole"] = _whole(graph)
    if not live:
        data["recorded"] = _recorded(graph, point, scene, figures)
    return data


def view(graph: Graph, chosen: Selection, prefix: str) -> dict[str, Any]:
    """What one picture draws, as JSON; ``prefix`` begins the ids of its elements."""
    return {
        "prefix": prefix,
        "units": list(chosen.units),
        "links": [list(link) for link in chosen.links],
        "calls": {str(unit): _members(graph, group) for unit, group in chosen.calls.items()},
        "alias": {str(unit): copy for unit, copy in chosen.alias.items()},
        "bundles": {str(unit): list(members) for unit, members in chosen.bundles.items()},
    }


def _members(graph: Graph, group: int) -> list[int]:
    """The nodes inside a group and the groups in it, in order."""
    inside = [False] * len(graph.groups)
    inside[group] = True
    for number in range(group + 1, len(graph.groups)):
        parent = graph.groups[number].parent
        inside[number] = parent >= 0 and inside[parent]
    return [h for h, inner in enumerate(graph.group_of) if inner >= 0 and inside[inner] and graph.needed[h]]


def _whole(graph: Graph) -> dict[str, str]:
    """Per operation its formula in the inputs, where that says more than the formula in its operands."""
    from ..graph.notation import Piece
    from ..graph.unicode import Unicode

    write = Unicode()
    pieces: list[Piece | None] = []
    told: dict[str, str] = {}
    for handle, op in enumerate(graph.ops):
        if op == "input":
            pieces.append(write.name(graph.labels[handle]))
        elif op == "constant":
            pieces.append(write.number(graph.labels[handle]))
        else:
            operands = [pieces[k] for k in graph.operands[handle]]
            known = [piece for piece in operands if piece is not None]
            short = op in OPERATIONS and len(known) == len(operands) and sum(len(piece.text) for piece in known) < 80
            pieces.append(write.apply(op, known) if short else None)
            if any(graph.operands[k] for k in graph.operands[handle]) and pieces[handle] is not None:
                told[str(handle)] = f"{unicode_name(graph.labels[handle])} = {pieces[handle].text}"  # type: ignore[union-attr]
    return told


def _recorded(graph: Graph, point: Point, scene: Scene, figures: Figures | None) -> dict[str, Any]:
    """Numbers as they were computed, written out: for graphs that the page cannot compute."""
    write, single = figures or Figures(), is_differentiable(point)

    def text(value: Value | None) -> str | None:
        return None if value is None else write.text(value)

    slopes: list[list[str | None]] = [[None] * len(operands) for operands in graph.operands]
    for arrow in scene.arrows:
        target = int(arrow.target.removeprefix("n"))
        said = arrow.number or arrow.formula
        if said is not None and arrow.position < len(slopes[target]):
            slopes[target][arrow.position] = said.text
    return {
        "value": [text(value) for value in point.values],
        "exact": [exact(value) for value in point.values],
        "gradient": [text(point.gradient_of(h)) if single else None for h in range(len(graph.ops))],
        "slope": slopes,
        "share": [[text(one) for one in row] for row in point.contributions] if single else slopes,
    }
