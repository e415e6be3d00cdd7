"""Curves for the terminal, drawn with braille patterns: each character holds two by four dots (Unicode 2800)."""

from __future__ import annotations

import math
from collections.abc import Sequence

_BLANK = 0x2800
#: bit of the dot in column x, row y of one character
_DOTS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))


def window(values: Sequence[float]) -> tuple[float, float]:
    """The range of values worth showing: poles and fast growth are cut off, a constant gets room.

    >>> window([0.0, 0.5, 1.0])
    (0.0, 1.0)
    >>> window([0.0, 1.0, 1.5, 2.0, 1e9])
    (0.0, 4.5)
    """
    finite = sorted(value for value in values if math.isfinite(value))
    if not finite:
        return -1.0, 1.0
    typical = sorted(abs(value) for value in finite)[len(finite) // 2]
    most = max(4.0, 3.0 * typical)
    low, high = max(finite[0], -most), min(finite[-1], most)
    if high - low < 1e-12 * max(1.0, abs(high)):
        low, high = low - 1.0, high + 1.0
    return low, high


def plot(
    xs: Sequence[float], ys: Sequence[float], columns: int, rows: int, span: tuple[float, float], jumps: Sequence[float] = ()
) -> list[str]:
    """The curve as ``rows`` lines of ``columns`` characters; the axis y = 0 is dotted where it lies inside.

    Values outside of ``span`` and NaN leave gaps; neighbours are joined unless the curve jumps between them.

    >>> print("\\n".join(plot([0, 1, 2, 3], [0, 1, 2, 3], 2, 1, (0, 3))))
    ⡠⠊
    """
    wide, tall = 2 * columns, 4 * rows
    cells = [[0] * columns for _ in range(rows)]
    left, right = xs[0], xs[-1]
    low, high = span

    def row_of(y: float) -> int:
        return tall - 1 - min(tall - 1, max(0, round((y - low) / (high - low) * (tall - 1))))

    def dot(x: int, y: int) -> None:
        cells[y // 4][x // 2] |= _DOTS[x % 2][y % 4]

    if low < 0 < high:
        for x in range(0, wide, 4):
            dot(x, row_of(0.0))
    before: tuple[int, int] | None = None
    slack = (high - low) / (2 * tall)
    broken = broken_at(xs, ys, jumps, 0.05 * (high - low))
    for place, (at, y) in enumerate(zip(xs, ys, strict=True)):
        if place in broken:
            before = None
        if not math.isfinite(y) or not low - slack <= y <= high + slack:
            before = None
            continue
        here = (min(wide - 1, max(0, round((at - left) / (right - left) * (wide - 1)))), row_of(y))
        dot(*here)
        if before is not None and here[0] - before[0] <= 1 and abs(here[1] - before[1]) <= tall // 2:
            step = 1 if here[1] > before[1] else -1
            for y_between in range(before[1], here[1], step):
                dot(before[0] if abs(y_between - before[1]) < abs(here[1] - y_between) else here[0], y_between)
        before = here
    return ["".join(chr(_BLANK + cell) for cell in row) for row in cells]


def broken_at(xs: Sequence[float], ys: Sequence[float], jumps: Sequence[float], step: float) -> set[int]:
    """The places that are not joined to their left neighbour: a jump lies between, and the values differ by more than ``step``.

    >>> broken_at([0.0, 0.5, 1.0, 1.5], [0.0, 0.0, 1.0, 1.0], [0.0, 1.0], 0.1)
    {2}
    """
    marks = iter(sorted(jumps))
    mark = next(marks, None)
    found = set()
    for place in range(1, len(xs)):
        while mark is not None and mark < xs[place - 1]:
            mark = next(marks, None)
        if mark is not None and mark <= xs[place] and abs(ys[place] - ys[place - 1]) > step:
            found.add(place)
    return found


def framed(title: str, lines: Sequence[str], span: tuple[float, float], ends: tuple[float, float]) -> list[str]:
    """A plot with its title and the numbers at its corners, each line equally long."""
    columns = len(lines[0])
    labels = [f"{span[1]:.4g}", f"{span[0]:.4g}"]
    margin = max(7, *(len(label) for label in labels))
    framed_lines = [f"{'':>{margin}} {title:<{columns}}"]
    for place, line in enumerate(lines):
        label = labels[0] if place == 0 else labels[1] if place == len(lines) - 1 else ""
        framed_lines.append(f"{label:>{margin}}│{line}")
    left, right = f"{ends[0]:.4g}", f"{ends[1]:.4g}"
    framed_lines.append(f"{'':>{margin}} {left}{right:>{columns - len(left)}}")
    return framed_lines
