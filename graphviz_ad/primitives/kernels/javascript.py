"""Operations and their slopes as JavaScript: kernels from data/kernels.js, slopes from the very rules that Python runs.

A rule of the table is run once over words instead of numbers (:class:`Words`), and what it builds is its JavaScript: there
is no second copy of the mathematics. Subexpressions of literals alone are computed here, as the float rules do it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any

from ..registry import OPERATIONS
from ..rules import partial_rule
from . import python as floats

#: in the file for the sake of other rules, for some orders only: not to be used as operations of a graph
_PARTIAL = frozenset({"spherical_jn", "lowergamma"})

_INFIX = {
    "add": "+", "sub": "-", "mul": "*", "div": "/", "less": "<", "less_equal": "<=", "greater": ">", "greater_equal": ">=", "equal": "==",
    "not_equal": "!=", "logical_and": "&&", "logical_or": "||",
}  # fmt: skip
_CONDITIONS = frozenset(
    {"less", "less_equal", "greater", "greater_equal", "equal", "not_equal", "logical_and", "logical_or", "logical_not"}
)


class Word:
    """A piece of JavaScript under construction; arithmetic on it makes longer ones."""

    __slots__ = ("arguments", "op")

    def __init__(self, op: str, *arguments: Word | float) -> None:
        self.op, self.arguments = op, arguments

    def __add__(self, other: Word | float) -> Word:
        return Word("add", self, other)

    def __radd__(self, other: Word | float) -> Word:
        return Word("add", other, self)

    def __sub__(self, other: Word | float) -> Word:
        return Word("sub", self, other)

    def __rsub__(self, other: Word | float) -> Word:
        return Word("sub", other, self)

    def __mul__(self, other: Word | float) -> Word:
        return Word("mul", self, other)

    def __rmul__(self, other: Word | float) -> Word:
        return Word("mul", other, self)

    def __neg__(self) -> Word:
        return Word("neg", self)


class Words:
    """The arithmetic of rules on words: numbers alone are computed, everything else is written."""

    pi, e, inf = floats.pi, floats.e, floats.inf

    def __getattr__(self, op: str) -> Callable[..., Word | float]:
        if op not in OPERATIONS:
            raise AttributeError(op)

        def apply(*operands: Any) -> Word | float:
            if any(isinstance(operand, Word) for operand in operands):
                return Word(op, *operands)
            return getattr(floats, op)(*[float(operand) for operand in operands])

        return apply


@cache
def declarations() -> dict[str, str]:
    """Every top-level declaration of data/kernels.js by name, without comments.

    >>> declarations()["add"]
    'function add(x, y) { return x + y; }'
    """
    text = (files(__package__) / "data" / "kernels.js").read_text("utf-8")
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("//")]
    found: dict[str, str] = {}
    name = ""
    for line in lines:
        opening = re.match(r"(?:function|const) (\w+)", line)
        if opening is not None:
            name = opening[1]
            found[name] = line
        else:
            found[name] += "\n" + line.strip()
    return found


def has_kernel(op: str) -> bool:
    """Whether a graph with this operation can be computed in a page.

    >>> has_kernel("sigmoid"), has_kernel("besselj")
    (True, False)
    """
    return (
        op in OPERATIONS
        and op in declarations()
        and op not in _PARTIAL
        and all(slope(op, k) != "" for k in range(len(OPERATIONS[op].names)))
    )


@cache
def slope(op: str, position: int) -> str | None:
    """The local derivative by one operand as a JavaScript function of the operands and the value.

    None: the operand has no derivative. "": the rule asks for an operation without a kernel.

    >>> slope("mul", 0), slope("exp", 0), slope("where", 0)
    ('(x,y,out)=>y', '(x,out)=>out', None)
    """
    rule = partial_rule(op, position)
    if rule is None:
        return None
    names = (*OPERATIONS[op].names, "out")
    result = rule(Words(), *[Word(name) for name in names])
    order = _in_order(result)
    if any(word.arguments and word.op not in declarations() for word in order):
        return ""
    uses: dict[int, int] = {}
    for word in order:
        for argument in word.arguments:
            uses[id(argument)] = uses.get(id(argument), 0) + 1
    lines: list[str] = []
    written: dict[int, str] = {}
    for word in order:
        text = _write(word, [written[id(a)] if isinstance(a, Word) else _number(a) for a in word.arguments])
        if word.arguments and uses.get(id(word), 0) > 1:
            lines.append(f"const t{len(lines)}={text};")
            text = f"t{len(lines) - 1}"
        written[id(word)] = text
    body = written[id(result)] if isinstance(result, Word) else _number(result)
    return f"({','.join(names)})=>" + (f"{{{''.join(lines)}return {body}}}" if lines else body)


def program(ops: tuple[str, ...]) -> str:
    """JavaScript that evaluates to ``{name: [kernel, [slope, …]]}`` for these operations, with all it needs and no more.

    Raises
    ------
    KeyError
        An operation has no kernel; ask :func:`has_kernel` first.
    """
    entries = []
    for op in ops:
        slopes = [slope(op, k) for k in range(len(OPERATIONS[op].names))]
        entries.append(f"{op}:[{op},[{','.join('null' if one is None else one for one in slopes)}]]")
    table = f"return {{{','.join(entries)}}};"
    known = declarations()
    needed: dict[str, None] = {}
    waiting = list(ops) + _called(table)
    while waiting:
        name = waiting.pop()
        if name in known and name not in needed:
            needed[name] = None
            waiting += _called(known[name])
        elif name in ops and name not in known:
            raise KeyError(name)
    kept = [text for name, text in known.items() if name in needed]
    return "(() => {\n" + "\n".join(kept) + f"\n{table}\n}})()"


def _called(text: str) -> list[str]:
    """The names that a piece of JavaScript mentions, those of Math's own functions left out."""
    return re.findall(r"(?<![\w.])[A-Za-z]\w*", text)


