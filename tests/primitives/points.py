"""Where the operations are looked at: ordinary points, special ones, the ends of domains, extremes."""

from __future__ import annotations

import itertools

from graphviz_ad.primitives.record import UNKNOWN
from graphviz_ad.primitives.registry import OPERATIONS, operation

from . import truth

_LINE = (0.0, 1e-300, 1e-8, 0.1, 0.5, 1.0, 1.5, 2.5, 3.0, 7.3, 37.0, 800.0)
LINE = tuple(sorted({sign * x + 0.0 for x in _LINE for sign in (-1, 1)}))
PLANE = tuple(itertools.product((-800.0, -2.5, -1.0, -1e-8, 0.0, 1e-300, 0.3, 2.0, 3.0), repeat=2))
#: at a whole quotient of 1e300 every neighbour is a jump away
_QUOTIENTS = tuple((x, y) for x, y in PLANE if abs(x) < 1e30 * abs(y))
#: whose slopes are ordinary numbers, and whose squares are none
QUOTIENTS = ((1e180, 1e180), (-3e200, 1e180), (1e300, -1e160), (1e-180, 1e-180), (3e-200, -1e-170))
ORDERS = (0.0, 1.0, 2.0, 3.0)
_AXIS = (1e-8, 0.1, 1.0, 2.5, 7.3, 40.0)

