"""The verdict turns when the zoom goes where the trials were worst, or does not narrow anything."""

import numpy as np
import pytest

from caviar.lab import coarse_to_fine, trials
from caviar.lab.coarse_to_fine import Columns
from caviar.search.coarse_to_fine import zoom
from caviar.search.spaces import Space


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trials, "NUM_DEV", 100)


def judged(**changes) -> list[float]:
    figures = coarse_to_fine.run(num_tables=1, num_searches=24, **changes).figures
    return [row.agreement for row in figures if row.agreement is not None]


def test_the_claim_holds() -> None:
    assert judged() == [True, True]


def test_zooming_in_on_the_worst_trials_loses_the_verdict() -> None:
    def wrong(space: Space, columns: Columns, losses: np.ndarray) -> Space:
        return zoom(space, columns, -losses)

    assert judged(zoom=wrong) == [False, False]


def test_a_zoom_that_changes_nothing_gains_nothing() -> None:
    assert judged(zoom=lambda space, columns, losses: space) == [False, False]
