"""LaTeX mathematics as outlines: a small typesetter for what our own printer writes.

The rules are those of *The TeXbook*, appendix G and chapter 18, in the form that the OpenType MATH table gives them
(the constants below are STIX Two Math's). What is beyond it goes to ziamath, which costs a third of a second to import;
this module sets a usual formula in a fraction of a millisecond.

    row       x + y, f(x), \\sin x, \\operatorname{relu}, \\mathbf{q}, Greek, relations, punctuation
    scripts   x_{1}^{2}, e^{-a}, primes
    built     \\frac \\sqrt[n] \\left( \\right) \\overline, matrix environments and cases
"""

from __future__ import annotations

import re
from typing import NamedTuple

from .glyphs import EMPTY, UNITS, Box, Glyph, Mark, beside, glyph, guess_width, moved
from .symbols import CHARACTERS, FENCES, FUNCTIONS, ITALIC, SPACES, SPACING, SYMBOLS

DISPLAY, TEXT, SCRIPT, SCRIPTSCRIPT = range(4)
SCALE = (1.0, 1.0, 0.70, 0.55)  # of the styles
AXIS = 0.258
RULE = 0.068
SUPERSCRIPT_UP, SUPERSCRIPT_BOTTOM, SUPERSCRIPT_DROP = 0.36, 0.12, 0.23
SUBSCRIPT_DOWN, SUBSCRIPT_TOP, SUBSCRIPT_DROP, SCRIPT_GAP = 0.21, 0.368, 0.16, 0.15
FRACTION_SHIFT, FRACTION_GAP = (0.64, 0.585), (0.15, 0.068)  # in display style, in the others
RADICAL_GAP = (0.17, 0.085)
MOST_CHARACTERS, MOST_DEPTH = 4000, 24  # beyond these a formula is set as text: no picture has room for it

_TOKEN = re.compile(r"\\[A-Za-z]+\*?|\\.|\s+|.", re.DOTALL)


class Unsupported(Exception):
    """The formula needs what this typesetter does not have."""


class TooLarge(Exception):
    """The formula is too long or too deeply nested to be set at all."""


class Atom(NamedTuple):
    """A piece of a row: its box, the classes that its left and right neighbours see, its italic correction."""

    box: Box
    left: str
    right: str
    italic: float = 0.0
    single: bool = False  # one character: scripts do not follow its height


