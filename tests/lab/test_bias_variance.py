"""The verdict turns when the diagnosis forgets the optimal error, or takes train for dev."""

from dataclasses import replace

import pytest

from caviar.diagnosis.diagnose import diagnose
from caviar.lab import bias_variance
from caviar.lab.bias_variance import CASES

SMALL = [replace(case, num_rows=min(case.num_rows, 1500)) for case in (CASES[0], CASES[1])]


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bias_variance, "NUM_SEEDS", 2)
    monkeypatch.setattr(bias_variance, "NUM_STEPS", 100)


def disagreeing(diagnosis, cases):
    return [row.what.partition(" (")[0] for row in bias_variance.run(0, diagnosis, cases).figures if row.agreement == 0]


def test_what_was_planted_is_found():
    assert bias_variance.run(cases=SMALL).verdict == "holds"


def test_a_diagnosis_that_takes_train_for_dev_finds_no_variance():
    def swapped(evidence):
        return diagnose(replace(evidence, train_error=evidence.dev_error, dev_error=evidence.train_error))

    assert disagreeing(swapped, SMALL[1:]) == ["train 1 %, dev 11 %", "train 15 %, dev 30 %", SMALL[1].what]


def test_without_the_optimal_error_noise_is_taken_for_bias():
    def forgetful(evidence):
        return diagnose(replace(evidence, human_error=0.0))

    assert disagreeing(forgetful, [CASES[4]]) == [CASES[4].what]


def test_without_a_train_dev_set_another_distribution_is_taken_for_variance():
    def without(evidence):
        return diagnose(replace(evidence, train_dev_error=None, same_distribution=True))

    assert disagreeing(without, CASES[-2:]) == [CASES[-1].what]
