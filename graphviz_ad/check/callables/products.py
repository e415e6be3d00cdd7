"""Claims about products with derivatives and about second derivatives, and which check each kind gets: vjp, jvp, hessian, hvp.

A vector-Jacobian product is the gradient of v·f. A Jacobian-vector product is a slope along a direction. A Hessian is
the Jacobian of the gradient where ``f`` returns a gradient, else second differences of f, in high precision where f runs there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .adjoint import check_both
from .jvp import DirectionCheck
from .second_derivatives import check_second
from .vjp import check_vjp

if TYPE_CHECKING:
    from ..claims.session import Options
    from ..results import Report


def check_product(f: Any, claim: Any, at: Any, kind: str, options: Options) -> Report:
    """The report of a claimed vjp, jvp, Hessian or Hessian-vector product, or of a vjp and a jvp together."""
    if kind == "products":
        return check_both(f, claim, at, options)
    if kind == "vjp":
        return check_vjp(f, claim, at, options)
    if kind == "jvp":
        return DirectionCheck(f, claim, at, options).report()
    return check_second(f, claim, at, kind, options)
