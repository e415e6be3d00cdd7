"""Random graphs of mixed shapes: gradients, tangents, gradient graphs, and differences of the same text in many digits agree."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from mpmath.ctx_mp import MPContext

import graphviz_ad as gv
from graphviz_ad.engine import arrays
from graphviz_ad.primitives.kernels.arrays import PreciseArrays

ONE = (
    "sin(A) tanh(A) exp(0.3*A) A.T sum(A,axis=0) mean(A,axis=-1,keepdims=True) softmax(A) A[::-1] relu(A) sum(A) ravel(A) cumsum(A)"
    " logsumexp(A,axis=-1) expand_dims(A,0) flip(A) norm(A) max(A,axis=0) var(A) sort(A) A[0] reshape(A,-1)"
).split()
TWO = "A+B A*B A-B A@B max(A,B) outer(A,B) where(A>B,A,B) A/(1+B**2) [A,B] concatenate((A,B)) dot(A,B) hypot(A+3,B) kron(A,B)".split()


def write(seed: int) -> tuple[str, dict[str, Any]]:
    """A random program that fits together, and its inputs."""
    chance, numbers = random.Random(seed), np.random.default_rng(seed)
    inputs = {
        "x": numbers.normal(size=chance.choice([(), (2,), (3,), (2, 3)])),
        "y": numbers.normal(size=chance.choice([(), (3,), (2, 3), (3, 2), (1, 3)])),
        "z": numbers.normal(),
    }
    pool, lines = list(inputs), [f"start = sum(x)*z + sum(y)*{chance.randint(1, 3)}"]
    while len(lines) < 8:
        step = chance.choice(ONE + TWO + TWO).replace("A", "$").replace("B", "&")
        line = f"v{len(lines)} = " + step.replace("$", chance.choice(pool)).replace("&", chance.choice(pool))
        try:
            shapes = {name: np.shape(array) for name, array in inputs.items()}
            if max(int(np.prod(node.shape)) for node in gv.parse("\n".join([*lines, line])).shaped(shapes)) > 60:
                continue
        except gv.ShapeError:
            continue
        lines.append(line)
        pool.append(f"v{len(lines) - 1}")
    return "\n".join([*lines, f"f = sum(sin({pool[-1]})) + start"]), inputs


@pytest.mark.parametrize("seed", range(80))
def test_random_graph(seed: int) -> None:
    text, inputs = write(seed)
    point = gv.parse(text).at(inputs)
    numbers = np.random.default_rng(seed + 1)
    tangents = {name: numbers.normal(size=np.shape(array)) for name, array in inputs.items()}
    slope = sum(float(np.sum(point.gradients[name] * tangents[name])) for name in inputs)
    size = 1 + sum(float(np.sum(np.abs(point.gradients[name] * tangents[name]))) for name in inputs)
    assert abs(point.pushforward(tangents) - slope) <= 1e-12 * size

    mp: Any = MPContext()
    mp.dps = 50
    k = PreciseArrays(mp)

    def value(sign: int) -> Any:
        moved = {}
        for name, array in inputs.items():
            exact = k.array(np.asarray(array)) + k.array(np.asarray(tangents[name])) * (sign * mp.mpf(10) ** -16)
            moved[point.graph.input_handles[name]] = exact if np.ndim(array) else mp.mpf(np.asarray(exact, dtype=object).item())
        found, _ = arrays.evaluate(point.graph, moved, k, lambda one: mp.mpf(int(one.text) if one.integer else one.value))
        return found[point.graph.outputs[0]]

    reference = (value(1) - value(-1)) / (2 * mp.mpf(10) ** -16)
    assert abs(slope - reference) <= 1e-11 * size, text

    graph = point.graph.gradient(*inputs)
    for name, output in zip(inputs, graph.output_names, strict=True):
        found = graph.of(output).at({key: array for key, array in inputs.items() if key in graph.input_handles}).value
        np.testing.assert_allclose(found, point.gradients[name], rtol=1e-10, atol=1e-12 * size, err_msg=text)
