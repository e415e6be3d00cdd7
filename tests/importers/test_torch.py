"""PyTorch programs as graphs: values and every gradient against PyTorch's own, places in the file, one error for all gaps."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import graphviz_ad as gv

pytestmark = pytest.mark.needs_torch
torch = pytest.importorskip("torch")
nn, F = torch.nn, torch.nn.functional


class MLP(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.Linear(3, 5), nn.Linear(5, 2)

    def forward(self, x: Any, labels: Any) -> Any:
        hidden = torch.tanh(self.first(x))
        return F.cross_entropy(self.second(hidden), labels)


class Convolutions(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(2, 3, 3, padding=1)
        self.norm = nn.BatchNorm2d(3)
        self.head = nn.Linear(3 * 2 * 2, 2)

    def forward(self, x: Any) -> Any:
        x = F.max_pool2d(F.relu(self.norm(self.conv(x))), 2)
        return (self.head(torch.flatten(x, 1)) ** 2).mean()


class Block(nn.Module):
    """A transformer's block with masked attention."""

    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(4)
        self.project = nn.Linear(4, 12, bias=False)
        self.out = nn.Linear(4, 4)
        self.drop = nn.Dropout(0.5)

    def forward(self, x: Any) -> Any:
        q, k, v = (part.view(2, 3, 2, 2).transpose(1, 2) for part in self.project(self.norm(x)).chunk(3, dim=-1))
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        y = x + self.out(mixed.transpose(1, 2).reshape(2, 3, 4))
        return F.gelu(self.drop(y)).sum(dim=(0, 2)).logsumexp(0)


def softmax_classifier(W: Any, b: Any, x: Any) -> Any:
    scores = x @ W.T + b
    return -torch.log_softmax(scores, dim=1)[:, 0].mean() + 0.1 * (W * W).sum()


def attention(q: Any, k: Any, v: Any) -> Any:
    return (torch.softmax(q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5, dim=-1) @ v).norm()


def shapes(x: Any) -> Any:
    a, b = x[1:, ::2].unsqueeze(0), x.T[0].expand(2, -1)
    c = torch.cat([a.squeeze(0).flatten(), b.reshape(-1), torch.stack([x[0, 0], x[1, 1]])])
    d = torch.where(c > 0, c, 0.1 * c).clamp(-1, 1) + F.pad(c, (1, 1))[1:-1] * torch.arange(len(c))
    return d.cumsum(0).pow(2).mean() + x.flip(0).amax(dim=1).sum() + x.tril().std() + torch.einsum("ij,ij->", x, x)


def elementwise(x: Any, y: Any) -> Any:
    z = torch.exp(x) / (1 + torch.sigmoid(y)) - F.softplus(x) * F.silu(y) + torch.atan2(x, y) + F.elu(x) + F.leaky_relu(y, 0.2)
    z = z + F.glu(torch.cat([x, y], 0), 0)
    return (z + torch.rsqrt(1 + x * x) + torch.erf(y) + torch.maximum(x, y) + F.gelu(x, approximate="tanh") + abs(x) ** 1.5).sum()


def losses(x: Any, y: Any) -> Any:
    p = torch.sigmoid(x)
    return F.mse_loss(x, y) + F.l1_loss(x, y) + F.binary_cross_entropy(p, p.detach()) + F.binary_cross_entropy_with_logits(x, p.detach())


def draw(*shape: int) -> Any:
    return torch.randn(*shape, dtype=torch.double, generator=DRAWN)


