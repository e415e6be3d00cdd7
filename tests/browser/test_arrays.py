"""Pages of graphs on arrays: they compute what Python computes, entry by entry, and every entry can be reached and changed."""

from __future__ import annotations

import json
import math
import random
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import graphviz_ad as gv
from graphviz_ad.derive import array_tape
from graphviz_ad.engine import arrays
from graphviz_ad.page import page_html
from graphviz_ad.page.program import prepared
from graphviz_ad.primitives.kernels.arrays import Arrays

pytestmark = pytest.mark.needs_browser

GALLERY = Path(__file__).parents[2] / "gallery"

_W, _X, _B = [[0.3, -0.8, 0.5], [1.2, 0.4, -0.7]], [0.9, -0.4, 0.25], [0.1, -0.2]
_KEYS = [[0.4, -0.2], [0.7, 0.6], [-0.5, 0.1]]
GRAPHS: dict[str, tuple[str, dict[str, Any]]] = {
    "layer": ("h = W@x + b; f = sum(tanh(h)**2)", {"W": _W, "x": _X, "b": _B}),
    "batch": ("Y = X@W.T + b; f = mean((relu(Y) - 1)**2)", {"W": _W, "X": [_X, [0.2, 0.7, -1.1], [1.0, 0.3, 0.6]], "b": _B}),
    "softmax": ("p = softmax(z); f = -log(p[1])", {"z": [0.3, 1.2, -0.5, 0.8]}),
    "loss by label": ("cross_entropy(X@W, y)", {"X": [[0.5, -1.2], [0.3, 0.8]], "W": _W, "y": [2, 0]}),
    "attention": (
        "A = softmax(Q@K.T/sqrt(2)); f = sum((A@V)**2)",
        {"Q": [[0.1, 0.5], [-0.3, 0.9]], "K": _KEYS, "V": [[1.0, 0.5], [-0.6, 0.2], [0.3, 0.8]]},
    ),
    "normed": ("layer_norm(x) @ c", {"x": [0.4, -1.3, 2.2], "c": [1.5, -0.5, 0.75]}),
    "extremes": ("max(x)*min(x*2) + max(X, axis=0) @ c", {"x": [0.4, -1.3, 2.2], "X": [[1.0, -2.0], [0.5, 3.0]], "c": [2.0, 0.5]}),
    "moved": (
        "sum(concatenate([x[1:], flip(x)])*c) + X[0, 1] + trace(X) + sum(X.T[1])",
        {"x": [0.4, -1.3, 2.2], "c": [1.0, 2.0, 3.0, 4.0, 5.0], "X": [[1.5, -2.0], [0.5, 3.0]]},
    ),
    "length": ("norm(x - y) + norm(x)**2 + prod(x) + cumsum(x) @ y", {"x": [0.4, -1.3, 2.2], "y": [1.0, 0.5, -0.75]}),
    "broadcast": (
        "sum(where(X > 0, X*r, r - c)*s)",
        {"X": [[1.5, -2.0, 0.25], [0.5, 3.0, -1.0]], "r": [1.0, -0.5, 2.0], "c": [[0.3], [0.7]], "s": 1.25},
    ),
    "gated": ("sum(glu(x)**2) + sum(vander(y)) + sum(interp(x, [-1, 0, 2], w))", {"x": [0.4, -1.3, 2.2, 0.7], "y": [1.5, 2.0], "w": _X}),
    "outer": ("sum(outer(x, y)**2) + einsum('ij,j->', W, x)", {"x": _X, "y": _B, "W": _W}),
    "array output": ("tanh(W@x + b)", {"W": _W, "x": _X, "b": _B}),
    "stacked": ("v = [x*y, x + y, x]; f = v @ v", {"x": 1.5, "y": -0.5}),
}
EACH = 8


def in_the_gallery() -> dict[str, gv.Point]:
    """The pictures of the gallery on arrays that a page can compute."""
    found = {}
    for script in sorted(GALLERY.glob("*.py")):
        text = script.read_text("utf-8")
        if "point = " in text and script.name != "build.py":
            point = runpy.run_path(str(script)).get("point")
            if isinstance(point, gv.Point) and point.shapes is not None and prepared(point)[1] is not None:
                found[script.stem] = point
    return found


IN_GALLERY = in_the_gallery()


class Shaken(Arrays):
    """Arithmetic in which every operation is off by one unit in its last place, and sums by one in each term."""

    def __init__(self, dice: np.random.Generator) -> None:
        self._dice = dice

    def _shake(self, value: Any) -> Any:
        value = np.asarray(value)
        return value if value.dtype != float else value * (1 + self._dice.integers(-1, 2, value.shape) * 2.0**-52)

    def elementwise(self, op: str) -> Any:
        function = super().elementwise(op)
        return lambda *operands: self._shake(function(*operands))

    def contract(self, terms: Any, operands: Any) -> Any:
        return self._shake(super().contract(terms, [self._shake(one) for one in operands]))

    def length(self, x: Any, axes: Any) -> Any:
        return self._shake(super().length(self._shake(x), axes))


