"""Colours can be told apart, by people who see all of them and by people who do not."""

from __future__ import annotations

import math
import re
from itertools import pairwise

import pytest

from graphviz_ad.errors import GradvizError
from graphviz_ad.render.svg import render_svg
from graphviz_ad.render.theme import PALETTES, colors, style_sheet
from tests.render import scenes

ON = {  # role: the backgrounds that text of this role stands on
    "text": ("background", "input-fill", "constant-fill", "output-fill", "cluster-fill", "gate-fill"),
    "muted": ("background", "input-fill", "cluster-fill", "gate-fill", "output-fill", "constant-fill"),
    "value": ("background", "cluster-fill", "gate-fill", "output-fill", "constant-fill"),
    "gradient": ("background", "cluster-fill", "gate-fill", "output-fill", "constant-fill"),
    "gate-symbol": ("gate-fill",),
}
VARIANTS = [(theme, palette) for theme in ("light", "dark") for palette in PALETTES]


def linear(color: str) -> list[float]:
    """sRGB as linear light (IEC 61966-2-1)."""
    channels = [int(color[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]


def contrast(first: str, second: str) -> float:
    """WCAG 2.2 contrast ratio."""
    light, dark = sorted(
        (sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear(x), strict=True)) for x in (first, second)), reverse=True
    )
    return (light + 0.05) / (dark + 0.05)


def lab(rgb: list[float]) -> tuple[float, float, float]:
    """CIELAB of linear sRGB under D65."""
    rows = ((0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750), (0.0193339, 0.1191920, 0.9503041))
    xyz = [sum(a * max(0.0, min(1.0, b)) for a, b in zip(row, rgb, strict=True)) for row in rows]
    f = [
        math.cbrt(v / w) if v / w > 216 / 24389 else (24389 / 27 * v / w + 16) / 116
        for v, w in zip(xyz, (0.95047, 1.0, 1.08883), strict=True)
    ]
    return 116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])


def ciede2000(one: tuple[float, float, float], two: tuple[float, float, float]) -> float:
    """Colour difference (Sharma, Wu, Dalal 2005)."""
    c_mean = (math.hypot(*one[1:]) + math.hypot(*two[1:])) / 2
    g = 0.5 * (1 - math.sqrt(c_mean**7 / (c_mean**7 + 25**7)))
    a1, a2 = one[1] * (1 + g), two[1] * (1 + g)
    c1, c2 = math.hypot(a1, one[2]), math.hypot(a2, two[2])
    h1, h2 = math.degrees(math.atan2(one[2], a1)) % 360, math.degrees(math.atan2(two[2], a2)) % 360
    dl, dc = two[0] - one[0], c2 - c1
    dh = (h2 - h1 + 180) % 360 - 180
    big_dh = 2 * math.sqrt(c1 * c2) * math.sin(math.radians(dh / 2))
    l_, c_ = (one[0] + two[0]) / 2, (c1 + c2) / 2
    h_ = (h1 + h2) / 2 if abs(h1 - h2) <= 180 else ((h1 + h2 + 360) / 2) % 360
    t = (1 - 0.17 * math.cos(math.radians(h_ - 30)) + 0.24 * math.cos(math.radians(2 * h_)) + 0.32 * math.cos(math.radians(3 * h_ + 6))
         - 0.20 * math.cos(math.radians(4 * h_ - 63)))  # fmt: skip
    s_l = 1 + 0.015 * (l_ - 50) ** 2 / math.sqrt(20 + (l_ - 50) ** 2)
    s_c, s_h = 1 + 0.045 * c_, 1 + 0.015 * c_ * t
    r_t = -math.sin(math.radians(60 * math.exp(-(((h_ - 275) / 25) ** 2)))) * 2 * math.sqrt(c_**7 / (c_**7 + 25**7))
    return math.sqrt((dl / s_l) ** 2 + (dc / s_c) ** 2 + (big_dh / s_h) ** 2 + r_t * dc / s_c * big_dh / s_h)


BLINDNESS = {  # Machado, Oliveira, Fernandes 2009, severity 1, on linear light
    "none": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}


