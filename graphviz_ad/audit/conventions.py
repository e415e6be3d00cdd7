"""The question of conventions: at this point, what does each framework give as the gradient, and which answers are valid there?

An answer is valid where the checker (:mod:`graphviz_ad.check`) finds it in the subdifferential: at a smooth point the
derivative alone, at a kink every convex combination of the slopes around.
"""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import GradvizError, ShapeError
from .walk import NoCounterpart

if TYPE_CHECKING:
    from types import ModuleType

    import numpy as np
    from numpy.typing import ArrayLike

    from ..objects.graph import Graph
    from ..objects.point import Point
    from .recorded import Entries

#: framework -> the module that it needs ("" for none) and the one here that asks it
SIDES = {
    "PyTorch": ("torch", "torch_side"),
    "JAX": ("jax", "jax_side"),
    "CasADi": ("casadi", "casadi_side"),
    "SymPy": ("sympy", "sympy_side"),
    "the lecture": ("", "lecture_side"),
}
OURS = "gradviz"
DERIVATIVE, VALID, WRONG, NOT_FINITE, UNDECIDED = "the derivative", "valid", "not valid", "not finite", "undecided"
#: relative error up to which a float64 answer is the derivative
CLOSE = 1e-9


class Answer(NamedTuple):
    """One framework's answer.

    ``spelling`` says by which of its functions; ``gradients`` is None where it has none, ``reason`` then says why, and else
    why the answer is or is not valid. ``source`` is "live", or "recorded" where the library is not installed here.
    """

    framework: str
    version: str
    spelling: str
    gradients: dict[str, Any] | None
    validity: str
    reason: str
    source: str


