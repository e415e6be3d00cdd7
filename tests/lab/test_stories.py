"""The stories of the gallery: every script runs and gives the numbers that stand in the repository."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

STORIES = Path(__file__).parents[2] / "gallery" / "stories"


def test_stories_give_their_numbers() -> None:
    done = subprocess.run([sys.executable, str(STORIES / "build.py"), "--check"], capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_numbers_tell_the_stories() -> None:
    numbers = json.loads((STORIES / "numbers.json").read_text("utf-8"))
    spiral = numbers["linear_and_network"]
    assert abs(spiral["linear: accuracy"] - 0.49) < 0.04
    assert spiral["network: accuracy"] >= 0.98
    assert numbers["width_and_overfitting"]["256 neurons: gap"] > 3 * numbers["width_and_overfitting"]["1 neurons: gap"]
    fading = numbers["depth_and_vanishing"]
    assert fading["sigmoid: first layer over last"] < 0.001 < 0.1 < fading["relu: first layer over last"]
    assert 115 < numbers["learned_features"]["smallest angle between two"] <= numbers["learned_features"]["largest"] < 125
