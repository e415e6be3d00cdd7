"""Hand-made scenes: what the composer would hand over, written out, so that the drawing is tested alone."""

from __future__ import annotations

from graphviz_ad.scene.model import Arrow, Cluster, Label, Scene, Wire

MINUS = "\N{MINUS SIGN}"
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def name_label(name: str) -> Label:
    """x1 as x₁ and x_{1}; longer words upright."""
    stem = name.rstrip("0123456789")
    digits = name[len(stem) :]
    body = stem if len(stem) == 1 else rf"\mathrm{{{stem}}}"
    return Label(stem + digits.translate(SUBSCRIPTS), f"{body}_{{{digits}}}" if digits else body)


def figure(value: float) -> Label:
    """Two decimals, as the lecture prints them."""
    return Label(f"{value:.2f}".replace("-", MINUS), "", repr(value))


def local(of: str, by: str, latex_of: str = "", latex_by: str = "") -> Label:
    """∂of/∂by."""
    return Label(f"∂{of}/∂{by}", rf"\frac{{\partial {latex_of or of}}}{{\partial {latex_by or by}}}")


def source(id: str, name: str, value: float | None, gradient: float | None, kind: str = "input") -> Wire:
    """An input or constant."""
    return Wire(
        id, kind, name_label(name), value=None if value is None else figure(value), gradient=None if gradient is None else figure(gradient)
    )


def gate(
    id: str,
    symbol: Label,
    value: float,
    gradient: float,
    name: str | None = None,
    formula: Label | None = None,
    output: str | None = None,
    cluster: str | None = None,
    kind: str = "operation",
) -> Wire:
    """An operation."""
    return Wire(
        id,
        kind,
        symbol,
        name_label(name) if name else None,
        formula,
        figure(value),
        figure(gradient),
        name_label(output) if output else None,
        cluster,
    )


PLUS, TIMES = Label("+", "+"), Label("×", r"\times")


def opening() -> Scene:
    """f = (x + y) z at x = −2, y = 5, z = −4 (LECTURE 2.2)."""
    return Scene(
        (
            source("n0", "x", -2, -4),
            source("n1", "y", 5, -4),
            source("n2", "z", -4, 3),
            gate("n3", PLUS, 3, -4, "q", Label("x + y", "x + y")),
            gate("n4", TIMES, -12, 1, None, Label("q × z", r"q \times z"), output="f"),
        ),
        (
            Arrow("n0", "n3", 0, local("q", "x"), Label("1", "1"), figure(1), figure(-4)),
            Arrow("n1", "n3", 1, local("q", "y"), Label("1", "1"), figure(1), figure(-4)),
            Arrow("n3", "n4", 0, local("f", "q"), Label("z", "z"), figure(-4), figure(-4)),
            Arrow("n2", "n4", 1, local("f", "z"), Label("q", "q"), figure(3), figure(3)),
        ),
        title=Label("f(x, y, z) = (x + y) × z", r"f(x, y, z) = (x + y) \times z"),
        description="f = (x + y) z at x = -2, y = 5, z = -4 is -12; its gradient is -4, -4, 3.",
    )


def symbolic() -> Scene:
    """The opening example with nothing bound."""
    scene = opening()
    wires = tuple(wire._replace(value=None, gradient=None) for wire in scene.wires)
    arrows = tuple(arrow._replace(number=None, contribution=None) for arrow in scene.arrows)
    return scene._replace(wires=wires, arrows=arrows, numeric=False)


