"""The result of a check: one row an entry, an overall verdict, and nothing that could be mistaken for a truth value."""

from __future__ import annotations

import math
import os
from typing import Any, NamedTuple, NoReturn

from ..errors import CheckFailed, FileError

PASS, AT_KINK, FAIL, INCONCLUSIVE = "pass", "pass-at-kink", "fail", "inconclusive"

#: from the one that decides to the one that only stands when nothing else does
ORDER = (FAIL, INCONCLUSIVE, AT_KINK, PASS)


def overall(verdicts: list[str]) -> str:
    """The verdict of many: fail > inconclusive > pass-at-kink > pass.

    >>> overall(["pass", "pass-at-kink"])
    'pass-at-kink'
    """
    return next((verdict for verdict in ORDER if verdict in verdicts), PASS)


class Row(NamedTuple):
    """One checked number: the derivative by ``wrt``, at ``entry`` (an index, () for a scalar).

    ``analytic`` is the claimed derivative, ``reference`` the independent one, ``error`` their distance, ``bound`` what
    float64 rounding explains; ``exact`` is the reference to 40 digits, ``digits_lost`` how many of float64's 16 decimal
    digits the number has lost; ``finite_difference`` and ``complex_step`` are float64 estimates beside it (None where
    they do not apply). ``interval`` are the one-sided slopes at a kink.
    """

    wrt: str
    entry: tuple[int, ...]
    analytic: float | None
    reference: float | None
    error: float | None
    bound: float | None
    method: str
    verdict: str
    reason: str = ""
    exact: str = ""
    digits_lost: float = 0.0
    interval: tuple[float, float] | None = None
    finite_difference: float | None = None
    complex_step: float | None = None


class Trial(NamedTuple):
    """One slip: what it is, the verdict, whether it changed anything at all, and in whose gradient it stands ("" where there is one)."""

    slip: str
    verdict: str
    changed: bool
    place: str = ""

    @property
    def caught(self) -> bool:
        """Whether the check called it a fault."""
        return self.verdict == "fail"


class Report:
    """What a check found.

    ``verdict`` is "pass", "pass-at-kink", "fail" or "inconclusive". ``value`` is the row of the output's own value
    (``wrt`` is the output's name there). ``notes`` say what a reader must know besides. ``causes`` are likely causes of a
    failure, each proved by repairing the claim; ``evaluations`` of the function were spent; ``power`` says what the check
    could have seen, ``curve`` how the error depends on the step (pairs of step and error), both where they are known.
    ``trials`` are the injected slips of a self-test; ``interrupted``: the user stopped the check, and this is what was known
    by then; ``title``: what was checked, in words.
    """

    __slots__ = ("causes", "curve", "evaluations", "interrupted", "notes", "power", "rows", "title", "trials", "value", "verdict")

    def __init__(self, rows: list[Row], value: Row | None = None, notes: tuple[str, ...] = ()) -> None:
        self.rows, self.value, self.notes = tuple(rows), value, notes
        self.causes: tuple[str, ...] = ()
        self.evaluations = 0
        self.power = ""
        self.curve: tuple[tuple[float, float], ...] = ()
        self.trials: tuple[Trial, ...] = ()
        self.interrupted = False
        self.title = ""
        self.verdict = overall([row.verdict for row in rows] + ([value.verdict] if value is not None else []))

    def __bool__(self) -> NoReturn:
        raise TypeError("a report has four verdicts and no truth value; look at report.verdict or call report.raise_if_failed()")

    def raise_if_failed(self) -> None:
        """Raise :class:`CheckFailed` when the verdict is "fail", with :meth:`summary` in the message."""
        if self.verdict == FAIL:
            raise CheckFailed("the gradient is wrong\n" + self.summary())

    def summary(self) -> str:
        """A few plain lines: what is wrong and what is right, the causes, the worst entries, the power."""
        from .summary import lines

        return "\n".join(lines(self))

    def data(self, most: int = 1000) -> dict[str, Any]:
        """The report as plain data for JSON; at most ``most`` rows, the failing ones first."""
        ranked = sorted(self.rows, key=lambda row: ORDER.index(row.verdict)) if len(self.rows) > most else list(self.rows)
        return {
            "verdict": self.verdict,
            "rows": [_plain(row) for row in ranked[:most]],
            "rows_total": len(self.rows),
            "value": None if self.value is None else _plain(self.value),
            "notes": list(self.notes),
            "causes": list(self.causes),
            "power": self.power,
            "evaluations": self.evaluations,
            "curve": [list(pair) for pair in self.curve],
            "trials": [{**trial._asdict(), "caught": trial.caught} for trial in self.trials],
            "interrupted": self.interrupted,
            "title": self.title,
        }

    def json(self, most: int = 1000) -> str:
        """The report as strict JSON, schema ``gradviz-check/1``: :meth:`data`, numbers that are not finite as strings."""
        import json

        return json.dumps(_strict({"schema": "gradviz-check/1", **self.data(most)}), ensure_ascii=False, indent=1) + "\n"

    def markdown(self) -> str:
        """The report as Markdown, for a summary of continuous integration."""
        from ..render.report_markdown import write_markdown

        return write_markdown(self.data())

    def html(self, title: str = "") -> str:
        """The report as one HTML page: rows, a heat map of the errors, and the error against the step where that is known."""
        from ..render.report_html import write_html

        return write_html(self.data(), title or self.title or "gradient check")

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

    def __repr__(self) -> str:
        return f"Report({self.verdict}: {len(self.rows)} rows)"


def _strict(value: Any) -> Any:
    """Plain data as strict JSON holds it."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, dict):
        return {key: _strict(entry) for key, entry in value.items()}
    return [_strict(entry) for entry in value] if isinstance(value, (list, tuple)) else value


def _plain(row: Row) -> dict[str, Any]:
    plain = {key: list(value) if isinstance(value, tuple) else value for key, value in row._asdict().items()}
    return {"wrt": plain.pop("wrt"), "index": plain.pop("entry"), **plain}
