"""Running postfix code over any kind of value: written pieces, SymPy expressions, numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import TypeVar

from .parser import parse_expression
from .program import APPLY, CALL, COMPARE, NAME, NUMBER, Instruction

T = TypeVar("T")


@cache
def compiled(text: str) -> tuple[Instruction, ...]:
    """The postfix code of a rule or definition of our own, parsed once."""
    return tuple(parse_expression(text, "rule"))


def run(
    code: Sequence[Instruction],
    names: Mapping[str, T],
    name: Callable[[str], T],
    number: Callable[[str], T],
    apply: Callable[[str, list[T]], T],
) -> T:
    """The value of postfix code.

    ``names`` gives known names, ``name`` makes a value of an unknown one, ``number`` of a literal, and ``apply`` of an
    operation (or function, as written) and its operands. Chained comparisons are joined by ``logical_and``.
    """
    stack: list[T] = []
    for step in code:
        kind, payload, arity = step.code, step.payload, step.arity
        if kind == NAME:
            word = str(payload)
            stack.append(names[word] if word in names else name(word))
        elif kind == NUMBER:
            stack.append(number(str(payload)))
        else:
            operands = stack[-arity:]
            del stack[-arity:]
            if kind == APPLY:
                stack.append(apply(str(payload), operands))
            elif kind == CALL:
                stack.append(apply(payload[0], operands))  # type: ignore[index]
            elif kind == COMPARE:
                operations: tuple[str, ...] = payload  # type: ignore[assignment]
                result = apply(operations[0], operands[:2])
                for position in range(1, len(operations)):
                    result = apply("logical_and", [result, apply(operations[position], operands[position : position + 2])])
                stack.append(result)
            else:
                raise ValueError(f"{kind} has no place in a rule")
    return stack.pop()