def neuron() -> Scene:
    """The sigmoid neuron as eight gates (LECTURE 2.3), the sigmoid an open cluster."""
    wires = (
        source("n0", "w0", 2, -0.19661193324148185),
        source("n1", "x0", -1, 0.3932238664829637),
        source("n2", "w1", -3, -0.3932238664829637),
        source("n3", "x1", -2, -0.5898357997244456),
        source("n4", "w2", -3, 0.19661193324148185),
        gate("n5", TIMES, -2, 0.19661193324148185, "v1"),
        gate("n6", TIMES, 6, 0.19661193324148185, "v2"),
        gate("n7", PLUS, 4, 0.19661193324148185, "v3"),
        gate("n8", PLUS, 1, 0.19661193324148185, "a"),
        gate("n9", Label("−(·)", r"-(\cdot)"), -1, -0.19661193324148185, cluster="c"),
        gate("n10", Label("eˣ", "e^{x}"), 0.36787944117144233, -0.534446645388523, cluster="c"),
        gate("n11", Label("+1", "+1"), 1.3678794411714423, -0.534446645388523, cluster="c"),
        gate("n12", Label("1/x", "1/x"), 0.7310585786300049, 1, output="f", cluster="c"),
    )

    def edge(a: str, b: str, position: int, of: str, by: str, number: float, share: float) -> Arrow:
        return Arrow(a, b, position, Label(f"∂{of}/∂{by}", local("", "", _sub(of), _sub(by)).latex), None, figure(number), figure(share))

    g = 0.19661193324148185
    return Scene(
        wires,
        (
            edge("n0", "n5", 0, "v1", "w0", -1, -g),
            edge("n1", "n5", 1, "v1", "x0", 2, 2 * g),
            edge("n2", "n6", 0, "v2", "w1", -2, -2 * g),
            edge("n3", "n6", 1, "v2", "x1", -3, -3 * g),
            edge("n5", "n7", 0, "v3", "v1", 1, g),
            edge("n6", "n7", 1, "v3", "v2", 1, g),
            edge("n7", "n8", 0, "a", "v3", 1, g),
            edge("n4", "n8", 1, "a", "w2", 1, g),
            edge("n8", "n9", 0, "v5", "a", -1, g),
            edge("n9", "n10", 0, "v6", "v5", 0.37, -g),
            edge("n10", "n11", 0, "v7", "v6", 1, -0.53),
            edge("n11", "n12", 0, "f", "v7", -0.53, -0.53),
        ),
        (Cluster("c", Label("σ(a) = 1/(1 + e⁻ᵃ)", r"\sigma(a) = \frac{1}{1 + e^{-a}}")),),
        Label("f(w, x) = σ(w₀x₀ + w₁x₁ + w₂)", r"f(w, x) = \sigma(w_{0} x_{0} + w_{1} x_{1} + w_{2})"),
        description="A sigmoid neuron.",
    )


def _sub(name: str) -> str:
    return name_label(name).latex


def closed_neuron() -> Scene:
    """The same neuron with the sigmoid closed: one gate."""
    scene = neuron()
    keep = tuple(wire for wire in scene.wires if wire.cluster is None)
    call = gate("n12", Label("sigmoid", r"\operatorname{sigmoid}"), 0.7310585786300049, 1, output="f", kind="call")
    arrows = tuple(arrow for arrow in scene.arrows if arrow.target in {wire.id for wire in keep})
    last = Arrow("n8", "n12", 0, local("f", "a"), None, figure(0.19661193324148185), figure(0.19661193324148185))
    return scene._replace(wires=(*keep, call), arrows=(*arrows, last), clusters=())


def square() -> Scene:
    """f = x * x at 3: one wire, two arrows."""
    return Scene(
        (source("n0", "x", 3, 6), gate("n1", TIMES, 9, 1, output="f")),
        (
            Arrow("n0", "n1", 0, local("f", "x"), Label("x", "x"), figure(3), figure(3), True),
            Arrow("n0", "n1", 1, local("f", "x"), Label("x", "x"), figure(3), figure(3), True),
        ),
        title=Label("f(x) = x × x", r"f(x) = x \times x"),
    )


def kink() -> Scene:
    """f = max(x, 0) at the kink, with a constant and a note."""
    zero = Wire("n1", "constant", Label("0", "0"), value=Label("0", "", "0"))
    return Scene(
        (source("n0", "x", 0, 0.5), zero, gate("n2", Label("max", r"\max"), 0, 1, output="f")),
        (
            Arrow("n0", "n2", 0, local("f", "x"), None, figure(0.5), figure(0.5)),
            Arrow("n1", "n2", 1),
        ),
        title=Label("f(x) = max(x, 0)", r"f(x) = \max(x, 0)"),
        notes=("kink at f: 0.5 of [0, 1] chosen",),
    )


def forks() -> Scene:
    """q feeds two gates; the output feeds another gate and is an output all the same; some wires are left out."""
    return Scene(
        (
            source("n0", "x", 3, 47),
            source("n1", "learning_rate", -4, 21),
            gate("n2", PLUS, -1, -15, "q"),
            gate("n3", TIMES, -3, 5, "u", output="u"),
            gate("n4", TIMES, 3, 7, output="f"),
            Wire("n5", "elided", Label("12 more", r"\text{12 more}")),
        ),
        (
            Arrow("n0", "n2", 0, local("q", "x"), None, figure(1), figure(-15), True),
            Arrow("n1", "n2", 1, local("q", "l"), None, figure(1), figure(-15)),
            Arrow("n0", "n3", 0, local("u", "x"), None, figure(-1), figure(62), True),
            Arrow("n2", "n3", 1, local("u", "q"), None, figure(3), figure(-12), True),
            Arrow("n2", "n4", 0, local("f", "q"), None, figure(-3), figure(-3), True),
            Arrow("n3", "n4", 1, local("f", "u"), None, figure(-1), figure(5)),
            Arrow("n5", "n4", 2),
        ),
        title=Label("f(x, y) = …", r"f(x, y) = \ldots"),
    )


