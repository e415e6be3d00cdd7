"""PyTorch's operations in terms of ours: a table from ATen's names to functions over stand-ins.

Every function takes the recording and the operation's arguments in the order of ATen's own signature, defaults filled in; it
raises NotImplementedError, saying what, for a use that has no counterpart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import torch_arrays, torch_elementwise, torch_layers

if TYPE_CHECKING:
    from .reading import Translation

OPERATIONS: dict[str, Translation] = {**torch_elementwise.OPERATIONS, **torch_arrays.OPERATIONS, **torch_layers.OPERATIONS}
