"""Boosting against the clock: the clock is the test's own, so that nothing depends on the machine."""

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingRegressor
from threadpoolctl import threadpool_limits

from caviar.diagnosis import timed_boosting
from caviar.diagnosis.timed_boosting import fit_within

FIXED, PACE = 2.0, 0.5  # seconds of the pretended clock: of every call of fit, and of each iteration

DRAW = np.random.default_rng(0)
FEATURES = DRAW.normal(size=(200, 3))
TARGETS = FEATURES[:, 0] + 0.1 * DRAW.normal(size=200)


class SlowBoosting(HistGradientBoostingRegressor):
    """Real boosting that moves the pretended clock by what it would cost on a slow machine."""

    def fit(self, features, targets):
        before = getattr(self, "n_iter_", 0)
        super().fit(features, targets)
        CLOCK.now += FIXED + PACE * (self.n_iter_ - before)
        return self


class Clock:
    now = 0.0

    def perf_counter(self):
        return self.now


CLOCK = Clock()


@pytest.fixture(autouse=True)
def pretended_clock(monkeypatch):
    CLOCK.now = 0.0
    monkeypatch.setattr(timed_boosting, "time", CLOCK)
    with threadpool_limits(1):
        yield


def boosted(deadline, **settings):
    model = SlowBoosting(random_state=0, **settings)
    fit_within(model, FEATURES, TARGETS, deadline)
    return model


def test_all_iterations_run_when_there_is_time():
    model = boosted(1000.0)
    assert model.n_iter_ == model.max_iter == 100


@pytest.mark.parametrize("deadline", [8.0, 20.0, 40.0])
def test_the_deadline_is_kept_and_the_time_is_used(deadline):
    model = boosted(deadline)
    assert 0.75 * deadline <= CLOCK.now <= deadline
    assert 1 < model.n_iter_ == model.max_iter < 100


def test_one_iteration_is_the_least():
    assert boosted(0.0).n_iter_ == 1


def test_growing_in_steps_makes_the_same_model_as_one_call():
    hasty = boosted(20.0)
    whole = HistGradientBoostingRegressor(random_state=0, max_iter=hasty.n_iter_).fit(FEATURES, TARGETS)
    np.testing.assert_allclose(hasty.predict(FEATURES), whole.predict(FEATURES), rtol=1e-9)


def test_boosting_that_stopped_by_itself_was_not_cut_short():
    model = boosted(30.0, early_stopping=True, n_iter_no_change=2, tol=0.5)
    assert model.n_iter_ < 20 and model.max_iter == 100


@pytest.mark.parametrize("most", [1, 3, 5])
def test_fewer_iterations_than_a_trial_are_never_exceeded(most):
    assert boosted(1000.0, max_iter=most).n_iter_ == most
