"""A derivation as a page: HTML that needs nothing besides itself, and one tall PDF page; formulas typeset as in pictures."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from ..scene.model import Label
from ..scene.numbers import ROUNDED
from ..scene.steps import Derivation, Edge
from .escape import xml
from .latex import latex_text
from .mathset.pen import SANS, Pen, number
from .mathset.typeset import typeset_label
from .theme import colors, style_sheet

_SIZE, _HEAD_SIZE, _NOTE_SIZE = 13.0, 14.0, 10.0
_MARGIN, _INDENT, _SKIP, _LEAST = 28.0, 22.0, 7.0, 420.0
SCOPE = "derivation"


class Line(NamedTuple):
    """One line: its role ("title", "head", "formula" or "note"), what it says, how far it is indented."""

    role: str
    label: Label
    indent: int = 0


def lines(derivation: Derivation) -> list[Line]:
    """The derivation line by line."""
    found = [Line("title", derivation.title)]
    for word, pairs in (("at", derivation.given), ("along", derivation.direction)):
        if pairs:
            found.append(Line("formula", _joined(Label(f"{word} ", rf"\text{{{word} }}"), *_listed([_equal(*pair) for pair in pairs]))))
    if derivation.forward:
        found.append(Line("head", Label("Forward: the values")))
        found += [Line("formula", _equal(one.name, one.formula, one.substituted, one.value), 1) for one in derivation.forward]
    if derivation.differentials:
        found.append(Line("head", Label("Forward: the values, and how they move: local derivative × tangent")))
    for step in derivation.differentials:
        found.append(Line("formula", _equal(step.name, step.formula, step.substituted, step.value), 1))
        terms = [_product(term.formula, term.operand) for term in step.terms]
        numbers = [term.product if term.number is None else _product(term.number, term.tangent) for term in step.terms]
        found.append(Line("formula", _equal(step.differential, _sum(terms), _sum(numbers), step.total), 2))
    if derivation.seed is not None:
        found.append(Line("head", Label("Backward: upstream × local derivative, from the output to the inputs")))
        found.append(Line("formula", _equal(*derivation.seed), 1))
        for back in derivation.backward:
            given = _joined(_equal(back.name, back.formula), Label("   with ", r"\quad\text{with }"), _equal(back.gradient, back.value))
            found.append(Line("formula", given, 1))
            found += [Line("formula", _edge(edge, back.gradient), 2) for edge in back.edges]
            for total in back.sums:
                more = [Label("…", r"\cdots")] if total.told > len(total.contributions) else []
                found.append(Line("formula", _equal(total.gradient, _sum([*total.contributions, *more]), total.total), 2))
    if derivation.results:
        found.append(Line("head", Label("Tangent" if derivation.differentials else "Gradient")))
        found += [Line("formula", _equal(one.gradient, one.value), 1) for one in derivation.results]
    return found + [Line("note", Label(f"Note: {note}")) for note in derivation.notes]


def to_svg(derivation: Derivation, theme: str = "light") -> str:
    """The whole derivation as one SVG."""
    color, pen = colors(theme), Pen(SCOPE, outlines=True)
    y, width, body = _MARGIN, _LEAST, []
    for line in lines(derivation):
        if line.role in ("head", "note"):
            size = _HEAD_SIZE if line.role == "head" else _NOTE_SIZE
            y += size + (_SKIP if line.role == "head" else 0)
            body.append(
                pen.write(line.label.text, _MARGIN, y, size, color["text" if line.role == "head" else "muted"], bold=line.role == "head")
            )
            width = max(width, 0.56 * size * len(line.label.text) + 2 * _MARGIN)
            y += _SKIP
            continue
        box = typeset_label(line.label, 17.0 if line.role == "title" else _SIZE)
        x = _MARGIN + _INDENT * line.indent
        body.append(pen.draw(box, x, y + box.height, color["text"]))
        y, width = y + box.total + _SKIP, max(width, x + box.width + _MARGIN)
    extent = f'width="{number(width)}pt" height="{number(y + _MARGIN)}pt" viewBox="0 0 {number(width)} {number(y + _MARGIN)}"'
    spaces = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    ground = f'<rect width="100%" height="100%" fill="{color["background"]}"/>'
    style = style_sheet(SCOPE, theme)
    sheet = f"<style>{style}</style>" if style else ""
    return f'<svg {spaces} id="{SCOPE}" {extent} font-family="{SANS}">{sheet}{pen.definitions()}{ground}{"".join(body)}</svg>\n'


def to_html(derivation: Derivation) -> str:
    """A page with headings, every formula an image with its text beside it for those who do not see it."""
    color, pen, body = colors("light"), Pen(SCOPE), []
    for line in lines(derivation):
        if line.role in ("head", "note"):
            body.append(f"<{'h2' if line.role == 'head' else 'p'}>{xml(line.label.text)}</{'h2' if line.role == 'head' else 'p'}>")
            continue
        box = typeset_label(line.label, 18.0 if line.role == "title" else 14.0)
        extent = f'width="{box.width:.2f}" height="{box.total:.2f}" viewBox="0 0 {box.width:.2f} {box.total:.2f}"'
        drawn = pen.draw(box, 0.0, box.height, color["text"])
        tag = "h1" if line.role == "title" else "p"
        body.append(f'<{tag} class="in{line.indent}"><svg {extent} role="img" aria-label="{xml(line.label.text)}">{drawn}</svg></{tag}>')
    rules = (
        f"body{{font:16px {SANS};margin:2rem auto;max-width:60rem;padding:0 1rem;color:{color['text']};background:{color['background']}}}"
        "h1{margin:.4em 0}h2{font-size:1.05rem;margin:1.6em 0 .5em}p{margin:.35em 0;overflow-x:auto}"
        ".in1{margin-left:1.5rem}.in2{margin-left:3rem}svg{vertical-align:middle;overflow:visible}"
    )
    dark = colors("dark")
    night = f"@media (prefers-color-scheme:dark){{body{{color:{dark['text']};background:{dark['background']}}}}}"
    title, sheet = xml(derivation.title.text), rules + night + style_sheet(SCOPE)
    return (
        f'<!doctype html>\n<html lang="en" id="{SCOPE}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<meta name="generator" content="gradviz (graphviz_ad)"><title>{title}</title><style>{sheet}</style></head>\n'
        f'<body><svg width="0" height="0" style="position:absolute" aria-hidden="true">{pen.definitions()}</svg>\n'
        + "\n".join(body)
        + "\n</body></html>\n"
    )


# ---------------------------------------------------------------------------------------------------- labels from labels


def _latex(label: Label) -> str:
    return label.latex or rf"\text{{{latex_text(label.text)}}}"


def _joined(*labels: Label) -> Label:
    return Label("".join(label.text for label in labels), "".join(map(_latex, labels)))


def _between(labels: list[Label], text: str, latex: str) -> Label:
    return Label(text.join(label.text for label in labels), latex.join(map(_latex, labels)), _rounded(*labels))


def _rounded(*labels: Label) -> str:
    """The mark of what holds a rounded number; "" for what does not."""
    return ROUNDED if any(label.exact == ROUNDED for label in labels) else ""


def _equal(*labels: Label | None) -> Label:
    """Everything that is there, with signs of equality between, nothing twice in a row; ≈ before and after rounded numbers."""
    there: list[Label] = []
    for label in labels:
        if label is not None and label.text and (not there or there[-1].text != label.text):
            there.append(label)
    text, latex = there[0].text, _latex(there[0])
    for before, label in pairwise(there):
        near = _rounded(before, label)
        text += f" {'≈' if near else '='} {label.text}"
        latex += rf" {chr(92) + 'approx' if near else '='} {_latex(label)}"
    return Label(text, latex)


def _listed(labels: list[Label]) -> list[Label]:
    return [_between(labels, ", ", r",\; ")]


def _signed(label: Label) -> Label:
    """A number after an operator: one with a sign in parentheses."""
    return Label(f"({label.text})", rf"\left({_latex(label)}\right)", label.exact) if label.text.startswith("\N{MINUS SIGN}") else label


def _product(left: Label, right: Label) -> Label:
    wrapped = (
        Label(f"({left.text})", rf"\left({_latex(left)}\right)", left.exact) if " " in left.text and left.text[0] != "[" else _signed(left)
    )
    return _between([wrapped, _signed(right)], "·", r" \cdot ")


def _sum(labels: list[Label]) -> Label:
    return _between(labels[:1] + [_signed(label) for label in labels[1:]], " + ", " + ")


def _edge(edge: Edge, upstream: Label) -> Label:
    """∂q/∂x = 1, so ∂f/∂x = ∂f/∂q · ∂q/∂x = −4 × 1 = −4."""
    told = _equal(edge.local, edge.formula, edge.substituted, edge.number)
    if edge.local == edge.gradient and not edge.share:
        return told
    word = Label("   part of ", r"\quad\text{part of }") if edge.share else Label("   so ", r"\quad\text{so }")
    if edge.chain is not None:
        shapes = Label("", "") if edge.shapes is None else Label(f"   {edge.shapes.text}", rf"\qquad {_latex(edge.shapes)}")
        return _joined(told, word, _equal(edge.gradient, edge.chain, edge.contribution), shapes)
    chain = _between([upstream, edge.local], " · ", r" \cdot ")
    numbers = _between([edge.upstream, _signed(edge.number)], " × ", r" \times ")
    return _joined(told, word, _equal(edge.gradient, chain, numbers, edge.contribution))
