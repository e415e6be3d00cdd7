"""How operations on arrays are written: the call with its parameters, and local derivatives in index notation.

The local derivative of a contraction reads ∂C_ik/∂A_i'j' = δ_ii' B_j'k: an index that passes through from operand to
result is a Kronecker delta between its two copies, and what is left are the other operands. The matrix rule beside it,
dA = dC @ B.T, is what is computed. Both follow from the einsum string.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ..primitives.arrays import ARRAY_OPERATIONS
from ..primitives.call import Call
from ..primitives.contractions import PATTERNS, Terms, terms_of
from ..syntax.grammar import POWER, PRODUCT, SUM

if TYPE_CHECKING:
    from .notation import Notation, Piece
    from .structure import Graph

_ATOM = POWER + 1
#: a slope that needs no parentheses before an index: 2*q, exp(x)
_SIMPLE = re.compile(r"(?:-?[\d.]+\*)?\w+(?:\([^()]*\))?")


def write(op: str, params: Any, operands: Sequence[Piece], notation: Notation) -> Piece:
    """An operation on arrays applied to written operands."""
    from .notation import Latex

    known: Mapping[str, Any] = dict(params)
    latex = isinstance(notation, Latex)
    for spellings in (_SPELLINGS, _LATEX_SPELLINGS) if latex else (_SPELLINGS,):
        if op in spellings:
            piece = spellings[op](known, operands, notation, latex)
            if piece is not None:
                return piece
    return _call(op, known, operands, latex)


def _call(op: str, known: Mapping[str, Any], operands: Sequence[Piece], latex: bool) -> Piece:
    """The operation as a call, with the parameters that differ from their defaults."""
    from .notation import Piece

    record = ARRAY_OPERATIONS[op]
    arguments = [piece.text for piece in operands]
    if record.operands[-1:] == ("*arrays",):
        arguments = [f"({', '.join(arguments)})"]
    for parameter in record.parameters:
        key, equals, default = parameter.partition("=")
        if key in known and not (equals and _plain(known[key]) == default.strip("'")):
            value = _latex_value(known[key]) if latex else _plain(known[key])
            word = rf"\mathrm{{{key}}}" if latex else key
            arguments.append(value if not equals else f"{word}={value}")
    inside = ", ".join(arguments)
    return Piece(rf"\operatorname{{{op}}}\left({inside}\right)".replace("_", r"\_") if latex else f"{op}({inside})")


def _write_transpose(known: Mapping[str, Any], operands: Sequence[Piece], notation: Notation, latex: bool) -> Piece | None:
    from .notation import Piece

    if known["axes"] is not None:
        return None
    base = notation.wrap(operands[0], POWER + 1)
    return Piece(f"{base}^{{\\top}}", POWER) if latex else Piece(f"{base}{notation.transposed}", _ATOM)


def _write_index(known: Mapping[str, Any], operands: Sequence[Piece], notation: Notation, latex: bool) -> Piece:
    from .notation import Piece

    inside = ", ".join(_part(part, operands[1:]) for part in known["pattern"])
    base = notation.wrap(operands[0], _ATOM)
    return Piece(f"{base}_{{{inside}}}" if latex else f"{base}[{inside}]")


def _write_stack(known: Mapping[str, Any], operands: Sequence[Piece], notation: Notation, latex: bool) -> Piece | None:
    from .notation import Piece

    if known["axis"] != 0:
        return None
    inside = ", ".join(piece.text for piece in operands)
    return Piece(rf"\left[{inside}\right]" if latex else f"[{inside}]")


def _write_einsum(known: Mapping[str, Any], operands: Sequence[Piece], notation: Notation, latex: bool) -> Piece:
    from .notation import Piece

    inside = ", ".join([repr(known["subscripts"]), *(piece.text for piece in operands)])
    return Piece(rf"\operatorname{{einsum}}\left({inside}\right)" if latex else f"einsum({inside})")


def _write_latex_sum(known: Mapping[str, Any], operands: Sequence[Piece], notation: Notation, latex: bool) -> Piece | None:
    from .notation import Piece

    return Piece(rf"\sum {notation.wrap(operands[0], PRODUCT)}", SUM) if known["axis"] is None else None


def _write_latex_norm(known: Mapping[str, Any], operands: Sequence[Piece], notation: Notation, latex: bool) -> Piece | None:
    from .notation import Piece

    euclidean = known["ord"] in (None, 2, "fro") and known["axis"] is None
    return Piece(rf"\left\lVert {operands[0].text} \right\rVert") if euclidean else None


def _write_latex_inverse(known: Mapping[str, Any], operands: Sequence[Piece], notation: Notation, latex: bool) -> Piece:
    from .notation import Piece

    return Piece(rf"{notation.wrap(operands[0], POWER + 1)}^{{-1}}", POWER)


#: writes an operation in a way of its own; None where its parameters ask for the call
_Spelling = Callable[[Mapping[str, Any], "Sequence[Piece]", "Notation", bool], "Piece | None"]
_SPELLINGS: dict[str, _Spelling] = {
    "transpose": _write_transpose,
    "index": _write_index,
    "stack": _write_stack,
    "einsum": _write_einsum,
}
_LATEX_SPELLINGS: dict[str, _Spelling] = {
    "sum": _write_latex_sum,
    "norm": _write_latex_norm,
    "inv": _write_latex_inverse,
}


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else repr(value)


def _latex_value(value: Any) -> str:
    """A static argument in LaTeX: words upright."""
    text = _plain(value)
    return text.replace("inf", r"\infty") if text in ("inf", "-inf") else rf"\mathrm{{{text}}}" if text.isalpha() else text


def _part(part: tuple[Any, ...], arrays: Sequence[Piece]) -> str:
    """One part of an index as it is written."""
    kind = part[0]
    if kind == "at":
        return str(part[1])
    if kind == "cut":
        ends = ["" if one is None else str(one) for one in part[1:]]
        return ":".join(ends if ends[2] else ends[:2])
    if kind == "list":
        return repr(list(part[1]))
    if kind == "by":
        return arrays[part[1]].text
    return "..." if kind == "rest" else "None"


# ------------------------------------------------------------------------------------------------------- index notation


class IndexRule:
    """The local derivative of an edge between arrays in index notation, as text and as LaTeX.

    ``text`` is in full, ∂q_i/∂W_i'j' = δ_ii' x_j'; ``short`` as it is said, ∂q_i/∂W_ij = x_j, where every entry left out is 0;
    ``matrix`` is the matrix rule, dW = outer(dq, x), "" where there is none.
    """

    __slots__ = ("latex", "matrix", "matrix_latex", "short", "text")

    def __init__(self, text: str, latex: str, matrix: str = "", matrix_latex: str = "", short: str = "") -> None:
        self.text, self.latex, self.matrix, self.matrix_latex = text, latex, matrix, matrix_latex
        self.short = short or text

    def __repr__(self) -> str:
        return f"IndexRule({self.text})"


def index_rule(graph: Graph, handle: int, position: int, notation: Notation | None = None) -> IndexRule | None:
    """The index notation of one edge of a shaped graph; None for an edge between scalars, and where no simple form exists.

    ``text`` and ``short`` have the language's own names or, of a contraction, those of ``notation`` (one in plain text).

    >>> from graphviz_ad import parse
    >>> graph = parse("C = A @ B").shaped(A=(2, 3), B=(3, 4))
    >>> rule = index_rule(graph, graph.handle("C"), 0)
    >>> rule.text
    "∂C_ik/∂A_i'j' = δ_ii' B_j'k"
    >>> rule.matrix
    'dA = dC @ B.T'
    """
    shapes = graph.shapes
    if shapes is None:
        from ..errors import ShapeError

        raise ShapeError("the graph has no shapes yet", hint="give them with graph.shaped(W=(2, 3), …)")
    operand = graph.operands[handle][position]
    if not shapes[handle] and not shapes[operand]:
        return None
    op = graph.ops[handle]
    if op in PATTERNS:
        return _contraction_rule(graph, handle, position, shapes, notation)
    if op not in ARRAY_OPERATIONS:
        return _elementwise_rule(graph, handle, position, shapes)
    out, latex_out = _named(graph, handle)
    inner, latex_inner = _named(graph, operand)
    words = {"out": out, "up": f"d{out}", "shape": repr(shapes[operand])}
    words.update({f"x{k}": graph.labels[one] for k, one in enumerate(graph.operands[handle])})
    rule = _RULES.get((op, position)) or (_ALIKE if op in _MOVING else "")
    matrix = f"d{inner} = " + rule.format(**words) if rule else ""
    return IndexRule(f"∂{out}/∂{inner}", rf"\frac{{\partial {latex_out}}}{{\partial {latex_inner}}}", matrix)


#: what goes back through explicit operations, in words of the language; Giles 2008 for the matrices
_RULES = {
    ("inv", 0): "-{out}.T @ {up} @ {out}.T",
    ("det", 0): "{up} * cofactor({x0})",
    ("logdet", 0): "{up} * inv({x0}).T",
    ("solve", 1): "solve({x0}.T, {up})",
    ("solve", 0): "-solve({x0}.T, {up}) @ {out}.T",
    ("norm", 0): "{up} * {x0}/{out}",
    ("max", 0): "{up} where {x0} is largest",
    ("min", 0): "{up} where {x0} is smallest",
    ("prod", 0): "{up} * {out}/{x0}",
    ("cumsum", 0): "flip(cumsum(flip({up})))",
    ("reshape", 0): "reshape({up}, {shape})",
    ("ravel", 0): "reshape({up}, {shape})",
}
_MOVING = frozenset(
    (
        "index",
        "part",
        "take",
        "flip",
        "roll",
        "repeat",
        "tile",
        "pad",
        "windows",
        "diag",
        "diagonal",
        "tril",
        "triu",
        "stack",
        "concatenate",
        "pick",
    )
)
_ALIKE = "{up}, put back where the entries came from"


def local_text(graph: Graph, handle: int, position: int, notation: Notation) -> str:
    """The right side of the index rule where shapes are known, else the symbol of the Jacobian.

    Raises
    ------
    DerivativeError
        The operand has no derivative.
    """
    from ..errors import DerivativeError
    from .notation import Latex

    op = graph.ops[handle]
    if not ARRAY_OPERATIONS[op].differentiable(position):
        raise DerivativeError(f"{op} has no derivative by operand {position + 1}")
    latex = isinstance(notation, Latex)
    rule = None if graph.shapes is None else index_rule(graph, handle, position, None if latex else notation)
    if rule is not None:
        return (rule.latex if latex else rule.text).rpartition(" = ")[2]
    out, latex_out = _named(graph, handle)
    inner, latex_inner = _named(graph, graph.operands[handle][position])
    return rf"\frac{{\partial {latex_out}}}{{\partial {latex_inner}}}" if latex else f"∂{out}/∂{inner}"


def _indexed(latex: str, index: str) -> str:
    """A name with an index; one that has an index already keeps it apart."""
    base = f"{{{latex}}}" if "_" in latex else latex
    return f"{base}_{{{index}}}" if index else latex


def _named(graph: Graph, handle: int, notation: Notation | None = None) -> tuple[str, str]:
    """A node's name, or a constant's number, in plain text (the language's, or that of ``notation``) and in LaTeX."""
    from .notation import Notation, latex_name

    label, notation = graph.labels[handle], notation or Notation()
    if graph.ops[handle] == "constant":
        return notation.number(label).text, label
    return notation.name(label).text, latex_name(label)


class _Factor(NamedTuple):
    """One factor of a local derivative, in plain text and in LaTeX."""

    text: str
    latex: str


def _delta(first: str, second: str) -> _Factor:
    return _Factor(f"δ_{first}{second}", rf"\delta_{{{first}{second}}}")


def _product(factors: Iterable[_Factor]) -> _Factor:
    """All factors side by side; 1 where there is none."""
    factors = list(factors)
    text = " ".join(factor.text for factor in factors if factor.text)
    return _Factor(text or "1", r" \, ".join(factor.latex for factor in factors if factor.latex) or "1")


def _quotient(graph: Graph, handle: int, operand: int, top: str, bottom: str, notation: Notation | None = None) -> _Factor:
    """∂C_ik/∂A_i'j': what is differentiated and by what, with the letters of their indices."""
    out, latex_out = _named(graph, handle, notation)
    inner, latex_inner = _named(graph, operand, notation)
    latex = rf"\frac{{\partial {_indexed(latex_out, top)}}}{{\partial {_indexed(latex_inner, bottom)}}}"
    return _Factor(f"∂{_subscripted(out, top)}/∂{_subscripted(inner, bottom)}", latex)


def _subscripted(name: str, index: str) -> str:
    return f"{name}_{index}" if index else name


def _contraction_rule(graph: Graph, handle: int, position: int, shapes: Sequence[tuple[int, ...]], notation: Notation | None) -> IndexRule:
    operands = graph.operands[handle]
    params: Any = graph.params[handle]
    terms = terms_of(Call(graph.ops[handle], dict(params), tuple(shapes[k] for k in operands), shapes[handle]))
    inputs, result = _letters(terms)
    mine = inputs[position]
    # the operand's indices are primed: the entry that is differentiated by is another one than those being summed
    primed = "".join(f"{c}{chr(39) * mine[: at + 1].count(c)}" for at, c in enumerate(mine))
    passing = [c for c in dict.fromkeys(mine) if c in result]
    repeated = [c for c in dict.fromkeys(mine) if mine.count(c) > 1]
    scale = [_Factor(f"1/{terms.divisor}", rf"\frac{{1}}{{{terms.divisor}}}")] if terms.divisor != 1 else []
    deltas = [*(_delta(c, f"{c}'") for c in passing), *(_delta(f"{c}'", f"{c}''") for c in repeated)]
    others = [_other_operand(graph, operands[other], letters, mine, notation) for other, letters in enumerate(inputs) if other != position]
    left = _quotient(graph, handle, operands[position], "".join(result), primed, notation)
    right = _product([*scale, *deltas, *others])
    short = "" if repeated else f"{left.text} = {_product([*scale, *others]).text}".replace("'", "")
    matrix, latex_matrix = _matrix_rule(graph, handle, position, shapes)
    return IndexRule(f"{left.text} = {right.text}", f"{left.latex} = {right.latex}", matrix, latex_matrix, short)


def _letters(terms: Terms) -> tuple[list[list[str]], list[str]]:
    """The letters of the operands and of the result; an axis of one entry needs none."""
    inputs, output = terms.written()

    def kept(letters: Iterable[str], indices: Iterable[int]) -> list[str]:
        return [letter for letter, index in zip(letters, indices) if terms.sizes[index] != 1]

    return [kept(letters, indices) for letters, indices in zip(inputs, terms.inputs)], kept(output, terms.output)


def _other_operand(graph: Graph, operand: int, letters: list[str], mine: list[str], notation: Notation | None) -> _Factor:
    """Another operand as a factor: primed where it shares an index with the one that is differentiated by."""
    text, latex = _named(graph, operand, notation)
    index = "".join(f"{c}'" if c in mine else c for c in letters)
    return _Factor(_subscripted(text, index), _indexed(latex, index))


_LETTERS = "ijklmnpq"


def _elementwise_rule(graph: Graph, handle: int, position: int, shapes: Sequence[tuple[int, ...]]) -> IndexRule | None:
    """∂y_i/∂x_i' = δ_ii' · slope: a diagonal, summed over where the operand was broadcast."""
    from ..primitives.registry import OPERATIONS
    from .formulas import local_formula
    from .notation import Latex, Notation

    operand = graph.operands[handle][position]
    shape, mine = shapes[handle], shapes[operand]
    if OPERATIONS[graph.ops[handle]].partials[position] is None or len(shape) > len(_LETTERS):
        return None
    lead = len(shape) - len(mine)
    top = "".join(_LETTERS[axis] for axis, size in enumerate(shape) if size != 1)
    through = [_LETTERS[lead + axis] for axis, size in enumerate(mine) if size != 1]
    slope, latex_slope = (local_formula(graph, handle, position, notation) for notation in (Notation(fold=True), Latex(fold=True)))
    factor = _slope_factor(slope, latex_slope, top)
    deltas = [_delta(c, f"{c}'") for c in through]
    left = _quotient(graph, handle, operand, top, "".join(f"{c}'" for c in through))
    right = _product([*deltas, factor])
    short = f"{left.text} = {factor.text or '1'}".replace("'", "")
    back = _summed(_scaled(f"d{_named(graph, handle)[0]}", slope), shape, mine)
    return IndexRule(f"{left.text} = {right.text}", f"{left.latex} = {right.latex}", f"d{_named(graph, operand)[0]} = {back}", "", short)


def _is_number(slope: str) -> bool:
    return slope.lstrip("-").replace(".", "").isdigit()


def _grouped(slope: str) -> str:
    """A slope that can stand before an index or beside a factor."""
    return slope if _is_number(slope) or _SIMPLE.fullmatch(slope) else f"({slope})"


def _slope_factor(slope: str, latex_slope: str, index: str) -> _Factor:
    """The slope at an entry; nothing where it is 1, and a number needs no index."""
    text = "" if slope == "1" else _grouped(slope) if _is_number(slope) else _subscripted(_grouped(slope), index)
    latex = "" if latex_slope == "1" else rf"\left[{latex_slope}\right]_{{{index}}}"
    return _Factor(text, latex)


def _scaled(up: str, slope: str) -> str:
    """What comes from above, times the slope."""
    if slope in ("1", "-1"):
        return slope.replace("1", up)
    return f"{up} * {_grouped(slope)}"


def _summed(product: str, shape: tuple[int, ...], mine: tuple[int, ...]) -> str:
    """The sum over the axes along which the operand was broadcast."""
    if mine == shape:
        return product
    if not mine:
        return f"sum({product})"
    lead = len(shape) - len(mine)
    axes = tuple(axis for axis in range(len(shape)) if axis < lead or mine[axis - lead] != shape[axis])
    return f"sum({product}, axis={axes[0] if len(axes) == 1 else axes})"


def _matrix_rule(graph: Graph, handle: int, position: int, shapes: Sequence[tuple[int, ...]]) -> tuple[str, str]:
    """dX = dY @ W.T and its like, where the operation is one of matrices and vectors."""
    op, operands = graph.ops[handle], graph.operands[handle]
    (out, latex_out), (mine, latex_mine) = _named(graph, handle), _named(graph, operands[position])
    up, latex_up = f"d{out}", rf"\mathrm{{d}}{latex_out}"
    to, latex_to = f"d{mine} = ", rf"\mathrm{{d}}{latex_mine} = "
    if op == "transpose" and len(shapes[handle]) == 2:
        return f"{to}{up}.T", rf"{latex_to}{latex_up}^{{\top}}"
    if op in ("sum", "mean"):
        params: Any = graph.params[handle]
        scale = "" if op == "sum" else f"/{terms_of(Call(op, dict(params), (shapes[operands[0]],), ())).divisor}"
        return f"{to}{up}{scale}, in every entry", rf"{latex_to}{latex_up}{scale}"
    if op not in ("matmul", "dot") or any(not 1 <= len(shapes[k]) <= 2 for k in operands):
        return "", ""
    a, b = operands
    (left, latex_left), (right, latex_right) = _named(graph, a), _named(graph, b)
    ranks = (len(shapes[a]), len(shapes[b]))
    if ranks == (1, 1):
        other, latex_other = (right, latex_right) if position == 0 else (left, latex_left)
        return f"{to}{up} * {other}", rf"{latex_to}{latex_up} \, {latex_other}"
    if position == 0:
        if ranks == (2, 1):
            return f"{to}outer({up}, {right})", rf"{latex_to}{latex_up} \, {latex_right}^{{\top}}"
        turned = f"{right} @ {up}" if ranks == (1, 2) else f"{up} @ {right}.T"
        latex_turned = rf"{latex_right} \, {latex_up}" if ranks == (1, 2) else rf"{latex_up} \, {latex_right}^{{\top}}"
        return to + turned, latex_to + latex_turned
    if ranks == (1, 2):
        return f"{to}outer({left}, {up})", rf"{latex_to}{latex_left} \, {latex_up}^{{\top}}"
    return f"{to}{left}.T @ {up}", rf"{latex_to}{latex_left}^{{\top}} \, {latex_up}"
