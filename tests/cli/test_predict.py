"""`caviar predict`: CSV in a pipe, a file with --out, one object with --json; never over the input."""

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from sample_run import PREDICTIONS, FakeApi

Command = Callable[..., Any]


def test_a_pipe_gets_all_predictions_as_csv(caviar_command: Command, api: FakeApi) -> None:
    api.predictions = pl.concat([PREDICTIONS] * 30)
    answer = caviar_command("predict", "runs/digits-1", "new.csv")
    assert answer.code == 0
    assert api.call_of("open_run")[0] == ("runs/digits-1",)
    assert api.call_of("predict")[0] == ("new.csv",)
    assert_frame_equal(
        pl.read_csv(io.StringIO(answer.out), schema_overrides={"prediction": pl.String}), api.predictions
    )
    assert answer.err == ""


def test_a_terminal_gets_the_first_rows_and_the_way_to_all(
    api: FakeApi, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from caviar.cli.app import run

    api.predictions = pl.concat([PREDICTIONS] * 30)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert run(["predict", "runs/digits-1", "new.csv"]) == 0
    streams = capsys.readouterr()
    assert len(streams.out.splitlines()) == 1 + 20
    assert streams.err == "… and 40 further rows: --out predictions.csv writes them all.\n"


@pytest.mark.parametrize("suffix", ["csv", "tsv", "parquet", "CSV"])
def test_out_holds_what_was_predicted(caviar_command: Command, tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"predictions.{suffix}"
    answer = caviar_command("predict", "runs/digits-1", "new.csv", "--out", str(out))
    assert answer == (0, f"2 predictions in {out}\n", "")
    kinds = {"prediction": pl.String}
    if suffix == "parquet":
        written = pl.read_parquet(out)
    else:
        written = pl.read_csv(out, separator="\t" if suffix == "tsv" else ",", schema_overrides=kinds)
    assert_frame_equal(written, PREDICTIONS)
    assert list(tmp_path.glob("*.part")) == []


def test_json_holds_the_predictions_or_where_they_are(caviar_command: Command) -> None:
    whole = json.loads(caviar_command("predict", "runs/digits-1", "new.csv", "--json").out)
    assert whole == {"run": "runs/digits-1", "rows": 2, "notices": [], "predictions": PREDICTIONS.to_dicts()}
    placed = json.loads(caviar_command("predict", "runs/digits-1", "new.csv", "--json", "--out", "p.csv").out)
    assert placed == {"run": "runs/digits-1", "rows": 2, "notices": [], "out": "p.csv"}


@pytest.mark.parametrize(
    ("out", "problem"),
    [
        ("predictions.xlsx", "must end in .csv, .tsv or .parquet"),
        ("predictions", "must end in .csv, .tsv or .parquet"),
        ("nowhere/predictions.csv", "does not exist"),
        ("folder.csv", "is a folder"),
        ("new.csv", "is the file to predict from"),
    ],
)
def test_a_place_that_will_not_do_is_refused_before_any_work(
    caviar_command: Command, api: FakeApi, tmp_path: Path, out: str, problem: str
) -> None:
    (tmp_path / "new.csv").write_text("a\n1\n")
    (tmp_path / "folder.csv").mkdir()
    answer = caviar_command("predict", "runs/digits-1", "new.csv", "--out", out)
    assert answer.code == 2
    assert problem in answer.err
    assert api.calls == []
    assert (tmp_path / "new.csv").read_text() == "a\n1\n"
