"""``gradviz explain``: the chain rule line by line, as text, Markdown, LaTeX, HTML or PDF."""

from __future__ import annotations

import os

from ..requests.arguments import CommandLine, UsageError
from ..requests.evaluation import evaluate
from .output import put, say, warn

_SUFFIXES = (".txt", ".md", ".tex", ".html", ".pdf")


def run(line: CommandLine) -> int:
    """Print the derivation, or write it to files whose suffix says the form."""
    paths = line.many("--output")
    for path in paths:
        if path != "-" and os.path.splitext(path)[1].lower() not in _SUFFIXES:
            raise UsageError(f"explain writes {', '.join(_SUFFIXES)} files, not {path}\nhint: pictures come without the verb")
    if paths.count("-") > 1:
        raise UsageError("standard output can hold one thing only: give -o - once")
    point = evaluate(line).require_point()
    if not paths or "-" in paths:
        put(point.explain(line.text("--form") or "text").rstrip("\n"))
    for path in paths:
        if path != "-":
            point.save_explanation(path)
    if len(paths) > paths.count("-"):
        say(f"written: {', '.join(path for path in paths if path != '-')}")
    warn(point.warnings)
    return 0
