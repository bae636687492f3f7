"""Files, names and frames, and what is said when one is not there or damaged."""

import gzip
import io
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from table_files import texts, write

from caviar.core.errors import DataError
from caviar.data.sources import read
from caviar.data.tables import load

CSV = "a,b\n1,x\n2,y\n"


def test_every_format_gives_the_same_cells(tmp_path: Path) -> None:
    expected = [("1", "x"), ("2", "y")]
    frame = pl.DataFrame(expected, schema=["a", "b"], orient="row")
    parquet = io.BytesIO()
    frame.write_parquet(parquet)
    sources = [
        write(tmp_path, CSV),
        write(tmp_path, CSV.replace(",", "\t"), "new.tsv"),
        write(tmp_path, CSV, "NEW.CSV"),
        write(tmp_path, gzip.compress(CSV.encode()), "new.csv.gz"),
        write(tmp_path, parquet.getvalue(), "new.parquet"),
        write(tmp_path, gzip.compress(parquet.getvalue()), "new.parquet.gz"),
        str(write(tmp_path, CSV, "text.csv")),
        frame,
        frame.lazy(),
        frame.to_pandas(),
        frame.to_arrow(),
    ]
    for source in sources:
        found = read(source)
        assert found.frame.rows() == expected, source
        assert not found.notices and found.target is None


def test_a_loaded_table_is_read_again_by_its_frame(tmp_path: Path) -> None:
    table = load("iris")
    found = read(table)
    assert found.frame is table.frame and (found.name, found.target) == ("iris", "species")


@pytest.mark.parametrize("compressed", [False, True])
def test_arrays_become_columns_and_their_target(tmp_path: Path, compressed: bool) -> None:
    save = np.savez_compressed if compressed else np.savez
    save(tmp_path / "new.npz", X=np.arange(6.0).reshape(3, 2), y=np.array(["u", "v", "u"]))
    found = read(tmp_path / "new.npz")
    assert found.frame.rows() == [(0.0, 1.0, "u"), (2.0, 3.0, "v"), (4.0, 5.0, "u")]
    assert found.frame.columns == ["x1", "x2", "y"] and found.target == "y"


def test_arrays_of_more_axes_are_flattened_row_by_row_and_told(tmp_path: Path) -> None:
    values = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    np.savez(tmp_path / "new.npz", X=values, y=np.array([[0], [1]]))
    found = read(tmp_path / "new.npz")
    assert np.array_equal(found.frame.drop("y").to_numpy(), values.reshape(2, 12))
    assert found.frame["y"].to_list() == [0, 1]
    assert "3 × 4 values a row, flattened to 12 columns" in texts(found.notices, "repaired")


def test_arrays_without_y_have_no_target(tmp_path: Path) -> None:
    np.savez(tmp_path / "new.npz", X=np.ones((3, 2), np.float16))
    assert read(tmp_path / "new.npz").target is None


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"Z": np.ones((2, 2))}, r"must hold an array X.*it holds Z"),
        ({"X": np.ones(3)}, r"X in .* must have rows and columns, got shape \(3,\)"),
        ({"X": np.ones((3, 0))}, r"got shape \(3, 0\)"),
        ({"X": np.ones((3, 2)), "y": np.ones(4)}, r"one value for each of the 3 rows of X, got shape \(4,\)\.$"),
        ({"X": np.ones((3, 2)), "y": np.eye(3)}, r"got shape \(3, 3\)\. Turn indicator columns into one label"),
        ({"X": np.ones((3, 2), complex)}, "must hold numbers, booleans or text, got complex128"),
        ({"X": np.array([[{}]], object)}, "without objects"),
    ],
)
def test_arrays_that_are_no_table_are_refused(tmp_path: Path, arrays: dict[str, np.ndarray], message: str) -> None:
    np.savez(tmp_path / "new.npz", **arrays)  # type: ignore[arg-type]
    with pytest.raises(DataError, match=message):
        read(tmp_path / "new.npz")


def test_a_missing_file_is_told_with_the_nearest_name(tmp_path: Path) -> None:
    write(tmp_path, CSV, "adult.csv")
    with pytest.raises(DataError, match=r"there is no file .*adlut\.csv\. Did you mean 'adult\.csv'\?"):
        read(tmp_path / "adlut.csv")
    with pytest.raises(DataError, match=r"its folder .*nowhere does not exist"):
        read(tmp_path / "nowhere" / "adult.csv")


def test_a_bare_word_may_have_been_meant_as_a_name_or_as_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, CSV, "adult.csv")
    with pytest.raises(
        DataError, match=r"neither a file nor a built-in table \(digits, .*\)\. Did you mean 'digits'\?"
    ):
        read("digit")
    with pytest.raises(DataError, match=r"Did you mean 'adult\.csv'"):
        read("adult")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("new.csv", b"", "is empty"),
        ("new.xlsx", b"PK", r"is of an unknown type: Caviar reads \.csv"),
        ("new.data", b"1,2", r"name it \.csv"),
        ("new.parquet", b"PAR1 and no more", "must be a Parquet file, but reading it fails"),
        ("new.parquet", CSV.encode(), "must be a Parquet file"),
        ("new.npz", b"\x93NUMPY", "must be an .npz archive, but is none"),
        ("new.npz", b"PK\x03\x04 cut", "must be an .npz archive of plain arrays, but reading it fails"),
        ("new.csv.gz", gzip.compress(CSV.encode(), mtime=0)[:-5], "must be a whole gzip file"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_what_to_do(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    with pytest.raises(DataError, match=message):
        read(write(tmp_path, content, name))


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("", "must be named"),
        ("https://example.org/a.csv", "Download it first"),
        ([1, 2], "cannot be read from list"),
        (None, "cannot be read from NoneType"),
        (pl.DataFrame({"a": []}), "0 rows and 1 columns"),
        (pl.DataFrame(), "0 rows"),
    ],
)
def test_what_is_no_source_is_refused(source: object, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read(source)


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is a folder"):
        read(tmp_path)


def test_a_file_without_permission_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, CSV)

    def refuse(self: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(DataError, match=r"cannot be read: permission denied"):
        read(path)
