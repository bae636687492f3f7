"""The verdict turns when a dimension that calls itself logarithmic is not, or is so on the wrong side."""

import pytest

from caviar.lab import log_scale, trials
from caviar.search.dimensions import Dimension, LogUniform, OneMinusLogUniform, Uniform


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trials, "NUM_DEV", 100)
    monkeypatch.setattr(log_scale, "NUM_DAYS", 500)
    monkeypatch.setattr(log_scale, "METHODS", ("adam", "rmsprop"))
    monkeypatch.setattr(log_scale, "WINDOWS", (500,))


def disagreeing(rate: Dimension, beta: Dimension) -> set[str]:
    figures = log_scale.run(log_rate=rate, log_beta=beta, num_searches=10).figures
    return {row.what for row in figures if row.agreement == 0}


def test_where_the_best_values_lie_low_the_claim_holds() -> None:
    assert not disagreeing(LogUniform(1e-4, 1), OneMinusLogUniform(0.9, 0.999))


def test_linear_scales_lose_every_search_and_the_even_shares() -> None:
    lost = disagreeing(Uniform(1e-4, 1), Uniform(0.9, 0.999))
    assert {what for what in lost if "lowest" in what} == {
        "α of adam: lowest dev loss, log against linear",
        "α of rmsprop: lowest dev loss, log against linear",
        "α of the method that fares worst: lowest dev loss, log against linear",
        "β, best near 0.998: lowest error, log of 1 − β against linear",
    }
    assert len(lost) == 4 + 5


def test_a_log_scale_of_beta_itself_is_no_better_than_a_linear_one() -> None:
    lost = disagreeing(LogUniform(1e-4, 1), LogUniform(0.9, 0.999))
    assert lost == {
        "share of draws: β, log of 1 − β, from 0.9 to 0.99",
        "β, best near 0.998: lowest error, log of 1 − β against linear",
    }
