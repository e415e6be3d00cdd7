"""Chromium for the tests of pages: one browser, a fresh page each, and no page may complain or ask the network."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def opened(browser: Any, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """``opened(html, **context)``: the page on the screen. At the end: no error was logged, nothing was asked of the network."""
    complaints: list[str] = []
    contexts = []

    def show(html: str, fragment: str = "", **context: Any) -> Any:
        file = tmp_path / f"page{len(contexts)}.html"
        file.write_text(html, "utf-8")
        contexts.append(browser.new_context(**{"viewport": {"width": 1280, "height": 760}, **context}))
        page = contexts[-1].new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
        page.on(
            "request", lambda request: None if request.url.startswith(("file:", "data:")) else complaints.append(f"request: {request.url}")
        )
        page.goto(file.as_uri() + fragment)
        return page

    yield show
    for context in contexts:
        context.close()
    assert not complaints, complaints
