"""Cost against size: a chain and a wide sum of 1e3, 1e4 and 1e5 operations.

For each graph: parsing, values at a point, gradients and JSON, in milliseconds and in microseconds per operation, and
the growth of the time per operation from the smallest size to the largest. Linear cost keeps that growth near 1. The
gradients are compared with their closed forms, so that what is timed is right.
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
import time
from collections.abc import Callable

import graphviz_ad as gv

SIZES = (1_000, 10_000, 100_000)
STEPS = ("parse", "values", "gradients", "json")


def write_chain(operations: int) -> tuple[str, float]:
    """x = v0, v1 = v0 + 1e-9·v0, …: half additions, half multiplications. The slope is (1 + 1e-9) to the number of links."""
    links = operations // 2
    lines = ["v0 = 1 * x"]
    lines.extend(f"v{i} = v{i - 1} + 1e-9*v{i - 1}" for i in range(1, links + 1))
    return "\n".join(lines), (1 + 1e-9) ** links


def write_sum(operations: int) -> tuple[str, float]:
    """1*x + 2*x + …: n products in one sum. The slope is n(n + 1)/2."""
    terms = operations // 2
    return " + ".join(f"{i}*x" for i in range(1, terms + 1)), terms * (terms + 1) / 2


SHAPES: dict[str, Callable[[int], tuple[str, float]]] = {"chain": write_chain, "wide sum": write_sum}


def measure(write: Callable[[int], tuple[str, float]], operations: int) -> dict[str, float]:
    """Seconds per step, the best of as many runs as fit into about a second, at least one."""
    text, slope = write(operations)
    best = dict.fromkeys(STEPS, float("inf"))
    began = time.perf_counter()
    while True:
        gc.collect()
        marks = [time.perf_counter()]
        graph = gv.parse(text)
        marks.append(time.perf_counter())
        point = graph.at(x=1.0)
        value = point.value
        marks.append(time.perf_counter())
        gradient = point.gradients["x"]
        marks.append(time.perf_counter())
        document = json.dumps(point.document(check=False))
        marks.append(time.perf_counter())
        for step, start, stop in zip(STEPS, marks, marks[1:], strict=False):
            best[step] = min(best[step], stop - start)
        if abs(gradient - slope) > 1e-9 * abs(slope) or abs(value - slope) > 1e-9 * abs(slope):
            raise SystemExit(f"wrong: value {value!r}, gradient {gradient!r}, expected {slope!r}")
        if len(document) < operations:
            raise SystemExit("the JSON is too short to hold the graph")
        if time.perf_counter() - began > 1.0:
            return best


def main() -> int:
    parser = argparse.ArgumentParser(description="Cost against size.")
    parser.add_argument("--most", type=int, default=SIZES[-1], help="leave out sizes above this")
    sizes = [size for size in SIZES if size <= parser.parse_args().most]

    for name, write in SHAPES.items():
        results = {size: measure(write, size) for size in sizes}
        print(f"\n{name:12} {'operations':>10} " + " ".join(f"{step + ' ms':>14} {'µs/op':>7}" for step in STEPS))
        for size, seconds in results.items():
            print(f"{'':12} {size:10,} " + " ".join(f"{seconds[s] * 1e3:14.1f} {seconds[s] * 1e6 / size:7.2f}" for s in STEPS))
        growth = {s: (results[sizes[-1]][s] / sizes[-1]) / (results[sizes[0]][s] / sizes[0]) for s in STEPS}
        print(f"{'growth of the time per operation':>23}: " + ", ".join(f"{s} {g:.2f}" for s, g in growth.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
