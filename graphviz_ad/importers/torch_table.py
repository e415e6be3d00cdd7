"""A table of PyTorch's operations by ATen's names, filled by decorated functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .reading import Entry, Translation


class Table(dict[str, "Translation"]):
    """Operations by name."""

    def enter(self, *names: str) -> Callable[[Entry], Entry]:
        """A decorator: the function is the operation of these names."""

        def decorate(function: Entry) -> Entry:
            self.update(dict.fromkeys(names, function))
            return function

        return decorate


def direct(ours: str, count: int) -> Translation:
    """Ours under another name, with so many of the arguments."""
    return lambda r, *given: r.call(ours, given[:count], {})
