"""The committed glyph outlines (data/outlines.txt, built by tools/build_glyphs.py) and boxes made of them.

A :class:`Box` is a piece of drawing with a baseline: what TeX calls a box. Coordinates are points, x to the right, y
downwards, the origin at the left end of the baseline. A box holds marks:

    ("g", x, y, size, key)      one glyph outline, by its key in the outlines
    ("r", x, y, width, height)  a filled rectangle, (x, y) its upper left corner
    ("w", x, y, size, text)     words in the mathematical face: text where the viewer has fonts, else outlines
    ("t", x, y, size, text)     text whose characters have no outline: left to the viewer's fonts
    ("p", x, y, scale, path)    any outline, as SVG path data in points
"""

from __future__ import annotations

import functools
import os.path
from collections.abc import Iterable
from typing import NamedTuple

DATA = os.path.join(os.path.dirname(__file__), "data", "outlines.txt")
UNITS = 1000  # of the outlines, per em

Mark = tuple[str, float, float, float, str] | tuple[str, float, float, float, float]


class Glyph(NamedTuple):
    """One outline, in thousandths of an em: advance width, height above and depth below the baseline, italic correction."""

    advance: int
    top: int
    bottom: int
    italic: int
    path: str


class Box(NamedTuple):
    """Marks with the size of the whole: ``height`` above the baseline, ``depth`` below it."""

    width: float
    height: float
    depth: float
    marks: tuple[Mark, ...] = ()

    @property
    def total(self) -> float:
        """Height and depth together."""
        return self.height + self.depth


EMPTY = Box(0.0, 0.0, 0.0)


@functools.lru_cache(maxsize=1)
def _lines() -> dict[str, str]:
    """The outlines by key, not yet taken apart: a picture needs few of them."""
    with open(DATA, encoding="ascii") as file:
        text = file.read()
    return {key: rest for key, _, rest in (line.partition("\t") for line in text.splitlines())}


@functools.cache
def glyph(key: str) -> Glyph | None:
    """The outline with this key, None where there is none.

    >>> glyph("m78").advance, glyph("mffffff")
    (479, None)
    """
    line = _lines().get(key)
    if line is None:
        return None
    advance, top, bottom, italic, path = line.split("\t")
    return Glyph(int(advance), int(top), int(bottom), int(italic), path)


def moved(marks: Iterable[Mark], dx: float, dy: float) -> list[Mark]:
    """The marks, shifted."""
    return [(m[0], m[1] + dx, m[2] + dy, *m[3:]) for m in marks]


def beside(boxes: Iterable[Box], gap: float = 0.0) -> Box:
    """Boxes in a row on one baseline, ``gap`` points between them."""
    x = height = depth = 0.0
    marks: list[Mark] = []
    for number, box in enumerate(boxes):
        x += gap if number else 0.0
        marks += moved(box.marks, x, 0.0) if x else box.marks
        x, height, depth = x + box.width, max(height, box.height), max(depth, box.depth)
    return Box(x, height, depth, tuple(marks))


def guess_width(text: str) -> float:
    """Width in ems that text without outlines takes in the viewer's fonts: East Asian wide characters one em, others 0.6.

    >>> guess_width("ab"), guess_width("学")
    (1.2, 1.0)
    """
    if text.isascii():
        return 0.6 * len(text)
    import unicodedata

    return sum(1.0 if unicodedata.east_asian_width(c) in "WF" else 0.0 if unicodedata.combining(c) else 0.6 for c in text)


def letter(text: str, size: float, bold: bool = False) -> Box:
    """Text in the sans face of numbers and captions, as outlines.

    Characters that the face lacks are taken from the mathematical face, else left as text.

    >>> box = letter("−4.00", 10)
    >>> round(box.width, 2), box.height
    (25.3, 7.3)
    """
    face = "b" if bold else "s"
    marks: list[Mark] = []
    x, scale = 0.0, size / UNITS
    for character in text:
        if character == " ":
            x += 0.278 * size
            continue
        code = f"{ord(character):x}"
        for key in (face + code, "s" + code, "m" + code):
            found = glyph(key)
            if found is not None:
                marks.append(("g", x, 0.0, size, key))
                x += found.advance * scale
                break
        else:
            marks.append(("t", x, 0.0, size, character))
            x += guess_width(character) * size
    return Box(x, 0.73 * size, 0.21 * size, tuple(marks))
