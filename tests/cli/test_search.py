"""`caviar search`: options become settings, the result becomes one JSON object or a verdict with the best members."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sample_run import RESULT, SEARCH_RESULT, FakeApi

from caviar.cli.progress import Quiet
from caviar.cli.search import OWN
from caviar.core.config import SearchConfig

Command = Callable[..., Any]


@pytest.fixture(autouse=True)
def a_search_was_made(api: FakeApi) -> None:
    api.run.result = dict(SEARCH_RESULT)


def test_a_bare_search_leaves_every_default_to_the_api(caviar_command: Command, api: FakeApi) -> None:
    assert caviar_command("search", "digits").code == 0
    (data,), settings = api.call_of("search")
    assert data == "digits"
    assert isinstance(settings.pop("progress"), Quiet)
    assert settings == {}


def test_every_option_reaches_the_api_as_its_setting(caviar_command: Command, api: FakeApi) -> None:
    words = "search a.csv --members 2000 --epochs 5 --structures 3 --space s.yaml --target y --seed 7 --out here"
    assert caviar_command(*words.split(), "--dev-share", "20%", "--threads", "2").code == 0
    (data,), settings = api.call_of("search")
    settings.pop("progress")
    assert data == "a.csv"
    assert settings == {
        "members": 2000, "epochs": 5, "structures": 3, "space": "s.yaml", "target": "y", "seed": 7, "out": "here",
        "dev_share": 0.2, "threads": 2,
    }  # fmt: skip


@pytest.mark.parametrize("setting", OWN, ids=lambda setting: setting.name)
def test_help_says_what_the_settings_of_a_search_say(setting: Any) -> None:
    field = SearchConfig.model_fields[setting.name]
    told = field.description if field.default is None else f"{field.description}; default {field.default}"
    assert setting.help == told


def test_a_search_has_every_setting_that_its_configuration_has(caviar_command: Command) -> None:
    out = caviar_command("search", "--help").out
    for name in set(SearchConfig.model_fields) - {"data"}:
        assert f"--{name.replace('_', '-')} " in out
    assert "--budget" not in out and "--target-error" not in out


def test_the_verdict_has_the_best_members_what_mattered_and_where_to_search_next(caviar_command: Command) -> None:
    lines = caviar_command("search", "digits").out.splitlines()
    assert lines[1] == "2,000 networks trained in 58 s (as many as were asked for); the model is the best one"
    assert lines[2] == SEARCH_RESULT["memory"]
    start = lines.index("The best by dev error")
    assert lines[start + 1].split() == ["member", "dev", "epoch", "structure", "learning_rate", "l2"]
    assert lines[start + 2].split() == ["7", "0.28", "%", "5", "256", "relu", "0.0175", "0"]
    assert lines[start + 4] == "What mattered: structure 73 %, learning_rate 24 %"
    assert lines[-4:] == [
        "  - l2 0 (81%), or 0.001 to 1, log scale",
        "Search there: caviar search digits --space runs/digits-1/next_space.yaml",
        "Report:  runs/digits-1/report.html",
        "Predict: caviar predict runs/digits-1 NEW.csv --out predictions.csv",
    ]


def test_a_search_in_which_nothing_stood_out_says_so(caviar_command: Command, api: FakeApi) -> None:
    api.run.result |= {"importance": {}, "best_members": []}
    out = caviar_command("search", "digits").out
    assert "What mattered: no setting stands out among these members" in out
    assert "The best by dev error" not in out


def test_json_is_the_result_with_the_folder(caviar_command: Command, api: FakeApi) -> None:
    answer = caviar_command("search", "digits", "--json")
    assert json.loads(answer.out) == SEARCH_RESULT | {"run": str(api.run.folder)}


def test_a_resumed_search_ends_with_the_verdict_of_a_search(caviar_command: Command, api: FakeApi) -> None:
    assert caviar_command("resume", "runs/digits-1").out == caviar_command("search", "digits").out
    api.run.result = dict(RESULT)
    assert "The best by dev error" not in caviar_command("resume", "runs/digits-1").out


def test_ctrl_c_says_how_to_resume(caviar_command: Command, api: FakeApi, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(data: str, progress: Quiet) -> None:
        progress.begin(Path("runs/digits-2"), "multiclass")
        raise KeyboardInterrupt

    monkeypatch.setattr(api, "search", interrupted, raising=False)
    answer = caviar_command("search", "digits")
    assert answer.code == 130
    assert answer.err == "Stopped. What was learnt is kept; go on with: caviar resume runs/digits-2\n"
