"""The drawing engine: the one module that knows which program lays a graph out, and how it is run.

``GRADVIZ_DOT`` if set, else the system's ``dot``, else the program that the PyPI package graphviz-pure brings along. It is
run directly, without a shell and without the package ``graphviz``, whose import costs more than the layout.
"""

from __future__ import annotations

import os
import sys

from ..errors import EngineError
from ..limits import limit

BUNDLED = "graphviz-pure"
INSTALL = (
    "install one: pip install graphviz-pure, or Graphviz itself (https://graphviz.org/download/), "
    "or set GRADVIZ_DOT to the path of a dot program"
)


class LayoutTimeout(EngineError):
    """The engine took longer than it may; :mod:`graphviz_ad.render.layers` places the graph then."""


def engine_name(bundled: bool = False) -> str:
    """Path of the program that would be run. Raises :class:`EngineError` when there is none.

    ``bundled`` passes over ``GRADVIZ_DOT`` and the system's ``dot``: the same program everywhere, for pictures that
    must come out the same everywhere.
    """
    if not bundled:
        chosen = os.environ.get("GRADVIZ_DOT")
        if chosen:
            found = _search(chosen)
            if found is None:
                raise EngineError(f"GRADVIZ_DOT={chosen!r} is not a program that can be run; unset it or point it to a Graphviz dot")
            return found
        found = _search("dot")
        if found is not None:
            return found
    found = _bundled()
    if found is None:
        raise EngineError(f"no drawing engine found; {INSTALL}")
    return found


def layout(dot_text: str, format: str = "json0", *, bundled: bool = False) -> bytes:
    """What the engine makes of ``dot_text`` in one of its own output formats (``json0``, ``svg``, ``plain``, …).

    Raises :class:`EngineError` when there is no engine, when it fails, takes longer than GRADVIZ_LAYOUT_SECONDS, or
    answers nothing, which Graphviz does with success for input that holds no graph.
    """
    import subprocess

    program = engine_name(bundled)
    seconds = limit("GRADVIZ_LAYOUT_SECONDS")
    quiet = 0x08000000 if sys.platform == "win32" else 0  # CREATE_NO_WINDOW
    try:
        done = subprocess.run(
            [program, "-Kdot", f"-T{format}"],
            input=dot_text.encode("utf-8"),
            capture_output=True,
            timeout=seconds,
            check=False,
            creationflags=quiet,
        )
    except subprocess.TimeoutExpired:
        raise LayoutTimeout(
            f"the layout took longer than {seconds} s; draw less (--depth 1, --focus NAME, or GRADVIZ_MAX_DRAWN=100), "
            "or set GRADVIZ_LAYOUT_SECONDS to allow more"
        ) from None
    except OSError as error:
        raise EngineError(f"the drawing engine {program} could not be run: {error.strerror or error}; {INSTALL}") from None
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["it said nothing"]
        raise EngineError(f"the drawing engine {program} failed (exit code {done.returncode}): {said[-1][:300]}; {INSTALL}")
    if not done.stdout.strip():
        raise EngineError(f"the drawing engine {program} answered nothing; {INSTALL}")
    return done.stdout


def _bundled() -> str | None:
    """The program that pip installed: beside the running Python, in the environment's or user's scripts, or on the path."""
    beside = _search(os.path.join(os.path.dirname(sys.executable or ""), BUNDLED)) if sys.executable else None
    if beside is not None:
        return beside
    import sysconfig

    schemes = (None, sysconfig.get_preferred_scheme("user"))
    for scheme in schemes:
        folder = sysconfig.get_path("scripts", scheme) if scheme else sysconfig.get_path("scripts")
        found = _search(os.path.join(folder, BUNDLED))
        if found is not None:
            return found
    return _search(BUNDLED)


def _search(name: str) -> str | None:
    """Full path of a program, by path or by name on PATH; None where there is none. (shutil.which costs 9 ms to import.)"""
    endings = ("", ".exe") if sys.platform == "win32" else ("",)
    folders = [""] if os.path.dirname(name) else [f for f in os.environ.get("PATH", os.defpath).split(os.pathsep) if f]
    for folder in folders:
        for ending in endings:
            path = os.path.join(folder, name + ending)
            if os.path.isfile(path) and os.access(path, os.X_OK):
                return path
    return None