def numbers(point: gv.Point, k: Arrays) -> tuple[list[Any], list[Any]]:
    """Values and gradients by node, in an arithmetic."""
    graph = point.graph
    values, shapes = arrays.evaluate(graph, point.inputs, k)
    if len(graph.outputs) != 1 or shapes[graph.outputs[0]]:
        return values, [None] * len(values)
    table = array_tape.linearize(graph, values, shapes, point.flows, k)
    return values, array_tape.pull_back(graph, table, {graph.outputs[0]: 1.0})[0]


def flat(value: Any) -> list[float]:
    return [] if value is None else np.asarray(value, dtype=float).ravel().tolist()


def read(value: Any) -> list[float]:
    return [] if value is None else [float(one) for one in value["d"]] if isinstance(value, dict) else [float(value)]


def compare(point: gv.Point, opened: Callable[..., Any], seed: str) -> None:
    dice, shake = random.Random(seed), np.random.default_rng(len(seed))
    page = opened(page_html(point.graph, point))
    graph = point.graph
    fixed = [graph.labels[h] for h in page.evaluate("JSON.parse(document.getElementById('graph').textContent).arrays.fixed")]
    moved = [name for name in point.wrt if name not in fixed]
    for _ in range(EACH):
        given = {name: np.round(np.asarray(point.values[graph.input_handles[name]], dtype=float), 6) for name in moved}
        given = {n: v + np.reshape([round(dice.gauss(0, 0.15), 3) for _ in range(v.size)], v.shape) for n, v in given.items()}
        rest = {n: point.values[h] for n, h in graph.input_handles.items() if n not in given and not graph.input_spec(h).constant}
        now = graph.at({**rest, **{n: v if v.shape else float(v) for n, v in given.items()}}).with_respect_to(*point.wrt)
        told = {name: value.tolist() for name, value in given.items()}
        found = page.evaluate(f"(() => {{ gradviz.set({json.dumps(told)}); const n = gradviz.get(); return [n.value, n.gradient]; }})()")
        plain = numbers(now, Arrays())
        shaken = [numbers(now, Shaken(shake)) for _ in range(8)]
        for column, name in enumerate(("value", "gradient")):
            for handle in range(len(graph)):
                if not graph.needed[handle] or (name == "gradient" and not now.flows[handle]):
                    continue
                wanted, here = flat(plain[column][handle]), read(found[column][handle])
                if not wanted and here:
                    wanted = [0.0] * len(here)
                assert len(wanted) == len(here), (name, graph.labels[handle])
                spread = [max((abs(a - b) for a, b in zip(flat(one[column][handle]), wanted, strict=False)), default=0.0) for one in shaken]
                for one, other in zip(wanted, here, strict=True):
                    allowed = 8 * (max(spread) + math.ulp(one))
                    assert abs(one - other) <= allowed or (one != one and other != other), (name, graph.labels[handle], one, other)


@pytest.mark.parametrize("name", GRAPHS)
def test_pages_on_arrays_agree_with_python(name: str, opened: Callable[..., Any]) -> None:
    text, values = GRAPHS[name]
    point = gv.parse(text).at(values)
    reason, program = prepared(point)
    assert (reason, program is not None) == ("", True)
    compare(point, opened, name)


@pytest.mark.parametrize("name", IN_GALLERY)
def test_pages_on_arrays_agree_with_python_over_the_gallery(name: str, opened: Callable[..., Any]) -> None:
    compare(IN_GALLERY[name], opened, name)


def test_the_gallery_has_arrays() -> None:
    assert len(IN_GALLERY) >= 8


def test_local_jacobians_are_live(opened: Callable[..., Any]) -> None:
    text, values = GRAPHS["layer"]
    graph = gv.parse(text)
    point = graph.at(values)
    page = opened(page_html(graph, point))
    now = point.graph.at({**values, "x": [0.4, 0.2, -0.9]})
    page.evaluate("gradviz.set({x: [0.4, 0.2, -0.9]})")
    seen = 0
    for handle, row in enumerate(now.partials):
        for position, slope in enumerate(row):
            found = page.evaluate(f"gradviz.jacobian({handle}, {position}) || null")
            if found is not None:
                assert np.asarray(found["d"]) == pytest.approx(slope.dense().ravel(), rel=1e-13, abs=1e-13)
                seen += 1
    assert seen >= 5
    tanh = next(h for h, op in enumerate(point.graph.ops) if op == "tanh")
    assert page.text_content(f"#v0-local-n{tanh}-0 text[data-i='0']") == f"{now.partials[tanh][0].dense()[0, 0]:.2f}"


