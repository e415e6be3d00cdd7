"""The directive ``vocabulary``: the tables of all operations, written from the vocabulary itself when the pages are built."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

HEAD = ("operation", "meaning", "local derivatives", "domain", "at a kink")


class Vocabulary(SphinxDirective):
    """One section per category, one row per operation."""

    def run(self) -> list[nodes.Node]:
        from graphviz_ad import operations

        categories: dict[str, list[operations.Operation]] = {}
        for one in operations.listing():
            categories.setdefault(one.category, []).append(one)
        lines = []
        for category, members in categories.items():
            title = category[0].upper() + category[1:]
            lines += [title, "~" * len(title), "", ".. list-table::", "   :header-rows: 1", "   :widths: 22 24 26 12 16", ""]
            for row in (HEAD, *map(_row, members)):
                for k, cell in enumerate(row):
                    lines += f"   {'*' if not k else ' '} - {cell}".split("\n")
            lines.append("")
        section = nodes.Element()
        self.state.nested_parse(StringList(lines, source="vocabulary"), self.content_offset, section, match_titles=1)
        return section.children


def _row(one: Any) -> tuple[str, ...]:
    from graphviz_ad.operations import JACOBIAN

    spelled = f"\n\n       also {', '.join(map(_code, one.aliases))}" if one.aliases else ""
    slopes = []
    for operand, formula in one.derivatives:
        by = f"by {_code(operand)}: " if len(one.derivatives) > 1 else ""
        slopes.append(by + ("none" if formula is None else "an array" if formula == JACOBIAN else _code(formula)))
    kinks = [f"{_code(kink.at)}: {_code(kink.chosen)}" for kink in one.kinks]
    separate = "\n\n       "
    return _code(one.signature) + spelled, _text(one.summary), separate.join(slopes), _code(one.domain), separate.join(kinks)


def _code(text: str) -> str:
    return f"``{text}``" if text else ""


def _text(text: str) -> str:
    """Plain words: what reStructuredText would read as marks is taken literally."""
    for mark in ("\\", "*", "`", "|", "_"):
        text = text.replace(mark, "\\" + mark)
    return text


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive."""
    app.add_directive("vocabulary", Vocabulary)
    return {"parallel_read_safe": True}
