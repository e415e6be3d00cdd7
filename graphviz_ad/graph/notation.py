"""How formulas are written: one walk, two notations (the language itself, and LaTeX).

A :class:`Piece` is a written operand with its binding strength, so that parentheses appear where they are needed and
only there. With ``fold`` set, exact integers are computed and ``1*x``, ``x**1``, ``x + 0`` are shortened: this is how a
partial ``y*x**(y - 1)`` reads ``2*x`` when y is the literal 2.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from ..primitives.registry import OPERATIONS, resolve
from ..syntax.grammar import AND, BINARY, COMPARISON, COMPARISONS, CONDITIONAL, NOT, OR, POWER, PRODUCT, SIGN, SUM
from ..syntax.machine import run
from ..syntax.program import Instruction

ATOM = POWER + 1


class Piece(NamedTuple):
    """Something written: its text, how strongly it binds, and its exact number where it is one."""

    text: str
    precedence: int = ATOM
    number: Fraction | None = None


_INFIX = {operation: (token, precedence) for token, (precedence, operation) in BINARY.items()}
#: the product of arrays entry by entry, which people write as another sign than that of numbers and of matrices
ENTRYWISE = "entrywise"
_INFIX[ENTRYWISE] = ("*", PRODUCT)
_COMPARE = {operation: token for token, operation in COMPARISONS.items()}


class Notation:
    """Writes formulas in the language itself; :class:`Latex` overrides what differs."""

    def __init__(self, fold: bool = False) -> None:
        self.fold = fold

    def name(self, word: str) -> Piece:
        """A name."""
        return Piece(word)

    def number(self, text: str) -> Piece:
        """A literal."""
        value = Fraction(text) if text.lstrip("-").isdigit() else None
        return Piece(text, SIGN if text.startswith("-") else ATOM, value)

    def apply(self, op: str, operands: Sequence[Piece]) -> Piece:
        """``op(operands)`` in this notation."""
        if self.fold:
            short = self._folded(op, operands)
            if short is not None:
                return short
        if op in ("copy", "pos"):
            return operands[0]
        if op in _INFIX and op not in ("logical_and", "logical_or"):
            return self.infix(op, operands[0], operands[1])
        if op == "neg":
            return Piece(f"{self.minus}{self.wrap(operands[0], SIGN)}", SIGN)
        if op in ("where", "if_else"):
            condition, then, other = operands if op == "where" else (operands[1], operands[0], operands[2])
            return self.conditional(condition, then, other)
        if op in _COMPARE:
            return Piece(f"{self.wrap(operands[0], SUM)} {self.relation(op)} {self.wrap(operands[1], SUM)}", COMPARISON)
        if op in ("logical_and", "logical_or"):
            precedence = AND if op == "logical_and" else OR
            word = self.words["and" if op == "logical_and" else "or"]
            return Piece(f"{self.wrap(operands[0], precedence)} {word} {self.wrap(operands[1], precedence + 1)}", precedence)
        if op == "logical_not":
            return Piece(f"{self.words['not']} {self.wrap(operands[0], NOT)}", NOT)
        return self.function(op, operands)

    def run(self, code: Sequence[Instruction], names: Mapping[str, Piece]) -> Piece:
        """Write postfix code with ``names`` put in for its names."""
        return run(code, names, self.name, self.number, lambda word, operands: self.apply(resolve(word) or word, operands))

    # -- what a notation may override --------------------------------------------------------------------------------

    minus = "-"
    transposed = ".T"
    words: Mapping[str, str] = {"and": "and", "or": "or", "not": "not"}

    def wrap(self, piece: Piece, precedence: int) -> str:
        """The piece, in parentheses when it binds less than ``precedence``."""
        return piece.text if piece.precedence >= precedence else f"({piece.text})"

    def infix(self, op: str, left: Piece, right: Piece) -> Piece:
        token, precedence = _INFIX[op]
        if op == "power":
            return Piece(f"{self.wrap(left, POWER + 1)}**{self.wrap(right, SIGN)}", POWER)
        space = " " if precedence == SUM else ""
        return Piece(f"{self.wrap(left, precedence)}{space}{token}{space}{self.wrap(right, precedence + 1)}", precedence)

    def relation(self, op: str) -> str:
        return _COMPARE[op]

    def conditional(self, condition: Piece, then: Piece, other: Piece) -> Piece:
        text = f"{self.wrap(then, OR)} if {self.wrap(condition, OR)} else {self.wrap(other, CONDITIONAL)}"
        return Piece(text, CONDITIONAL)

    def function(self, op: str, operands: Sequence[Piece]) -> Piece:
        return Piece(f"{op}({', '.join(piece.text for piece in operands)})")

    # -- folding -----------------------------------------------------------------------------------------------------

    def exact(self, value: Fraction) -> Piece:
        """An exact number written in this notation."""
        if value.denominator == 1:
            return self.number(str(value.numerator))
        quotient = self.infix("div", self.number(str(abs(value.numerator))), self.number(str(value.denominator)))
        return (quotient if value > 0 else Piece(self.minus + quotient.text, SIGN))._replace(number=value)

    def _folded(self, op: str, operands: Sequence[Piece]) -> Piece | None:
        numbers = [piece.number for piece in operands]
        left = numbers[0]
        right = numbers[1] if len(numbers) > 1 else None
        if op == "neg" and left is not None:
            return self.exact(-left)
        if len(operands) != 2:
            return None
        if left is not None and right is not None:
            value = _computed(op, left, right)
            if value is not None:
                return self.exact(value)
        if op == "mul":
            if left == 0 or right == 0:
                return self.number("0")
            if left == 1:
                return operands[1]
            if right == 1:
                return operands[0]
            if left == -1:
                return self.apply("neg", operands[1:])
        elif op == "power" and right == 1:
            return operands[0]
        elif op == "power" and right == 0:
            return self.number("1")
        elif (op == "div" and right == 1) or (op in ("add", "sub") and right == 0):
            return operands[0]
        elif op == "add" and left == 0:
            return operands[1]
        return None


def _computed(op: str, left: Fraction, right: Fraction) -> Fraction | None:
    if op == "add":
        return left + right
    if op == "sub":
        return left - right
    if op == "mul":
        return left * right
    if op == "div" and right:
        return left / right
    if op == "power" and right.denominator == 1 and abs(right) <= 64 and abs(left.numerator) < 10**6 and (left or right >= 0):
        return Fraction(left) ** int(right)
    return None


_GREEK = frozenset(
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi omega"
    " Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega".split()
)
_SPECIAL = {"lambda_": r"\lambda", "inf": r"\infty"}


def latex_name(word: str) -> str:
    r"""A name typeset: w0 is w with an index, theta is Greek, longer words are upright.

    >>> latex_name("w0"), latex_name("x_1"), latex_name("theta"), latex_name("sigx"), latex_name("b_out")
    ('w_{0}', 'x_{1}', '\\theta', '\\mathrm{sigx}', 'b_{\\mathrm{out}}')
    """
    if word in _SPECIAL:
        return _SPECIAL[word]
    found = re.fullmatch(r"([^\W\d_]+)_?(\w*?)_*", word)
    if found is None:
        return r"\mathrm{" + _escape(word) + "}"
    stem, index = found.groups()
    if index and not word[len(stem)].isdigit() and word[len(stem)] != "_":
        stem, index = word, ""
    if stem in _GREEK:
        stem = "\\" + stem
    elif len(stem) > 1:
        stem = r"\mathrm{" + _escape(stem) + "}"
    if not index:
        return stem
    inner = (
        _escape(index) if index.isdigit() or len(index) == 1 else ("\\" + index if index in _GREEK else r"\mathrm{" + _escape(index) + "}")
    )
    return f"{stem}_{{{inner}}}"


def _escape(word: str) -> str:
    return word.replace("_", r"\_")


class Latex(Notation):
    """Writes formulas in LaTeX."""

    words: Mapping[str, str] = {"and": r"\land", "or": r"\lor", "not": r"\lnot"}

    def name(self, word: str) -> Piece:
        return Piece(latex_name(word))

    def number(self, text: str) -> Piece:
        piece = super().number(text)
        mantissa, _, exponent = text.lower().partition("e")
        if exponent:
            return Piece(rf"{mantissa} \cdot 10^{{{int(exponent)}}}", PRODUCT)
        return piece

    def wrap(self, piece: Piece, precedence: int) -> str:
        return piece.text if piece.precedence >= precedence else rf"\left({piece.text}\right)"

    def infix(self, op: str, left: Piece, right: Piece) -> Piece:
        if op == "div":
            return Piece(rf"\frac{{{left.text}}}{{{right.text}}}", PRODUCT + 1 if op == "frac" else PRODUCT)
        if op == "power":
            return Piece(rf"{{{self.wrap(left, POWER + 1)}}}^{{{right.text}}}", POWER)
        if op == "mul":
            one, two = self.wrap(left, PRODUCT), self.wrap(right, PRODUCT + 1)
            dot = two[:1].isdigit() or two[:1] == "-" or two.startswith(r"\frac") or (one[-1:].isdigit() and two[:1].isdigit())
            dot = dot or one == two  # x times x, not a name of two letters
            wordy = r"\mathrm" in one and r"\mathrm" in two
            return Piece(
                rf"{one} \cdot {two}" if dot or wordy else rf"{one}\,{two}" if not left.number else rf"{one}{_gap(two)}{two}", PRODUCT
            )
        if op == ENTRYWISE:
            return Piece(rf"{self.wrap(left, PRODUCT)} \odot {self.wrap(right, PRODUCT + 1)}", PRODUCT)
        if op == "mod":
            return Piece(rf"{self.wrap(left, PRODUCT)} \bmod {self.wrap(right, PRODUCT + 1)}", PRODUCT)
        if op == "matmul":
            return Piece(rf"{self.wrap(left, PRODUCT)}\,{self.wrap(right, PRODUCT + 1)}", PRODUCT)
        token, precedence = _INFIX[op]
        return Piece(f"{self.wrap(left, precedence)} {token} {self.wrap(right, precedence + 1)}", precedence)

    def relation(self, op: str) -> str:
        return {"less_equal": r"\leq", "greater_equal": r"\geq", "equal": "=", "not_equal": r"\neq"}.get(op, _COMPARE[op])

    def conditional(self, condition: Piece, then: Piece, other: Piece) -> Piece:
        text = rf"{self.wrap(then, OR)}\;\mathrm{{if}}\;{self.wrap(condition, OR)}\;\mathrm{{else}}\;{self.wrap(other, CONDITIONAL)}"
        return Piece(text, CONDITIONAL)

    def function(self, op: str, operands: Sequence[Piece]) -> Piece:
        record = OPERATIONS.get(op)
        template = record.latex if record is not None else ""
        if not template or record is None:
            return Piece(rf"\operatorname{{{_escape(op)}}}\left({', '.join(piece.text for piece in operands)}\right)")
        text = template
        for operand, piece in zip(record.names, operands, strict=True):
            text = text.replace(f"(#{operand})", self.wrap(piece, ATOM)).replace(f"#{operand}", piece.text)
        return Piece(text, POWER if "^" in template else ATOM)


def _gap(text: str) -> str:
    """After a number nothing stands before a letter or a parenthesis; LaTeX needs no space there."""
    return "" if text.startswith((r"\left", "{")) or not text[:1].isdigit() else r"\cdot "
