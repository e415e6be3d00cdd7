"""A scene as a graph in text: wires run from left to right through gates, as in the drawn picture.

Above a wire stands its value, below it its gradient, in ‹ › before a gate the local derivative. The graph is laid out as the
tree of its uses: a node that is used again appears as its name with an arrow up, and its wire is drawn where it stands first.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from ..scene.model import Arrow, Scene, Wire
from .escape import plain
from .letters import columns, cut

MOST_NUMBER, MOST_LOCAL, MOST_SYMBOL = 22, 20, 16  # columns
MOST_BRANCHES = 400  # places in the tree of uses; more are no picture
AGAIN = " ↑"
_AUTOMATIC = re.compile(r"v\d+")  # names that nobody gave

Cells = dict[tuple[int, int], tuple[str, str]]


class _Branch(NamedTuple):
    """One place in the tree of uses: a wire, the arrow by which it is used, how far from the output it stands."""

    wire: Wire
    arrow: Arrow | None
    level: int
    parent: int
    again: bool


def draw_graph(scene: Scene, width: int, spell: Callable[[str], str], most_rows: int | None) -> list[list[tuple[str, str]]] | None:
    """The lines of the picture as pieces of text with their roles; None where it is wider or taller than allowed."""
    branches = _branches(scene)
    if branches is None:
        return None
    drawing = _Drawing(scene, branches, spell)
    if drawing.width > width or (most_rows is not None and drawing.height > most_rows):
        return None
    return drawing.lines(width)


def _branches(scene: Scene) -> list[_Branch] | None:
    """The tree of uses, operands in order, parents before their operands."""
    wires = {wire.id: wire for wire in scene.wires}
    into: dict[str, list[Arrow]] = {}
    for one in scene.arrows:
        into.setdefault(one.target, []).append(one)
    found: list[_Branch] = []
    seen: set[str] = set()
    stack: list[tuple[Wire, Arrow | None, int, int]] = [(wire, None, 0, -1) for wire in reversed(scene.wires) if wire.output is not None]
    while stack:
        wire, arrow, level, parent = stack.pop()
        again = wire.id in seen
        seen.add(wire.id)
        place = len(found)
        found.append(_Branch(wire, arrow, level, parent, again))
        if len(found) > MOST_BRANCHES:
            return None
        if not again:
            stack += [(wires[one.source], one, level + 1, place) for one in reversed(into.get(wire.id, []))]
    return found


class _Drawing:
    """Rows by subtree, columns by level; then letters on a grid."""

    def __init__(self, scene: Scene, branches: list[_Branch], spell: Callable[[str], str]) -> None:
        self.scene, self.branches, self.spell = scene, branches, spell
        self.children: list[list[int]] = [[] for _ in branches]
        for place, branch in enumerate(branches):
            if branch.parent >= 0:
                self.children[branch.parent].append(place)
        self._valued = int(any(branch.wire.value is not None for branch in branches))
        self._graded = int(any(branch.wire.gradient is not None for branch in branches))
        self.rows = [0] * len(branches)
        self.height = self._place_rows()
        self.starts, self.numbers, self.ends, self.width = self._place_columns()
        self.cells: Cells = {}

    # -- places ------------------------------------------------------------------------------------------------------

    def _place_rows(self) -> int:
        """Rows from the top; a gate stands in the middle of its operands. Gives the height."""
        next_row = 0
        # Every wire keeps its rows even where it has no numbers, so that none of a neighbour's stands over or under it.
        # Last to first, operands come before their gate.
        sizes: dict[int, tuple[int, int]] = {}
        for place in range(len(self.branches) - 1, -1, -1):
            up, down = self._valued or int(bool(self._above(place))), self._graded
            if not self.children[place]:
                sizes[place] = (up, up + 1 + down)  # the row of the wire inside of the block, and the block's height
                continue
            tops, height = [], 0
            for child in self.children[place]:
                tops.append(height + sizes[child][0])
                height += sizes[child][1]
            row = (tops[0] + tops[-1]) // 2
            low, high = min(0, row - up), max(height, row + 1 + down)
            sizes[place] = (row - low, high - low)
        tops_of: dict[int, int] = {}
        for place, branch in enumerate(self.branches):
            if branch.parent < 0:
                tops_of[place] = next_row
                next_row += sizes[place][1]
            self.rows[place] = tops_of[place] + sizes[place][0]
            kids = self.children[place]
            if kids:
                first = self.rows[place] - self._span(kids, sizes)
                for child in kids:
                    tops_of[child] = first
                    first += sizes[child][1]
        return next_row

    def _span(self, kids: list[int], sizes: dict[int, tuple[int, int]]) -> int:
        """How far the block of the operands begins above the row of their gate."""
        height, tops = 0, []
        for child in kids:
            tops.append(height + sizes[child][0])
            height += sizes[child][1]
        return (tops[0] + tops[-1]) // 2

    def _place_columns(self) -> tuple[list[int], list[int], list[int], int]:
        """For each level where its gates begin, where its numbers stand and where its wires end; and the whole width."""
        deepest = max(branch.level for branch in self.branches)
        leads, numbers, locals_ = [0] * (deepest + 1), [1] * (deepest + 1), [0] * (deepest + 1)
        for place, branch in enumerate(self.branches):
            level = branch.level
            leads[level] = max(leads[level], columns(self._lead(place)))
            numbers[level] = max(numbers[level], columns(self._above(place)), columns(self._below(place)))
            locals_[level] = max(locals_[level], columns(self._local(place)))
        starts, places, ends = [0] * (deepest + 1), [0] * (deepest + 1), [0] * (deepest + 1)
        at = 0
        for level in range(deepest, -1, -1):
            starts[level] = at
            places[level] = at + leads[level] + 1
            ends[level] = places[level] + numbers[level] + 1 + (locals_[level] + 1 if locals_[level] else 0)
            at = ends[level] + 1  # the upright line stands between
        outputs = max(columns(self._name_of(branch.wire)) for branch in self.branches if branch.parent < 0)
        self.widths = numbers
        return starts, places, ends, at + 1 + outputs

    # -- what is written ---------------------------------------------------------------------------------------------

    def _say(self, text: str, most: int) -> str:
        return self.spell(cut(self.spell(plain(text)), most))

    def _name_of(self, wire: Wire) -> str:
        label = wire.output or wire.name or wire.symbol
        return self._say(label.text, MOST_SYMBOL)

    def _lead(self, place: int) -> str:
        """The gate or the input's name, with what joins it to the wire."""
        branch = self.branches[place]
        wire = branch.wire
        if branch.again:
            return f"{self._name_of(wire)}{self.spell(AGAIN)} "
        symbol = self._say(wire.symbol.text, MOST_SYMBOL)
        return self.spell("─") + f"({symbol})" if self.children[place] else f"{symbol} "

    def _above(self, place: int) -> str:
        """The value, behind the author's name of it; the name alone where nothing has a value."""
        branch = self.branches[place]
        wire = branch.wire
        if branch.again:
            return ""
        named = wire.name is not None and wire.output is None and wire.kind in ("operation", "call", "elided")
        if wire.value is None:
            return self._name_of(wire) if named and not self.scene.numeric else ""
        if wire.kind == "constant":
            return ""
        text = f"{wire.name.text} = {wire.value.text}" if named and wire.name is not None and self._is_named(wire) else wire.value.text
        return self._say(text, MOST_NUMBER)

    def _is_named(self, wire: Wire) -> bool:
        """Whether a name must be seen because another place refers to it, or because the author gave it."""
        return wire.id in self._referred or (wire.name is not None and _AUTOMATIC.fullmatch(wire.name.exact) is None)

    @property
    def _referred(self) -> set[str]:
        if not hasattr(self, "_again"):
            self._again = {branch.wire.id for branch in self.branches if branch.again}
        return self._again

    def _below(self, place: int) -> str:
        branch = self.branches[place]
        if branch.again or branch.wire.gradient is None:
            return ""
        return self._say(branch.wire.gradient.text, MOST_NUMBER)

    def _local(self, place: int) -> str:
        arrow = self.branches[place].arrow
        if arrow is None:
            return ""
        label = arrow.number or arrow.formula
        return self.spell(f"‹{self._say(label.text, MOST_LOCAL)}›") if label is not None else ""

    # -- letters on a grid -------------------------------------------------------------------------------------------

    def lines(self, width: int) -> list[list[tuple[str, str]]]:
        """The picture, and the line that says what stands where."""
        for place, branch in enumerate(self.branches):
            self._wire(place, branch)
            if self.children[place]:
                self._join(place, branch)
        found = [self._row(row) for row in range(self.height)]
        return [*found, *([(line, "muted")] for line in self._legend(width))]

    def _wire(self, place: int, branch: _Branch) -> None:
        row, level = self.rows[place], branch.level
        lead = self._lead(place)
        start, end = self.starts[level], self.ends[level]
        leaf = not self.children[place]
        if leaf:
            start = self.numbers[level] - 1 - columns(lead)
        role = "name" if leaf or branch.again else "gate"
        self._write(row, start, lead, role)
        first = start + columns(lead)
        self._write(row, first, self.spell("─") * (end - first), "wire")
        if branch.parent < 0:
            self._write(row, end, self.spell("─") + " ", "wire")
            self._write(row, end + 2, self._name_of(branch.wire), "strong")
        local = self._local(place)
        if local:
            self._write(row, end - columns(local) - 1, local, "local")
        for text, offset, role in ((self._above(place), -1, "value"), (self._below(place), 1, "gradient")):
            if text:
                middle = self.numbers[level] + (self.widths[level] - columns(text)) // 2
                self._write(row + offset, middle, text, role)

    def _join(self, place: int, branch: _Branch) -> None:
        """The upright line that gathers the operands of a gate."""
        at = self.ends[branch.level + 1]
        rows = [self.rows[child] for child in self.children[place]]
        here = self.rows[place]
        top, bottom = min(*rows, here), max(*rows, here)
        for row in range(top, bottom + 1):
            left, right = row in rows, row == here
            sign = {
                (False, False): "│", (True, False): "┤", (False, True): "├", (True, True): "┼",
            }[left, right]  # fmt: skip
            if row == top:
                sign = "─" if top == bottom else "┬" if left and right else "╮" if left else "╭"
            elif row == bottom:
                sign = "┴" if left and right else "╯" if left else "╰"
            self._write(row, at, self.spell(sign), "wire")

    def _write(self, row: int, column: int, text: str, role: str) -> None:
        for c in text:
            size = columns(c)
            if size == 0:
                before = self.cells.get((row, column - 1))
                if before is not None:
                    self.cells[row, column - 1] = (before[0] + c, before[1])
                continue
            self.cells[row, column] = (c, role)
            if size == 2:
                self.cells[row, column + 1] = ("", role)
            column += size

    def _row(self, row: int) -> list[tuple[str, str]]:
        runs: list[tuple[str, str]] = []
        for column in range(self.width):
            text, role = self.cells.get((row, column), (" ", ""))
            if runs and runs[-1][1] == role:
                runs[-1] = (runs[-1][0] + text, role)
            else:
                runs.append((text, role))
        return runs

    def _legend(self, width: int) -> list[str]:
        """What stands where, on as many lines as it takes."""
        said = []
        if any(branch.wire.value is not None for branch in self.branches):
            said.append("above a wire: value")
        if any(branch.wire.gradient is not None for branch in self.branches):
            told = f"∂{self.scene.output_name}/∂(wire)" if not self.scene.forward else f"tangent along {self.scene.direction}"
            said.append(f"below: {told}")
        if any(self._local(place) for place in range(len(self.branches))):
            said.append("‹ ›: local derivative")
        if any(branch.again for branch in self.branches):
            said.append("↑: drawn above")
        lines: list[str] = []
        for piece in (self._say(one, width) for one in said):
            joined = self.spell(f"{lines[-1]} · {piece}") if lines else ""
            if lines and columns(joined) <= width:
                lines[-1] = joined
            else:
                lines.append(piece)
        return lines
