"""A derivation as text for the terminal, as Markdown and as LaTeX."""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import GradvizError
from ..scene.model import Label
from ..scene.numbers import MINUS, ROUNDED
from ..scene.steps import Derivation, Differential, Edge, Sum
from .latex import fit, latex_text

FORMS = ("text", "markdown", "latex")


def write(derivation: Derivation, form: str = "text", picture: str = "", preamble: Sequence[str] = ()) -> str:
    """The derivation in one of three forms; each ends with a newline.

    ``picture`` stands under the title, in the form's own language; ``preamble`` are the lines that it wants in the head of a
    LaTeX document.

    Raises
    ------
    GradvizError
        An unknown form.
    """
    if form == "text":
        return _text(derivation, picture)
    if form == "markdown":
        return _markdown(derivation, picture)
    if form == "latex":
        return _latex(derivation, picture, preamble)
    raise GradvizError(f"unknown form {form!r}; known are {', '.join(FORMS)}")


# ------------------------------------------------------------------------------------------------------------------- text


def _text(derivation: Derivation, picture: str) -> str:
    lines = [derivation.title.text]
    if derivation.given:
        lines.append("at " + ", ".join(f"{name.text} {_sign(value)} {value.text}" for name, value in derivation.given))
    if derivation.direction:
        lines.append("along " + ", ".join(f"{name.text} {_sign(value)} {value.text}" for name, value in derivation.direction))
    if picture:
        lines += ["", picture.rstrip("\n")]
    if derivation.forward:
        rows = [
            [
                one.name.text,
                f"= {one.formula.text}",
                f"{_sign(one.substituted)} {one.substituted.text}" if one.substituted else "",
                f"{_sign(one.value, one.substituted)} {one.value.text}",
            ]
            for one in derivation.forward
        ]
        lines += ["", "Forward: the values", *_aligned(rows)]
    if derivation.differentials:
        lines += ["", "Forward: the values, and how they move: local derivative × tangent"]
        for one in derivation.differentials:
            middle = f" {_sign(one.substituted)} {one.substituted.text}" if one.substituted else ""
            lines += [
                f"  {one.name.text} = {one.formula.text}{middle} {_sign(one.value, one.substituted)} {one.value.text}",
                f"    {_differential_text(one)}",
            ]
    if derivation.seed is not None:
        lines += ["", "Backward: upstream × local derivative, from the output to the inputs"]
        lines.append(f"  {derivation.seed[0].text} {_sign(derivation.seed[1])} {derivation.seed[1].text}")
        for step in derivation.backward:
            lines += ["", f"  {step.name.text} = {step.formula.text}   with {step.gradient.text} {_sign(step.value)} {step.value.text}"]
            lines += _aligned([_edge_cells(edge, step.gradient) for edge in step.edges], indent=4)
            lines += [f"    {_sum_text(one)}" for one in step.sums]
    if derivation.results:
        lines += [
            "",
            "Tangent" if derivation.differentials else "Gradient",
            *_aligned([[one.gradient.text, f"{_sign(one.value)} {one.value.text}"] for one in derivation.results]),
        ]
    if derivation.notes:
        lines += ["", *(f"Note: {note}" for note in derivation.notes)]
    return "\n".join(lines) + "\n"


def _differential_text(one: Differential) -> str:
    """dq = z·dx + x·dz = −4·1 + (−2)·0 = −4."""
    symbols = " + ".join(f"{_factor(term.formula.text)}·{term.operand.text}" for term in one.terms)
    numbers = " + ".join(
        (_wrapped(term.product.text) if len(one.terms) > 1 else term.product.text)
        if term.number is None
        else f"{_wrapped(term.number.text)}·{_wrapped(term.tangent.text)}"
        for term in one.terms
    )
    steps = {symbols: "=", numbers: _sign(*_numbers(one))}
    steps.setdefault(one.total.text, _sign(one.total, *_numbers(one)))
    return " ".join([one.differential.text, *(f"{sign} {step}" for step, sign in steps.items() if step)])


