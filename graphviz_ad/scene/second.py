"""Second derivatives as they are shown and as data: the Hessian by all entries of the inputs."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

from .model import Label
from .numbers import choose
from .writing import name_label

if TYPE_CHECKING:
    import numpy as np

    from ..derive.derivatives import Point


MOST_SHOWN = 4  # rows below a picture


def entries(point: Point) -> list[str]:
    """What the rows and columns of the Hessian are, in order: x, W[0,1], …

    >>> from graphviz_ad import parse
    >>> entries(parse("sum(W)*x").at(W=[1, 2], x=3))
    ['W[0]', 'W[1]', 'x']
    """
    found = []
    for name in point.wrt:
        shape = point.shape_of(point.graph.input_handles[name])
        found += [f"{name}[{','.join(map(str, index))}]" for index in product(*map(range, shape))] if shape else [name]
    return found


def matrix(point: Point) -> np.ndarray:
    """The Hessian as a square array, by :func:`entries`."""
    import numpy as np

    size = len(entries(point))
    return np.reshape(point.hessian(), (size, size)) if size else np.zeros((0, 0))


def data(point: Point) -> dict[str, Any]:
    """The Hessian as plain data: what its rows are, and its entries."""
    return {"wrt": entries(point), "matrix": matrix(point).tolist()}


def label(point: Point) -> Label | None:
    """The Hessian as a formula for below a picture; None of more inputs than are shown.

    >>> from graphviz_ad import parse
    >>> label(parse("x*x*y").at(x=2, y=3)).text
    '∇²f = [[6, 4], [4, 0]]  by (x, y)'
    """
    names = entries(point)
    if not names or len(names) > MOST_SHOWN:
        return None
    found = matrix(point)
    figures = choose([found], None)
    text = f"∇²{point.graph.output} = {figures.text(found)}  by ({', '.join(names)})"
    by = r",\;".join(name_label(name).latex if name.isidentifier() else name.replace("_", r"\_") for name in names)
    return Label(text, rf"\nabla^{{2}} {name_label(point.graph.output).latex} = {figures.latex(found)} \;\text{{by}}\; \left({by}\right)")
