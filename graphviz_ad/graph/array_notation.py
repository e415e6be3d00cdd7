"""How operations on arrays are written: the call with its parameters, and local derivatives in index notation.

The local derivative of a contraction reads ∂C_ik/∂A_i'j' = δ_ii' B_j'k: an index that passes through from operand to
result is a Kronecker delta between its two copies, and what is left are the other operands. The matrix rule beside it,
dA = dC @ B.T, is what is computed. Both follow from the einsum string.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..primitives.array_record import Call
from ..primitives.arrays import ARRAY_OPERATIONS
from ..primitives.contractions import PATTERNS, terms_of
from ..syntax.grammar import POWER, PRODUCT, SUM

if TYPE_CHECKING:
    from .notation import Notation, Piece
    from .structure import Graph

_ATOM = POWER + 1
#: a slope that needs no parentheses before an index: 2*q, exp(x)
_SIMPLE = re.compile(r"(?:-?[\d.]+\*)?\w+(?:\([^()]*\))?")


def write(op: str, params: Any, operands: Sequence[Piece], notation: Notation) -> Piece:
    """An operation on arrays applied to written operands."""
    from .notation import Latex, Piece

    known: Mapping[str, Any] = dict(params)
    latex = isinstance(notation, Latex)
    if op == "transpose" and known["axes"] is None:
        base = notation.wrap(operands[0], POWER + 1)
        return Piece(f"{base}^{{\\top}}" if latex else f"{base}{notation.transposed}", POWER if latex else _ATOM)
    if op == "index":
        inside = ", ".join(_part(part, operands[1:]) for part in known["pattern"])
        base = notation.wrap(operands[0], _ATOM)
        return Piece(f"{base}_{{{inside}}}" if latex else f"{base}[{inside}]")
    if op == "stack" and known["axis"] == 0:
        inside = ", ".join(piece.text for piece in operands)
        return Piece(rf"\left[{inside}\right]" if latex else f"[{inside}]")
    if op == "einsum":
        inside = ", ".join([repr(known["subscripts"]), *(piece.text for piece in operands)])
        return Piece(rf"\operatorname{{einsum}}\left({inside}\right)" if latex else f"einsum({inside})")
    if latex and op == "sum" and known["axis"] is None:
        return Piece(rf"\sum {notation.wrap(operands[0], PRODUCT)}", SUM)
    if latex and op == "norm" and known["ord"] in (None, 2, "fro") and known["axis"] is None:
        return Piece(rf"\left\lVert {operands[0].text} \right\rVert")
    if latex and op == "inv":
        return Piece(rf"{notation.wrap(operands[0], POWER + 1)}^{{-1}}", POWER)
    record = ARRAY_OPERATIONS[op]
    given = [piece.text for piece in operands]
    if record.operands[-1:] == ("*arrays",):
        given = [f"({', '.join(given)})"]
    for parameter in record.parameters:
        key, equals, default = parameter.partition("=")
        if key in known and not (equals and _plain(known[key]) == default.strip("'")):
            value = _latex_value(known[key]) if latex else _plain(known[key])
            word = rf"\mathrm{{{key}}}" if latex else key
            given.append(value if not equals else f"{word}={value}")
    inside = ", ".join(given)
    return Piece(rf"\operatorname{{{op}}}\left({inside}\right)".replace("_", r"\_") if latex else f"{op}({inside})")


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


def _contraction_rule(graph: Graph, handle: int, position: int, shapes: Sequence[tuple[int, ...]], notation: Notation | None) -> IndexRule:
    operands = graph.operands[handle]
    params: Any = graph.params[handle]
    call = Call(graph.ops[handle], dict(params), tuple(shapes[k] for k in operands), shapes[handle])
    terms = terms_of(call)
    inputs, output = terms.written()
    kept = [[c for c, index in zip(one, indices) if terms.sizes[index] != 1] for one, indices in zip(inputs, terms.inputs)]
    mine = kept[position]
    result = [c for c, index in zip(output, terms.output) if terms.sizes[index] != 1]
    # the operand's indices are primed: the entry that is differentiated by is another one than those being summed
    passing = [c for c in dict.fromkeys(mine) if c in result]
    repeated = [c for c in dict.fromkeys(mine) if mine.count(c) > 1]
    primed = (
        [f"{c}'" for c in mine]
        if len(set(mine)) == len(mine)
        else [f"{c}{chr(39) * (mine[: at + 1].count(c))}" for at, c in enumerate(mine)]
    )
    factors, latex_factors = [], []
    if terms.divisor != 1:
        factors.append(f"1/{terms.divisor}")
        latex_factors.append(rf"\frac{{1}}{{{terms.divisor}}}")
    for c in passing:
        factors.append(f"δ_{c}{c}'")
        latex_factors.append(rf"\delta_{{{c}{c}'}}")
    for c in repeated:
        factors.append(f"δ_{c}'{c}''")
        latex_factors.append(rf"\delta_{{{c}'{c}''}}")
    for other, letters in enumerate(kept):
        if other == position:
            continue
        text, latex = _named(graph, operands[other], notation)
        shown = "".join(f"{c}'" if c in mine else c for c in letters)
        factors.append(f"{text}_{shown}" if shown else text)
        latex_factors.append(_indexed(latex, shown))
    out, latex_out = _named(graph, handle, notation)
    inner, latex_inner = _named(graph, operands[position], notation)
    top, bottom = "".join(result), "".join(primed)
    left = f"∂{out}{'_' if top else ''}{top}/∂{inner}{'_' if bottom else ''}{bottom}"
    latex_left = rf"\frac{{\partial {_indexed(latex_out, top)}}}{{\partial {_indexed(latex_inner, bottom)}}}"
    matrix, latex_matrix = _matrix_rule(graph, handle, position, shapes)
    said = [factor for factor in factors if not factor.startswith("δ")]
    short = f"{left} = {' '.join(said) or '1'}".replace("'", "") if not repeated else ""
    right = r" \, ".join(latex_factors) or "1"
    return IndexRule(f"{left} = {' '.join(factors) or '1'}", f"{latex_left} = {right}", matrix, latex_matrix, short)


def _elementwise_rule(graph: Graph, handle: int, position: int, shapes: Sequence[tuple[int, ...]]) -> IndexRule | None:
    """∂y_i/∂x_i' = δ_ii' · slope: a diagonal, summed over where the operand was broadcast."""
    from ..primitives.registry import OPERATIONS
    from .formulas import local_formula
    from .notation import Latex, Notation

    if OPERATIONS[graph.ops[handle]].partials[position] is None:
        return None
    operand = graph.operands[handle][position]
    letters = "ijklmnpq"
    shape, mine = shapes[handle], shapes[operand]
    if len(shape) > len(letters):
        return None
    top = [letters[axis] for axis, size in enumerate(shape) if size != 1]
    lead = len(shape) - len(mine)
    through = [letters[lead + axis] for axis, size in enumerate(mine) if size != 1]
    slope, latex_slope = (local_formula(graph, handle, position, one) for one in (Notation(fold=True), Latex(fold=True)))
    deltas = " ".join(f"δ_{c}{c}'" for c in through)
    latex_deltas = r" \, ".join(rf"\delta_{{{c}{c}'}}" for c in through)
    out, latex_out = _named(graph, handle)
    inner, latex_inner = _named(graph, operand)
    bottom = "".join(f"{c}'" for c in through)
    above = "".join(top)
    number = slope.lstrip("-").replace(".", "").isdigit()
    grouped = slope if number or _SIMPLE.fullmatch(slope) else f"({slope})"
    plain = "" if slope == "1" else grouped + ("" if number else f"_{above}")
    text = f"∂{out}_{above}/∂{inner}{'_' if bottom else ''}{bottom} = {' '.join(part for part in (deltas, plain) if part) or '1'}"
    inside = "" if latex_slope == "1" else rf"\left[{latex_slope}\right]_{{{above}}}"
    right = r" \, ".join(part for part in (latex_deltas, inside) if part) or "1"
    latex = rf"\frac{{\partial {_indexed(latex_out, above)}}}{{\partial {_indexed(latex_inner, bottom)}}} = {right}"
    short = f"∂{out}_{above}/∂{inner}{'_' if bottom else ''}{bottom} = {plain or '1'}".replace("'", "")
    up = f"d{out}"
    product = up if slope == "1" else f"-{up}" if slope == "-1" else f"{up} * {grouped}"
    if mine != shape:
        axes = tuple(axis for axis in range(len(shape)) if axis < lead or mine[axis - lead] != shape[axis])
        product = f"sum({product}, axis={axes[0] if len(axes) == 1 else axes})" if mine else f"sum({product})"
    return IndexRule(text, latex, f"d{inner} = {product}", "", short)


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
