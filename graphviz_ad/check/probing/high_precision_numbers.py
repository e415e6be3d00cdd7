"""Numbers of any precision that NumPy code takes for floats: a black box run on them is a black box no longer.

NumPy's functions on object arrays call the method of that name on each entry. A number here refuses to become a float, so
code that leaves the high precision unnoticed raises TypeError instead.
"""

from __future__ import annotations

import operator
import time
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np  # noqa: TID253 - only checks of callables load this module, and they need it
from mpmath.ctx_mp import MPContext  # noqa: TID253 - this module exists for it

from ...errors import GradvizError
from .layout import Layout, flatten_output

if TYPE_CHECKING:
    from .vectors import Flags, Floats

#: working digits of a reference
DIGITS = 80
#: steps relative to the size of an entry; two of them must agree
STEPS = (2.0**-80, 2.0**-90)

MP: Any = MPContext()
MP.dps = DIGITS

Entry = Any


class Number:
    """A real or complex number of high precision."""

    __slots__ = ("mp_value",)

    def __init__(self, value: Any) -> None:
        self.mp_value = value

    def _other(self, other: Any) -> Any:
        if isinstance(other, Number):
            return other.mp_value
        if isinstance(other, (int, float)):
            return MP.mpf(other)
        if isinstance(other, complex):
            return MP.mpc(other)
        if isinstance(other, np.integer):
            return MP.mpf(int(other))
        if isinstance(other, (np.floating, np.bool_)):
            return MP.mpf(float(other))
        if isinstance(other, np.complexfloating):
            return MP.mpc(complex(other))
        return NotImplemented

    def _combine(self, other: Any, function: Callable[[Any, Any], Any], swapped: bool = False) -> Any:
        if isinstance(other, np.ndarray) and other.shape:
            return NotImplemented
        if isinstance(other, np.ndarray):
            other = other[()]
        converted = self._other(other)
        if converted is NotImplemented:
            return NotImplemented
        try:
            return Number(function(converted, self.mp_value) if swapped else function(self.mp_value, converted))
        except ZeroDivisionError:
            return Number(MP.nan)

    def __add__(self, other: Any) -> Any:
        return self._combine(other, operator.add)

    def __radd__(self, other: Any) -> Any:
        return self._combine(other, operator.add, True)

    def __sub__(self, other: Any) -> Any:
        return self._combine(other, operator.sub)

    def __rsub__(self, other: Any) -> Any:
        return self._combine(other, operator.sub, True)

    def __mul__(self, other: Any) -> Any:
        return self._combine(other, operator.mul)

    def __rmul__(self, other: Any) -> Any:
        return self._combine(other, operator.mul, True)

    def __truediv__(self, other: Any) -> Any:
        return self._combine(other, operator.truediv)

    def __rtruediv__(self, other: Any) -> Any:
        return self._combine(other, operator.truediv, True)

    def __mod__(self, other: Any) -> Any:
        return self._combine(other, lambda a, b: a - b * MP.floor(a / b))

    def __rmod__(self, other: Any) -> Any:
        return self._combine(other, lambda a, b: a - b * MP.floor(a / b), True)

    def __floordiv__(self, other: Any) -> Any:
        return self._combine(other, lambda a, b: MP.floor(a / b))

    def __pow__(self, other: Any) -> Any:
        return self._combine(other, _power)

    def __rpow__(self, other: Any) -> Any:
        return self._combine(other, _power, True)

    def __neg__(self) -> Number:
        return Number(-self.mp_value)

    def __pos__(self) -> Number:
        return self

    def __abs__(self) -> Number:
        return Number(abs(self.mp_value))

    def __floor__(self) -> Number:
        return Number(MP.floor(self.mp_value))

    def __ceil__(self) -> Number:
        return Number(MP.ceil(self.mp_value))

    def __lt__(self, other: Any) -> bool:
        return bool(self.mp_value < self._other(other))

    def __le__(self, other: Any) -> bool:
        return bool(self.mp_value <= self._other(other))

    def __gt__(self, other: Any) -> bool:
        return bool(self.mp_value > self._other(other))

    def __ge__(self, other: Any) -> bool:
        return bool(self.mp_value >= self._other(other))

    def __eq__(self, other: object) -> bool:
        return bool(self.mp_value == self._other(other))

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self.mp_value)

    def __bool__(self) -> bool:
        return bool(self.mp_value != 0)

    def __float__(self) -> float:
        raise TypeError("a number of high precision would become a float64 here")

    __int__ = __index__ = __complex__ = __float__

    @property
    def real(self) -> Number:
        """The real part."""
        return Number(MP.re(self.mp_value))

    @property
    def imag(self) -> Number:
        """The imaginary part."""
        return Number(MP.im(self.mp_value))

    def conjugate(self) -> Number:
        """The complex conjugate."""
        return Number(MP.conj(self.mp_value))

    conj = conjugate

    def arctan2(self, other: Any) -> Number:
        """The angle of (other, self)."""
        return Number(MP.atan2(self.mp_value, self._other(other)))

    def hypot(self, other: Any) -> Number:
        """The length of (self, other)."""
        return Number(MP.hypot(self.mp_value, self._other(other)))

    def logaddexp(self, other: Any) -> Number:
        """log(exp(self) + exp(other))."""
        return Number(MP.log(MP.exp(self.mp_value) + MP.exp(self._other(other))))

    def __getattr__(self, name: str) -> Any:
        function = _FUNCTIONS.get(name)
        if function is None:
            raise AttributeError(name)
        return lambda: Number(function(self.mp_value))


