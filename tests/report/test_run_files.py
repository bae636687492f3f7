"""Reading a run folder: what must be there, and what may be strange."""

import json

import polars as pl
import pytest

from caviar.core.errors import RunError
from caviar.report.loose_values import number_of, pair_of, text_of
from caviar.report.run_files import read_run


def test_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(RunError, match="is no folder"):
        read_run(tmp_path / "nowhere")


def test_run_without_result_is_refused_with_the_way_to_finish_it(tmp_path):
    with pytest.raises(RunError, match="caviar resume"):
        read_run(tmp_path)


@pytest.mark.parametrize("content", [b"[1, 2]", b"{", b"\xff\xfe"])
def test_result_that_is_none_is_refused(tmp_path, content):
    (tmp_path / "result.json").write_bytes(content)
    with pytest.raises(RunError, match=r"result\.json"):
        read_run(tmp_path)


def test_every_absent_file_has_its_reason(tmp_path):
    (tmp_path / "result.json").write_text("{}")
    run = read_run(tmp_path)
    assert set(run.missing) == {
        "data.json",
        "environment.json",
        "findings.json",
        "steps.jsonl",
        "test_looks.jsonl",
        "config.yaml",
        "history.parquet",
        "members.parquet",
        "predictions.parquet",
        "health.json",
        "more_data.json",
        "error_analysis.json",
    }
    assert run.members is None
    assert run.steps == []


def test_line_that_a_kill_cut_short_leaves_the_lines_before_it(own_copy):
    folder = own_copy("binary")
    lines = (folder / "steps.jsonl").read_text()
    (folder / "steps.jsonl").write_text(lines[:-30])
    assert len(read_run(folder).steps) == len(lines.splitlines()) - 1


def test_run_is_named_by_the_last_part_of_its_path(own_copy):
    folder = own_copy("binary")
    result = json.loads((folder / "result.json").read_text())
    (folder / "result.json").write_text(json.dumps({**result, "run": "some/where/adult-7"}))
    assert read_run(folder).name == "adult-7"


def test_cells_that_are_no_numbers_are_missing_and_infinite_settings_are_kept(tmp_path):
    (tmp_path / "result.json").write_text("{}")
    table = pl.DataFrame(
        {
            "member": [0, 1, None],
            "dev_error": [float("nan"), float("inf"), 0.1],
            "setting.clip_norm": [float("inf"), float("nan"), 1.0],
            "in_ensemble": [True, None, True],
            "stage": pl.Series(["coarse", "coarse", None], dtype=pl.Categorical),
        }
    )
    table.write_parquet(tmp_path / "members.parquet")
    members = read_run(tmp_path).members
    assert members["dev_error"].to_list() == [None, None]
    assert members["setting.clip_norm"].to_list() == [float("inf"), None]
    assert members["in_ensemble"].to_list() == [True, False]
    assert members["stage"].to_list() == ["coarse", "coarse"]


def test_table_that_lacks_what_it_needs_says_which_column(tmp_path):
    (tmp_path / "result.json").write_text("{}")
    pl.DataFrame({"member": [1], "epoch": [1]}).drop("epoch").write_parquet(tmp_path / "history.parquet")
    run = read_run(tmp_path)
    assert run.history is None
    assert "lacks the column epoch" in run.missing["history.parquet"]


def test_values_of_another_kind_count_as_missing():
    assert [number_of(value) for value in (1, 0.5, True, "1", None, float("nan"), float("inf"), 1e305)] == [
        1.0,
        0.5,
        *[None] * 6,
    ]
    assert pair_of([0.1, 0.2]) == (0.1, 0.2)
    assert [pair_of(value) for value in ([0.1], [0.1, None], "ab", None)] == [None] * 4
    assert [text_of(value) for value in ("a", None, 3, {"b": 1})] == ["a", "", "3", '{"b": 1}']
