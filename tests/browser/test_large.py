"""Large graphs: a page that loads, moves and lets every node be found, however little of it is drawn."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

import graphviz_ad as gv
from graphviz_ad.page import page_html

pytestmark = pytest.mark.needs_browser


def sum_of_sines(terms: int) -> gv.Point:
    graph = gv.parse("+".join(f"sin(x{k % 20}*y + {k})" for k in range(terms)))
    return graph.at(dict.fromkeys(graph.inputs, 1.0))


def test_fifty_thousand_operations(opened: Callable[..., Any]) -> None:
    began = time.monotonic()
    point = sum_of_sines(12_500)
    page = opened(page_html(point.graph, point))
    assert page.locator("#slider-0").is_visible()
    assert time.monotonic() - began < 60
    page.fill("#field-0", "2")
    moved = point.graph.at({name: 2.0 if name == "x0" else 1.0 for name in point.graph.inputs})
    value = float(page.inner_text("#result").partition("=")[2].replace("−", "-"))
    assert value == pytest.approx(moved.value, abs=0.006)


def test_any_node_is_found_and_walked_from(opened: Callable[..., Any]) -> None:
    point = sum_of_sines(500)
    page = opened(page_html(point.graph, point))
    page.fill("#find", "v3")
    assert repr(point["v3"].value).lstrip("-") in page.inner_text("#details")
    page.locator("#details button").first.click()
    assert point.graph["v3"].operands[0].name in page.text_content("#details math")
    page.fill("#find", "nothing at all")
    assert "no node is named" in page.inner_text("#details")


def test_a_small_graph_needs_no_search(opened: Callable[..., Any]) -> None:
    page = opened(page_html(gv.parse("x*y")))
    assert not page.locator("#find").is_visible()
