"""Formulas as MathML, which browsers typeset themselves, with slots that the page fills with names or numbers.

A slot ``{0}`` stands for the first operand, ``{o}`` for the operation's own value; ``{(0)}`` wants parentheses around a
negative number. So one text serves for the formula and for what it becomes with numbers put in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ..graph.formulas import node_formula
from ..graph.notation import ATOM, Notation, Piece
from ..graph.structure import Graph
from ..graph.unicode import GREEK
from ..primitives.registry import OPERATIONS
from ..syntax.grammar import AND, CONDITIONAL, OR, POWER, PRODUCT, SUM
from ..syntax.machine import compiled
from .embedding import xml

MOST_WRITTEN = 4  # formulas of a heading
MOST_ARGUMENTS = 6  # names in the parentheses of f(…)
MOST_PATTERNED = 2_000  # nodes of a graph whose constants stand in the patterns of its formulas
MOST_INLINED = 24  # operations of a heading; longer ones are told by name alone

_FENCES = {"abs": ("|", "|"), "floor": ("⌊", "⌋"), "ceil": ("⌈", "⌉")}
_WORDS = {"sigmoid": "σ", "maximum": "max", "minimum": "min", "log": "ln", "gamma": "Γ", "digamma": "ψ", "logical_not": "¬"}
_SIGNS = {"less": "&lt;", "less_equal": "≤", "greater": "&gt;", "greater_equal": "≥", "equal": "=", "not_equal": "≠"}


class MathML(Notation):
    """Writes formulas in MathML."""

    minus = "<mo>−</mo>"
    words: Mapping[str, str] = {"and": "<mo>∧</mo>", "or": "<mo>∨</mo>", "not": "<mo>¬</mo>"}

    def name(self, word: str) -> Piece:
        return Piece(name_markup(word))

    def number(self, text: str) -> Piece:
        piece = super().number(text)
        digits = text.removeprefix("-")
        return piece._replace(text=(self.minus if digits != text else "") + f"<mn>{xml(digits)}</mn>")

    def wrap(self, piece: Piece, precedence: int) -> str:
        if re.fullmatch(r"\{\w+\}", piece.text):
            return f"{{({piece.text[1:-1]})}}" if precedence > SUM else piece.text
        return piece.text if piece.precedence >= precedence else _fenced(piece.text)

    def infix(self, op: str, left: Piece, right: Piece) -> Piece:
        if op == "div":
            return Piece(f"<mfrac><mrow>{left.text}</mrow><mrow>{right.text}</mrow></mfrac>", PRODUCT)
        if op == "power":
            return Piece(f"<msup><mrow>{self.wrap(left, POWER + 1)}</mrow><mrow>{right.text}</mrow></msup>", POWER)
        precedence = SUM if op in ("add", "sub") else PRODUCT
        sign = {"add": "<mo>+</mo>", "sub": "<mo>−</mo>", "mul": "<mo>·</mo>", "mod": "<mo>mod</mo>"}.get(op, f"<mo>{xml(op)}</mo>")
        return Piece(f"{self.wrap(left, precedence)}{sign}{self.wrap(right, precedence + 1)}", precedence)

    def relation(self, op: str) -> str:
        return f"<mo>{_SIGNS[op]}</mo>"

    def conditional(self, condition: Piece, then: Piece, other: Piece) -> Piece:
        text = f"{self.wrap(then, OR)}<mtext> if </mtext>{self.wrap(condition, AND)}<mtext> else </mtext>{self.wrap(other, CONDITIONAL)}"
        return Piece(text, CONDITIONAL)

    def function(self, op: str, operands: Sequence[Piece]) -> Piece:
        first = operands[0]
        if op == "sqrt":
            return Piece(f"<msqrt>{first.text}</msqrt>")
        if op == "cbrt":
            return Piece(f"<mroot><mrow>{first.text}</mrow><mn>3</mn></mroot>")
        if op in ("exp", "exp2", "expm1"):
            base = "<mn>2</mn>" if op == "exp2" else "<mi>e</mi>"
            power = Piece(f"<msup>{base}<mrow>{first.text}</mrow></msup>", POWER)
            return self.infix("sub", power, self.number("1")) if op == "expm1" else power
        if op == "square":
            return Piece(f"<msup><mrow>{self.wrap(first, POWER + 1)}</mrow><mn>2</mn></msup>", POWER)
        if op == "reciprocal":
            return self.infix("div", self.number("1"), first)
        if op in _FENCES:
            left, right = _FENCES[op]
            return Piece(f"<mo>{left}</mo>{first.text}<mo>{right}</mo>")
        arguments = "<mo>,</mo>".join(piece.text for piece in operands)
        return Piece(f"<mi>{xml(_WORDS.get(op, op))}</mi><mo>&#x2061;</mo>{_fenced(arguments)}")


def name_markup(word: str) -> str:
    """A name: w0 is w with an index, theta is Greek.

    >>> name_markup("w0"), name_markup("theta")
    ('<msub><mi>w</mi><mn>0</mn></msub>', '<mi>θ</mi>')
    """
    if word in GREEK:
        return f"<mi>{GREEK[word]}</mi>"
    found = re.fullmatch(r"([^\W\d_]+)_?(\d+|(?<=_)\w+)", word)
    if found is None:
        return f"<mi>{xml(word)}</mi>"
    stem, index = found.groups()
    tag = "mn" if index.isdigit() else "mi"
    return f"<msub><mi>{xml(GREEK.get(stem, stem))}</mi><{tag}>{xml(GREEK.get(index, index))}</{tag}></msub>"


def heading(graph: Graph) -> str:
    """f(x, y, z) = (x + y) z, unnamed operations put in; the name alone where that is long."""
    bodies = _bodies(graph)
    written = [_definition(graph, output, bodies[output]) for output in graph.outputs]
    for handle in range(len(graph.ops) - 1, -1, -1):  # what the author named, nearest the output first
        body = bodies[handle]
        if graph.names[handle] is not None and graph.needed[handle] and handle not in graph.outputs and graph.operands[handle] and body:
            written.append(f"{name_markup(graph.labels[handle])}<mo>=</mo>{body.piece.text}")
    return '<mo separator="true">,</mo><mspace width="1em"/>'.join(written[:MOST_WRITTEN])


class _Body(NamedTuple):
    """A formula and the number of its operations."""

    piece: Piece
    size: int


def _bodies(graph: Graph) -> list[_Body | None]:
    """Per node its formula over what has a name; None where it is too long, or no formula of numbers."""
    write = MathML()
    bodies: list[_Body | None] = []
    for handle, op in enumerate(graph.ops):
        label = graph.labels[handle]
        if op == "input":
            bodies.append(_Body(write.name(label), 0))
        elif op == "constant":
            bodies.append(_Body(write.number(label), 0))
        else:
            operands = [
                _Body(write.name(graph.labels[k]), 0) if graph.names[k] is not None and graph.ops[k] != "constant" else bodies[k]
                for k in graph.operands[handle]
            ]
            known = [operand for operand in operands if operand is not None]
            size = 1 + sum(operand.size for operand in known)
            fits = op in OPERATIONS and len(known) == len(operands) and size <= MOST_INLINED
            bodies.append(_Body(write.apply(op, [operand.piece for operand in known]), size) if fits else None)
    return bodies


def _definition(graph: Graph, output: int, body: _Body | None) -> str:
    """f(x, y) = …; the arguments stand where the graph has one output and few inputs."""
    name = name_markup(graph.labels[output])
    used = [n for n in graph.inputs if graph.needed[graph.input_handles[n]]]
    computed = graph.ops[output] != "input"
    if len(graph.outputs) == 1 and 0 < len(used) <= MOST_ARGUMENTS and computed:
        name += "<mo>&#x2061;</mo>" + _fenced("<mo>,</mo>".join(name_markup(n) for n in used))
    return f"{name}<mo>=</mo>{body.piece.text}" if body is not None and computed else name


class Pattern:
    """How one kind of operation is written: its formula and the slope by each operand, with slots; None where there is no slope."""

    __slots__ = ("formula", "slopes")

    def __init__(self, formula: str, slopes: tuple[str | None, ...]) -> None:
        self.formula, self.slopes = formula, slopes


class Patterns:
    """The patterns of a graph's operations, equal ones once."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.found: list[Pattern] = []
        self._known: dict[tuple[str, ...], int] = {}

    def of(self, handle: int) -> int:
        """The number of an operation's pattern."""
        graph, op = self.graph, self.graph.ops[handle]
        written = len(graph.ops) <= MOST_PATTERNED or op == "power"  # large graphs: a slot for a constant, one pattern for all
        texts = [graph.labels[k] if written and graph.ops[k] == "constant" else "" for k in graph.operands[handle]]
        key = (op, *texts) if op in OPERATIONS else (op, str(handle))
        if key not in self._known:
            self._known[key] = len(self.found)
            self.found.append(self._write(handle, texts))
        return self._known[key]

    def _write(self, handle: int, texts: list[str]) -> Pattern:
        op = self.graph.ops[handle]
        if op not in OPERATIONS:
            formula = f"<mtext>{xml(node_formula(self.graph, handle, Notation()))}</mtext>"
            return Pattern(formula, (None,) * len(texts))
        record = OPERATIONS[op]
        plain, folding = MathML(), MathML(fold=True)

        def slots(write: MathML) -> list[Piece]:
            return [write.number(text) if text else Piece(f"{{{k}}}", ATOM) for k, text in enumerate(texts)]

        slopes: list[str | None] = []
        for position, rule in enumerate(record.partials):
            if rule is None:
                slopes.append(None)
                continue
            shown = (record.shown[position] if record.shown else "") or rule
            names = {**dict(zip(record.names, slots(folding), strict=True)), "out": Piece("{o}", ATOM)}
            slopes.append(folding.run(compiled(shown), names).text)
        return Pattern(plain.apply(op, slots(plain)).text, tuple(slopes))


def _fenced(text: str) -> str:
    return f"<mrow><mo>(</mo>{text}<mo>)</mo></mrow>"
