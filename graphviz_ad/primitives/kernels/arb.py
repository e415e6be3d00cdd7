"""One function per operation on balls of Arb, numbers with a proven error, and on power series of them (python-flint, the extra ``arb``).

Operands are ``arb`` or ``arb_series``: a series in one variable carries a value and, cut after its second term, a derivative, by the
series arithmetic of Arb and no rule of ours (F. Johansson, Arb: efficient arbitrary-precision midpoint-radius interval arithmetic,
2017). A branch is taken only when the balls prove it; :class:`Undecided` says that they do not. Operations that Arb has no series
of are missing: a graph that uses them is checked by differences. A function has the name of its operation.
"""

from .arb_activations import *  # noqa: F403  its functions are part of this namespace
from .arb_arithmetic import *  # noqa: F403
from .arb_balls import *  # noqa: F403
from .arb_special import *  # noqa: F403
from .arb_trigonometric import *  # noqa: F403