def _numbers(one: Differential) -> list[Label]:
    """The numbers that stand in a differential before its total."""
    return [label for term in one.terms for label in ((term.product,) if term.number is None else (term.number, term.tangent))]


def _factor(text: str) -> str:
    """A formula before a sign of multiplication: a sum in parentheses."""
    return f"({text})" if " " in text or text.startswith(MINUS) else text


def _edge_cells(edge: Edge, upstream: Label) -> list[str]:
    """∂q/∂x | = 1 | so | ∂f/∂x | = ∂f/∂q · ∂q/∂x = −4 × 1 = −4."""
    formula = "" if edge.formula.text == edge.number.text else f"= {edge.formula.text}"
    cells = [
        edge.local.text,
        formula,
        f"{_sign(edge.substituted)} {edge.substituted.text}" if edge.substituted else "",
        f"{_sign(edge.number, edge.substituted)} {edge.number.text}",
    ]
    if _is_whole(edge):
        return [*cells, "", "", "", ""]
    if edge.chain is not None:
        shapes = f"   {edge.shapes.text}" if edge.shapes is not None else ""
        last = f"{_sign(edge.contribution)} {edge.contribution.text}{shapes}"
        return [*cells, "  part of" if edge.share else "  so", edge.gradient.text, f"= {edge.chain.text}", last]
    chain = f"= {upstream.text} · {edge.local.text}"
    numbers = f"{_sign(edge.upstream, edge.number)} {edge.upstream.text} × {_wrapped(edge.number.text)}"
    numbers += f" {_sign(edge.contribution, edge.upstream, edge.number)} {edge.contribution.text}"
    return [*cells, "  part of" if edge.share else "  so", edge.gradient.text, chain, numbers]


def _is_whole(edge: Edge) -> bool:
    """Whether the local derivative is already the gradient: at the output, with nothing to add."""
    return edge.local == edge.gradient and not edge.share


def _sum_text(one: Sum) -> str:
    terms = [label.text for label in one.contributions]
    more = " + …" if one.told > len(terms) else ""
    return (
        f"{one.gradient.text} {_sign(*one.contributions)} {' + '.join([terms[0], *map(_wrapped, terms[1:])])}{more}"
        f" {_sign(one.total, *one.contributions)} {one.total.text}   (sum over {one.told} uses)"
    )


def _sign(*labels: Label | None) -> str:
    """What stands before a number: ≈ where it is rounded, or follows from rounded ones."""
    return "≈" if any(label is not None and label.exact == ROUNDED for label in labels) else "="


def _wrapped(number: str) -> str:
    """A number after an operator: one with a sign in parentheses."""
    return f"({number})" if number.startswith(MINUS) else number


