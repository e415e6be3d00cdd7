"""Activations and their derivatives

Rings are kinks. In the shaded stretches hardly any gradient (flat) or none at all (dead) passes.
"""

from graphviz_ad.lab import charts

names = ("sigmoid", "tanh", "relu", "leaky_relu", "elu", "selu", "gelu", "silu", "softplus", "mish", "hardswish", "softsign")
exact = {f"{name}: steepest slope": max(charts.describe_activation(name).slopes) for name in ("sigmoid", "tanh", "relu")}
picture = charts.draw_activations(names, 3)
