"""The gallery: committed pictures are what the scripts give, and every script runs by itself."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

GALLERY = Path(__file__).parents[2] / "gallery"
SCRIPTS = sorted(path for path in GALLERY.glob("*.py") if path.stem != "build")


def test_there_is_a_script_for_every_figure() -> None:
    wanted = {
        "product",
        "max",
        "xyz",
        "neuron",
        "neuron_open",
        "neuron_closed",
        "circuit",
        "staged",
        "patterns",
        "square",
        "shared",
        "kink",
    }
    assert wanted <= {path.stem for path in SCRIPTS}
    assert all(path.with_suffix(suffix).is_file() for path in SCRIPTS for suffix in (".svg", ".png"))


def test_committed_files_are_up_to_date() -> None:
    done = subprocess.run([sys.executable, str(GALLERY / "build.py"), "--check"], capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    "script", [path for path in SCRIPTS if path.stem in ("xyz", "symbolic", "neuron_closed")], ids=lambda path: path.stem
)
def test_script_runs_by_itself(script: Path, tmp_path: Path) -> None:
    code = f"import sys, runpy; sys.path.insert(0, {str(GALLERY.parent)!r}); runpy.run_path({str(script)!r}, run_name='__main__')"
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, timeout=120, check=True)
    assert (tmp_path / f"{script.stem}.svg").read_bytes().startswith(b"<svg ")


def test_page_links_only_to_what_is_there() -> None:
    page = (GALLERY / "README.md").read_text("utf-8")
    links = re.findall(r"\]\(([^)\s]+)\)", page)
    assert len(links) >= 3 * len(SCRIPTS)
    assert not [link for link in links if not (GALLERY / link).is_file()]
