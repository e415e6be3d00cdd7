"""Colours by role, in light and dark, and the style sheet that turns one into the other.

The contrast of every pair is computed in tests/render/test_theme.py (WCAG AA). Meaning never rests on colour alone: the
value is bold and above the wire, the gradient regular and below it.
"""

from __future__ import annotations

from ..errors import GradvizError

LIGHT = {
    "background": "#ffffff",
    "value": "#007360",
    "gradient": "#c00000",
    "tangent": "#6b21a8",
    "text": "#1f2937",
    "muted": "#5b6577",
    "wire": "#667085",
    "input-fill": "#f6f7f9",
    "input-border": "#98a2b3",
    "constant-fill": "#fffffe",  # one step from the background: the style sheet tells roles by their colour
    "gate-fill": "#eef1fe",
    "gate-border": "#4753c4",
    "gate-symbol": "#2b3499",
    "output-fill": "#fff6e0",
    "output-border": "#a16207",
    "cluster-fill": "#f5f6f9",
    "cluster-border": "#c3cad6",
}
DARK = {
    "background": "#0f1420",
    "value": "#5cebd2",
    "gradient": "#ff7373",
    "tangent": "#d6b4fe",
    "text": "#e6eaf2",
    "muted": "#a7b1c2",
    "wire": "#8693a8",
    "input-fill": "#202a3c",
    "input-border": "#8793a7",
    "constant-fill": "#101521",
    "gate-fill": "#232c52",
    "gate-border": "#8f9bff",
    "gate-symbol": "#d5daff",
    "output-fill": "#3a2e12",
    "output-border": "#e0b250",
    "cluster-fill": "#161d2c",
    "cluster-border": "#3a465c",
}
PALETTES = {
    "default": ({}, {}),
    "colorblind": ({"value": "#0b5fa5", "gradient": "#b54708"}, {"value": "#7cc4ff", "gradient": "#ffa566"}),
}
THEMES = ("auto", "light", "dark")


def colors(theme: str = "auto", palette: str = "default") -> dict[str, str]:
    """The colour of every role as it stands in the attributes: dark ones for the dark theme, else light ones.

    Raises :class:`GradvizError` for an unknown theme or palette.

    >>> colors("dark")["value"], colors(palette="colorblind")["value"]
    ('#5cebd2', '#0b5fa5')
    """
    if theme not in THEMES:
        raise GradvizError(f"unknown theme {theme!r}; known are {', '.join(THEMES)}")
    light, dark = _palette(palette)
    return dark if theme == "dark" else light


def style_sheet(scope: str, theme: str = "auto", palette: str = "default", unused: str = "tangent") -> str:
    """The rules that turn the light picture with this id dark where the reader prefers it; "" for the other themes.

    They select on the attributes of the elements, so the picture is complete without them, and on the id, so that two
    pictures on one page do not disturb each other. ``unused`` is a role that the picture has nothing of.
    """
    if theme != "auto":
        return ""
    light, dark = _palette(palette)
    rules = []
    for role, color in light.items():
        if role == unused:
            continue
        for attribute in ("fill", "stroke"):
            rules.append(f'#{scope} [{attribute}="{color}"]{{{attribute}:{dark[role]}}}')
    return "@media (prefers-color-scheme:dark){" + "".join(rules) + "}"


def _palette(palette: str) -> tuple[dict[str, str], dict[str, str]]:
    try:
        light, dark = PALETTES[palette]
    except KeyError:
        raise GradvizError(f"unknown palette {palette!r}; known are {', '.join(PALETTES)}") from None
    return LIGHT | light, DARK | dark
