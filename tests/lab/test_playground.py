"""The playground: its gradients are Python's, and it learns in a real browser."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import numpy as np
import pytest

from graphviz_ad import lab
from graphviz_ad.lab.playground import ACTIVATIONS, tabulate, write_playground
from graphviz_ad.primitives.kernels.javascript import program
from graphviz_ad.primitives.registry import OPERATIONS

pytestmark = pytest.mark.needs_browser


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    complaints: list[str] = []
    context = browser.new_context(viewport={"width": 1120, "height": 900})
    shown = context.new_page()
    shown.on("console", lambda message: complaints.append(message.text))
    shown.on("pageerror", lambda error: complaints.append(str(error)))
    shown.on("request", lambda one: None if one.url.startswith(("file:", "about:")) else complaints.append(one.url))
    yield shown
    context.close()
    assert not complaints


@pytest.fixture
def playground(page: Any, tmp_path: Any) -> Any:
    (tmp_path / "playground.html").write_text(write_playground(), "utf-8")
    page.goto((tmp_path / "playground.html").as_uri())
    return page


@pytest.mark.parametrize(("depth", "activation"), [(0, "none"), *((2, name) for name in ACTIVATIONS), (3, "tanh")])
def test_gradients_in_the_browser_are_pythons(page: Any, depth: int, activation: str) -> None:
    data = lab.make("spiral", points=5)
    model = lab.network((2, *[4] * depth, 3), activation, l2=0.01)
    parameters = model.initial("xavier", 3)
    expected = {**model.gradients(parameters, data.X, data.y), "L": np.array(model.at(parameters, data.X, data.y).value)}
    table = tabulate(depth, activation)
    arrays = {"X": data.X, "y": data.y.astype(float), "lam": np.array(0.01), **parameters}
    inputs = {table["names"][name]: {"s": list(one.shape), "d": one.ravel().tolist()} for name, one in arrays.items()}
    source = (files("graphviz_ad.lab") / "data" / "playground.js").read_text("utf-8")
    code = source[source.index("const count") : source.index("function behind")]
    names = [table["names"][name if name == "L" else f"dL_d{name}"] for name in expected]
    ops = program(tuple(sorted({op for op in table["op"] if op in OPERATIONS})))
    given = json.dumps({"table": table, "inputs": inputs, "sizes": {"N": data.rows, "C": 3, "H1": 4, "H2": 4, "H3": 4}, "names": names})
    page.goto("about:blank")
    found = page.evaluate(
        f"(text) => {{ const OPS = {ops}; {code}; const given = JSON.parse(text);"
        "const values = evaluate(given.table, given.inputs, given.sizes, given.table.needed);"
        "return given.names.map((h) => Array.from(values[h].d)); }",
        given,
    )
    for name, numbers in zip(expected, found, strict=True):
        np.testing.assert_allclose(numbers, expected[name].ravel(), rtol=1e-11, atol=1e-14, err_msg=name)


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
        playground.select_option("#data", name)
        playground.click("#step")
        assert "step 1, loss" in playground.inner_text("#told")
    for depth in (0, 2, 3):
        playground.locator("#depth").fill(str(depth))
        assert playground.locator("#neurons canvas").count() == 6 * depth
        cards = playground.locator(".card b").all_inner_texts()
        assert [name for name in cards if name.startswith("W")] == [f"W{k}" for k in range(1, depth + 2)]
        assert all(playground.locator(".card.input .slope").all_inner_texts()[1:])
    playground.set_viewport_size({"width": 360, "height": 740})
    assert playground.evaluate("document.documentElement.scrollWidth") <= 360
