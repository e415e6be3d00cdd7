"""``gradviz check module:function``: somebody else's gradient, by its name."""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING, Any

from ..requests.arguments import CommandLine, UsageError
from ..requests.bindings import read_bindings
from .output import put
from .progress import Bar
from .reports import report_paths, write_report
from .tables import paint, wrap
from .verdicts import exit_code

if TYPE_CHECKING:
    from collections.abc import Callable

    from .. import Report

KINDS = ("gradient", "jacobian", "vjp", "jvp", "hessian", "hvp")
#: options that an expression has no use for, and those that a function has none for
OWN = (*(f"--{kind}" for kind in KINDS), "--at", "--points", "--budget", "--seed")
OTHERS = ("--of", "--wrt", "--quick", "--proof")

#: the kind of note that every row has for its reason, so that it is not told twice
_IN_THE_ROWS = "the function is not deterministic"


def run(line: CommandLine) -> int:
    """0 pass or pass-at-kink, 1 fail, 3 inconclusive, 130 interrupted (the report is of what was known by then)."""
    from .. import check_target, parse

    for name in OTHERS:
        if line.flag(name):
            raise UsageError(f"{name} is for expressions; {line.words[0]} is a function")
    claims = [kind for kind in KINDS if line.flag(f"--{kind}")]
    both = claims == ["vjp", "jvp"]
    if len(claims) > 1 and not both:
        raise UsageError(f"one claim at a time: --{claims[0]} or --{claims[1]}\nhint: only --vjp and --jvp go together")
    paths = report_paths(line)
    kind = claims[0] if claims else None
    claim: str | dict[str, Any] | None = line.text(f"--{kind}") if kind else None
    if both:
        kind, claim = "products", {name: line.text(f"--{name}") for name in claims}
    if kind == "gradient" and claim in ("torch", "jax", "autograd"):
        kind = None  # of an array there is a Jacobian
    bar = Bar("checking")
    options: dict[str, Any] = {"progress": bar, "self_test": line.flag("--self-test")}
    for option, key in (("--points", "points"), ("--budget", "max_evaluations"), ("--seed", "seed")):
        if (number := line.number(option)) is not None:
            options[key] = number
    options["curve"] = any(path.lower().endswith((".html", ".htm", ".json")) for path in paths) or line.flag("--json")
    named = {name: _array(value) for name, value in read_bindings(line.words[1:], parse).items()}
    at = _point(line.text("--at"), parse)
    try:
        with contextlib.redirect_stdout(sys.stderr):  # what the function prints is no result of ours
            report = check_target(line.words[0], at, claim, kind=kind, named=named, **options)
    finally:
        bar.clear()
    write_report(report, line, paths, lambda: _print(report))
    return exit_code(report, strict=True)


def _point(written: str | None, parse: Callable[[str], Any]) -> Any:
    """What ``--at`` says: a file by its suffix, else one value."""
    if written is None or written.lower().endswith((".npz", ".npy", ".json", ".csv", ".txt")):
        return written
    return _array(read_bindings([f"at={written}"], parse)["at"])


def _array(value: object) -> object:
    """Lists as arrays: of whole numbers only where all are."""
    if not isinstance(value, list):
        return value
    import numpy as np

    return np.array(value)


def _print(report: Report) -> None:
    from .reports import cause_lines, entry_table, trial_lines, verdict_line

    put(paint(report.title, "strong"))
    if report.rows:
        put("")
        put(entry_table(report))
    put("")
    put(verdict_line(report))
    for text in cause_lines(report):
        put(text)
    for note in (note for note in report.notes if note.kind != _IN_THE_ROWS):
        put("  " + wrap(f"note: {note}", 4))
    if report.power:
        put("  " + wrap(f"power: {report.power}", 4))
    put("  " + paint(f"{report.evaluations:,} evaluations of the function", "muted"))
    if report.trials:
        put("")
        put(trial_lines(report.trials))