def _aligned(rows: list[list[str]], indent: int = 2) -> list[str]:
    """Rows with their columns under each other; columns that are empty throughout take no room."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    widths = [min(width, 40) for width in widths]
    lines = []
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True) if width]
        lines.append(" " * indent + " ".join(cells).rstrip())
    return lines


# ------------------------------------------------------------------------------------------------------- LaTeX, Markdown


def _markdown(derivation: Derivation, picture: str) -> str:
    parts = [f"$${_math(derivation.title)}$$"]
    if derivation.given:
        parts.append("at $" + ",\\ ".join(f"{name.latex} {_relation(value)} {value.latex}" for name, value in derivation.given) + "$")
    if derivation.direction:
        parts.append(
            "along $" + ",\\ ".join(f"{name.latex} {_relation(value)} {value.latex}" for name, value in derivation.direction) + "$"
        )
    if picture:
        parts.append(f"```mermaid\n{picture.rstrip()}\n```")
    if derivation.forward:
        parts.append("**Forward: the values**")
        parts.append(_display(_forward_rows(derivation), "aligned"))
    if derivation.differentials:
        parts.append("**Forward: the values, and how they move: local derivative × tangent**")
        parts += [_display(_differential_rows(one), "aligned") for one in derivation.differentials]
    if derivation.seed is not None:
        parts.append("**Backward: upstream × local derivative, from the output to the inputs**")
        parts.append(f"$${derivation.seed[0].latex} {_relation(derivation.seed[1])} {derivation.seed[1].latex}$$")
        for step in derivation.backward:
            lead = f"${_math(step.name)} = {_math(step.formula)}$ with ${step.gradient.latex} {_relation(step.value)} {step.value.latex}$"
            rows = [_edge_latex(edge, step.gradient) for edge in step.edges] + [_sum_latex(one) for one in step.sums]
            parts += [lead, _display(rows, "aligned")]
    if derivation.results:
        parts.append("**Tangent**" if derivation.differentials else "**Gradient**")
        parts.append(_display(_result_rows(derivation), "aligned"))
    parts += [f"Note: {_markdown_text(note)}" for note in derivation.notes]
    return "\n\n".join(parts) + "\n"


def _display(rows: list[str], environment: str) -> str:
    body = " \\\\\n".join(rows)
    return f"$$\n\\begin{{{environment}}}\n{body}\n\\end{{{environment}}}\n$$"


_LATEX_HEAD = (
    r"\documentclass{article}",
    r"\usepackage[a4paper,margin=2.2cm]{geometry}",
    r"\usepackage{amsmath,amssymb}",
    r"\allowdisplaybreaks",
    r"\setlength{\parindent}{0pt}",
)


def _latex(derivation: Derivation, picture: str, preamble: Sequence[str]) -> str:
    """A document that compiles as it stands; its body can be taken into another one that loads amsmath."""
    head = [*_LATEX_HEAD, *preamble, r"\begin{document}"]
    return fit("\n".join([*head, *_latex_body(derivation, picture), r"\end{document}"])) + "\n"


def _latex_body(derivation: Derivation, picture: str) -> list[str]:
    """The lines between the document's beginning and its end."""
    lines = [rf"\[ {_math(derivation.title)} \]"]
    if derivation.given:
        lines.append("at $" + "$, $".join(f"{name.latex} {_relation(value)} {value.latex}" for name, value in derivation.given) + "$")
    if derivation.direction:
        lines.append(
            "\nalong $" + "$, $".join(f"{name.latex} {_relation(value)} {value.latex}" for name, value in derivation.direction) + "$"
        )
    if picture:
        lines += ["", r"\medskip", picture, ""]
    if derivation.forward:
        lines += [r"\subsection*{Forward: the values}", *_align(_forward_rows(derivation))]
    if derivation.differentials:
        lines.append(r"\subsection*{Forward: the values, and how they move: local derivative $\times$ tangent}")
        for one in derivation.differentials:
            lines += _align(_differential_rows(one))
    if derivation.seed is not None:
        lines.append(r"\subsection*{Backward: upstream $\times$ local derivative, from the output to the inputs}")
        lines.append(rf"\[ {derivation.seed[0].latex} {_relation(derivation.seed[1])} {derivation.seed[1].latex} \]")
        for step in derivation.backward:
            arrived = f"{step.gradient.latex} {_relation(step.value)} {step.value.latex}"
            lines.append(rf"$\displaystyle {_math(step.name)} = {_math(step.formula)}$ with ${arrived}$:")
            lines += _align([_edge_latex(edge, step.gradient) for edge in step.edges] + [_sum_latex(one) for one in step.sums])
    if derivation.results:
        head = "Tangent" if derivation.differentials else "Gradient"
        lines += [rf"\subsection*{{{head}}}", *_align(_result_rows(derivation))]
    lines += [rf"\medskip Note: {latex_text(note)}" + "\n" for note in derivation.notes]
    return lines


def _align(rows: list[str]) -> list[str]:
    return [r"\begin{align*}", " \\\\\n".join(rows), r"\end{align*}"]


def _result_rows(derivation: Derivation) -> list[str]:
    return [f"{one.gradient.latex} &{_relation(one.value)} {one.value.latex}" for one in derivation.results]


