"""The compiled program against the point: every public network and matrix case, run again on changed inputs."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import graphviz_ad as gv
from graphviz_ad.engine.program import Program

DATA = Path(__file__).parents[1] / "data"
NETS = json.loads((DATA / "nets.json").read_text(encoding="utf-8"))
TRAININGS = json.loads((DATA / "net_training.json").read_text(encoding="utf-8"))
MATRIX = [case for case in json.loads((DATA / "matrix.json").read_text(encoding="utf-8")) if "grad" in case["expected"]]


def compile_case(text: str, bindings: dict[str, Any], wrt: list[str], fixed: tuple[str, ...] = ()) -> tuple[Program, dict[str, Any], str]:
    graph = gv.parse(text)
    arrays = {name: np.array(value, dtype=None) for name, value in bindings.items()}
    arrays = {name: one if one.dtype == bool else one.astype(float) for name, one in arrays.items()}
    shaped = graph.shaped({name: one.shape for name, one in arrays.items()})
    gradient = shaped.gradient(*wrt)
    return Program(gradient.of(graph.output, *gradient.output_names), arrays, fixed), arrays, graph.output


@pytest.mark.parametrize("case", NETS, ids=[case["id"] for case in NETS])
def test_networks(case: dict[str, Any]) -> None:
    expected = case["expected"]
    data = tuple(set(case["arrays"]) - set(expected["grad"]))
    program, arrays, output = compile_case(case["formula"], case["arrays"], list(expected["grad"]), data)
    for _ in range(2):  # the second run meets used buffers
        found = program.run()
        np.testing.assert_allclose(found[output], expected["value"], rtol=1e-10)
        for name, numbers in expected["grad"].items():
            np.testing.assert_allclose(found[f"d{output}_d{name}"], numbers, rtol=1e-10, atol=1e-12)
    for name in expected["grad"]:
        arrays[name] *= 0.75
    found = {name: np.array(value) for name, value in program.run().items()}
    point = gv.parse(case["formula"]).at(arrays)
    np.testing.assert_allclose(found[output], point.value, rtol=1e-12)
    for name in expected["grad"]:
        np.testing.assert_allclose(found[f"d{output}_d{name}"], point.gradients[name], rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("training", TRAININGS, ids=[one["id"] for one in TRAININGS])
def test_losses_along_gradient_descent(training: dict[str, Any]) -> None:
    case = next(case for case in NETS if case["id"] == training["id"])
    names = list(case["expected"]["grad"])
    program, arrays, output = compile_case(case["formula"], case["arrays"], names, tuple(set(case["arrays"]) - set(names)))
    wanted = dict(zip(training["steps"], training["losses"], strict=True))
    losses = {}
    for step in range(max(wanted) + 1):
        found = program.run()
        if step in wanted:
            losses[step] = float(found[output])
        for name in names:
            arrays[name] -= training["rate"] * found[f"d{output}_d{name}"]
    assert losses == pytest.approx(wanted, rel=training["tolerance"])


@pytest.mark.parametrize("case", MATRIX, ids=[case["id"] for case in MATRIX])
def test_matrix_cases(case: dict[str, Any]) -> None:
    point = gv.parse(case["formula"]).at(case["bindings"])
    wrt = [name for name, numbers in case["expected"]["grad"].items() if numbers is not None]
    program, _, output = compile_case(case["formula"], case["bindings"], wrt)
    for _ in range(2):
        found = program.run()
        np.testing.assert_allclose(found[output], point.value, rtol=1e-12, atol=1e-300)
        for name in wrt:
            tolerance = case["tol"]["grad"][name]
            np.testing.assert_allclose(found[f"d{output}_d{name}"], point.gradients[name], rtol=1e-10, atol=tolerance)


def test_outputs_go_where_they_are_wanted() -> None:
    x, out = np.array([1.0, 2.0]), np.zeros(2)
    program = Program(gv.parse("L = sum(x**2)").shaped(x=(2,)).gradient("x"), {"x": x}, into={"dL_dx": out})
    program.run()
    assert out.tolist() == [2.0, 4.0]
    with pytest.raises(gv.BindingError, match="dL_dx has shape"):
        Program(gv.parse("L = sum(x**2)").shaped(x=(2,)).gradient("x"), {"x": x}, into={"dL_dx": np.zeros(3)})
    with pytest.raises(gv.NamingError, match="no array for y"):
        Program(gv.parse("x*y"), {"x": x})


def test_memory_does_not_grow_with_runs() -> None:
    rng = np.random.default_rng(0)
    arrays = {"X": rng.normal(size=(200, 2)), "W": rng.normal(size=(2, 50)), "V": rng.normal(size=(50, 3)), "y": np.arange(200) % 3}
    graph = gv.parse("L = cross_entropy(relu(X@W)@V, y)").shaped({name: one.shape for name, one in arrays.items()})
    program = Program(graph.gradient("W", "V"), arrays, fixed=("X", "y"))
    program.step()
    tracemalloc.start()
    try:
        program.step()
        before, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        for _ in range(50):
            program.step()
        after, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < 2_000
    assert peak - before < 20_000  # no array of 200 × 50 doubles is ever made
