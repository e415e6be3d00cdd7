"""Every kind of claim, in every precision, over every structure of arguments: the right one passes, each slip fails.

With callables over NumPy, and with rules of one's own inside PyTorch and JAX, which those libraries differentiate through.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest

import graphviz_ad as gv

A = np.array([[1.5, -0.3, 0.2], [0.4, 2.0, -1.1], [-0.7, 0.6, 0.9]])
C = np.array([[1 + 1j, 2.0], [0.5j, -1.0]])
X = np.array([0.3, -0.7, 1.2])
Z = np.array([0.3 + 1j, -0.7 - 0.5j])
Change = Callable[[Any], Any]


class Case(NamedTuple):
    """A function, its right claim, where, and the slips besides sign and factor that the claim can have there."""

    f: Callable[..., Any]
    claim: Callable[..., Any]
    at: Any
    kind: str = "gradient"
    slips: dict[str, Change] = {}


def cubic(x: Any) -> Any:
    return x @ A.astype(np.result_type(x, np.float32)) @ x + np.sum(x**3)


def slope(x: Any) -> Any:
    return (A + A.T) @ x + 3 * x**2


def hessian(x: Any) -> Any:
    return A + A.T + np.diag(6 * x)


def unsymmetric(found: Any) -> Any:
    """The quadratic form's part without its transpose: A + A for A + Aᵀ."""
    return found - A.T + A


def layer(x: Any) -> Any:
    return np.tanh(A.astype(np.result_type(x, np.float32)) @ x)


def jacobian(x: Any) -> Any:
    return (1 - np.tanh(A @ x) ** 2)[:, None] * A


TRANSPOSED: dict[str, Change] = {"transposed": np.transpose}
CONJUGATED: dict[str, Change] = {"conjugate forgotten": np.conj, "real part": lambda g: np.real(g) + 0j}
UNSYMMETRIC: dict[str, Change] = {"not symmetrised": unsymmetric, "upper half": np.triu}

REAL = {
    "gradient": Case(cubic, slope, X, slips={"not symmetrised": lambda g: g + (A - A.T) @ X}),
    "jacobian": Case(layer, jacobian, X, "jacobian", TRANSPOSED),
    "vjp": Case(layer, lambda x, v: v @ jacobian(x), X, "vjp", {"shifted": lambda g: np.roll(g, 1)}),
    "jvp": Case(layer, lambda x, u: jacobian(x) @ u, X, "jvp", {"shifted": lambda g: np.roll(g, 1)}),
    "hessian": Case(cubic, hessian, X, "hessian", UNSYMMETRIC),
    "hessian of a gradient": Case(slope, hessian, X, "hessian", UNSYMMETRIC),
    "hvp": Case(cubic, lambda x, u: hessian(x) @ u, X, "hvp", {"shifted": lambda g: np.roll(g, 1)}),
    "hvp of a gradient": Case(slope, lambda x, u: hessian(x) @ u, X, "hvp", {"shifted": lambda g: np.roll(g, 1)}),
}
COMPLEX = {
    "holomorphic jacobian": Case(
        lambda z: np.exp(C @ z), lambda z: np.exp(C @ z)[:, None] * C, Z, "jacobian", {**TRANSPOSED, **CONJUGATED}
    ),
    "holomorphic vjp": Case(lambda z: np.exp(C @ z), lambda z, v: (v * np.exp(C @ z)) @ C, Z, "vjp", CONJUGATED),
    "holomorphic jvp": Case(lambda z: np.exp(C @ z), lambda z, u: np.exp(C @ z) * (C @ u), Z, "jvp", CONJUGATED),
    "real of complex": Case(lambda z: np.sum(np.abs(C @ z) ** 2), lambda z: 2 * C.conj().T @ (C @ z), Z, slips=CONJUGATED),
    "real part": Case(lambda z: np.sum((z**3).real), lambda z: np.conj(3 * z**2), Z, slips=CONJUGATED),
    "vjp of real of complex": Case(lambda z: np.abs(z) ** 2, lambda z, v: 2 * z * v, Z, "vjp", CONJUGATED),
    "jvp of real of complex": Case(
        lambda z: np.abs(z) ** 2, lambda z, u: 2 * (np.conj(z) * u).real, Z, "jvp", {"real part forgotten": lambda g: g + 1j}
    ),
    "complex of real": Case(lambda x: np.exp(1j * x), lambda x: np.diag(1j * np.exp(1j * x)), X, "jacobian", CONJUGATED),
}
NESTED = {
    "tuple": Case(lambda x, y: np.sum(np.sin(x) * y), lambda x, y: (np.cos(x) * y, np.sin(x)), (X, X + 2), slips={"exchanged": None}),  # type: ignore[dict-item]
    "dictionary": Case(lambda x, y: np.sum(np.sin(x) * y), lambda x, y: {"x": np.cos(x) * y, "y": np.sin(x)}, {"x": X, "y": X + 2}),
    "nested": Case(
        lambda net: np.sum(np.tanh(net["layers"][0] @ X + net["bias"]) * net["layers"][1]),
        lambda net: {"layers": _layers(net), "bias": _sech(net) * net["layers"][1]},
        ({"layers": [A, X + 2.0], "bias": 0.1 * X},),
    ),
    "complex and real": Case(lambda z, x: np.sum(np.abs(z) ** 2) * x, lambda z, x: (2 * z * x, np.sum(np.abs(z) ** 2)), (Z, 1.5)),
}


