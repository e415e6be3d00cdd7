"""Text for terminals: columns that it takes, cutting it to fit, and plain letters where a terminal has no others."""

from __future__ import annotations

import unicodedata

_ASCII = {
    "−": "-", "–": "-", "—": "-", "·": "*", "×": "*", "÷": "/", "∂": "d", "√": "sqrt", "∛": "cbrt", "∞": "inf", "…": "~",
    "≤": "<=", "≥": ">=", "≠": "!=", "′": "'", "↑": "^", "←": "<-", "→": "->", "⊙": "*", "Σ": "sum", "∑": "sum", "Π": "prod", "ᵀ": "T",
    "⁻": "-", "ˣ": "x", "ʸ": "y", "½": "1/2", "│": "|", "─": "-", "├": "|", "┤": "|", "╭": ".", "╮": ".", "╰": "'", "╯": "'", "┼": "+",
    "┬": ".", "┴": "'", "└": "`", "‹": "<", "›": ">", "∇": "grad", "⋅": "*", "ℎ": "h",
}  # fmt: skip


def columns(text: str) -> int:
    """How many columns a text takes in a terminal: wide letters two, combining ones none.

    >>> columns("ab"), columns("変"), columns("e\\u0301")
    (2, 2, 1)
    """
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def cut(text: str, most: int) -> str:
    """The text on at most so many columns.

    >>> cut("x + y + z", 6)
    'x + y…'
    """
    if columns(text) <= most:
        return text
    kept, used = [], 1
    for c in text:
        used += columns(c)
        if used > most:
            break
        kept.append(c)
    return "".join(kept) + "…"


def to_ascii(text: str) -> str:
    """The text in plain letters: mathematics by its usual spelling, Greek by name, what has none as a question mark.

    >>> to_ascii("∂f/∂v₁ = −4·x²"), to_ascii("σ(θ)"), to_ascii("é変")
    ('df/dv1 = -4*x^2', 'sigma(theta)', 'e?')
    """
    if text.isascii():
        return text
    return "".join(c if c.isascii() else _spelled(c) for c in text)


def _spelled(c: str) -> str:
    if c in _ASCII:
        return _ASCII[c]
    name = unicodedata.name(c, "")
    if name.startswith("SUPERSCRIPT") and unicodedata.digit(c, None) is not None:
        return f"^{unicodedata.digit(c)}"
    if name.startswith("GREEK SMALL LETTER ") and " WITH " not in name:
        return name.rpartition(" ")[2].lower()
    if name.startswith("GREEK CAPITAL LETTER ") and " WITH " not in name:
        return name.rpartition(" ")[2].capitalize()
    if unicodedata.combining(c):
        return ""
    plain = "".join(one for one in unicodedata.normalize("NFKD", c) if one.isascii())
    return plain or "?"
