"""Causes named for wrong gradients: python benchmarks/checker_causes.py [--count 570] [--graphs 300]

A seeded corpus of gradients with one slip each (tests/data/slips.py), the share whose cause is named first; and graphs in which
one operation's local rule is changed, the share in which that operation is named.
"""

from __future__ import annotations

import argparse
import collections
import importlib.util
import random
import time
import warnings
from pathlib import Path
from typing import Any

import pytest

import graphviz_ad as gv

TESTS = Path(__file__).parents[1] / "tests"

#: operations whose rules are changed, with a formula of one use of each
UNARY = ("exp", "sin", "cos", "tanh", "sigmoid", "sqrt", "log", "square", "softplus", "atan", "reciprocal", "sinh")
BINARY = ("mul", "div", "add", "sub", "power")


def beside_the_tests(path: str) -> Any:
    """A module of the tests: the corpus of slips, and how a wrong rule is planted."""
    file = TESTS / path
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def named(count: int, seed: int, verbose: bool) -> dict[str, list[bool]]:
    """For each cause whether it was the first that was named, one entry a record."""
    module = beside_the_tests("data/slips.py")
    found: dict[str, list[bool]] = collections.defaultdict(list)
    for number, (cause, f, gradient, at) in enumerate(module.corpus(count, seed)):
        report = gv.check_gradient(f, gradient, at)
        right = bool(report.causes) and any(word in report.causes[0] for word in module.WORDS[cause])
        found[cause].append(right)
        if verbose and not right:
            print(f"  {number} {cause}: {report.verdict}, named {report.causes or 'nothing'}")
    return found


def mutated_graphs(count: int, seed: int, verbose: bool) -> tuple[int, int]:
    """Random graphs in which the rule of one operation is off by a factor; in how many it is named, and how many there are."""
    planting = beside_the_tests("check/planting.py")
    chance = random.Random(seed)
    right = total = 0
    while total < count:
        text, values, ops = random_graph(chance)
        op = chance.choice(ops)
        factor = chance.choice((-1.0, 2.0, 0.5, 1.001, 1 + 1e-6))

        with pytest.MonkeyPatch.context() as patch:
            planting.plant(patch, op, factor)
            report = gv.parse(text).at(values).check()
        if report.verdict != "fail":  # at this point the slip changes nothing (a slope of zero)
            continue
        total += 1
        told = next(row.reason for row in report.rows if row.verdict == "fail")
        good = f"rule of {op} " in told
        right += good
        if verbose and not good:
            print(f"  {op} ×{factor}: {told} in {text}")
    return right, total


def random_graph(chance: random.Random) -> tuple[str, dict[str, float], list[str]]:
    """A formula of a dozen operations over three inputs, its values, and the operations in it."""
    values = {name: chance.uniform(0.3, 1.7) for name in ("x", "y", "z")}
    names = list(values)
    lines, ops = [], []
    for number in range(chance.randint(6, 12)):
        new = f"v{number}"
        if chance.random() < 0.5:
            op = chance.choice(UNARY)
            lines.append(
                f"{new} = {op}({chance.choice(names[-4:])})"
                if op not in ("sqrt", "log")
                else f"{new} = {op}(1 + {chance.choice(names[:3])})"
            )
        else:
            op = chance.choice(BINARY)
            a, b = chance.choice(names[-4:]), chance.choice(names[:3])
            sign = {"mul": "*", "div": "/", "add": "+", "sub": "-", "power": "**"}[op]
            lines.append(f"{new} = {a} {sign} {b}" if op != "power" else f"{new} = (2 + {chance.choice(names[:3])}) ** {b}")
        names.append(new)
        ops.append(op)
    last = " + ".join(f"sin({name})" for name in names[3:])
    text = "; ".join([*lines, f"f = {last}"])
    return text, values, ops


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=570)
    parser.add_argument("--graphs", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--verbose", action="store_true")
    chosen = parser.parse_args()
    warnings.simplefilter("ignore")
    began = time.perf_counter()
    found = named(chosen.count, chosen.seed, chosen.verbose)
    for cause, rights in found.items():
        print(f"{cause:16} {sum(rights):4d} of {len(rights):4d}")
    total, good = sum(map(len, found.values())), sum(map(sum, found.values()))
    print(f"{'all':16} {good:4d} of {total:4d}: {100 * good / total:.1f} % named first ({time.perf_counter() - began:.0f} s)")
    if chosen.graphs:
        right, graphs = mutated_graphs(chosen.graphs, chosen.seed, chosen.verbose)
        print(f"{'graphs':16} {right:4d} of {graphs:4d}: {100 * right / graphs:.1f} % of the operations named")


if __name__ == "__main__":
    main()
