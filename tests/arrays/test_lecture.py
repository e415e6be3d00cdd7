"""The lecture's examples over vectors and matrices, exactly."""

from __future__ import annotations

import numpy as np
import pytest

import graphviz_ad as gv


def test_length_of_a_product() -> None:
    point = gv.parse("q = W @ x; f = sum(q**2)").at(W=[[0.1, 0.5], [-0.3, 0.8]], x=[0.2, 0.4])
    np.testing.assert_allclose(point["q"].value, [0.22, 0.26], rtol=1e-15)
    assert point.value == pytest.approx(0.116, rel=1e-15)
    np.testing.assert_allclose(point["q"].gradient, [0.44, 0.52], rtol=1e-15)
    np.testing.assert_allclose(point.gradients["W"], [[0.088, 0.176], [0.104, 0.208]], rtol=1e-14)
    np.testing.assert_allclose(point.gradients["x"], [-0.112, 0.636], rtol=1e-14)


def test_relu_on_a_vector() -> None:
    point = gv.parse("z = relu(x)").at(x=[1, -2, 3, -1])
    np.testing.assert_array_equal(point.value, [1, 0, 3, 0])
    np.testing.assert_array_equal(point.jacobian("x"), np.diag([1, 0, 1, 0]))
    np.testing.assert_array_equal(point.pullback([4, -1, 5, 9])["x"], [4, 0, 5, 0])
    assert point["z"].locals[0].structure == "diagonal"


def test_product_of_matrices() -> None:
    X, W = [[2, 1, -3], [-3, 4, 2]], [[3, 2, 1, -1], [2, 1, 3, 2], [3, 2, 1, -2]]
    point = gv.parse("Y = X @ W").at(X=X, W=W)
    np.testing.assert_array_equal(point.value, [[-1, -1, 2, 6], [5, 2, 11, 7]])
    back = point.pullback([[2, 3, -3, 9], [-8, 1, 4, 6]])
    np.testing.assert_array_equal(back["X"], [[0, 16, -9], [-24, 9, -30]])
    np.testing.assert_array_equal(back["W"], [[28, 3, -18, 0], [-30, 7, 13, 33], [-22, -7, 17, -15]])
    assert [edge.structure for edge in point["Y"].locals] == ["Kronecker", "Kronecker"]


def test_the_large_jacobian_is_refused_with_its_size() -> None:
    point = gv.parse("Y = X @ W").at(X=np.ones((64, 4096)), W=np.ones((4096, 4096)))
    with pytest.raises(gv.LimitError, match=r"68,719,476,736 entries.*512\.0 GiB.*pullback"):
        point.jacobian("X")
    with pytest.raises(gv.LimitError, match="pullback"):
        point["Y"].locals[0].dense()
    assert point["Y"].locals[0].structure == "Kronecker"


def test_softmax_and_cross_entropy_give_p_minus_y() -> None:
    scores = np.log([0.2, 0.3, 0.5])
    np.testing.assert_allclose(gv.parse("softmax(s)").at(s=[1, -2, 0]).value, [0.7054, 0.0351, 0.2595], atol=5e-5)
    point = gv.parse("cross_entropy(s, y)").at(s=scores, y=1)
    np.testing.assert_allclose(point.gradients["s"], [0.2, -0.7, 0.5], rtol=1e-14)
    assert gv.parse("cross_entropy(s, y)").at(s=[3.2, 5.1, -1.7], y=0).value == pytest.approx(2.04036, abs=5e-5)
    assert gv.parse("cross_entropy(s, y)").at(s=np.zeros(10), y=3).value == pytest.approx(2.302585, abs=1e-6)


def test_hinge_loss() -> None:
    assert gv.parse("hinge(s, y, 10)").at(s=[13, -7, 11], y=0).value == 8
    point = gv.parse("hinge(s, y)").at(s=[3.2, 5.1, -1.7], y=0)
    assert point.value == pytest.approx(2.9, rel=1e-15)
    np.testing.assert_array_equal(point.gradients["s"], [-1, 1, 0])


def test_the_bias_is_summed_on_the_way_back() -> None:
    point = gv.parse("Z = X @ W + b; f = sum(Z*G)").at(X=np.ones((4, 2)), W=np.ones((2, 3)), b=[1, 2, 3], G=np.arange(12.0).reshape(4, 3))
    np.testing.assert_array_equal(point.gradients["b"], [18, 22, 26])
    assert point["Z"].locals[1].structure == "broadcast"
    assert point.graph["Z"].index_rule(1).matrix == "db = sum(dZ, axis=0)"


@pytest.mark.parametrize("scale", [1e4, -1e4])
def test_softmax_of_large_scores(scale: float) -> None:
    point = gv.parse("logsumexp(x) + log_softmax(x)[0] + softmax(x)[1]").at(x=[scale, scale + 1, scale - 1])
    assert np.isfinite(point.value)
    assert np.all(np.isfinite(point.gradients["x"]))
