"""What a check says of one number: its verdict, whose point it belongs to, how its reference was found, the numbers themselves.

Whatever a step decides by is an enum or a field; the sentences beside it are for people alone. The enums and methods are strings: they
compare, sort and serialise as the words that they stand for.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple, Self


class Word(StrEnum):
    """An enum whose members show as the plain words that they equal."""

    def __repr__(self) -> str:
        return repr(self.value)


class Verdict(Word):
    """What a check says of a number, or of all of them."""

    PASS = "pass"  # noqa: S105 - no password
    AT_KINK = "pass-at-kink"
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"


PASS, AT_KINK, FAIL, INCONCLUSIVE = Verdict.PASS, Verdict.AT_KINK, Verdict.FAIL, Verdict.INCONCLUSIVE

#: from the one that decides to the one that only stands when nothing else does
ORDER = (FAIL, INCONCLUSIVE, AT_KINK, PASS)


class Where(Word):
    """Whose point a row belongs to: the one that was given, or one that the check invented."""

    HERE = "here"
    ELSEWHERE = "at another point"


class MethodKind(Word):
    """Which way a reference took; :class:`Method` has the words of one row."""

    NONE = ""
    DIFFERENCES = "differences in many digits"
    FLOAT_DIFFERENCES = "differences in float64"
    ONE_SIDED = "one-sided differences"
    AROUND_KINK = "gradients around a kink"
    COMPLEX_STEP = "complex step"
    PROJECTION = "a random projection"
    ENCLOSURE = "a ball that encloses it"
    UNTOUCHED = "the output does not depend on it"
    ADJOINT = "forward against reverse"
    SHAPE = "shape"
    FINITENESS = "finiteness"
    VALUE = "the value in many digits"


class Method(str):
    """How a reference was found, in words, with its :class:`MethodKind`.

    >>> Method("differences in 60 digits", MethodKind.DIFFERENCES) == "differences in 60 digits"
    True
    """

    __slots__ = ("kind",)
    kind: MethodKind

    def __new__(cls, text: str = "", kind: MethodKind = MethodKind.NONE) -> Self:
        method = super().__new__(cls, text)
        method.kind = kind
        return method

    def __reduce__(self) -> tuple[type[Self], tuple[str, MethodKind]]:
        return type(self), (str(self), self.kind)


def overall(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict of many: fail > inconclusive > pass-at-kink > pass.

    >>> overall([Verdict.PASS, Verdict.AT_KINK])
    'pass-at-kink'
    """
    found = set(verdicts)
    return next((verdict for verdict in ORDER if verdict in found), PASS)


NOWHERE = Method()


class Row(NamedTuple):
    """One checked number: the derivative by ``wrt``, at ``entry`` (an index, () for a scalar).

    ``analytic`` is the claimed derivative, ``reference`` the independent one, ``error`` their distance, ``bound`` what
    float64 rounding explains; ``exact`` is the reference to 40 digits, ``digits_lost`` how many of float64's 16 decimal
    digits the number has lost; ``finite_difference`` and ``complex_step`` are float64 estimates beside it (None where
    they do not apply). ``interval`` are the one-sided slopes at a kink. ``where`` tells the given point from others.
    Of the words of ``reason``: ``slopes_told``, whether they hold the interval; ``only_output``, whether they say no more than
    which of several outputs the row is of.
    """

    wrt: str
    entry: tuple[int, ...]
    analytic: float | None
    reference: float | None
    error: float | None
    bound: float | None
    method: Method
    verdict: Verdict
    reason: str = ""
    exact: str = ""
    digits_lost: float = 0.0
    interval: tuple[float, float] | None = None
    finite_difference: float | None = None
    complex_step: float | None = None
    where: Where = Where.HERE
    slopes_told: bool = False
    only_output: bool = False

    @property
    def place(self) -> str:
        """The argument, with the index of the entry where it has one."""
        return self.wrt + (str(list(self.entry)) if self.entry else "")


def unjudged(wrt: str, reason: str, method: Method = NOWHERE, entry: tuple[int, ...] = (), verdict: Verdict = INCONCLUSIVE) -> Row:
    """A row without any number: why there is none."""
    return Row(wrt, entry, None, None, None, None, method, verdict, reason)
