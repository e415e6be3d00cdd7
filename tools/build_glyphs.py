"""Build graphviz_ad/render/mathset/data/outlines.txt: the glyph outlines that pictures are drawn with.

Mathematics comes from STIX Two Math (the font that ziamath ships), numbers and captions from Liberation Sans 2, whose
metrics are those of Helvetica and Arial. Both are under the SIL Open Font License 1.1, and so is the file built here.

    pip install fonttools ziamath
    python tools/build_glyphs.py --sans /usr/share/fonts/truetype/liberation2

Every outline is scaled to 1000 units per em, rounded, turned upside down (SVG's y grows downwards) and written with
relative commands. The file has one line per glyph, fields separated by tabs:

    key  advance  top  bottom  italic-correction  path

A key is the font's letter (m: mathematics, s: sans, b: sans bold) and the code point in hexadecimal; a larger variant of
a delimiter adds a dot and its rank, smallest first.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path

from fontTools.pens.basePen import BasePen
from fontTools.pens.boundsPen import BoundsPen
from fontTools.ttLib import TTFont

OUTPUT = Path(__file__).resolve().parent.parent / "graphviz_ad" / "render" / "mathset" / "data" / "outlines.txt"
UNITS = 1000

ASCII = [chr(c) for c in range(0x21, 0x7F)]
GREEK = [chr(c) for c in range(0x391, 0x3AA) if c != 0x3A2] + [chr(c) for c in range(0x3B1, 0x3CA)] + list("ϑϕϖϱϵ")
LATIN = [chr(c) for c in range(0xA1, 0x100) if c != 0xAD]
ALPHABETS = (
    [chr(c) for c in range(0x1D400, 0x1D434)]  # bold upright
    + [chr(c) for c in range(0x1D434, 0x1D468) if c != 0x1D455]  # italic, whose h is Planck's constant
    + ["ℎ"]
    + [chr(c) for c in range(0x1D6FC, 0x1D71C)]  # italic Greek with its variants and the partial sign
    + [chr(c) for c in range(0x1D7CE, 0x1D7D8)]  # bold digits
)
SYMBOLS = list("−×÷·⋅±∓∗∘⊙⊗⊕⊤⊥≤≥≠≈≡∼∝∞∂∇∑∏∫√→←↦∈∉∧∨¬∪∩⋯⋮⋱…′″‖⌊⌋⌈⌉⟨⟩|ℝ–—°∀∃∅⋆•ℓ⊘△↔⇒⟶")
SCRIPTS = list("⁰⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")
DELIMITERS = list("()[]{}|‖⌊⌋⌈⌉⟨⟩√")
SANS_SYMBOLS = list("−×÷·±≤≥≠≈∞∂∑∏√→←…–—‘’“”′″°•∆Ω")


class RelativePen(BasePen):
    """Writes an outline as SVG path data in whole units, relative commands, y downwards."""

    def __init__(self, glyphs: object, scale: float) -> None:
        super().__init__(glyphs)
        self.scale, self.parts, self.at = scale, [], (0, 0)
        self.start = (0, 0)

    def _point(self, point: tuple[float, float]) -> tuple[int, int]:
        return round(point[0] * self.scale), round(-point[1] * self.scale)

    def _write(self, letter: str, *points: tuple[int, int]) -> None:
        numbers: list[int] = []
        for point in points:
            numbers += [point[0] - self.at[0], point[1] - self.at[1]]
        self.at = points[-1]
        if letter == "l" and numbers[0] == 0:
            letter, numbers = "v", numbers[1:]
        elif letter == "l" and numbers[1] == 0:
            letter, numbers = "h", numbers[:1]
        text = " ".join(map(str, numbers)).replace(" -", "-")
        self.parts.append(letter + text)

    def _moveTo(self, point: tuple[float, float]) -> None:
        target = self._point(point)
        self._write("m", target)
        self.start = target

    def _lineTo(self, point: tuple[float, float]) -> None:
        target = self._point(point)
        if target != self.at:
            self._write("l", target)

    def _qCurveToOne(self, control: tuple[float, float], point: tuple[float, float]) -> None:
        self._write("q", self._point(control), self._point(point))

    def _curveToOne(self, first: tuple[float, float], second: tuple[float, float], point: tuple[float, float]) -> None:
        self._write("c", self._point(first), self._point(second), self._point(point))

    def _closePath(self) -> None:
        self.parts.append("z")
        self.at = self.start


class Source:
    """One font file and the letter that its keys begin with."""

    def __init__(self, path: Path, letter: str) -> None:
        self.font, self.letter = TTFont(path), letter
        self.names, self.glyphs = self.font.getBestCmap(), self.font.getGlyphSet()
        self.scale = UNITS / self.font["head"].unitsPerEm
        self.italic: dict[str, int] = {}
        self.variants: dict[str, list[str]] = {}
        if "MATH" in self.font:
            table = self.font["MATH"].table
            info = table.MathGlyphInfo.MathItalicsCorrectionInfo
            self.italic = {g: v.Value for g, v in zip(info.Coverage.glyphs, info.ItalicsCorrection, strict=True)}
            parts = table.MathVariants
            for name, construction in zip(parts.VertGlyphCoverage.glyphs, parts.VertGlyphConstruction, strict=True):
                self.variants[name] = [record.VariantGlyph for record in construction.MathGlyphVariantRecord]

    def line(self, key: str, name: str) -> str:
        pen, bounds = RelativePen(self.glyphs, self.scale), BoundsPen(self.glyphs)
        self.glyphs[name].draw(pen)
        self.glyphs[name].draw(bounds)
        box = bounds.bounds or (0, 0, 0, 0)
        numbers = (self.glyphs[name].width, box[3], -box[1], self.italic.get(name, 0))
        return "\t".join([key, *(str(round(n * self.scale)) for n in numbers), "".join(pen.parts)])

    def lines(self, characters: Iterable[str]) -> list[str]:
        out = []
        for character in sorted(set(characters)):
            if ord(character) not in self.names:
                raise SystemExit(f"no glyph for {character!r} (U+{ord(character):04X}) in font {self.letter!r}")
            name, key = self.names[ord(character)], f"{self.letter}{ord(character):x}"
            out.append(self.line(key, name))
            if character in DELIMITERS and self.letter == "m":
                larger = [v for v in self.variants.get(name, []) if v != name]
                out += [self.line(f"{key}.{rank}", variant) for rank, variant in enumerate(larger, 1)]
        return out


def main() -> None:
    """Read the three fonts and write the file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--sans", type=Path, required=True, help="folder with LiberationSans-Regular.ttf and LiberationSans-Bold.ttf, version 2"
    )
    parser.add_argument("--output", type=Path, default=OUTPUT)
    options = parser.parse_args()
    import ziamath

    shipped = Path(ziamath.__file__).parent / "fonts" / "STIXTwoMath-Regular.ttf"
    lines = Source(shipped, "m").lines(ASCII + GREEK + ALPHABETS + SYMBOLS + SCRIPTS + LATIN)
    lines += Source(options.sans / "LiberationSans-Regular.ttf", "s").lines(ASCII + GREEK[:49] + LATIN + SANS_SYMBOLS)
    lines += Source(options.sans / "LiberationSans-Bold.ttf", "b").lines(ASCII + SANS_SYMBOLS)
    options.output.write_text("\n".join(lines) + "\n", encoding="ascii")
    print(f"{len(lines)} glyphs, {options.output.stat().st_size} bytes: {options.output}")


if __name__ == "__main__":
    main()
