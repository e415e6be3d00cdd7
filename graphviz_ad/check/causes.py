"""Likely causes of a failure as data: what kind of slip it is, in whose gradient, and the words for people."""

from __future__ import annotations

from typing import Self

from .rows import Word


class CauseKind(Word):
    """What kind of slip a likely cause is."""

    OTHER = "other"
    SHAPE = "shape"
    FACTOR = "factor"
    SIGN = "sign"
    CONJUGATE = "conjugate"
    TRANSPOSE = "transpose"
    SUM = "missing sum"
    DROPPED = "dropped term"
    DETACHED = "detached"
    ORDER = "order of entries"
    BRANCH = "wrong branch"
    EXCHANGE = "exchanged"
    NORMALISATION = "normalisation"
    STATE = "state between calls"


class LikelyCause(str):
    """A slip that explains a failure, proved by repairing the claim: its words, its :class:`CauseKind`, whose gradient it is in."""

    __slots__ = ("kind", "wrt")
    kind: CauseKind
    wrt: str

    def __new__(cls, text: str, kind: CauseKind = CauseKind.OTHER, wrt: str = "") -> Self:
        cause = super().__new__(cls, text)
        cause.kind, cause.wrt = kind, wrt
        return cause

    def __reduce__(self) -> tuple[type[Self], tuple[str, CauseKind, str]]:
        return type(self), (str(self), self.kind, self.wrt)