def _sech(net: Any) -> Any:
    return 1 - np.tanh(net["layers"][0] @ X + net["bias"]) ** 2


def _layers(net: Any) -> list[Any]:
    return [np.outer(_sech(net) * net["layers"][1], X), np.tanh(net["layers"][0] @ X + net["bias"])]


def changed(claim: Any, change: Change) -> Any:
    """A claim with every array in it changed."""
    if isinstance(claim, dict):
        return {key: changed(value, change) for key, value in claim.items()}
    if isinstance(claim, (tuple, list)):
        return type(claim)(changed(value, change) for value in claim)
    return change(np.asarray(claim))


def verdict(case: Case, change: Change = lambda g: g, **options: Any) -> str:
    return gv.check_gradient(
        case.f, lambda *a, **k: changed(case.claim(*a, **k), change), case.at, kind=case.kind, diagnose=False, **options
    ).verdict


SLIPS: dict[str, Change] = {"sign": lambda g: -g, "factor 2": lambda g: 2 * g, "detached": lambda g: 0 * g}


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", REAL)
def test_real(name: str, dtype: Any) -> None:
    case = REAL[name]._replace(at=X.astype(dtype))
    assert verdict(case) == "pass"
    for slip in (SLIPS | case.slips).values():
        assert verdict(case, slip, points=0) == "fail"


@pytest.mark.parametrize("dtype", [np.complex128, np.complex64])
@pytest.mark.parametrize("name", COMPLEX)
def test_complex(name: str, dtype: Any) -> None:
    case = COMPLEX[name]
    if np.iscomplexobj(case.at):
        case = case._replace(at=Z.astype(dtype))
    assert verdict(case) == "pass"
    for slip in (SLIPS | case.slips).values():
        assert verdict(case, slip, points=0) == "fail"


def test_the_convention_of_a_gradient_by_complex_numbers() -> None:
    case = COMPLEX["real of complex"]
    assert verdict(case, np.conj, convention="conjugate") == "pass"
    assert verdict(case, convention="conjugate") == "fail"


def test_a_function_that_is_not_holomorphic_has_no_complex_derivative() -> None:
    claim = COMPLEX["holomorphic jacobian"]._replace(f=lambda z: z * np.conj(z[0]), claim=lambda z: np.eye(2) * np.conj(z[0]))
    assert verdict(claim) == "fail"


@pytest.mark.parametrize("name", NESTED)
def test_nested(name: str) -> None:
    case = NESTED[name]
    assert verdict(case) == "pass"
    for slip in SLIPS.values():
        assert verdict(case, slip, points=0) == "fail"
    if "exchanged" in case.slips:
        assert gv.check_gradient(case.f, lambda *a: case.claim(*a)[::-1], case.at).verdict == "fail"


