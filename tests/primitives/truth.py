"""What the operations are, independently of the kernels and rules of the package: definitions evaluated by mpmath alone.

A definition is run over mpmath's own functions at growing precision until two runs agree, and a slope is a difference
quotient of it. Nothing here knows a derivative.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache, partial
from typing import Any

from mpmath.ctx_mp import MPContext

from graphviz_ad.primitives.record import UNKNOWN
from graphviz_ad.primitives.registry import operation, resolve
from graphviz_ad.primitives.rules import definition_rule, domain_rule

mp: Any = MPContext()


def _truncated(x: Any) -> Any:
    return mp.floor(x) if x >= 0 else mp.ceil(x)


def _inverse_erfc(x: Any) -> Any:
    """1 - x wants as many more digits as x is small."""
    with mp.workdps(mp.dps + 310):
        value = mp.erfinv(1 - mp.mpf(x))
    return +value


def _scaled_integral(n: Any, x: Any) -> Any:
    """exp(x**2) times the n-fold integral of erfc, DLMF 7.18.9, through Kummer's function."""
    half = mp.mpf(1) / 2
    first = mp.hyp1f1(n * half + half, half, x * x) / (mp.mpf(2) ** n * mp.gamma(n * half + 1))
    return first - x * mp.hyp1f1(n * half + 1, 3 * half, x * x) / (mp.mpf(2) ** (n - 1) * mp.gamma(n * half + half))


#: what record.sympy stands for, in mpmath's words
_PLAIN: dict[str, Callable[..., Any]] = {
    "add": lambda x, y: mp.mpf(x) + y,
    "sub": lambda x, y: mp.mpf(x) - y,
    "mul": lambda x, y: mp.mpf(x) * y,
    "div": lambda x, y: mp.mpf(x) / y if y != 0 else mp.nan,  # may stand in a branch that is not taken
    "neg": lambda x: -mp.mpf(x),
    "power": lambda x, y: mp.mpf(x) ** mp.mpf(y) if x != 0 or y >= 0 else mp.inf,
    "mod": lambda x, y: mp.mpf(x) % y,
    "where": lambda c, a, b: a if c else b,
    "maximum": lambda x, y: mp.mpf(max(x, y)),
    "minimum": lambda x, y: mp.mpf(min(x, y)),
    "less": lambda x, y: bool(x < y),
    "less_equal": lambda x, y: bool(x <= y),
    "greater": lambda x, y: bool(x > y),
    "greater_equal": lambda x, y: bool(x >= y),
    "equal": lambda x, y: bool(x == y),
    "not_equal": lambda x, y: bool(x != y),
    "logical_and": lambda x, y: bool(x) and bool(y),
    "logical_or": lambda x, y: bool(x) or bool(y),
    "logical_not": lambda x: not x,
    "abs": lambda x: abs(mp.mpf(x)),
    "sign": lambda x: mp.mpf(mp.sign(x)),
    "ierfcx": _scaled_integral,
    "trigamma": lambda x: mp.psi(1, x),
    "digamma": lambda x: mp.psi(0, x),
    "polygamma": lambda n, x: mp.psi(int(n), x),
    "erfcinv": _inverse_erfc,
    "expi": lambda x: mp.ei(x),
    "lowergamma": lambda a, x: mp.gammainc(a, 0, x),
}
_SAME_NAME = (
    "exp log sqrt sin cos tan sec csc cot asin acos atan atan2 asec acsc acot sinh cosh tanh sech csch coth asinh acosh atanh asech"
    " acsch acoth floor ceil erf erfc erfinv gamma beta besselj bessely besseli besselk erfi lambertw"
).split()


class Definitions:
    """The vocabulary by its definitions, at the precision of :data:`mp`."""

    @property
    def pi(self) -> Any:
        return +mp.pi

    @property
    def e(self) -> Any:
        return +mp.e

    def __getattr__(self, op: str) -> Any:
        if op in _PLAIN:
            return _PLAIN[op]
        if op in _SAME_NAME:
            return lambda *operands: getattr(mp, op)(*map(mp.mpf, operands))
        rule = definition_rule(op) if resolve(op) is not None else None
        if rule is None:
            raise AttributeError(op)
        return partial(rule, self)


DEFINITIONS = Definitions()


def inside(name: str, operands: tuple[Any, ...]) -> bool:
    """Whether the operands are in the operation's domain."""
    rule = domain_rule(name)
    return rule is None or bool(rule(DEFINITIONS, *operands))


def evaluate(name: str, operands: tuple[Any, ...]) -> Any:
    """The definition at the precision of now; NaN outside the domain."""
    operands = tuple(mp.mpf(one) for one in operands)
    if not inside(name, operands):
        return mp.nan
    try:
        value = mp.convert(getattr(DEFINITIONS, name)(*operands))
    except (ZeroDivisionError, ValueError):
        return mp.nan
    if abs(value.imag) > abs(value.real) * mp.mpf(10) ** (-mp.dps // 2):
        return mp.nan
    return value.real


def settle(function: Callable[[], Any], agreement: float = 1e-32) -> Any:
    """A number computed at 60, 120, … digits until two runs agree."""
    previous = None
    for digits in (60, 120, 240, 480, 960):
        with mp.workdps(digits):
            value = function()
        if not mp.isfinite(value):
            return value
        # 0 may be a number that has vanished: only the longest run is believed
        if previous is not None and value != 0 and abs(value - previous) <= agreement * abs(value):
            return value
        previous = value
    # what vanishes with every digit is 0
    return mp.mpf(0) if abs(previous) < mp.mpf(10) ** -400 else previous


@cache
def value(name: str, operands: tuple[float, ...]) -> Any:
    """The operation's true value at doubles."""
    if operation(name).boolean:
        return getattr(DEFINITIONS, name)(*operands)
    return settle(lambda: evaluate(name, operands))


@cache
def slope(name: str, operands: tuple[Any, ...], position: int, side: int = 0) -> Any:
    """The slope from the left (-1), from both sides (0) or from the right (1); NaN where the domain ends."""
    # far inside the distance to any neighbouring kink or multiple
    size = min((abs(one) for one in operands if one != 0), default=1)

    def moved(step: Any) -> Any:
        return evaluate(name, tuple(mp.mpf(one) + step if k == position else one for k, one in enumerate(operands)))

    def run() -> Any:
        step = mp.mpf(size) * mp.mpf(10) ** -40
        if side == 0:
            return (moved(step) - moved(-step)) / (2 * step)
        return (moved(side * step) - moved(0)) / (side * step)

    return settle(run, 1e-24)


@cache
def spread(name: str, operands: tuple[float, ...], position: int) -> float:
    """By how much the true partial moves when the operands move by one unit of their own size: the condition, absolute."""
    here = slope(name, operands, position)
    total = 0.0
    for k, one in enumerate(operands):
        if one == 0 or operation(name).partials[k] in (None, UNKNOWN):
            continue
        for sign in (1, -1):
            with mp.workdps(60):
                near = mp.mpf(one) * (1 + sign * mp.mpf(2) ** -60)
            there = slope(name, tuple(near if j == k else v for j, v in enumerate(operands)), position)
            if mp.isfinite(there):
                with mp.workdps(60):
                    total += abs(as_float((there - here) * 2**60))
                break
    return total


def as_float(number: Any) -> float:
    """The nearest double, infinite where it is too large."""
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf
