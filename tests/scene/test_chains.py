"""The matrix chain rule in the derivation: how it reads, that its shapes fit, and that it is what was computed."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

import graphviz_ad as gv
from graphviz_ad.scene.derivation import derive
from graphviz_ad.scene.steps import Edge


def edges(text: str, **shapes: tuple[int, ...]) -> list[Edge]:
    chance = np.random.default_rng(4)
    point = gv.parse(text).at({name: chance.normal(size=shape) + 0.1 for name, shape in shapes.items()})
    return [edge for step in derive(point).backward for edge in step.edges]


@pytest.mark.parametrize(
    ("text", "shapes", "lines"),
    [
        (
            "Y = X @ W; L = sum(Y**2)",
            {"X": (3, 2), "W": (2, 4)},
            {"∂L/∂X": ("∂L/∂Y·Wᵀ", "(3, 2) = (3, 4)·(4, 2)"), "∂L/∂W": ("Xᵀ·∂L/∂Y", "(2, 4) = (2, 3)·(3, 4)")},
        ),
        (
            "q = W @ x; L = sum(q)",
            {"W": (3, 2), "x": (2,)},
            {"∂L/∂W": ("∂L/∂q·xᵀ", "(3, 2) = (3, 1)·(1, 2)"), "∂L/∂x": ("Wᵀ·∂L/∂q", "(2,) = (2, 3)·(3,)")},
        ),
        (
            "q = x @ W; L = sum(q)",
            {"W": (3, 2), "x": (3,)},
            {"∂L/∂W": ("x·(∂L/∂q)ᵀ", "(3, 2) = (3, 1)·(1, 2)"), "∂L/∂x": ("W·∂L/∂q", "(3,) = (3, 2)·(2,)")},
        ),
        ("s = X + b; L = sum(s**2)", {"X": (4, 3), "b": (3,)}, {"∂L/∂b": ("sum over axis 0 of ∂L/∂s", "(3,) from (4, 3)")}),
        ("p = A*B; L = sum(p)", {"A": (2, 3), "B": (2, 3)}, {"∂L/∂A": ("∂L/∂p ⊙ B", "(2, 3) = (2, 3) ⊙ (2, 3)")}),
        ("m = mean(X, axis=0); L = sum(m**2)", {"X": (4, 3)}, {"∂L/∂X": ("∂L/∂m/4 in every entry", "(4, 3) from (3,)")}),
        ("Y = inv(X); L = sum(Y)", {"X": (2, 2)}, {"∂L/∂X": ("−Yᵀ·∂L/∂Y·Yᵀ", "(2, 2) = (2, 2)·(2, 2)·(2, 2)")}),
        ("Y = X.T; L = sum(Y**2)", {"X": (2, 3)}, {"∂L/∂X": ("(∂L/∂Y)ᵀ", "(2, 3) = (2, 3)")}),
        ("y = x[::2]; L = sum(y**2)", {"x": (7,)}, {"∂L/∂x": ("∂L/∂y put back to its places", "(7,) from (4,)")}),
    ],
)
def test_how_it_reads(text: str, shapes: dict[str, tuple[int, ...]], lines: dict[str, tuple[str, str]]) -> None:
    found = {edge.gradient.text: edge for edge in edges(text, **shapes)}
    for gradient, (product, told) in lines.items():
        edge = found[gradient]
        assert edge.chain is not None
        assert edge.shapes is not None
        assert (edge.chain.text, edge.shapes.text) == (product, told)
        assert edge.chain.latex
    explained = gv.parse(text).at({name: np.random.default_rng(1).normal(size=shape) for name, shape in shapes.items()}).explain()
    for product, told in lines.values():
        assert product in explained
        assert told in explained


@pytest.mark.parametrize(
    ("text", "shapes"),
    [
        ("L = sum(tanh(A @ B) @ c)", {"A": (3, 4), "B": (4, 2), "c": (2,)}),
        ("L = x @ (A.T @ A) @ x", {"A": (3, 4), "x": (4,)}),
        ("L = sum((A @ B)**2)", {"A": (5, 3, 4), "B": (5, 4, 2)}),
        ("L = sum(outer(a, b) @ b)", {"a": (3,), "b": (4,)}),
        ("L = dot(a, b)*sum(solve(A, b))", {"A": (3, 3), "a": (3,), "b": (3,)}),
    ],
)
def test_the_shapes_of_its_factors_fit(text: str, shapes: dict[str, tuple[int, ...]]) -> None:
    told = 0
    for edge in edges(text, **shapes):
        if edge.shapes is None or "·" not in edge.shapes.text:
            continue
        target, *factors = [tuple(map(int, re.findall(r"\d+", one))) for one in re.findall(r"\(([\d, ]*)\)", edge.shapes.text)]
        product: Any = np.zeros(factors[0])
        for shape in factors[1:]:
            product = product @ np.zeros(shape) if product.ndim and shape else product * np.zeros(shape)
        assert product.shape == target, edge.shapes.text
        told += 1
    assert told >= 2
