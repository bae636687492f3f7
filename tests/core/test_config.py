"""Settings are checked once, with what must hold and what came."""

import pytest

from caviar.core.config import FitConfig
from caviar.core.errors import SettingsError


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"budget_seconds": -1}, "'budget_seconds': input should be greater than 0, got -1"),
        ({"members": 2}, "'members'"),
        ({"dev_share": 1.5}, "less than 1, got 1.5"),
        ({"trget": "y"}, "Did you mean 'target'"),
        ({"task": "guess"}, "'task'"),
        ({"types": {"a": "nmber"}}, "types.a"),
    ],
)
def test_a_wrong_setting_is_named_with_what_must_hold(values, words):
    with pytest.raises(SettingsError) as error:
        FitConfig.checked(data="digits", **values)
    assert words in str(error.value)
