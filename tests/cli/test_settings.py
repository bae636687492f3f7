"""The table of options tells the same as FitConfig, and passes on only what was given."""

import inspect
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caviar.cli.settings import DATA, SETTINGS, read_types, takes
from caviar.core.config import FitConfig
from caviar.core.errors import SettingsError


def test_every_setting_of_a_fit_has_an_option_and_every_option_a_setting() -> None:
    fields = set(FitConfig.model_fields) - {"data", "budget_seconds"}
    assert set(SETTINGS) == fields | {"budget"}


@pytest.mark.parametrize("name", sorted(set(SETTINGS) - {"budget", "seed"}))
def test_help_says_what_the_setting_says(name: str) -> None:
    assert SETTINGS[name].help == FitConfig.model_fields[name].description


def test_help_of_data_budget_and_seed_agrees_with_the_settings() -> None:
    from caviar.api import DEFAULT_BUDGET

    fields = FitConfig.model_fields
    assert fields["data"].description == DATA
    assert SETTINGS["budget"].help.startswith(str(fields["budget_seconds"].description))
    assert SETTINGS["budget"].help.endswith(f"default {DEFAULT_BUDGET}")
    assert SETTINGS["seed"].help.endswith(f"default {fields['seed'].default}")


def test_tasks_on_offer_are_those_of_the_settings() -> None:
    assert str(SETTINGS["task"].kind) in str(FitConfig.model_fields["task"].annotation)


def test_what_was_not_given_is_not_passed_on() -> None:
    received: dict[str, Any] = {}

    @takes("target", "missing", "skip_unknown_labels", "members")
    def command(data: str, **settings: Any) -> None:
        received.update(settings, data=data)

    command(data="a.csv", target=None, missing=[], skip_unknown_labels=False, members=0)
    assert received == {"data": "a.csv", "members": 0}, "a zero was given, and is for FitConfig to refuse"


def test_a_command_keeps_its_own_parameters_and_gains_the_options() -> None:
    @takes("dev_share")
    def command(data: str, **settings: Any) -> None: ...

    parameters = inspect.signature(command).parameters
    assert list(parameters) == ["data", "dev_share"]
    assert parameters["dev_share"].default is None


def test_column_kinds_are_read_up_to_the_last_equals_sign() -> None:
    assert read_types(["age=number", "a=b=category"]) == {"age": "number", "a=b": "category"}


@pytest.mark.parametrize("pair", ["age", "age=", "=number", "", "="])
def test_a_column_kind_without_column_or_kind_is_refused(pair: str) -> None:
    with pytest.raises(SettingsError, match="COLUMN=KIND"):
        read_types([pair])


def test_two_kinds_for_one_column_are_refused() -> None:
    assert read_types(["age=number", "age=number"]) == {"age": "number"}
    with pytest.raises(SettingsError, match="'age' twice, as 'number' and as 'category'"):
        read_types(["age=number", "age=category"])


@given(st.dictionaries(st.text(min_size=1), st.text(min_size=1).filter(lambda kind: "=" not in kind)))
def test_column_kinds_read_back_as_they_were_written(types: dict[str, str]) -> None:
    assert read_types([f"{column}={kind}" for column, kind in types.items()]) == types
