"""``gradviz practice``: a page that asks for values and gradients, and its answer key."""

from __future__ import annotations

from pathlib import Path

from ..errors import FileError
from ..requests.arguments import CommandLine, UsageError
from ..requests.evaluation import evaluate
from .output import put, require_ours

DEFAULT_PAGE = "practice.html"


def run(line: CommandLine) -> int:
    """Write the page, and with ``--answers`` the key of the same seed."""
    from ..page.practice import answers_html, practice_html

    paths = line.many("--output") or [DEFAULT_PAGE]
    if len(paths) > 1 or not paths[0].lower().endswith((".html", ".htm")):
        raise UsageError("practice writes one page\nhint: -o sheet.html")
    if not line.many("--output"):
        require_ours(DEFAULT_PAGE)
    subject = evaluate(line)
    seed = 1 if line.number("--seed") is None else int(line.number("--seed") or 0)
    title = line.text("--title")
    sheets = {paths[0]: practice_html(subject.graph, subject.point, seed=seed, title=title)}
    key = line.text("--answers")
    if key is not None:
        sheets[key] = answers_html(subject.graph, subject.point, seed=seed, title=title)
    for path, html in sheets.items():
        try:
            Path(path).write_text(html, encoding="utf-8")
        except OSError as error:
            raise FileError(f"{path} cannot be written: {error.strerror or error}") from None
        put(path)
    return 0
