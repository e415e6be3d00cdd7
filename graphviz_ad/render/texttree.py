"""A scene as a tree of text: outputs at the top, operands below, numbers in columns; each node is opened once."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ..scene.model import Arrow, Scene, Wire
from .escape import plain
from .letters import columns, cut

LEAST_ROOM = 12  # columns that a node's own text keeps, however deep it stands
LEAST_CELL = 7  # columns below which a column of numbers does not shrink
MOST_FORMULA = 24  # of a local derivative that has a number
GAP = 2
MINUS = "\N{MINUS SIGN}"


class _Row(NamedTuple):
    """A line before it is fitted: branches, the node, its value, its gradient, the local derivative of its use.

    ``local`` is told in several ways, the fullest first.
    """

    before: str
    node: str
    value: str
    gradient: str
    local: tuple[str, ...]
    again: bool


def draw_tree(scene: Scene, width: int, spell: Callable[[str], str]) -> list[list[tuple[str, str]]]:
    """The lines of the tree as pieces of text with their roles."""
    rows = _rows(scene, width, spell)
    heads = ["", "value", scene.graded, "local derivative"]
    table = [[row.value, row.gradient, row.local[0]] for row in rows]
    sizes = [max([columns(line[place]) for line in table], default=0) for place in range(3)]
    sizes = [max(size, columns(spell(head))) if size else 0 for size, head in zip(sizes, heads[1:], strict=True)]
    node = max((columns(row.before + row.node) for row in rows), default=0)
    needed = max((columns(row.before) for row in rows), default=0) + LEAST_ROOM
    sizes = _fitted(sizes, min(node, max(needed, width // 3)), width)
    room = min(node, width - sum(size + GAP for size in sizes if size))
    named = all(columns(row.local[0]) <= sizes[2] for row in rows)
    lines: list[list[tuple[str, str]]] = []
    if any(sizes):
        heads[3] = next((head for head in (heads[3], "local") if columns(head) <= sizes[2]), "")
        shown = [spell(cut(spell(head), size)) if size else "" for head, size in zip(heads[1:], sizes, strict=True)]
        cells = [(head.rjust(size) if place < 2 else head, "muted") for place, (head, size) in enumerate(zip(shown, sizes, strict=True))]
        lines.append([(" " * room, ""), *_spaced([cell for cell, size in zip(cells, sizes) if size])])
    for row in rows:
        told = spell(cut(row.node, max(1, room - columns(row.before))))
        pad = " " * (room - columns(row.before) - columns(told))
        line = [(row.before, "wire"), (told, "name" if row.again else ""), (pad, "")]
        ways = row.local if named else row.local[1:] or row.local
        local = next((text for text in ways if columns(text) <= sizes[2]), min(ways, key=columns))
        for place, (text, role) in enumerate(((row.value, "value"), (row.gradient, "gradient"), (local, "local"))):
            if sizes[place]:
                text = spell(cut(text, sizes[place]))
                space = " " * (sizes[place] - columns(text))
                line += [(" " * GAP, ""), (space if place < 2 else "", ""), (text, role), (space if place == 2 else "", "")]
        lines.append(line)
    return lines


def _spaced(cells: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [piece for cell in cells for piece in ((" " * GAP, ""), cell)]


def _fitted(sizes: list[int], node: int, width: int) -> list[int]:
    """The columns of numbers, made smaller where they leave no room for the nodes: the widest gives first.

    On a narrow terminal the local derivatives are left out.
    """
    sizes = list(sizes)
    while node + sum(size + GAP for size in sizes if size) > width:
        widest = max(range(3), key=lambda place: sizes[place])
        if sizes[widest] <= LEAST_CELL and not sizes[2]:
            break
        if sizes[widest] <= LEAST_CELL:
            sizes[2] = 0
        else:
            sizes[widest] -= 1
    return sizes


def _rows(scene: Scene, width: int, spell: Callable[[str], str]) -> list[_Row]:
    wires = {wire.id: wire for wire in scene.wires}
    into: dict[str, list[Arrow]] = {}
    for one in scene.arrows:
        into.setdefault(one.target, []).append(one)
    rows: list[_Row] = []
    seen: set[str] = set()
    deepest = max(22, width - 3 * (LEAST_CELL + GAP) - 3)
    # what stands before a line, how its children are indented, the node, the arrow by which it is used
    stack: list[tuple[str, str, Wire, Arrow | None]] = [("", "", wire, None) for wire in reversed(scene.wires) if wire.output is not None]
    while stack:
        before, indent, wire, arrow = stack.pop()
        below = into.get(wire.id, [])
        again = wire.id in seen and wire.kind != "constant"
        seen.add(wire.id)
        rows.append(_row(spell(before), wire, arrow, again, spell))
        if again:
            continue
        if below and len(indent) + 3 + LEAST_ROOM > deepest:
            rows.append(_Row(spell(f"{indent}└─ "), spell("… deeper"), "", "", ("",), False))
            continue
        for number in range(len(below) - 1, -1, -1):
            final = number == len(below) - 1
            deeper = indent + ("   " if final else "│  ")
            stack.append((indent + ("└─ " if final else "├─ "), deeper, wires[below[number].source], below[number]))
    return rows


def _row(before: str, wire: Wire, arrow: Arrow | None, again: bool, spell: Callable[[str], str]) -> _Row:
    def say(text: str) -> str:
        return spell(plain(text))

    value = "" if again or wire.value is None else say(wire.value.text)
    gradient = "" if again or wire.gradient is None else say(wire.gradient.text)
    return _Row(before, say(_told(wire, again)), value, gradient, tuple(map(say, _local(arrow))), again)


def _told(wire: Wire, again: bool) -> str:
    """The node in words: name = formula."""
    name = wire.output or wire.name
    if again:
        return f"{(name or wire.symbol).text} ↑"
    if wire.kind in ("input", "constant", "elided"):
        parts = [wire.output.text] if wire.output is not None else []
        parts.append((wire.name or wire.symbol).text if wire.kind != "elided" else wire.symbol.text)
    else:
        parts = [label.text for label in (name, wire.formula) if label is not None] or [wire.symbol.text]
    return " = ".join(dict.fromkeys(parts))


def _local(arrow: Arrow | None) -> tuple[str, ...]:
    """∂f/∂q = z = −4, and the shorter z = −4, −4 and z: the branch tells the name.

    A formula that is a number already, or too long beside one, says nothing more.
    """
    if arrow is None:
        return ("",)
    formula = arrow.formula
    if formula is not None and arrow.number is not None and (len(formula.text) > MOST_FORMULA or formula.text.lstrip(MINUS).isdigit()):
        formula = None
    said = list(dict.fromkeys(label.text for label in (arrow.local, formula, arrow.number) if label is not None))
    return (*(" = ".join(said[first:]) for first in range(len(said))), *said[1:2]) or ("",)
