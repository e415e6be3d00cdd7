"""Weights on disk: NumPy's npz with a line of JSON about the model; nothing in it is ever executed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from os import PathLike
from typing import TYPE_CHECKING, Any

from ..errors import FileError
from .models import Model, network

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]


def save(path: str | PathLike[str], model: Model, parameters: Mapping[str, Array]) -> None:
    """Write parameters and model.

    Raises
    ------
    FileError
        The file cannot be written.
    """
    import numpy as np

    about = json.dumps(model._asdict()).encode("utf-8")
    try:
        with open(path, "wb") as file:  # an open file: NumPy must not add a suffix of its own
            columns: dict[str, Any] = {name: parameters[name] for name in model.shapes}
            np.savez(file, model=np.frombuffer(about, dtype=np.uint8), **columns)
    except OSError as error:
        raise FileError(f"cannot write {path}: {error.strerror}") from None


def load(path: str | PathLike[str]) -> tuple[Model, dict[str, Array]]:
    """Read them back.

    Raises
    ------
    FileError
        The file cannot be read, or holds something else.
    """
    import zipfile

    import numpy as np

    try:
        with np.load(path, allow_pickle=False) as table:
            about = json.loads(table["model"].tobytes().decode("utf-8"))
            model = network(tuple(about["sizes"]), about["activation"], about["loss"], about["l2"])
            parameters = {name: np.array(table[name], dtype=float) for name in model.shapes}
    except OSError as error:
        raise FileError(f"cannot read {path}: {error.strerror or error}") from None
    except (ValueError, KeyError, TypeError, AttributeError, zipfile.BadZipFile) as error:
        raise FileError(f"{path} holds no weights of a model: {error}") from None
    wrong = [name for name, shape in model.shapes.items() if parameters[name].shape != shape]
    if wrong:
        raise FileError(f"{path}: {wrong[0]} has the shape {parameters[wrong[0]].shape}, the model wants {model.shapes[wrong[0]]}")
    return model, parameters
