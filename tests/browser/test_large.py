"""Large graphs: a page that loads, moves and lets every node be found, seen and walked to, however many there are."""

from __future__ import annotations

import importlib.util
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import graphviz_ad as gv
from graphviz_ad.page import page_html

pytestmark = pytest.mark.needs_browser

_spec = importlib.util.spec_from_file_location("large_graphs", Path(__file__).parents[1] / "scene" / "large.py")
assert _spec is not None
assert _spec.loader is not None
large = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(large)


def shown(page: Any, name: str) -> float:
    return float(page.text_content(f"#v0-{name}").replace("−", "-"))


def test_fifty_thousand_operations(opened: Callable[..., Any]) -> None:
    from playwright.sync_api import expect

    began = time.monotonic()
    point = large.long_sum(16_000)
    assert sum(1 for operands in point.graph.operands if operands) > 45_000
    page = opened(page_html(point.graph, point))
    assert page.locator("#slider-0").is_visible()
    assert time.monotonic() - began < 60
    page.fill("#field-0", "2")
    moved = point.graph.at({name: 2.0 if name == "x0" else 1.0 for name in point.graph.inputs})
    value = float(page.inner_text("#result").partition("=")[2].replace("−", "-"))
    assert value == pytest.approx(moved.value, abs=0.006)
    page.click("#all")
    seen = page.locator("#map")
    expect(seen).to_have_attribute("data-seen", re.compile(r"^4\d{4}$"))
    page.fill("#find", "v20001")
    expect(seen).to_have_attribute("data-seen", re.compile(r"^\d{1,3}$"))
    assert repr(moved["v20001"].value).lstrip("-") in page.inner_text("#details")
    began = time.monotonic()
    page.mouse.move(400, 400)
    for _ in range(10):
        page.mouse.wheel(0, 300)
    expect(seen).to_have_attribute("data-seen", re.compile(r"^\d{4,5}$"))
    assert time.monotonic() - began < 5


def test_ranges_of_a_role_follow_the_sliders(opened: Callable[..., Any]) -> None:
    point = large.recurrence(200)
    page = opened(page_html(point.graph, point))
    unit = next(h for h, op in enumerate(point.graph.ops) if op == "tanh")
    page.fill("#field-0", "0.3")
    moved = point.graph.at({**{n: point.values[h] for n, h in point.graph.input_handles.items()}, "w": 0.3})
    values = [moved.values[h] for h, op in enumerate(moved.graph.ops) if op == "tanh"]
    assert page.text_content(f"#v0-value-n{unit}") == f"{min(values):.2f} … {max(values):.2f}".replace("-", "−")
    assert not page.locator("#steps").is_visible()  # what stands for many is not stepped through
    page.hover(f"#v0-node-n{unit} rect", force=True)
    assert "200 nodes of one role" in page.inner_text("#details")
    page.locator("#details button").nth(1).click()
    assert repr(moved["h2"].value).lstrip("-") in page.inner_text("#details")


def test_the_canvas_is_walked_by_keys_and_pointed_at(opened: Callable[..., Any]) -> None:
    point = large.recurrence(200)
    page = opened(page_html(point.graph, point))
    page.click("#all")
    page.focus("#map")
    page.keyboard.press("ArrowLeft")
    assert page.inner_text("#said").startswith("loss, value ")
    page.keyboard.press("ArrowLeft")
    assert page.inner_text("#said").startswith(f"{point.graph['loss'].operands[0].name}, value ")
    page.keyboard.press("ArrowLeft")
    assert page.inner_text("#said").startswith("h200, value ")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.inner_text("#said") == "There is nothing further."
    page.keyboard.press("0")
    box = page.locator("#map").bounding_box()
    page.mouse.move(box["x"] + 40, box["y"] + box["height"] / 2)
    page.fill("#find", "h77")
    page.wait_for_timeout(100)
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.move(box["x"] + box["width"] / 2 + 2, box["y"] + box["height"] / 2)
    assert repr(point["h77"].value).lstrip("-") in page.inner_text("#details")
    page.click("#all")
    assert page.locator("#view-0").is_visible()


def test_every_input_of_many_can_be_moved(opened: Callable[..., Any]) -> None:
    point = large.network(8, 20, 4)
    page = opened(page_html(point.graph, point))
    assert len(point.graph.inputs) > 200
    assert page.locator("#inputs .row").count() == 12
    last = list(point.graph.inputs)[-1]
    page.fill("#find", last)
    page.locator("#details input[type=text]").fill("1.5")
    values = {n: point.values[h] for n, h in point.graph.input_handles.items()}
    moved = point.graph.at({**values, last: 1.5})
    assert page.evaluate("gradviz.get().value")[point.graph.outputs[0]] == pytest.approx(moved.value, rel=1e-12)
    page.wait_for_timeout(400)
    assert page.evaluate("location.hash") == f"#{last}=1.5"


def test_any_node_is_found_and_walked_from(opened: Callable[..., Any]) -> None:
    point = large.long_sum(500)
    page = opened(page_html(point.graph, point))
    page.fill("#find", "v3")
    assert repr(point["v3"].value).lstrip("-") in page.inner_text("#details")
    page.locator("#details button").first.click()
    assert point.graph["v3"].operands[0].name in page.text_content("#details math")
    page.fill("#find", "nothing at all")
    assert "no node is named" in page.inner_text("#details")


def test_a_focus_in_the_page_steps_through_what_it_shows(opened: Callable[..., Any]) -> None:
    point = large.recurrence(200)
    page = opened(page_html(point.graph, point, focus="h100", radius=2))
    assert shown(page, f"value-n{point.graph.handle('h100')}") == pytest.approx(point["h100"].value, abs=0.006)
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    assert page.inner_text("#said").startswith("Step 1 of ")
    assert page.locator("#all").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_accessibility_of_a_large_page(scheme: str, opened: Callable[..., Any]) -> None:
    from axe_playwright_python.sync_playwright import Axe

    point = large.recurrence(100)
    page = opened(page_html(point.graph, point), color_scheme=scheme, bypass_csp=True)
    page.click("#all")
    page.fill("#find", "h50")
    page.wait_for_timeout(200)
    found = Axe().run(page).response["violations"]
    assert not [(one["id"], one["nodes"][0]["html"][:120]) for one in found if one["impact"] in ("serious", "critical")]


def test_a_small_graph_needs_no_search(opened: Callable[..., Any]) -> None:
    page = opened(page_html(gv.parse("x*y")))
    assert not page.locator("#find").is_visible()
    assert not page.locator("#all").is_visible()