def _real_only(function: Callable[[Any], Any], inside: Callable[[Any], bool]) -> Callable[[Any], Any]:
    """NaN outside the real domain, where mpmath would answer with a complex number."""

    def guarded(x: Any) -> Any:
        if isinstance(x, MP.mpf) and not inside(x):
            return MP.nan
        return function(x)

    return guarded


def _log(base: Any = None) -> Callable[[Any], Any]:
    def log(x: Any) -> Any:
        if x == 0:
            return -MP.inf
        if isinstance(x, MP.mpf) and x < 0:
            return MP.nan
        return MP.log(x) if base is None else MP.log(x) / MP.log(base)

    return log


def _power(a: Any, b: Any) -> Any:
    if isinstance(a, MP.mpf) and isinstance(b, MP.mpf) and a < 0 and not MP.isint(b):
        return MP.nan
    return a**b


_FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "exp": MP.exp, "expm1": lambda x: MP.exp(x) - 1, "exp2": lambda x: MP.mpf(2) ** x, "sin": MP.sin, "cos": MP.cos, "tan": MP.tan,
    "sinh": MP.sinh, "cosh": MP.cosh, "tanh": MP.tanh, "arctan": MP.atan, "arcsinh": MP.asinh,
    "cbrt": lambda x: MP.sign(x) * MP.cbrt(abs(x)),
    "sqrt": _real_only(MP.sqrt, lambda x: x >= 0), "log": _log(), "log2": _log(2), "log10": _log(10),
    "log1p": lambda x: _log()(1 + x),
    "arcsin": _real_only(MP.asin, lambda x: abs(x) <= 1), "arccos": _real_only(MP.acos, lambda x: abs(x) <= 1),
    "arccosh": _real_only(MP.acosh, lambda x: x >= 1), "arctanh": _real_only(MP.atanh, lambda x: abs(x) < 1),
    "square": lambda x: x * x, "rint": MP.nint, "floor": MP.floor, "ceil": MP.ceil, "trunc": lambda x: MP.sign(x) * MP.floor(abs(x)),
    "deg2rad": MP.radians, "rad2deg": MP.degrees, "radians": MP.radians, "degrees": MP.degrees, "fabs": abs, "sign": MP.sign,
    "reciprocal": lambda x: 1 / x, "erf": MP.erf, "erfc": MP.erfc, "gamma": MP.gamma,
}  # fmt: skip


class ExactSlope(NamedTuple):
    """Slopes along a direction in high precision, as floats; ``settled`` says for which outputs two steps agree."""

    value: Floats
    left: Floats
    right: Floats
    settled: Flags


