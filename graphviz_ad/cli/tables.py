"""Tables for the terminal: aligned columns, colour where it is wanted, formulas cut to fit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from .output import colored, width

GAP = 2
#: columns below which an elastic column does not shrink
LEAST = 16

#: role -> the terminal's own colours, so that they follow the reader's theme
_CODES = {"value": "32", "gradient": "31", "muted": "2", "strong": "1", "name": "36", "good": "32;1", "bad": "31;1", "doubt": "33;1",
          "local": "33", "wire": "2", "gate": "1"}  # fmt: skip
VERDICT_ROLES = {"pass": "good", "pass-at-kink": "good", "fail": "bad", "inconclusive": "doubt"}


class Cell(NamedTuple):
    """A piece of text and its role ("" for none)."""

    text: str
    role: str = ""


class Row(NamedTuple):
    """A row of a table: its cells, and a line in full below it ("" for none)."""

    cells: tuple[Cell, ...]
    below: str = ""


def paint(text: str, role: str) -> str:
    """The text in the colour of its role, where colour is wanted."""
    return f"\x1b[{_CODES[role]}m{text}\x1b[0m" if role and text and not text.isspace() and colored() else text


def breadth(text: str) -> int:
    """The columns that a text takes in a terminal.

    >>> breadth("∂f"), breadth("重")
    (2, 2)
    """
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(sign) else 2 if east_asian_width(sign) in "WF" else 1 for sign in text)


def cut(text: str, most: int) -> str:
    """The text in at most ``most`` columns.

    >>> cut("x + y + z", 6)
    'x + y…'
    """
    if breadth(text) <= most:
        return text
    kept, used = [], 0
    for sign in text:
        used += breadth(sign)
        if used > most - 1:
            break
        kept.append(sign)
    return "".join(kept) + "…"


def layout(header: Sequence[str], rows: Iterable[Row], right: Iterable[int] = (), elastic: Sequence[int] = (), indent: int = 2) -> str:
    """The lines of a table.

    ``right`` names the columns aligned to the right; ``elastic`` those that give way, in this order, when the whole is
    wider than the terminal.
    """
    listed = list(rows)
    texts = [tuple(header), *(tuple(cell.text for cell in row.cells) for row in listed)]
    widths = [max(breadth(row[column]) for row in texts if column < len(row)) for column in range(len(header))]
    over = indent + sum(widths) + GAP * (len(widths) - 1) - width()
    for column in elastic:
        give = min(max(0, over), max(0, widths[column] - LEAST))
        widths[column] -= give
        over -= give
    aligned = set(right)
    lines = []
    if any(header):
        lines.append(_line([Cell(text, "muted") for text in header], widths, aligned, indent))
    for row in listed:
        lines.append(_line(row.cells, widths, aligned, indent))
        if row.below:
            lines.append(" " * (indent + 2) + paint(row.below, "muted"))
    return "\n".join(lines)


def _line(cells: Sequence[Cell], widths: Sequence[int], right: set[int], indent: int) -> str:
    parts = []
    for column, cell in enumerate(cells):
        text = cut(cell.text, widths[column])
        pad = " " * (widths[column] - breadth(text))
        painted = paint(text, cell.role)
        parts.append(pad + painted if column in right else painted + (pad if column < len(cells) - 1 else ""))
    return (" " * indent + (" " * GAP).join(parts)).rstrip()


def wrap(text: str, indent: int) -> str:
    """Words on lines that fit the terminal when the first is indented too; here all but the first are.

    >>> print(wrap("word " * 20, 4))
    word word word word word word word word word word word word word word word
        word word word word word
    """
    lines, line = [], ""
    for word in text.split():
        if line and breadth(line) + 1 + breadth(word) > width() - indent:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return ("\n" + " " * indent).join([*lines, line])
