"""pytest plugin: the fixture ``gradcheck`` and the marker of the same name.

    def test_my_layer(gradcheck):
        gradcheck(f, gradient, at=x)

checks, and fails with what is wrong and what is right by argument, the likely cause, the worst entries and the power of the check;
``gradcheck.report`` is the last report. The marker gives defaults to a test: ``@pytest.mark.gradcheck(points=8, allow="inconclusive")``.
``pytest --gradcheck-reports=FOLDER`` writes the page of each failed check into a folder, for the artifacts of continuous integration.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from .objects.graph import Graph
    from .objects.report import Report

_OPTION = "--gradcheck-reports"


class GradientFault(AssertionError):
    """A gradient that did not pass; its message is the report."""


class GradientChecker:
    """What the fixture gives: call it with the arguments of ``graphviz_ad.check_gradient``."""

    def __init__(self, name: str = "", folder: str | None = None, **defaults: Any) -> None:
        self.allowed = defaults.pop("allow", ())
        self.name, self.folder, self.defaults = name, folder, defaults
        self.report: Report | None = None
        self._written = 0

    def __call__(
        self, f: Callable[..., object] | Graph | str, gradient: Any, at: Any, *, allow: str | tuple[str, ...] | None = None, **options: Any
    ) -> Report:
        """Check, and raise GradientFault unless the verdict is pass, pass-at-kink or one of ``allow``."""
        __tracebackhide__ = True  # the failure is at the line of the test
        from .objects.checking import check_gradient

        asked = {**self.defaults, **options}
        if self.folder is not None:
            asked.setdefault("curve", True)
        self.report = report = check_gradient(f, gradient, at, **asked)
        if report.interrupted:
            raise KeyboardInterrupt  # Ctrl-C was meant for the whole run
        more = self.allowed if allow is None else allow
        if report.verdict not in {"pass", "pass-at-kink", *((more,) if isinstance(more, str) else more)}:
            raise GradientFault(f"{report.summary()}{self._write(report)}")
        return report

    def _write(self, report: Report) -> str:
        if self.folder is None:
            return ""
        self._written += 1
        name = re.sub(r"[^\w.-]+", "-", self.name) + (f"-{self._written}" if self._written > 1 else "")
        path = Path(self.folder) / f"{name}.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        self.report = report.replace(title=report.title or self.name)
        self.report.save(path)
        return f"\n  report: {path}"


def pytest_addoption(parser: pytest.Parser) -> None:
    """The folder for pages of failed checks."""
    parser.getgroup("gradcheck").addoption(_OPTION, metavar="FOLDER", help="write the page of each failed gradient check into a folder")


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker."""
    config.addinivalue_line("markers", "gradcheck(**options): default options of the fixture gradcheck in this test")


@pytest.fixture
def gradcheck(request: pytest.FixtureRequest) -> GradientChecker:
    """A checker of gradients that fails the test with a readable report."""
    marker = request.node.get_closest_marker("gradcheck")
    return GradientChecker(request.node.name, request.config.getoption(_OPTION), **(marker.kwargs if marker is not None else {}))