def _forward_rows(derivation: Derivation) -> list[str]:
    rows = []
    for one in derivation.forward:
        middle = f" {_relation(one.substituted)} {_math(one.substituted)}" if one.substituted else ""
        rows.append(f"{_math(one.name)} &= {_math(one.formula)}{middle} {_relation(one.value, one.substituted)} {one.value.latex}")
    return rows


def _differential_rows(one: Differential) -> list[str]:
    middle = f" {_relation(one.substituted)} {_math(one.substituted)}" if one.substituted else ""
    rows = [f"{_math(one.name)} &= {_math(one.formula)}{middle} {_relation(one.value, one.substituted)} {one.value.latex}"]
    symbols = " + ".join(rf"{_bracketed_sum(term.formula)} \, {term.operand.latex}" for term in one.terms)
    numbers = " + ".join(
        _bracketed(term.product.latex)
        if term.number is None
        else rf"{_bracketed(term.number.latex)} \cdot {_bracketed(term.tangent.latex)}"
        for term in one.terms
    )
    steps = {symbols: "=", numbers: _relation(*_numbers(one))}
    steps.setdefault(one.total.latex, _relation(one.total, *_numbers(one)))
    rows.append(f"{one.differential.latex} &" + " ".join(f"{sign} {step}" for step, sign in steps.items() if step))
    return rows


def _bracketed_sum(label: Label) -> str:
    """A formula before another factor: a sum in parentheses."""
    return rf"\left({_math(label)}\right)" if " " in label.text or label.text.startswith(MINUS) else _math(label)


def _edge_latex(edge: Edge, upstream: Label) -> str:
    steps = {edge.formula.latex: "="}
    if edge.substituted:
        steps.setdefault(edge.substituted.latex, _relation(edge.substituted))
    steps.setdefault(edge.number.latex, _relation(edge.number, edge.substituted))
    written = " ".join(f"{sign} {step}" for step, sign in steps.items() if step)
    told = f"{edge.local.latex} &{written}"
    if _is_whole(edge):
        return told
    if edge.chain is not None:
        gradient = rf"\text{{part of }} {edge.gradient.latex}" if edge.share else edge.gradient.latex
        shapes = rf" \qquad {edge.shapes.latex}" if edge.shapes is not None else ""
        return rf"{told} & {gradient} &= {edge.chain.latex} {_relation(edge.contribution)} {edge.contribution.latex}{shapes}"
    chain = rf"{upstream.latex} \cdot {edge.local.latex}"
    numbers = rf"{edge.upstream.latex} \times {_bracketed(edge.number.latex)}"
    numbers += f" {_relation(edge.contribution, edge.upstream, edge.number)} {edge.contribution.latex}"
    gradient = rf"\text{{part of }} {edge.gradient.latex}" if edge.share else edge.gradient.latex
    return rf"{told} & {gradient} &= {chain} {_relation(edge.upstream, edge.number)} {numbers}"


def _sum_latex(one: Sum) -> str:
    terms = [label.latex for label in one.contributions]
    more = r" + \cdots" if one.told > len(terms) else ""
    added = " + ".join([terms[0], *map(_bracketed, terms[1:])])
    return (
        f"{one.gradient.latex} &{_relation(*one.contributions)} {added}{more} {_relation(one.total, *one.contributions)} {one.total.latex}"
    )


def _relation(*labels: Label | None) -> str:
    """The sign before a number, as :func:`_sign`."""
    return r"\approx" if _sign(*labels) == "≈" else "="


def _bracketed(number: str) -> str:
    return rf"\left({number}\right)" if number.startswith("-") else number


def _math(label: Label) -> str:
    """The LaTeX of a label; text alone is set upright."""
    return label.latex or rf"\text{{{latex_text(label.text)}}}"


def _markdown_text(text: str) -> str:
    """Plain text inside a Markdown page."""
    return "".join("\\" + c if c in "\\`*_[]<>#$" else c for c in text)
