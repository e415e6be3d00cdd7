"""Pictures of the lab: well-formed, the same every time, with what they claim to show."""

from __future__ import annotations

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
