"""What the arrays of the checker of callables hold, for annotations."""

from __future__ import annotations

import numpy as np  # noqa: TID253 - only checks of callables load this module, and they need it
from numpy.typing import NDArray  # noqa: TID253

#: entries of the arguments, outputs, slopes along a direction, or a claimed derivative (outputs × entries)
Floats = NDArray[np.float64]
#: what holds for which of them
Flags = NDArray[np.bool_]
#: random numbers, seeded
Chance = np.random.Generator
