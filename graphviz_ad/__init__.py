"""See, derive and prove every gradient.

>>> import graphviz_ad as gv
>>> point = gv.parse("q = x + y; f = q*z").at(x=-2, y=5, z=-4)
>>> point.value, point.gradients["x"], point["q"].gradient
(-12.0, -4.0, -4.0)
>>> point.check().verdict
'pass'
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

#: public name -> module that defines it; loaded on first use, so that importing the package costs next to nothing
_PUBLIC = {
    "parse": "objects.reading",
    "load": "values.files",
    "format_of": "formats.writing",
    "from_python": "objects.reading",
    "from_sympy": "objects.reading",
    "from_json": "objects.reading",
    "from_torch": "objects.from_torch",
    "from_jax": "objects.from_jax",
    "from_onnx": "objects.reading",
    "Graph": "objects.graph",
    "Node": "objects.node",
    "Builder": "objects.graph",
    "Point": "objects.point",
    "Report": "objects.report",
    "check_gradient": "objects.checking",
    "check_target": "objects.checking",
    "conventions": "audit.conventions",
    "conventions_at": "audit.conventions",
    "GradvizError": "errors",
    "ArgumentError": "errors",
    "LocatedError": "errors",
    "ParseError": "errors",
    "NamingError": "errors",
    "ShapeError": "errors",
    "BindingError": "errors",
    "FileError": "errors",
    "LimitError": "errors",
    "DerivativeError": "errors",
    "EngineError": "errors",
    "CallError": "errors",
    "CheckFailed": "errors",
}

#: modules of 0.1 that pickles and programs still name -> where what people used of them is now
_MOVED = {
    "graph.graph": ("objects.graph",),
    "graph.node": ("objects.node",),
    "derive.point": ("objects.point",),
    "check.report": ("objects.report", "check.rows", "check.results"),
    "pictured": ("objects.pictured",),
}

__all__ = ["__version__", *_PUBLIC]  # noqa: PLE0604 - the names are the table's keys

if TYPE_CHECKING:
    from .audit.conventions import conventions as conventions
    from .audit.conventions import conventions_at as conventions_at
    from .errors import ArgumentError as ArgumentError
    from .errors import BindingError as BindingError
    from .errors import CallError as CallError
    from .errors import CheckFailed as CheckFailed
    from .errors import DerivativeError as DerivativeError
    from .errors import EngineError as EngineError
    from .errors import FileError as FileError
    from .errors import GradvizError as GradvizError
    from .errors import LimitError as LimitError
    from .errors import LocatedError as LocatedError
    from .errors import NamingError as NamingError
    from .errors import ParseError as ParseError
    from .errors import ShapeError as ShapeError
    from .formats.writing import format_of as format_of
    from .objects.checking import check_gradient as check_gradient
    from .objects.checking import check_target as check_target
    from .objects.from_jax import from_jax as from_jax
    from .objects.from_torch import from_torch as from_torch
    from .objects.graph import Builder as Builder
    from .objects.graph import Graph as Graph
    from .objects.node import Node as Node
    from .objects.point import Point as Point
    from .objects.reading import from_json as from_json
    from .objects.reading import from_onnx as from_onnx
    from .objects.reading import from_python as from_python
    from .objects.reading import from_sympy as from_sympy
    from .objects.reading import parse as parse
    from .objects.report import Report as Report
    from .values.files import load as load


def __getattr__(name: str) -> Any:
    module = "notebook" if name == "load_ipython_extension" else _PUBLIC.get(name)  # %load_ext brings the cell magic %%gradviz
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = globals()[name] = getattr(import_module(f"{__name__}.{module}"), name)
    return value


class _Moved(ModuleType):
    """A module of 0.1 by its old name; its names are looked up where they are now."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        from importlib import import_module

        for place in _MOVED[self.__name__.partition(".")[2]]:
            module = import_module(f"{__name__}.{place}")
            if hasattr(module, name):
                return getattr(module, name)
        raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")


sys.modules.update({f"{__name__}.{module}": _Moved(f"{__name__}.{module}") for module in _MOVED})


def __dir__() -> list[str]:
    return sorted({*globals(), *_PUBLIC})
