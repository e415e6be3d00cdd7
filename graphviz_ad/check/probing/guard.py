"""Calls into the user's code that remember who was called with what, so that an exception can be told with its place and its cause."""

from __future__ import annotations

import os
import sysconfig
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ...errors import CallError
from .signatures import positional_names

_MARK = "_gradviz_call"
_OURS = str(Path(__file__).absolute().parents[2]) + os.sep
_INSTALLED = tuple(
    os.path.normcase(path) + os.sep
    for name, path in sysconfig.get_paths().items()
    if name in ("stdlib", "platstdlib", "purelib", "platlib")
)


class Contained:
    """A function of the user's that cannot end the process: SystemExit becomes a CallError.

    It looks the same from outside: signature, code, and pickled to other processes.
    """

    def __init__(self, function: Callable[..., Any], name: str) -> None:
        self.__wrapped__, self.name = function, name

    @property
    def __code__(self) -> Any:  # whether a claim reads its arguments is seen in its code
        return self.__wrapped__.__code__

    def __call__(self, *positional: Any, **named: Any) -> Any:
        try:
            return self.__wrapped__(*positional, **named)
        except SystemExit as fault:  # it would end the whole process, with the status of a pass where it is sys.exit(0)
            error = raised(fault, f"{self.name} raised")
            setattr(error, _MARK, None)  # it is told already
            raise error from fault


class Guarded(Contained):
    """One that also remembers on an exception who was called with what."""

    def __call__(self, *positional: Any, **named: Any) -> Any:
        try:
            return super().__call__(*positional, **named)
        except Exception as fault:
            if not hasattr(fault, _MARK):
                setattr(fault, _MARK, (self.name, _spelled(self.__wrapped__, positional), named))
            raise


def told(fault: BaseException) -> CallError | None:
    """The error to show for an exception that came out of a guarded call; None for one that did not."""
    call = getattr(fault, _MARK, None)
    if call is None:
        return None
    name, positional, named = call
    shapes = [f"{key}: {_describe(value)}" if key else _describe(value) for key, value in (*positional, *named.items())]
    hint = _known(str(fault)) or f"{name} was called with {', '.join(shapes) if shapes else 'nothing'}"
    return raised(fault, f"{name} raised", hint)


def raised(fault: BaseException, what: str, hint: str = "") -> CallError:
    """An exception of the user's code as an error with file, line and source line, without a traceback."""
    message = str(fault).strip()
    lines = message.splitlines()
    short = "\n".join([*lines[:6], "…"] if len(lines) > 6 else lines)
    text = f"{what} {type(fault).__name__}" + (f": {short}" if short else "")
    place = location(fault)
    if place is not None:
        text += f"\n  {place}"
    return CallError(text + (f"\nhint: {hint}" if hint else ""))


def location(fault: BaseException) -> str | None:
    """``layer.py, line 12, in forward`` and the source line below it: the deepest place in the user's own files."""
    frames = [frame for frame in traceback.extract_tb(fault.__traceback__) if not frame.filename.startswith((_OURS, "<frozen"))]
    own = [frame for frame in frames if not os.path.normcase(frame.filename).startswith(_INSTALLED)]
    if not frames:
        return None
    frame = (own or frames)[-1]
    line = f"{shown(frame.filename)}, line {frame.lineno}, in {frame.name}"
    return f"{line}\n    {frame.line.strip()}" if frame.line else line


def shown(path: str) -> str:
    """A path as the reader knows it: relative where it lies below the current folder."""
    try:
        relative = os.path.relpath(path)
    except ValueError:  # another drive
        return path
    return path if relative.startswith("..") else relative


def _spelled(function: Any, positional: tuple[Any, ...]) -> list[tuple[str, Any]]:
    """The positional arguments with the names of their parameters."""
    names = positional_names(function)
    return [(names[k] if k < len(names) else "", value) for k, value in enumerate(positional)]


def _describe(value: Any) -> str:
    shape = getattr(value, "shape", None)
    if shape is not None:
        return f"{getattr(value, 'dtype', type(value).__name__)} {tuple(shape)}"
    if isinstance(value, (int, float, complex)):
        return f"{value:.6g}" if isinstance(value, float) else str(value)
    return type(value).__name__


def _known(message: str) -> str:
    """The next step for messages that say little to who meets them first."""
    if "Float" in message and "Double" in message:
        return "the point is float64 and a tensor in the function is float32: make the module .double(), or give the point as float32"
    if "must be Tensor, not numpy.ndarray" in message:
        return "it is a PyTorch function: add --gradient torch"
    return ""
