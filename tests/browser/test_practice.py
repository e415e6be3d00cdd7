"""Practice: hidden numbers, answers in any form, what a wrong answer looks like, and the same numbers in the answer key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import graphviz_ad as gv
from graphviz_ad.page import page_html
from graphviz_ad.page.practice import answers_html, practice_html, variant

pytestmark = pytest.mark.needs_browser

XYZ = gv.parse("q = x + y; f = q*z").at(x=-2, y=5, z=-4)


def hidden(page: Any, name: str) -> bool:
    return page.evaluate(f"getComputedStyle(document.getElementById('v0-{name}')).visibility") == "hidden"  # type: ignore[no-any-return]


def submit(page: Any, text: str) -> str:
    page.fill("#answer", text)
    page.keyboard.press("Enter")
    return page.inner_text("#practice [role=status]")


@pytest.mark.parametrize("seed", [0, 1, 7, 123456789, 4294967295])
@pytest.mark.parametrize("text", ["q = x + y; f = q*z", "log(x)*sqrt(y)/z", "exp(x*y)**0.5 + z"])
def test_page_and_key_draw_the_same_numbers(text: str, seed: int, opened: Callable[..., Any]) -> None:
    point = gv.parse(text).at(x=2, y=1.5, z=3)
    page = opened(practice_html(point.graph, point, seed=seed))
    got = page.evaluate("gradviz.get().value")
    wanted = variant(point, seed)
    for handle in point.graph.input_handles.values():
        assert got[handle] == wanted.values[handle]


def test_all_right(opened: Callable[..., Any]) -> None:
    page = opened(practice_html(XYZ.graph, XYZ, seed=7))
    key = variant(XYZ, 7)
    assert hidden(page, "value-n3")
    assert hidden(page, "gradient-n0")
    assert not hidden(page, "value-n0")
    assert not page.locator("#next").is_visible()
    assert page.inner_text("#result") == ""
    assert submit(page, f"{key['q'].value:g}*2/2") == "Right."
    assert not hidden(page, "value-n3")
    assert submit(page, repr(key["f"].value)) == "Right."
    for name in ("q", "z", "y", "x"):
        assert submit(page, repr(key[name].gradient)) == "Right."
    assert page.inner_text("#score") == "6 of 6 right at the first try."


def test_wrong_answers_are_told_what_they_are(opened: Callable[..., Any]) -> None:
    page = opened(practice_html(XYZ.graph, XYZ, seed=5, ask="gradients"))
    key = variant(XYZ, 5)
    z, q = key["z"].value, key["q"].value
    assert submit(page, repr(-z)) == "The sign is wrong."
    assert "other operand" in submit(page, repr(q))
    assert submit(page, "x") == "That is not a number. Fractions, powers and pi are fine: 1/3, 2**-1, pi/4."
    assert "what arrives at f" in submit(page, "1")
    assert submit(page, repr(z)) == "Right."
    page.get_by_role("button", name="Show", exact=True).click()
    assert page.inner_text("#practice [role=status]").startswith("It is ")


def test_a_fork_wants_the_sum(opened: Callable[..., Any]) -> None:
    point = gv.parse("f = x*x").at(x=3)
    page = opened(practice_html(point.graph, point, seed=2, ask="gradients"))
    x = variant(point, 2)["x"].value
    assert "add all shares" in submit(page, repr(x))
    assert submit(page, repr(2 * x)) == "Right."
    assert page.inner_text("#score") == "0 of 1 right at the first try."


def test_values_name_the_gate(opened: Callable[..., Any]) -> None:
    point = gv.parse("f = x*y").at(x=0.3, y=0.7)
    page = opened(practice_html(point.graph, point, seed=5, ask="values"))
    key = variant(point, 5)
    assert submit(page, repr(key["x"].value + key["y"].value)) == "That is the sum; the gate that makes f does something else."
    assert submit(page, f"{key.value:.2f}") == "Right."


def test_practice_begins_and_ends_in_any_page(opened: Callable[..., Any]) -> None:
    page = opened(answers_html(XYZ.graph, XYZ, seed=7))
    page.fill("#seed", "9")
    page.select_option("#what", "values")
    page.click("#practise")
    assert hidden(page, "value-n3")
    assert not hidden(page, "gradient-n0")
    page.get_by_role("button", name="Stop").click()
    assert not hidden(page, "value-n3")
    assert page.is_enabled("#slider-0")


def test_sheets_are_refused_where_nothing_can_be_asked() -> None:
    gamma = gv.parse("gamma(x)").at(x=3)
    with pytest.raises(gv.GradvizError, match="no practice for this graph"):
        practice_html(gamma.graph, gamma)
    with pytest.raises(gv.GradvizError, match="seed is -1"):
        practice_html(XYZ.graph, XYZ, seed=-1)
    with pytest.raises(gv.GradvizError, match="cannot ask for 'nothing'"):
        practice_html(XYZ.graph, XYZ, ask="nothing")


@pytest.mark.parametrize(
    ("text", "at", "answers"),
    [
        ("x/y", {"x": 1.0, "y": 3.0}, ("1/3", "0.33", "0,33", "3**-1", "3^-1", "33.3e-2", "(2-1)/3", "0.333333333")),
        ("2*pi*r", {"r": 1.0}, ("2*pi", "2π", "6.28", "6.2831853", "2·π", "2pi", "2(pi)")),
        ("sqrt(x)", {"x": 2.0}, ("sqrt(2)", "2sqrt(2)/2", "2**0.5", "1.41", "2^(1/2)")),
        ("x*1000", {"x": 1234.0}, ("1234000", "1.234e6", "1.23e6", "1234*10**3")),
    ],
)  # fmt: skip
def test_equivalent_forms_and_rounding_are_accepted(
    text: str, at: dict[str, float], answers: tuple[str, ...], opened: Callable[..., Any]
) -> None:
    graph = gv.parse(text)
    value = graph.at(at).value
    page = opened(page_html(graph, graph.at(at)))
    for answer in answers:
        assert abs(page.evaluate("(text) => gradviz.read(text)", answer) - value) <= max(0.00501, 0.00501 * abs(value)), answer
    assert page.evaluate("['', 'x', '1/', '2 3', '1..2', '__proto__', 'alert(1)'].every((text) => Number.isNaN(gradviz.read(text)))")
