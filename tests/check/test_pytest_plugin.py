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
    result.stdout.fnmatch_lines(
        [
            "E *gradient check: fail*",
            "E *wrong: x (2 of 2 entries)",
            "E *likely cause: x: the sign is wrong*",
            "E *fail at x*claimed -1, reference 1*",
        ]
    )
    assert "pytest_plugin.py" not in result.stdout.str()  # the traceback ends in the test
    assert ">*gradcheck(lambda" not in result.stdout.str()


def test_the_marker_gives_options(pytester: pytest.Pytester) -> None:
    text = "@pytest.mark.gradcheck(allow='inconclusive')\ndef test_it(gradcheck):\n    gradcheck(np.floor, 0.0, 2.0)\n"
    _run(pytester, text).assert_outcomes(passed=1)
    result = _run(pytester, "def test_it(gradcheck):\n    gradcheck(np.floor, 0.0, 2.0)\n")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*inconclusive*jumps*"])


def test_failed_checks_leave_their_pages(pytester: pytest.Pytester) -> None:
    text = """
@pytest.mark.parametrize("factor", [1, 2])
def test_it(gradcheck, factor):
    gradcheck(lambda x: np.sum(x**3), lambda x: 3 * factor * x**2, np.array([0.5, 1.5]))
"""
    pytester.makeini("[pytest]\n")
    pytester.makepyfile("import numpy as np\nimport pytest\n" + text)
    result = pytester.runpytest_subprocess(*ARGUMENTS, "--gradcheck-reports=pages/of/checks")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*report: pages*test_it-2-.html"])
    pages = list((pytester.path / "pages" / "of" / "checks").iterdir())
    assert [page.name for page in pages] == ["test_it-2-.html"]
    assert "The step of a difference" in pages[0].read_text("utf-8")


def test_control_c_ends_the_run_and_not_only_the_check(pytester: pytest.Pytester) -> None:
    text = """
def f(x):
    raise KeyboardInterrupt

def test_it(gradcheck):
    gradcheck(f, f, 1.5)

def test_another():
    pass
"""
    result = _run(pytester, text)
    assert result.ret == pytest.ExitCode.INTERRUPTED
