"""What every test shares: optional needs, and a run in which nothing may be skipped.

A test marked ``needs_…`` (the markers are listed in pyproject.toml) is skipped where the thing it needs is missing, so
that the suite passes on a machine with only Python and pip. With ``GRADVIZ_REQUIRE_ALL=1`` every skip, for whatever
reason, is a failure: that is how continuous integration knows that each test has run somewhere.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Generator, Iterator
from typing import Any

import pytest
from hypothesis import settings

# Machines differ in speed, so no deadlines. Continuous integration must fail on a fault and never by chance: there the
# examples are derived from the test itself; elsewhere each run tries new ones.
settings.register_profile("default", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "default")

REQUIRE_ALL = os.environ.get("GRADVIZ_REQUIRE_ALL") == "1"

_NEEDS = {
    "needs_dot": ("Graphviz's dot on the PATH", lambda: shutil.which("dot") is not None),
    "needs_pdf": ("the extra pdf", lambda: importlib.util.find_spec("vl_convert") is not None),
    "needs_animation": ("the extra animation", lambda: importlib.util.find_spec("PIL") is not None),
    "needs_latex": ("pdflatex on the PATH", lambda: shutil.which("pdflatex") is not None),
    "needs_arb": ("the extra arb", lambda: importlib.util.find_spec("flint") is not None),
    "needs_torch": ("the extra torch", lambda: importlib.util.find_spec("torch") is not None),
    "needs_autograd": ("autograd, of the extra dev", lambda: importlib.util.find_spec("autograd") is not None),
    "needs_jax": ("the extra jax", lambda: importlib.util.find_spec("jax") is not None),
    "needs_casadi": ("the extra casadi", lambda: importlib.util.find_spec("casadi") is not None),
    "needs_dask": ("the extra dask", lambda: importlib.util.find_spec("distributed") is not None),
    "needs_onnx": ("the extra onnx", lambda: importlib.util.find_spec("onnx") is not None),
    "needs_browser": (
        "Chromium and the extra browser",
        lambda: importlib.util.find_spec("playwright") is not None and shutil.which("chromium") is not None,
    ),
    "needs_notebook": (
        "the extra notebook",
        lambda: importlib.util.find_spec("nbclient") is not None and importlib.util.find_spec("ipykernel") is not None,
    ),
    "needs_serve": (
        "the extra serve, and httpx",
        lambda: all(importlib.util.find_spec(name) is not None for name in ("starlette", "uvicorn", "httpx")),
    ),
}


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker, (what, is_there) in _NEEDS.items():
        if item.get_closest_marker(marker) is not None and not is_there():
            pytest.skip(f"needs {what}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if REQUIRE_ALL and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"GRADVIZ_REQUIRE_ALL=1, but this test was skipped: {_reason(report.longrepr)}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    if REQUIRE_ALL and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"GRADVIZ_REQUIRE_ALL=1, but this was skipped: {_reason(report.longrepr)}"
    return report


def _reason(longrepr: object) -> str:
    return str(longrepr[2]) if isinstance(longrepr, tuple) else str(longrepr)


_QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--no-first-run"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One Chromium for all tests that want one."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=_QUIET)
        yield chromium
        chromium.close()
