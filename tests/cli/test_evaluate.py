"""`caviar evaluate`: the error on labelled rows, with its interval and the number of looks."""

import json
from collections.abc import Callable
from typing import Any

from sample_run import FakeApi

Command = Callable[..., Any]


def test_the_error_is_told_in_per_cent_with_interval_rows_and_looks(caviar_command: Command, api: FakeApi) -> None:
    answer = caviar_command("evaluate", "runs/digits-1", "labelled.csv")
    assert answer.code == 0
    assert answer.out.splitlines() == [
        "labelled.csv: error 12.9 % (95 % interval 11.0 to 15.0 %) on 1,000 rows",
        "Look number 3 of this run at test rows: choosing by them wears the figure out.",
    ]
    assert api.call_of("evaluate") == (("labelled.csv",), {"skip_unknown_labels": False})


def test_a_first_look_needs_no_warning_and_a_regression_is_told_in_units(caviar_command: Command, api: FakeApi) -> None:
    api.evaluation |= {
        "metric": "rmse",
        "error": 48_100.2,
        "interval": [47_000.0, 49_200.0],
        "rows": 1,
        "test_looks": 1,
    }
    answer = caviar_command("evaluate", "runs/digits-1", "new.csv")
    assert answer.out == "new.csv: RMSE 48,100 (95 % interval 47,000 to 49,200) on 1 row\n"


def test_unknown_labels_are_dropped_only_when_asked(caviar_command: Command, api: FakeApi) -> None:
    caviar_command("evaluate", "runs/digits-1", "labelled.csv", "--skip-unknown-labels")
    assert api.call_of("evaluate")[1] == {"skip_unknown_labels": True}


def test_json_is_what_the_run_measured(caviar_command: Command, api: FakeApi) -> None:
    assert json.loads(caviar_command("evaluate", "runs/digits-1", "labelled.csv", "--json").out) == api.evaluation
