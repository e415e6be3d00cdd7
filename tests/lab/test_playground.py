"""The playground: its gradients are Python's, and it learns in a real browser."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from html import unescape
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from graphviz_ad import lab
from graphviz_ad.lab.playground import ACTIVATIONS, LOSSES, tabulate, write_playground
from graphviz_ad.primitives.kernels.javascript import program
from graphviz_ad.primitives.registry import OPERATIONS

pytestmark = pytest.mark.needs_browser


@pytest.fixture
def page(browser: Any, request: pytest.FixtureRequest) -> Iterator[Any]:
    complaints: list[str] = []
    # axe is a script of its own, which the page's policy rightly refuses
    context = browser.new_context(viewport={"width": 1120, "height": 900}, bypass_csp="screen_readers" in request.node.name)
    shown = context.new_page()
    shown.on("console", lambda message: complaints.append(message.text))
    shown.on("pageerror", lambda error: complaints.append(str(error)))
    shown.on("request", lambda one: None if one.url.startswith(("file:", "about:")) else complaints.append(one.url))
    yield shown
    context.close()
    assert not complaints


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("playground") / "playground.html"
    file.write_text(write_playground(), "utf-8")
    return file.as_uri()


@pytest.fixture
def playground(page: Any, address: str) -> Any:
    page.goto(address)
    return page


KINDS = [
    (0, "none", "softmax"),
    (0, "none", "hinge"),
    *((2, name, "softmax") for name in ACTIVATIONS),
    (3, "tanh", "hinge"),
    (6, "relu", "hinge"),
]


@pytest.mark.parametrize(("depth", "activation", "loss"), KINDS)
def test_gradients_in_the_browser_are_pythons(page: Any, depth: int, activation: str, loss: str) -> None:
    data = lab.make("spiral", points=5)
    model = lab.network((2, *[4] * depth, 3), activation, loss, l2=0.01)
    parameters = model.initial("xavier", 3)
    point = model.at(parameters, data.X, data.y)
    expected = {f"dL_d{name}": one for name, one in model.gradients(parameters, data.X, data.y).items()}
    expected |= {"L": np.array(point.value)} | {name: np.array(point[name].gradient) for name in ("S", *_inner(depth))}
    table = tabulate(depth, activation, loss)
    arrays = {"X": data.X, "y": data.y.astype(float), "lam": np.array(0.01), **parameters}
    inputs = {table["names"][name]: {"s": list(one.shape), "d": one.ravel().tolist()} for name, one in arrays.items()}
    code = (files("graphviz_ad.lab") / "data" / "playground_arrays.js").read_text("utf-8")
    places = [table["slopes"].get(name, table["names"].get(name)) for name in expected]
    ops = program(tuple(sorted({op for op in table["op"] if op in OPERATIONS})))
    sizes = {"N": data.rows, "C": 3, **{f"H{layer}": 4 for layer in range(1, depth + 1)}}
    given = json.dumps({"table": table, "inputs": inputs, "sizes": sizes, "places": places})
    page.goto("about:blank")
    found = page.evaluate(
        f"(text) => {{ const OPS = {ops}; {code}; const given = JSON.parse(text);"
        "const values = evaluate(given.table, given.inputs, given.sizes, given.table.needed);"
        "return given.places.map((h) => Array.from(values[h].d)); }",
        given,
    )
    for name, numbers in zip(expected, found, strict=True):
        np.testing.assert_allclose(numbers, expected[name].ravel(), rtol=1e-11, atol=1e-14, err_msg=name)


def _inner(depth: int) -> list[str]:
    return [f"{kind}{layer}" for layer in range(1, depth + 1) for kind in "zh"]


def share(page: Any) -> float:
    found = re.search(r"([\d.]+) % right", page.inner_text("#told"))
    assert found is not None
    return float(found[1])


def test_it_learns_circles_in_ten_seconds(playground: Any) -> None:
    assert share(playground) < 80
    began = time.monotonic()
    playground.click("#run")
    while share(playground) <= 95:
        assert time.monotonic() - began < 10
        playground.wait_for_timeout(100)
    playground.click("#run")
    assert playground.inner_text("#run") == "Start"
    state = playground.inner_text("#told")
    playground.wait_for_timeout(200)
    assert playground.inner_text("#told") == state
    playground.click("#again")
    assert "step 0" in playground.inner_text("#told")


def test_every_choice_works_and_a_phone_is_wide_enough(playground: Any) -> None:
    for name in ("spiral", "xor", "moons", "blobs"):
        for loss in ("hinge", "softmax"):
            playground.select_option("#data", name)
            playground.select_option("#loss", loss)
            playground.click("#step")
            assert "step 1, loss" in playground.inner_text("#told")
    for depth in (0, 2, 6):
        playground.locator("#depth").fill(str(depth))
        assert playground.locator("#network canvas.neuron").count() == 6 * depth
        playground.locator("summary").click()
        rows = playground.locator("#numbers tr").all()
        cells = {row.locator("th").inner_text(): row.locator("td").all_inner_texts() for row in rows}
        playground.locator("summary").click()
        assert [name for name in cells if name.startswith("W")] == [f"W{k}" for k in range(1, depth + 2)]
        assert {name for name, (_, slope) in cells.items() if not slope} == {"X"}
        assert cells["L"][1] == "1.00"
    playground.set_viewport_size({"width": 360, "height": 740})
    assert playground.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("loss", LOSSES)
def test_gradients_fade_through_sigmoids(playground: Any, loss: str) -> None:
    """What the page shows on the graph: through six sigmoid layers next to nothing is left, through ReLU it is."""
    playground.locator("#depth").fill("6")
    playground.select_option("#loss", loss)
    slopes = {}
    for activation in ("sigmoid", "relu"):
        playground.select_option("#activation", activation)
        texts = playground.evaluate(
            "[...document.querySelectorAll('#numbers tr')].map((row) => [...row.children].map((cell) => cell.textContent))"
        )
        slopes[activation] = {name: float(slope.replace("−", "-")) for name, _, slope in texts if name in ("z1", "S")}
    assert slopes["sigmoid"]["z1"] < 1e-3 * slopes["sigmoid"]["S"]
    assert slopes["relu"]["z1"] > 1e-2 * slopes["relu"]["S"]


def test_hinge_learns_the_spiral_and_overlarge_rates_are_told(playground: Any) -> None:
    playground.select_option("#data", "spiral")
    playground.select_option("#loss", "hinge")
    playground.locator("#width").fill("12")
    playground.locator("#depth").fill("2")
    playground.click("#run")
    began = time.monotonic()
    while share(playground) <= 90:
        assert time.monotonic() - began < 20
        playground.wait_for_timeout(100)
    playground.click("#run")
    playground.select_option("#rule", "descent")
    playground.select_option("#lam", "0.1")
    playground.evaluate("document.querySelector('#rate').options[0].textContent = '1e9'")
    playground.select_option("#rate", "1e9")
    playground.click("#run")
    playground.wait_for_function("document.querySelector('#run').textContent === 'Start'")
    assert "learning rate is too large" in playground.inner_text("#told")


def test_an_address_sets_the_controls(page: Any, address: str) -> None:
    """What the gallery's links rely on; what is no choice, or no control, is left alone."""
    page.goto(f"{address}#data=spiral&depth=6&width=8&activation=sigmoid&loss=hinge&rate=nonsense&map=x&lines=gradients")
    shown = {name: page.input_value(f"#{name}") for name in ("data", "depth", "width", "activation", "loss", "rate", "lines")}
    assert shown == {
        "data": "spiral", "depth": "6", "width": "8", "activation": "sigmoid", "loss": "hinge", "rate": "0.03", "lines": "gradients",
    }  # fmt: skip
    assert page.locator("#network canvas.neuron").count() == 48
    page.evaluate("location.hash = '#depth=1&width=2'")
    page.wait_for_function("document.querySelectorAll('#network canvas.neuron').length === 2")


