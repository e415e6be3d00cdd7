"""What the operations on balls of Arb ask of them: a value, a sign, a side, a domain, proven or :class:`Undecided`."""

from __future__ import annotations

from typing import TypeAlias

from flint import arb, arb_series  # noqa: TID253 - this module exists for them, and only a proof loads it

Ball: TypeAlias = arb | arb_series


class Undecided(Exception):
    """The enclosures do not tell which branch is taken, or leave the domain."""


def ball(x: Ball | int) -> Ball:
    """A truth value or whole number as a ball; balls stay."""
    return arb(int(x)) if isinstance(x, (bool, int)) else x


def value_of(x: Ball) -> arb:
    """The ball of a value: of a series its first term."""
    x = ball(x)
    if not isinstance(x, arb_series):
        return x
    terms = x.coeffs()
    return terms[0] if terms else arb(0)


def proven_sign(x: Ball) -> int:
    """1, -1 or 0, proven."""
    value = value_of(x)
    if value > 0:
        return 1
    if value < 0:
        return -1
    if value == 0:
        return 0
    raise Undecided("a sign is not proven")


def side(x: Ball) -> int:
    """The sign of what may not be 0: at 0 a derivative is not one number."""
    sign = proven_sign(x)
    if not sign:
        raise Undecided("a kink")
    return sign


def branch(x: Ball) -> int:
    """The side on which a continuous operation is taken: where nothing moves, both sides give the same value at 0."""
    return side(x) if isinstance(ball(x), arb_series) else proven_sign(x) or 1


def within(condition: bool) -> None:
    """Go on only where an operand is proven to lie in the domain."""
    if not condition:
        raise Undecided("the domain is left, or its edge is met")
