"""Pictures of the lab: well-formed, the same every time, with what they claim to show."""

from __future__ import annotations

import base64
import re
import zlib
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest

import graphviz_ad as gv
from graphviz_ad import lab
from graphviz_ad.lab import architecture, canvas, charts, maps

SVG = "{http://www.w3.org/2000/svg}"
DATA = lab.make("circles", points=60)
RESULT = lab.train(lab.network((2, 3, 1), loss="logistic"), DATA, steps=400, rate=0.05, optimiser="adam", seed=3)


def pictures() -> dict[str, canvas.Picture]:
    return {
        "boundary": maps.draw_boundary(RESULT.model, RESULT.parameters, DATA, "circles", "98 %"),
        "neurons": maps.draw_neurons(RESULT.model, RESULT.parameters, DATA),
        "points": maps.draw_points(DATA),
        "history": charts.draw_history(RESULT),
        "norms": charts.draw_norms(RESULT),
        "activations": charts.draw_activations(["relu", "tanh"]),
        "architecture": architecture.draw_architecture(RESULT.model, RESULT.parameters, DATA.features),
    }


@pytest.mark.parametrize("name", pictures())
@pytest.mark.parametrize("theme", ["auto", "light", "dark"])
def test_pictures_are_well_formed_and_repeatable(name: str, theme: str) -> None:
    one, two = pictures()[name].svg(theme), pictures()[name].svg(theme)
    assert one == two
    root = ET.fromstring(one)
    assert root.get("aria-label")
    assert "nan" not in one.lower().split("base64")[0]
    assert ("prefers-color-scheme" in one) == (theme == "auto")
    outlined = ET.fromstring(pictures()[name].svg(theme, outlines=True))
    assert not outlined.findall(f".//{SVG}text")


def test_a_boundary_lies_where_the_score_is_zero() -> None:
    table = np.add.outer(np.linspace(-1, 1, 21) ** 2, np.linspace(-1, 1, 21) ** 2) - 0.49  # a circle of radius 0.7
    path = maps.contour(table, 0, 0, 200)
    points = [tuple(map(float, pair.split(","))) for piece in path.split("M")[1:] for pair in piece.split()]
    radii = [np.hypot(x - 100, y - 100) for x, y in points]
    assert len(points) > 60
    np.testing.assert_allclose(radii, 70, atol=0.5)


def test_architecture_shows_every_weight_and_the_count() -> None:
    root = ET.fromstring(architecture.draw_architecture(RESULT.model, RESULT.parameters).svg())
    assert len(root.findall(f"{SVG}circle")) == 6
    assert len(root.findall(f"{SVG}path")) == 2 * 3 + 3
    assert "308,310 parameters" in architecture.draw_architecture(lab.network((3072, 100, 10))).svg()


@pytest.mark.parametrize(("name", "kinks"), [("relu", [0]), ("hardswish", [-3, 3]), ("tanh", []), ("elu", []), ("softshrink", [-0.5, 0.5])])
def test_kinks_of_activations(name: str, kinks: list[float]) -> None:
    assert charts.describe_activation(name).kinks == pytest.approx(kinks)


def test_every_activation_has_a_chart() -> None:
    for name in lab.activations():
        about = charts.describe_activation(name)
        middle = [k for k in range(10, 390) if all(abs(about.xs[k] - kink) > 0.1 for kink in about.kinks)]
        slopes = np.gradient(about.values, about.xs)
        np.testing.assert_allclose(np.array(about.slopes)[middle], slopes[middle], atol=0.03)


def test_pictures_are_saved_by_suffix(tmp_path: Path) -> None:
    picture = maps.draw_points(DATA)
    picture.save(tmp_path / "a.svg")
    picture.save(tmp_path / "a.png")
    assert (tmp_path / "a.svg").read_text("utf-8").startswith("<svg")
    assert (tmp_path / "a.png").read_bytes()[:4] == b"\x89PNG"
    with pytest.raises(gv.GradvizError, match=r"\.svg or \.png"):
        picture.save(tmp_path / "a.pdf")
    with pytest.raises(gv.BindingError, match="two features"):
        maps.draw_points(DATA._replace(X=np.zeros((4, 3))))


