"""PyTorch modules and functions as graphs: torch.export lists their operations, each becomes one of ours.

Parameters and buffers are inputs that have their values already; nodes know the line of the module's own file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from types import FunctionType
from typing import TYPE_CHECKING, Any

import numpy as np  # noqa: TID253 - stand-ins carry NumPy's arrays

from ..errors import ParseError
from ..graph.structure import Graph
from .reading import Reading, settled
from .torch_operations import OPERATIONS

if TYPE_CHECKING:
    import torch

    from .reading import Result

_LINE = re.compile(r'File "([^"]+)", line (\d+)')


def from_torch(function: Callable[..., object], *examples: object) -> Graph:
    """The graph of a PyTorch module or function; see :func:`graphviz_ad.from_torch`."""
    import torch

    module = function if isinstance(function, torch.nn.Module) else _wrapped(function)
    own = next((one.device for one in (*module.parameters(), *module.buffers())), None)
    tensors = tuple(one if isinstance(one, (torch.Tensor, int, float, bool)) else torch.as_tensor(one, device=own) for one in examples)
    try:
        program = torch.export.export(module, tensors)
    except Exception as error:  # noqa: BLE001 - torch.export ends in many kinds of errors, all about the user's program
        said = str(error).strip().splitlines()
        raise ParseError(
            f"torch.export cannot list the operations: {said[0] if said else type(error).__name__}",
            hint="control flow must not depend on values: torch.where",
        ) from None
    reading = Reading(module.forward if isinstance(function, torch.nn.Module) else function)
    return settled(lambda: _read(program, reading, function, tensors), reading)


def _wrapped(function: Callable[..., object]) -> torch.nn.Module:
    """A function as a module. PyTorch notes the lines of functions called ``forward`` alone, so that is what it is called there."""
    import torch

    if not callable(function):
        raise ParseError(f"{type(function).__name__} is neither a module nor a function")
    run = function
    if isinstance(function, FunctionType):
        code = function.__code__.replace(co_name="forward")
        run = FunctionType(code, function.__globals__, "forward", function.__defaults__, function.__closure__)
        run.__kwdefaults__ = function.__kwdefaults__

    class Wrapped(torch.nn.Module):
        def forward(self, *arguments: object) -> object:
            return run(*arguments)

    return Wrapped()


def _read(
    program: torch.export.ExportedProgram, reading: Reading, function: Callable[..., object], examples: Sequence[torch.Tensor | float]
) -> Graph:
    import inspect

    import torch

    found: dict[str, Result] = {}
    known = {**program.state_dict, **program.constants}
    names = list(inspect.signature(function.forward if isinstance(function, torch.nn.Module) else function).parameters)
    places = [node for node in program.graph.nodes if node.op == "placeholder"]
    taken = iter(enumerate(examples))
    kinds = {spec.arg.name: spec for spec in program.graph_signature.input_specs if hasattr(spec.arg, "name")}
    for node in places:
        spec = kinds[node.name]
        kind = spec.kind.name
        if kind == "USER_INPUT":
            number, example = next(taken)
            name = names[number] if number < len(names) else f"x{number}"
            found[node.name] = reading.input(reading.free(name), _array(example)) if isinstance(example, torch.Tensor) else example
        elif kind == "PARAMETER":
            found[node.name] = reading.parameter(reading.free(re.sub(r"\W", "_", spec.target)), _array(known[spec.target]))
        else:
            found[node.name] = reading.array(_array(known[spec.target]))
    results: list[Result] = []
    for node in program.graph.nodes:
        if node.op == "call_function":
            lines = _LINE.findall(node.meta.get("stack_trace") or "")
            reading.at_line(*next(((file, int(line)) for file, line in reversed(lines) if file == reading.file), ("", 0)))
            found[node.name] = _run(reading, node, found)
        elif node.op == "output":
            flat = node.args[0]
            kept = [spec.arg.name for spec in program.graph_signature.output_specs if spec.kind.name == "USER_OUTPUT"]
            results = [found[one.name] for one in flat if getattr(one, "name", None) in kept]
    if not results:
        reading.complain()
        raise ParseError("the program returns no tensor", hint="return the tensor that is to be differentiated")
    return reading.finish(results)


def _run(reading: Reading, node: Any, found: Mapping[str, Any]) -> Result:
    """One operation, over stand-ins."""
    import operator

    import torch

    arguments = torch.fx.node.map_arg(node.args, lambda one: found[one.name])
    options = torch.fx.node.map_arg(node.kwargs, lambda one: found[one.name])
    if node.target is operator.getitem:
        return arguments[0][arguments[1]]
    full = str(node.target).removeprefix("aten.")
    name = full.partition(".")[0]
    translate = OPERATIONS.get(full) or OPERATIONS.get(name)
    if translate is not None:
        try:
            return translate(reading, *_defaults(node.target, arguments, options))
        except NotImplementedError as reason:
            name = f"{name} ({reason})"
    return reading.unsupported(f"torch's {name}", lambda plain: _plain(node.target, plain, options), arguments)


def _defaults(target: torch._ops.OpOverload, arguments: Sequence[object], options: Mapping[str, object]) -> list[object]:
    """All arguments in the order of the operation's own signature."""
    given = list(arguments)
    schema = target._schema.arguments
    for argument in schema[len(given) :]:
        given.append(options.get(argument.name, argument.default_value if argument.has_default_value() else None))
    return given


def _plain(target: torch._ops.OpOverload, values: Sequence[object], options: Mapping[str, object]) -> Any:
    """What the operation gives on the example's numbers."""
    import torch

    def tensor(value: object) -> object:
        return torch.tensor(value) if isinstance(value, (np.ndarray, np.generic)) else value

    here = torch.device("cpu")  # where the numbers are, wherever the program was
    options = {name: here if isinstance(one, torch.device) else one for name, one in options.items()}
    result = target(*torch.utils._pytree.tree_map(tensor, list(values)), **options)
    return torch.utils._pytree.tree_map(lambda one: _array(one) if isinstance(one, torch.Tensor) else one, result)


def _array(tensor: torch.Tensor) -> np.ndarray:
    """A tensor's numbers as an array: reals in double precision, whole numbers and truth values as they are."""
    array = tensor.detach().cpu()
    return array.double().numpy() if array.is_floating_point() else array.numpy()
