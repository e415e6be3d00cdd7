"""A report of the check in the terminal and in files: the table of entries, the verdict, the causes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from ..requests.arguments import CommandLine, UsageError
from .numbers import write_number
from .output import put, say, write_bytes
from .tables import VERDICT_ROLES, Cell, Row, layout, paint, wrap
from .verdicts import explanation

if TYPE_CHECKING:
    from .. import Report

MOST_ROWS, MOST_REASONS = 12, 4
SUFFIXES = (".html", ".htm", ".md", ".json")
_MEANING = {
    "pass": "the claim agrees with an independent reference",
    "pass-at-kink": "not differentiable here; the claim is a valid choice",
    "fail": "the claim is wrong",
    "inconclusive": "could not be decided",
}


def report_paths(line: CommandLine) -> list[str]:
    """Where the report goes besides the terminal; looked at before anything is computed.

    Raises UsageError for a suffix of no report, and where standard output would hold two things.
    """
    paths = line.many("--output")
    for path in paths:
        if path != "-" and os.path.splitext(path)[1].lower() not in SUFFIXES:
            raise UsageError(f"a report is written as .html, .md or .json, not {path}")
    if paths.count("-") > 1 or (line.flag("--json") and "-" in paths):
        raise UsageError("standard output can hold one thing only: choose --json or one -o -")
    return paths


def write_report(report: Report, line: CommandLine, paths: list[str], show: Callable[[], None]) -> None:
    """The files that were asked for, and standard output: JSON, Markdown (``-o -``), or what ``show`` prints."""
    for path in paths:
        if path == "-":
            write_bytes("-", report.markdown().encode("utf-8"))
        else:
            report.save(path)
    if line.flag("--json"):
        write_bytes("-", report.json().encode("utf-8"))
    elif "-" not in paths:
        show()
    if files := [path for path in paths if path != "-"]:
        (say if line.flag("--json") or "-" in paths else put)(f"report: {', '.join(files)}")


def entry_table(report: Report) -> str:
    """The entries at the given point, the faulty ones first where there are many; other points where only they are faulty."""
    listed = report.reading.listed(MOST_ROWS)
    rows = []
    for row in listed[:MOST_ROWS]:
        rows.append(
            Row(
                (
                    Cell(row.place, "name"),
                    Cell(write_number(row.analytic, 10), "gradient"),
                    Cell(write_number(row.reference, 10)),
                    Cell(write_number(row.error, 2)),
                    Cell(write_number(row.bound, 2)),
                    Cell(row.verdict, VERDICT_ROLES[row.verdict]),
                )
            )
        )
    text = layout(("by", "claimed", "reference", "error", "bound", "verdict"), rows, right=(1, 2, 3, 4), elastic=(0, 2, 1))
    rest = len(listed) - MOST_ROWS
    return text + (f"\n  … and {rest:,} more entries; -o report.html and --json have them" if rest > 0 else "")


def verdict_line(report: Report) -> str:
    """The verdict, what is wrong and what is right by argument, and the reasons."""
    lines = [f"check: {paint(report.verdict, VERDICT_ROLES[report.verdict])} – {_MEANING[report.verdict]}"]
    reading = report.reading
    wrong = {argument.name: argument.share(argument.wrong) for argument in reading.arguments if argument.wrong}
    if wrong:
        right = [argument.name for argument in reading.arguments if not argument.wrong and not argument.undecided]
        lines.append("  " + wrap(f"wrong: {', '.join(wrong.values())}" + (f"; right: {', '.join(right)}" if right else ""), 4))
    reasons: dict[tuple[str, str], list[str]] = {}
    for row in reading.ranked:
        if row.reason and (row.where == "here" or row.wrt not in wrong):
            reasons.setdefault((row.verdict, row.reason), []).append(row.place)
    for (verdict, reason), places in list(reasons.items())[:MOST_REASONS]:
        shown = ", ".join(places[:4]) + (f" and {len(places) - 4:,} more" if len(places) > 4 else "")
        lines.append(explanation(verdict, f"{shown}: {reason}"))
    if len(reasons) > MOST_REASONS:
        lines.append(f"  … and {len(reasons) - MOST_REASONS:,} more reasons; --json has them all")
    return "\n".join(lines)


def cause_lines(report: Report) -> Iterator[str]:
    """The causes, each proved by repairing the claim."""
    for cause in report.causes:
        yield "  " + wrap(f"likely cause: {cause}", 4)


def trial_lines(trials: Sequence[Any]) -> str:
    """What the self-test found."""
    changed = [trial for trial in trials if trial.changed]
    caught = [trial for trial in changed if trial.caught]
    lines = [f"self-test: {len(caught)} of {len(changed)} injected slips are caught here"]
    for word, role, told in (
        ("caught", "good", caught),
        ("missed", "bad", [trial for trial in changed if not trial.caught]),
        ("no change", "muted", [trial for trial in trials if not trial.changed]),
    ):
        for slip in dict.fromkeys(trial.slip for trial in told):
            places = [trial.place for trial in told if trial.slip == slip and trial.place]
            lines.append(f"  {paint(word, role)}{' ' * (11 - len(word))}{slip}" + (f", by {', '.join(places)}" if places else ""))
    return "\n".join(lines)
