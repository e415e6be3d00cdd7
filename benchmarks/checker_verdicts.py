"""Verdicts on random right gradients and on random mutations of them: python benchmarks/checker_verdicts.py [--checks 2000]

The public scalar and array cases (tests/data) become black boxes: functions that accept float64 and nothing else, so that no
better arithmetic helps the checker, or plain NumPy code for the arrays it is tried on (--open). Right gradients are this
package's own reverse mode, at the given point and at seeded points around it. A mutation changes one entry of the gradient
by a random factor, log-uniform in size from the larger of 1e-4 of the entry and 100 times the case's tolerance, up to the
entry itself. Cases are split in two halves by their name; thresholds of the checker were looked at on the first only.
"""

from __future__ import annotations

import argparse
import collections
import json
import math
import time
import warnings
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import graphviz_ad as gv

DATA = Path(__file__).parents[1] / "tests" / "data"


class Box(NamedTuple):
    """A case as a black box with its gradient."""

    name: str
    graph: Any
    wrt: list[str]
    at: dict[str, Any]
    fixed: dict[str, Any]
    tol: dict[str, float]
    kind: str
    half: int

    def f(self, **named: Any) -> Any:
        """The value, from doubles only."""
        bound = {name: _doubles(value) for name, value in named.items()}
        return self.graph.at({**self.fixed, **bound}).value

    def gradient(self, **named: Any) -> dict[str, Any]:
        """Reverse mode."""
        point = self.graph.at({**self.fixed, **named})
        if self.kind == "jacobian":
            return {name: point.jacobian(name) for name in self.wrt}
        return {name: point.gradients[name] for name in self.wrt}


def _doubles(value: Any) -> Any:
    if getattr(value, "dtype", None) == np.dtype(object) or type(value).__name__ == "Number":
        raise TypeError("only doubles are taken here")
    return value


def boxes() -> list[Box]:
    """Every case with a gradient, differentiable inputs apart from fixed ones."""
    found = []
    for file in ("scalar.json", "matrix.json"):
        for case in json.loads((DATA / file).read_text("utf-8")):
            if case.get("ad_nan"):
                continue
            graph = gv.parse(case["formula"])
            bound = {name: np.array(value, float) if isinstance(value, list) else value for name, value in case["bindings"].items()}
            wrt = [name for name in (case.get("wrt") or case["expected"]["grad"]) if name in graph.input_handles]
            wrt = [name for name in wrt if isinstance(bound[name], (float, np.ndarray))]
            if not wrt:
                continue
            at = {name: bound[name] for name in wrt}
            fixed = {name: value for name, value in bound.items() if name not in at}
            kind = "jacobian" if "jac" in case["expected"] else "gradient"
            tol = {name: float(case["tol"]["grad"].get(name) or 0.0) for name in wrt}
            found.append(Box(case["id"], graph, wrt, at, fixed, tol, kind, zlib.crc32(case["id"].encode()) % 2))
    return found


def places(box: Box, count: int, seed: int) -> Iterator[tuple[int, dict[str, Any]]]:
    """The given point, then points with every entry moved by up to 30 %, where value and gradient are finite."""
    yield 0, box.at
    rng = np.random.default_rng([seed, zlib.crc32(box.name.encode())])
    made = 1
    for _ in range(6 * count):
        if made == count:
            return
        moved = {name: _moved(value, rng) for name, value in box.at.items()}
        try:
            with np.errstate(all="ignore"):
                good = np.all(np.isfinite(np.asarray(box.f(**moved), float)))
                good &= all(np.all(np.isfinite(slope)) for slope in box.gradient(**moved).values())
        except (ArithmeticError, ValueError):
            continue
        if good:
            yield made, moved
            made += 1


def _moved(value: Any, rng: Any) -> Any:
    factor = 1 + 0.3 * rng.uniform(-1, 1, np.shape(value))
    shift = np.where(np.asarray(value) == 0, 0.3 * rng.uniform(-1, 1, np.shape(value)), 0.0)
    moved = np.asarray(value) * factor + shift
    return float(moved) if isinstance(value, float) else moved


class Mutated:
    """A gradient with one entry of one argument multiplied."""

    def __init__(self, box: Box, name: str, entry: tuple[int, ...], factor: float) -> None:
        self.box, self.name, self.entry, self.factor = box, name, entry, factor

    def __call__(self, **named: Any) -> dict[str, Any]:
        slopes = dict(self.box.gradient(**named))
        changed = np.array(slopes[self.name], float)
        changed[self.entry] *= self.factor
        slopes[self.name] = changed if changed.shape else float(changed)
        return slopes


