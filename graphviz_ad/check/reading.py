"""The rows of a report, read once for all who tell of them: the terminal, Markdown, the page and the summary of a failed test."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from .rows import AT_KINK, FAIL, ORDER, PASS, Row, Verdict, Where, overall


class Argument(NamedTuple):
    """What is known of the derivative by one argument at the given point.

    ``wrong`` and ``undecided`` count its ``entries`` by verdict; ``excess`` is the largest error in units of its bound.
    """

    name: str
    entries: int
    wrong: int
    undecided: int
    verdict: Verdict
    excess: float | None

    def share(self, count: int) -> str:
        """The argument and how many of its entries these are."""
        return f"{self.name} ({count:,} of {self.entries:,} entries)" if self.entries > 1 else self.name


class Reading(NamedTuple):
    """The rows of a report, those of them ``here`` at the given point, and the ``arguments`` of these, all in their order."""

    rows: tuple[Row, ...]
    here: tuple[Row, ...]
    arguments: tuple[Argument, ...]

    @property
    def ranked(self) -> list[Row]:
        """All rows, the worst first."""
        return rank(self.rows)

    def listed(self, most: int) -> list[Row]:
        """The rows here, and those elsewhere only where the claim is wrong at none of these; the worst first if they are more."""
        rows = self.here if any(argument.wrong for argument in self.arguments) else self.rows
        return leading(rows, most)

    @property
    def unsettled(self) -> list[Row]:
        """The rows here that did not pass, or of all where the only ones are elsewhere; the wrong ones first."""
        return [row for row in rank(self.here) if not settled(row)] or [row for row in self.ranked if not settled(row)]


def settled(row: Row) -> bool:
    """Whether the claim is right, at a kink or elsewhere."""
    return row.verdict in (PASS, AT_KINK)


def rank(rows: Iterable[Row]) -> list[Row]:
    """The rows, the worst first."""
    return sorted(rows, key=lambda row: ORDER.index(row.verdict))


def leading(rows: Sequence[Row], most: int) -> list[Row]:
    """All rows in their order where they are at most so many, else all of them with the worst first."""
    return rank(rows) if len(rows) > most else list(rows)


def read(rows: Sequence[Row]) -> Reading:
    """The reading of rows."""
    here = tuple(row for row in rows if row.where is Where.HERE)
    by_name: dict[str, list[Row]] = {}
    for row in here:
        by_name.setdefault(row.wrt, []).append(row)
    return Reading(tuple(rows), here, tuple(_argument(name, own) for name, own in by_name.items()))


def _argument(name: str, rows: Sequence[Row]) -> Argument:
    excesses = [row.error / row.bound for row in rows if row.error is not None and row.bound]
    wrong = sum(row.verdict == FAIL for row in rows)
    undecided = sum(not settled(row) for row in rows) - wrong
    return Argument(name, len(rows), wrong, undecided, overall(row.verdict for row in rows), max(excesses, default=None))
