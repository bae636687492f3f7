"""The verdict turns when the average is wrong."""

import pytest
from torch import Tensor

from caviar.lab import weighted_average
from caviar.techniques.averages import ExponentialAverage


class NeverCorrected(ExponentialAverage):
    def value(self) -> Tensor:
        return self.total


class Swapped(ExponentialAverage):
    """(1 − β)v + βx: looks back on the wrong number of values."""

    def __init__(self, beta, corrected=True):
        super().__init__(1 - beta, corrected)


def disagreeing(average: type[ExponentialAverage]) -> set[str]:
    return {row.what for row in weighted_average.run(average=average).figures if row.agreement == 0}


@pytest.mark.parametrize("seed", [0, 1])
def test_the_claim_holds(seed: int) -> None:
    assert weighted_average.run(seed).verdict == "holds"


def test_without_correction_the_start_is_wrong_and_the_counts_are_right() -> None:
    assert disagreeing(NeverCorrected) == {
        "average of 1 × 1, β = 0.98, corrected",
        "average of 10 × 1, β = 0.98, corrected",
        "error in the first 50 days, corrected against not",
    }


def test_with_swapped_weights_it_averages_another_number_of_values() -> None:
    assert {f"values that β = {beta} averages" for beta in (0.9, 0.98, 0.999)} <= disagreeing(Swapped)
