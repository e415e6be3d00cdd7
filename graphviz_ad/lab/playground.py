"""The playground: train a network in the browser, on the very graphs that Python trains on.

For each depth and activation the page holds the loss and its gradient as one graph, made by :meth:`Graph.gradient` and written
as tables; sizes stand in it by name, so that one table serves any number of neurons and examples. Operations between numbers
are the package's JavaScript kernels; the page itself adds only the moving of arrays.
"""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from ..language.elaboration import parse
from ..page.embedding import policy, script_json
from ..primitives.kernels.javascript import program
from ..primitives.registry import OPERATIONS
from ..render.theme import DARK, LIGHT
from .canvas import CLASSES
from .models import network

ACTIVATIONS = ("relu", "tanh", "sigmoid", "leaky_relu", "elu", "silu", "softplus", "none")
DEPTHS = (0, 1, 2, 3)
#: sizes that occur nowhere else stand for those the reader chooses
_SIZES = {1009: "N", 17: "C", 101: "H1", 103: "H2", 107: "H3"}


def write_playground() -> str:
    """The page as one file.

    >>> page = write_playground()
    >>> page[:15], "http://" in page
    ('<!DOCTYPE html>', False)
    """
    kinds = [(depth, activation) for depth in DEPTHS for activation in (ACTIVATIONS if depth else ("none",))]
    tables = {f"{depth}-{activation}": tabulate(depth, activation) for depth, activation in kinds}
    ops = sorted({op for table in tables.values() for op in table["op"] if op in OPERATIONS})
    folder = files(__package__) / "data"
    script = f'(() => {{\n"use strict";\nconst OPS = {program(tuple(ops))};\n{(folder / "playground.js").read_text("utf-8")}\n}})();'
    data = {"tables": tables, "colors": CLASSES, "activations": ACTIVATIONS}
    bright = ";".join(f"--{role}:{color}" for role, color in LIGHT.items())
    dim = ";".join(f"--{role}:{color}" for role, color in DARK.items())
    page = (folder / "playground.html").read_text("utf-8")
    roles = f":root{{color-scheme:light dark;{bright}}}@media(prefers-color-scheme:dark){{:root{{{dim}}}}}"
    for mark, text in {
        "@policy@": policy(script), "@colors@": roles,
        "@options@": "".join(f"<option>{name}</option>" for name in ACTIVATIONS), "@data@": script_json(data), "@script@": script,
    }.items():  # fmt: skip
        page = page.replace(mark, text)
    return page


def tabulate(depth: int, activation: str) -> dict[str, Any]:
    """Loss, scores, gradients of one kind of network as columns: operations, operands, static arguments, names."""
    hidden = tuple(size for size, name in _SIZES.items() if name.startswith("H"))[:depth]
    model = network((2, *hidden, 17), activation, l2=1.0)
    text = model.text.replace("R = 0.5*", "R = 0.5*lam*")
    graph = parse(text).shaped({"X": (1009, 2), "y": (1009,), "lam": (), **model.shapes})
    gradient = graph.gradient(*model.shapes)
    wanted = ["L", "S", *gradient.output_names]
    whole = gradient.of(*wanted)
    assert whole.shapes is not None
    columns: dict[str, Any] = {
        "op": list(whole.ops),
        "from": [list(one) for one in whole.operands],
        "params": [],
        "names": {},
        "slopes": {},
    }
    for handle, op in enumerate(whole.ops):
        params: Any = whole.params[handle]
        if op == "constant":
            value = params.value
            columns["params"].append({"value": _SIZES.get(int(value), value) if float(value).is_integer() else value})
        elif op == "input" or not params:
            columns["params"].append({"shape": _named(whole.shapes[handle])})
        else:
            columns["params"].append({**{key: _plain(value) for key, value in dict(params).items()}, "shape": _named(whole.shapes[handle])})
    columns["needed"] = [int(one) for one in whole.needed]
    columns["names"] = {name: whole.handle(name) for name in (*graph.inputs, *[n for n in graph.names if n], *wanted)}
    for layer in range(1, model.layers + 1):
        handle = whole.handle(f"dL_db{layer}")
        if whole.ops[handle] == "sum":  # what is summed over the examples is the gradient of the layer's sums
            columns["slopes"]["S" if layer == model.layers else f"z{layer}"] = whole.operands[handle][0]
    return columns


def _named(shape: Any) -> list[Any]:
    return [_SIZES.get(size, size) for size in shape]


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return _SIZES.get(value, value) if isinstance(value, int) and not isinstance(value, bool) else value
