"""The page computes what Python computes: 200 random sets of inputs over the graphs, every value, slope, share and gradient."""

from __future__ import annotations

import importlib.util
import json
import math
import random
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import graphviz_ad as gv
from graphviz_ad.page import page_html
from graphviz_ad.page.program import obstacle
from graphviz_ad.primitives.kernels import python as floats
from graphviz_ad.primitives.rules import float_partials

pytestmark = pytest.mark.needs_browser

_spec = importlib.util.spec_from_file_location("page_graphs", Path(__file__).with_name("graphs.py"))
assert _spec is not None
assert _spec.loader is not None
_module = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_module)
GRAPHS = _module.GRAPHS
GALLERY = Path(__file__).parents[2] / "gallery"
EACH = 10
assert EACH * len(GRAPHS) >= 200


class Numbers:
    """Values, slopes and gradients of a graph; with dice every result of an operation is off by one unit in its last place at most."""

    def __init__(self, point: gv.Point, dice: random.Random | None) -> None:
        graph = point.graph

        def rounded(number: float) -> float:
            return number if dice is None or isinstance(number, bool) else number * (1 + dice.choice((-1, 0, 1)) * 2.0**-52)

        self.values = list(point.values)
        self.slopes: list[list[float | None]] = [[] for _ in self.values]
        for handle, op in enumerate(graph.ops):
            taken = graph.operands[handle]
            if not taken:
                continue
            given = [self.values[k] for k in taken]
            self.values[handle] = rounded(getattr(floats, op)(*given))
            self.slopes[handle] = [
                None if rule is None or not (point.flows[handle] and point.flows[k]) else rounded(float(rule(*given, self.values[handle])))
                for rule, k in zip(float_partials(op), taken, strict=True)
            ]
        self.gradients = [0.0] * len(self.values)
        self.gradients[graph.outputs[0]] = 1.0
        for handle in range(len(self.values) - 1, -1, -1):
            for slope, k in zip(self.slopes[handle], graph.operands[handle], strict=True):
                if slope is not None and not (graph.ops[handle] == "where" and slope == 0):
                    self.gradients[k] = rounded(self.gradients[k] + rounded(self.gradients[handle] * slope))


def drawn_in_the_gallery() -> dict[str, gv.Point]:
    """The gallery's points that a page can compute."""
    found: dict[str, gv.Point] = {}
    for script in sorted(GALLERY.glob("*.py")):
        if script.name != "build.py":
            point = runpy.run_path(str(script)).get("point")
            if isinstance(point, gv.Point) and not obstacle(point):
                found[script.stem] = point
    return found


IN_GALLERY = drawn_in_the_gallery()


def condition(point: gv.Point, dice: random.Random) -> tuple[list[float], list[float]]:
    """How far one unit in the last place of every operation moves each value and each gradient: 8 times that is allowed."""
    plain = Numbers(point, None)
    moved = [Numbers(point, dice) for _ in range(12)]

    def spread(column: str, handle: int) -> float:
        here = float(getattr(plain, column)[handle])
        return max(abs(float(getattr(one, column)[handle]) - here) for one in moved) + math.ulp(here)

    return tuple([spread(column, h) for h in range(len(plain.values))] for column in ("values", "gradients"))  # type: ignore[return-value]


def test_the_gallery_is_tried() -> None:
    assert len(IN_GALLERY) >= 8


@pytest.mark.parametrize("name", IN_GALLERY)
def test_page_agrees_with_python_over_the_gallery(name: str, opened: Callable[..., Any]) -> None:
    point = IN_GALLERY[name]
    start = {key: point.values[handle] for key, handle in point.graph.input_handles.items() if handle in point.active}
    compare(point.graph, start, random.Random(name), opened)


@pytest.mark.parametrize("name", GRAPHS)
def test_page_agrees_with_python(name: str, opened: Callable[..., Any]) -> None:
    text, start = GRAPHS[name]
    compare(gv.parse(text), start, random.Random(name), opened)


def compare(graph: gv.Graph, start: dict[str, float], dice: random.Random, opened: Callable[..., Any]) -> None:
    """Every value and gradient of the page at random inputs near ``start``."""
    page = opened(page_html(graph, graph.at(start)))
    sets = [{key: round(value + dice.gauss(0, 0.2 * (1 + abs(value))), 3) for key, value in start.items()} for _ in range(EACH)]
    found = page.evaluate(
        f"({json.dumps(sets)}).map((one) => {{ gradviz.set(one); const n = gradviz.get(); return [n.value, n.gradient]; }})"
    )
    single = len(graph.outputs) == 1
    for given, (values, gradients) in zip(sets, found, strict=True):
        point = graph.at(given)
        of_values, of_gradients = condition(point, dice)
        for handle in range(len(graph)):
            label = f"{graph.labels[handle]} at {given}"
            assert abs(float(values[handle]) - float(point.values[handle])) <= 8 * of_values[handle], label
            wanted = point.gradient_of(handle) if single else None
            if wanted is None or gradients[handle] is None:
                # constants have a gradient in the page's table as in Python's sweep, shown nowhere
                assert (wanted is None) == (gradients[handle] is None), label
                continue
            assert abs(gradients[handle] - wanted) <= 8 * of_gradients[handle], label
