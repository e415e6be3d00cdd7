"""Plain text on its way into a LaTeX document, and letters that LaTeX's first fonts lack."""

from __future__ import annotations

import unicodedata

from ..scene.numbers import MINUS

_LATEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "#": r"\#", "$": r"\$", "%": r"\%", "&": r"\&", "_": r"\_", "^": r"\^{}",
    "~": r"\~{}", "…": r"\ldots{}",
}  # fmt: skip
_SYMBOLS = {
    "∞": r"\infty",
    MINUS: "-",
    "·": r"\cdot",
    "×": r"\times",
    "⊙": r"\odot",
    "⊗": r"\otimes",
    "≤": r"\leq",
    "≥": r"\geq",
    "≠": r"\neq",
    "√": r"\surd",
    "∂": r"\partial",
}
_SYMBOLS.update({chr(0x2080 + digit): f"{{}}_{digit}" for digit in range(10)})
_SYMBOLS.update({character: f"{{}}^{digit}" for digit, character in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")})
_SYMBOLS["⁻"] = "{}^-"
_GREEK = (
    "alpha beta gamma delta varepsilon zeta eta theta iota kappa lambda mu nu xi o pi rho varsigma sigma tau upsilon varphi chi psi omega"
)
_LATEX.update({character: rf"\ensuremath{{{latex}}}" for character, latex in _SYMBOLS.items()})
# Greek letters that an author typed as such, in formulas and in text
_LETTERS = {0x3B1 + place: rf"\ensuremath{{\{name}}}" for place, name in enumerate(_GREEK.split()) if name != "o"}
_WHOLE = "ßæÆøØœŒåÅłŁıçÇ"  # letters of LaTeX's first fonts that are no letter with an accent
_ACCENTS = "\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u030a\u030b\u030c"


def latex_text(text: str) -> str:
    r"""Plain text inside a LaTeX document.

    >>> latex_text("50% of w₁_x"), latex_text("2 × x")
    ('50\\% of w\\ensuremath{{}_1}\\_x', '2 \\ensuremath{\\times} x')
    """
    return "".join(_LATEX.get(c, c) for c in text)


def fit(document: str) -> str:
    r"""A finished document in letters that pdflatex knows, in text and in mathematics: Greek and signs by their commands, letters
    with accents as text, what it lacks by its code point. The document loads amsmath.

    >>> fit("σ·変"), fit("é")
    ('\\ensuremath{\\sigma}\\ensuremath{\\cdot}(U+5909)', '\\text{é}')
    """
    if document.isascii():
        return document
    return "".join(c if c.isascii() else _fitted(c) for c in document)


def _fitted(c: str) -> str:
    if ord(c) in _LETTERS:
        return _LETTERS[ord(c)]
    if c in _SYMBOLS:
        return rf"\ensuremath{{{_SYMBOLS[c]}}}"
    parts = unicodedata.normalize("NFD", c)
    accented = len(parts) == 2 and parts[0].isascii() and parts[1] in _ACCENTS and ord(c) < 0x180
    if accented or c in _WHOLE:
        return rf"\text{{{c}}}"
    return f"(U+{ord(c):04X})"