def mutation(box: Box, rng: Any) -> Mutated | None:
    """One random mutation; None where no entry is large enough against its tolerance."""
    slopes = box.gradient(**box.at)
    able = []
    for name in box.wrt:
        for entry, value in np.ndenumerate(np.asarray(slopes[name], float)):
            least = max(1e-4, 100 * box.tol[name] / abs(value)) if value and math.isfinite(value) else 2.0
            if least <= 1:
                able.append((name, entry, least))
    if not able:
        return None
    name, entry, least = able[int(rng.integers(len(able)))]
    size = math.exp(rng.uniform(math.log(least), 0.0))
    return Mutated(box, name, entry, 1 + size * (1 if rng.random() < 0.5 else -1))


class Outcome(NamedTuple):
    """A check: which case and point, the verdict, evaluations an entry, and why."""

    name: str
    half: int
    verdict: str
    evaluations: float
    seconds: float
    reason: str


def judged(box: Box, claim: Any, at: dict[str, Any], number: int = 0) -> Outcome:
    """The verdict of one check."""
    began = time.perf_counter()
    report = gv.check_gradient(box.f, claim, at, kind=box.kind, diagnose=False)
    seconds = time.perf_counter() - began
    size = sum(int(np.size(value)) for value in at.values())
    told = next((f"{row.wrt}{list(row.entry) or ''}: {row.reason}" for row in report.rows if row.verdict == report.verdict), "")
    return Outcome(f"{box.name}#{number}", box.half, report.verdict, report.evaluations / size, seconds, told)


def right_gradients(cases: list[Box], checks: int, points: int, seed: int) -> list[Outcome]:
    """Checks of right gradients at seeded points."""
    tasks = [(box, number, at) for box in cases for number, at in places(box, points, seed)]
    order = np.random.default_rng(seed).permutation(len(tasks))[:checks]
    found = []
    for index in order:
        box, number, at = tasks[int(index)]
        if all(np.all(np.isfinite(slope)) for slope in box.gradient(**at).values()):
            found.append(judged(box, box.gradient, at, number))
    return found


def mutations(cases: list[Box], checks: int, seed: int) -> list[Outcome]:
    """Checks of mutated gradients at the given points."""
    rng = np.random.default_rng(seed + 1)
    found: list[Outcome] = []
    while len(found) < checks:
        for index in rng.permutation(len(cases)):
            slip = mutation(cases[int(index)], rng)
            if slip is not None and len(found) < checks:
                told = f"{slip.name}{list(slip.entry) or ''}×{slip.factor:.6g}"
                outcome = judged(slip.box, slip, slip.box.at)
                found.append(outcome._replace(reason=f"{told}: {outcome.reason}"))
    return found


def show(title: str, found: list[Outcome], bad: set[str], verbose: bool) -> None:
    """Shares of the verdicts, for both halves."""
    print(f"\n{title}")
    for half in (0, 1):
        part = [one for one in found if one.half == half]
        counts = collections.Counter(one.verdict for one in part)
        shares = ", ".join(f"{verdict} {count} ({100 * count / len(part):.2f} %)" for verdict, count in counts.most_common())
        evaluations = float(np.median([one.evaluations for one in part])) if part else math.nan
        print(f"  {'looked at' if half == 0 else 'held out '}: {len(part)} checks: {shares}; median {evaluations:.1f} evaluations an entry")
    print(f"  {sum(one.seconds for one in found):.0f} s")
    if verbose:
        for one in found:
            if one.verdict in bad:
                print(f"    {one.half} {one.verdict} {one.name}: {one.reason}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checks", type=int, default=2000)
    parser.add_argument("--points", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--verbose", action="store_true", help="name every check that did not come out as it should")
    parser.add_argument("--only", default="", help="right or mutated")
    chosen = parser.parse_args()
    warnings.simplefilter("ignore")
    cases = boxes()
    print(f"{len(cases)} black boxes")
    if chosen.only != "mutated":
        right = right_gradients(cases, chosen.checks, chosen.points, chosen.seed)
        show("right gradients: none may fail, at most 3 % inconclusive", right, {"fail", "inconclusive"}, chosen.verbose)
    if chosen.only != "right":
        wrong = mutations(cases, chosen.checks, chosen.seed)
        show("mutated gradients: 99.5 % must fail, none may pass", wrong, {"pass", "pass-at-kink", "inconclusive"}, chosen.verbose)


if __name__ == "__main__":
    main()
