"""One function per operation, on Python floats, never raising: the start-up path needs nothing but :mod:`math`.

Overflow gives an infinity with its sign, a value outside the domain NaN, x/0 an infinity, as IEEE 754 has it.
Conditions are Python's bool. A function has the name of its operation, so this module shadows a few built-ins on purpose.
"""

from .python_activations import *  # noqa: F403  its functions are part of this namespace
from .python_arithmetic import *  # noqa: F403
from .python_special import *  # noqa: F403
from .python_trigonometric import *  # noqa: F403
