"""The entry of the command. It loads nothing until it knows that something is needed."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run ``gradviz`` with these arguments (the process's own by default) and return the exit code."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    if arguments == ["--version"]:
        from .. import __version__

        print(f"gradviz {__version__}")
        return 0
    from .application import run

    return run(arguments)
