"""`caviar train`: options become settings, and the verdict tells of one network."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sample_run import RESULT, FakeApi

from caviar.cli.progress import Quiet
from caviar.cli.train import HYPER, OWN, read_hidden
from caviar.core.config import TrainConfig
from caviar.core.errors import SettingsError
from caviar.recipe.nudges import FIXED, NUDGEABLE
from caviar.recipe.panda import NOT_OF_THESE_LOSSES
from caviar.techniques.catalog import HYPERPARAMETERS

Command = Callable[..., Any]
TRAINED = RESULT | {
    "mode": "train", "structure": "64-64 relu", "epochs": 1, "best_epoch": 1, "stopped_because": "you",
    "members_trained": 1, "ensemble_size": 1,
}  # fmt: skip


@pytest.fixture(autouse=True)
def a_network_was_trained(api: FakeApi, monkeypatch: pytest.MonkeyPatch) -> None:
    api.run.result = dict(TRAINED)
    monkeypatch.setattr(api, "babysit", api._noting("babysit"), raising=False)


def test_a_bare_training_leaves_every_default_to_the_api(caviar_command: Command, api: FakeApi) -> None:
    assert caviar_command("train", "digits").code == 0
    (data,), settings = api.call_of("babysit")
    assert data == "digits" and isinstance(settings.pop("progress"), Quiet)
    assert settings == {"attended": False}


def test_every_option_reaches_the_api_as_its_setting(caviar_command: Command, api: FakeApi) -> None:
    words = (
        "train a.csv --target y --config c.yaml --hidden 64,32 --learning-rate 0.01 --drop-rate 0.2 --batch-norm "
        "--optimizer momentum --epochs 200 --budget 5m --seed 0 --out here"
    )
    assert caviar_command(*words.split()).code == 0
    settings = api.call_of("babysit")[1]
    settings.pop("progress")
    assert settings == {
        "attended": False, "target": "y", "config": "c.yaml", "hidden": [64, 32], "learning_rate": 0.01,
        "drop_rate": 0.2, "batch_norm": True, "optimizer": "momentum", "epochs": 200, "budget": 300.0, "seed": 0,
        "out": "here",
    }  # fmt: skip


@pytest.mark.parametrize(("text", "units"), [("64,64", [64, 64]), ("128-64-32", [128, 64, 32]), ("8", [8]), ("0", [])])
def test_units_are_read_layer_by_layer(text: str, units: list[int]) -> None:
    assert read_hidden(text) == units


@pytest.mark.parametrize("text", ["", "64,", "a", "64;64", "-3", "6.5"])
def test_what_are_no_units_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="--hidden must be units of each layer"):
        read_hidden(text)


def test_every_hyperparameter_has_an_option_that_says_what_the_catalogue_says() -> None:
    options = {setting.name: setting for setting in OWN if setting.panel == HYPER}
    assert set(options) == set(HYPERPARAMETERS) - set(NOT_OF_THESE_LOSSES)
    for name, setting in options.items():
        assert setting.help == HYPERPARAMETERS[name].meaning + (" (*)" if name in FIXED else "")
        assert (setting.kind is float) is not bool(HYPERPARAMETERS[name].choices)
    assert {name for name in options if not options[name].help.endswith("(*)")} == set(NUDGEABLE) - {"epochs"}


@pytest.mark.parametrize("name", ["hidden", "activation", "batch_norm", "batch_size", "epochs", "checkpoint_megabytes"])
def test_help_says_what_the_settings_of_a_training_say(name: str) -> None:
    field = TrainConfig.model_fields[name]
    [setting] = [setting for setting in OWN if setting.name == name]
    told = (
        field.description
        if name not in ("epochs", "checkpoint_megabytes")
        else f"{field.description}; default {field.default}"
    )
    assert setting.help == told


def test_a_training_has_every_setting_that_its_configuration_has(caviar_command: Command) -> None:
    out = caviar_command("train", "--help").out
    for name in set(TrainConfig.model_fields) - {"data", "settings", "budget_seconds"}:
        assert f"--{name.replace('_', '-')} " in out or f"--{name.replace('_', '-')}\n" in out
    assert "--budget" in out and "--members" not in out


def test_the_verdict_tells_of_one_network_its_epochs_and_which_weights_are_kept(caviar_command: Command) -> None:
    answer = caviar_command("train", "digits")
    assert answer.err == "", "silent in a pipe"
    line = "64-64 relu: 1 epoch in 58 s (ended by you); the weights are those of epoch 1, the best on dev"
    assert answer.out.splitlines()[1] == line


def test_json_is_the_result_with_the_folder(caviar_command: Command, api: FakeApi) -> None:
    assert json.loads(caviar_command("train", "digits", "--json").out) == TRAINED | {"run": str(api.run.folder)}


def test_a_second_ctrl_c_says_how_to_go_on(
    caviar_command: Command, api: FakeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(data: str, progress: Quiet, **_: Any) -> None:
        progress.begin(Path("runs/digits-2"), "multiclass")
        raise KeyboardInterrupt

    monkeypatch.setattr(api, "babysit", interrupted, raising=False)
    answer = caviar_command("train", "digits")
    assert (answer.code, answer.err.strip()) == (
        130, "Stopped. What was learnt is kept; go on with: caviar resume runs/digits-2"
    )  # fmt: skip
