"""The forms of a report of a check of callables: data, Markdown, HTML."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import graphviz_ad as gv

AT = np.array([[0.3, -0.7], [1.2, 0.4]])


def _report(**options: object) -> gv.Report:
    return gv.check_gradient(lambda x: np.sum(np.exp(x)), lambda x: np.exp(x).T, AT, **options)


def test_data_is_json() -> None:
    data = json.loads(json.dumps(_report().data()))
    assert data["verdict"] == "fail"
    assert data["causes"] == ["x: it is transposed"]
    assert data["evaluations"] > 16


def test_markdown_has_every_row_and_escapes() -> None:
    text = _report().markdown()
    assert "## Gradient check: fail" in text
    assert "likely cause: x: it is transposed" in text
    assert text.count("\n| x") >= 4
    odd = gv.check_gradient(lambda **a: a["a|b"] ** 2, lambda **a: {"a|b": a["a|b"]}, {"a|b": 1.5})
    assert "a\\|b" in odd.markdown()


def test_html_has_a_heat_map_and_the_curve() -> None:
    page = _report(curve=True).html("a < b")
    assert "a &lt; b" in page
    ET.fromstring(
        page.replace("<!doctype html>", "")
        .replace('<meta charset="utf-8">', "")
        .replace('initial-scale=1">', 'initial-scale=1"/>')
        .replace('light dark">', 'light dark"/>')
    )
    figures = page.split("<figure")[1:]
    assert [figure.partition('"')[2].partition('"')[0] for figure in figures] == ["map", "steps"]
    assert figures[0].count('class="cell"') == 4
    assert "truncation ∝ h²" in figures[1]
    assert "rounding ∝ 1/h" in figures[1]
    assert "best step" in figures[1]


def test_a_report_has_no_truth_value() -> None:
    with pytest.raises(TypeError, match="four verdicts"):
        bool(_report())


def test_an_executor_gives_the_same_report() -> None:
    with ThreadPoolExecutor(2) as executor:
        together = _report(executor=executor)
    assert [row.reference for row in together.rows] == [row.reference for row in _report().rows]
