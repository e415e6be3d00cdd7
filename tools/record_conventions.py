"""Ask every installed framework the standard questions and write the answers on record: python tools/record_conventions.py"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import graphviz_ad as gv
from graphviz_ad.audit.conventions import OURS, SIDES, conventions, judge, written
from graphviz_ad.audit.recorded import QUESTIONS, _number

FILE = Path(__file__).parents[1] / "graphviz_ad" / "audit" / "data" / "recorded.json"
PAGE = Path(__file__).parents[1] / "docs" / "conventions.md"


def page(answers: list[dict[str, Any]]) -> str:
    """The page of the documentation, from the answers on record."""
    versions = {answer["framework"]: answer["version"] for answer in answers}
    told = ", ".join(f"{name} {version}" for name, version in versions.items() if version)
    names = [*SIDES, OURS]
    lines = [
        "# Conventions at kinks", "",
        "What frameworks give where there is no derivative, or no finite one, differs between them, their functions and",
        "between their versions. `gradviz conventions EXPRESSION NAME=VALUE …` asks those that are installed, shows recorded answers for",
        "the others, and lets the checker say which answers are valid there: in the subdifferential, the convex hull of the slopes around.",
        "",
        "```text", "gradviz conventions \"max(x, y)\" x=1 y=1", "gradviz conventions \"max(x, 0)\" x=0 --json", "```", "",
        "In Python `gv.conventions(\"max(x, 0)\", x=0)` has the same as `answers`; `data()` is plain data, and printing shows the table.",
        "An operation that a framework has no function for is named. CasADi, SymPy and the lecture are asked about scalars alone.", "",
        f"On record ({told}; made by `python tools/record_conventions.py`), with **bold** for what is not valid there:", "",
        "| | " + " | ".join(names) + " |", "|---|" + "---|" * len(names),
    ]  # fmt: skip
    for expression, at in QUESTIONS:
        point = gv.parse(expression).at(at)
        asked = f"`{expression}` at {', '.join(f'{name} = {written(value)}' for name, value in at.items())}"
        cells = []
        for name in names:
            own = [
                (answer["spelling"], answer["gradients"])
                for answer in answers
                if (answer["expression"], answer["framework"]) == (expression, name)
            ]
            if name == OURS:
                own = [("", {key: _plain(value) for key, value in point.gradients.items()})]
            cells.append("; ".join(_cell(point, spelling, gradients, len(own) > 1) for spelling, gradients in own))
        lines.append(f"| {asked} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _cell(point: Any, spelling: str, gradients: Any, many: bool) -> str:
    if gradients is None:
        return "–"
    numbers = {name: _number(value) for name, value in gradients.items()}
    text = ", ".join(written(value) for value in numbers.values())
    validity, _ = judge(point, numbers)
    return (f"**{text}**" if validity in ("not valid", "not finite") else text) + (f" ({spelling})" if many else "")


def _plain(value: Any) -> Any:
    return value.tolist() if hasattr(value, "tolist") else value


def main() -> None:
    """Write the record; every framework must be installed."""
    answers = []
    for expression, at in QUESTIONS:
        for answer in conventions(expression, at).data()["answers"]:
            if answer["framework"] == OURS:
                continue
            assert answer["source"] == "live", f"{answer['framework']} is not installed"
            answers.append(
                {"expression": expression, "at": at, **{k: answer[k] for k in ("framework", "version", "spelling", "gradients")}}
            )
    lines = ",\n  ".join(json.dumps(answer) for answer in answers)
    FILE.write_text(f'{{"frameworks": {json.dumps(list(SIDES))},\n "answers": [\n  {lines}\n]}}\n', "utf-8")
    PAGE.write_text(page(answers), "utf-8")
    print(f"{len(answers)} answers: {FILE}")


if __name__ == "__main__":
    main()