def test_every_link_of_the_gallery_finds_its_choice(page: Any, address: str) -> None:
    index = (Path(__file__).parents[2] / "gallery" / "index.html").read_text("utf-8")
    presets = set(re.findall(r"playground\.html#([^\"]+)", index))
    assert len(presets) == 8
    for preset in presets:
        page.goto("about:blank")
        page.goto(f"{address}#{unescape(preset)}")
        for name, value in (pair.split("=") for pair in unescape(preset).split("&")):
            assert page.input_value(f"#{name}") == value, preset


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_keyboard_and_screen_readers(playground: Any, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    playground.emulate_media(color_scheme=scheme)
    reached = []
    for _ in range(15):
        playground.keyboard.press("Tab")
        reached.append(
            playground.evaluate(
                "document.activeElement.id || document.activeElement.getAttribute('aria-label') || document.activeElement.tagName"
            )
        )
    controls = ["data", "noise", "depth", "width", "activation", "loss", "lam", "rule", "rate", "run", "step", "again", "lines"]
    assert reached == [*controls, "network", "computational graph"]
    playground.focus("#step")
    playground.keyboard.press("Enter")
    assert "step 1" in playground.inner_text("#spoken")
    assert "step 1" in playground.get_attribute("#map", "aria-label")
    playground.focus("#depth")
    playground.keyboard.press("ArrowRight")
    assert playground.inner_text("#depth-told") == "2"
    playground.locator("summary").click()
    found = Axe().run(playground)
    serious = [
        (one["id"], [node["html"][:120] for node in one["nodes"]])
        for one in found.response["violations"]
        if one["impact"] in ("serious", "critical")
    ]
    assert not serious
