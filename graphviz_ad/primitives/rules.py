"""Rules of the table as fast functions: a text in the language becomes Python source, compiled once when first asked for.

Two forms of every rule:

* generic, ``rule(k, *operands, out)``: over any arithmetic. ``k`` has one function per operation and the constants ``pi``,
  ``e`` and ``inf``; its values support ``+ - *`` and unary minus. NumPy arrays, high precision, SymPy and the building
  of a gradient as a graph all use this form. Integer literals stay Python integers, decimal ones are floats, and a
  subexpression of literals alone goes through ``k``, so that nothing is rounded that ``k`` could hold exactly. The result
  may be a plain number ("1").
* ``float_…``: ``rule(*operands, out)`` on Python floats, with constants folded and conditions evaluated lazily: the
  start-up path.

Only the package's own table is compiled, never text of a user.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from ..syntax.grammar import CONSTANTS
from ..syntax.parser import parse_expression
from ..syntax.program import APPLY, CALL, COMPARE, NAME, NUMBER
from .kernels import python as floats
from .record import Elementwise
from .registry import operation, resolve

Rule = Callable[..., Any]

_INFIX = {"add": "+", "sub": "-", "mul": "*"}
_COMPARED = {"less": "<", "less_equal": "<=", "greater": ">", "greater_equal": ">=", "equal": "==", "not_equal": "!="}

#: a node of a rule: ("number", text), ("name", name), ("constant", name) or (operation, index, index, …)
_Node = tuple[Any, ...]


@cache
def partial_rule(name: str, position: int) -> Rule | None:
    """The local derivative by one operand as ``rule(k, *operands, out)``; None for a condition or an order.

    >>> partial_rule("exp", 0)(floats, 0.0, 1.0)
    1.0
    """
    record = operation(name)
    text = record.partials[position]
    return None if text is None else _compile(text, (*record.names, "out"), f"partial {position} of {record.name}")


@cache
def definition_rule(name: str) -> Rule | None:
    """The definition as ``rule(k, *operands)``; None where SymPy's own function defines the operation.

    >>> definition_rule("sigmoid")(floats, 0.0)
    0.5
    """
    record = operation(name)
    return _compile(record.definition, record.names, f"definition of {record.name}") if record.definition else None


@cache
def domain_rule(name: str) -> Rule | None:
    """The domain's condition as ``rule(k, *operands)``; None where every number is inside.

    >>> domain_rule("log")(floats, -1.0)
    False
    """
    record = operation(name)
    return _compile(record.domain, record.names, f"domain of {record.name}") if record.domain else None


@cache
def cut_rules(name: str) -> tuple[Rule, ...]:
    """One ``rule(k, *operands, out)`` per kink, zero at the kink."""
    record = operation(name)
    return tuple(_compile(kink.cut, (*record.names, "out"), f"cut of {record.name}") for kink in record.kinks)


@cache
def float_partials(name: str) -> tuple[Rule | None, ...]:
    """One ``rule(*operands, out)`` on Python floats per operand; None for a condition or an order.

    >>> by_base, by_exponent = float_partials("power")
    >>> by_base(0.0, 2.0, 0.0), by_base(0.0, 1.0, 0.0), by_exponent(0.0, 2.0, 0.0)
    (0.0, 1.0, 0.0)
    """
    record = operation(name)
    return tuple(
        None if text is None else _compile_for_floats(text, (*record.names, "out"), f"partial {position} of {record.name}")
        for position, text in enumerate(record.partials)
    )


@cache
def float_linearization(name: str, active: tuple[bool, ...]) -> Rule:
    """All local derivatives at once: ``rule(*operands, out)`` gives a tuple, with None where not ``active`` or a condition.

    Rules of operands that are not active are not run: the slope of ``x**2`` by its exponent must not matter.

    >>> float_linearization("power", (True, False))(3.0, 2.0, 9.0)
    (6.0, None)
    """
    record = operation(name)
    what = f"partials of {record.name}"
    lines: list[str] = []
    words: list[str] = []
    for position, (text, wanted) in enumerate(zip(record.partials, active, strict=True)):
        if text is None or not wanted:
            words.append("None")
            continue
        word, constant = _float_source(text, (*record.names, "out"), what, f"p{position}t", lines)
        words.append(word if constant else f"float({word})")
    return _function((*record.names, "out"), lines, f"({', '.join(words)},)", what, floats.__dict__)


@cache
def float_cuts(name: str) -> tuple[Rule, ...]:
    """One ``rule(*operands, out)`` on Python floats per kink, zero at the kink.

    >>> [cut(3.0, 3.0) for cut in float_cuts("hardswish")]
    [6.0, 0.0]
    """
    record = operation(name)
    return tuple(_compile_for_floats(kink.cut, (*record.names, "out"), f"cut of {record.name}") for kink in record.kinks)


# ------------------------------------------------------------------------------------------------- from text to a graph


def _nodes(text: str, operands: tuple[str, ...], what: str) -> tuple[list[_Node], list[int]]:
    """The text as operations in order, equal ones once, and how often each is used; the last one is the result."""
    nodes: list[_Node] = []
    known: dict[_Node, int] = {}
    stack: list[int] = []

    def put(node: _Node) -> int:
        index = known.get(node)
        if index is None:
            index = known[node] = len(nodes)
            nodes.append(node)
        return index

    def apply(function: str, arguments: list[int]) -> int:
        if function == "if_else":
            then, condition, other = arguments
            return put(("where", condition, then, other))
        if function == "neg" and nodes[arguments[0]][0] == "number":
            return put(("number", "-" + nodes[arguments[0]][1]))
        if function == "pos":
            return arguments[0]
        return put((function, *arguments))

    for step in parse_expression(text, what):
        arguments = stack[len(stack) - step.arity :] if step.arity else []
        del stack[len(stack) - step.arity :]
        if step.code == NUMBER:
            stack.append(put(("number", str(step.payload))))
        elif step.code == NAME:
            name = str(step.payload)
            if name not in operands and name not in CONSTANTS:
                raise ValueError(f"{what}: {name} is no operand")
            stack.append(put(("name" if name in operands else "constant", name)))
        elif step.code == APPLY:
            stack.append(apply(str(step.payload), arguments))
        elif step.code == COMPARE:
            chain = [put((str(one), arguments[i], arguments[i + 1])) for i, one in enumerate(step.payload)]  # type: ignore[arg-type, var-annotated]
            result = chain[0]
            for one in chain[1:]:
                result = put(("logical_and", result, one))
            stack.append(result)
        elif step.code == CALL:
            spelling = str(step.payload[0])  # type: ignore[index]
            stack.append(put((_canonical(spelling, what), *arguments, *_defaults(operation(spelling), len(arguments), put))))
        else:
            raise ValueError(f"{what}: a rule has no {step.code}")
    uses = [0] * len(nodes)
    for node in nodes:
        if node[0] not in ("number", "name", "constant"):
            for argument in node[1:]:
                uses[argument] += 1
    if len(stack) != 1 or stack[0] != len(nodes) - 1:
        # the result is an operand, or equal to an earlier part: nothing behind it is needed
        del nodes[stack[0] + 1 :]
    return nodes, uses


def _canonical(spelling: str, what: str) -> str:
    name = resolve(spelling)
    if name is None:
        raise ValueError(f"{what}: {spelling} is no operation")
    return name


def _defaults(record: Elementwise, given: int, put: Callable[[_Node], int]) -> list[int]:
    return [put(("number", operand.partition("=")[2])) for operand in record.operands[given:]]


# ------------------------------------------------------------------------------------------------ from a graph to source


def _compile(text: str, operands: tuple[str, ...], what: str) -> Rule:
    nodes, uses = _nodes(text, operands, what)
    literal = [False] * len(nodes)
    words: list[str] = []
    lines: list[str] = []
    for index, node in enumerate(nodes):
        kind = node[0]
        if kind == "number":
            literal[index] = True
            word = f"({node[1]})" if node[1].startswith("-") else node[1]
        elif kind == "name":
            word = node[1]
        elif kind == "constant":
            literal[index] = True
            word = f"k.{node[1]}"
        else:
            arguments = [words[i] for i in node[1:]]
            literal[index] = all(literal[i] for i in node[1:])
            if kind in _INFIX and not literal[index]:
                word = f"({arguments[0]} {_INFIX[kind]} {arguments[1]})"
            elif kind == "neg" and not literal[index]:
                word = f"(-{arguments[0]})"
            else:
                word = f"k.{kind}({', '.join(arguments)})"
            word = _share(word, f"t{index}", uses[index], lines)
        words.append(word)
    return _function(("k", *operands), lines, words[-1], what, {})


def _compile_for_floats(text: str, operands: tuple[str, ...], what: str) -> Rule:
    lines: list[str] = []
    word, _ = _float_source(text, operands, what, "t", lines)
    return _function(operands, lines, word, what, floats.__dict__)


def _float_source(text: str, operands: tuple[str, ...], what: str, prefix: str, lines: list[str]) -> tuple[str, bool]:
    """The result's word, shared parts going into ``lines`` under names with ``prefix``, and whether it is a number already."""
    nodes, uses = _nodes(text, operands, what)
    values: list[float | None] = []
    words: list[str] = []
    for index, node in enumerate(nodes):
        kind = node[0]
        value: float | None = None
        if kind == "number":
            value = float(node[1])
        elif kind == "constant":
            value = getattr(floats, node[1])
        elif kind != "name":
            known = [values[i] for i in node[1:]]
            if None not in known:
                value = getattr(floats, kind)(*known)
        values.append(value)
        if value is not None:
            words.append(_spell(value))
        elif kind == "name":
            words.append(node[1])
        else:
            word = _float_word(kind, [words[i] for i in node[1:]], [values[i] for i in node[1:]])
            words.append(_share(word, f"{prefix}{index}", uses[index], lines))
    return words[-1], values[-1].__class__ is float


