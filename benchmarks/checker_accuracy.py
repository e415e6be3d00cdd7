"""Derivatives at 26 hard points, right to 1e-6: python benchmarks/checker_accuracy.py

Kinks a hair away, entries of 1e-8 and 1e8, cancellation, saturation, fast oscillation, edges of domains. The truth is the closed
form of the derivative at 60 digits, of the function at exactly these doubles. Beside the reference of this package on its own
graph and on the same function as a black box in float64 stand what people use: a centred difference as in torch.gradcheck (step 1e-6),
scipy.differentiate, numdifftools and the complex step.
"""

from __future__ import annotations

import importlib.util
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from mpmath import mp

import graphviz_ad as gv

CLOSE = 1e-6


class Point(NamedTuple):
    """A function as text and in NumPy, where, and its slope in many digits."""

    text: str
    f: Callable[[Any], Any]
    x: float
    slope: Callable[[Any], Any]


def _erf(x: Any) -> Any:
    from scipy.special import erf

    return erf(x)


POINTS = [
    Point("relu(x)", lambda x: np.maximum(x, 0), 1e-8, lambda x: mp.mpf(1)),
    Point("relu(x)", lambda x: np.maximum(x, 0), -1e-8, lambda x: mp.mpf(0)),
    Point("abs(x)", np.abs, 1e-6, lambda x: mp.mpf(1)),
    Point("abs(x)", np.abs, -3e-12, lambda x: mp.mpf(-1)),
    Point("max(x, 1)*x", lambda x: np.maximum(x, 1) * x, 1 + 1e-9, lambda x: 2 * x),
    Point("where(x > 2, x**2, 4*x - 4) + where(x > 2, 0, x - 2)", lambda x: np.where(x > 2, x**2, 5 * x - 6), 2 + 1e-10, lambda x: 2 * x),
    Point("abs(sin(x))", lambda x: np.abs(np.sin(x)), 3.1415927, lambda x: mp.sign(mp.sin(x)) * mp.cos(x)),
    Point("sin(10000*x)", lambda x: np.sin(1e4 * x), 0.7, lambda x: 10000 * mp.cos(10000 * x)),
    Point("cos(1000000*x)", lambda x: np.cos(1e6 * x), 0.3, lambda x: -1000000 * mp.sin(1000000 * x)),
    Point("sin(x**2)", lambda x: np.sin(x**2), 1000.1, lambda x: 2 * x * mp.cos(x**2)),
    Point("sin(1/x)", lambda x: np.sin(1 / x), 1e-3, lambda x: -mp.cos(1 / x) / x**2),
    Point("10000000000 + x**2", lambda x: 1e10 + x**2, 0.7, lambda x: 2 * x),
    Point("(1 + x) - 1", lambda x: (1 + x) - 1, 1e-8, lambda x: mp.mpf(1)),
    Point("(exp(x) - 1)/x", lambda x: (np.exp(x) - 1) / x, 1e-6, lambda x: (mp.exp(x) * (x - 1) + 1) / x**2),
    Point("(1 - cos(x))/x**2", lambda x: (1 - np.cos(x)) / x**2, 1e-4, lambda x: mp.sin(x) / x**2 - 2 * (1 - mp.cos(x)) / x**3),
    Point("sqrt(x + 1) - sqrt(x)", lambda x: np.sqrt(x + 1) - np.sqrt(x), 1e8, lambda x: (1 / mp.sqrt(x + 1) - 1 / mp.sqrt(x)) / 2),
    Point("tanh(x)", np.tanh, 20.0, lambda x: 1 / mp.cosh(x) ** 2),
    Point("1/(1 + exp(-x))", lambda x: 1 / (1 + np.exp(-x)), 40.0, lambda x: mp.exp(-x) / (1 + mp.exp(-x)) ** 2),
    Point("erf(x)", _erf, 7.0, lambda x: 2 / mp.sqrt(mp.pi) * mp.exp(-(x**2))),
    Point("atan(x)", np.arctan, 1e8, lambda x: 1 / (1 + x**2)),
    Point("log(x)", np.log, 1e-7, lambda x: 1 / x),
    Point("sqrt(x)", np.sqrt, 1e-10, lambda x: 1 / (2 * mp.sqrt(x))),
    Point("x**3", lambda x: x**3, 1e-8, lambda x: 3 * x**2),
    Point("1/x", lambda x: 1 / x, 1e8, lambda x: -1 / x**2),
    Point("exp(30*x)", lambda x: np.exp(30 * x), 1.0, lambda x: 30 * mp.exp(30 * x)),
    Point("log(1 + exp(x))", lambda x: np.log(1 + np.exp(x)), -30.0, lambda x: 1 / (1 + mp.exp(-x))),
]


def own_graph(point: Point) -> Any:
    """The reference that checks our gradients, in many digits."""
    row = gv.parse(point.text).at(x=point.x).check().rows[0]
    return mp.mpf(row.exact) if row.exact else mp.nan


def black_box(point: Point) -> Any:
    """The reference for a function that takes doubles only, asked about a claim that is off by 1e-4: it is as sharp as a verdict needs."""

    def f(x: float) -> float:
        return float(point.f(float(x)))

    claim = 1.0001 * float(point.slope(mp.mpf(point.x))) or 1e-4
    row = gv.check_gradient(f, claim, point.x, diagnose=False).rows[0]
    return mp.mpf(row.reference) if row.reference is not None else mp.nan


def centred(point: Point) -> Any:
    """As torch.autograd.gradcheck."""
    return mp.mpf(float((point.f(point.x + 1e-6) - point.f(point.x - 1e-6)) / 2e-6))


def scipy_differentiate(point: Point) -> Any:
    """scipy.differentiate.derivative."""
    from scipy.differentiate import derivative

    return mp.mpf(float(derivative(point.f, np.float64(point.x)).df))


def numdifftools(point: Point) -> Any:
    """numdifftools.Derivative."""
    from numdifftools import Derivative

    return mp.mpf(float(Derivative(point.f)(point.x)))


def complex_step(point: Point) -> Any:
    """The imaginary part at a step of 1e-20."""
    return mp.mpf(float(np.imag(point.f(np.complex128(complex(point.x, 1e-20)))) / 1e-20))


METHODS = {
    "own graph": own_graph, "black box": black_box, "centred 1e-6": centred, "scipy": scipy_differentiate, "numdifftools": numdifftools,
    "complex step": complex_step,
}  # fmt: skip


def right(method: Callable[[Point], Any], point: Point) -> bool:
    """Whether a method is right to CLOSE, relative to the slope; a slope of zero must be found as zero."""
    truth = point.slope(mp.mpf(point.x))
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            found = method(point)
    except (TypeError, ValueError):  # the method does not apply: no comparison of complex numbers
        return False
    return bool(abs(found - truth) <= CLOSE * abs(truth))


def main() -> None:
    mp.dps = 60
    methods = {name: method for name, method in METHODS.items() if name != "numdifftools" or importlib.util.find_spec(name)}
    print(f"{'':56}" + "".join(f"{name:>14}" for name in methods))
    counts = dict.fromkeys(methods, 0)
    for point in POINTS:
        found = {name: right(method, point) for name, method in methods.items()}
        for name, good in found.items():
            counts[name] += good
        print(f"{point.text:>44} at {point.x:<9g}" + "".join(f"{'right' if good else '-':>14}" for good in found.values()))
    print(f"{'right of ' + str(len(POINTS)):>56}" + "".join(f"{count:>14}" for count in counts.values()))


if __name__ == "__main__":
    main()
