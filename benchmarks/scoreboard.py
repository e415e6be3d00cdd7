"""Verdicts of gradient checkers on hard cases, all in one run: python benchmarks/scoreboard.py [--write docs/scoreboard.md]

Every checker gets the same function and the same claimed gradient, on its default settings, at the given point
(benchmarks/peer_checkers.py). A checker that is not installed is left out.

A verdict is wrong where a wrong claim passes or a right one fails; a claim that is right at the given point and wrong elsewhere, where
no check at the point can see it, has no wrong verdict. "inconclusive" is counted by itself.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import importlib.util
import json
import platform
import sys
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from peer_checkers import CHECKERS, Case

import graphviz_ad as gv

ROOT = Path(__file__).parents[1]
_RNG = np.random.default_rng(5)
_SYMMETRIC = np.array([[0.4, -0.3, 0.2], [-0.3, 0.9, 0.5], [0.2, 0.5, -0.7]])


INTRODUCTION = (
    "nineteen on which checkers are known to go wrong, and public adversarial ones (`tests/data/adversarial.json`). Every checker gets the "
    "same function and the same claimed gradient on its default settings, those of libraries through a custom backward rule. **Bold** is a "
    "wrong verdict: a wrong claim that passes, a right one that fails. Where the given point hides the slip from everybody, none is wrong."
)
NUMBERS = (
    "Two give numbers and no verdict. SciPy's check_grad counts as a pass where its number is at most 1e-5 times the norm of the gradient; "
    "numdifftools where every entry lies within ten times its own error estimate plus 1e-6 of the entry."
)
MADE = "Made by `python benchmarks/scoreboard.py --write docs/scoreboard.md`."


def load(path: Path) -> Any:
    """A Python file as a module."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def dropout(x: Any) -> Any:
    """A loss whose mask is drawn anew at every call."""
    return np.sum((x * (_RNG.random(np.shape(x)) < 0.5) * 2) ** 2)


#: beside the cases of the tests: randomness, and slips that the given point hides from everybody
MORE = [
    Case("dropout drawn anew", dropout, lambda x: (2 * x,), (np.array([0.3, -0.7, 1.2, 0.5]),), "wrong"),
    Case(
        "no transpose, W symmetric", lambda x: np.sum(np.sin(_SYMMETRIC @ x)), lambda x: (_SYMMETRIC @ np.cos(_SYMMETRIC @ x),),
        (np.array([0.3, -0.7, 1.2]),), "undecidable",
    ),
    Case("sum for mean, n = 1", lambda x: np.mean(x**2), lambda x: (2 * x,), (np.array([0.7]),), "undecidable"),
]  # fmt: skip


def cases() -> list[Case]:
    """The nineteen hard cases and the public adversarial ones; the one whose verdict is open (x sin(1/x) at 0) is left out."""
    hard = load(ROOT / "tests" / "check" / "test_callables.py").HARD
    found = [
        Case(name, f, lambda x, g=gradient: (g(x),), (np.array(at, float),), "wrong" if verdict == "fail" else "right")
        for name, (verdict, f, gradient, at) in hard.items()
    ]
    found += MORE
    pairs = load(ROOT / "tests" / "data" / "adversarial.py").PAIRS
    for record in json.loads((ROOT / "tests" / "data" / "adversarial.json").read_text("utf-8")):
        if record["id"] == "adv-xsin1x":
            continue
        at = tuple(np.array(value, float) if isinstance(value, list) else value for value in record["args"].values())
        found.append(Case(record["id"], *pairs[record["id"]], at, "wrong" if record["verdict"] == "wrong" else "right"))
    return found


def is_wrong(verdict: str, truth: str) -> bool:
    """Whether a verdict is a wrong one.

    >>> is_wrong("pass", "wrong"), is_wrong("fail", "right"), is_wrong("inconclusive", "right"), is_wrong("pass", "undecidable")
    (True, True, False, False)
    """
    return verdict != "inconclusive" and truth != "undecidable" and (verdict == "fail") != (truth == "wrong")


def main() -> None:
    """Run every installed checker on every case and print the table; exit code 1 where graphviz_ad is wrong anywhere."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path, help="also write the page to this file")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    there = {name: run for name, (module, run) in CHECKERS.items() if importlib.util.find_spec(module) is not None}
    for name in CHECKERS.keys() - there.keys():
        print(f"{name}: not installed, left out", file=sys.stderr)
    table: dict[str, list[str]] = {}
    wrong, seconds, undecided = dict.fromkeys(there, 0), dict.fromkeys(there, 0.0), dict.fromkeys(there, 0)
    listed = cases()
    for case in listed:
        cells = []
        for name, run in there.items():
            began = time.process_time()
            with np.errstate(all="ignore"):
                verdict = run(case)
            seconds[name] += time.process_time() - began
            bad = is_wrong(verdict, case.truth)
            wrong[name] += bad
            undecided[name] += verdict == "inconclusive"
            cells.append(f"**{verdict}**" if bad else verdict)
        table[case.name] = [case.truth, *cells]
    text = page(table, list(there), len(listed), wrong, undecided, seconds)
    print(text)
    if arguments.write:
        arguments.write.write_text(text, "utf-8")
    sys.exit(int(wrong["graphviz_ad"] > 0))


def page(
    table: dict[str, list[str]], names: list[str], count: int, wrong: dict[str, int], undecided: dict[str, int], seconds: dict[str, float]
) -> str:
    """The page of the documentation."""
    versions = {m: _version(m) for m in dict.fromkeys(CHECKERS[name][0] for name in names)}
    told = ", ".join(f"{module} {version}" for module, version in versions.items())
    lines = [
        "# Verdicts on hard cases", "",
        f"{count} cases: {INTRODUCTION}", "", NUMBERS, "",
        f"Versions: {told}, Python {platform.python_version()}. {MADE}", "",
        "| case | the claim is | " + " | ".join(names) + " |", "|---|---|" + "---|" * len(names),
        "| **wrong verdicts** | | " + " | ".join(f"**{wrong[name]}**" for name in names) + " |",
        "| inconclusive | | " + " | ".join(str(undecided[name]) for name in names) + " |",
        "| CPU seconds for all | | " + " | ".join(f"{seconds[name]:.1f}" for name in names) + " |",
        *(f"| {name} | {' | '.join(cells)} |" for name, cells in table.items()),
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def _version(module: str) -> str:
    return gv.__version__ if module == "graphviz_ad" else importlib.metadata.version(module)


if __name__ == "__main__":
    main()