def _float_word(kind: str, words: list[str], values: list[float | None]) -> str:
    if kind in _INFIX:
        return f"({words[0]} {_INFIX[kind]} {words[1]})"
    if kind == "neg":
        return f"(-{words[0]})"
    if kind == "div" and values[1]:
        return f"({words[0]} / {words[1]})"  # cannot divide by zero
    if kind == "power" and values[1] == 2:
        return f"square({words[0]})"
    if kind in _COMPARED:
        return f"({words[0]} {_COMPARED[kind]} {words[1]})"
    if kind == "where":
        return f"({words[1]} if {words[0]} else {words[2]})"
    return f"{kind}({', '.join(words)})"


def _spell(value: float) -> str:
    if value - value != 0:
        return "nan" if value != value else ("inf" if value > 0 else "(-inf)")
    return repr(value) if value > 0 or repr(value) in ("0.0", "True", "False") else f"({value!r})"


def _share(word: str, name: str, uses: int, lines: list[str]) -> str:
    """Compute what is used several times once."""
    if uses < 2:
        return word
    lines.append(f"    {name} = {word}\n")
    return name


def _function(parameters: tuple[str, ...], lines: list[str], result: str, what: str, names: dict[str, Any]) -> Rule:
    source = f"def rule({', '.join(parameters)}):\n{''.join(lines)}    return {result}\n"
    scope: dict[str, Any] = {}
    exec(compile(source, f"<{what}>", "exec"), names, scope)  # noqa: S102  the source is made above from the package's table
    rule: Rule = scope["rule"]
    rule.__name__ = rule.__qualname__ = what.replace(" ", "_")
    return rule
