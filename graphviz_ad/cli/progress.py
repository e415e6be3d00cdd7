"""A bar on standard error for work that takes long; nothing where that is no terminal."""

from __future__ import annotations

import sys
import time

from .output import colored

#: nothing is shown before so many seconds, and not more often than so
PATIENCE, PAUSE = 0.7, 0.1
_WIDTH = 24


class Bar:
    """Call it with what is done and what there is to do; :meth:`clear` takes it away.

    It starts anew for each stretch of work, and writes only where a person looks on.
    """

    def __init__(self, label: str) -> None:
        self.label = label
        self.wanted = bool(sys.stderr is not None and sys.stderr.isatty())
        self._began = self._last = time.monotonic()
        self._shown = False

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if not self.wanted or now - self._began < PATIENCE or now - self._last < PAUSE or total <= 0:
            return
        self._last, self._shown = now, True
        share = min(1.0, done / total)
        full = int(share * _WIDTH)
        bar = "━" * full + "─" * (_WIDTH - full) if colored(sys.stderr) else "#" * full + "." * (_WIDTH - full)
        text = f"{self.label}  {bar} {100 * share:3.0f} %  {done:,} of {total:,}  {now - self._began:.0f} s"
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()

    def clear(self) -> None:
        """Leave the line as it was."""
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
            self._shown = False
