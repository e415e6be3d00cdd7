"""A check of the whole network, and a planted bug that it finds

Every gradient of a small network against references in high precision. Then one factor is left out of a backward pass written
by hand: the report names the parameter and what the error looks like.
"""

import numpy as np

import graphviz_ad as gv
from graphviz_ad import lab
from graphviz_ad.lab import canvas

data = lab.make("blobs", points=3)
model = lab.network((2, 4, 3), "tanh")
parameters = model.initial("xavier", 4)
report = lab.check(model, data, parameters)


def loss(**p: np.ndarray) -> float:
    return float(model.at(p, data.X, data.y).value)


def backward(**p: np.ndarray) -> dict[str, np.ndarray]:
    """By hand, with the mean over the examples forgotten in one place."""
    h = np.tanh(data.X @ p["W1"] + p["b1"])
    e = np.exp(h @ p["W2"] + p["b2"])
    d = e / e.sum(axis=1, keepdims=True)
    d[np.arange(len(d)), data.y] -= 1
    dz = (d / len(d)) @ p["W2"].T * (1 - h * h)
    return {"W1": data.X.T @ dz, "b1": dz.sum(axis=0), "W2": h.T @ d, "b2": (d / len(d)).sum(axis=0)}


planted = gv.check_gradient(loss, backward, parameters)
wrong = sorted({row.wrt for row in planted.rows if row.verdict == "fail"})
exact = {
    "entries checked": float(len(report.rows)),
    "entries found wrong": float(len({(row.wrt, row.entry) for row in planted.rows if row.verdict == "fail"})),
}
verdicts = {"our gradients": report.verdict, "with the planted bug": planted.verdict, "wrong": ", ".join(wrong)}
assert planted.causes == ("W2: a constant factor 1/9 is missing",), planted.causes
assert verdicts == {"our gradients": "pass", "with the planted bug": "fail", "wrong": "W2"}, verdicts
errors = {name: max(row.error / max(abs(row.reference), 1e-300) for row in planted.rows if row.wrt == name) for name in parameters}


def paint(sheet: canvas.Canvas) -> None:
    sheet.words("The planted bug", 16, 26, 16, bold=True)
    sheet.words("largest relative error of each gradient, by powers of ten", 16, 45, 12, "muted")
    sheet.words(f"the report: {planted.causes[0]}", 16, 244, 13, "gradient")
    for place, (name, error) in enumerate(errors.items()):
        y, wide = 66 + 40 * place, 22 * (14 + np.log10(max(error, 1e-13)))
        sheet.box(60, y, wide, 24, sheet.color["gradient" if name in wrong else "value"])
        sheet.words(name, 48, y + 17, 14, bold=True, anchor="end")
        sheet.words(f"{error:.0e}  {'fail' if name in wrong else 'pass'}", 68 + wide, y + 17, 12.5, "gradient" if name in wrong else "text")


picture = canvas.Picture(520, 264, f"Relative errors of the hand-written gradients; wrong is {', '.join(wrong)}", paint)