#: operand tuples where the general choice below is not enough, or too much for a slow function
_EXTRA: dict[str, tuple[float, ...]] = {
    "asin": (1 - 2.0**-53, -0.999),
    "acos": (1 - 2.0**-53, -0.999),
    "atanh": (1 - 2.0**-53, -0.999),
    "acosh": (1 + 2.0**-52, 1.001, 1e200),
    "asinh": (1e200,),
    "asec": (1 + 2.0**-52, -1.001, 1e200),
    "acsc": (1 + 2.0**-52, -1.001, 1e200),
    "asech": (1 - 2.0**-53, 0.999, 1e-12),
    "acsch": (1e-12, 1e200),
    "acoth": (1 + 2.0**-52, -1.001, 1e200),
    "log1p": (-1 + 2.0**-53,),
    "logit": (1e-300, 0.5 + 1e-9, 0.25, 0.7, 1 - 2.0**-53),
    "lambertw": (-0.36787944, -0.3, 0.99, 1e5, 1e100, 1e300),
    "erfcx": (-5.0, 20.0, 1e4, 1e8),
    "erfinv": (1 - 2.0**-53, -0.999, 1e-12),
    "erfcinv": (1e-200, 1e-12, 0.3, 1.7, 2 - 2.0**-52),
    "erfi": (5.0, -3.3),
    "expi": (0.37, 0.38, -0.3725, 5.0, -20.0),
    "exp1": (0.01, 5.0, 20.0),
    "gamma": (170.0, -3.7, -0.1, 1e-12),
    "lgamma": (1e10, -3.7, 1 + 1e-9, 2 - 1e-9),
    "digamma": (1e10, -3.7, 1.4, 1.5),
    "trigamma": (1e10, -3.7, -100.3),
    "sinc": (3.3, 100.25, -20.7),
    "tan": (1.5707963,),
    "tanhshrink": (1e-3, 1.29, 1.31),
    "sqrt": (1e300,),
    "cbrt": (1e300, -1e300),
    "reciprocal": (1e200, 1e-200),
    "elu": (), "gelu": (-8.0, -0.75), "gelu_tanh": (-8.0, -0.75), "silu": (-1.278, -20.0), "mish": (-1.19, -20.0),
    "floor": (0.3, 1e15 + 0.5), "ceil": (-0.3,), "round": (2.4999999,), "trunc": (-0.3, 0.3),
}  # fmt: skip
_TUPLES: dict[str, tuple[tuple[float, ...], ...]] = {
    "where": ((1.0, 2.0, 3.0), (0.0, 2.0, 3.0), (1.0, -1e-300, 800.0)),
    "clip": (*((x, -1.0, 2.0) for x in LINE if abs(x) != 1.0), (0.5, 0.75, 2.0), (5.0, -1.0, 2.0), (0.5, 3.0, 2.0)),
    "ierfcx": tuple(itertools.product(ORDERS, (-5.0, -0.3, 0.0, 0.4, 0.5, 0.6, 1.0, 2.5, 8.0, 30.0))),
    "polygamma": tuple(itertools.product(ORDERS, (1e-8, 0.1, 0.49, 0.51, 1.0, 2.5, 40.0, 1e10, -0.3, -3.7, -40.2))),
    "polygamma_gap": (*itertools.product(ORDERS, (0.1, 1.0, 3.3, 1e8), (1e-10, 0.3, 1.0, 20.0)), (0.0, 2.5, -1.2), (1.0, -0.3, 0.9)),
    "beta": (*itertools.product((1e-8, 0.1, 1.0, 2.5, 40.0), repeat=2), (1e8, 1.0), (-0.5, 1.5)),
    "lowergamma": tuple(itertools.product((2.0, 0.5, 1.0, 3.5), (1e-8, 0.1, 0.99, 1.01, 5.0, 100.0))),
    "gammainc": tuple(itertools.product((2.0, 0.5, 1.0, 3.5, 40.0), (1e-8, 0.1, 1.01, 5.0, 50.0))),
    "gammaincc": tuple(itertools.product((2.0, 0.5, 1.0, 3.5, 40.0), (1e-8, 0.1, 1.01, 5.0, 50.0))),
    "besselk": ((0.0, 0.1), (1.0, 0.1), (0.5, 2.5), (0.5, 40.0), (-1.5, 2.0)),
    "k0": ((1e-8,), (0.1,), (1.2,)),
    "k1": ((1e-8,), (0.1,), (1.2,)),
    "besselj": (*itertools.product((0.0, 1.0, 2.0, 0.5, -1.0), _AXIS), (0.0, -2.5), (3.0, -7.3)),
    "bessely": ((0.0, 1.0), (1.0, 0.1), (2.0, 7.3), (0.5, 2.5), (1.0, 40.0)),
    "besseli": (*itertools.product((0.0, 1.0, 0.5), (0.1, 7.3)), (0.0, -2.5), (3.0, -7.3)),
    "spherical_jn": (*itertools.product(ORDERS, (-7.3, -0.5, 1e-8, 0.1, 0.99, 1.01, 7.3, 100.0)), (0.0, 0.0)),
    "atan2": (
        *itertools.product((-2.5, -1e-8, 1e-300, 0.3, 3.0), (-800.0, -1.0, -1e-8, 0.0, 1e-300, 2.0)),
        (1e200, 1e200),
        (1e-200, -1e-200),
    ),
    "hypot": (*PLANE, (1e200, -1e200), (1e-200, 1e-200)),
    "div": (*PLANE, (1.0, 1e-200), (1e-200, 1e-200), *QUOTIENTS),
    "power": (*PLANE, (0.0, 0.5), (1.5, 800.0), (0.9, -800.0), (1e-300, 0.5), (1e100, 3.0), (2.5, 1 / 3)),
    "mod": (*_QUOTIENTS, (0.7, 0.1), (7.0, 0.7), (-7.3, 2.0), (7.3, -2.0)),
    "fmod": (*_QUOTIENTS, (0.7, 0.1), (7.0, 0.7), (-7.3, 2.0), (7.3, -2.0)),
    "y0": ((1e-8,), (0.1,), (2.5,), (800.0,)),
    "y1": ((0.1,), (2.5,), (800.0,)),
}  # fmt: skip
#: second operands of activations with a parameter
_PARAMETERS = {"leaky_relu": (0.01, 0.3), "elu": (1.0, 0.7), "celu": (1.0, 0.7, 3.0), "softshrink": (0.5, 0.2), "heaviside": (0.5, 0.0)}


def candidates(name: str) -> tuple[tuple[float, ...], ...]:
    """Operand tuples to try, inside the domain or not."""
    if name in _TUPLES:
        return _TUPLES[name]
    count = len(operation(name).operands)
    if name in _PARAMETERS:
        return tuple(itertools.product(LINE, _PARAMETERS[name]))
    if count == 1:
        return tuple((x,) for x in (*LINE, *_EXTRA.get(name, ())))
    assert count == 2, name
    return PLANE


def points(name: str) -> tuple[tuple[float, ...], ...]:
    """Operand tuples inside the domain."""
    return tuple(point for point in candidates(name) if truth.inside(name, tuple(map(truth.mp.mpf, point))))


RULES = tuple(
    (name, position) for name, record in OPERATIONS.items() for position, rule in enumerate(record.partials) if rule not in (None, UNKNOWN)
)