def _in_order(result: Word | float) -> list[Word]:
    """The words of an expression, operands first, each once."""
    order: list[Word] = []
    seen: set[int] = set()
    stack: list[tuple[Word | float, bool]] = [(result, False)]
    while stack:
        word, ready = stack.pop()
        if not isinstance(word, Word) or (id(word) in seen and not ready):
            continue
        if ready:
            order.append(word)
            continue
        seen.add(id(word))
        stack.append((word, True))
        stack.extend((argument, False) for argument in reversed(word.arguments))
    return order


def _write(word: Word, operands: list[str]) -> str:
    op = word.op
    if not word.arguments:
        return op
    if op == "neg":
        return f"(-{operands[0]})"
    if op == "power" and word.arguments[1] == 2:
        op, operands = "square", operands[:1]
    if op in ("where", "logical_and", "logical_or", "logical_not"):
        operands = [
            text if (isinstance(a, Word) and a.op in _CONDITIONS) or (op == "where" and k) else f"truth({text})"
            for k, (a, text) in enumerate(zip(word.arguments, operands, strict=True))
        ]
    if op == "where":
        return f"({operands[0]}?{operands[1]}:{operands[2]})"
    if op == "logical_not":
        return f"(!{operands[0]})"
    if op in _INFIX:
        return f"({operands[0]}{_INFIX[op]}{operands[1]})"
    return f"{op}({','.join(operands)})"


def _number(value: float) -> str:
    """A literal of JavaScript."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value != value:
        return "NaN"
    if value in (floats.inf, -floats.inf):
        return "Infinity" if value > 0 else "(-Infinity)"
    text = repr(int(value)) if value == int(value) and abs(value) < 2**53 and repr(float(value)) != "-0.0" else repr(float(value))
    return f"({text})" if text.startswith("-") else text