def test_the_measures_are_right() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    # two pairs of the table published with the formula
    assert ciede2000((50, 2.6772, -79.7751), (50, 0, -82.7485)) == pytest.approx(2.0425, abs=1e-4)
    assert ciede2000((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387)) == pytest.approx(1.2644, abs=1e-4)


@pytest.mark.parametrize(("theme", "palette"), VARIANTS)
def test_text_has_the_contrast_of_wcag_aa(theme: str, palette: str) -> None:
    color = colors(theme, palette)
    for role, grounds in ON.items():
        for ground in grounds:
            assert contrast(color[role], color[ground]) >= 4.5, (role, ground)
    for role in ("wire", "gate-border", "output-border"):  # lines: 3 to 1
        assert contrast(color[role], color["background"]) >= 3, role


@pytest.mark.parametrize("blindness", BLINDNESS)
@pytest.mark.parametrize(("theme", "palette"), VARIANTS)
def test_value_and_gradient_differ_for_everybody(theme: str, palette: str, blindness: str) -> None:
    color = colors(theme, palette)
    seen = [
        lab([sum(m * c for m, c in zip(row, linear(color[role]), strict=True)) for row in BLINDNESS[blindness]])
        for role in ("value", "gradient")
    ]
    assert ciede2000(*seen) >= 20


@pytest.mark.parametrize("palette", PALETTES)
def test_every_role_has_its_own_colour_in_lower_case(palette: str) -> None:
    for theme in ("light", "dark"):
        found = list(colors(theme, palette).values())
        assert len(set(found)) == len(found)
        assert all(re.fullmatch("#[0-9a-f]{6}", c) for c in found)


@pytest.mark.parametrize("palette", PALETTES)
def test_the_style_sheet_turns_every_colour_of_the_picture_dark(palette: str) -> None:
    svg = render_svg(scenes.neuron(), palette=palette, bundled=True)
    scope = re.search(r'<svg [^>]*id="([^"]+)"', svg)
    assert scope is not None
    sheet = style_sheet(scope[1], "auto", palette)
    assert f"<style>{sheet}</style>" in svg
    dark, light = set(colors("dark", palette).values()), set(colors("light", palette).values())
    rules = dict(re.findall(rf'#{scope[1]} (\[(?:fill|stroke)="#[0-9a-f]{{6}}"\]){{(?:fill|stroke):(#[0-9a-f]{{6}})}}', sheet))
    for attribute, color in set(re.findall(r'\b(fill|stroke)="(#[^"]*)"', svg.replace(sheet, ""))):
        assert color in light
        assert rules[f'[{attribute}="{color}"]'] in dark


def test_the_dark_theme_is_the_style_sheets_picture() -> None:
    automatic, dark = (render_svg(scenes.opening(), theme=theme, bundled=True) for theme in ("auto", "dark"))
    mapping = dict(zip(colors("light").values(), colors("dark").values(), strict=True))
    body = re.sub(r"<style>.*?</style>", "", automatic)
    for light, darker in mapping.items():
        body = body.replace(f'"{light}"', f'"{darker}"')

    def anonymous(svg: str) -> str:
        return re.sub("gv[0-9a-f]{8}", "", svg)

    assert anonymous(body) == anonymous(dark)
    assert "<style>" not in dark
    assert "<style>" not in render_svg(scenes.opening(), theme="light", bundled=True)


def test_unknown_choices_are_named() -> None:
    for options, says in (({"theme": "blue"}, "auto, light, dark"), ({"palette": "x"}, "colorblind"), ({"math": "x"}, "typeset, unicode")):
        with pytest.raises(GradvizError, match=says):
            render_svg(scenes.opening(), bundled=True, **options)
    with pytest.raises(GradvizError, match="style"):
        render_svg(scenes.opening()._replace(style="mural"), bundled=True)


def test_consecutive_scopes_differ() -> None:
    found = [re.search(r'id="(gv[0-9a-f]+)"', render_svg(scene(), bundled=True)) for scene in (scenes.opening, scenes.square, scenes.kink)]
    for one, two in pairwise(found):
        assert one is not None
        assert two is not None
        assert one[1] != two[1]
