"""A SymPy expression or matrix as a graph; its tree is walked without recursion, equal parts become one node."""

from __future__ import annotations

from numbers import Number
from typing import Any

from ..errors import ArgumentError, ParseError
from ..graph.builder import Builder
from ..graph.parts import Literal
from ..graph.structure import Graph
from ..language.vocabulary import CONSTANT_VALUES
from ..primitives.registry import OPERATIONS
from ..syntax.grammar import CONSTANTS

#: SymPy's heads with operands in our order
_HEADS = {
    "StrictLessThan": "less", "LessThan": "less_equal", "StrictGreaterThan": "greater", "GreaterThan": "greater_equal", "Equality": "equal",
    "Unequality": "not_equal", "Not": "logical_not", "Heaviside": "heaviside", "KroneckerDelta": "equal", "HadamardPower": "power",
}  # fmt: skip
_FOLDED = {"Add": "add", "Max": "maximum", "Min": "minimum", "And": "logical_and", "Or": "logical_or", "HadamardProduct": "mul"}
#: heads of SymPy's matrix expressions with one operand
_MATRIX = {
    "Transpose": ("transpose", (("axes", None),)), "Inverse": ("inv", ()), "Determinant": ("det", ()), "Trace": ("trace", ()),
}  # fmt: skip


def from_sympy(expression: Any) -> Graph:
    """The graph of a SymPy expression; see :func:`graphviz_ad.from_sympy`."""
    import sympy

    if not isinstance(expression, sympy.MatrixBase):
        expression = _symbolic(expression)
    if getattr(expression, "has", None) and expression.has(sympy.Sum, sympy.Product, sympy.Derivative, sympy.Integral):
        expression = expression.doit()

    builder = Builder()
    if isinstance(expression, sympy.MatrixBase):
        rows = [_build(builder, list(expression.row(i))) for i in range(expression.rows)]
        if expression.cols == 1:
            output = builder.apply("stack", tuple(row[0] for row in rows), (("axis", 0),))
        else:
            stacked = tuple(builder.apply("stack", tuple(row), (("axis", 0),)) for row in rows)
            output = builder.apply("stack", stacked, (("axis", 0),))
    else:
        output = _build(builder, [expression])[0]
    if builder.ops[output] in ("input", "constant"):
        output = builder.apply("copy", (output,))
    graph = builder.build((output,), _written(expression), "SymPy expression")
    symbols = expression.atoms(sympy.MatrixSymbol) if hasattr(expression, "atoms") else ()
    if not symbols or not all(size.is_Integer for one in symbols for size in one.shape):
        return graph
    return graph.shaped({one.name: tuple(map(int, one.shape)) for one in symbols if one.name in graph.input_handles})


def _symbolic(given: Any) -> Any:
    """What was given, as an expression.

    Numbers alone are handed to ``sympify``: it evaluates text as a program, and text within lists, tuples and dictionaries too,
    even where it is told to be strict.
    """
    import sympy
    from sympy.logic.boolalg import Boolean

    found = sympy.sympify(given, strict=True) if isinstance(given, Number) or hasattr(given, "_sympy_") else given
    if isinstance(given, (str, bytes, bytearray)):
        raise ArgumentError("from_sympy takes an expression of SymPy, not text", hint='gv.parse reads text: gv.parse("x*y")')
    if not isinstance(found, (sympy.Expr, Boolean, sympy.MatrixBase)):
        raise ArgumentError(
            f"from_sympy takes an expression of SymPy, not {type(given).__name__}",
            hint="make one of sympy.symbols; gv.parse reads text, gv.from_python a function",
        )
    return found


def _written(expression: Any) -> str:
    """The expression as SymPy writes it; nothing where it is too deep for SymPy's printer, which recurses."""
    try:
        return str(expression)
    except RecursionError:
        return ""


