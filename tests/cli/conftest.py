"""The command line as a function, on an api that does no work."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from sample_run import FakeApi, write_records

import caviar
from caviar.cli.app import run


class Answer(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def api(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeApi:
    """The fake in the place of caviar.api; the current folder has runs/digits-1, and files of data never opened."""
    monkeypatch.chdir(tmp_path)
    for name in ("a.csv", "d.csv", "t.csv", "new.csv", "labelled.csv"):
        (tmp_path / name).touch()
    write_records(tmp_path / "runs" / "digits-1")
    fake = FakeApi(tmp_path / "runs" / "digits-1")
    monkeypatch.setitem(sys.modules, "caviar.api", fake)
    monkeypatch.setattr(caviar, "api", fake, raising=False)
    return fake


@pytest.fixture
def caviar_command(api: FakeApi, capsys: pytest.CaptureFixture[str]) -> Callable[..., Answer]:
    """Runs `caviar ARGUMENTS`: exit code, standard output, standard error. Both streams are pipes."""

    def command(*arguments: str) -> Answer:
        code = run(arguments)
        streams = capsys.readouterr()
        return Answer(code, streams.out, streams.err)

    return command
