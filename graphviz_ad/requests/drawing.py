"""What was asked of a drawing, as the library's keywords."""

from __future__ import annotations

from typing import Any

from .arguments import CommandLine

_DRAWING = (("--title", "title"), ("--style", "style"), ("--theme", "theme"), ("--palette", "palette"), ("--math", "math"),
            ("--focus", "focus"))  # fmt: skip
_COUNTS = (("--precision", "precision"), ("--depth", "depth"), ("--radius", "radius"))


def drawing_options(line: CommandLine) -> dict[str, Any]:
    """The options of the drawing as the library's keywords; only those that were given."""
    options: dict[str, Any] = {key: line.text(name) for name, key in _DRAWING if line.text(name) is not None}
    options.update({key: line.number(name) for name, key in _COUNTS if line.number(name) is not None})
    if line.many("--expand"):
        options["expand"] = tuple(line.many("--expand"))
    options.update({key: True for name, key in (("--second", "hessian"), ("--animate", "animate")) if line.flag(name)})
    return options
