"""Docstrings for the pages: examples that follow a section of errors get a heading of their own.

In a docstring of NumPy's form a section lasts until the next heading; ours put examples at the end without one.
"""

from __future__ import annotations

from typing import Any

from sphinx.application import Sphinx


def separate(app: Sphinx, what: str, name: str, thing: Any, options: Any, lines: list[str]) -> None:
    """Set a heading before the first example behind a section."""
    seen = False
    for place, line in enumerate(lines):
        seen = seen or (set(line) == {"-"} and len(line) > 2)
        if seen and line.startswith(">>>") and not lines[place - 1].strip():
            lines[place:place] = ["Examples", "--------", ""]
            return


def setup(app: Sphinx) -> dict[str, bool]:
    """Run before napoleon, which listens with the usual priority of 500."""
    app.connect("autodoc-process-docstring", separate, priority=400)
    return {"parallel_read_safe": True}
