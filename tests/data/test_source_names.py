"""What data are called is judged before anything is read; test_sources.py has the words of each refusal."""

from pathlib import Path

import pytest

from caviar.core.errors import DataError
from caviar.data.source_names import check_name


def test_built_in_names_and_files_of_a_known_type_pass_unopened(tmp_path: Path) -> None:
    for name in ("a.csv", "a.TSV.gz", "a.parquet", "a.npz"):
        (tmp_path / name).touch()  # empty: opening it would be an error
        check_name(str(tmp_path / name))
    check_name("breast_cancer")


@pytest.mark.parametrize("name", ["", "  ", "https://example.org/a.csv", "nowhere.csv", "/", "digit"])
def test_everything_else_is_refused(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DataError):
        check_name(name)
