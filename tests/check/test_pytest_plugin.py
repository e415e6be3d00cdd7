"""The pytest plugin, run in a pytest of its own."""

from __future__ import annotations

import pytest

pytest_plugins = ["pytester"]

# the plugin is named because the checkout may not be installed
ARGUMENTS = ("-p", "graphviz_ad.pytest_plugin", "-p", "no:cacheprovider", "-q")


def _run(pytester: pytest.Pytester, text: str) -> pytest.RunResult:
    pytester.makeini("[pytest]\n")
    pytester.makepyfile("import numpy as np\nimport pytest\n" + text)
    return pytester.runpytest_subprocess(*ARGUMENTS)


def test_a_right_gradient_passes_and_gives_its_report(pytester: pytest.Pytester) -> None:
    result = _run(pytester, "def test_it(gradcheck):\n    assert gradcheck(np.sum, np.ones_like, np.ones(3) * 2.5).verdict == 'pass'\n")
    result.assert_outcomes(passed=1)


def test_a_wrong_gradient_fails_with_entries_and_cause(pytester: pytest.Pytester) -> None:
    text = "def test_it(gradcheck):\n    gradcheck(lambda x: np.sum(x**2), lambda x: -2 * x, np.array([0.5, 1.5]))\n"
    result = _run(pytester, text)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*gradient check: fail*", "*fail at x*claimed -1, reference 1*", "*likely cause: x: the sign is wrong*"])


def test_the_marker_gives_options(pytester: pytest.Pytester) -> None:
    text = "@pytest.mark.gradcheck(allow='inconclusive')\ndef test_it(gradcheck):\n    gradcheck(np.floor, 0.0, 2.0)\n"
    _run(pytester, text).assert_outcomes(passed=1)
    result = _run(pytester, "def test_it(gradcheck):\n    gradcheck(np.floor, 0.0, 2.0)\n")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*inconclusive*jumps*"])
