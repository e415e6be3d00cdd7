"""Large graphs in numbers: how many cards tell them, how long picture and page take, what a browser makes of the page.

    python benchmarks/large.py [--assert]

Graphs as people write them (tests/scene/large.py), of about 1 000 and about 50 000 operations. ``--assert`` fails where a promise
is broken: 5 s for the picture of a thousand operations with at most 70 cards and pills, 60 s and 2 GB for the page of 50 000.
Needs Chromium on the PATH and the extra ``browser``.
"""

from __future__ import annotations

import argparse
import importlib.util
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import graphviz_ad as gv
from graphviz_ad.formats.writing import produce
from graphviz_ad.page import page_html

_FILE = Path(__file__).parents[1] / "tests" / "scene" / "large.py"
_spec = importlib.util.spec_from_file_location("large_graphs", _FILE)
assert _spec is not None
assert _spec.loader is not None
large = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(large)

CASES: dict[str, tuple[Callable[[], gv.Point], Callable[[], gv.Point]]] = {
    "a long sum": (lambda: large.long_sum(330), lambda: large.long_sum(16_600)),
    "a recurrence": (lambda: large.recurrence(200), lambda: large.recurrence(10_000)),
    "a network of scalars": (lambda: large.network(8, 20, 14, 2), lambda: large.network(60, 200, 60, 2)),
    "calls of a function": (lambda: large.calls(95), lambda: large.calls(4_500)),
    "no structure": (lambda: large.irregular(1_000), lambda: large.irregular(40_000)),
}


class Row(NamedTuple):
    name: str
    operations: int
    cards: int
    picture: float  # s
    page: float  # s
    size: float  # MB
    loaded: float  # s
    moved: float  # ms of a slider's move
    canvas: float  # ms from the button to the whole graph on the canvas


def measure(name: str, point: gv.Point, browser: Any, folder: str) -> Row:
    """One graph."""
    count = sum(1 for operands in point.graph.operands if operands)
    began = time.perf_counter()
    produce(point.graph, point, "svg")
    picture = time.perf_counter() - began
    began = time.perf_counter()
    html = page_html(point.graph, point)
    written = time.perf_counter() - began
    file = Path(folder, "page.html")
    file.write_text(html, "utf-8")
    page = browser.new_page()
    began = time.perf_counter()
    page.goto(file.as_uri(), timeout=120_000)
    page.wait_for_selector("#inputs input", timeout=120_000)
    loaded = time.perf_counter() - began
    moved = page.evaluate(
        """() => { const slider = document.querySelector("#inputs input[type=range]"), times = [];
        for (let k = 0; k < 9; k++) { slider.value = k / 10; const t = performance.now(); slider.dispatchEvent(new Event("input"));
          times.push(performance.now() - t); }
        return times.sort((a, b) => a - b)[4]; }"""
    )
    canvas = page.evaluate(
        """() => new Promise((done) => { const all = document.getElementById("all"), t = performance.now();
        if (all.hidden) { done(0); return; }
        all.click(); requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - t))); })"""
    )
    page.close()
    return Row(name, count, len(point.scene().wires), picture, written, len(html) / 1e6, loaded, moved, canvas)


def main() -> int:
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--assert", action="store_true", dest="strict", help="fail where a promise is broken")
    strict = parser.parse_args().strict
    kept = True
    print(f"{'graph':<22}{'operations':>11}{'cards':>7}{'picture s':>11}{'page s':>8}{'MB':>6}{'load s':>8}{'move ms':>9}{'canvas ms':>11}")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"])
        for name, sizes in CASES.items():
            for small, make in zip((True, False), sizes, strict=True):
                row = measure(name, make(), browser, folder)
                print(
                    f"{row.name:<22}{row.operations:>11,}{row.cards:>7}{row.picture:>11.2f}{row.page:>8.2f}{row.size:>6.1f}"
                    f"{row.loaded:>8.2f}{row.moved:>9.1f}{row.canvas:>11.0f}",
                    flush=True,
                )
                kept &= row.cards <= 70 and row.page + row.loaded < 60 and (not small or row.picture < 5)
        browser.close()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"most memory of this process: {memory:.2f} GB")
    return 0 if (kept and memory < 2) or not strict else 1


if __name__ == "__main__":
    sys.exit(main())
