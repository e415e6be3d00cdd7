"""Formulas in Unicode, as a person writes them in plain text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..syntax.grammar import POWER, PRODUCT, SUM
from .notation import ENTRYWISE, Notation, Piece

SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
GREEK = dict(
    pair.split(":")
    for pair in (
        "alpha:α beta:β gamma:γ delta:δ epsilon:ε zeta:ζ eta:η theta:θ iota:ι kappa:κ lambda:λ mu:μ nu:ν xi:ξ pi:π rho:ρ sigma:σ tau:τ "
        "upsilon:υ phi:φ chi:χ psi:ψ omega:ω Gamma:Γ Delta:Δ Theta:Θ Lambda:Λ Xi:Ξ Pi:Π Sigma:Σ Upsilon:Υ Phi:Φ Psi:Ψ Omega:Ω "
        "lambda_:λ inf:∞"
    ).split()
)


class Unicode(Notation):
    """Writes formulas as a person writes them in plain text: (x₁ + y)·z, σ(x), x²."""

    minus = "\N{MINUS SIGN}"
    transposed = "ᵀ"

    def name(self, word: str) -> Piece:
        return Piece(unicode_name(word))

    def number(self, text: str) -> Piece:
        piece = super().number(text)
        return piece._replace(text=text.replace("-", self.minus))

    def infix(self, op: str, left: Piece, right: Piece) -> Piece:
        if op == ENTRYWISE:
            return Piece(f"{self.wrap(left, PRODUCT)} ⊙ {self.wrap(right, PRODUCT + 1)}", PRODUCT)
        if op == "mul":
            return Piece(f"{self.wrap(left, PRODUCT)}·{self.wrap(right, PRODUCT + 1)}", PRODUCT)
        if op == "power" and right.number is not None and right.number.denominator == 1:
            return Piece(self.wrap(left, POWER + 1) + str(right.number).translate(SUPERSCRIPTS), POWER)
        if op == "sub":
            return Piece(f"{self.wrap(left, SUM)} {self.minus} {self.wrap(right, SUM + 1)}", SUM)
        return super().infix(op, left, right)

    def relation(self, op: str) -> str:
        return {"less_equal": "≤", "greater_equal": "≥", "equal": "=", "not_equal": "≠"}.get(op) or super().relation(op)

    def function(self, op: str, operands: Sequence[Piece]) -> Piece:
        word = {"sigmoid": "σ", "sqrt": "√", "maximum": "max", "minimum": "min"}.get(op, op)
        if op == "square":
            return Piece(self.wrap(operands[0], POWER + 1) + "²", POWER)
        if op == "reciprocal":
            return Piece(f"1/{self.wrap(operands[0], PRODUCT + 1)}", PRODUCT)
        return Piece(f"{word}({', '.join(piece.text for piece in operands)})")


def unicode_name(word: str) -> str:
    """A name in plain text: Greek where it is spelled out, digits at its end as an index.

    >>> unicode_name("w0"), unicode_name("theta_1"), unicode_name("rate")
    ('w₀', 'θ₁', 'rate')
    """
    found = re.fullmatch(r"(.*?)_?(\d*)", word)
    assert found is not None
    stem, index = found.groups()
    if not stem or stem.endswith("_"):
        return GREEK.get(word, word)
    return GREEK.get(stem, stem) + index.translate(SUBSCRIPTS) if index else GREEK.get(word, word)
