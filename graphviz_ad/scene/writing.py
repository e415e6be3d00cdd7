"""Formulas for people in Unicode, beside those in LaTeX; names, gates and fractions as labels."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING

from ..graph.formulas import local_forms, local_formula, node_forms, node_formula
from ..graph.notation import ATOM, Latex, Notation, Piece, latex_name
from ..graph.unicode import Unicode, unicode_name
from ..primitives.registry import OPERATIONS
from ..syntax.grammar import CONSTANTS, PRODUCT, SUM
from ..syntax.parser import parse_expression
from .model import Label
from .numbers import MINUS, ROUNDED, Figures, rounds

if TYPE_CHECKING:
    from ..graph.structure import Graph
    from .numbers import Value


@cache
def name_label(word: str) -> Label:
    r"""A name.

    >>> name_label("v1")
    Label(text='v₁', latex='v_{1}', exact='v1')
    """
    return Label(unicode_name(word), latex_name(word), word)


def output_label(graph: Graph, handle: int) -> Label:
    r"""An output's name; those of a gradient or Hessian, df_dx and d2f_dx_dy, as the fraction that they are.

    >>> from graphviz_ad import parse
    >>> output_label(parse("x*y").gradient(), parse("x*y").gradient().outputs[0]).text
    '∂f/∂x'
    """
    word = graph.labels[handle]
    found = re.fullmatch(r"d(2?)(\w+?)_d(\w+?)(?:_d(\w+))?", word) if len(graph.outputs) > 1 else None
    if found is None or bool(found[1]) != bool(found[4]):
        return name_label(word)
    by = [name for name in (found[3], found[4]) if name]
    if not all(name in graph.input_handles for name in by):
        return name_label(word)
    above, below = name_label(found[2]), [name_label(name) for name in by]
    text = f"∂²{above.text}/{''.join('∂' + one.text for one in below)}" if found[1] else f"∂{above.text}/∂{below[0].text}"
    power = "^{2}" if found[1] else ""
    under = r" \, ".join(rf"\partial {one.latex}" for one in below)
    return Label(text, rf"\frac{{\partial{power} {above.latex}}}{{{under}}}", word)


def number_label(text: str) -> Label:
    """A constant as the author wrote it."""
    return Label(Unicode().number(text).text, Latex().number(text).text, text)


def fraction(above: str, below: str) -> Label:
    r"""The name of a local derivative.

    >>> fraction("q", "x0").text
    '∂q/∂x₀'
    """
    one, two = name_label(above), name_label(below)
    return Label(f"∂{one.text}/∂{two.text}", rf"\frac{{\partial {one.latex}}}{{\partial {two.latex}}}")


def formula_label(graph: Graph, handle: int) -> Label:
    """A node's operation applied to its operands' names."""
    return Label(*node_forms(graph, handle))


def local_label(graph: Graph, handle: int, position: int) -> Label:
    """The formula of a local derivative; :class:`DerivativeError` where the operand has none."""
    return Label(*local_forms(graph, handle, position))


class Substituted:
    """Writes formulas with numbers in place of names, as ``figures`` shows them; marked where one of the numbers is rounded.

    >>> from graphviz_ad import parse
    >>> point = parse("f = q - 2*z").at(q=3, z=-4)
    >>> write = Substituted(point.graph, point.values, Figures(True))
    >>> write.node(point.graph.handle("v1")).text
    '2·(−4)'
    """

    def __init__(self, graph: Graph, values: Sequence[Value], figures: Figures) -> None:
        self.graph, self.values, self.figures = graph, values, figures

        def unicode(word: str) -> Piece:
            text = figures.text(values[graph.handle(word)])
            return Piece(text, _strength(text))

        def latex(word: str) -> Piece:
            value = values[graph.handle(word)]
            return Piece(figures.latex(value), _strength(figures.text(value)))

        self.unicode, self.latex = _put(Unicode, unicode), _put(Latex, latex)

    def node(self, handle: int) -> Label:
        """A node's operation with its operands' values."""
        forms = (node_formula(self.graph, handle, notation(False)) for notation in (self.unicode, self.latex))
        return Label(next(forms), next(forms), self._mark(handle))

    def local(self, handle: int, position: int) -> Label:
        """A local derivative with its names' values."""
        forms = (local_formula(self.graph, handle, position, notation(True)) for notation in (self.unicode, self.latex))
        return Label(next(forms), next(forms), self._mark(handle))

    def _mark(self, handle: int) -> str:
        """The mark of a formula with a rounded operand; "" where all are exact."""
        graph = self.graph
        operands = (one for one in graph.operands[handle] if graph.ops[one] != "constant")
        return ROUNDED if any(rounds(self.figures, self.values[one]) for one in operands) else ""


