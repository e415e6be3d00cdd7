"""Verdicts of gradient checkers on hard cases, all in one run: python benchmarks/scoreboard.py [--write docs/scoreboard.md]

Every checker gets the same function and the same claimed gradient, on its default settings, at the given point. PyTorch, JAX and
autograd get both through a custom backward rule. A checker that is not installed is left out. SciPy's check_grad returns a
number and no verdict; it counts as a pass when the number is below 1e-5 times the norm of the gradient, which is kinder than
its documentation. Right verdicts: fail for a wrong claim, anything else for a right one, anything but fail at a kink where
the claim is a subgradient.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import importlib.util
import json
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import graphviz_ad as gv

ROOT = Path(__file__).parents[1]


class Case(NamedTuple):
    """A function, a claim, the point, and whether the claim is wrong."""

    name: str
    f: Callable[..., Any]
    gradient: Callable[..., Any]
    at: tuple[Any, ...]
    wrong: bool


def load(path: Path) -> Any:
    """A Python file as a module."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def cases() -> list[Case]:
    """The hard cases and the public adversarial ones; those with no derivative and no verdict are left out."""
    hard = load(ROOT / "tests" / "check" / "test_callables.py").HARD
    found = [
        Case(name, f, lambda x, g=gradient: (g(x),), (np.array(at, float),), verdict == "fail")
        for name, (verdict, f, gradient, at) in hard.items()
    ]
    pairs = load(ROOT / "tests" / "data" / "adversarial.py").PAIRS
    for record in json.loads((ROOT / "tests" / "data" / "adversarial.json").read_text("utf-8")):
        if record["id"] == "adv-xsin1x":
            continue
        at = tuple(np.array(value, float) if isinstance(value, list) else value for value in record["args"].values())
        found.append(Case(record["id"], *pairs[record["id"]], at, record["verdict"] == "wrong"))
    return found


def by_gradviz(case: Case) -> str:
    return gv.check_gradient(case.f, case.gradient, case.at, diagnose=False).verdict


def by_torch(case: Case, fast: bool = False) -> str:
    import torch

    class Wrapped(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, *inputs: Any) -> Any:
            ctx.save_for_backward(*inputs)
            return torch.tensor(float(case.f(*[_native(x.detach().numpy()) for x in inputs])), dtype=torch.float64)

        @staticmethod
        def backward(ctx: Any, upstream: Any) -> Any:
            slopes = case.gradient(*[_native(x.detach().numpy()) for x in ctx.saved_tensors])
            return tuple(upstream * torch.tensor(np.array(slope, float)) for slope in slopes)

    tensors = tuple(torch.tensor(np.asarray(x, float), requires_grad=True) for x in case.at)
    try:
        return "pass" if torch.autograd.gradcheck(Wrapped.apply, tensors, raise_exception=False, fast_mode=fast) else "fail"
    except RuntimeError:  # a gradient of the wrong shape is an error of the engine
        return "fail"


def by_jax(case: Case) -> str:
    import jax
    from jax.test_util import check_grads

    wide = jax.enable_x64 if hasattr(jax, "enable_x64") else jax.experimental.enable_x64
    with wide(True):
        shapes = [jax.ShapeDtypeStruct(np.shape(x), np.float64) for x in case.at]
        scalar = jax.ShapeDtypeStruct((), np.float64)

        def value(*xs: Any) -> Any:
            return np.asarray(case.f(*[_native(np.asarray(x)) for x in xs]), float).reshape(())

        def slopes(*xs: Any) -> Any:
            found = case.gradient(*[_native(np.asarray(x)) for x in xs])
            return tuple(np.asarray(slope, float) for slope in found)

        f = jax.custom_vjp(lambda *xs: jax.pure_callback(value, scalar, *xs))

        def backward(xs: Any, upstream: Any) -> Any:
            return tuple(upstream * slope for slope in jax.pure_callback(slopes, tuple(shapes), *xs))

        f.defvjp(lambda *xs: (jax.pure_callback(value, scalar, *xs), xs), backward)
        try:
            check_grads(f, tuple(jax.numpy.asarray(np.asarray(x, float)) for x in case.at), order=1, modes=["rev"])
        except Exception:  # noqa: BLE001 - this checker reports a fault by raising, and wrong shapes by other errors
            return "fail"
    return "pass"


