"""``gradviz serve``: the local app in the browser."""

from __future__ import annotations

from ..requests.arguments import CommandLine
from . import lab_words
from .output import say


def run(line: CommandLine) -> int:
    """Run the app until Ctrl-C."""
    from .. import server

    reader = lab_words.parser(
        "serve", "Type expressions and see their graphs, in the browser, on this machine alone.", "gradviz serve --show"
    )
    reader.add_argument("--port", type=int, default=server.PORT, help="where it listens")
    reader.add_argument("--host", default="127.0.0.1", help="a loopback address")
    reader.add_argument("--show", action="store_true", help="open it in the browser")
    asked = lab_words.read(reader, line.words)
    if asked is None:
        return 0
    say(f"gradviz: {server.address(asked.host, asked.port)} (Ctrl-C stops it)")
    server.serve(asked.port, asked.host, show=asked.show)
    return 0
