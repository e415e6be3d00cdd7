"""PyTorch's operations in terms of ours: a table from ATen's names to functions over stand-ins.

Every function takes the recording and the operation's arguments in the order of ATen's own signature, defaults filled in; it
raises NotImplementedError, saying what, for a use that has no counterpart.
"""

from __future__ import annotations

from . import torch_arrays, torch_elementwise, torch_layers
from .torch_table import Operation

OPERATIONS: dict[str, Operation] = {**torch_elementwise.OPERATIONS, **torch_arrays.OPERATIONS, **torch_layers.OPERATIONS}