def by_autograd(case: Case) -> str:
    from autograd.extend import defvjp, primitive
    from autograd.test_util import check_grads

    f = primitive(case.f)
    rules = [lambda answer, *xs, k=k: lambda upstream: upstream * np.asarray(case.gradient(*xs)[k]) for k in range(len(case.at))]
    defvjp(f, *rules)
    try:
        check_grads(f, tuple(range(len(case.at))), modes=["rev"], order=1)(*case.at)
    except Exception:  # noqa: BLE001 - this checker reports a fault by raising
        return "fail"
    return "pass"


def by_scipy(case: Case) -> str:
    from scipy.optimize import check_grad

    parts = [np.asarray(x, float) for x in case.at]
    start = np.cumsum([0, *(part.size for part in parts)])

    def split(flat: Any) -> list[Any]:
        return [_native(flat[start[k] : start[k + 1]].reshape(part.shape)) for k, part in enumerate(parts)]

    def slope(flat: Any) -> Any:
        return np.concatenate([np.ravel(np.asarray(g, float)) for g in case.gradient(*split(flat))])

    point = np.concatenate([part.ravel() for part in parts])
    try:
        error = check_grad(lambda flat: float(case.f(*split(flat))), slope, point)
    except ValueError:  # shapes that do not fit
        return "fail"
    return "pass" if np.isfinite(error) and error <= 1e-5 * np.linalg.norm(slope(point)) else "fail"


def _native(array: Any) -> Any:
    return array if np.shape(array) else float(array)


CHECKERS: dict[str, tuple[str, Callable[[Case], str]]] = {
    "graphviz_ad": ("graphviz_ad", by_gradviz),
    "torch gradcheck": ("torch", by_torch),
    "torch gradcheck, fast": ("torch", lambda case: by_torch(case, fast=True)),
    "JAX check_grads": ("jax", by_jax),
    "HIPS autograd": ("autograd", by_autograd),
    "SciPy check_grad": ("scipy", by_scipy),
}


def main() -> None:
    """Run every installed checker on every case and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path, help="also write the table to this file")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    there = {name: run for name, (module, run) in CHECKERS.items() if importlib.util.find_spec(module) is not None}
    table: dict[str, list[str]] = {}
    wrong, seconds, undecided = dict.fromkeys(there, 0), dict.fromkeys(there, 0.0), dict.fromkeys(there, 0)
    listed = cases()
    for case in listed:
        cells = []
        for name, run in there.items():
            began = time.perf_counter()
            with np.errstate(all="ignore"):
                verdict = run(case)
            seconds[name] += time.perf_counter() - began
            right = verdict == "inconclusive" or (verdict == "fail") == case.wrong
            wrong[name] += not right
            undecided[name] += verdict == "inconclusive"
            cells.append(verdict if right else f"**{verdict}**")
        table[case.name] = ["wrong" if case.wrong else "right", *cells]
    versions = {m: _version(m) for m in dict.fromkeys(module for name, (module, _) in CHECKERS.items() if name in there)}
    lines = [
        "# Verdicts on hard cases", "",
        f"{len(listed)} cases, default settings; bold is a wrong verdict. Versions: "
        + ", ".join(f"{module} {version}" for module, version in versions.items())
        + ". Made by `python benchmarks/scoreboard.py --write docs/scoreboard.md`.", "",
        "| case | the claim is | " + " | ".join(there) + " |", "|---|---|" + "---|" * len(there),
        *(f"| {name} | {' | '.join(cells)} |" for name, cells in table.items()),
        "| **wrong verdicts** | | " + " | ".join(f"**{wrong[name]}**" for name in there) + " |",
        "| inconclusive | | " + " | ".join(str(undecided[name]) for name in there) + " |",
        "| seconds | | " + " | ".join(f"{seconds[name]:.1f}" for name in there) + " |",
    ]  # fmt: skip
    text = "\n".join(lines) + "\n"
    print(text)
    if arguments.write:
        arguments.write.write_text(text, "utf-8")


def _version(module: str) -> str:
    return gv.__version__ if module == "graphviz_ad" else importlib.metadata.version(module)


if __name__ == "__main__":
    main()
