"""The stories of the gallery: every script runs and gives the numbers that stand in the repository."""

from __future__ import annotations

import json
import math
import runpy
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

STORIES = Path(__file__).parents[2] / "gallery" / "stories"


def test_stories_give_their_numbers() -> None:
    done = subprocess.run([sys.executable, str(STORIES / "build.py"), "--check"], capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_numbers_tell_the_stories() -> None:
    numbers = json.loads((STORIES / "numbers.json").read_text("utf-8"))
    spiral = numbers["linear_and_network"]
    assert abs(spiral["linear: loss"] - 0.78) < 0.03
    assert abs(spiral["linear: accuracy"] - 0.49) < 0.04
    assert spiral["network: accuracy"] >= 0.98
    assert 115 < numbers["learned_features"]["smallest angle between two"] <= numbers["learned_features"]["largest"] < 125
    assert numbers["hidden_neurons"]["2 neurons: accuracy"] < 0.9 < 0.99 < numbers["hidden_neurons"]["6 neurons: accuracy"]


def test_the_gap_grows_with_width() -> None:
    story = json.loads((STORIES / "numbers.json").read_text("utf-8"))["width_and_overfitting"]
    gaps = {int(key.split()[0]): value for key, value in story.items() if key.endswith("gap")}
    assert list(gaps) == [1, 2, 4, 8, 16, 32, 64, 128, 256]
    assert all(abs(gaps[width]) < 0.05 for width in (1, 2, 4))
    wide = [gaps[width] for width in gaps if width >= 4]
    assert all(later > before for before, later in pairwise(wide))
    assert gaps[256] > 0.25
    held = {int(key.split()[0]): value for key, value in story.items() if key.endswith("validation")}
    assert max(held, key=held.__getitem__) == 8
    assert held[256] < held[8] - 0.05


def test_gradients_fade_through_sigmoids() -> None:
    story = json.loads((STORIES / "numbers.json").read_text("utf-8"))["depth_and_vanishing"]
    sigmoid, relu = ([story[f"{name}: norm of layer {layer}"] for layer in range(1, 8)] for name in ("sigmoid", "relu"))
    assert all(later > 3 * before for before, later in pairwise(sigmoid))
    assert sigmoid[-1] > 10_000 * sigmoid[0]
    assert max(relu) < 5 * min(relu)
    for depth in range(1, 7):
        assert story[f"relu, {depth} hidden: median loss"] < 0.5
    for depth in (3, 4, 5, 6):
        assert abs(story[f"sigmoid, {depth} hidden: median loss"] - math.log(3)) < 0.01


def test_another_number_is_noticed() -> None:
    build = runpy.run_path(str(STORIES / "build.py"))
    known = {"loss": 0.5, "norm": 4.4e-5}
    assert build["differ"]("story", known, known, {"norm"}) == []
    assert build["differ"]("story", {**known, "norm": 4.5e-5}, known, {"norm"}) == ["story: norm is 4.5e-05, committed 4.4e-05"]
    assert build["differ"]("story", {**known, "loss": 0.54}, known, {"norm"}) == ["story: loss is 0.54, committed 0.5"]
    assert build["differ"]("story", {**known, "loss": math.nan}, known, {"norm"})
    assert "has the numbers" in build["differ"]("story", {"loss": 0.5}, known, set())[0]
