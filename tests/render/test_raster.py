"""Pixels and PDF."""

from __future__ import annotations

import struct
import sys
import zlib
from collections import Counter

import pytest

import graphviz_ad as gv
from graphviz_ad.errors import EngineError, GradvizError
from graphviz_ad.formats.writing import produce
from graphviz_ad.render import render
from graphviz_ad.render.raster import to_pdf, to_png
from graphviz_ad.render.svg import render_svg
from graphviz_ad.render.theme import colors
from tests.render import scenes


def pixels(png: bytes) -> tuple[int, int, Counter[str]]:
    """Width, height and how often each colour occurs. (PNG specification, chapter 9: the five filters.)"""
    at, data, width, height, kind = 8, b"", 0, 0, 0
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        name, body = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        assert struct.unpack(">I", png[at + 8 + length : at + 12 + length])[0] == zlib.crc32(name + body)
        if name == b"IHDR":
            width, height, _, kind = struct.unpack(">IIBB", body[:10])
        if name == b"IDAT":
            data += body
        at += 12 + length
    step = {2: 3, 6: 4}[kind]
    raw, stride = zlib.decompress(data), width * step
    seen: Counter[str] = Counter()
    above = bytearray(stride)
    for row in range(height):
        start = row * (stride + 1)
        how, line = raw[start], bytearray(raw[start + 1 : start + 1 + stride])
        for k in range(stride):
            a, b, c = (line[k - step] if k >= step else 0), above[k], (above[k - step] if k >= step else 0)
            p = a + b - c
            nearest = min(((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c)))[2]
            line[k] = (line[k] + (0, a, b, (a + b) // 2, nearest)[how]) & 255
        for k in range(0, stride, step):
            seen[f"#{line[k]:02x}{line[k + 1]:02x}{line[k + 2]:02x}"] += 1
        above = line
    return width, height, seen


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", ["opening", "neuron", "matrices", "symbolic"])
def test_every_style_has_ink_in_its_colours(name: str, theme: str) -> None:
    width, height, seen = pixels(render(scenes.ALL[name](), "png", theme=theme, bundled=True, scale=1))
    color = colors(theme)
    assert seen.most_common(1)[0][0] == color["background"]
    roles = ["text", "gate-border", "wire"] + ([] if name == "symbolic" else ["value", "gradient"])
    for role in roles:
        assert seen[color[role]] > 10, role
    assert sum(seen.values()) == width * height


def test_text_needs_no_fonts() -> None:
    svg = render_svg(scenes.opening(), theme="light", bundled=True, outlines=True)
    assert "<text" not in svg
    assert b"gradviz" in to_png(svg)[:100]


def test_the_scale_is_that_of_96_dots_per_inch_and_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    svg = render_svg(scenes.square(), theme="light", bundled=True, outlines=True)
    once, twice = (struct.unpack(">II", to_png(svg, scale)[16:24]) for scale in (1, 2))
    assert twice == (2 * once[0], 2 * once[1])
    monkeypatch.setattr("graphviz_ad.render.raster.MOST_PIXELS", 10_000)
    small = struct.unpack(">II", to_png(svg, 100)[16:24])
    assert 8_000 < small[0] * small[1] < 11_000


def test_what_resvg_refuses_is_an_error() -> None:
    with pytest.raises(EngineError, match="resvg"):
        to_png("<svg")


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    with pytest.raises(EngineError, match=r'pip install "graphviz_ad\[pdf\]"'):
        render(scenes.opening(), "pdf", bundled=True)
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    with pytest.raises(EngineError, match="pip install resvg-py"):
        render(scenes.opening(), "png", bundled=True)


@pytest.mark.needs_pdf
def test_the_pdf_has_the_size_of_the_picture() -> None:
    svg = render_svg(scenes.opening(), theme="light", bundled=True)
    width, height = svg.split('viewBox="0 0 ')[1].split('"')[0].split()
    pdf = to_pdf(svg)
    assert pdf.startswith(b"%PDF-")
    assert f"/MediaBox [0 0 {width} {height}]".encode() in pdf


def test_unknown_formats_are_named() -> None:
    with pytest.raises(GradvizError, match="svg, png, pdf, dot"):
        render(scenes.opening(), "bmp")


def test_characters_without_outline_appear_all_the_same() -> None:
    scene = scenes.opening()
    plain, special = scene._replace(title=None), scene._replace(title=scenes.Label("ѮѮѮѮѮ"))
    svg = render_svg(special, theme="light", bundled=True, outlines=True)
    assert "<text" in svg
    ink = [pixels(render(s, "png", theme="light", bundled=True, scale=1))[2]["#1f2937"] for s in (plain, special)]
    assert ink[1] > ink[0] + 20


def test_png_says_what_it_shows() -> None:
    point = gv.parse("x*y").at(x=2, y=3)
    png = produce(point.graph, point, "png", scale=0.5)
    assert b"iTXtDescription\x00\x00\x00\x00\x00" + point.scene().description.encode() in png
    chunks, at = [], 8
    while at < len(png):  # the format's own check: length, kind, data, CRC
        size = int.from_bytes(png[at : at + 4], "big")
        assert zlib.crc32(png[at + 4 : at + 8 + size]) == int.from_bytes(png[at + 8 + size : at + 12 + size], "big")
        chunks.append(png[at + 4 : at + 8])
        at += 12 + size
    assert chunks[:3] == [b"IHDR", b"tEXt", b"iTXt"]
    assert chunks[-1] == b"IEND"
