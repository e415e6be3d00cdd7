"""Text that tries to be markup or script: 100 000 texts through the escapers, more than 500 in a browser; nothing runs."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

import graphviz_ad as gv
from graphviz_ad.page import page_html
from graphviz_ad.page.embedding import quoted, script_json, xml
from graphviz_ad.render import mermaid, tikz

PIECES = [
    "<script>window.broken=1</script>",
    "</script><script>window.broken=1</script>",
    "<img src=x onerror=window.broken=1>",
    "<svg onload=window.broken=1>",
    '" onfocus="window.broken=1" autofocus="',
    "' onmouseover='window.broken=1",
    "javascript:window.broken=1",
    "</title>",
    "</style><style>*{display:none}",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "&lt;script&gt;",
    "&#60;script&#62;",
    "\\u003cscript\\u003e",
    "${window.broken=1}",
    "`;window.broken=1;`",
    "{root}",
    "{0}",
    "\u2028",
    "\u2029",
    "\u202e",
    "\x00",
    "\x1b[31m",
    "\ud800",
    "\ufeff",
    "<iframe srcdoc=...>",
    "<base href=//x>",
    "<meta http-equiv=refresh>",
    "<math><mi//xlink:href=x>",
    "\\",
    "'",
    '"',
    "<",
    ">",
    "&",
    "/",
    "\n",
    "\t",
    "%",
    "#",
    "é",
    "変",
]


def texts(count: int, seed: int) -> list[str]:
    dice = random.Random(seed)
    return ["".join(dice.choice(PIECES) for _ in range(dice.randint(1, 6))) for _ in range(count)]


def test_escapers_let_nothing_through() -> None:
    for text in texts(100_000, 1):
        assert not set(xml(text)) & set('<>"\x00\n')
        assert '"' not in quoted(text)
        written = script_json([text])
        assert not set(written) & set("<>&\u2028\u2029")
        assert json.loads(written) == [text.encode("utf-8", "replace").decode()]


def test_escapers_of_exports_let_nothing_through() -> None:
    for text in texts(20_000, 2):
        assert not set(mermaid.quoted(text)) & set("\"<>[]{}|`\n&'")
        latex = tikz._text(text)
        commands = r"\\(textbackslash|textasciitilde|textasciicircum|textless|textgreater|textquotedbl|ldots)\{\}|\{\\char34\}|\\[{}$&#%_]"
        assert "\\" not in re.sub(commands, "", latex).replace(r"$\times$", "").replace(r"$\cdot$", "")


@pytest.mark.needs_browser
def test_nothing_runs_in_a_browser(opened: Callable[..., Any]) -> None:
    point = gv.parse("f = x*y").at(x=1, y=2)
    page = None
    pieces = 0
    for number in range(90):
        several = texts(6, 1000 + number)
        pieces += len(several)
        html = page_html(point.graph, point, title="".join(several))
        page = opened(html) if page is None else page
        page.set_content(html)
        assert page.evaluate("window.broken") is None
        assert page.text_content("#v0-value-n2") == "2"
        assert page.evaluate("document.scripts.length") == 2
        assert page.evaluate("document.querySelectorAll('h1 *').length") == 0
    assert pieces >= 500


def hostile_words() -> list[str]:
    """What the hostile cases hand to the command: expressions, names, titles; the long ones cut."""
    cases = json.loads((Path(__file__).parents[1] / "data" / "hostile.json").read_text("utf-8"))
    return list(dict.fromkeys(word[:2000] for case in cases for word in case["argv"] if isinstance(word, str)))


@pytest.mark.needs_browser
def test_the_hostile_cases_neither_run_nor_break_a_page(opened: Callable[..., Any]) -> None:
    """Each as a title, as the name of a function, as an expression where it is one, and in the address."""
    words = hostile_words()
    assert len(words) > 150
    page = None
    point = gv.parse("s(t) = t*t; f = s(x)*y").at(x=1, y=2)
    drawn = 0
    for begin in range(0, len(words), 6):
        html = page_html(point.graph, point, title=" ".join(words[begin : begin + 6]))
        page = opened(html) if page is None else page
        page.set_content(html)
        assert page.text_content("#result") == "f = 2"
        assert page.evaluate("[document.scripts.length, document.querySelectorAll('h1 *').length]") == [2, 0]
    by_address = opened(page_html(point.graph, point), "#" + quote("&".join(words)[:8000], safe="=&"))
    assert by_address.inner_text("#result").startswith("f = ")  # x=2 among them is an address as it should be
    assert by_address.evaluate("window.broken || window.alerted || document.scripts.length") == 2
    for word in words:
        if len(word) > 300 or drawn == 8:
            continue
        try:
            graph = gv.parse(word)
            html = page_html(graph, graph.at(dict.fromkeys(graph.inputs, 1.0)))
        except (gv.GradvizError, ArithmeticError):
            continue
        own = opened(html)  # another graph has another script, which the first page's policy would refuse
        assert own.evaluate("document.scripts.length") == 2
        own.close()
        drawn += 1
    assert drawn >= 5
    assert page.evaluate("window.broken || window.alerted") is None


@pytest.mark.needs_browser
def test_hostile_addresses_are_ignored(opened: Callable[..., Any]) -> None:
    point = gv.parse("f = x*y").at(x=1, y=2)
    html = page_html(point.graph, point)
    for text in texts(12, 4):
        told = quote(text.encode("utf-8", "replace"))
        page = opened(html, f"#{told}={told}&x={told}")
        assert page.text_content("#v0-value-n2") == "2"
        assert page.evaluate("window.broken") is None
        page.close()
