"""``module:function`` from a command line: the function, its gradient, the point, and the check of them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from ..errors import BindingError, FileError, NamingError
from .report import Report

#: where the gradient of ``f`` is looked for when none is named
PATTERNS = ("{}_gradient", "{}_grad", "{}_der", "{}_prime", "{}_jac", "d{}", "d_{}", "grad_{}", "gradient_{}")


def check_target(target: str, at: str | Any, gradient: str | None = None, **options: Any) -> Report:
    """Check ``package.module:f`` at a point given as values or as a file (.npz, .npy, .json).

    ``gradient`` is the name of the gradient, in the same module or as ``module:name``; without it, ``f.gradient`` and the
    usual names beside f are tried (f_gradient, f_grad, f_der, grad_f, df, …). ``module:pair`` may also be a tuple (f, gradient).
    ``options`` are those of :func:`check_gradient`. Raises NamingError, BindingError or FileError with what to do next.
    """
    from .callables import check_gradient

    f, claim = find_pair(target, gradient)
    return check_gradient(f, claim, read_point(at), **options)


def find_pair(target: str, gradient: str | None = None) -> tuple[Callable[..., Any], Any]:
    """The function and its gradient that a target names."""
    module, name = _split(target)
    found = _attribute(module, name)
    if gradient is not None:
        place, inner = _split(gradient) if ":" in gradient else (module, gradient)
        return found, _attribute(place, inner)
    if isinstance(found, tuple) and len(found) == 2:
        return found
    if hasattr(found, "gradient"):
        return found, found.gradient
    loaded = import_module(module)
    last = name.rsplit(".", 1)[-1]
    for pattern in PATTERNS:
        if hasattr(loaded, pattern.format(last)):
            return found, getattr(loaded, pattern.format(last))
    tried = ", ".join(pattern.format(last) for pattern in PATTERNS)
    raise NamingError(f"no gradient of {name} found in {module}", hint=f"name it, or call it one of {tried}, or set {name}.gradient")


def read_point(at: str | Any) -> Any:
    """A point from a file: .npz and .json give named arguments (an array in .json one), .npy one argument."""
    if not isinstance(at, (str, Path)):
        return at
    import json

    import numpy as np

    path = Path(at)
    try:
        if path.suffix == ".npz":
            with np.load(path, allow_pickle=False) as archive:
                return {name: archive[name] for name in archive.files}
        if path.suffix == ".npy":
            return np.load(path, allow_pickle=False)
        if path.suffix == ".json":
            loaded = json.loads(path.read_text("utf-8"))
            if isinstance(loaded, dict):
                return {name: np.array(value, float) if isinstance(value, list) else value for name, value in loaded.items()}
            return np.array(loaded, float)
    except (OSError, ValueError) as error:
        raise FileError(f"{path}: {error}") from error
    raise FileError(f"{path}: a point is read from .npz, .npy or .json")


def _split(target: str) -> tuple[str, str]:
    module, colon, name = target.partition(":")
    if not (colon and module and name):
        raise BindingError(f"{target!r} is not of the form module:function")
    return module, name


def _attribute(module: str, name: str) -> Any:
    if "" not in sys.path and str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))  # as `python -m` does, so that the user's own module is found
    try:
        value: Any = import_module(module)
    except ImportError as error:
        raise NamingError(f"module {module!r} cannot be imported: {error}") from error
    for part in name.split("."):
        if not hasattr(value, part):
            raise NamingError(f"module {module!r} has no {name!r}")
        value = getattr(value, part)
    return value