def test_a_complex_second_derivative_of_a_real_function_fails() -> None:
    report = gv.check_gradient(cubic, lambda x: hessian(x) + 1j, X, kind="hessian")
    assert (report.verdict, report.rows[0].reason) == ("fail", "the claim is complex for a real function")


def test_second_derivatives_of_what_is_rounded_to_single_precision() -> None:
    """The rounding of the values counts, not that of float64: a right Hessian must not fail on it."""

    def single(x: Any) -> Any:
        return np.float32(cubic(np.asarray(x, np.float32)))

    for at in (X, X.astype(np.float32)):
        assert gv.check_gradient(single, hessian, at, kind="hessian").verdict in ("pass", "inconclusive")
        assert gv.check_gradient(single, lambda x: 2 * hessian(x), at, kind="hessian").verdict == "fail"


# -- rules inside PyTorch ----------------------------------------------------------------------------------------------


def torch_product(rule: Callable[[Any, Any], Any], matrix: Any) -> Callable[[Any], Any]:
    """x -> tanh(matrix @ x) whose product has a pullback and a pushforward of its own: ``rule(matrix, upstream)`` is the pullback."""
    import torch

    weight = torch.tensor(matrix)

    class Product(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return weight.to(x.dtype) @ x

        @staticmethod
        def backward(ctx: Any, upstream: Any) -> Any:
            return rule(weight.to(upstream.dtype), upstream)

    return lambda x: torch.tanh(Product.apply(x))


RULES: dict[str, Callable[[Any, Any], Any]] = {
    "right": lambda w, upstream: w.T @ upstream,
    "sign": lambda w, upstream: -w.T @ upstream,
    "factor 2": lambda w, upstream: 2 * w.T @ upstream,
    "transposed": lambda w, upstream: w @ upstream,
}


def even(rule: str, kind: str) -> bool:
    """Whether a slip undoes itself: PyTorch's reverse mode twice goes through the pullback twice."""
    return rule == "sign" and kind in ("hessian", "hvp")


@pytest.mark.needs_torch
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("kind", ["gradient", "jacobian", "vjp", "hessian", "hvp"])
@pytest.mark.parametrize("rule", RULES)
def test_rules_inside_torch(rule: str, kind: str, dtype: Any) -> None:
    product = torch_product(RULES[rule], A)
    f = (lambda x: product(x).sum()) if kind in ("gradient", "hessian", "hvp") else product
    found = gv.check_gradient(f, "torch", X.astype(dtype), kind=kind, diagnose=False).verdict
    if kind in ("hessian", "hvp") and dtype is np.float32:  # second differences in single precision see large errors only
        assert found != ("fail" if rule == "right" else "pass") or even(rule, kind)
    else:
        assert found == ("pass" if rule == "right" or even(rule, kind) else "fail")


@pytest.mark.needs_torch
@pytest.mark.parametrize("kind", ["jacobian", "vjp"])
def test_a_conjugate_that_is_forgotten_inside_torch(kind: str) -> None:
    right = torch_product(lambda w, upstream: w.conj().T @ upstream, C)
    wrong = torch_product(lambda w, upstream: w.T @ upstream, C)
    assert gv.check_gradient(right, "torch", Z, kind=kind).verdict == "pass"
    assert gv.check_gradient(wrong, "torch", Z, kind=kind, diagnose=False).verdict == "fail"
    for convention in ("steepest", "conjugate"):  # the library's own is known
        assert gv.check_gradient(lambda z: (right(z).abs() ** 2).sum(), "torch", Z, convention=convention).verdict == "pass"
    assert gv.check_gradient(lambda z: (wrong(z).abs() ** 2).sum(), "torch", Z, diagnose=False).verdict == "fail"


@pytest.mark.needs_torch
@pytest.mark.parametrize("kind", ["jacobian", "vjp", "jvp"])
def test_functions_of_torch_that_are_not_holomorphic(kind: str) -> None:
    assert gv.check_gradient(lambda z: z.conj() * z[0].abs(), "torch", Z, kind=kind).verdict == "pass"


@pytest.mark.needs_torch
def test_nested_arguments_of_torch() -> None:
    product = torch_product(RULES["right"], A)
    at = {"net": {"bias": X, "scale": [X + 2, 0.5]}}
    assert gv.check_gradient(lambda net: (product(net["bias"]) * net["scale"][0]).sum() * net["scale"][1], "torch", at).verdict == "pass"


# -- rules inside JAX --------------------------------------------------------------------------------------------------


def jax_product(rule: Callable[[Any, Any], Any], matrix: Any) -> Callable[[Any], Any]:
    """x -> tanh(matrix @ x) whose product has a pullback of its own."""
    import jax

    @jax.custom_vjp
    def product(x: Any) -> Any:
        return matrix @ x

    product.defvjp(lambda x: (matrix @ x, None), lambda _, upstream: (rule(jax.numpy.asarray(matrix, upstream.dtype), upstream),))
    return lambda x: jax.numpy.tanh(product(x))


@pytest.mark.needs_jax
@pytest.mark.parametrize("kind", ["gradient", "jacobian", "vjp", "hessian", "hvp"])
@pytest.mark.parametrize("rule", RULES)
def test_rules_inside_jax(rule: str, kind: str) -> None:
    product = jax_product(RULES[rule], A)
    f = (lambda x: product(x).sum()) if kind in ("gradient", "hessian", "hvp") else product
    assert gv.check_gradient(f, "jax", X, kind=kind, diagnose=False).verdict == ("pass" if rule == "right" else "fail")


@pytest.mark.needs_jax
def test_single_precision_of_jax() -> None:
    right, wrong = jax_product(RULES["right"], A.astype(np.float32)), jax_product(RULES["transposed"], A.astype(np.float32))
    at = X.astype(np.float32)
    assert gv.check_gradient(right, "jax", at, kind="jacobian").verdict == "pass"
    assert gv.check_gradient(wrong, "jax", at, kind="jacobian", diagnose=False).verdict == "fail"


@pytest.mark.needs_jax
@pytest.mark.parametrize("kind", ["jacobian", "vjp"])
def test_complex_functions_of_jax(kind: str) -> None:
    """JAX's pullback is linear, without the conjugate: that is where the slip is a conjugate too many."""
    right = jax_product(lambda w, upstream: w.T @ upstream, C)
    wrong = jax_product(lambda w, upstream: w.conj().T @ upstream, C)
    assert gv.check_gradient(right, "jax", Z, kind=kind).verdict == "pass"
    assert gv.check_gradient(wrong, "jax", Z, kind=kind, diagnose=False).verdict == "fail"
    for convention in ("steepest", "conjugate"):
        assert gv.check_gradient(lambda z: (abs(right(z)) ** 2).sum(), "jax", Z, convention=convention).verdict == "pass"


@pytest.mark.needs_jax
@pytest.mark.parametrize("kind", ["jacobian", "vjp", "jvp"])
def test_functions_of_jax_that_are_not_holomorphic(kind: str) -> None:
    import jax.numpy as jnp

    assert gv.check_gradient(lambda z: jnp.conj(z) * jnp.abs(z[0]), "jax", Z, kind=kind).verdict == "pass"


@pytest.mark.needs_jax
def test_nested_arguments_of_jax() -> None:
    product = jax_product(RULES["right"], A)
    at = {"net": {"bias": X, "scale": [X + 2, 0.5]}}
    assert gv.check_gradient(lambda net: (product(net["bias"]) * net["scale"][0]).sum() * net["scale"][1], "jax", at).verdict == "pass"


@pytest.mark.needs_autograd
def test_complex_functions_of_autograd() -> None:
    import autograd.numpy as anp  # type: ignore[import-not-found, unused-ignore]

    assert gv.check_gradient(lambda z: anp.sum(anp.abs(z) ** 2 * anp.real(z)), "autograd", Z).verdict == "pass"
    assert gv.check_gradient(lambda z: anp.exp(z) * z[0], "autograd", Z, kind="jacobian").verdict == "pass"
    assert gv.check_gradient(lambda x: anp.exp(1j * x), "autograd", X, kind="vjp").verdict == "pass"
