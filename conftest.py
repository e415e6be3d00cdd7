"""Modules that want an optional extra are not searched for doctests where it is missing; their tests say so and skip."""

from __future__ import annotations

import importlib.util

_WANTED = {
    "starlette": "graphviz_ad/server/application.py",
    "torch": "graphviz_ad/check/adapter_torch.py",
    "jax": "graphviz_ad/check/adapter_jax.py",
}
collect_ignore = [path for module, path in _WANTED.items() if importlib.util.find_spec(module) is None]
