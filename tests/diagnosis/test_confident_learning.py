"""Which labels confident learning doubts, on probabilities made by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from caviar.diagnosis.confident_learning import doubt_labels


def made(num_rows: int, wrong_share: float, *, overlap: float = 0.0, classes: int = 4, seed: int = 0):
    """Probabilities of a good network, labels of which a share is flipped, and which ones those are.

    A share of the rows lies between two classes, where the network knows no better than even.
    """
    draw = np.random.default_rng(seed)
    truth = draw.integers(classes, size=num_rows)
    sureness = np.where(
        draw.random(num_rows) < overlap, draw.uniform(0.4, 0.6, num_rows), draw.uniform(0.8, 1, num_rows)
    )
    probabilities = np.zeros((num_rows, classes))
    rows, other = np.arange(num_rows), (truth + 1) % classes
    probabilities[rows, truth], probabilities[rows, other] = sureness, 1 - sureness
    drawn = np.where(draw.random(num_rows) < sureness, truth, other) if overlap else truth
    flipped = draw.random(num_rows) < wrong_share
    labels = np.where(flipped, (drawn + draw.integers(1, classes, num_rows)) % classes, drawn)
    return probabilities, labels, flipped


@pytest.mark.parametrize(("share", "recall"), [(0.05, 0.5), (0.1, 0.8), (0.3, 0.8)])
def test_flipped_labels_are_named_and_their_share_estimated(share, recall):
    probabilities, labels, flipped = made(2_000, share)
    found = doubt_labels(probabilities, labels)
    named = flipped[found.doubted]
    assert named.mean() > 0.95 and named.sum() / flipped.sum() > recall
    assert found.contradicted / found.surest == pytest.approx(share, abs=0.06)
    assert found.confused_share == pytest.approx(share, abs=0.03)


def test_classes_that_overlap_are_not_taken_for_wrong_labels():
    probabilities, labels, _ = made(20_000, 0.0, overlap=0.4)
    found = doubt_labels(probabilities, labels)
    assert found.mistakes > 0.15 * found.rows
    assert found.contradicted <= 0.03 * found.surest and len(found.doubted) <= 0.03 * found.rows


def test_the_row_in_most_doubt_comes_first_with_the_class_it_rather_has():
    probabilities = np.tile([0.9, 0.1], (60, 1))
    probabilities[30:] = [0.1, 0.9]
    probabilities[0], probabilities[40] = [0.01, 0.99], [0.95, 0.05]
    labels = np.repeat([0, 1], 30)
    found = doubt_labels(probabilities, labels)
    assert found.doubted.tolist() == [0, 40] and found.suggested.tolist() == [1, 0]
    assert found.confidence.tolist() == [0.99, 0.95]


@given(st.integers(2, 6), st.integers(2, 80), st.integers(0, 10_000))
def test_any_probabilities_give_counts_that_fit_together(classes, rows, seed):
    draw = np.random.default_rng(seed)
    probabilities = draw.dirichlet(np.full(classes, 0.3), rows)
    labels = draw.integers(classes, size=rows)
    found = doubt_labels(probabilities, labels)
    assert 0 <= found.contradicted <= found.surest <= rows and 0 <= found.confused_share <= 1
    assert len(set(found.doubted.tolist())) == len(found.doubted) <= rows
    assert (found.suggested != labels[found.doubted]).all()
    assert found.mistakes == sum(int(np.argmax(p) != label) for p, label in zip(probabilities, labels, strict=True))


@given(st.integers(0, 10_000))
def test_the_order_of_rows_and_the_names_of_classes_do_not_matter(seed):
    probabilities, labels, _ = made(300, 0.1, seed=seed)
    draw = np.random.default_rng(seed + 1)
    order, names = draw.permutation(300), draw.permutation(4)
    found = doubt_labels(probabilities, labels)
    again = doubt_labels(probabilities[order][:, np.argsort(names)], names[labels[order]])
    assert sorted(order[again.doubted].tolist()) == sorted(found.doubted.tolist())
    assert (again.contradicted, again.mistakes) == (found.contradicted, found.mistakes)


def test_a_row_the_network_leans_against_is_in_doubt_only_as_surely_as_the_other_class_usually_is():
    probabilities = np.tile([0.9, 0.1], (60, 1))
    probabilities[30:] = [0.1, 0.9]
    probabilities[0] = [0.45, 0.55]
    labels = np.repeat([0, 1], 30)
    assert doubt_labels(probabilities, labels).confused_share == 0
    probabilities[0] = [0.05, 0.95]
    assert doubt_labels(probabilities, labels).confused_share == pytest.approx(1 / 60, rel=0.05)
