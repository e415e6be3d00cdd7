"""A SymPy expression or matrix as a graph; its tree is walked without recursion, equal parts become one node."""

from __future__ import annotations

from collections.abc import Callable
from numbers import Number
from typing import TYPE_CHECKING, Any

from ..errors import ArgumentError, ParseError
from ..graph.builder import Builder
from ..graph.parts import Literal
from ..graph.structure import Graph
from ..language.vocabulary import CONSTANT_VALUES
from ..primitives.registry import OPERATIONS
from ..syntax.grammar import CONSTANTS

if TYPE_CHECKING:
    import sympy
    from sympy.matrices.expressions.matexpr import MatrixElement

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


def from_sympy(expression: sympy.Basic | sympy.MatrixBase | float) -> Graph:
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


def _symbolic(given: object) -> sympy.Basic:
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


def _written(expression: sympy.Basic) -> str:
    """The expression as SymPy writes it; nothing where it is too deep for SymPy's printer, which recurses."""
    try:
        return str(expression)
    except RecursionError:
        return ""


def _build(builder: Builder, expressions: list[sympy.Basic]) -> list[int]:
    """The nodes of several expressions."""
    nodes = _Nodes(builder)
    made: dict[sympy.Basic, int] = {}
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
        made[one] = nodes.make(one, [made[part] for part in parts])
    if nodes.strange:
        heads = ", ".join(dict.fromkeys(nodes.strange))
        raise ParseError(f"SymPy's {heads} has no counterpart here", hint="`gradviz ops` lists every function")
    return [made[one] for one in expressions]


def _parts(one: sympy.Basic) -> list[sympy.Basic]:
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


def _quotient(product: sympy.Mul) -> tuple[list[sympy.Basic], list[sympy.Basic]]:
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


