"""Every operation under every spelling: the one place where families of primitives register.

A family is a tuple of records with ``name`` and ``aliases``; elementwise operations are the first. Names are unique over
all families, so that a name in an author's text means one thing.
"""

from __future__ import annotations

from . import elementwise_activations, elementwise_arithmetic, elementwise_piecewise, elementwise_special, elementwise_trigonometric
from .record import Elementwise

#: The elementwise operations by canonical name, in the order in which they are listed to people.
OPERATIONS: dict[str, Elementwise] = {}

#: Their operands' names, without defaults.
OPERAND_NAMES: dict[str, tuple[str, ...]] = {}

#: operations whose operands from the second on choose entries of the first, by whole numbers or truth values
SELECTING = frozenset(("index", "take", "take_along_axis", "pick"))

_canonical: dict[str, str] = {}
_family: dict[str, str] = {}


def register(family: str, name: str, aliases: tuple[str, ...] = ()) -> None:
    """Claim a name and its other spellings for a family of operations.

    Raises
    ------
    ValueError
        A spelling is taken: a fault of the table, not of a user.
    """
    for spelling in (name, *aliases):
        if spelling in _canonical:
            raise ValueError(f"{spelling} of {family} {name} already means {_family[_canonical[spelling]]} {_canonical[spelling]}")
    _canonical.update(dict.fromkeys((name, *aliases), name))
    _family[name] = family


def resolve(name: str) -> str | None:
    """The canonical name of a spelling, or None.

    >>> resolve("arcsin"), resolve("sine")
    ('asin', None)
    """
    return _canonical.get(name)


def family(name: str) -> str | None:
    """Which family an operation belongs to, or None for an unknown name.

    >>> family("ln")
    'elementwise'
    """
    canonical = _canonical.get(name)
    return None if canonical is None else _family[canonical]


def operation(name: str) -> Elementwise:
    """The record of an elementwise operation, under any of its spellings.

    >>> operation("ln").partials
    ('1/x',)

    Raises
    ------
    KeyError
        No elementwise operation has this name; ask :func:`resolve` first.
    """
    return OPERATIONS[_canonical.get(name, name)]


def names() -> tuple[str, ...]:
    """Every spelling of every operation, for suggestions.

    >>> "arctan2" in names()
    True
    """
    return tuple(_canonical)


for _module in (
    elementwise_arithmetic,
    elementwise_piecewise,
    elementwise_trigonometric,
    elementwise_activations,
    elementwise_special,
):
    for _record in _module.RECORDS:
        register("elementwise", _record.name, _record.aliases)
        OPERATIONS[_record.name] = _record
        OPERAND_NAMES[_record.name] = _record.names