def _build(builder: Builder, expressions: list[Any]) -> list[int]:
    """The nodes of several expressions."""
    import sympy

    made: dict[Any, int] = {}
    strange: list[str] = []
    names = {record.sympy: name for name, record in OPERATIONS.items() if record.sympy}
    waiting = list(reversed(expressions))
    while waiting:
        one = waiting[-1]
        if one in made:
            waiting.pop()
            continue
        parts = _parts(one)
        missing = [part for part in parts if part not in made]
        if missing:
            waiting.extend(missing)
            continue
        waiting.pop()
        made[one] = _node(builder, one, [made[part] for part in parts], names, strange, sympy)
    if strange:
        raise ParseError(f"SymPy's {', '.join(dict.fromkeys(strange))} has no counterpart here", hint="`gradviz ops` lists every function")
    return [made[one] for one in expressions]


def _parts(one: Any) -> list[Any]:
    """The operands that an expression is built from, in the form in which we build it."""
    import sympy
    from sympy.matrices.expressions.matexpr import MatrixElement

    if isinstance(one, (sympy.MatrixSymbol, sympy.Identity, sympy.ZeroMatrix)):
        return []
    if isinstance(one, (sympy.MatPow, MatrixElement)):
        return [one.args[0]]
    if one.is_Mul and not one.is_Matrix:
        over, under = _quotient(one)
        return [*over, *under]
    if isinstance(one, sympy.factorial):
        return [one.args[0] + 1]
    if isinstance(one, sympy.Pow) and one.exp.is_number and one.exp.is_negative:
        return [sympy.Pow(one.base, -one.exp)]
    if isinstance(one, sympy.exp):
        return [one.exp]
    if isinstance(one, sympy.Piecewise):
        return [part for branch in one.args for part in branch if part not in (sympy.true, True)]
    return [] if one.is_Atom else list(one.args)


def _quotient(product: Any) -> tuple[list[Any], list[Any]]:
    """The factors above and below the fraction bar."""
    import sympy

    over, under = [], []
    for factor in product.args:
        if isinstance(factor, sympy.Pow) and factor.exp.is_number and factor.exp.is_negative:
            under.append(sympy.Pow(factor.base, -factor.exp))
        elif factor.is_Rational and not factor.is_Integer:
            if factor.p != 1:
                over.append(sympy.Integer(factor.p))
            under.append(sympy.Integer(factor.q))
        else:
            over.append(factor)
    return over, under


def _node(builder: Builder, one: Any, operands: list[int], names: dict[str, str], strange: list[str], sympy: Any) -> int:
    """One node, its operands being there."""

    def fold(op: str, handles: list[int]) -> int:
        result = handles[0]
        for other in handles[1:]:
            result = builder.apply(op, (result, other))
        return result

    head = type(one).__name__
    if one.is_Matrix or head in _MATRIX or head == "MatrixElement":
        found = _matrix_node(builder, one, operands, head, fold)
        if found is not None:
            return found
    if isinstance(one, sympy.factorial):
        return builder.apply("gamma", tuple(operands))
    if one.is_Symbol:
        return builder.input(one.name)
    if one in (sympy.pi, sympy.E, sympy.oo):
        name = {sympy.pi: CONSTANTS[0], sympy.E: CONSTANTS[1], sympy.oo: CONSTANTS[2]}[one]
        return builder.input(name, None, CONSTANT_VALUES[name], constant=True)
    if one in (sympy.true, sympy.false):
        return builder.constant(Literal(str(int(bool(one))), float(bool(one))))
    if one.is_Rational and not one.is_Integer:
        return builder.apply(
            "div", (builder.constant(Literal(str(one.p), float(one.p))), builder.constant(Literal(str(one.q), float(one.q))))
        )
    if one.is_number and one.is_Atom and one.is_real:
        return builder.constant(Literal(str(int(one)) if one.is_Integer else repr(float(one)), float(one)))
    if one.is_Mul:
        over = _quotient(one)[0]
        above, below = operands[: len(over)], operands[len(over) :]
        negative = bool(over) and over[0] == -1 and len(over) > 1
        top = fold("mul", above[1:] if negative else above) if above else builder.constant(Literal("1", 1.0))
        result = builder.apply("div", (top, fold("mul", below))) if below else top
        return builder.apply("neg", (result,)) if negative else result
    if one.is_Add:
        return _sum(builder, one, operands)
    if isinstance(one, sympy.Pow):
        if one.exp.is_number and one.exp.is_negative:
            return builder.apply("div", (builder.constant(Literal("1", 1.0)), operands[0]))
        if one.exp == sympy.Rational(1, 2):
            return builder.apply("sqrt", (operands[0],))
        return builder.apply("power", tuple(operands))
    if isinstance(one, sympy.exp):
        return builder.apply("exp", tuple(operands))
    if isinstance(one, sympy.Piecewise):
        return _piecewise(builder, one, operands, sympy)
    if head in _FOLDED:
        return fold(_FOLDED[head], operands)
    known = _HEADS.get(head, names.get(head))
    if known is None or len(OPERATIONS[known].names) != len(operands):
        if head not in ("Tuple", "Str"):  # parts of what is strange itself
            strange.append(head)
        return builder.constant(Literal("0", 0.0))
    return builder.apply(known, tuple(operands))


