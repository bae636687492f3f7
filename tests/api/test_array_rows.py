"""Arrays are taken as they are, after a check that says what must hold and what came."""

import numpy as np
import pytest
import torch
from rows_to_learn import made_arrays

from caviar.api.array_rows import rows_of_arrays
from caviar.core.errors import DataError, SettingsError

FEATURES, LABELS = made_arrays()


def read(*arrays: object, loss: str | None = None, tokens: bool = False, whole: bool = False):
    return rows_of_arrays(arrays, loss, 0, tokens, whole)


def test_given_dev_rows_are_kept_apart_and_nothing_is_changed() -> None:
    rows = read(FEATURES[:60], LABELS[:60], torch.tensor(FEATURES[60:]), LABELS[60:].tolist())
    np.testing.assert_array_equal(rows.data.train_features, FEATURES[:60])
    np.testing.assert_array_equal(rows.data.dev_targets, LABELS[60:])
    assert (rows.data.loss, rows.data.num_outputs, rows.data.unit) == ("softmax", 2, 1.0)
    assert rows.chosen.tolist() == list(range(60)) and rows.notices == ()


def test_of_a_pair_each_class_gives_its_share_of_dev_rows() -> None:
    labels = (np.arange(90) < 20).astype(int)
    rows = read(FEATURES, labels)
    assert len(rows.data.dev_targets) == 18 and int(rows.data.dev_targets.sum()) == 4
    np.testing.assert_array_equal(rows.data.train_features, FEATURES[rows.chosen])
    assert "18 of 90 rows were drawn as dev rows" in rows.notices[0].text


def test_for_folds_all_rows_train_and_are_judged() -> None:
    rows = read(FEATURES, LABELS, whole=True)
    assert torch.equal(rows.data.train_features, rows.data.dev_features) and len(rows.data.train_targets) == 90


@pytest.mark.parametrize(
    ("targets", "loss", "expected", "kind"),
    [
        (LABELS, None, "softmax", torch.int64),
        (LABELS.astype(bool), "logistic", "logistic", torch.int64),
        (LABELS.astype(np.uint8), None, "softmax", torch.int64),
        (FEATURES[:, 0], None, "squared", torch.float32),
        (FEATURES[:, 0].astype(np.float64), "quantile", "quantile", torch.float32),
        (LABELS, "huber", "huber", torch.float32),
        (np.stack([LABELS, LABELS], axis=1), None, "multi-label", torch.float32),
    ],
)
def test_targets_say_what_is_to_be_learnt(targets: np.ndarray, loss: str | None, expected: str, kind: object) -> None:
    rows = read(FEATURES, targets, loss=loss)
    assert rows.data.loss == expected and rows.data.train_targets.dtype == kind
    assert rows.data.num_outputs == {"softmax": 2, "multi-label": 2}.get(expected, 1)


@pytest.mark.parametrize("kind", [np.int32, np.int64])
def test_whole_numbers_are_tokens_for_a_module_of_one_s_own_and_measurements_for_ours(kind: type) -> None:
    whole = np.arange(180).reshape(90, 2).astype(kind)
    assert read(whole, LABELS, tokens=True).data.train_features.dtype == torch.int64
    assert read(whole, LABELS).data.train_features.dtype == torch.float32
    assert read(whole.astype(np.uint8), LABELS, tokens=True).data.train_features.dtype == torch.float32


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ((FEATURES,), "got 1 of them"),
        ((FEATURES, LABELS, FEATURES), "got 3 of them"),
        ((FEATURES[:, 0], LABELS), "(row, …) with at least one number a row"),
        ((FEATURES[:, :0], LABELS), "at least one number a row"),
        ((FEATURES, LABELS[:5]), "as many rows; got 90 and 5"),
        ((FEATURES[:3], LABELS[:3]), "at least 4 rows; got 3"),
        ((FEATURES, LABELS, FEATURES[:, :2], LABELS), "shaped as one of features, (4,); got (2,)"),
        ((np.where(FEATURES > 2, np.nan, FEATURES), LABELS), "features must be finite"),
        ((FEATURES.astype(np.float64) * 1e300, LABELS), "within the range of float32"),
        ((FEATURES.astype(str), LABELS), "features must hold numbers"),
        (([[1, 2], [3]], [0, 1]), "rows of equal shape"),
        ((FEATURES + 1j, LABELS), "features must hold numbers"),
        ((FEATURES, LABELS - 1), "class numbers, 0 to C − 1; got -1"),
        ((FEATURES, LABELS * 1_000_000), "got 1000000 among 90 rows"),
        ((FEATURES, LABELS * 0), "nothing to learn"),
        ((FEATURES, np.where(LABELS == 0, np.inf, 1.0)), "targets must be finite"),
        ((FEATURES, FEATURES), "0, 1 or NaN"),
        ((FEATURES, FEATURES[:, :1]), "targets.ravel()"),
        ((FEATURES, np.full((90, 2), np.nan)), "at least one label"),
        ((FEATURES, FEATURES[:, :, None]), "targets must be (row,)"),
        ((FEATURES, LABELS, FEATURES, np.stack([LABELS] * 2, 1)), "dev_targets must be (row,)"),
    ],
)
def test_what_does_not_fit_is_refused(arrays: tuple, words: str) -> None:
    with pytest.raises(DataError) as error:
        read(*arrays)
    assert words in str(error.value)


def test_a_class_loss_on_floats_says_how_to_give_classes() -> None:
    with pytest.raises(SettingsError, match="give them as whole numbers"):
        read(FEATURES, FEATURES[:, 0], loss="softmax")
    with pytest.raises(SettingsError, match="does not fit targets that are 3 classes"):
        read(FEATURES, np.arange(90) % 3, loss="logistic")


def test_new_rows_must_have_the_shape_of_those_of_training() -> None:
    rows = read(FEATURES, LABELS)
    assert rows.read(FEATURES[:2]).shape == (2, 4)
    with pytest.raises(DataError, match=r"\(row, \*\(4,\)\)"):
        rows.read(FEATURES[:, :3])
