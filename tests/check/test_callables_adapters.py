"""Reverse modes of PyTorch and JAX through custom rules with planted slips."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import graphviz_ad as gv

AT = np.array([0.3, -0.7, 1.2])


@pytest.mark.needs_torch
@pytest.mark.parametrize(("factor", "verdict"), [(1.0, "pass"), (2.0, "fail")])
def test_torch_function_with_its_own_backward(factor: float, verdict: str) -> None:
    import torch

    class Cube(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            ctx.save_for_backward(x)
            return x**3

        @staticmethod
        def backward(ctx: Any, upstream: Any) -> Any:
            (x,) = ctx.saved_tensors
            return upstream * 3 * x**2 * factor

    assert gv.check_gradient(lambda x: Cube.apply(x).sum(), "torch", AT).verdict == verdict
    assert gv.check_gradient(torch.nn.Softplus(), "torch", 0.3).verdict == "pass"


@pytest.mark.needs_jax
@pytest.mark.parametrize(("factor", "verdict"), [(1.0, "pass"), (2.0, "fail")])
def test_jax_function_with_its_own_backward(factor: float, verdict: str) -> None:
    import jax

    @jax.custom_vjp
    def cube(x: Any) -> Any:
        return x**3

    cube.defvjp(lambda x: (x**3, x), lambda x, upstream: (upstream * 3 * x**2 * factor,))
    report = gv.check_gradient(lambda x: jax.numpy.sum(cube(x)), "jax", AT)
    assert report.verdict == verdict
    if verdict == "fail":
        assert report.causes == ("x: a constant factor 1/2 is missing",)
    named = gv.check_gradient(lambda x, y: jax.numpy.sum(cube(x) * y), "jax", {"x": AT, "y": AT + 1})
    assert named.verdict == verdict