def _matrix_node(builder: Builder, one: Any, operands: list[int], head: str, fold: Any) -> int | None:
    """A node of SymPy's matrix expressions; None for what is written as for numbers."""
    from ..primitives.arrays import ARRAY_OPERATIONS  # registers the operations on arrays

    assert ARRAY_OPERATIONS
    if head == "MatrixSymbol":
        return builder.input(one.name)
    if head in _MATRIX:
        op, params = _MATRIX[head]
        return builder.apply(op, tuple(operands), params)
    if head in ("MatMul", "MatAdd"):
        if head == "MatAdd":
            return _sum(builder, one, operands)
        matrices = [handle for part, handle in zip(one.args, operands, strict=True) if part.is_Matrix]
        numbers = [handle for part, handle in zip(one.args, operands, strict=True) if not part.is_Matrix and part != -1]
        product = fold("matmul", matrices)
        scaled = builder.apply("mul", (fold("mul", numbers), product)) if numbers else product
        return builder.apply("neg", (scaled,)) if -1 in one.args else scaled
    if head == "MatPow" and one.args[1].is_Integer and 0 < abs(one.args[1]) <= 64:
        factor = operands[0] if one.args[1] > 0 else builder.apply("inv", (operands[0],))
        return fold("matmul", [factor] * abs(int(one.args[1])))
    if head == "MatrixElement" and all(place.is_Integer for place in one.args[1:]):
        pattern = tuple(("at", int(place)) for place in one.args[1:])
        return builder.apply("index", (operands[0],), (("pattern", pattern),))
    if head in ("Identity", "ZeroMatrix") and all(size.is_Integer for size in one.shape):
        rows, columns = map(int, one.shape)
        return (
            builder.apply("eye", (), (("n", rows), ("m", None)))
            if head == "Identity"
            else builder.apply("zeros", (), (("shape", (rows, columns)),))
        )
    return None


def _sum(builder: Builder, one: Any, operands: list[int]) -> int:
    """A sum; a term with a minus is taken off."""
    result = operands[0]
    for handle in operands[1:]:
        if builder.ops[handle] == "neg":
            result = builder.apply("sub", (result, builder.operands[handle][0]))
        else:
            result = builder.apply("add", (result, handle))
    return result


def _piecewise(builder: Builder, one: Any, operands: list[int], sympy: Any) -> int:
    """Branches from the last to the first; outside of all, the value is not a number."""
    queue = iter(operands)
    branches = []
    for _, condition in one.args:
        value = next(queue)
        branches.append((value, None if condition in (sympy.true, True) else next(queue)))
    nan = ("div", (builder.constant(Literal("0", 0.0)),) * 2)
    result = builder.apply(*nan) if branches[-1][1] is not None else -1
    for value, condition in reversed(branches):
        result = value if condition is None else builder.apply("where", (condition, value, result))
    return result
