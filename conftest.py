"""Modules that want an optional extra are not searched for doctests where it is missing; their tests say so and skip."""

from __future__ import annotations

import importlib.util

collect_ignore = [] if importlib.util.find_spec("starlette") is not None else ["graphviz_ad/server/application.py"]
