"""pytest plugin: the fixture ``gradcheck`` and the marker of the same name.

    def test_my_layer(gradcheck):
        gradcheck(f, gradient, at=x)

checks and fails with the entries, the likely causes and the power of the check; ``gradcheck.report`` is the last report. The
marker gives defaults to a test: ``@pytest.mark.gradcheck(points=8, allow="inconclusive")``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .check.report import Report

MOST_ROWS = 12


class GradientFault(AssertionError):
    """A gradient that did not pass; its message is the report."""


class GradientChecker:
    """What the fixture gives: call it with the arguments of ``graphviz_ad.check_gradient``."""

    def __init__(self, **defaults: Any) -> None:
        self.allowed = defaults.pop("allow", ())
        self.defaults = defaults
        self.report: Report | None = None

    def __call__(self, f: Any, gradient: Any, at: Any, *, allow: str | tuple[str, ...] | None = None, **options: Any) -> Report:
        """Check, and raise GradientFault unless the verdict is pass, pass-at-kink or one of ``allow``."""
        from .check.callables import check_gradient

        self.report = report = check_gradient(f, gradient, at, **{**self.defaults, **options})
        more = self.allowed if allow is None else allow
        accepted = {"pass", "pass-at-kink", *((more,) if isinstance(more, str) else more)}
        if report.verdict not in accepted:
            raise GradientFault(describe(report))
        return report


def describe(report: Report) -> str:
    """A report for the terminal of a failed test."""
    lines = [f"gradient check: {report.verdict}"]
    bad = [row for row in report.rows if row.verdict not in ("pass", "pass-at-kink")]
    for row in bad[:MOST_ROWS]:
        where = row.wrt + (str(list(row.entry)) if row.entry else "")
        numbers = "" if row.analytic is None else f"claimed {row.analytic:.10g}"
        numbers += "" if row.reference is None else f", reference {row.reference:.10g}"
        lines.append(f"  {row.verdict} at {where}: {numbers}{'; ' if numbers and row.reason else ''}{row.reason}")
    if len(bad) > MOST_ROWS:
        lines.append(f"  … and {len(bad) - MOST_ROWS:,} more")
    lines.extend(f"  likely cause: {cause}" for cause in report.causes)
    lines.extend(f"  note: {note}" for note in report.notes)
    if report.power:
        lines.append(f"  power: {report.power}")
    return "\n".join(lines)


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker."""
    config.addinivalue_line("markers", "gradcheck(**options): default options of the fixture gradcheck in this test")


@pytest.fixture
def gradcheck(request: pytest.FixtureRequest) -> GradientChecker:
    """A checker of gradients that fails the test with a readable report."""
    marker = request.node.get_closest_marker("gradcheck")
    return GradientChecker(**(marker.kwargs if marker is not None else {}))
