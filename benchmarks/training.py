"""Time of one training step: ours, hand-written NumPy, PyTorch eager; float64, one thread, one process, in turns.

A step is loss, every gradient and the update of every parameter, on the whole batch. Before anything is timed the three
agree on loss and gradients to 1e-10. With ``--assert`` the exit code is 1 when ours takes longer than PyTorch or more than
1.5 times as long as NumPy, or when memory grows with the number of steps.
"""

# ruff: noqa: E402 - threads are set before NumPy loads its BLAS

from __future__ import annotations

import os

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"

import argparse
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable

import numpy as np

from graphviz_ad import lab
from graphviz_ad.lab.models import Model
from graphviz_ad.lab.training import Stepper

NETS = ((2, 4, 4, 1), (2, 64, 64, 2))
BATCH, RATE = 500, 0.1
NUMPY_LIMIT, TORCH_LIMIT = 1.5, 1.0

Step = Callable[[], float]
Params = dict[str, np.ndarray]


def make_data(classes: int) -> tuple[np.ndarray, np.ndarray]:
    data = lab.make("circles", points=BATCH // 2)
    return data.X, data.y % classes


def write_ours(model: Model, start: Params, X: np.ndarray, y: np.ndarray) -> tuple[Step, Params]:
    stepper = Stepper(model, X, y)
    for name, array in stepper.parameters.items():
        array[...] = start[name]
    vector, slope, spare, rate = stepper.vector, stepper.slope, np.zeros(model.size), np.array(RATE)
    loss = stepper.program.outputs["L"]

    def step() -> float:
        stepper.program.step()
        np.multiply(slope, rate, out=spare)
        np.subtract(vector, spare, out=vector)
        return float(loss)

    return step, stepper.gradients


def write_numpy(model: Model, start: Params, X: np.ndarray, y: np.ndarray) -> tuple[Step, Params]:
    """What a careful person writes: the stable losses, gradients by hand, in-place updates."""
    p = {name: one.copy() for name, one in start.items()}
    g: Params = {}
    count, rows = len(X), np.arange(len(X))
    column = y.astype(float)[:, None]

    def step() -> float:
        a1 = np.maximum(X @ p["W1"] + p["b1"], 0)
        a2 = np.maximum(a1 @ p["W2"] + p["b2"], 0)
        s = a2 @ p["W3"] + p["b3"]
        if model.loss == "logistic":
            e = np.exp(-np.abs(s))
            loss = (np.maximum(s, 0) + np.log1p(e) - column * s).mean()
            ds = (np.where(s >= 0, 1, e) / (1 + e) - column) / count
        else:
            s = s - s.max(axis=1, keepdims=True)
            e = np.exp(s)
            total = e.sum(axis=1, keepdims=True)
            loss = (np.log(total[:, 0]) - s[rows, y]).mean()
            ds = e / total
            ds[rows, y] -= 1
            ds /= count
        g["W3"], g["b3"] = a2.T @ ds, ds.sum(axis=0)
        d2 = (ds @ p["W3"].T) * (a2 > 0)
        g["W2"], g["b2"] = a1.T @ d2, d2.sum(axis=0)
        d1 = (d2 @ p["W2"].T) * (a1 > 0)
        g["W1"], g["b1"] = X.T @ d1, d1.sum(axis=0)
        for name in p:
            p[name] -= RATE * g[name]
        return float(loss)

    return step, g


def write_torch(model: Model, start: Params, X: np.ndarray, y: np.ndarray) -> tuple[Step, Params] | None:
    try:
        import torch
    except ImportError:
        return None
    torch.set_num_threads(1)
    p = {name: torch.tensor(one, requires_grad=True) for name, one in start.items()}
    inputs = torch.tensor(X)
    logistic = model.loss == "logistic"
    target = torch.tensor(y.astype(float)[:, None] if logistic else y)
    optimizer = torch.optim.SGD(p.values(), lr=RATE)
    g: Params = {}

    def step() -> float:
        optimizer.zero_grad()
        a1 = torch.relu(inputs @ p["W1"] + p["b1"])
        a2 = torch.relu(a1 @ p["W2"] + p["b2"])
        s = a2 @ p["W3"] + p["b3"]
        f = torch.nn.functional
        loss = f.binary_cross_entropy_with_logits(s, target) if logistic else f.cross_entropy(s, target)
        loss.backward()
        if not g:
            g.update({name: one.grad.numpy().copy() for name, one in p.items()})
        optimizer.step()
        return float(loss.detach())

    return step, g


def measure(steps: dict[str, Step], rounds: int, each: int) -> dict[str, float]:
    """Seconds of a step: the median over rounds in which all take their turn."""
    times: dict[str, list[float]] = {name: [] for name in steps}
    for _ in range(rounds):
        for name, step in steps.items():
            began = time.perf_counter()
            for _ in range(each):
                step()
            times[name].append((time.perf_counter() - began) / each)
    return {name: statistics.median(found) for name, found in times.items()}


def grown(step: Step, steps: int) -> int:
    """Bytes held after so many steps that were not held before."""
    step()
    tracemalloc.start()
    step()
    before, _ = tracemalloc.get_traced_memory()
    for _ in range(steps):
        step()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return after - before


def main() -> int:
    parser = argparse.ArgumentParser(description="Time of one training step.")
    parser.add_argument("--assert", action="store_true", dest="strict", help="fail when a limit is crossed")
    parser.add_argument("--rounds", type=int, default=15)
    arguments = parser.parse_args()
    good = True
    print(f"batch {BATCH}, float64, one thread, NumPy {np.__version__}; microseconds a step\n")
    print(f"{'net':12} {'ours':>8} {'NumPy':>8} {'PyTorch':>8} {'ours/NumPy':>11} {'ours/PyTorch':>13} {'bytes grown':>12}")
    for sizes in NETS:
        model = lab.network(sizes, loss="logistic" if sizes[-1] == 1 else "softmax")
        X, y = make_data(2)
        start = model.initial("he", 1)
        made = {
            "ours": write_ours(model, start, X, y),
            "NumPy": write_numpy(model, start, X, y),
            "PyTorch": write_torch(model, start, X, y),
        }
        here = {name: pair for name, pair in made.items() if pair is not None}
        losses = {name: step() for name, (step, _) in here.items()}
        for name, (_, gradients) in here.items():
            if abs(losses[name] - losses["NumPy"]) > 1e-10 * abs(losses["NumPy"]):
                raise SystemExit(f"{name}: the loss is {losses[name]!r}, NumPy's {losses['NumPy']!r}")
            for wrt, numbers in gradients.items():
                np.testing.assert_allclose(numbers, here["NumPy"][1][wrt], rtol=1e-10, atol=1e-13, err_msg=f"{name}: {wrt}")
        steps = {name: step for name, (step, _) in here.items()}
        measure(steps, 1, 50)
        times = measure(steps, arguments.rounds, 100)
        growth = grown(steps["ours"], 200)
        by_numpy, by_torch = times["ours"] / times["NumPy"], times["ours"] / times["PyTorch"] if "PyTorch" in times else float("nan")
        columns = [f"{times[name] * 1e6:8.1f}" if name in times else f"{'-':>8}" for name in made]
        print(f"{'-'.join(map(str, sizes)):12} {' '.join(columns)} {by_numpy:11.2f} {by_torch:13.2f} {growth:12,}")
        good &= by_numpy <= NUMPY_LIMIT and not by_torch > TORCH_LIMIT and growth < 4096
    return 0 if good or not arguments.strict else 1


if __name__ == "__main__":
    sys.exit(main())
