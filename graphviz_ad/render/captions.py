"""What a picture says in words: the legend and the tooltips."""

from __future__ import annotations

from ..scene.model import Label, Scene
from .mathset.glyphs import letter
from .mathset.pen import Pen
from .mathset.typeset import shorten
from .parts import SMALL, ArrowPart, CardPart, Parts, WirePart

LINE_STEP = 13.0


def draw_legend(parts: Parts, color: dict[str, str], pen: Pen) -> tuple[str, float, float]:
    """What the picture's signs mean, beside a miniature of them; with the width and height of it."""
    scene = parts.scene
    stacked = any(isinstance(part, CardPart) and part.stacked for part in parts.nodes)
    lines = legend_lines(scene, stacked)
    shown = scene.graded if any(wire.gradient is not None for wire in scene.wires) else ""
    if not lines:
        return "", 0.0, 0.0
    out, x = _miniature(scene.style, stacked, color, pen, shown) if scene.numeric else ("", 0.0)
    y = 9.0 if len(lines) > 1 else 16.0
    width = 0.0
    for line in lines:
        out += pen.write(line, x, y, SMALL, color["muted"])
        width, y = max(width, x + letter(line, SMALL).width), y + LINE_STEP
    return out, width, max(26.0 if scene.numeric else 0.0, y - 9.0)


def _miniature(style: str, stacked: bool, color: dict[str, str], pen: Pen, graded: str) -> tuple[str, float]:
    """A wire or a card in small, and where the text beside it begins."""

    def write(value_at: tuple[float, float], gradient_at: tuple[float, float]) -> str:
        value = pen.write("value", *value_at, SMALL, color["value"], bold=True, anchor="middle")
        return value + (pen.write(graded, *gradient_at, SMALL, color["gradient"], anchor="middle") if graded else "")

    if style != "card":
        line = f'<path d="M0 12.5h42" stroke="{color["wire"]}" stroke-width="1.9"/>'
        return line + write((21, 8.8), (21, 23.3)), 56.0
    width, top, height, cut = (54, 0, 26, "M0 13h54") if stacked else (98, 2, 20, "M44 2v20")
    border = color["gate-border"]
    box = f'<rect y="{top}" width="{width}" height="{height}" rx="7" fill="{color["gate-fill"]}" stroke="{border}"/>'
    box += f'<path d="{cut}" stroke="{border}" stroke-width="0.9"/>'
    return box + (write((27, 9.5), (27, 22.5)) if stacked else write((22, 15.3), (71, 15.3))), width + 14.0


def _exact(label: Label) -> str:
    return label.exact or label.text


def node_tip(part: WirePart | CardPart, graded: str = "gradient") -> str:
    """What a node's tooltip says when the scene does not: the exact numbers."""
    wire = part.wire
    if wire.tooltip:
        return wire.tooltip
    name = (wire.name or wire.output or wire.symbol).text
    lines = [name + (f" = {wire.formula.text}" if wire.formula is not None and wire.formula.text != name else "")]
    if wire.value is not None:
        lines.append(f"value {_exact(wire.value)}")
    if wire.gradient is not None:
        lines.append(f"{graded} {_exact(wire.gradient)}")
    return "\n".join(lines)


def arrow_tip(part: ArrowPart) -> str:
    """What an arrow's tooltip says when the scene does not."""
    arrow = part.arrow
    said = [_exact(label) for label in (arrow.local, arrow.formula, arrow.number) if label is not None]
    lines = [" = ".join(said)] if said else []
    if arrow.contribution is not None:
        lines.append(f"contribution {_exact(arrow.contribution)}")
    return "\n".join(lines)


def legend_lines(scene: Scene, stacked: bool) -> list[str]:
    """The legend, saying only what the picture has."""
    locals_ = any(a.local is not None or a.number is not None or a.formula is not None for a in scene.arrows)
    forks = any(a.forks and a.contribution is not None for a in scene.arrows)
    valued = any(wire.value is not None for wire in scene.wires)
    graded = any(wire.gradient is not None for wire in scene.wires)
    on_arrow = "on the arrow: local derivative"
    if not scene.numeric:
        return [f"{on_arrow}, as a formula"] if locals_ else []
    cells = ("top", "bottom", "node") if stacked else ("left", "right", "node")
    place = ("above the wire", "below", "wire") if scene.style == "wire" else cells
    lines = [f"{place[0]}: forward value"] if valued else []
    if scene.forward:
        lines = [f"{place[0]}: forward value"] if valued else []
        below = f"{place[1]}: tangent along {shorten(scene.direction, 60)}"
        lines.append(below + (f" · {on_arrow}" if locals_ else ""))
        told = ["where wires meet each arrow also shows local × tangent;", "the tangent is their sum"]
        return lines + told if forks else lines
    second = [f"{place[1]}: ∂{shorten(scene.output_name, 30)}/∂({place[2]})"] if graded else []
    if locals_:
        second.append(on_arrow)
    lines += [" · ".join(second)] if second else []
    if forks:
        lines += ["at a fork each arrow also shows its share, upstream × local;", "the gradient is the sum of the shares"]
    return lines