class Setter:
    """Sets one formula; holds the items and the place in them."""

    def __init__(self, latex: str, size: float) -> None:
        if len(latex) > MOST_CHARACTERS:
            raise TooLarge
        self.tokens = _TOKEN.findall(latex)
        self.place, self.size, self.depth = 0, size, 0

    # --- tokens -------------------------------------------------------------------------------------------------

    def peek(self) -> str:
        """The next item that is not space, "" at the end."""
        while self.place < len(self.tokens) and self.tokens[self.place].isspace():
            self.place += 1
        return self.tokens[self.place] if self.place < len(self.tokens) else ""

    def take(self) -> str:
        """The next item, which is passed."""
        item = self.peek()
        self.place += 1
        return item

    def expect(self, item: str) -> None:
        """Pass ``item`` or give up."""
        if self.take() != item:
            raise Unsupported(f"{item} expected")

    def raw(self) -> str:
        """The text of a braced group as it stands, as in \\operatorname{softmax}."""
        self.expect("{")
        parts: list[str] = []
        level = 1
        while self.place < len(self.tokens):
            item = self.tokens[self.place]
            self.place += 1
            level += (item == "{") - (item == "}")
            if level == 0:
                return "".join(parts)
            if item not in "{}":
                parts.append(item[1:] if len(item) == 2 and item[0] == "\\" else item)
        raise Unsupported("unclosed group")

    # --- rows ---------------------------------------------------------------------------------------------------

    def formula(self) -> Box:
        """The whole formula in display style."""
        box = self.row(DISPLAY, ("",))
        if self.place < len(self.tokens):
            raise Unsupported(self.tokens[self.place])
        return box

    def row(self, style: int, until: tuple[str, ...]) -> Box:
        """Atoms up to one of the items ``until``, which is left standing."""
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise TooLarge
        atoms: list[Atom] = []
        while (item := self.peek()) not in until:
            if item in ("", "}", "&", "\\\\", "\\right", "\\end"):
                raise Unsupported(item or "the end")
            if item in SPACES:
                self.take()
                atoms.append(Atom(Box(SPACES[item] * self.size * SCALE[style], 0, 0), "space", "space"))
                continue
            if item in ("^", "_", "'"):
                atoms.append(self.scripts(Atom(EMPTY, "ord", "ord"), style))
                continue
            atoms.append(self.scripts(self.nucleus(style), style))
        self.depth -= 1
        return self.join(atoms, style)

    def join(self, atoms: list[Atom], style: int) -> Box:
        """Atoms in a row, with the space that their classes ask for."""
        classes = [[atom.left, atom.right] for atom in atoms]
        seen = "open"
        for number, atom in enumerate(atoms):  # a sign without left operand, or before a closing, is no binary operator
            if atom.left == "bin" and seen in ("open", "bin", "op", "rel", "punct"):
                classes[number] = ["ord", "ord"]
            if atom.left in ("rel", "close", "punct") and number and classes[number - 1][0] == "bin":
                classes[number - 1] = ["ord", "ord"]
            seen = classes[number][1]
        if classes and classes[-1][0] == "bin":
            classes[-1] = ["ord", "ord"]
        boxes: list[Box] = []
        unit = self.size * SCALE[style] / 18
        for number, atom in enumerate(atoms):
            if number:
                space = SPACING.get((classes[number - 1][1], classes[number][0]), 0)
                if space < 0:  # only in display and text style
                    space = -space if style <= TEXT else 0
                if space:
                    boxes.append(Box(space * unit, 0, 0))
            boxes.append(atom.box)
            follows_script = number + 1 < len(atoms) or atom.box.marks
            if atom.italic and follows_script:
                boxes.append(Box(atom.italic, 0, 0))
        return beside(boxes)

    # --- one piece ----------------------------------------------------------------------------------------------

    def argument(self, style: int) -> Box:
        """A braced group, or one piece without scripts."""
        if self.peek() != "{":
            return self.nucleus(style).box
        self.take()
        box = self.row(style, ("}",))
        self.take()
        return box

    def nucleus(self, style: int) -> Atom:
        """One piece of a row, without its scripts."""
        item = self.take()
        size = self.size * SCALE[style]
        if item == "{":
            box = self.row(style, ("}",))
            self.take()
            return Atom(box, "ord", "ord")
        if item in SYMBOLS:
            character, kind = SYMBOLS[item]
            return self.character(character, kind, size)
        if item in FUNCTIONS:
            return Atom(self.word(item[1:], size), "op", "op")
        if len(item) == 1:
            return self.letter_or_sign(item, size)
        method = _COMMANDS.get(item)
        if method is None:
            raise Unsupported(item)
        return method(self, style)

    def letter_or_sign(self, item: str, size: float) -> Atom:
        """A character of the source."""
        if item in CHARACTERS:
            return self.character(*CHARACTERS[item], size)
        if item in "}&^_'\\":
            raise Unsupported(item)
        return self.character(ITALIC.get(item, item), "ord", size)

    def character(self, character: str, kind: str, size: float) -> Atom:
        """A glyph of the mathematical face, or text where it has none."""
        key = f"m{ord(character):x}"
        found = glyph(key)
        if found is None:
            width = guess_width(character) * size
            return Atom(Box(width, 0.75 * size, 0.2 * size, (("t", 0.0, 0.0, size, character),)), kind, kind)
        scale = size / UNITS
        box = Box(found.advance * scale, found.top * scale, found.bottom * scale, (("g", 0.0, 0.0, size, key),))
        return Atom(box, kind, kind, found.italic * scale, True)

    def word(self, text: str, size: float, offset: int = 0) -> Box:
        """Upright letters; with ``offset`` those of another alphabet (bold)."""
        boxes = []
        for c in text:
            if c == " ":
                boxes.append(Box(0.25 * size, 0, 0))
                continue
            if offset and c.isascii() and c.isalnum():
                c = chr(0x1D7CE + int(c)) if c.isdigit() else chr(0x1D400 + ord(c) - (65 if c.isupper() else 71))
            atom = self.character(CHARACTERS["-"][0] if c == "-" else c, "ord", size)
            boxes.append(atom.box)
        return beside(boxes)

    # --- scripts ------------------------------------------------------------------------------------------------

    def scripts(self, atom: Atom, style: int) -> Atom:
        """The piece with the scripts that follow it."""
        above = below = None
        primes: list[Box] = []
        small = min(style + 2 if style == DISPLAY else style + 1, SCRIPTSCRIPT)
        while (item := self.peek()) in ("^", "_", "'"):
            self.take()
            if item == "'":
                primes.append(self.character("′", "ord", self.size * SCALE[small]).box)
            elif item == "^":
                if above is not None:
                    raise Unsupported("double superscript")
                above = self.argument(small)
            else:
                if below is not None:
                    raise Unsupported("double subscript")
                below = self.argument(small)
        if primes:
            above = beside([*primes, above] if above is not None else primes)
        if above is None and below is None:
            return atom
        size = self.size * SCALE[style]
        up, down = SUPERSCRIPT_UP * size, SUBSCRIPT_DOWN * size
        if not atom.single:
            up, down = max(up, atom.box.height - SUPERSCRIPT_DROP * size), max(down, atom.box.depth + SUBSCRIPT_DROP * size)
        if above is not None:
            up = max(up, SUPERSCRIPT_BOTTOM * size + above.depth)
        if below is not None:
            down = max(down, below.height - SUBSCRIPT_TOP * size)
        if above is not None and below is not None:
            down += max(0.0, SCRIPT_GAP * size - ((up - above.depth) - (below.height - down)))
        marks: list[Mark] = list(atom.box.marks)
        width, height, depth = atom.box.width, atom.box.height, atom.box.depth
        right = width
        if above is not None:
            marks += moved(above.marks, width + atom.italic, -up)
            right, height = max(right, width + atom.italic + above.width), max(height, up + above.height)
        if below is not None:
            marks += moved(below.marks, width, down)
            right, depth = max(right, width + below.width), max(depth, down + below.depth)
        return Atom(Box(right + 0.04 * size, height, depth, tuple(marks)), atom.left, atom.right)

    # --- what is built ------------------------------------------------------------------------------------------

    def fraction(self, style: int) -> Atom:
        """\\frac{numerator}{denominator}, its bar on the axis."""
        inner = min(style + 1, SCRIPTSCRIPT)
        top, bottom = self.argument(inner), self.argument(inner)
        size = self.size * SCALE[style]
        rule, axis = RULE * size, AXIS * size
        kind = 0 if style == DISPLAY else 1
        shift = FRACTION_SHIFT[kind] * size
        gap = FRACTION_GAP[kind] * size
        up = max(shift, axis + rule / 2 + gap + top.depth)
        down = max(shift, -axis + rule / 2 + gap + bottom.height)
        pad = 0.06 * size
        width = max(top.width, bottom.width) + 2 * pad
        marks = moved(top.marks, pad + (width - 2 * pad - top.width) / 2, -up)
        marks += moved(bottom.marks, pad + (width - 2 * pad - bottom.width) / 2, down)
        marks.append(("r", 0.0, -axis - rule / 2, width, rule))
        edge = 0.1 * size
        box = Box(width + 2 * edge, up + top.height, down + bottom.depth, tuple(moved(marks, edge, 0.0)))
        return Atom(box, "ord", "ord")

    def radical(self, style: int) -> Atom:
        """\\sqrt[degree]{radicand}."""
        degree = None
        size = self.size * SCALE[style]
        if self.peek() == "[":
            self.take()
            degree = self.row(SCRIPTSCRIPT, ("]",))
            self.take()
        inside = self.argument(style)
        rule = RULE * size
        gap = RADICAL_GAP[0 if style == DISPLAY else 1] * size
        needed = inside.total + gap + rule
        key, found = tallest("m221a", needed / size * UNITS)
        scale = size / UNITS
        height = found.top * scale
        spare = max(0.0, (found.top + found.bottom) * scale - needed)
        top = inside.height + gap + rule + spare / 2
        x = 0.0
        marks: list[Mark] = []
        if degree is not None:
            x = max(0.0, degree.width - 0.335 * size)
            marks += moved(degree.marks, 0.05 * size, -top + found.top * scale - 0.55 * (found.top + found.bottom) * scale + 0.1 * size)
        marks.append(("g", x, height - top, size, key))
        x += found.advance * scale
        marks.append(("r", x - 0.01 * size, -top, inside.width + 0.05 * size, rule))
        marks += moved(inside.marks, x, 0.0)
        depth = max(inside.depth, (found.top + found.bottom) * scale - top)
        return Atom(Box(x + inside.width + 0.06 * size, top + 0.05 * size, depth, tuple(marks)), "ord", "ord")

    def fence(self, item: str, needed: float, size: float) -> Box:
        """A delimiter of at least the height ``needed``, centred on the axis."""
        character = FENCES.get(item)
        if character is None:
            raise Unsupported(item)
        if not character:
            return Box(0.12 * size, 0.0, 0.0)
        key, found = tallest(f"m{ord(character):x}", needed / size * UNITS)
        scale = size / UNITS
        total = (found.top + found.bottom) * scale
        drop = found.top * scale - total / 2 - AXIS * size
        return Box(found.advance * scale, total / 2 + AXIS * size, total / 2 - AXIS * size, (("g", 0.0, drop, size, key),))

    def fenced(self, style: int) -> Atom:
        """\\left( … \\right). Its neighbours see an opening and a closing, so that no space comes after a function's name."""
        left = self.take()
        box = self.row(style, ("\\right",))
        self.take()
        right = self.take()
        return self.between(left, box, right, style)

    def between(self, left: str, box: Box, right: str, style: int) -> Atom:
        """A box between two delimiters that fit it (TeX's rule: nine tenths of it, or all but 5 pt)."""
        size = self.size * SCALE[style]
        reach = 2 * max(box.height - AXIS * size, box.depth + AXIS * size)
        needed = max(0.901 * reach, reach - 0.5 * size)
        whole = beside([self.fence(left, needed, size), box, self.fence(right, needed, size)])
        return Atom(whole, "open", "close")

    def environment(self, style: int) -> Atom:
        """A matrix or cases."""
        name = self.raw()
        if name not in _MATRICES:
            raise Unsupported(name)
        rows: list[list[Box]] = [[]]
        while True:
            rows[-1].append(self.row(max(TEXT, style), ("&", "\\\\", "\\end")))
            item = self.take()
            if item == "\\\\":
                if self.peek() == "\\end":
                    item = self.take()
                else:
                    rows.append([])
            if item == "\\end":
                break
        if self.raw() != name:
            raise Unsupported("\\end")
        left, right = _MATRICES[name]
        return self.between(left, self.grid(rows, style, "l" if name == "cases" else "c"), right, style)

    def grid(self, rows: list[list[Box]], style: int, align: str) -> Box:
        """Boxes in rows and columns around the axis."""
        size = self.size * SCALE[style]
        columns = max(map(len, rows))
        widths = [max((row[k].width for row in rows if k < len(row)), default=0.0) for k in range(columns)]
        heights = [max(0.7 * size, *(box.height for box in row)) for row in rows]
        depths = [max(0.2 * size, *(box.depth for box in row)) for row in rows]
        between, gap = 0.28 * size, 0.8 * size
        total = sum(heights) + sum(depths) + between * (len(rows) - 1)
        y = -total / 2 - AXIS * size
        marks: list[Mark] = []
        for row, height, depth in zip(rows, heights, depths, strict=True):
            x = 0.1 * size
            for box, width in zip(row, widths, strict=False):
                marks += moved(box.marks, x + ((width - box.width) / 2 if align == "c" else 0.0), y + height)
                x += width + gap
            y += height + depth + between
        width = sum(widths) + gap * (columns - 1) + 0.2 * size
        return Box(width, total / 2 + AXIS * size, total / 2 - AXIS * size, tuple(marks))

    def barred(self, style: int) -> Atom:
        """\\overline{…} and \\bar{…}."""
        inside = self.argument(style)
        size = self.size * SCALE[style]
        y = -inside.height - 0.12 * size
        marks = (*inside.marks, ("r", 0.0, y - RULE * size, inside.width, RULE * size))
        return Atom(Box(inside.width, -y + RULE * size, inside.depth, marks), "ord", "ord")

    def upright(self, style: int) -> Atom:
        """\\mathrm{…} and \\text{…}."""
        return Atom(self.word(self.raw(), self.size * SCALE[style]), "ord", "ord")

    def named(self, style: int) -> Atom:
        """\\operatorname{…}."""
        return Atom(self.word(self.raw(), self.size * SCALE[style]), "op", "op")

    def bold(self, style: int) -> Atom:
        """\\mathbf{…}."""
        return Atom(self.word(self.raw(), self.size * SCALE[style], 1), "ord", "ord")

    def slanted(self, style: int) -> Atom:
        """\\mathit{…}: a name of several letters."""
        size = self.size * SCALE[style]
        return Atom(beside([self.character(ITALIC.get(c, c), "ord", size).box for c in self.raw()]), "ord", "ord")


