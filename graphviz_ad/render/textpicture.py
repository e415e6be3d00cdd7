"""A scene in the letters of a terminal: as a graph of wires and gates where that fits, else as a tree.

Both show the value and the gradient of every wire and the local derivative of every arrow; a node that several others use is
drawn once and referred to by its name with an arrow up.
"""

from __future__ import annotations

from collections.abc import Callable

from ..errors import GradvizError
from ..scene.model import Scene
from .escape import plain
from .letters import columns, cut, to_ascii
from .textgraph import draw_graph
from .texttree import draw_tree

FORMS = ("auto", "graph", "tree")
MOST_ROWS = 44  # of a graph that is drawn as one when nothing else is said: about a screen

#: a line as pieces of text with the role of each: "value", "gradient", "local", "name", "muted" or ""
Line = list[tuple[str, str]]
Painter = Callable[[str, str], str]


def render_text(scene: Scene, width: int = 80, *, form: str = "auto", ascii: bool = False, paint: Painter | None = None) -> str:
    """The picture in text on at most ``width`` columns, a newline at its end.

    ``form``: "graph" (wires from left to right), "tree" (operands below each node), or "auto": the graph where it fits the
    width and a screen. A graph that does not fit the width is drawn as a tree whatever was asked. ``ascii`` uses plain
    letters alone. ``paint`` colours a piece of text by its role.

    Raises
    ------
    GradvizError
        An unknown form, or a width below 40.

    >>> from graphviz_ad import parse
    >>> print(render_text(parse("(x + y)*z").at(x=-2, y=5, z=-4).scene()), end="")
         −2
    x ────‹1›─╮     3
       −4     ├─(+)────‹−4›─╮
       5      │     −4      │     −12
    y ────‹1›─╯             ├─(×)────── f
       −4                   │      1
                    −4      │
                 z ─────‹3›─╯
                    3
    above a wire: value · below: ∂f/∂(wire) · ‹ ›: local derivative
    """
    if form not in FORMS:
        raise GradvizError(f"unknown form {form!r}; known are {', '.join(FORMS)}")
    if width < 40:
        raise GradvizError(f"{width} columns are too few for a picture; it needs 40")
    spell = to_ascii if ascii else str
    lines: list[Line] | None = None
    if form != "tree":
        lines = draw_graph(scene, width, spell, MOST_ROWS if form == "auto" else None)
    if lines is None:
        lines = draw_tree(scene, width, spell)
    lines += [[(spell(cut(spell(plain(note)), width)), "muted")] for note in scene.notes]
    written = ["".join(paint(text, role) if paint and role else text for text, role in _trimmed(line)) for line in lines]
    return "\n".join(written) + "\n"


def _trimmed(line: Line) -> Line:
    """The line without spaces at its end."""
    kept = list(line)
    while kept and not kept[-1][0].strip():
        kept.pop()
    if kept:
        kept[-1] = (kept[-1][0].rstrip(), kept[-1][1])
    return kept


__all__ = ["FORMS", "columns", "render_text"]
