"""`caviar.learning_curve`: every size and repeat is the network that a plain loop trains on those rows alone."""

import numpy as np
import pytest
import torch
from rows_to_learn import made_arrays, made_table
from scipy import stats
from torch.nn import functional

import caviar
from caviar.core.random import stream
from caviar.data.batches import epoch_batches
from caviar.techniques.row_weights import subsets

FEATURES, LABELS = made_arrays()
PARTS = (FEATURES[:60], LABELS[:60], FEATURES[60:], LABELS[60:])
SMALL = caviar.MLP((6,), "tanh")


def error_of(size: int, seed: int, rate: float, epochs: int, order_seed: int) -> float:
    """Dev error of one plain training on a subset of that size."""
    features, labels = torch.tensor(FEATURES), torch.tensor(LABELS)
    [taken] = subsets(60, [size], seed, labels[:60])
    network = SMALL.build(4, 2)
    network.initialise("he", 1.0, stream(seed, "initial weights"))
    optimiser = torch.optim.SGD(network.parameters(), lr=rate)
    for epoch in range(epochs):
        for rows in epoch_batches(60, 16, order_seed, epoch):
            kept = rows[taken[rows] > 0]
            if not len(kept):
                continue
            optimiser.zero_grad()
            functional.cross_entropy(network.train()(features[kept]), labels[kept]).backward()
            optimiser.step()
    with torch.no_grad():
        return (network.eval()(features[60:]).argmax(1) != labels[60:]).float().mean().item()


def test_every_size_of_every_repeat_and_setting_is_a_training_on_its_rows() -> None:
    rates, sizes = [0.1, 0.5], [6, 30, 60]
    curve = caviar.learning_curve(
        SMALL, PARTS, sizes, repeats=2, epochs=6, batch_size=16, seed=3, schedule="constant",
        optimizer=caviar.GradientDescent(rates),
    )  # fmt: skip
    assert curve.errors.shape == (2, 3, 2)
    for setting, rate in enumerate(rates):
        for place, size in enumerate(sizes):
            expected = [error_of(size, 3 + repeat, rate, 6, 3) for repeat in range(2)]
            np.testing.assert_allclose(curve.errors[setting, place], expected, atol=1e-6)


def test_the_interval_is_student_s_over_the_repeats() -> None:
    curve = caviar.learning_curve(SMALL, PARTS, [10, 60], repeats=4, epochs=3)
    for place in range(2):
        errors = curve.errors[0, place]
        low, high = stats.t.interval(0.95, 3, errors.mean(), errors.std(ddof=1) / 2)
        assert (curve.low[0, place], curve.high[0, place]) == pytest.approx((max(low, 0), high))
    frame = curve.to_frame()
    assert frame.columns == ["setting", "rows", "error", "low", "high", "train_loss"]
    assert frame["rows"].to_list() == [10, 60]
    assert "4 training sets" in repr(curve)


def test_more_rows_help_on_a_table_that_can_be_learnt() -> None:
    curve = caviar.learning_curve(
        SMALL, made_table(800), [0.02, 1.0], target="bought", repeats=3, epochs=10, learning_rate=0.03
    )
    assert curve.sizes.tolist() == [10, 480]
    assert curve.mean[0, 1] < curve.mean[0, 0]


def test_sizes_double_up_to_all_rows_by_default_and_one_repeat_has_no_interval() -> None:
    curve = caviar.learning_curve(SMALL, PARTS, repeats=1, epochs=1)
    assert curve.sizes.tolist() == [3, 7, 15, 30, 60]
    assert np.isnan(curve.low).all()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"sizes": [0]}, "from 1 to 60"),
        ({"sizes": [61]}, "got 61"),
        ({"sizes": [1.5]}, "got 1.5"),
        ({"sizes": []}, "empty list"),
        ({"repeats": 0}, "repeats must be"),
        ({"patience": 2}, "patience"),
        ({"seeds": [1]}, "seeds"),
        ({"members": 2}, "repeats says how many"),
        ({"row_weights": np.eye(60)[0], "sizes": [1]}, "Give larger sizes"),
    ],
    ids=str,
)
def test_a_wrong_request_is_refused(settings: dict, words: str) -> None:
    with pytest.raises(caviar.SettingsError, match=words):
        caviar.learning_curve(SMALL, PARTS, **settings)
