"""Arrays in a live picture: brackets and a text for every entry that is shown, in the room that the typeset matrix would take."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, NamedTuple

from ..render.mathset.pen import number
from ..render.mathset.typeset import typeset_label
from ..scene.model import Label
from ..scene.numbers import MOST_ENTRIES
from ..scene.slopes import fits, is_map

if TYPE_CHECKING:
    from ..derive.derivatives import Point
    from ..scene.selection import Selection

Sizes = dict[str, tuple[int, int]]

_BRACKET = 3.2  # width of a bracket
_ENTRY = re.compile(r"\\begin\{bmatrix\}(.*)\\end\{bmatrix\}", re.DOTALL)


def sizes(point: Point, chosen: Selection) -> Sizes:
    """Rows and columns of every array that a picture of the point shows, by the id of its element; vectors are columns."""
    if point.shapes is None:
        return {}
    found: Sizes = {}
    for unit in chosen.units:
        shape = point.shape_of(unit)
        if 1 <= len(shape) <= 2 and 0 not in shape:
            found[f"value-n{unit}"] = found[f"gradient-n{unit}"] = (shape[0], shape[1] if len(shape) == 2 else 1)
    for source, target, position in chosen.links:
        if target in chosen.calls or not point.partials[target]:
            continue
        slope = point.partials[target][position]
        if is_map(slope) and fits(slope):
            found[f"local-n{target}-{position}"] = (math.prod(slope.call.shape), math.prod(slope.call.shapes[slope.position]))
        if f"value-n{source}" in found:
            found[f"contribution-n{target}-{position}"] = found[f"value-n{source}"]
    return found


def roomy(latex: str, widest: str) -> str:
    r"""A matrix in LaTeX with every number as wide as the widest.

    >>> roomy(r"\begin{bmatrix} 1 & \cdots \\ -2 & 3 \end{bmatrix}", "−8")
    '\\begin{bmatrix} -8 & \\cdots \\\\ -8 & -8 \\end{bmatrix}'
    """
    found = _ENTRY.fullmatch(latex)
    if found is None:
        return latex
    wide = widest.replace("−", "-")
    rows = [[entry.strip() for entry in row.split("&")] for row in found[1].split(r"\\")]
    lines = [" & ".join(entry if "dots" in entry else wide for entry in row) for row in rows]
    return r"\begin{bmatrix} " + r" \\ ".join(lines) + r" \end{bmatrix}"


def _shown(count: int) -> list[int | None]:
    """The places that are shown of many, None for the gap."""
    return list(range(count)) if count <= MOST_ENTRIES else [*range(MOST_ENTRIES - 1), None, count - 1]


class Grid(NamedTuple):
    """One array in a picture: the id of its element, its label, rows and columns, and how large it is written."""

    name: str
    label: Label
    size: tuple[int, int]
    points: float
    widest: str
    bold: bool

    def put_into(self, svg: str, prefix: str) -> str:
        """The picture with this array's outlines replaced by brackets and texts."""
        start = svg.find(f'<g id="{prefix}{self.name}"')
        if start < 0:
            return svg
        begin = svg.index(">", start) + 1
        return svg[:begin] + self._drawn() + svg[_end(svg, begin) :]

    def _drawn(self) -> str:
        box = typeset_label(self.label._replace(latex=roomy(self.label.latex, self.widest)), self.points)
        rows, columns = _shown(self.size[0]), _shown(self.size[1])
        entries = self._entries(len(rows), len(columns))
        top, each = -box.height, (box.height + box.depth) / len(rows)
        wide = (box.width - 2 * _BRACKET) / len(columns)
        left, right, bottom = 0.6, box.width - 0.6, box.depth
        ends = f"M{number(left + _BRACKET)} {number(top)}H{number(left)}V{number(bottom)}H{number(left + _BRACKET)}"
        ends += f"M{number(right - _BRACKET)} {number(top)}H{number(right)}V{number(bottom)}H{number(right - _BRACKET)}"
        out = [f'<path d="{ends}" fill="none" stroke="currentColor" stroke-width="0.9" class="bracket"/>']
        weight = ' font-weight="700"' if self.bold else ""
        for i, row in enumerate(rows):
            y = top + (i + 0.5) * each + 0.36 * self.points
            for j, column in enumerate(columns):
                x = _BRACKET + (j + 0.5) * wide
                here = f'x="{number(x)}" y="{number(y)}" font-size="{number(0.88 * self.points)}"{weight} text-anchor="middle"'
                if row is None or column is None:
                    out.append(f"<text {here}>{'⋮' if row is None else '⋯'}</text>")
                else:
                    out.append(f'<text {here} data-i="{row * self.size[1] + column}">{entries[i][j]}</text>')
        return "".join(out)

    def _entries(self, rows: int, columns: int) -> list[list[str]]:
        """What the label says, entry by entry."""
        text = self.label.text
        if text.startswith("[["):
            lines = [
                line.strip("[] ").split(", ") for line in re.sub(r"\], …, \[", "], [" + "…, " * (columns - 1) + "…], [", text).split("], [")
            ]
        else:
            words = text.strip("[]").split(", ")
            lines = [[word] for word in words] if columns == 1 else [words]
        return lines if len(lines) == rows and all(len(line) == columns for line in lines) else [[""] * columns for _ in range(rows)]


def _end(svg: str, begin: int) -> int:
    """Where the content of the group that was opened before ``begin`` ends."""
    depth, at = 1, begin
    while True:
        close = svg.index("</g>", at)
        opened = svg.count("<g ", at, close) + svg.count("<g>", at, close)
        depth += opened - 1
        if depth == 0:
            return close
        at = close + 4