class _Nodes:
    """Makes the node of an expression, its operands being there; ``strange`` collects heads that have no counterpart."""

    def __init__(self, builder: Builder) -> None:
        import sympy

        self.builder, self.sympy = builder, sympy
        self.strange: list[str] = []
        self.names = {record.sympy: name for name, record in OPERATIONS.items() if record.sympy} | _HEADS
        self.constants = {sympy.pi: CONSTANTS[0], sympy.E: CONSTANTS[1], sympy.oo: CONSTANTS[2]}
        self.compounds: tuple[tuple[type, _Maker], ...] = (  # the first that fits: SymPy takes a power of e for an exp, too
            (sympy.factorial, self.factorial),
            (sympy.Mul, self.product),
            (sympy.Add, self.sum),
            (sympy.Pow, self.power),
            (sympy.exp, self.exponential),
            (sympy.Piecewise, self.piecewise),
        )
        self.matrices: dict[str, _MatrixMaker] = {
            "MatrixSymbol": self.matrix_symbol,
            "MatMul": self.matrix_product,
            "MatAdd": self.sum,
            "MatPow": self.matrix_power,
            "MatrixElement": self.entry,
            "Identity": self.identity,
            "ZeroMatrix": self.zeros,
            **dict.fromkeys(_MATRIX, self.matrix_function),
        }

    def make(self, one: sympy.Basic, operands: list[int]) -> int:
        """The node of an expression."""
        matrix = self.matrices.get(type(one).__name__)
        node = None
        if matrix is not None:
            from ..primitives.arrays import ARRAY_OPERATIONS

            assert ARRAY_OPERATIONS  # registers the operations on arrays
            node = matrix(one, operands)
        if node is None:
            node = self.leaf(one)
        if node is not None:
            return node
        for kind, maker in self.compounds:
            if isinstance(one, kind):
                return maker(one, operands)
        return self.function(one, operands)

    def number(self, text: str, value: float) -> int:
        return self.builder.constant(Literal(text, value))

    def fold(self, op: str, handles: list[int]) -> int:
        """An operation of two operands over all handles, from the left."""
        result = handles[0]
        for other in handles[1:]:
            result = self.builder.apply(op, (result, other))
        return result

    # -- numbers -----------------------------------------------------------------------------------------------------

    def leaf(self, one: sympy.Basic) -> int | None:
        """A symbol, a constant or a number; None for everything else."""
        if one.is_Symbol:
            return self.builder.input(one.name)
        if one in self.constants:
            name = self.constants[one]
            return self.builder.input(name, None, CONSTANT_VALUES[name], constant=True)
        if one in (self.sympy.true, self.sympy.false):
            return self.number(str(int(bool(one))), float(bool(one)))
        if one.is_Rational and not one.is_Integer:
            return self.builder.apply("div", (self.number(str(one.p), float(one.p)), self.number(str(one.q), float(one.q))))
        if one.is_number and one.is_Atom and one.is_real:
            return self.number(str(int(one)) if one.is_Integer else repr(float(one)), float(one))
        return None

    def factorial(self, one: sympy.factorial, operands: list[int]) -> int:
        return self.builder.apply("gamma", tuple(operands))

    def product(self, one: sympy.Mul, operands: list[int]) -> int:
        """A product or a quotient; a factor -1 becomes a minus."""
        over = _quotient(one)[0]
        above, below = operands[: len(over)], operands[len(over) :]
        negative = bool(over) and over[0] == -1 and len(over) > 1
        top = self.fold("mul", above[1:] if negative else above) if above else self.number("1", 1.0)
        result = self.builder.apply("div", (top, self.fold("mul", below))) if below else top
        return self.builder.apply("neg", (result,)) if negative else result

    def sum(self, one: sympy.Basic, operands: list[int]) -> int:
        """A sum; a term with a minus is taken off."""
        builder, result = self.builder, operands[0]
        for handle in operands[1:]:
            if builder.ops[handle] == "neg":
                result = builder.apply("sub", (result, builder.operands[handle][0]))
            else:
                result = builder.apply("add", (result, handle))
        return result

    def power(self, one: sympy.Pow, operands: list[int]) -> int:
        if one.exp.is_number and one.exp.is_negative:
            return self.builder.apply("div", (self.number("1", 1.0), operands[0]))
        if one.exp == self.sympy.Rational(1, 2):
            return self.builder.apply("sqrt", (operands[0],))
        return self.builder.apply("power", tuple(operands))

    def exponential(self, one: sympy.exp, operands: list[int]) -> int:
        return self.builder.apply("exp", tuple(operands))

    def piecewise(self, one: sympy.Piecewise, operands: list[int]) -> int:
        """Branches from the last to the first; outside of all, the value is not a number."""
        queue = iter(operands)
        branches = []
        for _, condition in one.args:
            value = next(queue)
            branches.append((value, None if condition in (self.sympy.true, True) else next(queue)))
        nan = ("div", (self.number("0", 0.0),) * 2)
        result = self.builder.apply(*nan) if branches[-1][1] is not None else -1
        for value, condition in reversed(branches):
            result = value if condition is None else self.builder.apply("where", (condition, value, result))
        return result

    def function(self, one: sympy.Basic, operands: list[int]) -> int:
        """A function by name; a strange one is noted, with a number in its place until all are known."""
        head = type(one).__name__
        if head in _FOLDED:
            return self.fold(_FOLDED[head], operands)
        known = self.names.get(head)
        if known is None or len(OPERATIONS[known].names) != len(operands):
            if head not in ("Tuple", "Str"):  # parts of what is strange itself
                self.strange.append(head)
            return self.number("0", 0.0)
        return self.builder.apply(known, tuple(operands))

    # -- matrices: None for what is written as for numbers ------------------------------------------------------------

    def matrix_symbol(self, one: sympy.MatrixSymbol, operands: list[int]) -> int:
        return self.builder.input(one.name)

    def matrix_function(self, one: sympy.Basic, operands: list[int]) -> int:
        op, params = _MATRIX[type(one).__name__]
        return self.builder.apply(op, tuple(operands), params)

    def matrix_product(self, one: sympy.MatMul, operands: list[int]) -> int:
        matrices = [handle for part, handle in zip(one.args, operands, strict=True) if part.is_Matrix]
        numbers = [handle for part, handle in zip(one.args, operands, strict=True) if not part.is_Matrix and part != -1]
        product = self.fold("matmul", matrices)
        scaled = self.builder.apply("mul", (self.fold("mul", numbers), product)) if numbers else product
        return self.builder.apply("neg", (scaled,)) if -1 in one.args else scaled

    def matrix_power(self, one: sympy.MatPow, operands: list[int]) -> int | None:
        exponent = one.args[1]
        if not (exponent.is_Integer and 0 < abs(exponent) <= 64):
            return None
        factor = operands[0] if exponent > 0 else self.builder.apply("inv", (operands[0],))
        return self.fold("matmul", [factor] * abs(int(exponent)))

    def entry(self, one: MatrixElement, operands: list[int]) -> int | None:
        if not all(place.is_Integer for place in one.args[1:]):
            return None
        pattern = tuple(("at", int(place)) for place in one.args[1:])
        return self.builder.apply("index", (operands[0],), (("pattern", pattern),))

    def identity(self, one: sympy.Identity, operands: list[int]) -> int | None:
        if not all(size.is_Integer for size in one.shape):
            return None
        return self.builder.apply("eye", (), (("n", int(one.shape[0])), ("m", None)))

    def zeros(self, one: sympy.ZeroMatrix, operands: list[int]) -> int | None:
        if not all(size.is_Integer for size in one.shape):
            return None
        return self.builder.apply("zeros", (), (("shape", tuple(map(int, one.shape))),))


_Maker = Callable[[Any, list[int]], int]
_MatrixMaker = Callable[[Any, list[int]], "int | None"]
