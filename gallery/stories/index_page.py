"""The gallery's index.html: every figure of the project on one page, with something live behind each picture that has it."""

from __future__ import annotations

import ast
import html
import re
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
GALLERY = HERE.parent

#: stories that the playground can play: what its controls are set to
PLAYED = {
    "linear_and_network": "data=spiral&depth=1&width=12",
    "without_activation": "data=xor&activation=none&width=8",
    "hidden_neurons": "data=circles&width=4",
    "learned_features": "data=circles&width=3&noise=0",
    "activations": "data=moons&activation=silu",
    "width_and_overfitting": "data=moons&noise=0.3&width=12&depth=2",
    "depth_and_vanishing": "data=spiral&depth=6&width=8&activation=sigmoid&rule=descent&rate=0.1&lines=gradients",
    "learning_rate": "data=spiral&width=12&activation=tanh&rule=descent&rate=1",
}
ARRAYS = frozenset(("vectors", "relu", "matrices", "bias", "cross_entropy", "hinge", "attention", "layer_norm"))
STYLE = (HERE / "index_page.css").read_text("utf-8")


class Card(NamedTuple):
    """A figure on the page; ``live`` is where its picture leads, with the words that say so."""

    name: str
    heading: str
    text: str
    picture: str
    live: tuple[str, str] | None
    script: str


def told(path: Path) -> tuple[str, str]:
    """Heading and last paragraph of a script's docstring."""
    heading, _, text = (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").partition("\n")
    return heading, " ".join(text.strip().split("\n\n")[-1].split())


def graph_card(name: str) -> Card:
    """A graph, its live page behind it."""
    heading, text = told(GALLERY / f"{name}.py")
    live = (f"live/{name}.html", "live page") if (GALLERY / "live" / f"{name}.html").is_file() else None
    return Card(name, heading, text, f"{name}.svg", live, f"{name}.py")


def story_card(name: str) -> Card:
    """A story, the playground behind it, set to its question; or its own live page."""
    heading, text = told(HERE / f"{name}.py")
    live = (f"playground.html#{PLAYED[name]}", "in the playground") if name in PLAYED else None
    if (GALLERY / "live" / f"{name}.html").is_file():
        live = f"live/{name}.html", "live page"
    return Card(name, heading, text, f"stories/{name}.svg", live, f"stories/{name}.py")


def span(picture: str) -> str:
    """How wide a card is, by its picture's proportions: a third, a half, or the whole row."""
    found = re.search(r' width="([\d.]+)[a-z]*" height="([\d.]+)', (GALLERY / picture).read_text("utf-8")[:2000])
    if found is None:
        raise SystemExit(f"{picture} states no size")
    wide, high = float(found[1]), float(found[2])
    return "row" if wide > 870 or wide / high > 2.9 else "half" if wide > 520 else "third"


def write_card(card: Card) -> str:
    """One article: picture, words, where to go."""
    target = card.live[0] if card.live else card.picture
    links = [card.live] if card.live else []
    links += [(card.picture, "picture"), (card.script, "script")]
    nav = "".join(f'<a href="{html.escape(where)}">{words}</a>' for where, words in links)
    return (
        f'<article class="{span(card.picture)}" id="{card.name}"><a class="figure" href="{html.escape(target)}">'
        f'<img src="{card.picture}" alt="{html.escape(card.heading)}" loading="lazy"></a>'
        f"<h3>{html.escape(card.heading)}</h3><p>{html.escape(card.text)}</p>"
        f'<nav aria-label="{html.escape(card.heading)}">{nav}</nav></article>'
    )


def write_section(name: str, heading: str, lead: str, cards: list[Card]) -> str:
    """A part of the page."""
    body = "\n".join(map(write_card, cards))
    return f'<section id="{name}"><h2>{heading}</h2><p class="lead">{lead}</p><div class="grid">\n{body}\n</div></section>'


def write_index(stories: tuple[str, ...], graphs: tuple[str, ...]) -> str:
    """The page."""
    parts = [
        ("learning", "Learning", "A line against a network, one question a picture. Every gradient comes from a graph like those below.",
         [story_card(name) for name in stories]),
        ("graphs", "Graphs", "Values above the wires, gradients below, local derivatives on the arrows.",
         [graph_card(name) for name in graphs if name not in ARRAYS]),
        ("arrays", "Vectors and matrices", "The same with arrays: shapes on the wires, Jacobians whole or by their structure.",
         [graph_card(name) for name in graphs if name in ARRAYS]),
    ]  # fmt: skip
    menu = "".join(f'<a href="#{name}">{heading}</a>' for name, heading, _, _ in parts)
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>gradviz: gallery</title><style>{STYLE}</style></head>\n<body>"
        f'<nav class="menu" aria-label="parts"><a class="home" href="#top">gradviz</a>{menu}'
        '<a href="playground.html">Playground</a></nav>\n<header id="top"><div><h1>See, derive and prove every gradient</h1>'
        "<p>Computational graphs that show every value, every gradient and every local derivative; and what these gradients do when a "
        "network learns.</p>"
        '<p class="calls"><a class="call" href="playground.html">Open the playground</a>'
        '<a class="call quiet" href="live/xyz.html">Step through the first graph</a></p></div>'
        '<a class="figure" href="live/xyz.html"><img src="xyz.svg" alt="f = (x + y)·z as a graph with values and gradients"></a>'
        "</header>\n<main>\n"
        + "\n".join(write_section(*part) for part in parts)
        + "\n</main><footer><p>Every picture is made by the script beneath it, every number is checked. Pages work without a network.</p>"
        "</footer></body></html>\n"
    )
