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
    layout = _Layout(rows, scene.graded, width, spell)
    lines = [layout.head_line()] if any(layout.sizes) else []
    return [*lines, *map(layout.line, rows)]


class _Layout:
    """Columns for the nodes, their values and gradients, and the local derivatives; those without content have size 0."""

    def __init__(self, rows: list[_Row], graded: str, width: int, spell: Callable[[str], str]) -> None:
        self.spell = spell
        heads = ("value", graded, "local derivative")
        contents = zip(*((row.value, row.gradient, row.local[0]) for row in rows)) if rows else ((),) * 3
        sizes = [max(map(columns, cells), default=0) for cells in contents]
        sizes = [max(size, columns(spell(head))) if size else 0 for size, head in zip(sizes, heads, strict=True)]
        node = max((columns(row.before + row.node) for row in rows), default=0)
        needed = max((columns(row.before) for row in rows), default=0) + LEAST_ROOM
        self.sizes = _fitted(sizes, min(node, max(needed, width // 3)), width)
        self.room = min(node, width - sum(size + GAP for size in self.sizes if size))
        last = next((head for head in (heads[2], "local") if columns(head) <= self.sizes[2]), "")
        self.heads = (*heads[:2], last)
        self.named = all(columns(row.local[0]) <= self.sizes[2] for row in rows)  # every local derivative fits with its name

    def head_line(self) -> list[tuple[str, str]]:
        """What the columns are called."""
        line = [(" " * self.room, "")]
        for place, (head, size) in enumerate(zip(self.heads, self.sizes, strict=True)):
            if size:
                text = self.spell(cut(self.spell(head), size))
                line += [(" " * GAP, ""), (text.rjust(size) if place < 2 else text, "muted")]
        return line

    def line(self, row: _Row) -> list[tuple[str, str]]:
        """One node: its branch and text, then the columns."""
        text = self.spell(cut(row.node, max(1, self.room - columns(row.before))))
        pad = " " * (self.room - columns(row.before) - columns(text))
        line = [(row.before, "wire"), (text, "name" if row.again else ""), (pad, "")]
        line += self.cell(row.value, "value", self.sizes[0], right=True)
        line += self.cell(row.gradient, "gradient", self.sizes[1], right=True)
        return line + self.cell(self.local(row), "local", self.sizes[2], right=False)

    def local(self, row: _Row) -> str:
        """The fullest form of the local derivative that fits; names are left out everywhere where they do not fit everywhere."""
        forms = row.local if self.named else row.local[1:] or row.local
        return next((text for text in forms if columns(text) <= self.sizes[2]), min(forms, key=columns))

    def cell(self, text: str, role: str, size: int, right: bool) -> list[tuple[str, str]]:
        """An entry of a column, numbers to the right; nothing where the column is left out."""
        if not size:
            return []
        text = self.spell(cut(text, size))
        space = " " * (size - columns(text))
        return [(" " * GAP, ""), (space if right else "", ""), (text, role), ("" if right else space, "")]


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
