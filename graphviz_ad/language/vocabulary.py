"""The functions of the language: which operation a call stands for, its arguments put in their places."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ..errors import NamingError
from ..graph.builder import Literal, Span
from ..primitives.registry import OPERATIONS, names, resolve

if TYPE_CHECKING:
    from .elaboration import _Elaborator, _Frame

CONSTANT_VALUES = {"pi": math.pi, "e": math.e, "inf": math.inf}

#: functions of two or more positional arguments that fold a binary operation from the left
FOLDED = {"max": "maximum", "min": "minimum", "maximum": "maximum", "minimum": "minimum", "maxout": "maximum"}


def call(machine: _Elaborator, name: str, arguments: list[object], keywords: tuple[str, ...], span: Span, frame: _Frame) -> int:
    """The node of ``name(arguments)``; the last ``len(keywords)`` arguments are named."""
    if name in FOLDED and not keywords and len(arguments) >= 2:
        handles = [machine.handle(value, span, frame) for value in arguments]
        result = handles[0]
        for other in handles[1:]:
            result = machine.builder.apply(FOLDED[name], (result, other), (), None, span, frame.group)
        return result
    canonical = resolve(name)
    if canonical is None:
        raise _unknown(machine, name, span)
    record = OPERATIONS[canonical]
    placed = _place(machine, name, record.operands, arguments, keywords, span, frame)
    return machine.builder.apply(canonical, placed, (), None, span, frame.group)


def index(machine: _Elaborator, parts: list[object], pattern: tuple[str, ...], span: Span, frame: _Frame) -> int:
    """The node of ``x[…]``."""
    raise machine.shape_error(span, "a scalar cannot be indexed", "only arrays have entries")


def _place(
    machine: _Elaborator,
    name: str,
    operands: tuple[str, ...],
    arguments: list[object],
    keywords: tuple[str, ...],
    span: Span,
    frame: _Frame,
) -> tuple[int, ...]:
    """Positional, named and default arguments in the order of the operation's operands."""
    signature = f"{name}({', '.join(operands)})"
    if len(arguments) > len(operands):
        most = len(operands)
        raise machine.at(span, f"{name} takes {most} argument{'s' * (most != 1)}, {len(arguments)} are given", f"write {signature}")
    given: dict[str, object] = {}
    known = [operand.partition("=")[0] for operand in operands]
    positional = len(arguments) - len(keywords)
    for position, value in enumerate(arguments):
        key = known[position] if position < positional else keywords[position - positional]
        if key not in known:
            raise machine.at(span, f"{name} has no argument named {key}", f"write {signature}")
        if key in given:
            raise machine.at(span, f"{name} is given {key} twice", f"write {signature}")
        given[key] = value
    placed = []
    for operand in operands:
        key, _, default = operand.partition("=")
        if key in given:
            placed.append(machine.handle(given[key], span, frame))
        elif default:
            placed.append(machine.builder.constant(_default(default), None, frame.group))
        else:
            raise machine.at(span, f"{name} needs an argument {key}", f"write {signature}")
    return tuple(placed)


def _default(text: str) -> Literal:
    """A default argument; written as a decimal or a simple quotient."""
    numerator, _, denominator = text.partition("/")
    value = float(numerator) / float(denominator or 1)
    return Literal(repr(value) if denominator else text, value, implied=True)


def _unknown(machine: _Elaborator, name: str, span: Span) -> NamingError:
    """The error for a function that does not exist, with the nearest names that do."""
    import difflib

    known = sorted({*names(), *FOLDED, *machine.functions})
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.6)
    hint = f"did you mean {' or '.join(near)}?" if near else "`gradviz ops` lists every function; s(t) = … defines one"
    text = machine.program.text
    return NamingError(f"there is no function {name[:60]}", text, span.start, span.start + len(name), hint, machine.program.source)
