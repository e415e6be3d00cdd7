"""Requests and answers of the app, and what is refused.

Only requests that name this machine as their host are answered, so that no other site can reach the app under a name of
its own; what a page of another origin sends is refused as well. Bodies are small, and nothing is stored but the last pages.
"""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import files
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .examples import EXAMPLES
from .work import Crew, TooLong

MOST_BYTES = 200_000  # of a request
MOST_PAGES = 64  # that are kept
_HOSTS = ("127.0.0.1", "localhost", "[::1]")
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src 'self'; img-src 'self' data:;"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
)


def application(crew: Crew | None = None) -> ASGIApp:
    """The app; ``crew`` computes for it, two processes by default."""
    workers = crew or Crew()
    pages: OrderedDict[str, str] = OrderedDict()

    async def home(request: Request) -> Response:
        return Response(_asset("app.html"), media_type="text/html", headers={"content-security-policy": _POLICY})

    async def asset(request: Request) -> Response:
        name = request.path_params["name"]
        kinds = {"app.js": "text/javascript", "app.css": "text/css"}
        if name not in kinds:
            return PlainTextResponse("not found\n", 404)
        return Response(_asset(name), media_type=kinds[name])

    async def examples(request: Request) -> Response:
        return JSONResponse([{"title": title, "text": text, "values": values} for title, text, values in EXAMPLES])

    async def draw(request: Request) -> Response:
        answer = await _ask(workers, "draw", request)
        html = answer.pop("page", None)
        if html is not None:
            key = hashlib.sha256(html.encode("utf-8", "backslashreplace")).hexdigest()[:32]
            pages[key] = html
            pages.move_to_end(key)
            while len(pages) > MOST_PAGES:
                pages.popitem(last=False)
            answer["page"] = f"page/{key}"
        return JSONResponse(answer)

    async def check(request: Request) -> Response:
        return JSONResponse(await _ask(workers, "check", request))

    async def download(request: Request) -> Response:
        answer = await _ask(workers, "file", request)
        if "error" in answer:
            return JSONResponse(answer, 422)
        headers = {"content-disposition": "attachment; filename=gradviz", "content-security-policy": "sandbox; default-src 'none'"}
        return Response(bytes.fromhex(answer["data"]), media_type=answer["type"], headers=headers)

    async def page(request: Request) -> Response:
        html = pages.get(request.path_params["key"])
        if html is None:
            return PlainTextResponse("this page is no longer kept\n", 404)
        return Response(
            html.encode("utf-8", "backslashreplace"),
            media_type="text/html",
            headers={"content-security-policy": "sandbox allow-scripts; frame-ancestors 'self'"},
        )

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        yield
        workers.close()

    routes = [
        Route("/", home),
        Route("/{name}", asset),
        Route("/page/{key}", page),
        Route("/api/examples", examples),
        Route("/api/draw", draw, methods=["POST"]),
        Route("/api/check", check, methods=["POST"]),
        Route("/api/file", download, methods=["POST"]),
    ]
    return _Gate(Starlette(routes=routes, lifespan=lifespan, exception_handlers={_Refused: _refuse}))


class _Refused(Exception):
    """A request that is not answered, with its status."""

    def __init__(self, status: int, message: str) -> None:
        self.status, self.message = status, message
        super().__init__(message)


async def _refuse(request: Request, error: Exception) -> Response:
    assert isinstance(error, _Refused)
    return JSONResponse({"error": {"message": error.message, "start": None, "end": None}}, error.status)


async def _ask(workers: Crew, kind: str, request: Request) -> dict[str, Any]:
    """Read a request's body and have it computed."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise _Refused(415, "requests are JSON")
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            raise _Refused(413, f"a request has at most {MOST_BYTES:,} bytes")
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise _Refused(400, "the request is not JSON") from None
    if not isinstance(data, dict):
        raise _Refused(400, "the request is not an object")
    try:
        return await run_in_threadpool(workers.ask, kind, data)
    except TooLong as error:
        raise _Refused(503, str(error)) from None


class _Gate:
    """Refuses other hosts and other origins; adds the headers that every answer has."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = {key.lower(): value.decode("latin-1") for key, value in scope["headers"]}
        host = headers.get(b"host", "")
        name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() and not host.endswith("]") else host
        origin = headers.get(b"origin")
        refused = name not in _HOSTS or (origin is not None and origin != f"http://{host}")

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_HEADERS]
            await send(message)

        if refused:
            await PlainTextResponse("this app answers its own machine alone\n", 403)(scope, receive, answer)
            return
        await self.app(scope, receive, answer)


def _asset(name: str) -> bytes:
    return (files(__package__) / "data" / name).read_bytes()