DRAWN = torch.Generator().manual_seed(7)
CASES: dict[str, tuple[Callable[[], Any], Callable[[], tuple[Any, ...]]]] = {
    "mlp": (lambda: MLP().double(), lambda: (draw(4, 3), torch.tensor([0, 1, 1, 0]))),
    "convolutions": (lambda: Convolutions().double().eval(), lambda: (draw(2, 2, 4, 4),)),
    "block": (lambda: Block().double().eval(), lambda: (draw(2, 3, 4),)),
    "softmax classifier": (lambda: softmax_classifier, lambda: (draw(3, 2), draw(3), draw(4, 2))),
    "attention": (lambda: attention, lambda: (draw(2, 3), draw(4, 3), draw(4, 2))),
    "shapes": (lambda: shapes, lambda: (draw(3, 4),)),
    "elementwise": (lambda: elementwise, lambda: (draw(5), draw(5))),
    "losses": (lambda: losses, lambda: (draw(5), draw(5))),
}


@pytest.mark.parametrize("name", CASES)
def test_values_and_gradients_are_those_of_pytorch(name: str) -> None:
    torch.manual_seed(3)
    program, examples = CASES[name][0](), CASES[name][1]()
    leaves = [one.clone().requires_grad_() if one.is_floating_point() else one for one in examples]
    wanted = program(*leaves)
    wanted.backward()
    graph = gv.from_torch(program, *examples)
    free = [name for name in graph.inputs if graph.params[graph.input_handles[name]].default is None]
    point = graph.at({name: one.numpy() for name, one in zip(free, examples, strict=True)})
    np.testing.assert_allclose(point.value, wanted.item(), rtol=1e-12)
    for key, leaf in zip(free, leaves, strict=True):
        if leaf.is_floating_point():
            np.testing.assert_allclose(point.gradients[key], leaf.grad.numpy(), rtol=1e-9, atol=1e-12)
        else:
            assert point.gradients[key] is None
    if isinstance(program, nn.Module):
        for key, leaf in program.named_parameters():
            np.testing.assert_allclose(point.gradients[key.replace(".", "_")], leaf.grad.numpy(), rtol=1e-9, atol=1e-12)


def test_nodes_know_their_lines() -> None:
    graph = gv.from_torch(MLP().double(), draw(4, 3), torch.tensor([0, 1, 1, 0]))
    told = {node.op: graph.text[node.spans[0].start : node.spans[0].end] for node in graph if node.spans}
    assert told["tanh"] == "hidden = torch.tanh(self.first(x))"
    assert told["pick"] == "return F.cross_entropy(self.second(hidden), labels)"


def test_the_graph_is_checked_and_drawn_like_any_other() -> None:
    point = gv.from_torch(softmax_classifier, draw(2, 2), draw(2), draw(3, 2)).at(W=[[1, 2], [3, 4]], b=[0, 1], x=[[1, 2], [0, 1], [1, 1]])
    assert point.check().verdict == "pass"
    assert "softmax" in point.graph.scene(depth=0).wires[-1].symbol.text or point.draw()
    assert point.hessian("b").shape == (2, 2)


def test_everything_that_has_no_counterpart_is_listed_with_its_line() -> None:
    def strange(x: Any) -> Any:
        y = torch.fft.fft(x).real
        z = torch.linalg.matrix_exp(torch.outer(x, x))
        return y.sum() + torch.special.zeta(z, z).sum()

    with pytest.raises(gv.ParseError) as caught:
        gv.from_torch(strange, draw(3))
    said = str(caught.value)
    assert all(re.search(rf"line \d+: torch's {name}", said) for name in ("fft_fft|_fft_r2c|fft_\\w+", "special_zeta"))


@pytest.mark.parametrize(("program", "said"), [
    (lambda x: x if x.sum() > 0 else -x, "torch.export cannot list"),
    (lambda x: F.dropout(x, training=True).sum(), "it draws at random"),
    (lambda x: F.batch_norm(x.reshape(-1, 1), None, None, training=True).sum(), "in training"),
])  # fmt: skip
def test_what_cannot_be_a_graph_says_why(program: Any, said: str) -> None:
    with pytest.raises(gv.ParseError, match=said):
        gv.from_torch(program, draw(3))


def test_something_else_is_refused() -> None:
    with pytest.raises(gv.ParseError, match="neither a module nor a function"):
        gv.from_torch(3, draw(3))
