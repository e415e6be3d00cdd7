"""GIF and animated PNG, frame by frame: what has been reached is seen, what has not is not, the last frame is the whole picture."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest

import graphviz_ad as gv
from graphviz_ad.formats.writing import produce
from graphviz_ad.render.animation import steps
from graphviz_ad.render.film import MOST_FRAMES, _gathered, render_film
from graphviz_ad.render.theme import LIGHT

pytestmark = pytest.mark.needs_animation
POINT = gv.parse("q = x + y; f = q*z").at(x=-2, y=5, z=-4)


def frames(data: bytes) -> list[Any]:
    from PIL import Image, ImageSequence

    return [frame.convert("RGB") for frame in ImageSequence.Iterator(Image.open(BytesIO(data)))]


def amount(frame: Any, role: str) -> int:
    """How many pixels are near a role's colour."""
    wanted = bytes.fromhex(LIGHT[role][1:])
    raw = frame.tobytes()
    near = 0
    for place in range(0, len(raw), 3):
        if all(abs(raw[place + k] - wanted[k]) < 24 for k in range(3)):
            near += 1
    return near


@pytest.mark.parametrize("format", ["gif", "apng"])
def test_values_appear_then_gradients(format: str) -> None:
    film = frames(produce(POINT.graph, POINT, format, scale=1.0))
    assert len(film) == len(steps(POINT.scene())) + 2
    values, gradients = [amount(frame, "value") for frame in film], [amount(frame, "gradient") for frame in film]
    assert values[0] < values[1] < values[2] == values[-1]  # two operations
    assert gradients[0] == gradients[1] == gradients[2] < gradients[3]  # nothing comes back before the output is known
    assert gradients[3:] == sorted(gradients[3:])
    assert gradients[-1] > 2 * gradients[2]


def test_the_last_frame_is_the_picture() -> None:
    from PIL import Image, ImageChops

    last = frames(produce(POINT.graph, POINT, "apng", scale=1.0))[-1]
    still = Image.open(BytesIO(produce(POINT.graph, POINT, "png", scale=1.0))).convert("RGB")
    assert ImageChops.difference(last, still).getbbox() is None


def test_it_repeats_rests_at_the_end_and_says_what_it_shows() -> None:
    from PIL import Image

    gif, apng = (Image.open(BytesIO(produce(POINT.graph, POINT, format, scale=0.5))) for format in ("gif", "apng"))
    assert (gif.info["loop"], apng.info["loop"]) == (0, 0)
    assert gif.info["comment"].startswith(b"written by gradviz (graphviz_ad): Computational graph of f")
    assert apng.text["Description"] == POINT.scene().description
    durations = []
    for number in range(gif.n_frames):
        gif.seek(number)
        durations.append(gif.info["duration"])
    assert max(durations[:-1]) < durations[-1]


def test_the_same_bytes_every_time() -> None:
    assert produce(POINT.graph, POINT, "gif", scale=0.5) == produce(POINT.graph, POINT, "gif", scale=0.5)


def test_many_steps_share_frames() -> None:
    played = [[f"value-n{k}"] for k in range(500)]
    gathered = _gathered(played)
    assert len(gathered) <= MOST_FRAMES
    assert [name for step in gathered for name in step] == [step[0] for step in played]


def test_forward_mode_plays_too() -> None:
    scene = POINT.along(x=1).scene()
    played = steps(scene)
    assert played[0] == ["value-n3"]
    assert played[2] == ["gradient-n3"]
    assert len(frames(render_film(scene, "gif", scale=0.5))) == len(played) + 2


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(gv.GradvizError, match="gif, apng"):
        render_film(POINT.scene(), "mp4")
