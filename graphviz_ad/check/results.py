"""The result of a check as data: one row an entry, notes, likely causes, an overall verdict. Frozen, and no truth value.

Whatever a step decides by is an enum or a field; the sentences beside it are for people alone. The enums, notes, methods and causes
are strings: they compare, sort and serialise as the words that they stand for.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn, Self

from ..errors import CheckFailed
from .reading import Reading, leading, read
from .rows import AT_KINK, FAIL, INCONCLUSIVE, PASS, Method, MethodKind, Row, Verdict, Where, Word, overall, unjudged

if TYPE_CHECKING:
    from .causes import LikelyCause

__all__ = [
    "AT_KINK", "FAIL", "INCONCLUSIVE", "PASS", "Method", "MethodKind", "Note", "NoteKind", "Report", "Row",
    "Trial", "Verdict", "Where", "overall", "unjudged",
]  # fmt: skip


class NoteKind(Word):
    """What a note is about; the words of the note are for people."""

    OTHER = "other"
    INTERRUPTED = "interrupted"
    BUDGET = "the budget was spent"
    RANDOM_FUNCTION = "the function is not deterministic"
    RANDOM_CLAIM = "the claim is not deterministic"
    CHANGED_ARGUMENTS = "arguments are changed in place"
    UNCLAIMED = "nothing is claimed"
    NOT_FINITE = "not finite"
    DEGENERATE = "a degenerate point"
    POINTS = "which points were looked at"
    PRECISION = "how many digits decide"
    ROUNDING = "a branch decided by rounding"
    PROOF = "what is proven"
    PATTERN = "a sparsity pattern"
    PROJECTIONS = "projections"
    SELF_TEST = "the self-test"
    HELD = "what was held fixed"


class Note(str):
    """Something that a reader must know besides the rows, in words, with its :class:`NoteKind`."""

    __slots__ = ("kind",)
    kind: NoteKind

    def __new__(cls, text: str, kind: NoteKind = NoteKind.OTHER) -> Self:
        note = super().__new__(cls, text)
        note.kind = kind
        return note

    def __reduce__(self) -> tuple[type[Self], tuple[str, NoteKind]]:
        return type(self), (str(self), self.kind)


class Trial(NamedTuple):
    """One slip: what it is, the verdict, whether it changed anything at all, and in whose gradient it stands ("" where there is one)."""

    slip: str
    verdict: str
    changed: bool
    place: str = ""

    @property
    def caught(self) -> bool:
        """Whether the check called it a fault."""
        return self.verdict == "fail"


class Report:
    """What a check found, frozen; the fields are told at :class:`graphviz_ad.Report`, the subclass that people meet."""

    __slots__ = ("causes", "curve", "evaluations", "interrupted", "notes", "power", "rows", "title", "trials", "value", "verdict")

    rows: tuple[Row, ...]
    value: Row | None
    notes: tuple[Note, ...]
    causes: tuple[LikelyCause, ...]
    evaluations: int
    power: str
    curve: tuple[tuple[float, float], ...]
    trials: tuple[Trial, ...]
    interrupted: bool
    title: str
    verdict: Verdict

    def __init__(
        self,
        rows: Iterable[Row],
        value: Row | None = None,
        notes: Iterable[Note] = (),
        *,
        causes: Iterable[LikelyCause] = (),
        evaluations: int = 0,
        power: str = "",
        curve: Iterable[tuple[float, float]] = (),
        trials: Iterable[Trial] = (),
        interrupted: bool = False,
        title: str = "",
    ) -> None:
        rows = tuple(rows)
        self.__setstate__({
            "rows": rows, "value": value, "notes": tuple(dict.fromkeys(notes)), "causes": tuple(causes), "evaluations": evaluations,
            "power": power, "curve": tuple(curve), "trials": tuple(trials), "interrupted": interrupted, "title": title,
            "verdict": overall([row.verdict for row in rows] + ([] if value is None else [value.verdict])),
        })  # fmt: skip

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a report is frozen; report.replace({name}=…) gives another one")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError("a report is frozen")

    def __getstate__(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in Report.__slots__}

    def __setstate__(self, state: Any) -> None:
        if hasattr(self, "rows"):
            raise AttributeError("a report is frozen")
        for name, value in (_of_0_1(state[1]) if isinstance(state, tuple) else state).items():
            object.__setattr__(self, name, value)

    def replace(self, **changes: Any) -> Self:
        """The report with some fields changed; the verdict follows from the rows.

        >>> Report([]).replace(title="empty").title
        'empty'
        """
        return type(self)(**{**self.fields(), **changes})

    def fields(self) -> dict[str, Any]:
        """What the report was made of; the verdict follows from it."""
        return {name: getattr(self, name) for name in Report.__slots__ if name != "verdict"}

    def noting(self, *notes: Note) -> Self:
        """The report with further notes."""
        return self.replace(notes=(*self.notes, *notes))

    def __bool__(self) -> NoReturn:
        raise TypeError("a report has four verdicts and no truth value; look at report.verdict or call report.raise_if_failed()")

    def raise_if_failed(self) -> None:
        """Raise :class:`CheckFailed` when the verdict is "fail", with :meth:`summary` in the message."""
        if self.verdict == FAIL:
            raise CheckFailed("the gradient is wrong\n" + self.summary())

    @property
    def reading(self) -> Reading:
        """The rows as all who tell of them read them: those at the given point, the worst first, and the arguments in numbers."""
        return read(self.rows)

    def summary(self) -> str:
        """A few plain lines: what is wrong and what is right, the causes, the worst entries, the power."""
        from .summary import argument_lines, worst_lines

        reading = self.reading
        lines = [
            *argument_lines(reading, self.verdict),
            *(f"likely cause: {cause}" for cause in self.causes),
            *worst_lines(reading),
            *(f"note: {note}" for note in self.notes),
            *([f"power: {self.power}"] if self.power else ()),
        ]
        head = f"gradient check: {self.verdict}" + (f" – {self.title}" if self.title else "")
        return "\n  ".join((head, *lines))

    def data(self, most: int = 1000) -> dict[str, Any]:
        """The report as plain data for JSON; at most ``most`` rows, the failing ones first."""
        return {
            "verdict": self.verdict,
            "rows": [_plain(row) for row in leading(self.rows, most)[:most]],
            "rows_total": len(self.rows),
            "value": None if self.value is None else _plain(self.value),
            "notes": list(self.notes),
            "causes": list(self.causes),
            "power": self.power,
            "evaluations": self.evaluations,
            "curve": [list(pair) for pair in self.curve],
            "trials": [{**trial._asdict(), "caught": trial.caught} for trial in self.trials],
            "interrupted": self.interrupted,
            "title": self.title,
        }

    def read_data(self, most: int = 1000) -> dict[str, Any]:
        """The plain data with the :class:`Reading` of its rows: what a renderer takes."""
        reading = read(leading(self.rows, most)[:most])
        return self.data(most) | {
            "ranked": [_plain(row) for row in reading.ranked],
            "here": [_plain(row) for row in reading.here],
            "arguments": [argument._asdict() for argument in reading.arguments],
        }

    def json(self, most: int = 1000) -> str:
        """The report as strict JSON, schema ``gradviz-check/1``: :meth:`data`, numbers that are not finite as strings."""
        import json

        return json.dumps(_strict({"schema": "gradviz-check/1", **self.data(most)}), ensure_ascii=False, indent=1) + "\n"

    def __repr__(self) -> str:
        return f"Report({self.verdict}: {len(self.rows)} rows)"


def _strict(value: Any) -> Any:
    """Plain data as strict JSON holds it."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, dict):
        return {key: _strict(entry) for key, entry in value.items()}
    return [_strict(entry) for entry in value] if isinstance(value, (list, tuple)) else value


def _of_0_1(slots: dict[str, Any]) -> dict[str, Any]:
    """The fields of a report that 0.1 pickled, as the second of a pair: its words become what they stand for today."""
    from .causes import LikelyCause

    def row(old: Row) -> Row:
        where = Where.ELSEWHERE if old.reason.startswith("at another point") else Where.HERE  # the one sign of it that 0.1 had
        return old._replace(method=Method(old.method), verdict=Verdict(old.verdict), where=where)

    return slots | {
        "rows": tuple(row(old) for old in slots["rows"]),
        "value": None if slots["value"] is None else row(slots["value"]),
        "notes": tuple(Note(text) for text in slots["notes"]),
        "causes": tuple(LikelyCause(text) for text in slots["causes"]),
        "verdict": Verdict(slots["verdict"]),
    }


#: fields of a row that say what its reason holds: nothing for those who read the data
_OF_THE_WORDS = ("slopes_told", "only_output")


def _plain(row: Row) -> dict[str, Any]:
    plain = {key: list(value) if isinstance(value, tuple) else value for key, value in row._asdict().items() if key not in _OF_THE_WORDS}
    return {"wrt": plain.pop("wrt"), "index": plain.pop("entry"), **plain}
