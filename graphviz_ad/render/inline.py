"""A PNG as the bytes that show it inside of a terminal: the protocols of kitty, of iTerm2, and sixels.

Sources: the terminal graphics protocol of kitty (sw.kovidgoyal.net/kitty/graphics-protocol), iTerm2's inline images
(iterm2.com/documentation-images.html), and the sixel format of DEC's VT300 series (vt100.net/docs/vt3xx-gp/chapter14.html).
"""

from __future__ import annotations

import struct
from base64 import b64encode
from io import BytesIO

from ..errors import EngineError, GradvizError

PROTOCOLS = ("kitty", "iterm", "sixel")
_CHUNK = 4096  # of base64 in one command of kitty
_SIXEL_COLORS = 64


def encode(png: bytes, protocol: str, *, columns: int | None = None, pixels: int | None = None) -> bytes:
    """The bytes that draw a PNG at the cursor, a line end behind it.

    ``columns``: as many character cells wide at most (kitty and iTerm2 scale it); ``pixels``: the widest image in sixels,
    which no terminal scales.

    Raises
    ------
    GradvizError
        An unknown protocol.
    EngineError
        Sixels without Pillow, which is in the extra ``animation``.
    """
    if protocol == "kitty":
        return _kitty(png, columns)
    if protocol == "iterm":
        return _iterm(png, columns)
    if protocol == "sixel":
        return _sixel(png, pixels)
    raise GradvizError(f"unknown protocol {protocol!r}; known are {', '.join(PROTOCOLS)}")


def size_of(png: bytes) -> tuple[int, int]:
    """Width and height in pixels, from the header."""
    width, height = struct.unpack(">II", png[16:24])
    return int(width), int(height)


def _kitty(png: bytes, columns: int | None) -> bytes:
    data = b64encode(png)
    chunks = [data[start : start + _CHUNK] for start in range(0, len(data), _CHUNK)]
    out = []
    for number, chunk in enumerate(chunks):
        # a=T: transmit and show; f=100: PNG; q=2: no answers; c: columns; m=1: more follows
        head = b"a=T,f=100,q=2," + (b"c=%d," % columns if columns else b"") if number == 0 else b""
        out.append(b"\x1b_G" + head + b"m=%d;" % (number < len(chunks) - 1) + chunk + b"\x1b\\")
    return b"".join(out) + b"\n"


def _iterm(png: bytes, columns: int | None) -> bytes:
    width = b"width=%d;" % columns if columns else b""
    return b"\x1b]1337;File=inline=1;size=%d;" % len(png) + width + b"preserveAspectRatio=1:" + b64encode(png) + b"\x07\n"


def _sixel(png: bytes, pixels: int | None) -> bytes:
    try:
        from PIL import Image
    except ImportError:
        raise EngineError('sixels need an extra: pip install "graphviz_ad[animation]"') from None
    image: Image.Image = Image.open(BytesIO(png)).convert("RGB")
    if pixels and image.width > pixels:
        image = image.resize((pixels, max(1, round(image.height * pixels / image.width))), Image.Resampling.LANCZOS)
    image = image.quantize(_SIXEL_COLORS, dither=Image.Dither.NONE)
    palette = image.getpalette() or []
    width, height = image.size
    dots = image.tobytes()
    out = [b'\x1bP0;1;0q"1;1;%d;%d' % (width, height)]
    for number in range(len(palette) // 3):
        red, green, blue = (round(100 * part / 255) for part in palette[3 * number : 3 * number + 3])
        out.append(b"#%d;2;%d;%d;%d" % (number, red, green, blue))
    for top in range(0, height, 6):
        band = [dots[row * width : (row + 1) * width] for row in range(top, min(top + 6, height))]
        lines = []
        for color in sorted(set(b"".join(band))):
            bits = bytearray(width)
            for place, row in enumerate(band):
                at = row.find(color)
                while at >= 0:
                    bits[at] |= 1 << place
                    at = row.find(color, at + 1)
            lines.append(b"#%d" % color + _repeated(bits))
        out.append(b"$".join(lines) + b"-")
    return b"".join(out) + b"\x1b\\\n"


def _repeated(bits: bytearray) -> bytes:
    """A line of sixels with runs written as counts."""
    out, start = [], 0
    while start < len(bits):
        end = start
        while end < len(bits) and bits[end] == bits[start]:
            end += 1
        sign = bytes([63 + bits[start]])
        out.append(b"!%d" % (end - start) + sign if end - start > 3 else sign * (end - start))
        start = end
    return b"".join(out)
