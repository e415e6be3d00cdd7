"""Derivatives that PyTorch and JAX take through code of the user's, with and without slips: by the library and by the command."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import graphviz_ad as gv
from graphviz_ad.cli.main import main

AT = np.array([0.3, -0.7, 1.2])
TORCH = """
import torch

class Cube(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx, upstream):
        (x,) = ctx.saved_tensors
        return upstream * 3 * x**2

class Slip(Cube):
    @staticmethod
    def backward(ctx, upstream):
        (x,) = ctx.saved_tensors
        return upstream * x**2

class Layer(torch.nn.Module):
    def __init__(self, activation=Slip):
        super().__init__()
        self.linear = torch.nn.Linear(3, 2)
        self.activation = activation

    def forward(self, x):
        return self.activation.apply(self.linear(x)).sum()

class Sized(torch.nn.Module):
    def __init__(self, size):
        super().__init__()

right = Layer(Cube)

def total(x):
    return Slip.apply(x).sum()

def plain(x, y):
    return torch.outer(torch.sin(x), y)

def single(x):
    return (torch.ones(3, dtype=torch.float32) @ x).sum()
"""
JAX = """
import jax
import jax.numpy as jnp

@jax.custom_vjp
def cube(x):
    return jnp.sum(x**3)

cube.defvjp(lambda x: (jnp.sum(x**3), x), lambda x, upstream: (upstream * 3 * x**2,))

@jax.custom_vjp
def slip(x):
    return jnp.sum(x**3)

slip.defvjp(lambda x: (jnp.sum(x**3), x), lambda x, upstream: (upstream * -3 * x**2,))

@jax.custom_jvp
def forward_slip(x):
    return x**2

@forward_slip.defjvp
def _(primals, tangents):
    return primals[0] ** 2, 3 * primals[0] * tangents[0]

def plain(x, y):
    return jnp.outer(jnp.sin(x), y)
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "of_torch.py").write_text(TORCH, "utf-8")
    (tmp_path / "of_jax.py").write_text(JAX, "utf-8")
    path = list(sys.path)
    sys.path.insert(0, str(tmp_path))
    yield tmp_path
    for name in ("of_torch", "of_jax"):
        sys.modules.pop(name, None)
    sys.path[:] = path


@pytest.mark.needs_torch
def test_an_autograd_function_is_found_and_its_slip_seen(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "of_torch.py:Cube", "--at", "[0.3,-0.7,1.2]"]) == 0
    assert "Cube against the Jacobian by torch" in capsys.readouterr().out
    assert main(["check", "of_torch.py:Slip", "--at", "[0.3,-0.7,1.2]"]) == 1
    assert "x[0, 0]" in capsys.readouterr().out  # the parameter's own name
    assert main(["check", "of_torch.py:total", "--gradient", "torch", "--at", "[0.3,-0.7]"]) == 1
    assert "likely cause: x: a constant factor 3 is missing" in capsys.readouterr().out


@pytest.mark.needs_torch
def test_modules_and_their_parameters(folder: Path) -> None:
    assert gv.check_target("of_torch:right", AT).verdict == "pass"
    assert gv.check_target("of_torch:Layer", AT).verdict == "fail"  # a class is made into a module
    weights = {"x": AT, "linear.weight": np.array([[0.2, -0.4, 0.1], [0.5, 0.3, -0.6]]), "linear.bias": np.array([0.1, -0.2])}
    from of_torch import Layer, right  # type: ignore[import-not-found]

    report = gv.check_gradient(right, "torch", weights)
    assert (report.verdict, {row.wrt for row in report.rows}) == ("pass", set(weights))
    np.savez("weights.npz", **weights)
    by_name = gv.check_target("of_torch:right", "weights.npz")
    assert (by_name.verdict, {row.wrt for row in by_name.rows}, by_name.notes[-1:]) == ("pass", set(weights), report.notes[-1:])
    held = gv.check_target("of_torch:right", AT, named={"linear.bias": np.array([0.1, -0.2])})
    assert {row.wrt for row in held.rows} == {"x", "linear.bias"}
    assert "parameters linear.weight are held fixed" in held.notes[-1]
    report = gv.check_gradient(Layer(), "torch", weights)
    assert {row.wrt for row in report.rows if row.verdict == "fail"} == set(weights)
    assert next(iter(right.parameters())).dtype == __import__("torch").float32  # the user's own module is left as it was


@pytest.mark.needs_torch
def test_what_is_wrong_with_tensors_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "of_torch:total", "--at", "[0.3,-0.7,1.2]"]) == 2
    assert "it uses torch: --gradient torch checks that" in capsys.readouterr().err
    assert main(["check", "of_torch:single", "--gradient", "torch", "--at", "[0.3,-0.7,1.2]"]) == 2
    err = capsys.readouterr().err
    assert "of_torch.py, line" in err
    assert ".double()" in err
    assert main(["check", "of_torch:Sized", "--at", "[0.3,-0.7,1.2]"]) == 2
    assert "name an instance" in capsys.readouterr().err


@pytest.mark.needs_torch
@pytest.mark.parametrize("kind", ["jacobian", "vjp", "jvp"])
def test_kinds_of_torch(folder: Path, kind: str) -> None:
    from of_torch import plain

    assert gv.check_gradient(plain, "torch", (AT, np.array([0.5, -1.5])), kind=kind).verdict == "pass"
    assert gv.check_gradient(plain, "torch", {"x": AT, "y": np.array([0.5, -1.5])}, kind=kind).verdict == "pass"


