"""Large graphs as people write them: a long sum, a recurrence unrolled, a network of scalars, a chain with no end."""

from __future__ import annotations

import math
import random

import graphviz_ad as gv


def long_sum(terms: int) -> gv.Point:
    """About four operations a term."""
    graph = gv.parse("+".join(f"sin(x{k % 20}*y + {k})" for k in range(terms)))
    return graph.at(dict.fromkeys(graph.inputs, 1.0))


def recurrence(steps: int) -> gv.Point:
    """h = tanh(w·h + u·x + b), step by step: five operations a step."""
    lines = [f"h{k} = tanh(w*h{k - 1} + u*x{k} + b)" for k in range(1, steps + 1)]
    graph = gv.parse("; ".join([*lines, f"loss = (h{steps} - t)**2"]))
    return graph.at({name: math.sin(place + 1) for place, name in enumerate(graph.inputs)})


def network(*sizes: int, seed: int = 1) -> gv.Point:
    """Layers of tanh neurons of scalars, and the sum of squares of the last one."""
    dice = random.Random(seed)
    lines: list[str] = []
    before = [f"x{k}" for k in range(sizes[0])]
    for layer, size in enumerate(sizes[1:], 1):
        here = [f"a{layer}_{k}" for k in range(size)]
        lines += [
            f"{name} = tanh({' + '.join(f'w{layer}_{k}_{j}*{source}' for j, source in enumerate(before))} + b{layer}_{k})"
            for k, name in enumerate(here)
        ]
        before = here
    graph = gv.parse("; ".join([*lines, "loss = " + " + ".join(f"{name}**2" for name in before)]))
    return graph.at({name: dice.gauss(0, 0.5) for name in graph.inputs})


def calls(count: int) -> gv.Point:
    """A named function applied to itself over and over: seven operations a call."""
    text = "step(h, x) = tanh(0.5*h + x)*exp(-h*h) + sin(x)/2; h0 = x; "
    graph = gv.parse(text + "; ".join(f"h{k} = step(h{k - 1}, x)" for k in range(1, count + 1)))
    return graph.at(x=0.3)


def irregular(operations: int, seed: int = 1) -> gv.Point:
    """Operations at random on what is there: no structure that could be told."""
    dice = random.Random(seed)
    lines, known = [], ["x", "y", "z"]
    for k in range(operations):
        a, b = dice.choice(known[-40:]), dice.choice(known[-40:])
        text = dice.choice(
            ("sin({a})", "tanh({a})", "{a}*{b}", "{a} + {b}", "{a} - {b}", "cos({a})*{b}", "max({a}, {b})", "abs({a})", "{a}/3")
        )
        lines.append(f"n{'abcdefghij'[k % 10]}{k} = " + text.format(a=a, b=b))
        known.append(f"n{'abcdefghij'[k % 10]}{k}")
    graph = gv.parse("; ".join([*lines, "f = " + " + ".join(known[-30:])]))
    return graph.at(dict.fromkeys(graph.inputs, 0.5))
