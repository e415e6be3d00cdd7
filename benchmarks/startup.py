"""CPU time of whole processes, from the first instruction to the exit, children included.

Each command runs once to warm the caches of files and byte code and then several times; the median is printed, in
milliseconds and in ratios to bare Python and to ``import sympy``. CPU time (user + system) rather than wall time: it
hardly depends on what else the machine does.

With ``--assert`` the exit code is 1 when a limit is crossed:

* ``gradviz --version`` at most 3 × bare Python,
* the first command of README.md, from nothing to a written, typeset and checked SVG, at most 1 × ``import sympy``.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

VERSION_LIMIT = 3.0
DRAWING_LIMIT = 1.0

TORCH = """
import torch, torchviz
x, y, z = (torch.tensor(v, requires_grad=True) for v in (-2.0, 5.0, -4.0))
f = (x + y) * z
f.backward()
open("torch.dot", "w").write(torchviz.make_dot(f, params={"x": x, "y": y, "z": z}).source)
"""


def gradviz_command() -> list[str]:
    """The installed console script of this environment, or the module where there is none."""
    script = Path(sys.executable).with_name("gradviz")
    return [str(script)] if script.exists() else [sys.executable, "-m", "graphviz_ad"]


def commands() -> dict[str, list[str]]:
    gradviz = gradviz_command()
    found = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "gradviz --version": [*gradviz, "--version"],
        "gradviz --help": [*gradviz, "--help"],
        'gradviz "(x+y)*z" x=-2 y=5 z=-4': [*gradviz, "(x+y)*z", "x=-2", "y=5", "z=-4"],
        'python -c "import sympy"': [sys.executable, "-c", "import sympy"],
    }
    if importlib.util.find_spec("torch") and importlib.util.find_spec("torchviz"):
        found["torch + torchviz, a graph without numbers"] = [sys.executable, "-c", TORCH]
    return found


def cpu_seconds(command: list[str], folder: str, environment: dict[str, str]) -> float:
    """CPU time of one run, its children included. Raises CalledProcessError when the command fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=True, timeout=300)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def measure(runs: int) -> dict[str, float]:
    """Median CPU seconds of each command. The commands take turns, so that a slow minute hits all of them alike."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    times: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for turn in range(runs + 1):
            for name, command in commands().items():
                spent = cpu_seconds(command, folder, environment)
                if turn:  # the first turn fills the caches
                    times.setdefault(name, []).append(spent)
        picture = Path(folder, "gradviz.svg")
        if not picture.exists() or b"<svg" not in picture.read_bytes():
            raise SystemExit("the command wrote no picture, so its time means nothing")
    return {name: statistics.median(spent) for name, spent in times.items()}


def main() -> int:
    parser = argparse.ArgumentParser(description="CPU time of whole processes.")
    parser.add_argument("--runs", type=int, default=7, help="runs per command (default: 7)")
    parser.add_argument("--assert", dest="enforce", action="store_true", help="exit 1 above the limits")
    options = parser.parse_args()

    medians = measure(options.runs)
    bare, sympy = medians["python -c pass"], medians['python -c "import sympy"']
    print(f"Python {platform.python_version()}, {platform.machine()}; median CPU time of {options.runs} runs\n")
    print(f"{'command':44} {'ms':>8} {'× bare Python':>15} {'× import sympy':>15}")
    for name, seconds in medians.items():
        print(f"{name:44} {seconds * 1e3:8.1f} {seconds / bare:15.2f} {seconds / sympy:15.2f}")

    version, drawing = medians["gradviz --version"] / bare, medians['gradviz "(x+y)*z" x=-2 y=5 z=-4'] / sympy
    faults = []
    if version > VERSION_LIMIT:
        faults.append(f"gradviz --version takes {version:.2f} × bare Python, more than {VERSION_LIMIT}")
    if drawing > DRAWING_LIMIT:
        faults.append(f"a picture takes {drawing:.2f} × import sympy, more than {DRAWING_LIMIT}")
    print("\n" + ("\n".join(faults) if faults else "within the limits"))
    return 1 if faults and options.enforce else 0


if __name__ == "__main__":
    sys.exit(main())
