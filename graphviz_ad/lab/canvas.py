"""A sheet for charts and maps: SVG in the package's colours, light and dark, with numbers and words as text or as outlines."""

from __future__ import annotations

import struct
import zlib
from base64 import b64encode
from collections.abc import Callable, Sequence
from os import PathLike
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import GradvizError
from ..render.escape import xml
from ..render.mathset.pen import SANS, Pen, number
from ..render.svg import MARK
from ..render.theme import colors, style_sheet

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

#: one colour per class or curve, readable on white and on the dark background, distinct for colour-blind readers
CLASSES = ("#2f7ed8", "#e8871e", "#159a73", "#b45fc7", "#c94f4f", "#4aa3c7", "#94882b", "#7d8794", "#d4609b", "#5660d6")


class Canvas:
    """What is drawn on: coordinates in pixels, y downwards, moved by ``at``."""

    def __init__(self, theme: str, palette: str, outlines: bool, scope: str) -> None:
        self.color = colors(theme, palette)
        self.pen = Pen(scope, outlines)
        self.parts: list[str] = []
        self._x = self._y = 0.0

    def at(self, x: float, y: float) -> None:
        """Move the origin for what follows, from the corner of the sheet."""
        self._x, self._y = x, y

    def place(self, x: float, y: float) -> tuple[float, float]:
        """A point of this picture on the sheet."""
        return self._x + x, self._y + y

    def line(self, points: Sequence[tuple[float, float]], color: str, width: float = 1.0, dashes: str = "", opacity: float = 1.0) -> None:
        """A polyline."""
        if len(points) > 1:
            path = "M" + " ".join(f"{number(self._x + x)},{number(self._y + y)}" for x, y in points)
            self.stroke(path, color, width, dashes, opacity)

    def stroke(self, path: str, color: str, width: float, dashes: str = "", opacity: float = 1.0) -> None:
        """A path in coordinates of the sheet."""
        more = (f' stroke-dasharray="{dashes}"' if dashes else "") + (f' stroke-opacity="{opacity:.3g}"' if opacity < 1 else "")
        ends = 'stroke-linejoin="round" stroke-linecap="round"'
        self.parts.append(f'<path d="{path}" fill="none" stroke="{color}" stroke-width="{number(width)}"{more} {ends}/>')

    def area(self, points: Sequence[tuple[float, float]], fill: str, opacity: float) -> None:
        """A polygon without a border."""
        path = "M" + " ".join(f"{number(self._x + x)},{number(self._y + y)}" for x, y in points) + "Z"
        self.parts.append(f'<path d="{path}" fill="{fill}" fill-opacity="{opacity:.3g}"/>')

    def circle(self, x: float, y: float, r: float, fill: str, border: str = "", width: float = 1.0, tip: str = "") -> None:
        """A disc, with a tooltip where ``tip`` says something."""
        edge = f' stroke="{border}" stroke-width="{number(width)}"' if border else ""
        body = f'cx="{number(self._x + x)}" cy="{number(self._y + y)}" r="{number(r)}" fill="{fill}"{edge}'
        self.parts.append(f"<circle {body}><title>{xml(tip)}</title></circle>" if tip else f"<circle {body}/>")

    def box(self, x: float, y: float, width: float, height: float, fill: str, border: str = "", opacity: float = 1.0) -> None:
        """A rectangle."""
        edge = f' stroke="{border}"' if border else ""
        pale = f' fill-opacity="{opacity:.3g}"' if opacity < 1 else ""
        place = f'x="{number(self._x + x)}" y="{number(self._y + y)}" width="{number(width)}" height="{number(height)}"'
        self.parts.append(f'<rect {place} fill="{fill}"{edge}{pale}/>')

    def words(self, text: str, x: float, y: float, size: float, role: str = "text", bold: bool = False, anchor: str = "start") -> None:
        """A line of text with its baseline at y; ``role`` is one of the theme's or a colour."""
        self.parts.append(self.pen.write(text, self._x + x, self._y + y, size, self.color.get(role, role), bold=bold, anchor=anchor))

    def image(self, x: float, y: float, width: float, height: float, pixels: Array) -> None:
        """Pixels (rows, columns, RGBA bytes) stretched over a rectangle."""
        data = b64encode(png(pixels)).decode("ascii")
        self.parts.append(
            f'<image x="{number(self._x + x)}" y="{number(self._y + y)}" width="{number(width)}" height="{number(height)}" '
            f'preserveAspectRatio="none" xlink:href="data:image/png;base64,{data}"/>'
        )


