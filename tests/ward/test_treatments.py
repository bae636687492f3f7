"""Some treatable patients are treated, each for what was planted; `make ward` treats all of them."""

import pytest
from treatable import GROUNDS, TREATABLE
from treatments import table, treat

QUICK = {
    "digits, 2 units": "high-bias",
    "digits, rate 1e-6": "learning-rate-too-low",
    "digits, leaping": "learning-rate-too-high",
    "digits, all zeros": "bad-initialisation",
    "cancer, as it came": "input-not-normalised",
}


@pytest.mark.parametrize("name", QUICK)
def test_the_first_action_is_called_for_by_the_disease_and_lowers_the_error_beyond_its_interval(name: str) -> None:
    treated = treat(next(one for one in TREATABLE if one.name == name))
    assert treated.helped, str(treated.step)
    assert QUICK[name] in treated.step.step.finding
    assert treated.step.step.effect["dev_error_after"] < 1.2 * treated.sound_error or name == "digits, rate 1e-6"
    assert name in table([treated])


def test_every_ground_has_patients_and_every_patient_a_name_of_its_own() -> None:
    assert {one.ground for one in TREATABLE} == set(GROUNDS)
    assert len({one.name for one in TREATABLE}) == len(TREATABLE) >= 25
    assert len({one.planted for one in TREATABLE}) >= 10


def test_columns_are_standardised_by_train_rows_unless_they_are_to_come_as_they_were() -> None:
    train, _, _, _ = GROUNDS["signs"].arrays()
    raw, _, dev, _ = GROUNDS["wine, as it came"].arrays()
    assert abs(train.mean()) < 1e-9
    assert raw.max() > 1_000
    assert len(dev) == 100
