"""Files are whole or not there; a line cut short by a kill does no harm."""

import pytest

from caviar.core.errors import RunError
from caviar.core.files import append_json_line, read_json, read_json_lines, write_atomically, write_json


def test_a_write_that_fails_leaves_the_old_file_and_no_draft(tmp_path):
    write_json(tmp_path / "a.json", {"old": 1})

    def fail(draft):
        draft.write_text("half")
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        write_atomically(tmp_path / "a.json", fail)
    assert read_json(tmp_path / "a.json") == {"old": 1}
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]


def test_lines_after_a_cut_line_are_read_again(tmp_path):
    path = tmp_path / "a.jsonl"
    append_json_line(path, {"n": 1})
    with path.open("a") as lines:
        lines.write('{"n": 2, "cut sho')
    assert read_json_lines(path) == [{"n": 1}]
    append_json_line(path, {"n": "ü"})
    append_json_line(path, {"n": 3})
    assert read_json_lines(path) == [{"n": 1}, {"n": "ü"}, {"n": 3}]


def test_missing_and_damaged_files_are_named(tmp_path):
    with pytest.raises(RunError, match=r"b\.json is missing"):
        read_json(tmp_path / "b.json")
    (tmp_path / "b.json").write_text("{")
    with pytest.raises(RunError, match=r"b\.json is not readable as JSON"):
        read_json(tmp_path / "b.json")
