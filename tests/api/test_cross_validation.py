"""`caviar.cross_validate`: each fold has the network that trains without the fold, as a plain loop trains it."""

import numpy as np
import pytest
import torch
from rows_to_learn import made_arrays, made_table
from torch.nn import functional

import caviar
from caviar.core.random import stream
from caviar.data.batches import epoch_batches
from caviar.techniques.row_weights import folds

FEATURES, LABELS = made_arrays()
SMALL = caviar.MLP((6,), "tanh")


def fold_by_fold(rate: float, num_folds: int, epochs: int, seed: int, weights: np.ndarray) -> tuple[list, np.ndarray]:
    """One training after another: errors on the held-out rows, and what the networks say of them, (row, class)."""
    errors, said = [], np.empty((len(LABELS), 2))
    features, labels = torch.tensor(FEATURES), torch.tensor(LABELS)
    for trained_on in folds(len(LABELS), num_folds, seed, labels):
        network = SMALL.build(4, 2)
        network.initialise("he", 1.0, stream(seed, "initial weights"))
        optimiser = torch.optim.Adam(network.parameters(), lr=rate)
        for epoch in range(epochs):
            for rows in epoch_batches(len(LABELS), 16, seed, epoch):
                kept = rows[trained_on[rows] > 0]  # held-out rows are simply not there
                own = torch.tensor(weights)[kept]
                losses = functional.cross_entropy(network.train()(features[kept]), labels[kept], reduction="none")
                optimiser.zero_grad()
                ((losses * own).sum() / own.sum()).backward()
                optimiser.step()
        held_out = (trained_on == 0).numpy()
        with torch.no_grad():
            outputs = network.eval()(features[held_out])
        said[held_out] = torch.softmax(outputs.double(), 1)
        errors.append((outputs.argmax(1).numpy() != LABELS[held_out]).mean())
    return errors, said


@pytest.mark.parametrize("weighted", [False, True])
def test_every_fold_of_every_setting_is_a_training_without_its_rows(weighted: bool) -> None:
    weights = np.random.default_rng(0).uniform(0.2, 2, 90).astype(np.float32) if weighted else np.ones(90, np.float32)
    rates = [0.003, 0.03]
    result = caviar.cross_validate(
        SMALL, (FEATURES, LABELS), folds=3, epochs=5, batch_size=16, seed=2, schedule="constant",
        optimizer=caviar.Adam(rates), row_weights=weights if weighted else None,
    )  # fmt: skip
    for setting, rate in enumerate(rates):
        errors, said = fold_by_fold(rate, 3, 5, 2, weights)
        np.testing.assert_allclose(result.errors[setting], errors, atol=1e-6)
        assert result.mean[setting] == pytest.approx(np.mean(errors))
        assert result.standard_error[setting] == pytest.approx(np.std(errors, ddof=1) / np.sqrt(3))
        own = result.predictions(setting)
        np.testing.assert_allclose(own.select("probability.0", "probability.1").to_numpy(), said, atol=2e-3)


def test_weights_of_each_member_s_own_go_with_its_setting() -> None:
    weights = np.random.default_rng(0).uniform(0.2, 2, (2, 90)).astype(np.float32)
    common = {"folds": 3, "epochs": 2, "batch_size": 16, "learning_rate": 0.03}
    both = caviar.cross_validate(SMALL, (FEATURES, LABELS), row_weights=weights, seeds=[7, 7], **common)
    for setting in range(2):
        one = caviar.cross_validate(SMALL, (FEATURES, LABELS), row_weights=weights[setting], seeds=[7], **common)
        np.testing.assert_allclose(
            both.predictions(setting)["probability.0"], one.predictions()["probability.0"], atol=1e-4
        )


def test_all_rows_of_a_table_take_part_and_of_its_parts_the_train_rows() -> None:
    table = caviar.load(made_table(), target="bought")
    whole = caviar.cross_validate(SMALL, table, folds=4, epochs=4, learning_rate=[0.01, 0.03])
    assert whole.predictions().height == 240
    assert whole.best == int(whole.mean.argmin()) and whole.mean.min() < 0.3
    part = caviar.cross_validate(SMALL, table.split(seed=0), folds=4, epochs=2)
    assert part.predictions().height == 144


def test_a_number_s_folds_are_judged_in_its_units() -> None:
    table = made_table().drop("bought")
    result = caviar.cross_validate(SMALL, table, target="price", folds=3, epochs=30, learning_rate=0.03)
    missed = (result.predictions()["prediction"] - table["price"]).to_numpy()
    assert np.sqrt((missed**2).mean()) == pytest.approx(np.sqrt((result.errors[0] ** 2).mean()), rel=1e-3)
    assert "RMSE" in repr(result)


def test_the_table_of_a_cross_validation_names_the_settings_that_differ() -> None:
    result = caviar.cross_validate(SMALL, (FEATURES, LABELS), folds=2, epochs=1, l2=[0.0, 1.0])
    frame = result.to_frame()
    assert frame.columns == ["setting", "l2", "error", "standard_error", "fold.1", "fold.2"]
    assert repr(result).splitlines()[1].split() == ["setting", "l2", "error", "standard_error"]


def test_a_diverged_setting_is_told_and_the_others_stay() -> None:
    result = caviar.cross_validate(
        caviar.MLP((6,)), (FEATURES, LABELS), folds=3, epochs=3, learning_rate=[1e30, 0.01],
        optimizer="gradient-descent",
    )  # fmt: skip
    assert np.isnan(result.mean[0]) and result.best == 1 and np.isfinite(result.errors[1]).all()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"patience": 3}, "flatter the error"),
        ({"folds": 1}, "at least 2"),
        ({"folds": 91}, "at most the number of rows, 90"),
    ],
)
def test_what_would_spoil_the_folds_is_refused(settings: dict, words: str) -> None:
    with pytest.raises(caviar.SettingsError, match=words):
        caviar.cross_validate(SMALL, (FEATURES, LABELS), **settings)


def test_dev_rows_of_one_s_own_have_no_place_in_it() -> None:
    with pytest.raises(caviar.DataError, match=r"\(features, targets\); got 4"):
        caviar.cross_validate(SMALL, (FEATURES, LABELS, FEATURES, LABELS))
