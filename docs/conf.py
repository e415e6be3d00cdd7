"""Sphinx configuration."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent
sys.path[:0] = [str(ROOT), str(HERE / "extensions")]

import figures  # noqa: E402 - found in the folder of extensions

project = "gradviz"
author = "the gradviz authors"
project_copyright = "the gradviz authors"
version = release = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.mathjax",
    "sphinx_gallery.gen_gallery",
    "vocabulary",
    "docstrings",
]
myst_enable_extensions = ["dollarmath", "deflist"]
myst_heading_anchors = 3
exclude_patterns = ["_build", "extensions", "examples"]
nitpicky = False

autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"

# The gallery: its scripts with their committed pictures, nothing is run; see extensions/figures.py.
sphinx_gallery_conf = {
    "examples_dirs": figures.write_sources(HERE / "examples"),
    "gallery_dirs": ["figures/graphs", "figures/stories"],
    "within_subsection_order": "FileNameSortKey",
    "plot_gallery": "False",
    "download_all_examples": False,
    "show_memory": False,
    "show_signature": False,
    "write_computation_times": False,
    "image_scrapers": (),
    "reset_modules": (),
    "remove_config_comments": True,
}

html_theme = "furo"
html_title = f"gradviz {version}"
html_static_path = ["static"]
html_css_files = ["pages.css"]
# Live pages and the playground stand beside the pages, as they are.
html_extra_path = ["../gallery/live", "../gallery/playground.html", "schema.json"]
# Nothing is fetched from elsewhere when a page is read, but for MathJax on pages with formulas.
html_show_sourcelink = False