def cards(layers: int = 6, width: int = 6) -> Scene:
    """A network of cards: ``width`` inputs, then layers of sums and products of two neighbours."""
    wires = [Wire(f"n{k}", "input", name_label(f"x{k}"), value=figure(0.1 * k - 0.2), gradient=figure(0.3 - 0.1 * k)) for k in range(width)]
    arrows = []
    for row in range(1, layers + 1):
        for k in range(width):
            id = f"n{row * width + k}"
            a, b = (row - 1) * width + k, (row - 1) * width + (k + 1) % width
            sign, latex = ("+", "+") if row % 2 else ("×", r"\times")
            left, right = (name_label(f"{'x' if row == 1 else 'v'}{n}") for n in (a, b))
            formula = Label(f"{left.text} {sign} {right.text}", f"{left.latex} {latex} {right.latex}")
            last = row == layers and k == width - 1
            wires.append(
                Wire(
                    id,
                    "operation",
                    Label(sign, latex),
                    name_label(f"v{row * width + k}"),
                    formula,
                    figure(0.07 * k - 0.3),
                    figure(0.5 - 0.1 * row),
                    name_label("L") if last else None,
                )
            )
            for position, source_ in enumerate((a, b)):
                arrows.append(Arrow(f"n{source_}", id, position, Label("d"), None, figure(0.25 * position + 0.1 * k), figure(0.2), False))
    return Scene(
        tuple(wires),
        tuple(arrows),
        title=Label("L = (y − tanh(W₂ tanh(W₁x + b)))²", r"L = \left(y - \tanh\left(W_{2} \tanh\left(W_{1} x + b\right)\right)\right)^{2}"),
        output_name="L",
        style="card",
    )


def matrices() -> Scene:
    """f = ‖W x‖² with values, gradients and Jacobians (LECTURE 2.7)."""

    def matrix(*rows: str) -> Label:
        body = r" \\ ".join(rows)
        return Label(str(rows), rf"\begin{{bmatrix}} {body} \end{{bmatrix}}")

    return Scene(
        (
            Wire(
                "n0",
                "input",
                Label("W", "W"),
                value=matrix("0.10 & 0.50", "-0.30 & 0.80"),
                gradient=matrix("0.088 & 0.176", "0.104 & 0.208"),
                shape="(2, 2)",
            ),
            Wire("n1", "input", Label("x", r"\mathbf{x}"), value=matrix("0.20", "0.40"), gradient=matrix("-0.112", "0.636"), shape="(2,)"),
            Wire(
                "n2",
                "operation",
                Label("@", "@"),
                Label("q", r"\mathbf{q}"),
                Label("W x", r"W \mathbf{x}"),
                matrix("0.22", "0.26"),
                matrix("0.44", "0.52"),
                shape="(2,)",
            ),
            Wire(
                "n3",
                "operation",
                Label("‖·‖²"),
                Label("f", "f"),
                Label("‖q‖²", r"\left\|\mathbf{q}\right\|^{2}"),
                Label("0.116"),
                Label("1.00"),
                Label("f", "f"),
            ),
        ),
        (
            Arrow("n0", "n2", 0, Label("∂qᵢ/∂Wᵢⱼ", r"\frac{\partial q_{i}}{\partial W_{ij}}"), Label("xⱼ", "x_{j}")),
            Arrow(
                "n1",
                "n2",
                1,
                Label("∂q/∂x", r"\frac{\partial \mathbf{q}}{\partial \mathbf{x}}"),
                Label("W", "W"),
                matrix("0.10 & 0.50", "-0.30 & 0.80"),
            ),
            Arrow(
                "n2",
                "n3",
                0,
                Label("∂f/∂q", r"\frac{\partial f}{\partial \mathbf{q}}"),
                Label("2qᵀ", r"2 \mathbf{q}^{\top}"),
                matrix("0.44 & 0.52"),
            ),
        ),
        title=Label("f(W, x) = ‖Wx‖²", r"f(W, \mathbf{x}) = \left\|W \mathbf{x}\right\|^{2}"),
        style="card",
    )


def hostile(text: str) -> Scene:
    """The opening example with one text in every place that takes one."""
    scene = opening()
    label = Label(text, text, text)
    wires = tuple(
        wire._replace(symbol=label, name=label, formula=label, value=label, gradient=label, cluster="c", shape=text, tooltip=text)
        for wire in scene.wires
    )
    wires = (*wires[:-1], wires[-1]._replace(output=label))
    arrows = tuple(
        a._replace(local=label, formula=label, number=Label(text), contribution=Label(text), forks=True, tooltip=text) for a in scene.arrows
    )
    return scene._replace(
        wires=wires, arrows=arrows, clusters=(Cluster("c", label),), title=label, notes=(text,), description=text, output_name=text
    )


ALL = {
    "opening": opening,
    "symbolic": symbolic,
    "neuron": neuron,
    "closed_neuron": closed_neuron,
    "square": square,
    "kink": kink,
    "forks": forks,
    "cards": cards,
    "matrices": matrices,
}
