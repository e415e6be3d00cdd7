"""The report of a training in a real browser: the slider moves map, words and the marks in the charts; nothing complains."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from graphviz_ad import lab
from graphviz_ad.lab.report import write_report

pytestmark = pytest.mark.needs_browser


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_slider_leads_through_training(browser: Any, tmp_path: Path, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    data = lab.make("moons", points=60)
    result = lab.train(lab.network((2, 5, 2), "tanh"), data, steps=200, rate=0.5, snapshots=10)
    file = tmp_path / "report.html"
    file.write_text(write_report(result, data), "utf-8")
    complaints: list[str] = []
    context = browser.new_context(viewport={"width": 900, "height": 800}, color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(file.as_uri())

    def seen() -> tuple[str, str, str]:
        return page.inner_text("#state"), page.get_attribute("#border", "d"), page.get_attribute("#regions", "src")

    last = seen()
    assert last[0].startswith("step 200: loss")
    page.focus("#moment")
    page.keyboard.press("Home")
    first = seen()
    assert first[0].startswith("step 0: loss")
    assert all(one != other for one, other in zip(first, last, strict=True))
    plots = [page.locator(".marked").nth(k).bounding_box() for k in (0, 1)]

    def mark(k: int) -> float:
        """Where the k-th chart's line stands, as a share of the chart's width."""
        return (page.locator(".marks line").nth(k).bounding_box()["x"] - plots[k]["x"]) / plots[k]["width"]

    assert [mark(0), mark(1)] == pytest.approx([58 / 460] * 2, abs=0.005)  # the left edge of the curves
    page.click("#play")
    page.wait_for_function("document.querySelector('#state').textContent.startsWith('step 200')")
    assert page.inner_text("#play") == "Play"
    assert [mark(0), mark(1)] == pytest.approx([(460 - 18) / 460] * 2, abs=0.005)  # and the right one
    found = Axe().run(page).response["violations"]
    assert not [(one["id"], one["nodes"][0]["html"][:120]) for one in found if one["impact"] in ("serious", "critical")]
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    context.close()
    assert not complaints


def test_pictures_that_no_map_can_show() -> None:
    pytest.importorskip("sklearn")
    for name, kind in (("digits", "<image"), ("iris", "sepal length")):
        data = lab.make(name)
        result = lab.train(lab.network((data.X.shape[1], 4, data.classes)), data, steps=5, rate=0.1)
        page = write_report(result, data)
        assert "what each neuron looks for" in page
        assert page.count(f"{kind}") >= 4
        assert 'id="moment"' not in page  # no map, no slider
