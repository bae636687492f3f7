"""`caviar check`: a list by gravity; warnings are no failure, data that cannot be used are."""

import json
from collections.abc import Callable
from typing import Any

from sample_run import FakeApi

from caviar.core.errors import DataError
from caviar.core.records import Notice

Command = Callable[..., Any]

NOTICES = [
    Notice("info", "'age' is a number.", ("age",)),
    Notice("warning", "'copy' repeats the target.", ("copy",)),
    Notice("repaired", "3 infinite cells of 'fare' are missing now.", ("fare",)),
]


def test_notices_are_listed_by_gravity_and_warnings_are_no_failure(caviar_command: Command, api: FakeApi) -> None:
    api.notices = NOTICES
    answer = caviar_command("check", "a.csv", "--target", "income")
    assert answer.code == 0
    assert answer.out.splitlines() == [
        "Look at this",
        "  - 'copy' repeats the target.",
        "",
        "Repaired",
        "  - 3 infinite cells of 'fare' are missing now.",
        "",
        "For your information",
        "  - 'age' is a number.",
        "",
        "a.csv can be trained on; 1 warning to look at first.",
    ]


def test_clean_data_are_said_to_be_fine(caviar_command: Command) -> None:
    assert caviar_command("check", "iris") == (0, "iris is fine to train on.\n", "")


def test_options_of_reading_reach_the_api(caviar_command: Command, api: FakeApi) -> None:
    words = "check a.csv --target income --task binary --types zip=category --missing none"
    caviar_command(*words.split())
    settings = {"target": "income", "task": "binary", "types": {"zip": "category"}, "missing": ("none",)}
    assert api.call_of("check") == (("a.csv",), settings)


def test_json_holds_every_notice_and_the_number_of_warnings(caviar_command: Command, api: FakeApi) -> None:
    api.notices = NOTICES
    told = json.loads(caviar_command("check", "a.csv", "--json").out)
    assert told["data"] == "a.csv"
    assert told["warnings"] == 1
    assert told["notices"][0] == {"level": "info", "text": "'age' is a number.", "columns": ["age"]}
    assert len(told["notices"]) == 3


def test_data_that_cannot_be_used_are_refused(caviar_command: Command, api: FakeApi) -> None:
    api.error = DataError("the target has one class only, 'yes'.")
    assert caviar_command("check", "a.csv") == (2, "", "the target has one class only, 'yes'.\n")
