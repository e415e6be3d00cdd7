"""The graphs that pages are tried with: the lecture's examples, forks, named functions, branches, every family of operations."""

from __future__ import annotations

GRAPHS: dict[str, tuple[str, dict[str, float]]] = {
    "product": ("x*y", {"x": 4, "y": -3}),
    "xyz": ("q = x + y; f = q*z", {"x": -2, "y": 5, "z": -4}),
    "neuron": ("1/(1 + exp(-(w0*x0 + w1*x1 + w2)))", {"w0": 2, "x0": -1, "w1": -3, "x1": -2, "w2": -3}),
    "neuron, named": ("s(t) = 1/(1 + exp(-t)); f = s(w0*x0 + w1*x1 + w2)", {"w0": 2, "x0": -1, "w1": -3, "x1": -2, "w2": -3}),
    "add, max, mul": ("2*(x*y + max(z, w))", {"x": 3, "y": -4, "z": 2, "w": -1}),
    "staged": ("sigy = sigmoid(y); num = x + sigy; sigx = sigmoid(x); xpy = x + y; den = sigx + xpy**2; f = num/den", {"x": 3, "y": -4}),
    "square": ("x*x", {"x": 3}),
    "shared": ("a = x*y; f = a*exp(a) + sin(a)", {"x": 0.5, "y": 1.5}),
    "branch": ("x*y if x > 0 else sqrt(y)*x", {"x": 1.5, "y": 2}),
    "branches": ("relu(x) + abs(y) + max(x, y)*min(x, 1)", {"x": 1.5, "y": -2}),
    "trigonometry": ("sin(x)*cos(y) + tan(x/3) + atan2(y, x) + asin(x/10)", {"x": 1.2, "y": 0.7}),
    "hyperbolic": ("tanh(x) + sinh(y/2)*cosh(x/2) + asinh(x*y)", {"x": 0.4, "y": -1.1}),
    "activations": ("gelu(x) + silu(y) + softplus(x*y) + mish(x) + elu(y)", {"x": 0.3, "y": -0.8}),
    "logarithms": ("log(1 + x**2) + log1p(y**2) + logaddexp(x, y) + expm1(x/4)", {"x": 1.3, "y": -0.4}),
    "error function": ("erf(x)*erfc(y) + sinc(x*y/2)", {"x": 0.3, "y": 0.8}),
    "powers": ("x**3 - 2*x**2*y + y**-2 + hypot(x, y)**1.5 + cbrt(x)", {"x": 1.3, "y": 2.4}),
    "nested": ("s(t) = 1/(1 + exp(-t)); g(a, b) = s(a)*s(b) + a; f = g(x, y)*g(y, x)", {"x": 0.5, "y": -1}),
    "distance": ("dx = x1 - x2; dy = y1 - y2; d = sqrt(dx**2 + dy**2)", {"x1": 1, "x2": 4, "y1": 2, "y2": 6}),
    "softmax loss": ("m = max(a, b); z = exp(a - m) + exp(b - m); loss = m + log(z) - a", {"a": 1, "b": 2}),
    "constants": ("exp(-(x - mu)**2/(2*sigma**2))/(sigma*sqrt(2*pi))", {"x": 0.3, "mu": 1.1, "sigma": 0.9}),
}
