"""One function per operation, on mpmath's real numbers: the high-precision side of every check.

``op(mp, *operands)``: ``mp`` is an mpmath context, whose precision its owner sets; operands are its ``mpf`` numbers (or
Python's integers, floats and bools, which are exact). Results keep their *relative* precision, near zeros too. Outside the
domain the result is NaN, poles are infinite as in the Python kernels, and no function raises or hangs: a result with an
exponent beyond :data:`MOST_BITS` bits is infinite or 0 at once, an argument too large to reduce gives NaN.
mpmath itself is not imported here.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from .mpmath_activations import *  # noqa: F403  its functions are part of this namespace
from .mpmath_arithmetic import *  # noqa: F403
from .mpmath_special import *  # noqa: F403
from .mpmath_trigonometric import *  # noqa: F403

if TYPE_CHECKING:
    from collections.abc import Callable

    from mpmath import mpf
    from mpmath.ctx_mp import MPContext


class Arithmetic:
    """The operations of one context, as compiled rules want them: ``k.sin(x)``, ``k.pi``.

    >>> from mpmath import mp
    >>> k = Arithmetic(mp)
    >>> float(k.cos(k.pi))
    -1.0
    """

    def __init__(self, mp: MPContext) -> None:
        self._mp = mp
        self.inf = mp.inf

    @property
    def pi(self) -> mpf:
        return +self._mp.pi  # at the precision of now, which its owner may change

    @property
    def e(self) -> mpf:
        return +self._mp.e

    def __getattr__(self, op: str) -> Callable[..., mpf]:
        if op.startswith("_") or op not in globals():
            raise AttributeError(op)
        function = partial(globals()[op], self._mp)
        setattr(self, op, function)
        return function
