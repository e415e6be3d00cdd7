"""Train the stories, draw their pictures, write README.md here and the gallery's index.html.

    python gallery/stories/build.py            write them
    python gallery/stories/build.py --check    fail when a story's numbers are not the committed ones, or a text is old

Every story is run again, whole. Its ``numbers`` come out of a training: they agree from machine to machine up to rounding that
grows over thousands of steps, so they are compared with a tolerance. Its ``exact`` numbers are computed without one and must agree
to five digits. Pictures are made anew only when the stories are written.
"""

from __future__ import annotations

import argparse
import ast
import html
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
sys.path.insert(0, str(GALLERY.parent))

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
    from graphviz_ad.scene.saving import produce

    return produce(made["point"].graph, made["point"], "svg", bundled=True, **made.get("options", {}))


def write_readme(stories: list[Story]) -> str:
    """The page of the stories."""
    parts = [
        "# Stories\n\nA line against a network, one question a picture. Each is made by the script beside it; nothing is drawn by hand.\n"
    ]
    for one in stories:
        parts.append(f"## {one.heading}\n\n{one.text}\n\n![{one.heading}]({one.name}.svg)\n\n[{one.name}.py]({one.name}.py)\n")
    return "\n".join(parts)


STYLE = """
:root{color-scheme:light dark;--paper:#fff;--ink:#1f2937;--soft:#5b6577;--edge:#dfe3ea;--accent:#4753c4;--sheet:#f6f7f9}
@media(prefers-color-scheme:dark){:root{--paper:#0f1420;--ink:#e6eaf2;--soft:#a7b1c2;--edge:#2b3548;--accent:#8f9bff;--sheet:#161d2c}}
*{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 Helvetica,Arial,sans-serif}
header,main{max-width:1180px;margin:0 auto;padding:0 20px}header{padding-top:56px}h1{font-size:40px;line-height:1.15;margin:0 0 10px}
header p{font-size:19px;color:var(--soft);max-width:46em;margin:0}h2{font-size:25px;margin:56px 0 18px}h3{font-size:18px;margin:0 0 6px}
.grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(340px,100%),1fr));gap:22px;grid-auto-flow:dense}.wide{grid-column:1/-1}
article{border:1px solid var(--edge);border-radius:12px;padding:16px;display:flex;flex-direction:column;gap:10px;min-width:0}
article img{width:100%;height:auto;max-height:520px;object-fit:contain}.wide img{max-height:none}
article p{margin:0;color:var(--soft)}article nav{margin-top:auto;display:flex;gap:16px;font-size:14px}a{color:var(--accent)}
footer{height:64px}
"""
WIDE = frozenset(("linear_and_network", "width_and_overfitting", "activations", "training_step", "learned_features", "network", "staged"))


def write_index(stories: list[Story]) -> str:
    """The page of all figures, graphs first, with the live page behind each graph that has one."""
    graphs = []
    order = ast.literal_eval(_assigned(GALLERY / "build.py", "ORDER"))
    for name in order:
        doc = ast.get_docstring(ast.parse((GALLERY / f"{name}.py").read_text("utf-8"))) or ""
        heading, _, text = doc.partition("\n")
        words = " ".join(text.strip().split("\n\n")[-1].split())
        graphs.append(
            _article(
                name,
                heading,
                words,
                f"{name}.svg",
                f"live/{name}.html" if (GALLERY / "live" / f"{name}.html").is_file() else "",
                f"{name}.py",
            )
        )
    told = [
        _article(one.name, one.heading, " ".join(one.text.split()), f"stories/{one.name}.svg", "", f"stories/{one.name}.py")
        for one in stories
    ]
    play = (
        '<p><a href="playground.html">Playground: train a network in the browser, its gradients on its graph</a></p>'
        if (GALLERY / "playground.html").is_file()
        else ""
    )
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>gradviz: gallery</title><style>{STYLE}</style></head>\n<body><header><h1>See, derive and prove every gradient</h1>"
        "<p>Computational graphs with every value, gradient and local derivative; and what these gradients do when a network learns."
        f'</p>{play}</header><main>\n<h2>Learning</h2><div class="grid">\n'
        + "\n".join(told)
        + '\n</div>\n<h2>Graphs</h2><div class="grid">\n'
        + "\n".join(graphs)
        + "\n</div></main><footer></footer></body></html>\n"
    )


LIVE = ("xyz", "neuron", "circuit", "staged", "kink")  # graphs with a live page


def write_live() -> None:
    """The live pages behind the pictures."""
    (GALLERY / "live").mkdir(exist_ok=True)
    for name in LIVE:
        made = runpy.run_path(str(GALLERY / f"{name}.py"), run_name=f"gallery.{name}")
        made["point"].save(GALLERY / "live" / f"{name}.html", bundled=True, **made.get("options", {}))


def _article(name: str, heading: str, text: str, picture: str, live: str, script: str) -> str:
    image = f'<img src="{picture}" alt="{html.escape(heading)}" loading="lazy">'
    more = f'<a href="{live}">live page</a>' if live else ""
    return (
        f"<article{' class=wide' if name in WIDE else ''}><h3>{html.escape(heading)}</h3>"
        f'<a href="{live or picture}">{image}</a><p>{html.escape(text)}</p><nav>{more}<a href="{script}">script</a></nav></article>'
    )


def _assigned(path: Path, name: str) -> str:
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == name:
            return ast.unparse(node.value)
    raise SystemExit(f"{path} assigns no {name}")


def main() -> int:
    """Write, or compare."""
    parser = argparse.ArgumentParser(description="Make the stories and the gallery's index.")
    parser.add_argument("--check", action="store_true", help="compare with the committed files instead of writing")
    parser.add_argument("--texts", action="store_true", help="README.md and index.html only")
    asked = parser.parse_args()
    missing = {path.stem for path in HERE.glob("*.py")} - {*ORDER, "build"}
    if missing:
        raise SystemExit(f"stories without a place in ORDER: {', '.join(sorted(missing))}")
    from graphviz_ad.lab.playground import write_playground

    stories = [read(name) for name in ORDER]
    playground = write_playground()
    if not asked.check:
        (GALLERY / "playground.html").write_text(playground, encoding="utf-8")
    texts = {HERE / "README.md": write_readme(stories), GALLERY / "index.html": write_index(stories)}
    texts[GALLERY / "playground.html"] = playground
    wrong: list[str] = []
    committed = json.loads((HERE / "numbers.json").read_text("utf-8")) if asked.check else {}
    numbers: dict[str, dict[str, float]] = {}
    for name in () if asked.texts else ORDER:
        made = perform(name)
        exact, trained = made.get("exact", {}), made.get("numbers", {})
        numbers[name] = {key: float(f"{value:.{DIGITS}g}") for key, value in {**trained, **exact}.items()}
        print(name, numbers[name])
        if asked.check:
            wrong += differ(name, numbers[name], committed.get(name, {}), set(exact))
            wrong += [] if (HERE / f"{name}.svg").is_file() else [f"{name}.svg is missing"]
        else:
            (HERE / f"{name}.svg").write_bytes(draw(made))
    if asked.check:
        wrong += [f"{path.name} is old" for path, text in texts.items() if not path.is_file() or path.read_text("utf-8") != text]
        print("\n".join(wrong))
        return 1 if wrong else 0
    if not asked.texts:
        write_live()
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8")
    if not asked.texts:
        (HERE / "numbers.json").write_text(json.dumps(numbers, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