@pytest.mark.needs_torch
@pytest.mark.parametrize("kind", ["hessian", "hvp"])
def test_second_derivatives_of_torch(kind: str) -> None:
    import torch

    assert gv.check_gradient(lambda x: torch.sum(torch.sin(x) * x[0]), "torch", AT, kind=kind).verdict == "pass"


@pytest.mark.needs_jax
def test_custom_rules_of_jax(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "of_jax.py:cube", "--at", "[0.3,-0.7,1.2]"]) == 0
    assert main(["check", "of_jax.py:slip", "--at", "[0.3,-0.7,1.2]"]) == 1
    out = capsys.readouterr().out
    assert "slip against the gradient by jax" in out
    assert "likely cause: x: the sign is wrong" in out
    from of_jax import forward_slip  # type: ignore[import-not-found]

    assert gv.check_gradient(forward_slip, "jax", AT, kind="jvp").verdict == "fail"
    assert gv.check_gradient(forward_slip, "jax", AT, kind="jacobian").verdict == "fail"


@pytest.mark.needs_jax
@pytest.mark.parametrize("kind", ["jacobian", "vjp", "jvp"])
def test_kinds_of_jax(folder: Path, kind: str) -> None:
    from of_jax import plain

    assert gv.check_gradient(plain, "jax", (AT, np.array([0.5, -1.5])), kind=kind).verdict == "pass"
    assert gv.check_gradient(plain, "jax", {"x": AT, "y": np.array([0.5, -1.5])}, kind=kind).verdict == "pass"


@pytest.mark.needs_jax
@pytest.mark.parametrize("kind", ["hessian", "hvp"])
def test_second_derivatives_of_jax(kind: str) -> None:
    import jax

    assert gv.check_gradient(lambda x: jax.numpy.sum(jax.numpy.sin(x) * x[0]), "jax", AT, kind=kind).verdict == "pass"


@pytest.mark.needs_autograd
@pytest.mark.parametrize("kind", ["gradient", "jacobian", "vjp"])
def test_kinds_of_autograd(kind: str) -> None:
    import autograd.numpy as anp  # type: ignore[import-not-found, unused-ignore]

    def f(x: Any, y: Any) -> Any:
        return anp.sum(anp.sin(x)) * y if kind == "gradient" else anp.sin(x) * y

    assert gv.check_gradient(f, "autograd", (AT, 0.5), kind=kind).verdict == "pass"


@pytest.mark.needs_autograd
def test_what_a_library_cannot_do_is_told() -> None:
    with pytest.raises(gv.BindingError, match=r"hvp.*autograd"):
        gv.check_gradient(np.sum, "autograd", AT, kind="hvp")


def test_a_library_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jax", None)
    monkeypatch.delitem(sys.modules, "graphviz_ad.check.frameworks.jax", raising=False)
    with pytest.raises(gv.BindingError, match="jax is not installed here"):
        gv.check_gradient(np.sum, "jax", AT)


# -- tensors as points -------------------------------------------------------------------------------------------------


@pytest.mark.needs_torch
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_point_of_tensors(dtype: str) -> None:
    import torch

    at = torch.tensor([0.3, -0.7, 1.2], dtype=getattr(torch, dtype), requires_grad=True)
    own = torch.tensor([1.0, 2.0, 3.0], dtype=at.dtype)

    def f(x: Any) -> Any:
        assert isinstance(x, torch.Tensor)
        return (x**3).sum()

    assert gv.check_gradient(f, lambda x: 3 * x**2, at).verdict == "pass"
    assert gv.check_gradient(f, lambda x: 3 * x, at).verdict == "fail"
    assert gv.check_gradient(f, 3 * at**2, at).verdict == "pass"  # plain values
    report = gv.check_gradient(lambda x: own @ x**3, "torch", at)  # no double precision with this tensor of single precision
    assert (report.verdict, {row.wrt for row in report.rows}) == ("pass", {"x"})
    nested = {"net": {"a": at, "b": [at, 2.0, "text"]}}
    assert gv.check_gradient(lambda net: (net["a"] * net["b"][0]).sum() * net["b"][1], "torch", nested).verdict == "pass"


@pytest.mark.needs_torch
def test_a_module_in_single_precision_takes_points_of_either() -> None:
    import torch

    layer = torch.nn.Linear(3, 2)
    for at in (torch.ones(3), np.ones(3, np.float32), np.array([0.3, -0.7, 1.2])):
        assert gv.check_gradient(layer, "torch", at, kind="jacobian").verdict == "pass"


@pytest.mark.needs_torch
def test_where_tensors_go() -> None:
    """On the device of a module, of the point, or of what a function refers to; the device "meta" stands for any other."""
    import torch

    from graphviz_ad.check.frameworks.torch import TorchAdapter, home_of

    far = torch.device("meta")
    weight, layer = torch.ones(3, device=far), torch.nn.Linear(3, 2, device=far)
    assert home_of(({"a": [torch.ones(2), weight]}, 1.0)) == far
    assert home_of((np.ones(2), 1.0)) is None
    assert TorchAdapter(layer).device == far
    assert TorchAdapter(lambda x: (x * weight).sum()).device == far
    assert TorchAdapter(lambda x: layer(x)).device == far
    assert TorchAdapter(lambda x: x.sum()).device == torch.device("cpu")
    assert TorchAdapter(lambda x: x.sum(), far).device == far
    adapter = TorchAdapter(layer)
    sent = adapter.tensor(np.ones(3, np.float32))
    assert (sent.device, sent.dtype) == (far, torch.float64)
    assert adapter.call(sent).device == far
