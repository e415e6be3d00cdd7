"""A derivation as plain data: what the chain rule says line by line, written by :mod:`graphviz_ad.render.derivation`."""

from __future__ import annotations

from typing import NamedTuple

from .model import Label


class Forward(NamedTuple):
    """One value: ``name`` = ``formula`` = ``substituted`` = ``value``; ``substituted`` is None where it says nothing new."""

    name: Label
    formula: Label
    substituted: Label | None
    value: Label


class Edge(NamedTuple):
    """One use of a value, differentiated.

    ``local`` (∂f/∂q) = ``formula`` (z) = ``substituted`` = ``number`` (−4): the local derivative. ``upstream`` is the
    gradient that arrives at the operation, ``contribution`` = ``upstream`` × ``number`` what goes on to the operand:
    the whole ``gradient`` (∂f/∂q) of it, or with ``share`` a part. Between arrays ``chain`` is the matrix chain rule
    (∂L/∂Y·Wᵀ) and ``shapes`` how its shapes fit, where they have a short form.
    """

    local: Label
    formula: Label
    substituted: Label | None
    number: Label
    upstream: Label
    contribution: Label
    gradient: Label
    share: bool
    chain: Label | None = None
    shapes: Label | None = None


class Sum(NamedTuple):
    """A value that is used several times: its gradient is the sum of what its uses send back."""

    gradient: Label
    contributions: tuple[Label, ...]
    total: Label
    told: int  # uses in all; more of them than ``contributions`` are told by an ellipsis


class Backward(NamedTuple):
    """One operation on the way back: the gradient that has arrived (``gradient`` = ``value``), and where it goes."""

    name: Label
    formula: Label
    gradient: Label
    value: Label
    edges: tuple[Edge, ...]
    sums: tuple[Sum, ...]


class Term(NamedTuple):
    """One summand of a differential: ``formula``·``operand`` (z·dq) = ``number``·``tangent`` = ``product``.

    ``number`` is None for a Jacobian between arrays, of which the product alone is told.
    """

    formula: Label
    operand: Label  # dx
    number: Label | None
    tangent: Label
    product: Label


class Differential(NamedTuple):
    """Forward mode, one operation: dq = ∂q/∂x·dx + ∂q/∂y·dy with its numbers and its ``total``."""

    name: Label
    formula: Label
    substituted: Label | None
    value: Label
    differential: Label  # dq
    terms: tuple[Term, ...]
    total: Label


class Result(NamedTuple):
    """A gradient by an input: ∂f/∂x = −4."""

    gradient: Label
    value: Label


class Derivation(NamedTuple):
    """All of it: the function, where it is taken, forward, backward, the gradients; ``notes`` tell what was cut and kinks.

    In forward mode ``differentials`` stand in place of ``forward`` and ``backward``, and ``results`` is the one of the output.
    """

    title: Label
    given: tuple[tuple[Label, Label], ...]
    forward: tuple[Forward, ...]
    seed: tuple[Label, Label] | None
    backward: tuple[Backward, ...]
    results: tuple[Result, ...]
    notes: tuple[str, ...]
    direction: tuple[tuple[Label, Label], ...] = ()  # forward mode: dx = 1
    differentials: tuple[Differential, ...] = ()
