"""`caviar fit`: options become settings, the result becomes one JSON object or a verdict."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sample_run import RESULT, FakeApi

from caviar.cli.progress import Quiet
from caviar.core.errors import DataError

Command = Callable[..., Any]


def test_a_bare_fit_leaves_every_default_to_the_api(caviar_command: Command, api: FakeApi) -> None:
    assert caviar_command("fit", "digits").code == 0
    (data,), settings = api.call_of("fit")
    assert data == "digits"
    assert isinstance(settings.pop("progress"), Quiet)
    assert settings == {}


def test_every_option_reaches_the_api_as_its_setting(caviar_command: Command, api: FakeApi) -> None:
    words = (
        "fit a.csv --target income --task binary --types age=number --types zip=category --missing none --missing -1"
        " --dev d.csv --test t.csv --dev-share 20% --test-share 0 --group household --time day --skip-unknown-labels"
        " --members 40 --threads 2 --seed 7 --out here --target-error 2% --human-error 0.01 --material 1%"
    )
    assert caviar_command(*words.split()).code == 0
    (data,), settings = api.call_of("fit")
    assert data == "a.csv"
    settings.pop("progress")
    assert settings == {
        "target": "income", "task": "binary", "types": {"age": "number", "zip": "category"}, "missing": ("none", "-1"),
        "dev": "d.csv", "test": "t.csv", "dev_share": 0.2, "test_share": 0.0, "group": "household", "time": "day",
        "skip_unknown_labels": True, "members": 40, "threads": 2, "seed": 7, "out": "here", "target_error": 0.02,
        "human_error": 0.01, "material": 0.01,
    }  # fmt: skip


def test_a_budget_is_read_before_anything_heavy_runs(caviar_command: Command, api: FakeApi) -> None:
    caviar_command("fit", "digits", "--budget", "1m30s")
    assert api.call_of("fit")[1]["budget"] == 90

    answer = caviar_command("fit", "digits", "--budget", "soon")
    assert answer.code == 2
    assert "such as 90s, 5m or 1h30m; got 'soon'" in answer.err
    assert len(api.calls) == 1


def test_in_a_pipe_a_fit_prints_the_verdict_alone_and_plain(caviar_command: Command) -> None:
    answer = caviar_command("fit", "digits")
    assert answer.out.startswith("digits: 10 classes of 'digit'")
    assert "Report:  runs/digits-1/report.html" in answer.out, "relative to the current folder"
    assert "\x1b" not in answer.out
    assert answer.err == ""


def test_json_is_the_result_with_the_folder_that_other_commands_take(caviar_command: Command, api: FakeApi) -> None:
    answer = caviar_command("fit", "digits", "--json")
    assert answer.code == 0
    assert json.loads(answer.out) == RESULT | {"run": str(api.run.folder)}
    assert answer.err == ""


def test_bad_data_are_refused_with_exit_code_2_and_without_a_traceback(caviar_command: Command, api: FakeApi) -> None:
    api.error = DataError("no column 'incme'. Did you mean 'income'?")
    answer = caviar_command("fit", "a.csv", "--target", "incme")
    assert answer == (2, "", "no column 'incme'. Did you mean 'income'?\n")


def test_with_json_a_refusal_is_one_object_too(caviar_command: Command, api: FakeApi) -> None:
    api.error = DataError("the file is empty.")
    answer = caviar_command("fit", "a.csv", "--json")
    assert answer.code == 2
    assert json.loads(answer.out) == {"error": "the file is empty."}
    assert answer.err == "the file is empty.\n"


def test_ctrl_c_says_how_to_resume_the_run_that_progress_was_told_of(
    caviar_command: Command, api: FakeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(data: str, progress: Quiet) -> None:
        progress.begin(Path("runs/digits-2"), "multiclass")
        raise KeyboardInterrupt

    monkeypatch.setattr(api, "fit", interrupted, raising=False)
    answer = caviar_command("fit", "digits", "--json")
    assert answer.code == 130
    assert answer.err == "Stopped. What was learnt is kept; go on with: caviar resume runs/digits-2\n"
    assert json.loads(answer.out) == {"error": answer.err.rstrip()}


def test_ctrl_c_before_a_run_folder_is_known_tells_the_one_asked_for(caviar_command: Command, api: FakeApi) -> None:
    api.error = KeyboardInterrupt()
    assert "caviar resume 'my run'" in caviar_command("fit", "digits", "--out", "my run").err
    assert "caviar resume RUN, where RUN is the newest folder in runs/" in caviar_command("fit", "digits").err


@pytest.mark.parametrize(
    "arguments", [("fit",), ("fit", "digits", "--taget", "x"), ("fit", "digits", "--task", "both")]
)
def test_misuse_shows_the_usage_and_exits_with_2(
    caviar_command: Command, api: FakeApi, arguments: tuple[str, ...]
) -> None:
    answer = caviar_command(*arguments, "--json")
    assert answer.code == 2
    assert answer.err.startswith("Usage: caviar fit [OPTIONS]")
    assert set(json.loads(answer.out)) == {"error"}
    assert api.calls == []


def test_an_unknown_option_is_answered_with_the_nearest(caviar_command: Command) -> None:
    assert "--target" in caviar_command("fit", "digits", "--taget", "x").err
