"""Gradient checkers of other packages behind one door: a case in, a verdict out; each on its default settings.

PyTorch, JAX, autograd and PyTensor get function and claim through a custom backward rule. SciPy's check_grad and numdifftools give
numbers and no verdict; :func:`by_scipy` and :func:`by_numdifftools` say how one is made of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

import graphviz_ad as gv


class Case(NamedTuple):
    """A function, a claim (a tuple by argument), the point, and what the claim is: "right", "wrong" or "undecidable" at this point."""

    name: str
    f: Callable[..., Any]
    gradient: Callable[..., Any]
    at: tuple[Any, ...]
    truth: str


def by_gradviz(case: Case) -> str:
    return gv.check_gradient(case.f, case.gradient, case.at, diagnose=False).verdict


def by_torch(case: Case, fast: bool = False) -> str:
    import torch

    class Wrapped(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, *inputs: Any) -> Any:
            ctx.save_for_backward(*inputs)
            return torch.tensor(float(case.f(*[_native(x.detach().numpy()) for x in inputs])), dtype=torch.float64)

        @staticmethod
        def backward(ctx: Any, upstream: Any) -> Any:
            slopes = case.gradient(*[_native(x.detach().numpy()) for x in ctx.saved_tensors])
            return tuple(upstream * torch.tensor(np.array(slope, float)) for slope in slopes)

    tensors = tuple(torch.tensor(np.asarray(x, float), requires_grad=True) for x in case.at)
    try:
        return "pass" if torch.autograd.gradcheck(Wrapped.apply, tensors, raise_exception=False, fast_mode=fast) else "fail"
    except RuntimeError:  # a gradient of the wrong shape is an error of the engine
        return "fail"


def by_jax(case: Case) -> str:
    import jax
    from jax.test_util import check_grads

    wide = jax.enable_x64 if hasattr(jax, "enable_x64") else jax.experimental.enable_x64
    with wide(True):
        shapes = [jax.ShapeDtypeStruct(np.shape(x), np.float64) for x in case.at]
        scalar = jax.ShapeDtypeStruct((), np.float64)

        def value(*xs: Any) -> Any:
            return np.asarray(case.f(*[_native(np.asarray(x)) for x in xs]), float).reshape(())

        def slopes(*xs: Any) -> Any:
            found = case.gradient(*[_native(np.asarray(x)) for x in xs])
            return tuple(np.asarray(slope, float) for slope in found)

        f = jax.custom_vjp(lambda *xs: jax.pure_callback(value, scalar, *xs))

        def backward(xs: Any, upstream: Any) -> Any:
            return tuple(upstream * slope for slope in jax.pure_callback(slopes, tuple(shapes), *xs))

        f.defvjp(lambda *xs: (jax.pure_callback(value, scalar, *xs), xs), backward)
        try:
            check_grads(f, tuple(jax.numpy.asarray(np.asarray(x, float)) for x in case.at), order=1, modes=["rev"])
        except Exception:  # noqa: BLE001 - this checker reports a fault by raising, and wrong shapes by other errors
            return "fail"
    return "pass"


def by_autograd(case: Case) -> str:
    from autograd.extend import defvjp, primitive
    from autograd.test_util import check_grads

    np.random.seed(0)  # its directions come from NumPy's global generator; a table is made the same twice
    f = primitive(case.f)
    rules = [lambda answer, *xs, k=k: lambda upstream: upstream * np.asarray(case.gradient(*xs)[k]) for k in range(len(case.at))]
    defvjp(f, *rules)
    try:
        check_grads(f, tuple(range(len(case.at))), modes=["rev"], order=1)(*case.at)
    except Exception:  # noqa: BLE001 - this checker reports a fault by raising
        return "fail"
    return "pass"


def by_pytensor(case: Case) -> str:
    """``verify_grad``; its graphs are run by Python, because a compiler has nothing to do here."""
    import pytensor.tensor as pt
    from pytensor.compile.mode import Mode
    from pytensor.gradient import GradientError, verify_grad
    from pytensor.graph.basic import Apply
    from pytensor.graph.op import Op

    class Slopes(Op):
        def make_node(self, *inputs: Any) -> Any:
            inputs = tuple(map(pt.as_tensor_variable, inputs))
            return Apply(self, list(inputs), [x.type() for x in inputs])

        def perform(self, node: Any, inputs: Any, storage: Any) -> None:
            found = case.gradient(*[_native(np.asarray(x)) for x in inputs])
            for place, slope, x in zip(storage, found, inputs, strict=True):
                place[0] = np.asarray(slope, float)
                if place[0].shape != np.shape(x):
                    raise ValueError("the gradient has another shape than its argument")

    class Wrapped(Op):
        def make_node(self, *inputs: Any) -> Any:
            return Apply(self, list(map(pt.as_tensor_variable, inputs)), [pt.dscalar()])

        def perform(self, node: Any, inputs: Any, storage: Any) -> None:
            storage[0][0] = np.asarray(case.f(*[_native(np.asarray(x)) for x in inputs]), float).reshape(())

        def pullback(self, inputs: Any, outputs: Any, cotangents: Any) -> Any:
            return [cotangents[0] * slope for slope in Slopes()(*inputs, return_list=True)]

        def L_op(self, inputs: Any, outputs: Any, cotangents: Any) -> Any:
            return self.pullback(inputs, outputs, cotangents)

    points = [np.asarray(x, float) for x in case.at]
    try:
        verify_grad(Wrapped(), points, rng=np.random.default_rng(0), mode=Mode(linker="py", optimizer=None))
    except (GradientError, ValueError):
        return "fail"
    return "pass"


def by_scipy(case: Case) -> str:
    """A pass where the number (the norm of the difference) is at most 1e-5 times that of the gradient: kinder than the manual."""
    from scipy.optimize import check_grad

    f, slope, point = _flattened(case)
    try:
        error = check_grad(f, slope, point)
    except ValueError:  # shapes that do not fit
        return "fail"
    return "pass" if np.isfinite(error) and error <= 1e-5 * np.linalg.norm(slope(point)) else "fail"


def by_numdifftools(case: Case) -> str:
    """A pass where every entry lies within ten times its own error estimate plus 1e-6 of the entry; a failed estimate fails."""
    import numdifftools

    f, slope, point = _flattened(case)
    claim = slope(point)
    if claim.shape != point.shape:
        return "fail"
    found = numdifftools.Gradient(f, full_output=True)(point)
    error = found[1] if hasattr(found, "estimate") else found[1].error_estimate  # a named tuple from 0.11, a pair before
    allowed = 10 * np.ravel(error) + 1e-6 * np.abs(claim)
    return "pass" if np.all(np.abs(np.ravel(found[0]) - claim) <= allowed) else "fail"


def _flattened(case: Case) -> tuple[Callable[[Any], float], Callable[[Any], Any], Any]:
    """Function, gradient and point over one vector."""
    parts = [np.asarray(x, float) for x in case.at]
    start = np.cumsum([0, *(part.size for part in parts)])

    def split(flat: Any) -> list[Any]:
        return [_native(flat[start[k] : start[k + 1]].reshape(part.shape)) for k, part in enumerate(parts)]

    def slope(flat: Any) -> Any:
        return np.concatenate([np.ravel(np.asarray(g, float)) for g in case.gradient(*split(flat))])

    return lambda flat: float(case.f(*split(flat))), slope, np.concatenate([part.ravel() for part in parts])


def _native(array: Any) -> Any:
    return array if np.shape(array) else float(array)


#: name -> (package, the checker)
CHECKERS: dict[str, tuple[str, Callable[[Case], str]]] = {
    "graphviz_ad": ("graphviz_ad", by_gradviz),
    "torch gradcheck": ("torch", by_torch),
    "torch gradcheck, fast": ("torch", lambda case: by_torch(case, fast=True)),
    "JAX check_grads": ("jax", by_jax),
    "HIPS autograd": ("autograd", by_autograd),
    "PyTensor verify_grad": ("pytensor", by_pytensor),
    "SciPy check_grad": ("scipy", by_scipy),
    "numdifftools": ("numdifftools", by_numdifftools),
}