class Conventions:
    """The answers to one question: ``answers`` in a fixed order, gradviz's own last. Printing shows a table."""

    def __init__(self, expression: str, at: dict[str, Any], answers: list[Answer]) -> None:
        self.expression, self.at, self.answers = expression, at, tuple(answers)

    def data(self) -> dict[str, Any]:
        """Plain data, schema ``gradviz-conventions/1``; numbers that are not finite are strings."""
        return {
            "schema": "gradviz-conventions/1",
            "expression": self.expression,
            "at": _plain(self.at),
            "answers": [{**answer._asdict(), "gradients": _plain(answer.gradients)} for answer in self.answers],
        }

    def __str__(self) -> str:
        rows = [("framework", "version", "by", "gradient", "there it is"), *map(_texts, self.answers)]
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        return "\n".join("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows)

    def __repr__(self) -> str:
        return f"Conventions({self.expression!r}: {len(self.answers)} answers)"


def conventions(expression: str | Graph, values: Mapping[str, Any] | None = None, /, **named: ArrayLike) -> Conventions:
    """What PyTorch, JAX, CasADi, SymPy, the lecture and gradviz give as the gradient of an expression at a point.

    Frameworks that are installed are asked; of the others the answers on record are given. An operation that a framework
    has no function for is named.

    >>> found = conventions("max(x, y)", x=1, y=1)
    >>> [(a.framework, a.gradients, a.validity) for a in found.answers if a.framework in ("the lecture", "gradviz")]
    [('the lecture', {'x': 1.0, 'y': 1.0}, 'not valid'), ('gradviz', {'x': 0.5, 'y': 0.5}, 'valid')]

    Raises
    ------
    GradvizError
        Anything wrong with the text or the values; ShapeError where the output is no single number.
    """
    from ..objects.reading import parse

    graph = parse(expression) if isinstance(expression, str) else expression
    return conventions_at(graph.at({**(values or {}), **named}))


def conventions_at(point: Point) -> Conventions:
    """The same for a point of a graph."""
    graph = point.graph
    if len(graph.outputs) != 1 or getattr(point.value, "shape", ()) != ():
        raise ShapeError("conventions are asked about one number", hint="choose an output with --of, or add up the entries: sum(…)")
    answers: list[Answer] = []
    for framework, (needed, module) in SIDES.items():
        if needed and importlib.util.find_spec(needed) is None:
            answers.extend(_recorded(framework, point))
        else:
            answers.extend(_live(framework, import_module(f".{module}", __package__), point))
    answers.append(_answer(OURS, _own_version(), "", dict(point.gradients), point, "live"))
    at = {name: point.values[graph.input_handles[name]] for name in point.wrt}
    return Conventions(graph.text.strip() or graph.output, at, answers)


def _live(framework: str, side: ModuleType, point: Point) -> Iterator[Answer]:
    version = side.version()
    seen: list[tuple[str, str]] = []
    try:
        for spelling, gradients in side.answers(point):
            if (spelling, repr(gradients)) not in seen:
                seen.append((spelling, repr(gradients)))
                yield _answer(framework, version, spelling, gradients, point, "live")
    except NoCounterpart as error:
        yield Answer(framework, version, "", None, "", f"there is no counterpart of {error}", "live")
    except GradvizError:
        raise
    except Exception as error:  # noqa: BLE001 - a foreign library on foreign numbers may raise anything; it is told, and is its answer
        yield Answer(framework, version, "", None, "", f"it raises {type(error).__name__}: {str(error).splitlines()[0][:80]}", "live")


def _recorded(framework: str, point: Point) -> Iterator[Answer]:
    from .recorded import find

    found = list(find(framework, point))
    for version, spelling, gradients in found:
        yield _answer(framework, version, spelling, gradients, point, "recorded")
    if not found:
        yield Answer(framework, "", "", None, "", "it is not installed here, and no answer to this question is on record", "recorded")


def _answer(framework: str, version: str, spelling: str, gradients: dict[str, Any], point: Point, source: str) -> Answer:
    plain = {name: _numbers(value) for name, value in gradients.items() if name in point.wrt}
    validity, reason = judge(point, plain)
    return Answer(framework, version, spelling, plain, validity, reason, source)


def judge(point: Point, gradients: Mapping[str, Any]) -> tuple[str, str]:
    """Whether a gradient is valid at a point, and why, by the checker's own references."""
    from ..check.check_point import check_claim

    if not all(math.isfinite(number) for value in gradients.values() for number in _flat(value)):
        return NOT_FINITE, ""
    report = check_claim(point, gradients)
    kinked = False
    for row in report.rows:
        if row.reference is not None and row.interval is None:
            far = abs((row.analytic or 0.0) - row.reference) > CLOSE * max(abs(row.reference), abs(row.analytic or 0.0))
            if far and abs((row.analytic or 0.0) - row.reference) > 1e-300:
                return WRONG, row.reason if row.verdict == "fail" else f"the derivative by {row.wrt} is {row.reference:.6g}"
        elif row.verdict == "fail":
            return WRONG, row.reason
        elif row.verdict == "inconclusive":
            return _judge_along(point, gradients) or (UNDECIDED, row.reason)
        kinked = kinked or row.verdict == "pass-at-kink"
    if kinked:
        return VALID, next(row.reason for row in report.rows if row.verdict == "pass-at-kink")
    return DERIVATIVE, ""


def _judge_along(point: Point, gradients: Mapping[str, Any]) -> tuple[str, str] | None:
    """Where not every side of a kink was reached: slopes along directions, which can only exclude."""
    from ..objects.checking import check_gradient

    at = {name: point.values[point.graph.input_handles[name]] for name in point.wrt}
    report = check_gradient(point.graph, dict(gradients), at, points=0, diagnose=False)
    if report.verdict != "fail":
        return None
    return WRONG, next(row.reason for row in report.rows if row.verdict == "fail")


def _own_version() -> str:
    from .. import __version__

    return __version__


def _numbers(value: float | np.ndarray) -> Entries:
    """A number or nested lists of numbers."""
    return value.tolist() if hasattr(value, "tolist") else float(value)


def _flat(value: Entries) -> Iterator[float]:
    pending = [value]
    while pending:
        entry = pending.pop()
        if isinstance(entry, list):
            pending.extend(entry)
        else:
            yield float(entry)


def _plain(value: object) -> Any:
    change: Callable[[Any], Any] = _plain
    if isinstance(value, dict):
        return {key: change(entry) for key, entry in value.items()}
    if hasattr(value, "tolist"):
        return change(value.tolist())
    if isinstance(value, list):
        return [change(entry) for entry in value]
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
    return value


def written(value: Entries) -> str:
    """A gradient's number or array, short.

    >>> written(0.5), written([0.5, 1.0]), written(float("nan"))
    ('0.5', '[0.5, 1]', 'nan')
    """
    if isinstance(value, list):
        return f"[{', '.join(map(written, value))}]"
    return f"{float(value):.6g}"


def _texts(answer: Answer) -> tuple[str, str, str, str, str]:
    shown = "–" if answer.gradients is None else ", ".join(written(value) for value in answer.gradients.values())
    told = answer.validity or answer.reason
    return answer.framework, answer.version, answer.spelling, shown, told + (" (recorded)" if answer.source == "recorded" else "")
