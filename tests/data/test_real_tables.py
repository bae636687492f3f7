"""The real tables beside the project, where CAVIAR_DATA says they are."""

import os
from pathlib import Path

import pytest
from table_files import texts

from caviar.data.check import check
from caviar.data.schema import Schema
from caviar.data.tables import load

FOLDER = Path(os.environ.get("CAVIAR_DATA", "nowhere"))
pytestmark = pytest.mark.skipif(
    "CAVIAR_DATA" not in os.environ, reason="needs real tables: set CAVIAR_DATA to their folder"
)


@pytest.mark.parametrize(
    ("name", "target", "task", "shape", "classes", "kinds"),
    [
        ("adult", "income", "binary", (32561, 15), ("<=50K", ">50K"), {"number": 6, "category": 8}),
        ("california_housing", "median_house_value", "regression", (20640, 10), (), {"number": 8, "category": 1}),
        ("diamonds", "price", "regression", (53940, 10), (), {"number": 6, "category": 3}),
        ("german_credit", "risk", "binary", (1000, 21), ("1", "2"), {"number": 7, "category": 13}),
        ("letter", "letter", "multiclass", (20000, 17), tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), {"number": 16}),
        ("satimage", "class", "multiclass", (6435, 37), tuple("123457"), {"number": 36}),
        (
            "titanic",
            "Survived",
            "binary",
            (891, 12),
            ("0", "1"),
            {"number": 5, "category": 2, "text": 3, "identifier": 1},
        ),
        ("wine_quality", "quality", "multiclass", (4898, 12), tuple("3456789"), {"number": 11}),
    ],
)
def test_kinds_and_task(
    name: str, target: str, task: str, shape: tuple[int, int], classes: tuple[str, ...], kinds: dict[str, int]
) -> None:
    table = load(FOLDER / f"{name}.csv.gz", target)
    found = [column.kind for column in table.columns]
    assert (table.task, table.frame.shape, table.classes) == (task, shape, classes)
    assert {kind: found.count(kind) for kind in set(found)} == kinds
    again = load(FOLDER / f"{name}.csv.gz", like=Schema.of(table))
    assert again.frame.equals(table.frame.select(again.frame.columns))


def test_the_official_test_file_of_adult_reads_like_its_train_file() -> None:
    train = load(FOLDER / "adult.csv.gz", "income")
    test = load(FOLDER / "adult_test.csv.gz", like=Schema.of(train))
    assert len(test) == 16281 and not test.notices
    assert test.frame["workclass"].null_count() == 963


def test_what_is_known_to_be_odd_is_found() -> None:
    assert "'capital_gain' holds 99,999 in 159 rows" in texts(check(load(FOLDER / "adult.csv.gz", "income")), "warning")
    houses = texts(check(load(FOLDER / "california_housing.csv.gz", "median_house_value")), "warning")
    assert "965 rows (4.7%) hold exactly the largest value of target 'median_house_value', 500,001" in houses
