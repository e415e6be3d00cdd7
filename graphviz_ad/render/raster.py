"""From the finished SVG to pixels (resvg) and to PDF (vl-convert, an extra).

Pixels are drawn from outlines, so a picture comes out the same on a machine that has no fonts at all.
"""

from __future__ import annotations

import os
import re
import struct
import zlib

from ..errors import EngineError

MOST_PIXELS = 40_000_000  # of one PNG: 160 MB while it is drawn
SOFTWARE = b"Software\x00gradviz (graphviz_ad)"
MOST_DESCRIPTION = 10_000  # characters
FALLBACK = "DejaVu Sans"
_SIZE = re.compile(r'<svg [^>]*?width="([0-9.]+)pt" height="([0-9.]+)pt"')


def to_png(svg: str, scale: float = 2.0, description: str = "") -> bytes:
    """The SVG as PNG with ``scale`` × 96 dots per inch, less where that would be more than 40 million pixels.

    ``description`` is kept in the file for those who do not see the picture.

    Raises :class:`EngineError` when resvg is missing or refuses the SVG.
    """
    try:
        import resvg_py
    except ImportError:
        raise EngineError("PNG needs resvg: pip install resvg-py") from None
    found = _SIZE.search(svg)
    if found is not None:
        pixels = float(found[1]) * float(found[2]) * (96 / 72) ** 2
        scale = min(scale, (MOST_PIXELS / pixels) ** 0.5)
    text = "<text" in svg  # only for characters without outline: looking for fonts costs time
    try:
        png = resvg_py.svg_to_bytes(
            svg_string=svg,
            dpi=96,
            zoom=scale,
            skip_system_fonts=not text,
            font_files=_fonts() if text else None,
            serif_family=FALLBACK,
            sans_serif_family=FALLBACK,
        )
    except ValueError as error:
        raise EngineError(f"resvg could not draw the picture: {error}; write SVG instead (-o picture.svg)") from None
    return _signed(bytes(png), description)


def _fonts() -> list[str]:
    """Fonts that are there whatever the system has: resvg shows no text at all when the first font is missing."""
    from importlib.util import find_spec

    found = find_spec("ziafont")  # a dependency of ziamath; it ships DejaVu Sans
    folders = list(found.submodule_search_locations or ()) if found is not None else []
    paths = [os.path.join(folder, "fonts", "DejaVuSans.ttf") for folder in folders]
    return [path for path in paths if os.path.isfile(path)]


def to_pdf(svg: str) -> bytes:
    """The SVG as PDF. Raises :class:`EngineError` naming the extra when vl-convert is missing."""
    try:
        import vl_convert
    except ImportError:
        raise EngineError('PDF needs an extra: pip install "graphviz_ad[pdf]"') from None
    try:
        # its page counts pixels as points: without units the page has our size
        return bytes(vl_convert.svg_to_pdf(_SIZE.sub(lambda found: found[0].replace('pt"', '"'), svg, count=1)))
    except ValueError as error:
        raise EngineError(f"vl-convert could not draw the picture: {error}; write SVG instead (-o picture.svg)") from None


def _signed(png: bytes, description: str) -> bytes:
    """The PNG with text chunks that say who wrote it and what it shows, right after its header (8 bytes of signature, 25 of IHDR)."""
    chunks = _chunk(b"tEXt", SOFTWARE)
    if description:  # iTXt: keyword, not compressed, no language, no translated keyword, UTF-8
        chunks += _chunk(b"iTXt", b"Description\x00\x00\x00\x00\x00" + description[:MOST_DESCRIPTION].encode("utf-8", "replace"))
    return png[:33] + chunks + png[33:]


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
