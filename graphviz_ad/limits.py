"""Named resource limits. Each can be raised through the environment variable of the same name.

They exist so that hostile or mistaken input ends in a message and not in a hanging machine.
"""

from __future__ import annotations

import os

from .errors import LimitError

DEFAULTS = {
    "GRADVIZ_MAX_TEXT": 8_000_000,  # characters of one expression
    "GRADVIZ_MAX_OPERATIONS": 1_000_000,  # nodes of one graph, functions expanded
    "GRADVIZ_MAX_CALLS": 20_000,  # calls of functions that the text defines, expanded
    "GRADVIZ_MAX_FILE_BYTES": 256_000_000,  # size of a file of values
    "GRADVIZ_MAX_NESTING": 32,  # dimensions of a nested list of values
    "GRADVIZ_MAX_ENTRIES": 50_000_000,  # entries of one array
    "GRADVIZ_BATCH_ENTRIES": 4_000_000,  # entries of one node in a batch of sweeps for a Jacobian
    "GRADVIZ_MAX_DRAWN": 300,  # operations drawn one by one in a picture; more are told by roles
    "GRADVIZ_LAYOUT_SECONDS": 20,  # time that the drawing engine may take
    "GRADVIZ_CHECK_OPERATIONS": 40_000,  # high-precision operations spent on one entry-by-entry check
    "GRADVIZ_CHECK_ENTRIES": 2_000_000_000,  # numbers computed in float64 to move the entries of one input one by one
    "GRADVIZ_CHECK_ROWS": 1_000_000,  # entries of Jacobians that a check in float64 tells one by one
    "GRADVIZ_CHECK_SECONDS": 20,  # time that one check may take
    "GRADVIZ_CLOSED_FORM_OPERATIONS": 200,  # size of a graph whose closed form is worked out
}


def limit(name: str) -> int:
    """The value in force of a named limit.

    >>> limit("GRADVIZ_LAYOUT_SECONDS")
    20
    """
    raw = os.environ.get(name)
    if raw is None:
        return DEFAULTS[name]
    try:
        return int(raw)
    except ValueError:
        raise LimitError(f"environment variable {name}={raw!r} is not an integer") from None


def require(name: str, amount: int, what: str) -> None:
    """Raise :class:`LimitError` when ``amount`` exceeds the named limit."""
    most = limit(name)
    if amount > most:
        raise LimitError(f"{what}: {amount:,} is more than the limit of {most:,}; set {name} to raise it")