class Picture(NamedTuple):
    """Something that can be painted: its size, what it says to those who cannot see it, and how it is painted."""

    width: float
    height: float
    title: str
    paint: Callable[[Canvas], None]

    def svg(self, theme: str = "auto", palette: str = "default", outlines: bool = False) -> str:
        """The picture as SVG; ``auto`` follows the reader's light or dark mode."""
        scope = f"gv{zlib.crc32(f'{self.title}{self.width}{theme}{palette}'.encode('utf-8', 'backslashreplace')):08x}"
        canvas = Canvas(theme, palette, outlines, scope)
        canvas.box(0, 0, self.width, self.height, canvas.color["background"])
        self.paint(canvas)
        style, title = style_sheet(scope, theme, palette), xml(self.title)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" id="{scope}" role="img" '
            f'aria-label="{title}" width="{number(self.width)}" height="{number(self.height)}" '
            f'viewBox="0 0 {number(self.width)} {number(self.height)}" font-family="{SANS}">{MARK}<title>{title}</title>'
            + (f"<style>{style}</style>" if style else "")
            + f"{canvas.pen.definitions()}\n"
            + "\n".join(canvas.parts)
            + "\n</svg>\n"
        )

    def png(self, theme: str = "light", palette: str = "default", scale: float = 2.0) -> bytes:
        """The picture in pixels, the same on a machine without fonts."""
        from ..render.raster import to_png

        return to_png(self.svg(theme, palette, outlines=True), scale)

    def save(self, path: str | PathLike[str], theme: str | None = None, palette: str = "default") -> None:
        """Write it as .svg or .png.

        Raises
        ------
        GradvizError
            Another suffix.
        FileError
            The file cannot be written.
        """
        from ..formats.writing import write_file

        name = str(path).lower()
        if name.endswith(".svg"):
            write_file(path, self.svg(theme or "auto", palette).encode("utf-8"))
        elif name.endswith(".png"):
            write_file(path, self.png(theme or "light", palette))
        else:
            raise GradvizError(f"{path}: this picture is written as .svg or .png")

    def _repr_svg_(self) -> str:
        return self.svg()


def arrange(pictures: Sequence[Picture], columns: int, title: str = "", subtitle: str = "") -> Picture:
    """Several pictures on one sheet, row by row, under a common title."""
    rows = [list(pictures[k : k + columns]) for k in range(0, len(pictures), columns)]
    head = (34 if title else 0) + (20 if subtitle else 0)
    widths = [max(row[k].width for row in rows if k < len(row)) for k in range(min(columns, len(pictures)))]
    heights = [max(one.height for one in row) for row in rows]

    def paint(canvas: Canvas) -> None:
        canvas.at(0, 0)
        if title:
            canvas.words(title, 16, 26, 17, bold=True)
        if subtitle:
            canvas.words(subtitle, 16, 45, 12.5, "muted")
        y = float(head)
        for row, height in zip(rows, heights, strict=True):
            x = 0.0
            for one, width in zip(row, widths, strict=False):
                shifted = _Shifted(canvas, x, y)
                one.paint(shifted)
                x += width
            y += height

    said = ". ".join([title or subtitle, *(one.title for one in pictures)]) if title or subtitle else ". ".join(p.title for p in pictures)
    return Picture(sum(widths), sum(heights) + head, said, paint)


class _Shifted(Canvas):
    """A part of a canvas; its corner is the part's own origin."""

    def __init__(self, canvas: Canvas, x: float, y: float) -> None:
        self.color, self.pen, self.parts = canvas.color, canvas.pen, canvas.parts
        self._left, self._top = canvas.place(x, y) if isinstance(canvas, _Shifted) else (x, y)
        self._x, self._y = self._left, self._top

    def at(self, x: float, y: float) -> None:
        self._x, self._y = self._left + x, self._top + y


def png(pixels: Array) -> bytes:
    """RGBA bytes of shape (rows, columns, 4) as a PNG (PNG specification, colour type 6).

    >>> import numpy as np
    >>> png(np.zeros((1, 1, 4), dtype=np.uint8))[:4]
    b'\\x89PNG'
    """
    rows, columns, _ = pixels.shape

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", columns, rows, 8, 6, 0, 0, 0)
    lines = b"".join(b"\x00" + row.tobytes() for row in pixels)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(lines, 9)) + chunk(b"IEND", b"")


def rgb(color: str) -> tuple[int, int, int]:
    """The three bytes of a colour.

    >>> rgb("#2f7ed8")
    (47, 126, 216)
    """
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)
