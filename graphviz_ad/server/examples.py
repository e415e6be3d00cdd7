"""What the app offers to begin with: title, expression, values."""

from __future__ import annotations

EXAMPLES: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("The opening example", "q = x + y\nf = q*z", {"x": "-2", "y": "5", "z": "-4"}),
    ("A neuron", "s(t) = 1/(1 + exp(-t))\nf = s(w0*x0 + w1*x1 + w2)", {"w0": "2", "x0": "-1", "w1": "-3", "x1": "-2", "w2": "-3"}),
    ("Add, max, multiply", "f = 2*(x*y + max(z, w))", {"x": "3", "y": "-4", "z": "2", "w": "-1"}),
    ("A fork", "f = x*x + sin(x)*y", {"x": "1.5", "y": "2"}),
    ("A staged computation", "num = x + sigmoid(y)\nden = sigmoid(x) + (x + y)**2\nf = num/den", {"x": "3", "y": "-4"}),
    ("A kink", "f = relu(x) + abs(y)", {"x": "0", "y": "-2"}),
    ("Cross entropy of two classes", "m = max(a, b)\nz = exp(a - m) + exp(b - m)\nloss = m + log(z) - a", {"a": "1", "b": "2"}),
    (
        "A layer, with matrices",
        "h = W@x + b\nf = sum(tanh(h)**2)",
        {"W": "[[0.5, -1, 2], [1, 0.5, -0.5]]", "x": "[1, 2, -1]", "b": "[0.1, -0.2]"},
    ),
    ("Softmax and its loss", "p = softmax(z)\nloss = -log(p[1])", {"z": "[1, 2, 0.5]"}),
    (
        "Attention",
        "A = softmax(Q@K.T/sqrt(2))\nf = sum((A@V)**2)",
        {"Q": "[[1, 0], [0, 2]]", "K": "[[1, 1], [-1, 0]]", "V": "[[1, 0], [2, -1]]"},
    ),
    ("A normal density", "p = exp(-(x - mu)**2/(2*sigma**2))/(sigma*sqrt(2*pi))", {"x": "0.3", "mu": "1.1", "sigma": "0.9"}),
)
