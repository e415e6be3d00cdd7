"""The rows of a report in a few plain lines, for exceptions and failed tests: what is wrong and what is right, and the worst entries."""

from __future__ import annotations

from collections.abc import Iterator

from .reading import Reading
from .rows import FAIL, Row, Verdict

MOST_ROWS = 12


def argument_lines(reading: Reading, verdict: Verdict) -> Iterator[str]:
    """One line: the arguments whose derivative did not pass, and those whose did; none where all passed."""
    faulty = [argument.share(argument.wrong + argument.undecided) for argument in reading.arguments if argument.wrong + argument.undecided]
    fine = [argument.name for argument in reading.arguments if not argument.wrong + argument.undecided]
    if faulty:
        what = "wrong" if verdict == FAIL else "undecided"
        yield f"{what}: {', '.join(faulty)}" + (f"; right: {', '.join(fine)}" if fine else "")


def worst_lines(reading: Reading) -> Iterator[str]:
    """The worst entries, and how many more there are."""
    unsettled = reading.unsettled
    for row in unsettled[:MOST_ROWS]:
        yield row_line(row)
    if len(unsettled) > MOST_ROWS:
        yield f"… and {len(unsettled) - MOST_ROWS:,} more"


def row_line(row: Row) -> str:
    """A row in words: the verdict, the entry, both numbers, how far they are apart, and why."""
    numbers = (("claimed", row.analytic), ("reference", row.reference))
    text = ", ".join(f"{name} {number:.10g}" for name, number in numbers if number is not None)
    if row.error and row.bound is not None and row.verdict == FAIL:
        text += f" (off by {row.error:.2g}, {row.bound:.1g} is allowed)"
    return f"{row.verdict} at {row.place}: {text}{'; ' if text and row.reason else ''}{row.reason}"