class ExactBox:
    """The function under test on numbers of high precision.

    Raises what the function raises on them.
    """

    def __init__(self, function: Callable[..., Any], layout: Layout, complex_output: bool = False) -> None:
        self.function, self.layout, self.complex_output = function, layout, complex_output
        self.evaluations, self.seconds = 0, 0.0
        self.float_error: Floats | None = None  # how far float64 evaluation is off, where that is more than rounding
        self._base: dict[bytes, Any] = {}

    def __call__(self, entries: list[Any]) -> list[Any]:
        """The output at a vector of mpmath numbers, as mpmath numbers."""
        vector = np.empty(len(entries), dtype=object)
        vector[:] = [Number(entry) for entry in entries]
        positional, named = self.layout.arguments(vector)
        self.evaluations += 1
        began = time.perf_counter()
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            flat = flatten_output(self.function(*positional, **named))[0]
        self.seconds += time.perf_counter() - began
        values = [entry.mp_value if isinstance(entry, Number) else MP.mpf(entry) for entry in flat]
        if self.complex_output:
            return [MP.re(value) for value in values] + [MP.im(value) for value in values]
        return [MP.nan if isinstance(value, MP.mpc) and value.imag != 0 else MP.re(value) for value in values]

    def agrees(self, vector: Floats, base: Floats, noise: Floats) -> bool:
        """Whether it gives at a vector what the function gives in float64, in two digits; where it is further off than noise explains,
        ``float_error`` has by how much from now on.
        """
        values = np.array([float(value) for value in self.base(vector)])
        if len(values) != len(base):  # a function may forget that its result is complex
            return False
        off = np.abs(values - base)
        if not np.all(off <= 1e-2 * np.abs(base) + 1e3 * noise):
            return False
        self.float_error = off if np.any(off > 1e-7 * np.abs(base) + 1e3 * noise) else None
        return True

    def base(self, vector: Floats) -> list[Any]:
        """The output at a vector of doubles."""
        key = vector.tobytes()
        if key not in self._base:
            self._base[key] = self([MP.mpf(float(x)) for x in vector])
        return self._base[key]

    def moved(self, vector: Floats, direction: Floats, step: Any) -> list[Any]:
        """The output a step away."""
        return self([MP.mpf(float(x)) + MP.mpf(float(d)) * step for x, d in zip(vector, direction, strict=True)])

    def slope(self, vector: Floats, direction: Floats) -> ExactSlope:
        """Slopes along a direction from both sides.

        None is settled where the function takes these numbers at the point and not beside it, where it may go another way.
        """
        try:
            return self._slope(vector, direction)
        except GradvizError:  # an exit is no answer
            raise
        except Exception:  # noqa: BLE001 - foreign code on foreign numbers may raise anything; nothing is known then
            nothing = np.full(len(self.base(vector)), np.nan)
            return ExactSlope(nothing, nothing, nothing, np.isfinite(nothing))

    def _slope(self, vector: Floats, direction: Floats) -> ExactSlope:
        base = self.base(vector)
        found = []
        for size in STEPS:
            step = MP.mpf(size)
            ahead, behind = self.moved(vector, direction, step), self.moved(vector, direction, -step)
            right = [(a - b) / step for a, b in zip(ahead, base, strict=True)]
            left = [(b - a) / step for a, b in zip(behind, base, strict=True)]
            found.append((right, left))
        (right1, left1), (right2, left2) = found
        pairs = [(_limit(a, b), _limit(c, d)) for a, b, c, d in zip(left1, left2, right1, right2, strict=True)]
        left = [MP.nan if a is None else a for a, _ in pairs]
        right = [MP.nan if b is None else b for _, b in pairs]
        values = np.array([float((a + b) / 2) for a, b in zip(left, right, strict=True)])
        return ExactSlope(values, np.array([float(a) for a in left]), np.array([float(b) for b in right]), np.isfinite(values))

    def curvature(self, vector: Floats, direction: Floats) -> list[Any]:
        """The second derivative along a direction, as mpmath numbers."""
        base, step = self.base(vector), MP.mpf(2.0**-50)
        ahead, behind = self.moved(vector, direction, step), self.moved(vector, direction, -step)
        return [(a + b - 2 * c) / step**2 for a, b, c in zip(ahead, behind, base, strict=True)]


def _limit(coarse: Any, fine: Any) -> Any:
    """The limit of a one-sided slope from two steps, the second 2**-10 of the first; None when it has none."""
    if not (MP.isfinite(coarse) and MP.isfinite(fine)):
        return None
    limit = fine + (fine - coarse) / 1023
    if abs(fine - coarse) <= MP.mpf(10) ** -6 * (abs(coarse) + abs(fine)):
        return limit
    if abs(fine) <= abs(coarse) / 512:  # it shrinks with the step: the slope is zero, as of x*|x| at 0
        return MP.mpf(0) if abs(limit) <= abs(fine) / 512 else limit
    return None
