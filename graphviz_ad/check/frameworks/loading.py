"""From ``package.module:name`` or ``path/file.py:name`` to the object: the import, with errors that say what to do next."""

from __future__ import annotations

import difflib
import importlib.util
import os
import re
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from ...errors import BindingError, FileError, NamingError
from ..probing.guard import raised, shown

_TARGET = re.compile(r"(?P<module>[^\W\d]\w*(?:\.[^\W\d]\w*)*|.+\.py):(?P<name>[^\W\d]\w*(?:\.[^\W\d]\w*)*)", re.DOTALL)


def split(target: str) -> tuple[str, str]:
    """The module (or the file) and the name.

    >>> split("scipy.optimize:rosen"), split("src/layer.py:Layer.forward")
    (('scipy.optimize', 'rosen'), ('src/layer.py', 'Layer.forward'))

    Raises
    ------
    BindingError
        It is not of this form.
    """
    match = _TARGET.fullmatch(target)
    if match is None:
        raise BindingError(f"{target[:80]!r} is not of the form module:function or file.py:function")
    return match["module"], match["name"]


def load_object(module: str, name: str) -> Any:
    """The object of that (dotted) name in a module or a file.

    Raises
    ------
    NamingError
        There is no such module or name.
    FileError
        There is no such file, or it is no Python.
    CallError
        The module raised an exception while it was imported.
    """
    loaded = load_module(module)
    value: Any = loaded
    for count, part in enumerate(name.split(".")):
        if not hasattr(value, part):
            where = module if not count else f"{module}:{'.'.join(name.split('.')[:count])}"
            raise NamingError(f"{where} has no {part}", hint=_near(part, [n for n in dir(value) if not n.startswith("_")]))
        value = getattr(value, part)
    return value


def load_module(module: str) -> ModuleType:
    """A module by its dotted name, searched in the current folder first as ``python -m`` does, or by the path of its file."""
    if module.endswith(".py"):
        return _load_file(Path(module))
    here = os.getcwd()
    if "" not in sys.path and here not in sys.path:
        sys.path.insert(0, here)
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if error.name is not None and (module == error.name or module.startswith(error.name + ".")):
            names = [path.stem for path in Path(here).glob("*.py")]
            hint = _near(module, names) or "modules are looked for in the current folder and in this Python's environment"
            raise NamingError(f"there is no module {error.name}", hint=hint) from None
        raise _import_fault(module, error) from error
    except (Exception, SystemExit) as error:  # foreign code may raise anything while it is imported
        raise _import_fault(module, error) from error


def _load_file(path: Path) -> ModuleType:
    if not path.is_file():
        near = _near(path.name, [one.name for one in path.parent.glob("*.py")]) if path.parent.is_dir() else ""
        raise FileError(f"{path}: there is no such file" + (f"\nhint: {near}" if near else ""))
    full = path.resolve()
    names, folder = [] if full.stem == "__init__" else [full.stem], full.parent
    while (folder / "__init__.py").is_file():  # a file of a package is imported as such, so that its relative imports work
        names.insert(0, folder.name)
        folder = folder.parent
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    name = ".".join(names)
    known = sys.modules.get(name)
    if known is not None and os.path.realpath(getattr(known, "__file__", None) or "") == str(full):
        return known
    if known is None and "." in name:
        return load_module(name)
    if known is not None or importlib.util.find_spec(name) is None or _origin(name) != str(full):
        name = f"gradviz_target_{name}"  # another module has that name: a file called test.py, say
    spec = importlib.util.spec_from_file_location(name, full)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:  # foreign code may raise anything while it is imported
        del sys.modules[name]
        raise _import_fault(str(path), error) from error
    return module


def _origin(name: str) -> str:
    spec = importlib.util.find_spec(name)
    return os.path.realpath(spec.origin) if spec is not None and spec.origin else ""


def _import_fault(module: str, error: BaseException) -> Exception:
    if isinstance(error, SyntaxError):
        text = f"{shown(error.filename or module)}, line {error.lineno}: {error.msg}"
        if error.text:
            line = error.text.rstrip("\n")
            text += f"\n  {line}" + (f"\n  {' ' * (error.offset - 1)}^" if error.offset else "")
        return FileError(text)
    if isinstance(error, SystemExit):
        return raised(error, f"importing {module} ended the program:", 'put what runs under if __name__ == "__main__":')
    missing = error.name if isinstance(error, ModuleNotFoundError) else None
    return raised(error, f"importing {module} raised", f"install {missing} into this environment" if missing else "")


def _near(name: str, names: list[str]) -> str:
    found = difflib.get_close_matches(name, names, n=3, cutoff=0.5)
    return f"did you mean {' or '.join(found)}?" if found else ""
