"""A table of PyTorch's operations by ATen's names, filled by decorated functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Operation = Callable[..., Any]


class Table(dict[str, Operation]):
    """Operations by name."""

    def enter(self, *names: str) -> Callable[[Operation], Operation]:
        """A decorator: the function is the operation of these names."""

        def decorate(function: Operation) -> Operation:
            self.update(dict.fromkeys(names, function))
            return function

        return decorate


def direct(ours: str, count: int) -> Operation:
    """Ours under another name, with so many of the arguments."""
    return lambda r, *given: r.call(ours, given[:count], {})
