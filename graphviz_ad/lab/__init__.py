"""Train small classifiers and look inside: data sets, models written in the language, gradient descent on the graph's gradient.

>>> from graphviz_ad import lab
>>> data = lab.make("xor")
>>> result = lab.train(lab.network((2, 8, 2), "tanh"), data, steps=300)
>>> result.accuracy > 0.95
True
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

_PUBLIC = {
    "Dataset": "datasets", "make": "datasets",
    "Model": "models", "network": "models", "linear": "models", "activations": "models",
    "Settings": "training", "Moment": "training", "Training": "training", "Stepper": "training", "train": "training", "check": "training",
    "save": "weights", "load": "weights",
}  # fmt: skip

__all__ = [*_PUBLIC]  # noqa: PLE0604 - the names are the table's keys

if TYPE_CHECKING:
    from .datasets import Dataset as Dataset
    from .datasets import make as make
    from .models import Model as Model
    from .models import activations as activations
    from .models import linear as linear
    from .models import network as network
    from .training import Moment as Moment
    from .training import Settings as Settings
    from .training import Stepper as Stepper
    from .training import Training as Training
    from .training import check as check
    from .training import train as train
    from .weights import load as load
    from .weights import save as save


def __getattr__(name: str) -> Any:
    module = _PUBLIC.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{module}"), name)
