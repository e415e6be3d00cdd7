"""Ways to a graph: text, JSON, functions of Python over NumPy, SymPy expressions, ONNX models.

Each front end is imported when it is called for; what it makes is handed out as people meet it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ..graph import structure
from .graph import Graph

if TYPE_CHECKING:
    import sympy

    from ..importers.onnx import Model
    from .point import Point


def parse(text: str, source: str = "expression") -> Graph:
    """The graph of a text in the language.

    Every statement is one output candidate; the last one is the graph's output (:meth:`Graph.of` chooses another).

    Raises
    ------
    ParseError, NamingError
        With line, column, caret and hint.
    LimitError
        A named resource limit is exceeded.
    ArgumentError
        It is no text.

    >>> graph = parse("q = x + y; f = q*z")
    >>> graph.inputs, graph.output
    (('x', 'y', 'z'), 'f')
    """
    from ..language.elaboration import parse as read

    return Graph.lift(read(text, source))


def from_python(function: Callable[..., object], *examples: object, **named: object) -> Graph:
    """The graph of a Python function over NumPy, from one run on example arguments.

    The examples' shapes are the graph's; what does not depend on values (loops over shapes, comprehensions) is unrolled.

    Raises
    ------
    ParseError
        Control flow depends on values, or calls have no counterpart: all of them are listed with file and line.
    ShapeError
        Operands do not fit on the example.
    ArgumentError
        It is no function, or the examples do not fit its arguments.

    >>> import numpy as np
    >>> def loss(W, x):
    ...     return np.sum((W @ x) ** 2)
    >>> graph = from_python(loss, [[1, 2], [3, 4]], [1, 1])
    >>> graph.inputs, graph.at(W=[[1, 2], [3, 4]], x=[1, 1]).gradients["x"]
    (('W', 'x'), array([48., 68.]))
    """
    from ..importers.python import from_python as read

    return Graph.lift(read(function, *examples, **named))


def from_sympy(expression: sympy.Basic | sympy.MatrixBase | float) -> Graph:
    """The graph of a SymPy expression; of a matrix, one with an array for its output; of matrix symbols, one over matrices.

    Quotients stay quotients: x*y**-1 is x/y. Rational numbers are quotients of exact integers. Sums, products, derivatives
    and integrals that SymPy only writes down are worked out first. Matrix symbols give the graph their shapes.

    Raises
    ------
    ParseError
        A function that has no counterpart; all of them are listed.
    ArgumentError
        What is given is no expression of SymPy and no number. Text is never read here: SymPy would run it as a program.

    >>> import sympy
    >>> x, y = sympy.symbols("x y")
    >>> from_sympy(sympy.exp(x)/y + 2).at(x=0, y=4).value
    2.25
    >>> a, v = sympy.MatrixSymbol("A", 2, 2), sympy.MatrixSymbol("v", 2, 1)
    >>> from_sympy(a.T * v + v)["f"].shape
    (2, 1)
    """
    from ..importers.sympy import from_sympy as read

    return Graph.lift(read(expression))


def from_json(source: str | os.PathLike[str] | Mapping[str, Any]) -> Graph | Point:
    """The graph of a document, or the point where the document has values. ``source`` is a path, the JSON text, or the object.

    The author's text is parsed again where it gives the graph of the document; a graph that no text gave (a gradient, an
    imported one) is made from the formulas of its nodes, each of them named then. Nothing of a document is evaluated as Python.

    Raises
    ------
    FileError
        A file that cannot be read, or that holds no document.
    ArgumentError
        ``source`` is none of these.
    GradvizError
        A document of another schema, or one whose formulas do not parse.

    >>> import json, graphviz_ad as gv
    >>> point = gv.parse("q = x + y; f = q*z").at(x=-2, y=5, z=-4)
    >>> from_json(json.dumps(point.document()))
    Point(f = -12.0 at x=-2.0, y=5.0, z=-4.0)
    """
    from ..importers.json import from_json as read

    found = read(source)
    if isinstance(found, structure.Graph):
        return Graph.lift(found)
    from .point import Point

    return Point.lift(found)


def from_onnx(model: Model, **examples: object) -> Graph:
    """The graph of an ONNX model: a path or a loaded model; wants the extra ``onnx``.

    Floating initializers become inputs that have their values already, by their names (``fc1.weight`` is fc1_weight); whole
    numbers in them stay what they are. Examples by name give shapes to inputs that the model leaves open. What depends on
    initializers and shapes alone is computed by ONNX's own reference. The graph computes in double precision.

    Raises
    ------
    FileError
        A file that cannot be read or is no model.
    ShapeError
        An input whose shape is open and has no example; operands that do not fit.
    ParseError
        Operators without a counterpart; all of them are listed.
    """
    from ..importers.onnx import from_onnx as read

    return Graph.lift(read(model, **examples))
