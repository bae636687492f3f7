"""`caviar report`: says where the page is, and opens it only when asked."""

import json
import webbrowser
from collections.abc import Callable
from typing import Any

import pytest
from sample_run import FakeApi

Command = Callable[..., Any]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    addresses: list[str] = []
    monkeypatch.setattr(webbrowser, "open", addresses.append)
    return addresses


def test_the_place_of_the_report_is_all_that_is_printed(
    caviar_command: Command, api: FakeApi, opened: list[str]
) -> None:
    page = api.run.folder / "report.html"
    assert caviar_command("report", "runs/digits-1") == (0, f"{page}\n", "")
    assert api.call_of("report")[0] == ("runs/digits-1",)
    assert opened == []


def test_json_names_run_and_report(caviar_command: Command, api: FakeApi) -> None:
    answer = caviar_command("report", "runs/digits-1", "--json")
    assert json.loads(answer.out) == {"run": "runs/digits-1", "report": str(api.run.folder / "report.html")}


def test_the_report_opens_in_the_browser_when_asked(caviar_command: Command, api: FakeApi, opened: list[str]) -> None:
    assert caviar_command("report", "runs/digits-1", "--open").code == 0
    assert opened == [(api.run.folder / "report.html").as_uri()]
