"""Shares by row count, and what a dev set can resolve."""

import numpy as np
import pytest

from caviar.data.split_sizes import held_out_share, smallest_error_difference, smallest_rmse_difference, why_this_share


@pytest.mark.parametrize(
    ("rows", "share"),
    [
        (3, 0.2),
        (1_797, 0.2),
        (10_000, 0.2),
        (100_000, 0.0447213595),  # halfway between 10⁴ and 10⁶ on the logarithm: √(0.2 · 0.01)
        (1_000_000, 0.01),
        (3_162_278, 0.005),  # √(0.01 · 0.0025)
        (10_000_000, 0.0025),
        (5_000_000_000, 0.0025),
    ],
)
def test_share_at_the_figures_of_the_notes_and_halfway_between(rows: int, share: float) -> None:
    assert held_out_share(rows) == pytest.approx(share, rel=1e-6)


def test_more_rows_mean_a_smaller_share_but_never_a_smaller_dev_set() -> None:
    rows = np.unique(np.geomspace(100, 1e8, 400).astype(int))
    shares = np.array([held_out_share(int(count)) for count in rows])
    assert (np.diff(shares) <= 0).all()
    assert (np.diff(shares * rows) > 0).all()


def test_reason_changes_with_the_size() -> None:
    assert len({why_this_share(rows) for rows in (500, 10_000)}) == 1
    assert len({why_this_share(rows) for rows in (500, 50_000, 20_000_000)}) == 3


def test_smallest_error_difference_agrees_with_a_simulation_of_two_equally_good_models() -> None:
    generator = np.random.default_rng(0)
    rows, error = 400, 0.1
    both_wrong, only_first, only_second = error / 2, error / 2, error / 2  # half of each model's mistakes are its own
    kinds = generator.choice(4, size=(20_000, rows), p=[both_wrong, only_first, only_second, 1 - 1.5 * error])
    differences = ((kinds == 1).sum(axis=1) - (kinds == 2).sum(axis=1)) / rows
    assert np.quantile(np.abs(differences), 0.95) == pytest.approx(smallest_error_difference(rows, error), rel=0.05)


def test_smallest_rmse_difference_agrees_with_a_simulation_of_two_equally_good_models() -> None:
    generator = np.random.default_rng(0)
    rows = 200
    shared = np.sqrt(0.5)  # squared normals of correlation r have correlation r²: here one half
    noise = generator.standard_normal((3, 4_000, rows))
    first, second = (np.sqrt(shared) * noise[0] + np.sqrt(1 - shared) * own for own in noise[1:])
    rmse = [np.sqrt(np.square(residuals).mean(axis=1)) for residuals in (first, second)]
    assert np.quantile(np.abs(rmse[0] - rmse[1]), 0.95) == pytest.approx(smallest_rmse_difference(rows), rel=0.05)
