"""`caviar resume`: the same verdict as a fit, on the run that was stopped."""

import json
from collections.abc import Callable
from typing import Any

from sample_run import FakeApi

from caviar.core.errors import RunError

Command = Callable[..., Any]


def test_a_resumed_run_ends_with_the_same_verdict_as_a_fit(caviar_command: Command, api: FakeApi) -> None:
    resumed = caviar_command("resume", "runs/digits-1")
    assert resumed.code == 0
    assert api.call_of("resume")[0] == ("runs/digits-1",)
    assert resumed.out == caviar_command("fit", "digits").out


def test_json_of_a_resumed_run_is_that_of_a_fit(caviar_command: Command) -> None:
    assert json.loads(caviar_command("resume", "r", "--json").out) == json.loads(
        caviar_command("fit", "digits", "--json").out
    )


def test_a_folder_that_is_no_run_is_refused(caviar_command: Command, api: FakeApi) -> None:
    api.error = RunError("nowhere is no run folder.")
    assert caviar_command("resume", "nowhere") == (2, "", "nowhere is no run folder.\n")


def test_ctrl_c_while_resuming_names_the_same_run(caviar_command: Command, api: FakeApi) -> None:
    api.error = KeyboardInterrupt()
    answer = caviar_command("resume", "runs/digits-1")
    assert answer.code == 130
    assert answer.err.endswith("caviar resume runs/digits-1\n")
