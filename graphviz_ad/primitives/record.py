"""The record that defines one elementwise operation, in one place."""

from __future__ import annotations

from typing import NamedTuple

#: The rule of an operand whose derivative exists and has no formula in the vocabulary (the order of a Bessel function):
#: NaN, so that nobody takes it for 0.
UNKNOWN = "inf - inf"


class Kink(NamedTuple):
    """A place where the operation is not smooth.

    ``cut``: a formula whose sign (negative, zero, positive) decides the branch; zero is the kink. ``at``: the place in
    words of the field ("x = 0"). ``chosen``: the value of the derivative used there. ``others``: what other frameworks
    and the lecture use. ``jump``: True where the value itself jumps. ``order``: the lowest derivative that jumps there:
    0 for the value, 1 for the slope, 2 where only the curvature does (both sides agree on the slope).
    """

    cut: str
    at: str
    chosen: str
    others: str = ""
    jump: bool = False
    order: int = 1


class Elementwise(NamedTuple):
    """One elementwise operation.

    operands
        Names of the operands; ``"alpha=0.01"`` gives a default (a literal).
    definition
        The formula, in the language itself, over operations that SymPy knows. Empty for those: then ``sympy`` names
        SymPy's own function. This is the specification that kernels and rules are tested against. Both are empty
        for the rare function that SymPy lacks.
    partials
        One local derivative per operand, in the language, over the operand names and ``out`` (the operation's value).
        None: the operand has no derivative (a condition). UNKNOWN: it has one,
        and no rule is known. These rules are what is computed, so they must be stable
        in float64 over the whole domain.
    shown
        The classroom's form of the partials where it reads better than the stable one; "" for "the same".
    symbol, latex
        What the gate shows, and how the operation is typeset: ``#x`` stands for an operand, ``(#x)`` for an operand in
        parentheses as needed. Empty latex: an upright function name.
    domain
        A condition in the language; outside of it the value is NaN (or infinite at its edge). "" for everywhere.
    boolean
        The result is a truth value: no derivative flows through it.
    """

    name: str
    operands: tuple[str, ...]
    partials: tuple[str | None, ...]
    summary: str
    definition: str = ""
    sympy: str = ""
    shown: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    symbol: str = ""
    latex: str = ""
    domain: str = ""
    kinks: tuple[Kink, ...] = ()
    category: str = ""
    boolean: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The operands' names without their defaults."""
        return tuple(o.partition("=")[0] for o in self.operands)
