"""Full Jacobians beside CasADi, JAX and PyTorch in the same run; memory of a large gradient.

Dense 100×100 of one and of two layers, banded 10 000×10 000, a vector of a hundred scalar formulas.

    python benchmarks/jacobian.py

Times are the best of several runs of value and Jacobian at a new point, without building or compiling. Peers that are not
installed are left out. A dense 10 000×10 000 Jacobian takes 800 MB: peers that have no sparse one run the banded case
at 1000, where it is 8 MB.
"""

from __future__ import annotations

import importlib.util
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np

import graphviz_ad as gv

BAND = "x[1:-1]**2 - x[:-2]*x[2:]"


def best(run: Callable[[], Any], seconds: float = 1.0) -> float:
    """The best time of one run, in milliseconds."""
    run()
    found, end = float("inf"), time.perf_counter() + seconds
    while time.perf_counter() < end:
        began = time.perf_counter()
        run()
        found = min(found, time.perf_counter() - began)
    return found * 1e3


def has(name: str) -> bool:
    return importlib.util.find_spec(name) is not None


def show(what: str, times: dict[str, float]) -> None:
    """One line a tool, with the ratio to ours."""
    print(f"\n{what}")
    for name, milliseconds in times.items():
        print(f"  {name:<28}{milliseconds:>12.3f} ms{milliseconds / times['gradviz']:>10.2f} × ours")


def dense(layers: int, n: int = 100) -> None:
    random = np.random.default_rng(0)
    weights, point = random.normal(size=(n, n)) / n**0.5, random.normal(size=n)
    text = "tanh(W@" * layers + "x" + ")" * layers
    graph = gv.parse(text)

    def repeated(tanh: Callable[[Any], Any], product: Callable[[Any], Any], x: Any) -> Any:
        for _ in range(layers):
            x = tanh(product(x))
        return x

    mine = graph.at(W=weights, x=point).jacobian("x")
    times = {"gradviz": best(lambda: graph.at(W=weights, x=point).jacobian("x"))}
    results = {}
    if has("casadi"):
        import casadi

        x = casadi.MX.sym("x", n)
        function = casadi.Function("f", [x], [casadi.jacobian(repeated(casadi.tanh, lambda one: casadi.DM(weights) @ one, x), x)])
        results["CasADi MX"] = np.array(function(point))
        times["CasADi MX"] = best(lambda: function(point))
    if has("jax"):
        import jax

        jax.config.update("jax_enable_x64", True)
        compiled = jax.jit(jax.jacrev(lambda x: repeated(jax.numpy.tanh, lambda one: weights @ one, x)))
        results["JAX jit(jacrev)"] = np.asarray(compiled(point))
        times["JAX jit(jacrev)"] = best(lambda: compiled(point).block_until_ready())
    if has("torch"):
        import torch

        torch.set_num_threads(1)
        matrix, vector = torch.tensor(weights), torch.tensor(point)
        slope = torch.func.jacrev(lambda x: repeated(torch.tanh, lambda one: matrix @ one, x))
        results["torch.func.jacrev"] = slope(vector).numpy()
        times["torch.func.jacrev"] = best(lambda: slope(vector))
    for name, found in results.items():
        assert np.allclose(found, mine, rtol=1e-12, atol=1e-14), name
    show(f"dense {n}×{n}: {text}", times)


def banded() -> None:
    graph = gv.parse(BAND)
    times = {}
    for n in (1_000, 10_000):
        point = np.random.default_rng(1).normal(size=n)
        times[n] = best(lambda point=point: graph.at(x=point).sparse_jacobian("x"))
    print(f"\nbanded, ours: {times[1_000]:.2f} ms at 1000, {times[10_000]:.2f} ms at 10 000: {times[10_000] / times[1_000]:.1f} × for 10 ×")
    for n in (1_000, 10_000):
        point = np.random.default_rng(1).normal(size=n)
        row = {"gradviz": times[n]}
        if has("casadi"):
            import casadi

            x = casadi.SX.sym("x", n)
            function = casadi.Function("f", [x], [casadi.jacobian(x[1:-1] ** 2 - x[:-2] * x[2:], x)])
            row["CasADi SX, sparse"] = best(lambda function=function, point=point: function(point))
        if n == 1_000 and has("jax"):
            import jax

            compiled = jax.jit(jax.jacfwd(lambda x: x[1:-1] ** 2 - x[:-2] * x[2:]))
            row["JAX jit(jacfwd), dense"] = best(lambda compiled=compiled, point=point: compiled(point).block_until_ready())
        if n == 1_000 and has("torch"):
            import torch

            vector = torch.tensor(point)
            slope = torch.func.jacfwd(lambda x: x[1:-1] ** 2 - x[:-2] * x[2:])
            row["torch.func.jacfwd, dense"] = best(lambda slope=slope, vector=vector: slope(vector))
        show(f"banded {n - 2:,}×{n:,}: {BAND}", row)


def scalars(n: int = 100) -> None:
    """A vector whose entries are formulas of scalars: a graph of scalar nodes, sparse as it is."""
    point = np.random.default_rng(3).normal(size=n)
    entries = [f"sin(x[{i}])*x[{(i + 1) % n}] + x[{(i + 7) % n}]**2" for i in range(n)]
    graph = gv.parse(f"[{', '.join(entries)}]")
    times = {"gradviz": best(lambda: graph.at(x=point).jacobian("x"))}
    if has("casadi"):
        import casadi

        x = casadi.SX.sym("x", n)
        rows = [casadi.sin(x[i]) * x[(i + 1) % n] + x[(i + 7) % n] ** 2 for i in range(n)]
        function = casadi.Function("f", [x], [casadi.jacobian(casadi.vertcat(*rows), x)])
        assert np.allclose(np.array(function(point)), graph.at(x=point).jacobian("x"), rtol=1e-12, atol=1e-14)
        times["CasADi SX, sparse"] = best(lambda: function(point))
    if has("torch"):
        import torch

        vector = torch.tensor(point)
        slope = torch.func.jacrev(lambda x: torch.stack([torch.sin(x[i]) * x[(i + 1) % n] + x[(i + 7) % n] ** 2 for i in range(n)]))
        times["torch.func.jacrev"] = best(lambda: slope(vector))
    show(f"{n} formulas of scalars", times)


def memory(n: int = 1_000) -> None:
    """The gradient of a scalar by a matrix of a million entries: its Jacobian has a million times n entries and is never formed."""
    random = np.random.default_rng(2)
    weights, point = random.normal(size=(n, n)), random.normal(size=n)
    graph = gv.parse("sum(tanh(W@x))")
    tracemalloc.start()
    gradient = graph.at(W=weights, x=point).gradients["W"]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    whole = 8 * n * gradient.size
    print(f"\ngradient of a scalar by a {n}×{n} matrix: peak {peak / 2**20:.0f} MiB (the matrix itself: {weights.nbytes / 2**20:.0f} MiB;")
    print(f"the local Jacobian of W@x, not formed: {whole / 2**30:.0f} GiB)")
    assert peak < 8 * weights.nbytes


if __name__ == "__main__":
    dense(1)
    dense(2)
    banded()
    scalars()
    memory()
