"""Speed of checks beside torch.autograd.gradcheck, in one process, interleaved: python benchmarks/checker.py

A smooth function of n inputs, as our graph of n scalars and of one array, in NumPy (a black box) and in torch; and a layer of n
neurons, where ours checks the weights too. Times are processor time of this process, the least of several rounds; what counts are
the ratios. torch.autograd.gradcheck runs in its slow mode, on float64.
"""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Callable
from typing import Any

import numpy as np

import graphviz_ad as gv
from graphviz_ad.check.check_point import check_quickly
from graphviz_ad.check.references.scalars import Reference

SIZES = (10, 100, 1000)
ROUNDS = 5


def function(x: Any) -> Any:
    """The black box."""
    return float(np.sum(np.sin(x) * np.exp(-x * x) + np.tanh(x) / (2 + x * x)))


def gradient(x: Any) -> Any:
    """Its gradient by hand."""
    t = np.tanh(x)
    return (np.cos(x) - 2 * x * np.sin(x)) * np.exp(-x * x) + ((1 - t * t) * (2 + x * x) - 2 * x * t) / (2 + x * x) ** 2


FORMULA = "sin({0})*exp(-{0}*{0}) + tanh({0})/(2 + {0}*{0})"


def contenders(n: int) -> dict[str, Callable[[], Any]]:
    """The same check in several ways."""
    x = np.random.default_rng(0).normal(size=n)
    names = [f"x{k}" for k in range(n)]
    text = " + ".join(FORMULA.format(v) for v in names)
    graph = gv.parse(text)
    values = dict(zip(names, map(float, x), strict=True))
    ready = graph.at(values)
    assert ready.gradients
    reference = graph.at(values)
    unseen = [gv.parse(text) for _ in range(ROUNDS)]
    array = gv.parse(f"sum({FORMULA.format('x')})")
    layer = gv.parse("sum(tanh(W@x)**2)")
    weights = np.random.default_rng(1).normal(size=(n, n)) / n**0.5

    def quick() -> Any:
        return check_quickly(ready)

    def digits() -> Any:
        fresh = Reference(graph, reference.inputs, reference.values)
        return [fresh.slope_along(50, fresh.direction_of(graph.input_handles[name])).value for name in names]

    found: dict[str, Callable[[], Any]] = {
        "own graph, gradient at hand": quick,
        "own graph, from its values": lambda: graph.at(values).check(quick=True),
        "own graph, its first check": lambda: unseen.pop().at(values).check(quick=True),
        "own graph of arrays": lambda: array.at(x=x).check(quick=True),
        f"a layer, {n * n + n:,} entries": lambda: layer.at(W=weights, x=x).check(quick=True),
        "50 digits, all inputs": digits,
        "black box, one point": lambda: gv.check_gradient(function, gradient, x, points=0),
        "black box, five points": lambda: gv.check_gradient(function, gradient, x),
    }
    if importlib.util.find_spec("torch"):
        import torch

        torch.set_num_threads(1)
        tensor = torch.tensor(x, requires_grad=True)

        def in_torch(x: Any) -> Any:
            return torch.sum(torch.sin(x) * torch.exp(-x * x) + torch.tanh(x) / (2 + x * x))

        found["torch gradcheck"] = lambda: torch.autograd.gradcheck(in_torch, (tensor,))
    return found


def main() -> None:
    for n in SIZES:
        run = contenders(n)
        best = dict.fromkeys(run, float("inf"))
        for _ in range(ROUNDS):
            for name, call in run.items():
                began = time.process_time()
                call()
                best[name] = min(best[name], time.process_time() - began)
        report = gv.check_gradient(function, gradient, np.random.default_rng(0).normal(size=n))
        print(f"n = {n}: {report.evaluations / n:.1f} evaluations an entry of the black box at five points")
        for name, seconds in best.items():
            ratio = best.get("torch gradcheck", float("nan")) / seconds
            print(f"  {name:32} {1e3 * seconds:9.2f} ms   torch takes {ratio:5.2f} times as long")


if __name__ == "__main__":
    main()
