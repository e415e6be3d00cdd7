"""The table: names, aliases, the shape of the records."""

from __future__ import annotations

import subprocess
import sys

import pytest

from graphviz_ad.primitives import registry
from graphviz_ad.primitives.kernels import mpmath as precise
from graphviz_ad.primitives.kernels import numpy as arrays
from graphviz_ad.primitives.kernels import python as floats
from graphviz_ad.primitives.registry import OPERATIONS, family, names, operation, resolve

#: the vocabulary that the project promises, by every promised spelling
PROMISED = (
    "add sub mul div power mod neg reciprocal square sqrt cbrt exp exp2 expm1 log ln log2 log10 log1p sin cos tan sinc asin arcsin"
    " acos arccos atan arctan atan2 arctan2 sinh cosh tanh asinh arcsinh acosh arccosh atanh arctanh sec csc cot asec acsc acot"
    " sech csch coth asech acsch acoth fmod fabs abs absolute sign floor ceil round rint trunc maximum minimum clip where less"
    " less_equal greater greater_equal equal not_equal logical_and logical_or logical_not heaviside hypot deg2rad radians rad2deg"
    " degrees erf erfc erfcx erfinv gamma lgamma gammaln digamma trigamma polygamma beta j0 j1 y0 y1 besselj bessely i0 i1 besseli"
    " lambertw xlogy logaddexp sigmoid expit logit relu leaky_relu elu selu celu gelu gelu_tanh silu swish mish softplus softsign"
    " hardtanh hardsigmoid hardswish relu6 tanhshrink softshrink logsigmoid copy"
).split()

CATEGORIES = ("arithmetic", "exponential", "trigonometric", "hyperbolic", "piecewise", "condition", "activation", "special")


@pytest.mark.parametrize("name", PROMISED)
def test_promised_names_resolve(name: str) -> None:
    canonical = resolve(name)
    assert canonical in OPERATIONS
    assert operation(name) is OPERATIONS[canonical]
    assert family(name) == "elementwise"
    assert name in names()


def test_unknown_names() -> None:
    assert resolve("sine") is None
    assert family("sine") is None
    with pytest.raises(KeyError):
        operation("sine")


def test_a_spelling_means_one_thing() -> None:
    before = names()
    with pytest.raises(ValueError, match="expit of contraction novelty already means elementwise sigmoid"):
        registry.register("contraction", "novelty", ("expit",))
    assert names() == before


@pytest.mark.parametrize("name", tuple(OPERATIONS))
def test_records_are_whole(name: str) -> None:
    record = OPERATIONS[name]
    assert record.name == name
    assert len(record.partials) == len(record.operands)
    assert record.shown == () or len(record.shown) == len(record.partials)
    assert record.boolean == (all(rule is None for rule in record.partials))
    assert bool(record.definition) != bool(record.sympy) or name == "ierfcx"
    assert record.summary
    assert record.category in (
        "arithmetic",
        "exponential",
        "trigonometric",
        "hyperbolic",
        "piecewise",
        "condition",
        "activation",
        "special",
    )
    for part in record.latex.split("#")[1:]:
        assert part.startswith(record.names), record.latex
    for module in (floats, arrays, precise):
        assert callable(getattr(module, name))


def test_starting_up_loads_nothing_heavy() -> None:
    code = (
        "import sys; import graphviz_ad.primitives.registry, graphviz_ad.primitives.rules as rules;"
        "rules.float_partials('tanh'), rules.partial_rule('power', 0);"
        "print(sorted({'numpy', 'scipy', 'sympy', 'mpmath', 'dataclasses'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
