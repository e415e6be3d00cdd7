"""Pickles of 0.1, written by that version (``tests/data/pickles_0_1.json``, by protocol), still load as what people know."""

from __future__ import annotations

import base64
import copy
import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import graphviz_ad as gv

_KEPT = json.loads((Path(__file__).parents[1] / "data" / "pickles_0_1.json").read_text())
_CASES = [(name, protocol) for name, by_protocol in _KEPT.items() for protocol in by_protocol]


def _load(name: str, protocol: str = "5") -> Any:
    return pickle.loads(base64.b64decode(_KEPT[name][protocol]))


@pytest.mark.parametrize(("name", "protocol"), _CASES)
def test_each_is_of_todays_public_type_and_travels_on(name: str, protocol: str) -> None:
    kinds = {"graph": gv.Graph, "shaped": gv.Graph, "gradient": gv.Graph, "point": gv.Point, "arrays": gv.Point, "node": gv.Node}
    loaded = _load(name, protocol)
    expected = kinds.get(name, gv.Report if "report" in name else object)
    assert isinstance(loaded, expected)
    assert repr(pickle.loads(pickle.dumps(loaded))) == repr(loaded)


def test_a_graph_is_whole() -> None:
    graph = _load("graph")
    assert (graph.inputs, graph.output, graph["q"].formula) == (("x", "y", "z"), "f", "x + y")
    assert graph.at(x=-2, y=5, z=-4).check().verdict == "pass"
    assert _load("shaped").shapes == gv.parse("f = sum(tanh(W@x))").shaped(W=(2, 3), x=(3,)).shapes
    assert _load("gradient").at(x=-2, y=5, z=-4).value == {"df_dx": -4.0, "df_dy": -4.0, "df_dz": 3.0}


def test_a_point_keeps_its_numbers() -> None:
    point = _load("point")
    assert (point.value, point.gradients) == (-12.0, {"x": -4.0, "y": -4.0, "z": 3.0})
    assert (_load("point_node").value, _load("point_node").gradient) == (3.0, -4.0)
    arrays = _load("arrays")
    fresh = arrays.graph.at(W=[[1, 2], [3, 4]], x=[1, -1])
    np.testing.assert_array_equal(arrays.gradients["W"], fresh.gradients["W"])
    with pytest.raises(ValueError, match="read-only"):
        arrays.values[0][...] = 0


def test_reports_keep_verdicts_rows_and_causes() -> None:
    assert _load("report").verdict == "pass"
    failing = _load("failing report")
    assert failing.verdict == "fail"
    assert [cause.kind for cause in failing.causes] == ["other"]
    assert failing.rows[0].wrt == "x"
    assert failing.rows[0].verdict is failing.verdict
    assert failing.rows[0].method.kind == ""
    assert [row.where for row in failing.rows] == ["at another point" if "another point" in row.reason else "here" for row in failing.rows]
    assert {row.where for row in failing.rows} == {"here", "at another point"}
    assert all(note.kind for note in failing.notes)
    assert "fail" in failing.html()
    with pytest.raises(AttributeError, match="frozen"):
        failing.title = "another"
    with pytest.raises(AttributeError, match="frozen"):
        failing.__setstate__({"title": "another"})


def test_the_modules_of_0_1_have_the_names_that_people_used() -> None:
    from graphviz_ad.check.report import Report
    from graphviz_ad.derive.point import Point
    from graphviz_ad.graph.graph import Graph

    assert (Graph, Point, Report) == (gv.Graph, gv.Point, gv.Report)


def test_copies_are_of_the_same_type_and_share_nothing_that_changes() -> None:
    graph = gv.parse("x*y")
    again = copy.deepcopy(graph)
    assert type(again) is gv.Graph
    assert again.at(x=2, y=3).value == 6.0


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_rows_notes_and_causes_travel_alone_at_every_protocol(protocol: int) -> None:
    report = gv.check_gradient(lambda x: float(np.sum(x**2)), lambda x: 3 * x, np.array([1.0, 2.0]))
    for part in (report, *report.rows, *report.notes, *report.causes):
        again = pickle.loads(pickle.dumps(part, protocol))
        assert repr(again) == repr(part)
        assert getattr(again, "kind", None) == getattr(part, "kind", None)
    row = pickle.loads(pickle.dumps(report.rows[0], protocol))
    assert row.method.kind is report.rows[0].method.kind
