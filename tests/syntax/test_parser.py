"""The grammar: what is read, how it groups, and where faults are pointed at."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import graphviz_ad as gv
from graphviz_ad import Node
from graphviz_ad.errors import LimitError, NamingError, ParseError
from graphviz_ad.graph.notation import Notation
from graphviz_ad.syntax.machine import run
from graphviz_ad.syntax.parser import parse_expression, parse_program


def grouping(text: str) -> str:
    """The expression with every operation in parentheses."""
    return run(parse_expression(text), {}, str, str, lambda op, operands: f"({op} {' '.join(operands)})")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(x+y)*z", "(mul (add x y) z)"),
        ("x+y*z", "(add x (mul y z))"),
        ("x-y-z", "(sub (sub x y) z)"),
        ("x/y*z", "(mul (div x y) z)"),
        ("-x**2", "(neg (power x 2))"),
        ("2**-x", "(power 2 (neg x))"),
        ("2**-x*3", "(mul (power 2 (neg x)) 3)"),
        ("x**y**z", "(power x (power y z))"),
        ("2**-x**y", "(power 2 (neg (power x y)))"),
        ("-x*y", "(mul (neg x) y)"),
        ("+x", "x"),
        ("a if c else b if d else e", "(if_else a c (if_else b d e))"),
        ("a<b<=c", "(logical_and (less a b) (less_equal b c))"),
        ("not a<b and c>d or e==f", "(logical_or (logical_and (logical_not (less a b)) (greater c d)) (equal e f))"),
        ("x%y", "(mod x y)"),
        ("max(x, y,)", "(max x y)"),
        ("1_000.5e-3*x", "(mul 1000.5e-3 x)"),
        (".5+5.", "(add .5 5.)"),
    ],
)
def test_grouping(text: str, expected: str) -> None:
    assert grouping(text) == expected


_LEAVES = st.sampled_from(["x", "y", "z", "2", "3.5"])
_EXPRESSIONS = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "%", "**"]), inner).map(lambda t: f"{t[0]}{t[1]}{t[2]}"),
        inner.map(lambda t: f"-{t}"),
        inner.map(lambda t: f"({t})"),
        inner.map(lambda t: f"f({t})"),
    ),
    max_leaves=12,
)
_NAMES = {
    "Add": "add", "Sub": "sub", "Mult": "mul", "Div": "div", "Mod": "mod", "Pow": "power", "USub": "neg",
}  # fmt: skip


def python_grouping(node: ast.expr) -> str:
    """The same, read by Python's own parser."""
    match node:
        case ast.BinOp(left, op, right):
            return f"({_NAMES[type(op).__name__]} {python_grouping(left)} {python_grouping(right)})"
        case ast.UnaryOp(op, operand):
            return f"({_NAMES[type(op).__name__]} {python_grouping(operand)})"
        case ast.Call(_, [argument]):
            return f"(f {python_grouping(argument)})"
        case ast.Name(name):
            return name
        case ast.Constant(value):
            return str(value)
    raise AssertionError(node)


@given(_EXPRESSIONS)
@settings(max_examples=300, deadline=None)
def test_groups_as_python_does(text: str) -> None:
    assert grouping(text) == python_grouping(ast.parse(text, mode="eval").body)


@given(_EXPRESSIONS)
@settings(max_examples=200, deadline=None)
def test_written_formulas_read_back_the_same(text: str) -> None:
    code = parse_expression(text)
    notation = Notation()
    written = run(code, {}, notation.name, notation.number, notation.apply).text
    assert grouping(written) == grouping(text)


