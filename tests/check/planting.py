"""A wrong rule for one operation, in float64 and in high precision alike, for as long as a test runs."""

from __future__ import annotations

import importlib
from typing import Any

import pytest


def plant(monkeypatch: pytest.MonkeyPatch, op: str, factor: float) -> None:
    """Multiply all local derivatives of an operation of a graph of scalars by a factor."""
    claim, tape = importlib.import_module("graphviz_ad.check.rules_in_many_digits"), importlib.import_module("graphviz_ad.derive.tape")
    rule, compiled = claim.partial_rule, tape.float_linearization

    def wrong_rule(name: str, position: int) -> Any:
        right = rule(name, position)
        return (lambda *a: right(*a) * factor) if name == op else right

    def wrong_tape(name: str, active: tuple[bool, ...]) -> Any:
        right = compiled(name, active)
        return (lambda *a: tuple(None if one is None else one * factor for one in right(*a))) if name == op else right

    monkeypatch.setattr(claim, "partial_rule", wrong_rule)
    monkeypatch.setattr(tape, "float_linearization", wrong_tape)
