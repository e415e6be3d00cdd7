"""The gallery's page in a real browser: every picture loads, phone width, light and dark, no serious fault of access."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

GALLERY = Path(__file__).parents[2] / "gallery"

pytestmark = pytest.mark.needs_browser


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_the_page_of_all_figures(browser: Any, scheme: str, width: int) -> None:
    from axe_playwright_python.sync_playwright import Axe

    complaints: list[str] = []
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("request", lambda one: None if one.url.startswith(("file:", "data:")) else complaints.append(one.url))
    page.goto((GALLERY / "index.html").as_uri())
    page.evaluate("document.querySelectorAll('img').forEach((one) => { one.loading = 'eager'; })")
    page.wait_for_function("[...document.images].every((one) => one.complete)")
    assert page.evaluate("[...document.images].filter((one) => !one.naturalWidth).map((one) => one.src)") == []
    shown = {path.stem for folder in (GALLERY, GALLERY / "stories") for path in folder.glob("*.svg")}
    assert {one.get_attribute("id") for one in page.query_selector_all("article")} == shown
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page).response["violations"]
    assert not [(one["id"], one["nodes"][0]["html"][:120]) for one in found if one["impact"] in ("serious", "critical")]
    context.close()
    assert not complaints


@pytest.mark.parametrize("name", ["xyz", "training_step"])
def test_live_pages_behind_pictures_open(browser: Any, name: str) -> None:
    complaints: list[str] = []
    context = browser.new_context()
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto((GALLERY / "live" / f"{name}.html").as_uri())
    page.wait_for_selector("svg")
    context.close()
    assert not complaints