_COMMANDS = {
    "\\frac": Setter.fraction,
    "\\dfrac": Setter.fraction,
    "\\tfrac": Setter.fraction,
    "\\sqrt": Setter.radical,
    "\\left": Setter.fenced,
    "\\begin": Setter.environment,
    "\\overline": Setter.barred,
    "\\bar": Setter.barred,
    "\\mathrm": Setter.upright,
    "\\text": Setter.upright,
    "\\textrm": Setter.upright,
    "\\operatorname": Setter.named,
    "\\mathbf": Setter.bold,
    "\\boldsymbol": Setter.bold,
    "\\mathit": Setter.slanted,
}
_MATRICES = {
    "matrix": (".", "."),
    "bmatrix": ("[", "]"),
    "pmatrix": ("(", ")"),
    "vmatrix": ("|", "|"),
    "Vmatrix": ("\\|", "\\|"),
    "cases": ("\\{", "."),
}


def tallest(key: str, needed: float) -> tuple[str, Glyph]:
    """The smallest variant of a glyph that is at least ``needed`` thousandths of an em high, else the largest."""
    rank, best = 0, key
    found = glyph(key)
    if found is None:
        raise Unsupported(key)
    while found.top + found.bottom < needed:
        larger = glyph(f"{key}.{rank + 1}")
        if larger is None:
            break
        rank, best, found = rank + 1, f"{key}.{rank + 1}", larger
    return best, found
