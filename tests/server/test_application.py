"""The local app: what it answers, what it refuses, what it survives."""

from __future__ import annotations

import concurrent.futures
import json
import random
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

import graphviz_ad as gv
from graphviz_ad.server import address, serve

pytestmark = pytest.mark.needs_serve

XYZ = {"text": "q = x + y; f = q*z", "values": {"x": "-2", "y": "5", "z": "-4"}}


@pytest.fixture(scope="module")
def crew() -> Iterator[Any]:
    from graphviz_ad.server.work import Crew

    crew = Crew(2, seconds=4)
    yield crew
    crew.close()


@pytest.fixture(scope="module")
def client(crew: Any) -> Any:
    from starlette.testclient import TestClient

    from graphviz_ad.server.application import application

    return TestClient(application(crew), base_url="http://127.0.0.1:8734")


def test_the_opening_example(client: Any) -> None:
    answer = client.post("/api/draw", json=XYZ).json()
    assert answer["value"] == "-12.0"
    assert [one["name"] for one in answer["inputs"]] == ["x", "y", "z"]
    page = client.get("/" + answer["page"])
    assert page.text.startswith("<!DOCTYPE html>")
    assert page.headers["content-security-policy"].startswith("sandbox")
    assert client.post("/api/check", json=XYZ).json()["verdict"] == "pass"


@pytest.mark.parametrize("format", ["svg", "png", "html", "json", "tex", "md", "tikz", "mmd", "dot"])
def test_downloads(format: str, client: Any) -> None:
    answer = client.post("/api/file", json={**XYZ, "format": format})
    assert answer.status_code == 200
    assert len(answer.content) > 200
    assert "attachment" in answer.headers["content-disposition"]


def test_every_example_draws_and_passes(client: Any) -> None:
    for example in client.get("/api/examples").json():
        assert "error" not in client.post("/api/draw", json=example).json()
        assert client.post("/api/check", json=example).json()["verdict"] in ("pass", "pass-at-kink")


def test_errors_come_with_their_caret(client: Any) -> None:
    error = client.post("/api/draw", json={"text": "x + * y"}).json()["error"]
    assert error["start"] == 4
    assert "^" in error["message"]
    missing = client.post("/api/draw", json={"text": "x*y", "values": {"x": "1"}}).json()
    assert missing["missing"] == ["y"]
    assert "y" in client.post("/api/draw", json={"text": "x*y", "values": {"x": "1", "y": "2 +"}}).json()["error"]["message"]


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil:8734", "", "127.0.0.1:8734@evil", "[::2]:80"])
def test_other_hosts_are_refused(host: str, client: Any) -> None:
    assert client.get("/", headers={"host": host}).status_code == 403


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8734", "localhost:1", "[::1]", "[::1]:8734"])
def test_this_machine_is_answered(host: str, client: Any) -> None:
    answer = client.get("/", headers={"host": host})
    assert answer.status_code == 200
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_other_origins_are_refused(client: Any) -> None:
    assert client.post("/api/draw", json=XYZ, headers={"origin": "http://evil.example"}).status_code == 403
    assert client.post("/api/draw", json=XYZ, headers={"origin": "null"}).status_code == 403
    assert client.post("/api/draw", json=XYZ, headers={"origin": "http://127.0.0.1:8734"}).status_code == 200


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [(b"x" * 300_000, "application/json", 413), (b"{", "application/json", 400), (b"[]", "application/json", 400),
     (b"{}", "text/plain", 415), (b"[" * 100_000, "application/json", 400), (b"\xff\xfe", "application/json", 400)],
)  # fmt: skip
def test_bad_bodies(body: bytes, kind: str, status: int, client: Any) -> None:
    assert client.post("/api/draw", content=body, headers={"content-type": kind}).status_code == status


@pytest.mark.parametrize("path", ["/page/nothing", "/nothing", "/..%2f..%2fetc%2fpasswd", "/app.html", "/page/../jobs.py"])
def test_nothing_else_is_there(path: str, client: Any) -> None:
    assert client.get(path).status_code == 404


def test_a_request_that_takes_too_long_ends_alone(crew: Any, client: Any) -> None:
    slow = {"text": "+".join(f"sin(x{k})*cos(x{k})" for k in range(9000))}
    began = time.monotonic()
    answer = client.post("/api/check", json={**slow, "values": {f"x{k}": "1" for k in range(9000)}})
    assert time.monotonic() - began < 30
    assert answer.status_code in (200, 413, 503)
    assert client.post("/api/draw", json=XYZ).json()["value"] == "-12.0"


def test_a_worker_that_dies_is_replaced(crew: Any, client: Any) -> None:
    for worker in crew._workers:
        worker._process.kill()
        worker._process.join()
    statuses = {client.post("/api/draw", json=XYZ).status_code for _ in range(2)}
    assert statuses <= {200, 503}
    assert client.post("/api/draw", json=XYZ).json()["value"] == "-12.0"


