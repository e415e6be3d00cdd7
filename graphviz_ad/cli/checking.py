"""``gradviz check``: every gradient of an expression, or somebody else's gradient by name; the exit code is the verdict."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ..requests.arguments import CommandLine, UsageError
from ..requests.evaluation import evaluate
from ..requests.sources import is_target
from . import targets
from .numbers import write_number
from .output import note, produce, put, warn, write_bytes
from .progress import Bar
from .reports import report_paths, trial_lines, write_report
from .tables import VERDICT_ROLES, Cell, Row, layout
from .verdicts import exit_code, write_verdict

if TYPE_CHECKING:
    from .. import Point, Report

MOST_ROWS = 40


def run(line: CommandLine) -> int:
    """0 pass or pass-at-kink, 1 fail, 3 inconclusive, 130 interrupted (the report is of what was known by then)."""
    if is_target(line.words[0]):
        return targets.run(line)
    for name in targets.OWN:
        if line.flag(name):
            raise UsageError(f"{name} is for a function: gradviz check module:function {name} …")
    paths = report_paths(line)
    point = evaluate(line).require_point()
    curve = any(path.lower().endswith((".html", ".htm")) for path in paths)
    bar = Bar("checking")
    try:
        report = point.check(
            quick=line.flag("--quick"), proof=line.flag("--proof"), curve=curve, self_test=line.flag("--self-test"), progress=bar
        )
    finally:
        bar.clear()
    if line.flag("--json"):
        for path in paths:
            report.save(path)
        other = report.interrupted or line.flag("--quick") or line.flag("--proof")
        write_bytes("-", _with_report(point, report) if other else produce(point, ".json", {}))
    else:
        write_report(report, line, paths, lambda: _print(report))
    warn(point.warnings)
    note(report.notes)
    return exit_code(report, strict=True)


def _with_report(point: Point, report: Report) -> bytes:
    """The point as JSON with a report other than its usual one."""
    document = json.loads(produce(point, ".json", {"check": False}))
    document["check"] = {key: value for key, value in json.loads(report.json()).items() if key != "schema"}
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def _print(report: Report) -> None:
    put(_table(report))
    put("")
    put(write_verdict(report))
    if report.trials:
        put("")
        put(trial_lines(report.trials))


def _table(report: Report) -> str:
    rows = []
    for row in ([report.value] if report.value is not None else []) + report.reading.listed(MOST_ROWS)[:MOST_ROWS]:
        name = row.wrt if row is report.value else f"∂/∂{row.wrt}{list(row.entry) or ''}"
        rows.append(
            Row(
                (
                    Cell(name, "name"),
                    Cell(write_number(row.analytic), "value" if row is report.value else "gradient"),
                    Cell(write_number(row.reference)),
                    Cell(write_number(row.error, 2)),
                    Cell(write_number(row.bound, 2)),
                    Cell(row.verdict, VERDICT_ROLES[row.verdict]),
                ),
                below=f"by {row.method}" if len(report.rows) <= 8 else "",
            )
        )
    text = layout(("", "float64", "reference", "error", "bound", "verdict"), rows, right=(1, 2, 3, 4), elastic=(0, 2, 1))
    rest = len(report.rows) - MOST_ROWS
    return text + (f"\n  … and {rest:,} more entries; --json has them all" if rest > 0 else "")
