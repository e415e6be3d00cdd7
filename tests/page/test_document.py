"""Pages as files: small, whole, the same every time; hostile names and titles stay text."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

import graphviz_ad as gv
from graphviz_ad.page import page_html
from graphviz_ad.page.embedding import quoted, script_json
from graphviz_ad.page.mathml import Patterns, heading, name_markup
from graphviz_ad.primitives.kernels import javascript
from graphviz_ad.primitives.registry import OPERATIONS

HOSTILE = [
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '" onload="alert(1)',
    "'-alert(1)-'",
    "<!--<script>",
    "]]>",
    "&lt;b&gt;",
    "\u2028alert(1)\u2029",
    "{root}{0}%s",
    "\ud800",
    "javascript:alert(1)",
    "</title><svg onload=alert(1)>",
    "\x00<b>",
    "${alert(1)}",
    "\\u003cscript\\u003e",
]


class Reader(HTMLParser):
    """Tags, attributes of events, and scripts, as a browser's parser splits a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.handlers: list[str] = []
        self.scripts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.handlers += [name for name, _ in attrs if name.startswith("on")]
        if tag == "script":
            self.scripts.append("")

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1] == "script" and self.scripts:
            self.scripts[-1] += data


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    return reader


def test_the_opening_example_is_small_and_whole(tmp_path: Path) -> None:
    point = gv.parse("(x+y)*z").at(x=-2, y=5, z=-4)
    point.save(tmp_path / "f.html")
    html = (tmp_path / "f.html").read_bytes()
    assert len(html) < 80_000
    assert html.startswith(b"<!DOCTYPE html>")
    assert not re.search(rb"""(?:src|href)=["'](?!#|data:)""", html.replace(b'xlink:href="#', b""))
    assert not re.search(rb"url\((?!#)", html)
    assert html.decode() == page_html(point.graph, point)


def test_only_what_is_needed_is_in_the_page() -> None:
    html = page_html(gv.parse("x*y"))
    assert "function mul" in html
    assert "function erfc" not in html
    assert "function erfc" in page_html(gv.parse("gelu(x)"))


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_titles_and_names_stay_text(text: str) -> None:
    point = gv.parse("x*y").at(x=1, y=2)
    plain, marked = read(page_html(point.graph, point, title="T")), read(page_html(point.graph, point, title=text))
    assert marked.tags == plain.tags
    assert not marked.handlers
    assert len(marked.scripts) == 2
    json.loads(marked.scripts[0])


@pytest.mark.parametrize("text", HOSTILE)
def test_json_in_scripts(text: str) -> None:
    written = script_json({"a": [text]})
    assert not set(written) & set("<>&\u2028\u2029")
    assert json.loads(written)["a"] == [text.encode("utf-8", "replace").decode()]
    assert '"' not in quoted(written).replace("&quot;", "")


def test_numbers_that_are_not_finite() -> None:
    point = gv.parse("log(x) + y").at(x=0, y=float("inf"))
    data = json.loads(read(page_html(point.graph, point)).scripts[0])
    assert data["value"]["1" if "1" in data["value"] else "0"] in (0.0, "Infinity")
    assert "Infinity" in data["value"].values()


def test_formulas_have_slots_for_names_and_numbers() -> None:
    graph = gv.parse("f = (x - y)*exp(z)/2**x")
    patterns = Patterns(graph)
    found = {graph.ops[h]: patterns.found[patterns.of(h)] for h in range(len(graph)) if graph.operands[h]}
    assert found["sub"].formula == "{0}<mo>−</mo>{(1)}"
    assert found["mul"].slopes == ("{1}", "{0}")
    assert found["exp"].formula == "<msup><mi>e</mi><mrow>{0}</mrow></msup>"
    assert all("{" not in re.sub(r"\{\(?\w+\)?\}", "", pattern.formula) for pattern in patterns.found)


def test_every_operation_is_written_and_balanced() -> None:
    for op, record in OPERATIONS.items():
        graph = gv.parse(f"{op}({', '.join('abcd'[: len(record.names)])})")
        handle = graph.outputs[0]
        pattern = Patterns(graph)
        one = pattern.found[pattern.of(handle)]
        for markup in (one.formula, *(slope for slope in one.slopes if slope is not None)):
            opened, closed = re.findall(r"<(\w+)", markup), re.findall(r"</(\w+)", markup)
            assert sorted(opened) == sorted(closed), (op, markup)


def test_headings() -> None:
    assert heading(gv.parse("x + 1")).endswith("<mo>=</mo><mi>x</mi><mo>+</mo><mn>1</mn>")
    assert name_markup("x<y") == "<mi>x&lt;y</mi>"
    assert len(heading(gv.parse("+".join(f"x{k}" for k in range(3000))))) < 200


def test_large_graphs_stay_linear() -> None:
    graph = gv.parse("+".join(f"x{k}*x{k}" for k in range(10_000)))
    point = graph.at(dict.fromkeys(graph.inputs, 1.0))
    html = page_html(graph, point)
    assert len(html) < 4_000_000


def test_options_are_checked() -> None:
    graph = gv.parse("x")
    with pytest.raises(gv.GradvizError, match="unknown option colour"):
        page_html(graph, colour="red")
    with pytest.raises(gv.GradvizError, match="unknown theme"):
        page_html(graph, theme="blue")
    assert 'data-theme="dark"' in page_html(graph, theme="dark")
    assert "#0b5fa5" in page_html(graph, palette="colorblind")


def test_operands_of_rules_shadow_no_function_they_call() -> None:
    """An operand named like a kernel would hide it inside the slope's JavaScript."""
    for op, record in OPERATIONS.items():
        if javascript.has_kernel(op):
            for position in range(len(record.names)):
                text = javascript.slope(op, position)
                assert not text or not set(re.findall(r"(\w+)\(", text.partition("=>")[2])) & {*record.names, "out"}