def test_fuzzed_and_concurrent_requests(client: Any) -> None:
    dice = random.Random(3)
    pieces = [
        "x",
        "y",
        "+",
        "*",
        "(",
        ")",
        "sin(",
        "\n",
        ";",
        "=",
        "**",
        "<script>",
        "'",
        '"',
        "\\",
        "\x00",
        "\ud800",
        "é",
        "[1,2]",
        "@",
        "1e999",
        "f(x) = x",
        "if",
        "else",
    ]

    def send(number: int) -> int:
        text = "".join(dice.choice(pieces) for _ in range(dice.randint(1, 30)))
        values: Any = dice.choice([{}, {"x": "1", "y": "2"}, {"x": text}, [], None, {"x": {"y": 1}}])
        body = {"text": dice.choice([text, number, None, [text], {"a": text}]), "values": values}
        path, headers = dice.choice(["/api/draw", "/api/check"]), {"content-type": "application/json"}
        return client.post(path, content=json.dumps(body), headers=headers).status_code  # type: ignore[no-any-return]

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        assert set(pool.map(send, range(120))) <= {200}
    assert client.post("/api/draw", json=XYZ).json()["value"] == "-12.0"


@pytest.mark.parametrize(("host", "port", "said"), [("0.0.0.0", 8734, "this machine alone"), ("127.0.0.1", 0, "no port")])
def test_where_it_listens(host: str, port: int, said: str) -> None:
    with pytest.raises(gv.GradvizError, match=said):
        serve(port, host)


def test_a_port_that_is_taken_is_told() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(gv.GradvizError, match="cannot be used"):
            serve(taken.getsockname()[1])


@pytest.mark.needs_browser
def test_the_app_in_a_browser(crew: Any, browser: Any) -> None:
    import uvicorn
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import expect

    from graphviz_ad.server.application import application

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(application(crew), host="127.0.0.1", port=port, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    complaints: list[str] = []
    page = browser.new_page(viewport={"width": 1400, "height": 800})
    page.set_default_timeout(15_000)
    expect.set_options(timeout=15_000)
    page.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "request",
        lambda request: None if request.url.startswith((address("127.0.0.1", port), "data:", "blob:")) else complaints.append(request.url),
    )
    page.goto(address("127.0.0.1", port))
    expect(page.locator("#value")).to_have_text("f = -12.0")
    frame = page.frame_locator("#picture")
    expect(frame.locator("#v0-value-n4")).to_have_text("−12")
    expect(page.locator("#verdict")).to_have_text("pass")
    page.fill("#text", "x*x + * y")
    expect(page.locator("#fault")).to_contain_text("^")
    page.fill("#text", "f = a*b<script>alert(1)</script>")
    expect(page.locator("#fault")).to_be_visible()
    page.select_option("#examples", label="A kink")
    expect(page.locator("#verdict")).to_have_text("pass-at-kink")
    with page.expect_download() as download:
        page.select_option("#download", "svg")
    assert download.value.suggested_filename == "gradviz.svg"
    page.fill("#text", "a*b")
    expect(page.locator("#value")).to_have_text("a, b: no value yet, the sliders start at 1")
    page.get_by_label("a", exact=True).fill("3")
    page.get_by_label("b", exact=True).fill("1/4")
    expect(page.locator("#value")).to_have_text("f = 0.75")
    page.reload()
    expect(page.locator("#value")).to_have_text("f = 0.75")
    for hostile in (
        "#text=<img src=x onerror=window.broken=1>&%3Dx=<svg onload=window.broken=1>",
        "#text=x*y&%3Dx=</script><script>1",
        "#%",
    ):
        page.goto("about:blank")
        page.goto(address("127.0.0.1", port) + hostile)
        expect(page.locator("#fault:visible, #value:not(:empty)").first).to_be_visible()
        assert page.evaluate("window.broken") is None
        assert page.evaluate("document.scripts.length") == 1
    page.goto("about:blank")
    page.goto(address("127.0.0.1", port) + "#text=f+%3D+sum(W@x)&%3DW=[[1,2],[3,4]]&%3Dx=[1,10]")
    expect(page.locator("#value")).to_have_text("f = 64.0")
    expect(frame.locator("#v0-value-n0 text").first).to_have_text("1")
    expect(page.locator("#lines li").first).to_have_text("∂f/∂W[0, 0]: pass")
    page.close()
    for scheme, width in (("light", 1280), ("dark", 390)):
        context = browser.new_context(bypass_csp=True, color_scheme=scheme, viewport={"width": width, "height": 800})
        page = context.new_page()
        page.goto(address("127.0.0.1", port))
        expect(page.locator("#verdict")).to_have_text("pass")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        found = Axe().run(page).response["violations"]
        assert not [(one["id"], one["nodes"][0]["html"][:120]) for one in found if one["impact"] in ("serious", "critical")]
        context.close()
    server.should_exit = True
    thread.join(10)
    assert not complaints
