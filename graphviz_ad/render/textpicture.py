"""A scene as a tree of text, for terminals: outputs at the top, operands below, each node drawn once."""

from __future__ import annotations

import unicodedata

from ..scene.model import Arrow, Label, Scene, Wire
from .escape import plain

LEAST_ROOM = 30  # columns that a node's own text keeps, however deep it stands


def render_text(scene: Scene, width: int = 80) -> str:
    """The picture in Unicode on ``width`` columns.

    Every line: what the node is, its value, its gradient in parentheses, and on the right the local derivative by which it
    goes into the node above it. A node that is used again is named with an arrow up; what stands too deep is counted.

    >>> from graphviz_ad import parse
    >>> print(render_text(parse("q = x + y; f = q*z").at(x=-2, y=5, z=-4).scene(), 60), end="")
    f = q·z = −12  (1)
    ├─ q = x + y = 3  (−4)                            ∂f/∂q = −4
    │  ├─ x = −2  (−4)                                 ∂q/∂x = 1
    │  └─ y = 5  (−4)                                  ∂q/∂y = 1
    └─ z = −4  (3)                                     ∂f/∂z = 3
    """
    wires = {wire.id: wire for wire in scene.wires}
    into: dict[str, list[Arrow]] = {}
    for one in scene.arrows:
        into.setdefault(one.target, []).append(one)
    lines: list[str] = []
    seen: set[str] = set()
    # what stands before a line, how its children are indented, the node, the arrow by which it is used
    stack: list[tuple[str, str, Wire, Arrow | None]] = [("", "", wire, None) for wire in reversed(scene.wires) if wire.output is not None]
    while stack:
        before, indent, wire, arrow = stack.pop()
        below = into.get(wire.id, [])
        again = wire.id in seen and bool(below)
        seen.add(wire.id)
        lines.append(_line(before, _told(wire) + (" ↑" if again else ""), arrow, width))
        if again:
            continue
        if below and len(indent) + 3 + LEAST_ROOM > width:
            lines.append(f"{indent}└─ … deeper")
            continue
        for number in range(len(below) - 1, -1, -1):
            final = number == len(below) - 1
            deeper = indent + ("   " if final else "│  ")
            stack.append((indent + ("└─ " if final else "├─ "), deeper, wires[below[number].source], below[number]))
    lines += [_cut(plain(note), width) for note in scene.notes]
    return "\n".join(lines) + "\n"


def columns(text: str) -> int:
    """How many columns a text takes in a terminal: wide letters two, combining ones none.

    >>> columns("ab"), columns("変"), columns("e\\u0301")
    (2, 2, 1)
    """
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _told(wire: Wire) -> str:
    """The node in words: name = formula = value  (gradient)."""
    name = wire.output or wire.name
    parts = [label.text for label in (name, wire.formula) if label is not None] or [wire.symbol.text]
    if wire.kind in ("input", "constant", "elided") and name is None:
        parts = [wire.symbol.text]
    if wire.value is not None and wire.value.text != parts[-1]:
        parts.append(wire.value.text)
    text = " = ".join(dict.fromkeys(parts))
    return plain(text + (f"  ({wire.gradient.text})" if wire.gradient is not None else ""))


def _line(before: str, told: str, arrow: Arrow | None, width: int) -> str:
    right = ""
    if arrow is not None:
        said: list[Label] = [label for label in (arrow.local, arrow.number or arrow.formula) if label is not None]
        right = plain(" = ".join(label.text for label in said))
    room = width - len(before) - (columns(right) + 2 if right else 0)
    if room < 12:
        right, room = "", width - len(before)
    left = before + _cut(told, room)
    return left if not right else left + " " * max(2, width - columns(left) - columns(right)) + right


def _cut(text: str, most: int) -> str:
    """The text on at most so many columns."""
    if columns(text) <= most:
        return text
    kept, used = [], 1
    for c in text:
        used += columns(c)
        if used > most:
            break
        kept.append(c)
    return "".join(kept) + "…"