@pytest.mark.parametrize(
    ("text", "column", "hint"),
    [
        ("x^2", 1, "**"),
        ("2x", 1, "2*x"),
        ("x y", 2, "x*y"),
        ("(x)(y)", 3, "*"),
        ("x&y", 1, "and"),
        ("x//y", 1, "floor"),
        ("x+", 2, ""),
        ("*x", 0, ""),
        ("x++", 3, ""),
        ("(x+y", 0, ")"),
        ("(x+y))", 5, "("),
        ("[x)", 2, ""),
        ("x if y", 2, "else"),
        ("x else y", 2, "if"),
        ("max(x,,y)", 6, ""),
        ("max(,x)", 4, ""),
        ("sin()", 3, "sin(x)"),
        ("1e", 1, "1e-3"),
        ("1..2", 2, ""),
        ("3j", 1, "real"),
        ("x.foo", 1, "sum(x)"),
        ("x.relu", 1, "relu(x, …)"),
        ("x.logsumexp", 1, "logsumexp(x, …)"),
        ("x·y", 1, "*"),
        ("x²", 1, "**2"),
        ("x−y", 1, "-"),
        ("'x", 0, ""),
        ("lambda x: x", 0, "s(t)"),
        ("import os", 0, ""),
        ("x = ", 4, "x = "),
        ("y; y", 0, "name"),
        ("a + not b", 4, "(not c)"),
        ("f(a=1, 2)", 8, "last"),
        ("1e400", 0, "inf"),
        ("x\x00", 1, ""),
    ],
)
def test_faults_are_pointed_at(text: str, column: int, hint: str) -> None:
    with pytest.raises(ParseError) as caught:
        gv.parse(text)
    assert caught.value.start == column
    assert caught.value.column == column + 1
    assert hint in caught.value.hint
    shown = str(caught.value).splitlines()
    assert shown[2].index("^") == column + 2  # under the fault, behind the two spaces of the excerpt


def test_fault_in_a_later_line() -> None:
    with pytest.raises(ParseError) as caught:
        gv.parse("q = x + y\nf = q ^ 2")
    assert (caught.value.line, caught.value.column) == (2, 7)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("sine(x)", "did you mean sin"),
        ("q = x; q = y; q", "assigned twice"),
        ("f = q*2; q = x; f", "before it is defined"),
        ("s(t) = t*t; s*2", "is a function"),
    ],
)
def test_naming_faults(text: str, words: str) -> None:
    with pytest.raises(NamingError, match=words):
        gv.parse(text)


def test_recursion_is_refused() -> None:
    with pytest.raises(ParseError, match="calls itself"):
        gv.parse("f(t) = f(t - 1); f(x)")


def test_doubling_functions_end_in_a_limit() -> None:
    lines = ["f0(t) = t*t"] + [f"f{k}(t) = f{k - 1}(t) + f{k - 1}(2*t)" for k in range(1, 60)] + ["f59(x)"]
    with pytest.raises(LimitError, match="GRADVIZ_MAX_CALLS"):
        gv.parse("\n".join(lines))


@pytest.mark.parametrize(
    "text", ["(" * 100_000 + "x" + ")" * 100_000, "sin(" * 10_000 + "x" + ")" * 10_000, "-" * 10_000 + "x", "x" + "**x" * 10_000]
)
def test_depth_is_not_limited(text: str) -> None:
    assert gv.parse(text).inputs == ("x",)


def test_statements_and_comments() -> None:
    program = parse_program("# a comment\nq = (x +\n     y)  # q\n\nf = q*z;")
    assert [statement.name for statement in program.statements] == ["q", "f"]


def test_spans_stay() -> None:
    text = "sin(x + y)*(x + y)"
    graph = gv.parse(text)
    shared = next(node for node in graph if node.op == "add")
    assert [text[s.start : s.end] for s in shared.spans] == ["x + y", "x + y"]
    assert text[graph["f"].spans[0].mark] == "*"


def test_every_node_of_a_text_has_a_span() -> None:
    graph = gv.parse("s(t) = 1/(1 + exp(-t)); q = w*x + 2; s(q) if q > 0 else -q")
    for handle in range(len(graph)):
        assert Node(graph, handle).spans, graph.labels[handle]
