"""Graphs and points go through pickle and copy, as process pools need it: the same, still immutable, without what can be found again."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

import numpy as np
import pytest

import graphviz_ad as gv

WAYS: dict[str, Callable[[Any], Any]] = {
    "pickle": lambda one: pickle.loads(pickle.dumps(one)),
    "deepcopy": copy.deepcopy,
    "copy": copy.copy,
}
POINTS = {
    "scalar": gv.parse("s(t) = 1/(1+exp(-t)); q = x + y; f = s(q*z)").at(x=1, y=2, z=3),
    "array": gv.parse("f = sum(softmax(W@x)**2)").at(W=[[1, 2], [3, 4]], x=[0.5, -1]),
    "moved": gv.parse("f = W@x").at(W=[[1, 2], [3, 4]], x=[0.5, -1]).along(x=[1, 2]),
    "chosen": gv.parse("f = x*y*k").at(x=1, y=2, k=np.int64(2)).with_respect_to("y"),
}


def use(point: gv.Point) -> dict[str, Any]:
    """Everything that fills the tables of a point."""
    point.check()
    return point.document()


@pytest.mark.parametrize("used", [False, True])
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", POINTS)
def test_a_copied_point_is_the_same(name: str, way: str, used: bool) -> None:
    point = copy.deepcopy(POINTS[name])
    if used:
        use(point)
    again = WAYS[way](point)
    assert use(again) == use(point)
    assert again.graph.shapes == point.graph.shapes
    for table in (again.values, list(again.inputs.values())):
        assert not any(isinstance(one, np.ndarray) and one.flags.writeable for one in table)


@pytest.mark.parametrize("way", WAYS)
def test_a_copied_graph_is_the_same(way: str) -> None:
    graph = gv.parse("b = [1, 2]; q = W@x + b; f = sum(q)").shaped(W=(2, 2), x=(2,))
    graph.gradient("x")
    again = WAYS[way](graph)
    assert (again.shapes, again.labels, again.text, again["q"].spans) == (graph.shapes, graph.labels, graph.text, graph["q"].spans)
    assert again.gradient("x").ops == graph.gradient("x").ops
    defaults = [params.default for params in again.params if getattr(params, "default", None) is not None]
    assert len(defaults) == 1
    assert not defaults[0].flags.writeable


def test_a_long_graph_is_copied() -> None:
    graph = gv.parse("+".join(["x"] * 20_000))
    assert pickle.loads(pickle.dumps(graph)).at(x=2).gradients == {"x": 20_000.0}
    assert copy.deepcopy(graph.at(x=1)).value == 20_000.0


def test_points_travel_to_other_processes() -> None:
    points = [POINTS["scalar"], POINTS["array"]]
    for point in points:
        use(point)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        documents = list(pool.map(use, points))
    assert documents == [use(point) for point in points]
