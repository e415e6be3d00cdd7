"""From a label to a box: LaTeX by our own typesetter, else by ziamath, else the label's Unicode text.

>>> box = typeset(r"\\frac{\\partial q}{\\partial x}", 10)
>>> 10 < box.width < 16, box.depth > 4
(True, True)
"""

from __future__ import annotations

import functools
import re

from ...scene.model import Label
from ..escape import plain
from .formula import Setter, TooLarge, Unsupported
from .glyphs import EMPTY, UNITS, Box, Mark, glyph, guess_width, letter
from .symbols import ITALIC

_OUTLINE = re.compile(r'<path d="([-\d. A-Za-z,]*)"')
_BAR = re.compile(r'<rect x="([-\d.e]+)" y="([-\d.e]+)" width="([-\d.e]+)" height="([-\d.e]+)"')
LONGEST_TEXT = 120  # characters of a formula that had to be set as text


@functools.lru_cache(maxsize=4096)
def typeset(latex: str, size: float, text: str = "") -> Box:
    """LaTeX mathematics at ``size`` points; ``text`` is what stands instead where no typesetter can set it."""
    try:
        return Setter(latex, size).formula()
    except Unsupported:
        pass
    except TooLarge:
        return spelled(text or latex, size)
    return _typeset_elsewhere(latex, size) or spelled(text or latex, size)


def typeset_label(label: Label, size: float, math: str = "typeset") -> Box:
    """A label as mathematics: its LaTeX; without LaTeX its text in outlines; with ``math="unicode"`` its text as text."""
    if math == "unicode":
        box = spelled(label.text, size)
        return box._replace(marks=(("w", 0.0, 0.0, size, shorten(label.text)),)) if box.marks else box
    return typeset(label.latex, size, label.text) if label.latex else spelled(label.text, size)


def lettered(label: Label, size: float, bold: bool = False) -> Box:
    """A label as a number or caption in the sans face."""
    return letter(shorten(label.text), size, bold)


def shorten(text: str, most: int = LONGEST_TEXT) -> str:
    """Text on one line, without control characters, cut in the middle where it is too long for a picture.

    >>> shorten("a\\nb"), shorten("abcdefgh", 5)
    ('a b', 'ab…gh')
    """
    text = plain(text)
    if len(text) <= most:
        return text
    return text[: most // 2] + "…" + text[-(most - most // 2 - 1) :]


@functools.lru_cache(maxsize=4096)
def spelled(text: str, size: float) -> Box:
    """Unicode text in the mathematical face, letters slanted, ᵃ and ᵢ as small letters; what has no outline stays text.

    >>> spelled("xᵀ", 10).marks[1][3] < 10
    True
    """
    marks: list[Mark] = []
    x = 0.0
    for character in shorten(text):
        if character == " ":
            x += 0.25 * size
            continue
        shown, scale, rise = character, 1.0, 0.0
        if glyph(_key(character)) is None:
            shown, scale, rise = _script(character)
        found = glyph(_key(shown))
        if found is None:
            marks.append(("t", x, 0.0, size, character))
            x += guess_width(character) * size
        else:
            marks.append(("g", x, -rise * size, size * scale, _key(shown)))
            x += found.advance * size * scale / UNITS
    return Box(x, 0.72 * size, 0.22 * size, tuple(marks)) if marks else EMPTY


def _key(character: str) -> str:
    return f"m{ord(ITALIC.get(character, character)):x}"


def _script(character: str) -> tuple[str, float, float]:
    """What a superscript or subscript character is made of, its scale and rise; anything else unchanged."""
    import unicodedata

    kind, _, base = unicodedata.decomposition(character).partition(" ")
    if kind not in ("<super>", "<sub>") or " " in base:
        return character, 1.0, 0.0
    return chr(int(base, 16)), 0.7, 0.36 if kind == "<super>" else -0.21


def _typeset_elsewhere(latex: str, size: float) -> Box | None:
    """The formula as ziamath sets it, None where it cannot."""
    from ziamath.config import config
    from ziamath.zmath import Latex

    before, config.svg2 = config.svg2, False  # outlines in place: no ids that two figures could share
    try:
        drawn = Latex(latex, size=size)
        width, height = drawn.getsize()
        depth = -drawn.getyofst()
        svg = drawn.svg()
    except Exception:  # noqa: BLE001  a formula that ziamath does not know ends in whatever its parser trips over
        return None
    finally:
        config.svg2 = before
    # only outlines and bars are taken over, so nothing that stood in the formula can reach the picture as markup
    marks: list[Mark] = [("p", 0.0, 0.0, 1.0, outline) for outline in _OUTLINE.findall(svg)]
    for x, y, across, down in _BAR.findall(svg):
        marks.append(("r", float(x), float(y), float(across), float(down)))
    return Box(width, height - depth, depth, tuple(marks))
