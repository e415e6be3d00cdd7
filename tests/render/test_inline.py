"""Images inside of a terminal: the bytes decoded again, and compared with the picture that went in."""

from __future__ import annotations

import re
from base64 import b64decode
from io import BytesIO

import pytest

import graphviz_ad as gv
from graphviz_ad.formats.writing import produce
from graphviz_ad.render.inline import encode, size_of

POINT = gv.parse("(x + y)*z").at(x=-2, y=5, z=-4)
PNG = produce(POINT.graph, POINT, "png", scale=1.0)


def test_kitty_sends_the_whole_file_in_chunks() -> None:
    sent = encode(PNG, "kitty", columns=60)
    commands = re.findall(rb"\x1b_G([^;]*);([^\x1b]*)\x1b\\", sent)
    assert b"".join(b"\x1b_G" + keys + b";" + data + b"\x1b\\" for keys, data in commands) + b"\n" == sent
    assert commands[0][0].startswith(b"a=T,f=100,q=2,c=60,m=")
    assert [keys[-3:] for keys, _ in commands] == [b"m=1"] * (len(commands) - 1) + [b"m=0"]
    assert len(commands) > 1
    assert all(len(data) <= 4096 for _, data in commands)
    assert b64decode(b"".join(data for _, data in commands)) == PNG


def test_iterm_sends_the_whole_file_at_once() -> None:
    found = re.fullmatch(
        rb"\x1b\]1337;File=inline=1;size=(\d+);width=60;preserveAspectRatio=1:([A-Za-z0-9+/=]+)\x07\n", encode(PNG, "iterm", columns=60)
    )
    assert found is not None
    assert (int(found[1]), b64decode(found[2])) == (len(PNG), PNG)


@pytest.mark.needs_animation
@pytest.mark.parametrize("pixels", [None, 150])
def test_sixels_are_the_picture(pixels: int | None) -> None:
    from PIL import Image, ImageChops

    sent = encode(PNG, "sixel", pixels=pixels)
    shown = drawn_by_a_terminal(sent)
    before = Image.open(BytesIO(PNG)).convert("RGB")
    if pixels:
        before = before.resize((pixels, round(before.height * pixels / before.width)), Image.Resampling.LANCZOS)
    assert shown.size == before.size
    difference = ImageChops.difference(before, shown).convert("L")
    assert sum(difference.histogram()[24:]) < 0.01 * before.width * before.height  # the palette has 64 colours


def drawn_by_a_terminal(sent: bytes) -> object:
    """What a terminal makes of sixels: a second reading of the format, from its definition."""
    from PIL import Image

    found = re.fullmatch(rb'\x1bP0;1;0q"1;1;(\d+);(\d+)(.*)\x1b\\\n', sent, re.DOTALL)
    assert found is not None
    image = Image.new("RGB", (int(found[1]), int(found[2])), "magenta")
    palette: dict[int, tuple[int, ...]] = {}
    color, x, top = (0, 0, 0), 0, 0
    for define, percent, choose, count, sign in re.findall(rb"#(\d+);2;(\d+;\d+;\d+)|#(\d+)|(?:!(\d+))?([?-~$-])", found[3]):
        if define:
            palette[int(define)] = tuple(round(int(part) * 2.55) for part in percent.split(b";"))
        elif choose:
            color = palette[int(choose)]
        elif sign == b"$":
            x = 0
        elif sign == b"-":
            x, top = 0, top + 6
        else:
            end = x + int(count or 1)
            for column in range(x, end):
                for bit in range(6):
                    if (sign[0] - 63) >> bit & 1:
                        image.putpixel((column, top + bit), color)
            x = end
    return image


def test_what_cannot_be_sent_is_an_error() -> None:
    with pytest.raises(gv.GradvizError, match="kitty, iterm, sixel"):
        encode(PNG, "postcard")
    assert size_of(PNG)[0] > size_of(PNG)[1] > 0
