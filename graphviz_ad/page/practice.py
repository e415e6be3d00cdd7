"""Practice sheets: a page that asks, with inputs drawn from a seed, and the page that answers."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..derive.derivatives import Point
from ..errors import GradvizError
from ..scene.titles import is_differentiable
from .document import page_html, started
from .program import obstacle

if TYPE_CHECKING:
    from ..graph.structure import Graph

QUESTIONS = ("both", "values", "gradients")
LARGEST = 1e4  # numbers that a person can be asked to write
_TRIES = 50
_WORD = 0xFFFF_FFFF


def practice_html(graph: Graph, point: Point | None = None, *, seed: int = 1, ask: str = "both", **options: Any) -> str:
    """The page of a graph, asking from the start; the other options are those of :func:`page_html`.

    Raises
    ------
    GradvizError
        The graph cannot be computed in a page, the seed is not one, or ``ask`` is not "both", "values" or "gradients".
    """
    if ask not in QUESTIONS:
        raise GradvizError(f"cannot ask for {ask!r}; known are {', '.join(QUESTIONS)}")
    if not 0 <= seed <= _WORD:
        raise GradvizError(f"seed is {seed}; it is a whole number from 0 to {_WORD}")
    point = point if point is not None else started(graph)
    reason = obstacle(point) or ("" if is_differentiable(point) else "it has several outputs")
    if reason:
        raise GradvizError(f"there is no practice for this graph: {reason}")
    return page_html(point.graph, point, _practice={"seed": seed, "what": ask}, **options)


def answers_html(graph: Graph, point: Point | None = None, *, seed: int = 1, **options: Any) -> str:
    """The answer key for a seed: the page of the same graph at the very inputs that the practice page draws."""
    varied = variant(point if point is not None else started(graph), seed)
    return page_html(varied.graph, varied, **options)


def variant(point: Point, seed: int) -> Point:
    """The point that the practice page draws for a seed: inputs that give every value and gradient a number below 10 000.

    Whole numbers stay whole and between -5 and 5, others keep one decimal and stay near where they were.

    >>> from graphviz_ad import parse
    >>> variant(parse("x*y").at(x=2, y=3), 7).inputs
    {0: -5.0, 1: -5.0}
    """
    graph = point.graph
    handles = [h for h in graph.input_handles.values() if graph.needed[h] and (h in point.active or not graph.input_spec(h).constant)]
    values = {
        str(graph.names[h]): point.values[h] for h in graph.input_handles.values() if not graph.input_spec(h).constant or h in point.active
    }
    roll = _dice(seed)
    for _ in range(_TRIES):
        values.update({str(graph.names[h]): _drawn(point.values[h], roll()) for h in handles})
        varied = type(point)(graph, values)
        if all(_fair(varied, h) for h in range(len(graph)) if graph.needed[h]):
            return varied
    return point


def _fair(point: Point, handle: int) -> bool:
    gradient = point.gradient_of(handle)
    return abs(point.values[handle]) < LARGEST and (gradient is None or abs(gradient) < LARGEST)


def _drawn(start: float, u: float) -> float:
    """A new value beside ``start`` for a number u in [0, 1)."""
    if math.isfinite(start) and start == int(start):
        k = math.floor(u * 10)
        return float(k - 5 if k < 5 else k - 4)
    return math.floor((start + (2 * u - 1) * max(1.0, abs(start))) * 10 + 0.5) / 10


def _dice(seed: int) -> Callable[[], float]:
    """Mulberry32, a generator with 32 bits of state: few enough lines to be the same in Python and JavaScript."""
    state = seed & _WORD

    def roll() -> float:
        nonlocal state
        state = (state + 0x6D2B79F5) & _WORD
        t = ((state ^ (state >> 15)) * (state | 1)) & _WORD
        t = ((t + (((t ^ (t >> 7)) * (t | 61)) & _WORD)) & _WORD) ^ t
        return (t ^ (t >> 14)) / 2**32

    return roll
