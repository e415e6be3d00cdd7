"""Formulas as SymPy expressions: a node in the inputs, a local derivative in the operands, a derivative in closed form.

SymPy is the book of formulas here, never the graph: it is asked for the expression of one node, built from ours
without its parser, and it evaluates no text.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from fractions import Fraction
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from ..errors import DerivativeError, LimitError
from ..limits import limit, require
from ..primitives.registry import OPERATIONS, resolve
from ..syntax.machine import compiled, run

if TYPE_CHECKING:
    from sympy import Basic, Expr, Symbol
    from sympy.logic.boolalg import Boolean

    from ..graph.structure import Graph

#: SymPy writes powers and factorials of integers out digit by digit: beyond these nobody wants to see them
_LARGEST_EXPONENT, _LARGEST_ARGUMENT = 10_000, 1_000


def expression(graph: Graph, handle: int) -> Expr:
    """A node as a SymPy expression in real symbols named as the inputs; shared nodes are built once.

    Raises
    ------
    DerivativeError
        An operation without a SymPy form stands on the way.
    LimitError
        Written out without sharing the formula is larger than ``GRADVIZ_CLOSED_FORM_OPERATIONS`` allows.
    """
    needed = graph.of_handle(handle).needed
    _require_readable(graph, handle, needed)
    built: list[Expr | None] = [None] * (handle + 1)
    for index in range(handle + 1):
        if not needed[index]:
            continue
        op = graph.ops[index]
        if op == "input":
            spec = graph.input_spec(index)
            name = graph.labels[index]
            built[index] = constant(name) if spec.constant else symbol(name)
        elif op == "constant":
            built[index] = literal(graph.params[index].text)  # type: ignore[attr-defined]
        else:
            built[index] = apply(op, [built[k] for k in graph.operands[index]])
    return built[handle]


@cache
def symbol(name: str) -> Symbol:
    """The real symbol of an input."""
    import sympy

    return sympy.Symbol(name, real=True)


def literal(text: str) -> Expr:
    """Integers stay exact, decimals are the double they stand for."""
    import sympy

    if text.lstrip("-").isdigit():
        return sympy.Integer(text)
    exact = Fraction(float(text))
    return sympy.Float(text) if exact.denominator > 2**20 or "e" in text.lower() else sympy.Rational(exact.numerator, exact.denominator)


def constant(name: str) -> Expr:
    import sympy

    return {"pi": sympy.pi, "e": sympy.E, "inf": sympy.oo}[name]


def apply_word(word: str, operands: list[Basic]) -> Basic:
    return apply(resolve(word) or word, operands)


def apply(op: str, operands: list[Basic]) -> Basic:
    """One operation on SymPy expressions."""
    import sympy

    _refuse_monsters(op, operands)
    direct = _direct().get(op)
    if direct is not None:
        return direct(*operands)
    record = OPERATIONS.get(op)
    if record is None:
        raise DerivativeError(f"{op} has no closed form")
    if record.sympy:
        return getattr(sympy, record.sympy)(*operands)
    if record.definition:
        return run(compiled(record.definition), dict(zip(record.names, operands, strict=True)), constant, literal, apply_word)
    raise DerivativeError(f"{op} has no closed form")


def _refuse_monsters(op: str, operands: list[Basic]) -> None:
    """Refuse constants that SymPy would write out in millions of digits."""
    if op == "power" and operands[0].is_number:
        monster = operands[1].is_Integer and abs(int(operands[1])) > _LARGEST_EXPONENT
    else:
        monster = any(o.is_Integer and abs(int(o)) > _LARGEST_ARGUMENT for o in operands) and op not in _direct()
    if monster:
        raise DerivativeError(f"{op} of a constant this large has no closed form that could be written out")


@lru_cache(maxsize=1)
def _direct() -> dict[str, Callable[..., Basic]]:
    """The operations that are SymPy's own arithmetic."""
    import sympy

    return {
        "add": operator.add,
        "sub": operator.sub,
        "mul": operator.mul,
        "div": operator.truediv,
        "power": operator.pow,
        "neg": operator.neg,
        "copy": lambda x: x,
        "where": lambda c, x, y: sympy.Piecewise((x, _condition(c)), (y, True)),
        "less": sympy.Lt,
        "less_equal": sympy.Le,
        "greater": sympy.Gt,
        "greater_equal": sympy.Ge,
        "equal": sympy.Eq,
        "not_equal": sympy.Ne,
        "logical_and": lambda x, y: sympy.And(_condition(x), _condition(y)),
        "logical_or": lambda x, y: sympy.Or(_condition(x), _condition(y)),
        "logical_not": lambda x: sympy.Not(_condition(x)),
    }


def _condition(value: Basic | bool) -> Boolean | bool:
    import sympy

    return value if isinstance(value, (sympy.logic.boolalg.Boolean, bool)) else sympy.Ne(value, 0)


def _require_readable(graph: Graph, handle: int, needed: tuple[bool, ...]) -> None:
    """SymPy differentiates trees: refuse a graph whose tree, without sharing, is out of all proportion."""
    operations = sum(1 for index in range(handle + 1) if needed[index] and graph.operands[index])
    require("GRADVIZ_CLOSED_FORM_OPERATIONS", operations, "operations in a closed form")
    most = limit("GRADVIZ_CLOSED_FORM_OPERATIONS") * 20
    sizes = [0] * (handle + 1)
    for index in range(handle + 1):
        if needed[index]:
            sizes[index] = min(1 + sum(sizes[k] for k in graph.operands[index]), most + 1)
    if sizes[handle] > most:
        raise LimitError(f"without sharing the formula has more than {most:,} operations; GRADVIZ_CLOSED_FORM_OPERATIONS raises the limit")
