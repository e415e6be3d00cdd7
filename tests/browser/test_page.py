"""The page in use: sliders and fields, steps, keys, details, functions, themes, narrow screens, links, accessibility."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

import graphviz_ad as gv
from graphviz_ad.page import page_html

pytestmark = pytest.mark.needs_browser

NEURON = "s(t) = 1/(1+exp(-t)); f = s(w0*x0 + w1*x1 + w2)"
NEURON_AT = {"w0": 2, "x0": -1, "w1": -3, "x1": -2, "w2": -3}


def page_of(text: str, values: dict[str, float], **options: Any) -> str:
    graph = gv.parse(text)
    return page_html(graph, graph.at(values), **options)


XYZ = page_of("q = x + y; f = q*z", {"x": -2, "y": 5, "z": -4})
FORK = page_of("f = x*x", {"x": 3})


def texts(page: Any, *ids: str) -> list[str]:
    return [page.text_content(f"#v0-{name}") for name in ids]


def visible(page: Any, name: str) -> bool:
    return page.evaluate(f"getComputedStyle(document.getElementById('v0-{name}')).visibility") == "visible"  # type: ignore[no-any-return]


def move(page: Any, name: str, value: float) -> None:
    page.get_by_role("slider", name=name, exact=True).evaluate(
        "(slider, value) => { slider.value = value; slider.dispatchEvent(new Event('input', {bubbles: true})); }", value
    )


def test_first_sight_is_the_point(opened: Callable[..., Any]) -> None:
    page = opened(XYZ)
    assert texts(page, "value-n0", "value-n1", "value-n2", "value-n3", "value-n4") == ["−2", "5", "−4", "3", "−12"]
    assert texts(page, "gradient-n0", "gradient-n1", "gradient-n2", "gradient-n3", "gradient-n4") == ["−4", "−4", "3", "−4", "1"]
    assert texts(page, "local-n3-0", "local-n4-0", "local-n4-1") == ["1", "−4", "3"]
    assert page.inner_text("#result") == "f = −12"


def test_sliders_and_fields_move_every_number(opened: Callable[..., Any]) -> None:
    page = opened(XYZ)
    move(page, "x", 2.5)
    assert texts(page, "value-n0", "value-n3", "value-n4", "gradient-n2") == ["2.50", "7.50", "−30.00", "7.50"]
    assert page.input_value("#field-0") == "2.5"
    page.fill("#field-2", "1/4")
    assert texts(page, "value-n4", "gradient-n0", "local-n4-0") == ["1.88", "0.25", "0.25"]
    page.fill("#field-2", "what")
    assert page.get_attribute("#field-2", "aria-invalid") == "true"
    assert texts(page, "value-n2") == ["0.25"]
    page.press("#field-2", "Tab")
    assert page.input_value("#field-2") == "0.25"
    page.fill("#field-1", "40000")
    assert float(page.get_attribute("#slider-1", "max")) >= 40000
    page.click("#start")
    assert texts(page, "value-n4") == ["−12"]


def test_keyboard_moves_a_slider(opened: Callable[..., Any]) -> None:
    page = opened(XYZ)
    page.focus("#slider-0")
    page.keyboard.press("ArrowRight")
    assert float(page.input_value("#field-0").replace("−", "-")) > -2
    assert page.inner_text("#card p").startswith("Everything is shown")  # arrows at a slider are the slider's


def test_steps_forward_then_back_one_edge_at_a_time(opened: Callable[..., Any]) -> None:
    page = opened(XYZ)
    page.keyboard.press("Home")
    assert visible(page, "value-n0")
    assert not any(visible(page, name) for name in ("value-n3", "value-n4", "gradient-n4", "local-n4-0", "gradient-n0"))
    page.keyboard.press("ArrowRight")
    assert page.inner_text("#said") == "Step 1 of 7. q = 3."
    assert visible(page, "value-n3")
    assert not visible(page, "value-n4")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.inner_text("#said") == "Step 3 of 7. The gradient of the output by itself is 1."
    page.keyboard.press("ArrowRight")
    assert page.inner_text("#said") == "Step 4 of 7. The gradient by q gets upstream 1 times local −4 = −4."
    assert visible(page, "gradient-n3")
    assert not visible(page, "gradient-n0")
    assert page.locator(".edge.cur").get_attribute("id") == "v0-edge-n4-0"
    shown = re.sub(r"\s+", "", page.text_content("#card math"))
    assert shown == "∂f∂q=z=−4∂f∂q=∂f∂f·∂f∂q=1·(−4)=−4"
    page.keyboard.press("End")
    assert visible(page, "gradient-n0")
    page.keyboard.press("ArrowLeft")
    assert not visible(page, "gradient-n1")
    page.keyboard.press("Escape")
    assert visible(page, "gradient-n1")


def test_a_fork_sums_its_shares(opened: Callable[..., Any]) -> None:
    page = opened(FORK)
    page.keyboard.press("End")
    assert "the sum of all shares is 6" in page.inner_text("#said")
    assert re.sub(r"\s+", "", page.text_content("#card math")).endswith("∂f∂x=3+3=6")
    page.keyboard.press("ArrowLeft")
    assert texts(page, "gradient-n0") == ["3"]
    page.keyboard.press("Escape")
    assert texts(page, "gradient-n0", "contribution-n1-0", "contribution-n1-1") == ["6", "+3", "+3"]


def test_play_runs_to_the_end_and_stops(opened: Callable[..., Any]) -> None:
    from playwright.sync_api import expect

    page = opened(XYZ)
    page.select_option("#speed", "500")
    page.keyboard.press(" ")
    assert "Pause" in page.inner_text("#play")
    expect(page.locator("#said")).to_have_text(re.compile("^Step 7"))
    expect(page.locator("#play")).to_have_text("▶ Play")


def test_branch_not_taken_gets_nothing(opened: Callable[..., Any]) -> None:
    page = opened(page_of("f = sqrt(x) if y > 0 else x", {"x": 4, "y": -1}))
    page.keyboard.press("Home")
    said = []
    for _ in range(12):
        page.keyboard.press("ArrowRight")
        said.append(page.inner_text("#said"))
    assert any("this branch is not taken" in text for text in said)
    page.keyboard.press("Escape")
    assert texts(page, "gradient-n0") == ["1.00"]
    move(page, "y", 2)
    assert page.inner_text("#told-0") == "∂f/∂x = 0.25"


def test_functions_close_and_open(opened: Callable[..., Any]) -> None:
    page = opened(page_of(NEURON, NEURON_AT))
    point = gv.parse(NEURON).at(NEURON_AT)
    assert page.locator("#view-0").is_visible()
    page.click("#functions")
    assert page.locator("#view-1").is_visible()
    assert not page.locator("#view-0").is_visible()
    unit = max(
        int(name.removeprefix("v1-node-n")) for name in page.eval_on_selector_all("#view-1 .node", "all => all.map((one) => one.id)")
    )
    assert page.text_content(f"#v1-local-n{unit}-0") == "0.20"  # (1 − σ)·σ, the chain rule inside the closed function
    page.fill("#field-0", "1")
    assert page.text_content(f"#v1-value-n{unit}") == f"{gv.parse(NEURON).at({**NEURON_AT, 'w0': 1}).value:.2f}"
    page.click("#functions")
    assert page.locator("#view-0").is_visible()
    assert point.value == pytest.approx(0.7310585786300049)


def test_details_tell_exact_numbers(opened: Callable[..., Any]) -> None:
    page = opened(page_of("a = x*y; f = sin(a)", {"x": 0.1, "y": 3}))
    page.hover("#v0-node-n2 circle", force=True)
    assert "0.30000000000000004" in page.inner_text("#details")
    page.focus("#v0-edge-n3-0")
    assert "local" in page.inner_text("#details")
    assert "0.955336489125606" in page.inner_text("#details")
    assert page.evaluate("document.querySelectorAll('.node title, .edge title').length") == 0  # stale ones would lie


def test_dark_mode_by_system_and_by_hand(opened: Callable[..., Any]) -> None:
    page = opened(XYZ, color_scheme="dark")
    color = "getComputedStyle(document.getElementById('v0-value-n0')).fill"
    assert page.evaluate(color) == "rgb(92, 235, 210)"
    page.click("#theme")
    assert page.evaluate(color) == "rgb(0, 115, 96)"
    page.click("#theme")
    assert page.evaluate(color) == "rgb(92, 235, 210)"
    page.emulate_media(media="print")
    assert page.evaluate(color) == "rgb(0, 115, 96)"
    assert not page.locator("#next").is_visible()


@pytest.mark.parametrize("width", [320, 390, 768])
def test_narrow_screens_scroll_down_only(width: int, opened: Callable[..., Any]) -> None:
    page = opened(page_of(NEURON, NEURON_AT), viewport={"width": width, "height": 780}, has_touch=True, is_mobile=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.click("#next")
    assert page.inner_text("#said").startswith("Step 1")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_zoom_pan_and_fit(opened: Callable[..., Any]) -> None:
    page = opened(XYZ)
    box = "document.querySelector('#view-0 svg').getAttribute('viewBox')"
    whole = page.evaluate(box)
    page.click("#in")
    inner = page.evaluate(box)
    assert inner != whole
    page.mouse.move(300, 300)
    page.mouse.down()
    page.mouse.move(360, 330)
    page.mouse.up()
    assert page.evaluate(box) != inner
    page.mouse.wheel(0, 200)
    page.click("#fit")
    assert page.evaluate(box) == whole


def test_the_address_carries_the_state(opened: Callable[..., Any]) -> None:
    page = opened(XYZ)
    page.fill("#field-0", "3.25")
    page.keyboard.press("Tab")
    page.wait_for_timeout(400)
    assert page.evaluate("location.hash") == "#x=3.25&y=5&z=-4"
    again = opened(XYZ, "#x=3.25&y=5&z=2&step=2&nobody=1&z=<img src=x onerror=alert(1)>&%E0%A4%A=1")
    assert texts(again, "value-n0", "value-n4") == ["3.25", "16.50"]
    assert again.inner_text("#said") == "Step 2 of 7. f = 16.50."


def test_inside_a_sandboxed_frame(opened: Callable[..., Any]) -> None:
    from graphviz_ad.page.embedding import quoted

    page = opened(
        f'<!DOCTYPE html><title>frame</title><iframe sandbox="allow-scripts" width="900" height="600" srcdoc="{quoted(XYZ)}"></iframe>'
    )
    frame = page.frame_locator("iframe")
    frame.locator("#field-0").fill("7")
    assert frame.locator("#v0-value-n0").text_content() == "7"
    page.wait_for_timeout(400)


def test_graphs_without_kernels_show_recorded_numbers(opened: Callable[..., Any]) -> None:
    page = opened(page_of("gamma(x)*y", {"x": 3, "y": 2}))
    assert "recorded: gamma is not computed in pages" in page.inner_text("aside")
    assert page.is_disabled("#slider-0")
    page.keyboard.press("End")
    assert "1.85" in page.inner_text("#said")


def test_a_graph_without_values_starts_at_one(opened: Callable[..., Any]) -> None:
    page = opened(page_html(gv.parse("x + 2*y")))
    assert page.inner_text("#result") == "f = 3"
    assert "start at 1" in page.inner_text("aside")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_accessibility(scheme: str, width: int, opened: Callable[..., Any]) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = opened(page_of(NEURON, NEURON_AT), color_scheme=scheme, viewport={"width": width, "height": 760}, bypass_csp=True)
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(300)
    found = Axe().run(page).response["violations"]
    serious = [(one["id"], [node["html"][:120] for node in one["nodes"][:3]]) for one in found if one["impact"] in ("serious", "critical")]
    assert not serious


def test_forward_mode_carries_tangents(opened: Callable[..., Any]) -> None:
    page = opened(XYZ)
    page.select_option("#mode", label="forward: move z")
    assert texts(page, "gradient-n0", "gradient-n2", "gradient-n3", "gradient-n4") == ["0", "1", "0", "3"]
    page.select_option("#mode", label="forward: move x")
    assert texts(page, "gradient-n3", "gradient-n4") == ["1", "−4"]
    page.keyboard.press("Home")
    page.focus("#next")
    page.keyboard.press("Home")
    page.keyboard.press("End")
    assert page.inner_text("#said") == "Step 2 of 2. f = −12, and it moves by −4 when x moves by 1."
    assert re.sub(r"\s+", "", page.text_content("#card math")).endswith("∂f∂x=∂f∂q·∂q∂x+∂f∂z·∂z∂x=(−4)·1+3·0=−4")
    page.select_option("#mode", label="backward: all gradients")
    assert texts(page, "gradient-n0", "gradient-n4") == ["−4", "1"]


def test_forward_mode_agrees_with_pushforward(opened: Callable[..., Any]) -> None:
    text, at = "a = x*y; f = sin(a)*x + (x if y > 0 else sqrt(y))", {"x": 1.25, "y": 0.5}
    point = gv.parse(text).at(at)
    page = opened(page_of(text, at))
    for name in at:
        page.select_option("#mode", label=f"forward: move {name}")
        assert page.text_content(f"#v0-gradient-n{point.graph.outputs[0]}") == f"{point.pushforward({name: 1}):.2f}"


def test_the_tab_key_goes_through_the_page_in_order(opened: Callable[..., Any]) -> None:
    page = opened(XYZ)
    seen = []
    for _ in range(40):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.id || document.activeElement.tagName.toLowerCase()"))
    places = [
        seen.index(name) for name in ("theme", "v0-node-n0", "fit", "slider-0", "field-0", "slider-1", "start", "next", "play", "scrub")
    ]
    assert places == sorted(places)
    assert page.evaluate("document.querySelectorAll('[tabindex]').length") == page.evaluate(
        "document.querySelectorAll('[tabindex=\"0\"]').length"
    )


def test_playing_pauses_and_changes_its_speed(opened: Callable[..., Any]) -> None:
    from playwright.sync_api import expect

    page = opened(XYZ)
    page.select_option("#speed", "500")
    page.click("#play")
    expect(page.locator("#said")).to_have_text(re.compile("^Step 2"))
    page.click("#play")
    held = page.inner_text("#said")
    page.wait_for_timeout(900)
    assert page.inner_text("#said") == held
    assert page.inner_text("#play") == "▶ Play"
    page.click("#play")
    page.select_option("#speed", "2400")
    page.wait_for_timeout(900)
    assert page.inner_text("#said") == held  # slower now


def test_motion_is_reduced_where_it_is_asked_for(opened: Callable[..., Any]) -> None:
    moving, still = opened(XYZ), opened(XYZ, reduced_motion="reduce")
    found = "getComputedStyle(document.querySelector('.edge > .line')).transitionDuration"
    assert moving.evaluate(found) != "0s"
    assert still.evaluate(found) == "0s"


def test_print_shows_every_number_in_black_on_white(opened: Callable[..., Any]) -> None:
    page = opened(XYZ, color_scheme="dark")
    page.keyboard.press("Home")
    assert not visible(page, "value-n4")
    page.emulate_media(media="print")
    assert all(visible(page, name) for name in ("value-n4", "gradient-n0", "local-n4-0"))
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
    assert page.locator("#field-0").is_visible()
    assert not page.locator("#scrub").is_visible()


def test_focus_tells_the_formula_in_the_inputs(opened: Callable[..., Any]) -> None:
    page = opened(page_of("a = x + y; b = sin(a)*y; f = b**2", {"x": 0.5, "y": 2}))
    page.focus("#v0-node-n4")
    told = page.inner_text("#details")
    assert "b = sin(x + y)·y" in told
    page.focus("#v0-node-n2")
    assert "used" not in page.inner_text("#details")
    page.focus("#v0-node-n1")
    assert "2 times" in page.inner_text("#details")


def test_long_numbers_stay_in_their_room(opened: Callable[..., Any]) -> None:
    page = opened(XYZ)
    size = "Number(document.getElementById('v0-value-n0').getAttribute('font-size'))"
    before = page.evaluate(size)
    page.fill("#field-0", "-1.2345e-200")
    assert page.evaluate(size) < before
    page.fill("#field-0", "3")
    assert page.evaluate(size) == before