def test_entries_are_edited_walked_and_pasted(opened: Callable[..., Any]) -> None:
    point = gv.parse("f = sum(W@x)").at(W=[[1, 2], [3, 4]], x=[1, 10])
    page = opened(page_html(point.graph, point))
    field = page.get_by_label("W[0, 0]", exact=True).first
    field.fill("1/2")
    assert page.inner_text("#result") == "f = 63.50"
    assert page.text_content("#v0-value-n0 text[data-i='0']") == "0.50"
    field.press("ArrowDown")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "W[1, 0]"
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "W[1, 1]"
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "W[1, 1]"  # the edge of the matrix
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "W[0, 1]"
    page.keyboard.press("ArrowLeft")
    for text in ("5\t6\n7\t8", "[[5, 6],\n [7, 8]]", "array([[5., 6.],\n       [7., 8.]])", "5 6\n7 8", "5,6;7,8"):
        page.click("#start")
        page.get_by_label("W[0, 0]", exact=True).first.evaluate(
            "(field, text) => { const data = new DataTransfer(); data.setData('text', text);"
            " field.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true})); }",
            text,
        )
        assert page.evaluate("gradviz.get().value[0].d") == [5, 6, 7, 8], text
    assert page.inner_text("#said") == "4 numbers pasted into W."
    page.wait_for_timeout(400)
    assert page.evaluate("location.hash") == "#W=5,6,7,8"
    again = opened(page_html(point.graph, point), "#W=5,6,7,8&x=1,NaN")
    assert again.inner_text("#result") == "f = 152"
    assert again.evaluate("gradviz.get().value[1].d") == [1, 10]


def test_the_slider_moves_the_chosen_entry(opened: Callable[..., Any]) -> None:
    point = gv.parse("f = sum(x**2)").at(x=[1, 2, 3])
    page = opened(page_html(point.graph, point))
    page.get_by_label("x[2]", exact=True).first.focus()
    page.locator("#slider-0").evaluate("(s) => { s.value = 2.5; s.dispatchEvent(new Event('input')); }")
    assert page.evaluate("gradviz.get().value[0].d") == [1, 2, 2.5]
    assert page.inner_text("#told-0") == "x[2] = 2.5, ∂f/∂x[2] = 5.00"


def test_every_entry_of_a_large_array_is_reached(opened: Callable[..., Any]) -> None:
    values = np.arange(600.0).reshape(20, 30) / 100
    point = gv.parse("f = sum(W**2)").at(W=values)
    page = opened(page_html(point.graph, point))
    assert page.locator(".cells input").count() == 36
    page.get_by_label("go to an entry of W").fill("17, 23")
    page.get_by_label("go to an entry of W").press("Enter")
    field = page.get_by_label("W[17, 23]", exact=True).first
    assert field.input_value() == repr(float(values[17, 23]))
    field.fill("2")
    changed = values.copy()
    changed[17, 23] = 2
    assert page.evaluate("gradviz.get().value")[point.graph.outputs[0]] == pytest.approx(np.sum(changed**2), rel=1e-13)
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "W[19, 23]"
    page.get_by_label("go to an entry of W").fill("20, 1")
    page.get_by_label("go to an entry of W").press("Enter")
    assert page.get_by_label("go to an entry of W").get_attribute("aria-invalid") == "true"
    page.hover("#v0-node-n0 rect", force=True)
    assert page.locator("#details .whole td").count() >= 600


def test_steps_of_arrays_write_matrices(opened: Callable[..., Any]) -> None:
    text, values = GRAPHS["layer"]
    point = gv.parse(text).at(values)
    page = opened(page_html(point.graph, point))
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    assert page.locator("#card mtable.matrix mtd").count() >= 2
    page.keyboard.press("End")
    assert "pulled back" in page.inner_text("#said")
    page.keyboard.press("Escape")
    assert page.text_content(f"#v0-value-n{point.graph.handle('h')} text[data-i='0']") == f"{point['h'].value[0]:.2f}"


def test_what_has_no_kernel_is_recorded_and_says_so(opened: Callable[..., Any]) -> None:
    point = gv.parse("f = det(A)").at(A=[[1, 2], [3, 4.5]])
    page = opened(page_html(point.graph, point))
    assert "recorded: det is not computed in pages" in page.inner_text("aside")


def test_labels_that_choose_entries_are_fixed(opened: Callable[..., Any]) -> None:
    text, values = GRAPHS["loss by label"]
    point = gv.parse(text).at(values)
    page = opened(page_html(point.graph, point))
    assert "fixed in this page" in page.inner_text("#inputs")
    assert page.get_by_label("y[0]", exact=True).first.get_attribute("readonly") is not None


@pytest.mark.parametrize("width", [1280, 390])
def test_accessibility_of_the_editor(width: int, opened: Callable[..., Any]) -> None:
    from axe_playwright_python.sync_playwright import Axe

    text, values = GRAPHS["batch"]
    point = gv.parse(text).at(values)
    page = opened(page_html(point.graph, point), viewport={"width": width, "height": 760}, bypass_csp=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.focus("#v0-node-n0")
    found = Axe().run(page).response["violations"]
    assert not [(one["id"], one["nodes"][0]["html"][:120]) for one in found if one["impact"] in ("serious", "critical")]
