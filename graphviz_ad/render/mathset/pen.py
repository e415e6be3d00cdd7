"""Boxes, numbers and captions as SVG, with every glyph outline written once per picture.

Numbers are <text> in the SVG (searchable, live, small) and outlines in pixels (the same on a machine without fonts).
"""

from __future__ import annotations

import zlib

from ..escape import xml
from .glyphs import UNITS, Box, Mark, glyph, letter, moved
from .typeset import spelled, typeset

SANS = "Helvetica,Arial,'Liberation Sans',Arimo,sans-serif"
SERIF = "'STIX Two Math','Cambria Math','Times New Roman',serif"


def number(value: float) -> str:
    """A coordinate: two decimals, no superfluous zeros, never -0.

    >>> number(1.0), number(-0.001), number(2.345)
    ('1', '0', '2.35')
    """
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


class Pen:
    """Draws boxes; remembers which outlines were used. ``scope`` begins every id, ``outlines`` draws text as outlines too."""

    def __init__(self, scope: str, outlines: bool = False) -> None:
        self.scope, self.outlines = scope, outlines
        self.used: dict[str, None] = {}

    def draw(self, box: Box, x: float, y: float, color: str, id: str = "") -> str:
        """The box with the left end of its baseline at (x, y). Glyphs of one size share a group that is scaled once."""
        runs: dict[float, list[str]] = {}
        others = []
        for kind, mx, my, size, what in self._outlined(box) if self.outlines else box.marks:
            if kind == "g":
                key = str(what)
                self.used[key] = None
                scale = size / UNITS
                # a number ends where the outline is a digit's width away: whole units are a hundredth of a point
                at = (f' x="{round(mx / scale)}"' if mx else "") + (f' y="{round(my / scale)}"' if my else "")
                runs.setdefault(size, []).append(f'<use xlink:href="#{self.scope}-{key}"{at}/>')
            elif kind == "r":
                others.append(f'<rect x="{number(mx)}" y="{number(my)}" width="{number(size)}" height="{number(float(what))}"/>')
            elif kind in ("t", "w"):
                style = f'font-family="{SERIF}" font-size="{number(size)}"' + (' font-style="italic"' if kind == "w" else "")
                others.append(f'<text x="{number(mx)}" y="{number(my)}" {style}>{xml(str(what))}</text>')
            else:
                others.append(f'<path transform="translate({number(mx)} {number(my)})" d="{what}"/>')
        body = "".join(f'<g transform="scale({size / UNITS:.6g})">{"".join(uses)}</g>' for size, uses in runs.items()) + "".join(others)
        name = f' id="{id}"' if id else ""
        return f'<g{name} fill="{color}" transform="translate({number(x)} {number(y)})">{body}</g>'

    @staticmethod
    def _outlined(box: Box) -> list[Mark]:
        """The marks with words taken apart into outlines."""
        marks: list[Mark] = []
        for mark in box.marks:
            marks += moved(spelled(str(mark[4]), mark[3]).marks, mark[1], mark[2]) if mark[0] == "w" else [mark]
        return marks

    def write(
        self, text: str, x: float, y: float, size: float, color: str, *, bold: bool = False, anchor: str = "start", id: str = ""
    ) -> str:
        """Text in the sans face, its baseline at y; ``anchor`` is "start", "middle" or "end"."""
        if self.outlines:
            box = letter(text, size, bold)
            return self.draw(box, x - box.width * {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor], y, color, id)
        name = f' id="{id}"' if id else ""
        weight = ' font-weight="700"' if bold else ""
        place = f' text-anchor="{anchor}"' if anchor != "start" else ""
        return f'<text{name} x="{number(x)}" y="{number(y)}" font-size="{number(size)}"{weight}{place} fill="{color}">{xml(text)}</text>'

    def definitions(self) -> str:
        """The outlines that were used, to stand before the drawing."""
        paths = []
        for key in self.used:
            found = glyph(key)
            if found is not None:
                paths.append(f'<path id="{self.scope}-{key}" d="{found.path}"/>')
        return f"<defs>{''.join(paths)}</defs>" if paths else ""


def to_svg(latex: str, size: float, color: str = "#1f2937", text: str = "") -> str:
    """A formula as an SVG document of its own, for pages and help texts."""
    box = typeset(latex, size, text)
    pen = Pen(f"gv{zlib.crc32(repr((latex, size)).encode('utf-8', 'backslashreplace')):08x}")
    body = pen.draw(box, 0.0, box.height, color)
    extent = f'width="{box.width:.2f}" height="{box.total:.2f}" viewBox="0 0 {box.width:.2f} {box.total:.2f}"'
    spaces = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f'<svg {spaces} {extent} role="img" aria-label="{xml(text or latex)}">{pen.definitions()}{body}</svg>'
