"""The live page in numbers: its size, how long it takes to write and to load, how long one move of a slider takes.

    python benchmarks/page.py [--assert]

Needs Chromium on the PATH and the extra ``browser``. ``--assert`` fails where a promise is broken: 80 kB for the opening
example, 5 ms a move at 100 nodes, 50 ms at 2000, 60 s for a page of 50 000 operations.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import graphviz_ad as gv
from graphviz_ad.page import page_html


class Row(NamedTuple):
    name: str
    nodes: int
    size: float  # kB
    written: float  # s
    loaded: float  # s
    moved: float  # ms of the page's own work for a move of a slider, the median of 21
    painted: float  # ms that the browser then takes to lay the changed texts out


def cases() -> dict[str, str]:
    """Expressions of about 5, 100, 2000 and 50 000 operations."""
    return {
        "(x+y)*z": "(x+y)*z",
        "100 operations": "+".join(f"sin(x{k % 5}*y)*{k}" for k in range(33)),
        "2 000 operations": "+".join(f"sin(x{k % 20}*y + {k})" for k in range(500)),
        "50 000 operations": "+".join(f"sin(x{k % 20}*y + {k})" for k in range(12_500)),
    }


def measure() -> list[Row]:
    """One row a case."""
    from playwright.sync_api import sync_playwright

    rows = []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"])
        for number, (name, text) in enumerate(cases().items()):
            graph = gv.parse(text)
            began = time.perf_counter()
            html = page_html(graph, graph.at(dict.fromkeys(graph.inputs, 1.0)))
            written = time.perf_counter() - began
            file = Path(folder, f"{number}.html")
            file.write_text(html, "utf-8")
            page = chromium.new_page()
            began = time.perf_counter()
            page.goto(file.as_uri(), timeout=120_000)
            page.wait_for_selector("#slider-0", timeout=120_000)
            loaded = time.perf_counter() - began
            moved, painted = page.evaluate(
                """() => { const slider = document.querySelector("#inputs input"), own = [], layout = [];
                for (let k = 0; k < 21; k++) { slider.value = k / 10; const t = performance.now(); slider.dispatchEvent(new Event("input"));
                  const u = performance.now(); document.body.offsetHeight; own.push(u - t); layout.push(performance.now() - u); }
                return [own, layout].map((times) => times.sort((a, b) => a - b)[10]); }"""
            )
            page.close()
            rows.append(Row(name, len(graph), len(html.encode()) / 1000, written, loaded, moved, painted))
        chromium.close()
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--assert", action="store_true", dest="strict", help="fail where a promise is broken")
    strict = parser.parse_args().strict
    rows = measure()
    print(f"{'page of':<20}{'nodes':>8}{'size kB':>10}{'write s':>10}{'load s':>9}{'move ms':>10}{'layout ms':>11}")
    for row in rows:
        print(f"{row.name:<20}{row.nodes:>8,}{row.size:>10.1f}{row.written:>10.2f}{row.loaded:>9.2f}{row.moved:>10.1f}{row.painted:>11.1f}")
    kept = rows[0].size < 80 and rows[1].moved < 5 and rows[2].moved < 50 and rows[3].written + rows[3].loaded < 60
    return 0 if kept or not strict else 1


if __name__ == "__main__":
    sys.exit(main())
