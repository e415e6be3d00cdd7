"""The way from PyTorch to a graph; a module of its own, because its examples want the extra ``torch``."""

from __future__ import annotations

from collections.abc import Callable

from .graph import Graph


def from_torch(function: Callable[..., object], *examples: object) -> Graph:
    """The graph of a PyTorch module or function, from example arguments: tensors, numbers or lists.

    A module's parameters become inputs by their names (``fc1.weight`` is fc1_weight) that have their values already; buffers and
    constants are inputs outside the gradients. Dropout and batch normalization are those of the mode that the module is in. The
    graph computes in double precision.

    Raises
    ------
    ParseError
        Operations without a counterpart; all of them are listed. Or a program that torch.export refuses.
    ShapeError
        Operands do not fit on the example.

    >>> import torch
    >>> graph = from_torch(lambda x, w: torch.sum(torch.tanh(x @ w)), torch.ones(2, 3), torch.ones(3))
    >>> graph.inputs, round(graph.at(x=[[1, 0, 0], [0, 1, 0]], w=[0, 1, 2]).value, 6)
    (('x', 'w'), 0.761594)
    """
    from ..importers.torch import from_torch as read

    return Graph.lift(read(function, *examples))
