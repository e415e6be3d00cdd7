"""Data sets, models and training: the lecture's numbers, reproducibility, every gradient of every kind of model."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

import graphviz_ad as gv
from graphviz_ad import lab
from graphviz_ad.lab import datasets, models, training, weights


def test_the_spiral_is_the_case_studys() -> None:
    data = lab.make("spiral")
    rng = np.random.RandomState(0)
    radius, angle = np.linspace(0, 1, 100), np.linspace(0, 4, 100) + rng.randn(100) * 0.2
    np.testing.assert_array_equal(data.X[:100], np.c_[radius * np.sin(angle), radius * np.cos(angle)])
    assert np.bincount(data.y).tolist() == [100, 100, 100]
    np.testing.assert_allclose(data.X[1], [0.0012135812756681982, 0.010027842517114818], rtol=1e-15)  # as printed by public copies of it


@pytest.mark.parametrize("name", ["spiral", "moons", "circles", "xor", "blobs"])
def test_data_sets_come_from_their_seed(name: str) -> None:
    one, two, other = lab.make(name), lab.make(name), lab.make(name, seed=7)
    assert np.array_equal(one.X, two.X)
    assert not np.array_equal(one.X, other.X) or name == "spiral"
    assert set(one.y.tolist()) == set(range(one.classes))


def test_split_standardise_polar_and_noise() -> None:
    data = lab.make("circles", points=100)
    train, held = data.split(0.25, seed=3)
    assert (train.rows, held.rows) == (150, 50)
    assert np.bincount(held.y).tolist() == [25, 25]
    assert len({tuple(row) for row in np.concatenate([train.X, held.X])}) == 200
    even = train.standardised()
    np.testing.assert_allclose(even.X.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(even.X.std(axis=0), 1)
    shifted = held.standardised(by=train)
    np.testing.assert_allclose(shifted.X * train.X.std(axis=0) + train.X.mean(axis=0), held.X)
    assert ((data.polar().X[:, 0] > 0.75) == (data.y == 0)).all()  # one straight line at r = 0.75
    assert (data.noisy_labels(0.2).y != data.y).sum() == 40
    with pytest.raises(gv.BindingError, match="between 0 and 1"):
        data.split(1.5)
    with pytest.raises(gv.NamingError, match="no data set moon"):
        lab.make("moon")
    with pytest.raises(gv.NamingError, match="no option size"):
        lab.make("moons", size=3)


def test_losses_at_chance() -> None:
    spiral = lab.make("spiral")
    three = lab.network((2, 100, 3))
    assert training.Stepper(three, spiral.X, spiral.y).loss() == pytest.approx(math.log(3), rel=1e-12)
    for model, classes in ((lab.network((2, 100, 3)), 3), (lab.network((2, 50, 10)), 10)):
        y = np.arange(300) % classes
        loss = lab.train(model, spiral._replace(y=y, classes=classes), steps=0, init="small").loss
        assert loss == pytest.approx(math.log(classes), rel=0.01)


def test_a_line_cannot_follow_a_spiral() -> None:
    result = lab.train(lab.linear(2, 3, l2=1e-3), lab.make("spiral"), steps=200, rate=1.0, init="small")
    assert result.loss == pytest.approx(0.78, abs=0.03)
    assert result.accuracy == pytest.approx(0.49, abs=0.04)


def test_a_network_follows_it() -> None:
    data = lab.make("spiral")
    result = lab.train(lab.network((2, 100, 3), l2=1e-3), data, steps=10_000, rate=1.0, init="small")
    assert result.accuracy >= 0.98
    assert result.loss == pytest.approx(0.245, abs=0.02)
    assert result.model.accuracy(result.parameters, data.X, data.y) == result.accuracy


def test_three_neurons_enclose_a_circle() -> None:
    result = lab.train(lab.network((2, 3, 1), loss="logistic"), lab.make("circles"), steps=3000, rate=0.02, optimiser="adam", seed=3)
    assert result.accuracy >= 0.99
    W = result.parameters["W1"]
    angles = np.sort(np.degrees(np.arctan2(W[1], W[0])))
    gaps = np.diff(np.append(angles, angles[0] + 360))
    np.testing.assert_allclose(gaps, 120, atol=5)


@pytest.mark.parametrize(
    "changes", [{}, {"batch": 32}, {"optimiser": "momentum", "batch": 50, "rate": 0.1}, {"optimiser": "adam", "rate": 0.01}]
)
def test_training_is_the_same_bit_for_bit(changes: dict[str, object]) -> None:
    settings = {"steps": 60, "rate": 0.5, "snapshots": 5, **changes}
    one = lab.train(lab.network((2, 12, 3), "tanh"), lab.make("spiral"), **settings)
    two = lab.train(lab.network((2, 12, 3), "tanh"), lab.make("spiral"), **settings)
    assert one.loss == two.loss < one.history[0].loss
    assert all(np.array_equal(one.parameters[name], two.parameters[name]) for name in one.parameters)
    assert [step for step, _ in one.snapshots][::5] == [0, 60]
    other = lab.train(lab.network((2, 12, 3), "tanh"), lab.make("spiral"), **{**settings, "seed": 1})
    assert other.loss != one.loss


def test_the_steps_are_those_of_the_formulas() -> None:
    data, model = lab.make("moons", points=20), lab.network((2, 4, 2), "sigmoid", l2=0.1)
    start = model.initial("xavier", 5)
    rate = 0.3
    for optimiser in ("descent", "momentum", "adam"):
        theta = {name: one.copy() for name, one in start.items()}
        speed = {name: np.zeros_like(one) for name, one in start.items()}
        square = {name: np.zeros_like(one) for name, one in start.items()}
        for step in range(1, 4):
            point = model.at(theta, data.X, data.y)
            for name in theta:
                g = point.gradients[name]
                if optimiser == "descent":
                    theta[name] -= rate * g
                elif optimiser == "momentum":
                    speed[name] = 0.9 * speed[name] - rate * g
                    theta[name] += speed[name]
                else:
                    speed[name] = 0.9 * speed[name] + 0.1 * g
                    square[name] = 0.999 * square[name] + 0.001 * g * g
                    theta[name] -= rate * (speed[name] / (1 - 0.9**step)) / (np.sqrt(square[name] / (1 - 0.999**step)) + 1e-8)
        found = lab.train(model, data, steps=3, rate=rate, optimiser=optimiser, start=start).parameters
        for name in theta:
            np.testing.assert_allclose(found[name], theta[name], rtol=1e-10, atol=1e-13)


def test_a_batch_of_everything_is_full_batch() -> None:
    data, model = lab.make("blobs", points=30), lab.network((2, 5, 3))
    whole = lab.train(model, data, steps=20, rate=0.2)
    batched = lab.train(model, data, steps=20, rate=0.2, batch=data.rows)
    for name in whole.parameters:
        np.testing.assert_allclose(batched.parameters[name], whole.parameters[name], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("loss", models.LOSSES)
@pytest.mark.parametrize("activation", ["none", *models.activations()])
def test_gradients_of_every_kind_of_model(loss: str, activation: str) -> None:
    data = lab.make("moons", points=6)
    model = lab.network((2, 3, 1 if loss == "logistic" else 2), activation, loss, l2=0.01)
    parameters = model.initial("xavier", 2)
    found = model.gradients(parameters, data.X, data.y)
    point = model.at(parameters, data.X, data.y)
    for name, numbers in found.items():
        np.testing.assert_allclose(numbers, point.gradients[name], rtol=1e-10, atol=1e-14)
    name, step = "W1", 1e-6
    moved = {sign: {**parameters, name: parameters[name] + sign * step} for sign in (1, -1)}
    values = {sign: model.at(moved[sign], data.X, data.y).value for sign in moved}
    assert found[name].sum() == pytest.approx((values[1] - values[-1]) / (2 * step), rel=1e-5, abs=1e-7)


def test_the_checker_passes_a_network() -> None:
    data, model = lab.make("blobs", points=3), lab.network((2, 3, 3), "tanh")
    report = lab.check(model, data, model.initial("xavier", 4))
    assert report.verdict == "pass"
    assert {row.wrt for row in report.rows} >= set(model.shapes)
    trained = lab.train(model, data, steps=20, rate=0.5)
    after = lab.check(trained, (data.X[:4], data.y[:4]))
    assert after.verdict == "pass"
    expected = model.at(trained.parameters, data.X[:4], data.y[:4]).gradients["W2"]
    assert [row.analytic for row in after.rows if row.wrt == "W2"] == expected.ravel().tolist()
    assert lab.check(model, data).verdict == "pass"


def test_early_stop_goes_back_to_the_best() -> None:
    noisy = lab.make("moons", points=40, noise=0.35).noisy_labels(0.2)
    train, held = noisy.split(0.4)
    model = lab.network((2, 64, 2), "tanh")
    result = lab.train(model, train, validation=held, steps=4000, rate=0.03, optimiser="adam", patience=8)
    best = min(result.history, key=lambda moment: moment.validation_loss)
    assert "no better validation loss since" in result.stopped
    assert result.history[-1].step < 4000
    stepper = training.Stepper(model, held.X, held.y)
    for name, array in stepper.parameters.items():
        array[...] = result.parameters[name]
    assert stepper.loss() == best.validation_loss


def test_a_wild_rate_ends_with_a_reason() -> None:
    result = lab.train(lab.network((2, 50, 3), "square", l2=1.0), lab.make("spiral"), steps=200, rate=50.0)
    assert "learning rate is too large" in result.stopped


def test_progress_is_told() -> None:
    told: list[lab.Moment] = []
    lab.train(lab.linear(2, 3), lab.make("blobs"), steps=10, records=5, progress=told.append)
    assert [moment.step for moment in told] == [0, 2, 4, 6, 8, 10]


def test_weights_travel_through_a_file(tmp_path: Path) -> None:
    data = lab.make("blobs")
    result = lab.train(lab.network((2, 5, 3), "gelu", "hinge", 0.01), data, steps=20, rate=0.1)
    lab.save(tmp_path / "weights.npz", result.model, result.parameters)
    model, parameters = lab.load(tmp_path / "weights.npz")
    assert model == result.model
    assert all(np.array_equal(parameters[name], result.parameters[name]) for name in result.parameters)
    (tmp_path / "no.npz").write_bytes(b"PK\x05\x06")
    with pytest.raises(gv.FileError, match="no weights"):
        weights.load(tmp_path / "no.npz")
    np.savez(tmp_path / "other.npz", a=np.zeros(3))
    with pytest.raises(gv.FileError, match="no weights"):
        weights.load(tmp_path / "other.npz")
    with open(tmp_path / "hostile.npz", "wb") as file:
        np.savez(file, model=np.array([{"a": 1}], dtype=object))
    with pytest.raises(gv.FileError, match="no weights"):
        weights.load(tmp_path / "hostile.npz")
    with pytest.raises(gv.FileError, match="cannot read"):
        weights.load(tmp_path / "missing.npz")


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(gv.NamingError, match="did you mean relu"):
        lab.network((2, 3, 2), "reluu")
    with pytest.raises(gv.NamingError, match="no loss mse"):
        lab.network((2, 3, 2), loss="mse")
    with pytest.raises(gv.BindingError, match="one score"):
        lab.network((2, 3, 2), loss="logistic")
    with pytest.raises(gv.BindingError, match="two or more layers"):
        lab.network((2,))
    with pytest.raises(gv.BindingError, match="labels are whole numbers from 0 to 1"):
        lab.train(lab.network((2, 2)), lab.make("spiral"), steps=1)
    with pytest.raises(gv.BindingError, match="rows of 3 numbers"):
        lab.train(lab.network((3, 3)), lab.make("spiral"), steps=1)
    with pytest.raises(gv.NamingError, match="no setting speed"):
        lab.train(lab.linear(2, 3), lab.make("spiral"), speed=1)
    with pytest.raises(gv.BindingError, match="batch holds 1 to 300"):
        lab.train(lab.linear(2, 3), lab.make("spiral"), batch=301)


def test_real_data_sets() -> None:
    pytest.importorskip("sklearn")
    flowers = lab.make("iris").standardised()
    assert lab.train(lab.linear(4, 3), flowers, steps=300, rate=0.5).accuracy >= 0.96
    digits = lab.make("digits")
    assert digits.X.shape == (1797, 64)
    assert lab.train(lab.network((64, 32, 10), l2=1e-4), digits, steps=300, rate=0.01, optimiser="adam", batch=100).accuracy > 0.95


def test_names_of_data_sets_are_all_there() -> None:
    assert set(datasets.MAKERS) == {"spiral", "moons", "circles", "xor", "blobs", "iris", "digits"}
