"""Check anybody's gradient: a function and a claimed derivative as callables, or the derivative as plain values.

The public entry: its options, what it makes of expressions, graphs, tensors and names of libraries, and which check a kind gets.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..errors import BindingError
from .callables.gradient import check_derivative
from .claims.session import Options
from .frameworks.libraries import pair, without_tensors
from .probing.guard import Contained
from .probing.signatures import is_both
from .results import FAIL, Report, unjudged
from .slopes.finding import FLOAT

KINDS = ("gradient", "jacobian", "vjp", "jvp", "products", "hessian", "hvp")
#: entries of the derivative that are checked one by one
ENTRIES = 20_000
#: evaluations that one check may spend
EVALUATIONS = 200_000
#: other points looked at
POINTS = 4


def check_gradient(
    f: Any,
    gradient: Any,
    at: Any,
    *,
    kind: str = "gradient",
    points: int = POINTS,
    seed: int = 0,
    entries: int = ENTRIES,
    max_evaluations: int = EVALUATIONS,
    tolerance: float | None = None,
    convention: str = "steepest",
    executor: Any = None,
    progress: Callable[[int, int], None] | None = None,
    diagnose: bool = True,
    curve: bool = False,
    self_test: bool = False,
) -> Report:
    """The report of a claimed derivative; see :func:`graphviz_ad.check_gradient`."""
    if kind not in KINDS:
        raise BindingError(f"kind={kind!r} is none of {', '.join(KINDS)}")
    if tolerance is not None and not 0 < tolerance < 1:
        raise BindingError(f"tolerance={tolerance!r} is no number between 0 and 1")
    for name, number in (("points", points), ("seed", seed), ("entries", entries), ("max_evaluations", max_evaluations)):
        if not hasattr(number, "__index__") or number < 0:
            raise BindingError(f"{name}={number!r} is no whole number from 0 on")
    if convention not in ("steepest", "conjugate"):
        raise BindingError(f"convention={convention!r} is neither 'steepest' nor 'conjugate'")
    if is_both(gradient):
        kind = "products"
    if isinstance(gradient, str):
        convention = "steepest"  # what the adapters give, whatever the library's own is
    f, gradient, at = prepared(f, gradient, at, kind)
    if self_test:
        return _self_tested(f, gradient, at, {
            "kind": kind, "points": points, "seed": seed, "entries": entries, "max_evaluations": max_evaluations, "tolerance": tolerance,
            "convention": convention, "executor": executor, "progress": progress, "diagnose": diagnose, "curve": curve,
        })  # fmt: skip
    f, gradient = _contained(f, "f"), _contained(gradient, "gradient")
    options = Options(points, seed, entries, max_evaluations, tolerance, convention, executor, progress, diagnose, curve)
    from .callables.products import check_product

    try:
        if kind in ("gradient", "jacobian"):
            return check_derivative(f, gradient, at, kind, options)
        return check_product(f, gradient, at, kind, options)
    except KeyboardInterrupt:  # before anything was known
        return Report([unjudged("f", "interrupted before anything was known", FLOAT)], interrupted=True)


def prepared(f: Any, gradient: Any, at: Any, kind: str) -> tuple[Any, Any, Any]:
    """A function of arrays, its claim and the point: from an expression, a graph, tensors, or the name of a library that differentiates."""
    f, gradient, at, device = without_tensors(f, gradient, at)
    if isinstance(f, str):
        from ..language.elaboration import parse

        f = parse(f)
    if hasattr(f, "input_handles"):
        from .frameworks.graph_function import GraphFunction

        f = GraphFunction(f)
    if isinstance(gradient, str):
        f, gradient = pair(gradient, f, kind, device)
    return f, gradient, at


def _contained(function: Any, what: str) -> Any:
    """A callable that cannot end the process, and several of them; values as they are."""
    if isinstance(function, Mapping):
        return {key: _contained(entry, str(key)) for key, entry in function.items()}
    name = getattr(function, "__name__", what)
    return Contained(function, name if name.isidentifier() else what) if callable(function) else function


def _self_tested(f: Any, gradient: Any, at: Any, options: dict[str, Any]) -> Report:
    """A report with the trials of the self-test."""
    from .diagnosis.self_test import NO_TEST, self_test

    report = check_gradient(f, gradient, at, **options)
    if report.verdict == FAIL:  # what is wrong already fails with any slip
        return report.noting(NO_TEST)
    if report.interrupted:
        return report
    try:
        return report.replace(trials=self_test(check_gradient, f, gradient, at, **{**options, "curve": False}))
    except KeyboardInterrupt:
        return report.replace(interrupted=True)
