"""The checks of anybody's gradient, with the report as people meet it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ..check import check_gradient as gradients
from ..check import check_target as targets
from ..check.check_gradient import ENTRIES, EVALUATIONS, POINTS
from .report import Report

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from ..graph.structure import Graph


def check_gradient(
    f: Callable[..., object] | Graph | str,
    gradient: Any,
    at: Any,
    *,
    kind: str = "gradient",
    points: int = POINTS,
    seed: int = 0,
    entries: int = ENTRIES,
    max_evaluations: int = EVALUATIONS,
    tolerance: float | None = None,
    convention: str = "steepest",
    executor: Executor | None = None,
    progress: Callable[[int, int], None] | None = None,
    diagnose: bool = True,
    curve: bool = False,
    self_test: bool = False,
) -> Report:
    """The report of a claimed derivative of ``f`` (a callable, a Graph, or an expression) at a point and around it.

    ``at`` a tuple: ``f(*at)``, and ``gradient(*at)`` gives a tuple of equal length; a dictionary: ``f(**at)``, a dictionary;
    otherwise ``f(at)``. Where it holds tensors of PyTorch, ``f`` and ``gradient`` are functions of tensors, on their device.
    ``gradient`` may be "torch", "jax" or "autograd": the reverse mode of that library through ``f`` is checked. It may be plain
    values; then, and when it never reads its arguments, only this point is judged.

    ``kind``: what is claimed. "gradient" of a scalar function; "jacobian" of shape output + input; "vjp": ``gradient(*at, v)`` is
    v times the Jacobian; "jvp": ``gradient(*at, u)`` is the Jacobian times u, u shaped like ``at``; "products": both, as
    ``{"vjp": …, "jvp": …}``, each by itself and against the other; "hessian"; "hvp": ``gradient(*at, u)``.
    ``convention`` says what the gradient of a real function of complex z = a + ib is: "steepest"
    (∂f/∂a + i ∂f/∂b) or "conjugate" (∂f/∂a − i ∂f/∂b). ``tolerance`` is the relative rounding error a right claim may have; by
    default four times the square root of the precision of the arguments and of what ``f`` returns, the coarser of the two.
    ``executor`` runs evaluations (``concurrent.futures``). ``curve`` adds the error of plain differences against their step, for the
    worst entry.
    ``self_test`` injects known slips into the claim and adds which of them this check catches here (``report.trials``).
    Raises BindingError or ShapeError for arguments that make no sense; a wrong claim is a verdict.

    >>> import numpy as np
    >>> check_gradient(lambda x: x**3, lambda x: 3 * x, at=1.0).verdict
    'fail'
    >>> check_gradient(np.sum, np.ones_like, at=np.array([1.0, 2.0])).verdict
    'pass'
    """
    return Report.lift(gradients.check_gradient(
        f, gradient, at, kind=kind, points=points, seed=seed, entries=entries, max_evaluations=max_evaluations, tolerance=tolerance,
        convention=convention, executor=executor, progress=progress, diagnose=diagnose, curve=curve, self_test=self_test,
    ))  # fmt: skip


def check_target(
    target: str,
    at: Any = None,
    claim: str | Mapping[str, str] | None = None,
    *,
    kind: str | None = None,
    named: Mapping[str, Any] | None = None,
    **options: Any,
) -> Report:
    """Check ``package.module:f`` or ``file.py:f`` at a point. The module is imported, so its code runs.

    ``at``: values, or the path of a file (.npz, .npy, .json, .csv, .txt); ``named``: more arguments by name. ``claim``: the name of the
    derivative, in the same module or as ``module:name``, or "torch", "jax", "autograd", or {"vjp": name, "jvp": name}; without it the usual
    names beside f are tried (f_gradient, f_grad, f_der, grad_f, df; f_jac; f_vjp and f_jvp, or one of them; f_hess; f_hvp), and
    ``f.gradient``. ``module:pair`` may also be a tuple (f, gradient). ``kind`` and the other options are those of :func:`check_gradient`.

    >>> check_target("scipy.optimize:rosen", [0.5, -1.5, 2.0]).verdict
    'pass'
    >>> check_target("scipy.optimize:rosen", [0.5, -1.5, 2.0], "rosen_hess", kind="hessian").verdict
    'pass'

    Raises
    ------
    NamingError, BindingError, FileError
        The target, the claim or the point cannot be used.
    CallError
        The function, the claim or the import of the module raised an exception.
    """
    return Report.lift(targets.check_target(target, at, claim, kind=kind, named=named, **options))
