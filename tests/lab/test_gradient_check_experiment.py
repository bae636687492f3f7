"""The verdict turns when the differences are wrong, or the check does not look at the code that it is given."""

import pytest

from caviar.lab import gradient_check as experiment
from caviar.lab.gradient_check import HandWritten, right
from caviar.techniques import gradient_check
from caviar.techniques.numerical_gradient import NumericalGradient, Slope


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(experiment, "STEPS", (1e-5,))


def agreements(check=gradient_check) -> dict[str, float]:
    return {row.what: row.agreement for row in experiment.run(0, check, num_seeds=1).figures}


def test_the_claim_holds() -> None:
    assert set(agreements().values()) == {1}


def test_differences_without_their_2_lose_the_right_code(monkeypatch: pytest.MonkeyPatch) -> None:
    def halved(self, moved, step: float) -> Slope:
        return Slope((moved(step) - moved(-step)) / step, 0, 0, self.noise / step)

    monkeypatch.setattr(NumericalGradient, "_slope", halved)
    assert {agreement for what, agreement in agreements().items() if "right" in what} == {0}


def test_a_check_of_other_code_than_it_is_given_finds_no_bug() -> None:
    def blind(module, *batch, **settings):
        return gradient_check(HandWritten(right, 0), *batch, **settings)

    assert {agreement for what, agreement in agreements(blind).items() if "right" not in what} == {0}


def test_a_check_that_leaves_most_entries_out_misses_the_one_that_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    def few(*batch, **settings):
        return gradient_check(*batch, num_entries=1, **settings)

    monkeypatch.setattr(NumericalGradient, "wrong_place", lambda *_: None)
    assert agreements(few)["one entry of dW 5 % too large"] == 0
