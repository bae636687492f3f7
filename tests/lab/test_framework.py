"""The verdict turns when the step goes uphill."""

from typing import Any

from torch import Tensor

from caviar.lab import framework
from caviar.population.step import train_step


def uphill(population: Any, x: Tensor, targets: Tensor, loss: Any, rate: Tensor, *rest: Any) -> Tensor:
    return train_step(population, x, targets, loss, -rate, *rest)


def test_the_claim_holds() -> None:
    assert framework.run().verdict == "holds"


def test_a_wrong_sign_loses_the_verdict() -> None:
    assert framework.run(train_step=uphill).verdict == "does not hold"
