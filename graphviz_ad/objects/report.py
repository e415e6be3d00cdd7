"""The report of a check as people meet it: the data of :class:`graphviz_ad.check.results.Report`, and the pages made of it."""

from __future__ import annotations

import os
from typing import Self

from ..check import results
from ..check.results import Row, Trial
from ..errors import FileError

__all__ = ["Report", "Row", "Trial"]


class Report(results.Report):
    """What a check found.

    ``verdict`` is "pass", "pass-at-kink", "fail" or "inconclusive". ``value`` is the row of the output's own value
    (``wrt`` is the output's name there). ``notes`` say what a reader must know besides. ``causes`` are likely causes of a
    failure, each proved by repairing the claim; ``evaluations`` of the function were spent; ``power`` says what the check
    could have seen, ``curve`` how the error depends on the step (pairs of step and error), both where they are known.
    ``trials`` are the injected slips of a self-test; ``interrupted``: the user stopped the check, and this is what was known
    by then; ``title``: what was checked, in words.
    """

    __slots__ = ()

    @classmethod
    def lift(cls, report: results.Report) -> Self:
        """A report as people meet it; one that is so already comes back itself."""
        return report if isinstance(report, cls) else cls(**report.fields())

    def markdown(self) -> str:
        """The report as Markdown, for a summary of continuous integration."""
        from ..render.report_markdown import write_markdown

        return write_markdown(self.read_data())

    def html(self, title: str = "") -> str:
        """The report as one HTML page: rows, a heat map of the errors, and the error against the step where that is known."""
        from ..render.report_html import write_html

        return write_html(self.read_data(), title or self.title or "gradient check")

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the report; .html, .md or .json, by suffix.

        Raises
        ------
        FileError
            Another suffix, or a file that cannot be written.
        """
        text = self.written(os.path.splitext(os.fspath(path))[1])
        try:
            with open(path, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
        except OSError as error:
            raise FileError(f"cannot write {os.fspath(path)}: {error.strerror or error}") from None

    def written(self, suffix: str) -> str:
        """What a file of this suffix holds; FileError for a suffix that is none of .html, .md, .json."""
        writers = {".html": self.html, ".htm": self.html, ".md": self.markdown, ".json": self.json}
        if suffix.lower() not in writers:
            raise FileError(f"a report is written as .html, .md or .json, not {suffix or 'without a suffix'}")
        return writers[suffix.lower()]()
