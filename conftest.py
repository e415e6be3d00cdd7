"""Modules that want an optional extra are not searched for doctests where it is missing; their tests say so and skip."""

from __future__ import annotations

import importlib.util

_WANTED = {
    "graphviz_ad/server/application.py": "starlette",
    "graphviz_ad/check/frameworks/torch.py": "torch",
    "graphviz_ad/check/frameworks/jax.py": "jax",
    "graphviz_ad/importers/torch.py": "torch",
    "graphviz_ad/importers/jax.py": "jax",
    "graphviz_ad/objects/from_torch.py": "torch",
    "graphviz_ad/objects/from_jax.py": "jax",
    "graphviz_ad/check/references/enclosures.py": "flint",
    "graphviz_ad/primitives/kernels/arb.py": "flint",
    "graphviz_ad/primitives/kernels/arb_activations.py": "flint",
    "graphviz_ad/primitives/kernels/arb_arithmetic.py": "flint",
    "graphviz_ad/primitives/kernels/arb_balls.py": "flint",
    "graphviz_ad/primitives/kernels/arb_special.py": "flint",
    "graphviz_ad/primitives/kernels/arb_trigonometric.py": "flint",
}
collect_ignore = [path for path, module in _WANTED.items() if importlib.util.find_spec(module) is None]