def _strength(text: str) -> int:
    """How strongly a shown number binds: after an operator and under a power one with a sign stands in parentheses."""
    return SUM if text.startswith(MINUS) else PRODUCT if "e" in text.replace("true", "").replace("false", "") else ATOM


def _put(notation: type[Notation], number: Callable[[str], Piece]) -> type[Notation]:
    """The notation with numbers in place of names; pi, e and inf stay what they are."""

    class Put(notation):  # type: ignore[valid-type, misc]
        def name(self, word: str) -> Piece:
            return super().name(word) if word in CONSTANTS else number(word)

        def infix(self, op: str, left: Piece, right: Piece) -> Piece:
            if op == "mul" and notation is Latex:  # numbers beside each other need their sign
                return Piece(rf"{self.wrap(left, PRODUCT)} \cdot {self.wrap(right, PRODUCT + 1)}", PRODUCT)
            return super().infix(op, left, right)

    return Put


# ------------------------------------------------------------------------------------------------------------------ gates

_GATES = {
    "copy": Label("=", "="),
    "add": Label("+", "+"),
    "sub": Label(MINUS, "-"),
    "mul": Label("×", r"\times"),
    "div": Label("÷", r"\div"),
    "neg": Label(f"{MINUS}x", "-x"),
    "power": Label("xʸ", "x^{y}"),
    "exp": Label("eˣ", "e^{x}"),
    "exp2": Label("2ˣ", "2^{x}"),
    "square": Label("x²", "x^{2}"),
    "reciprocal": Label("1/x", "1/x"),
    "sqrt": Label("√x", r"\sqrt{x}"),
    "cbrt": Label("∛x", r"\sqrt[3]{x}"),
    "abs": Label("|x|", r"\left|x\right|"),
    "sigmoid": Label("σ", r"\sigma"),
    "where": Label("if", r"\mathrm{if}"),
    "matmul": Label("@", r"@"),
}


@cache
def gate_label(op: str) -> Label:
    r"""The operator in a gate: from the operation's record where nothing shorter is usual.

    >>> gate_label("mul").text, gate_label("sin").latex, gate_label("relu").latex, gate_label("less").text
    ('×', '\\sin', '\\operatorname{ReLU}', '<')
    """
    if op in _GATES:
        return _GATES[op]
    record = OPERATIONS.get(op)
    if record is None:
        return Label(op, rf"\operatorname{{{_upright(op)}}}")
    text = record.symbol or record.name
    head = re.fullmatch(r"(.+?)\\left\((?:\([^()]*\)|[^()])*\\right\)", record.latex)
    if head is not None and "#" not in head[1]:
        return Label(text, head[1])
    between = re.fullmatch(r"\(?#\w+\)? (\S+) \(?#\w+\)?", record.latex)
    if between is not None:
        return Label(text, between[1])
    return Label(text, rf"\operatorname{{{_upright(text if text.isidentifier() else record.name)}}}")


def _upright(word: str) -> str:
    return word.replace("_", r"\_")


@cache
def definition_label(text: str) -> Label:
    r"""A function's definition, "s(t) = 1/(1 + exp(-t))", typeset.

    >>> definition_label("s(t) = 1/(1+exp(-t))").latex
    's\\left(t\\right) = \\frac{1}{1 + e^{-t}}'
    """
    head, _, body = text.partition("=")
    found = re.fullmatch(r"\s*(\w+)\s*\(([\w\s,]*)\)\s*", head)
    if found is None or not body.strip():
        return Label(text, "", text)
    parameters = [word.strip() for word in found[2].split(",") if word.strip()]
    try:
        code = parse_expression(body)
        written = [notation.run(code, {}).text for notation in (Unicode(), _Definition())]
    except ValueError:  # lists, slices and keywords have no notation of their own; the text says it all
        return Label(text, "", text)
    names = [name_label(word) for word in parameters]
    return Label(
        f"{name_label(found[1]).text}({', '.join(n.text for n in names)}) = {written[0]}",
        rf"{function_latex(found[1])}\left({', '.join(n.latex for n in names)}\right) = {written[1]}",
        text,
    )


class _Definition(Latex):
    """LaTeX in which a name that is no operation is another function of the author."""

    def function(self, op: str, operands: Sequence[Piece]) -> Piece:
        if op in OPERATIONS:
            return super().function(op, operands)
        return Piece(rf"{function_latex(op)}\left({', '.join(piece.text for piece in operands)}\right)")


def function_latex(name: str) -> str:
    """A user's function: upright when it is a word."""
    typeset = latex_name(name)
    return rf"\operatorname{{{_upright(name)}}}" if typeset.startswith(r"\mathrm") else typeset


def call_label(name: str) -> Label:
    """A closed function's gate."""
    return Label(unicode_name(name), function_latex(name), name)
