"""Train the stories, draw their pictures, write README.md here and the live pages, the playground and index.html of the gallery.

    python gallery/stories/build.py            write them
    python gallery/stories/build.py --texts    write what needs no training: README.md, live pages, playground, index.html
    python gallery/stories/build.py --check    fail when a story's numbers are not the committed ones, or a text is old

Every story is run again, whole. Its ``numbers`` come out of a training: they agree from machine to machine up to rounding that
grows over thousands of steps, so they are compared with a tolerance. Its ``exact`` numbers are computed without one and must agree
to five digits. Pictures are made anew only when the stories are written.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import runpy
import sys
from pathlib import Path
from typing import Any, NamedTuple

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[_name] = "1"  # the same order of additions everywhere

HERE = Path(__file__).resolve().parent
GALLERY = HERE.parent
sys.path[:0] = [str(HERE), str(GALLERY.parent)]

import index_page  # noqa: E402 - found beside this file

ORDER = (
    "linear_and_network", "without_activation", "hidden_neurons", "learned_features", "polar", "activations", "width_and_overfitting",
    "depth_and_vanishing", "learning_rate", "training_step", "network_check",
)  # fmt: skip
TOLERANCE, DIGITS = 0.03, 6


class Story(NamedTuple):
    """A script: its heading, its text, its code."""

    name: str
    heading: str
    text: str
    code: str


def read(name: str) -> Story:
    """The script without running it."""
    source = (HERE / f"{name}.py").read_text("utf-8")
    heading, _, text = (ast.get_docstring(ast.parse(source)) or "").partition("\n")
    return Story(name, heading, text.strip(), source[source.index('"""', 3) + 3 :].strip())


def perform(name: str) -> dict[str, Any]:
    """Run the script: what it defines."""
    return runpy.run_path(str(HERE / f"{name}.py"), run_name=f"gallery.stories.{name}")


def differ(name: str, found: dict[str, float], known: dict[str, float], exact: set[str]) -> list[str]:
    """What is wrong with a story's numbers."""
    if found.keys() != known.keys():
        return [f"{name} has the numbers {', '.join(found)}; committed are {', '.join(known)}"]
    limits = {key: 1e-5 * abs(value) if key in exact else TOLERANCE * max(1.0, abs(value)) for key, value in known.items()}
    return [
        f"{name}: {key} is {value}, committed {known[key]}" for key, value in found.items() if not abs(value - known[key]) <= limits[key]
    ]


def draw(made: dict[str, Any]) -> bytes:
    """The picture of a story that has run."""
    if "picture" in made:
        return made["picture"].svg().encode("utf-8")
    from graphviz_ad.formats.writing import produce

    return produce(made["point"].graph, made["point"], "svg", bundled=True, **made.get("options", {}))


def write_readme(stories: list[Story]) -> str:
    """The page of the stories."""
    parts = [
        "# Stories\n\nA line against a network, one question a picture. Each is made by the script beside it; nothing is drawn by hand.\n"
    ]
    for one in stories:
        parts.append(f"## {one.heading}\n\n{one.text}\n\n![{one.heading}]({one.name}.svg)\n\n[{one.name}.py]({one.name}.py)\n")
    return "\n".join(parts)


NO_LIVE = frozenset(("symbolic",))  # nothing is bound there, so nothing moves


def write_live(graphs: tuple[str, ...]) -> dict[Path, str]:
    """The live pages behind the pictures of the graphs, and behind the training step's."""
    from graphviz_ad.formats.writing import produce

    made = {name: runpy.run_path(str(GALLERY / f"{name}.py"), run_name=f"gallery.{name}") for name in graphs if name not in NO_LIVE}
    pages = {}
    for name, one in {**made, "training_step": perform("training_step")}.items():
        if "point" in one:
            options = one.get("options", {})
            pages[GALLERY / "live" / f"{name}.html"] = produce(one["point"].graph, one["point"], "html", bundled=True, **options).decode()
    return pages


def graphs_in_order() -> tuple[str, ...]:
    """The graphs of the gallery in the order in which they are shown."""
    for node in ast.parse((GALLERY / "build.py").read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "ORDER":
            return tuple(ast.literal_eval(node.value))
    raise SystemExit(f"{GALLERY / 'build.py'} assigns no ORDER")


def check(stories: list[Story], graphs: tuple[str, ...]) -> list[str]:
    """What is wrong with the committed files."""
    committed = json.loads((HERE / "numbers.json").read_text("utf-8"))
    wrong: list[str] = []
    for name in ORDER:
        _, numbers, exact = count(name)
        wrong += differ(name, numbers, committed.get(name, {}), exact)
        wrong += [] if (HERE / f"{name}.svg").is_file() else [f"{name}.svg is missing"]
    texts = write_texts(stories, graphs)
    wrong += [f"{path.name} is old" for path, text in texts.items() if not path.is_file() or path.read_text("utf-8") != text]
    for name in (*graphs, "training_step"):
        page = GALLERY / "live" / f"{name}.html"
        if name not in NO_LIVE and not page.is_file():
            wrong.append(f"live/{name}.html is missing")
    return wrong


def count(name: str) -> tuple[dict[str, Any], dict[str, float], set[str]]:
    """Run a story: what it defines, its numbers, the names of the exact ones."""
    made = perform(name)
    exact, trained = made.get("exact", {}), made.get("numbers", {})
    numbers = {key: float(f"{value:.{DIGITS}g}") for key, value in {**trained, **exact}.items()}
    print(name, numbers)
    return made, numbers, set(exact)


def write_texts(stories: list[Story], graphs: tuple[str, ...]) -> dict[Path, str]:
    """The pages that come from the scripts' words and from the package, without any training."""
    from graphviz_ad.lab.playground import write_playground

    return {
        GALLERY / "playground.html": write_playground(),
        HERE / "README.md": write_readme(stories),
        GALLERY / "index.html": index_page.write_index(ORDER, graphs),
    }


def main() -> int:
    """Write, or compare."""
    parser = argparse.ArgumentParser(description="Make the stories, the live pages, the playground and the gallery's index.")
    parser.add_argument("--check", action="store_true", help="compare with the committed files instead of writing")
    parser.add_argument("--texts", action="store_true", help="only what needs no training: README.md, live pages, playground, index.html")
    asked = parser.parse_args()
    missing = {path.stem for path in HERE.glob("*.py")} - {*ORDER, "build", "index_page"}
    if missing:
        raise SystemExit(f"stories without a place in ORDER: {', '.join(sorted(missing))}")
    stories, graphs = [read(name) for name in ORDER], graphs_in_order()
    if asked.check:
        wrong = check(stories, graphs)
        print("\n".join(wrong))
        return 1 if wrong else 0
    if not asked.texts:
        numbers = {}
        for name in ORDER:
            made, numbers[name], _ = count(name)
            (HERE / f"{name}.svg").write_bytes(draw(made))
        (HERE / "numbers.json").write_text(json.dumps(numbers, indent=1) + "\n", encoding="utf-8")
    (GALLERY / "live").mkdir(exist_ok=True)
    for path, page in write_live(graphs).items():  # first, since the index looks which there are
        path.write_text(page, encoding="utf-8")
    for path, text in write_texts(stories, graphs).items():
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