@pytest.mark.parametrize("name", ["silu", "mish", "gelu"])
def test_a_valley_is_not_saturation(name: str) -> None:
    bands = charts.describe_activation(name).bands
    assert [(band.name, band.low) for band in bands] == [("flat", -5.0)]  # not where the slope passes through 0


def test_the_spread_of_a_curve_is_shaded_between_its_edges() -> None:
    xs = [0, 1, 2]
    plain = charts.Curve("mean", xs, [1.0, 2.0, 3.0])
    shaded = plain._replace(spread=[(0.5, 1.5), (1.0, 3.0), (2.0, 6.0)])
    one, two = (ET.fromstring(charts.draw_curves([curve], "t").svg()) for curve in (plain, shaded))
    assert not [path for path in one.iter(f"{SVG}path") if path.get("fill-opacity")]
    (area,) = [path for path in two.iter(f"{SVG}path") if path.get("fill-opacity")]
    corners = [tuple(map(float, pair.split(","))) for pair in area.get("d", "").strip("MZ").split()]
    assert len(corners) == 6
    assert [x for x, _ in corners[:3]] == [x for x, _ in corners[:2:-1]]
    assert all(low > high for (_, low), (_, high) in zip(corners[:3], corners[:2:-1], strict=True))  # y runs downwards
    assert min(y for _, y in corners) > 40  # the chart reaches to the highest edge


def test_of_many_neurons_the_strongest_are_drawn() -> None:
    model = lab.network((2, 40, 2))
    parameters = {name: np.zeros(shape) for name, shape in model.shapes.items()}
    strong = [3, 7, 11, 12, 13, 20, 21, 30, 33, 38, 39]
    for rank, neuron in enumerate(strong):
        parameters["W1"][:, neuron] = parameters["W2"][neuron] = 1.0 + rank
    text = architecture.draw_architecture(model, parameters).svg()
    assert [int(k) - 1 for k in re.findall(r"<title>relu (\d+) of 40</title>", text)] == strong
    assert "11 strongest" in text
    plain = architecture.draw_architecture(model).svg()
    assert [int(k) for k in re.findall(r"<title>relu (\d+) of 40</title>", plain)] == [1, 2, 3, 4, 5, 6, 36, 37, 38, 39, 40]


def test_neurons_come_by_their_weight_and_silent_ones_say_so() -> None:
    model = lab.network((2, 3, 2))
    parameters = {name: np.zeros(shape) for name, shape in model.shapes.items()}
    parameters["W1"][0], parameters["b1"][0] = [1.0, 1.0, 1.0], -100.0  # the first never answers
    parameters["W2"][:] = [[1, 1], [1, 1], [5, 5]]
    text = maps.draw_neurons(model, parameters, DATA).svg()
    assert re.findall(r">(neuron \d[^<]*)<", text.split("</style>")[-1]) == ["neuron 3", "neuron 2", "neuron 1, silent"]


def test_neurons_are_coloured_around_their_answer_to_nothing() -> None:
    model = lab.network((2, 1, 2), "sigmoid")
    parameters = {name: np.ones(shape) for name, shape in model.shapes.items()} | {"b1": np.zeros(1), "W1": np.array([[1.0], [0.0]])}
    text = maps.draw_neurons(model, parameters, DATA).svg()
    assert "orange above 0.5" in text
    found = re.search(r'href="data:image/png;base64,([^"]+)"', text)
    assert found is not None
    data = base64.b64decode(found[1])
    start = data.index(b"IDAT") + 4
    rows = np.frombuffer(zlib.decompressobj().decompress(data[start:]), np.uint8).reshape(80, 1 + 80 * 4)[:, 1:].reshape(80, 80, 4)
    left, right = (tuple(rows[40, column, :3].tolist()) for column in (2, -3))
    assert (left, right) == (canvas.rgb("#2f7ed8"), canvas.rgb("#e8871e"))
