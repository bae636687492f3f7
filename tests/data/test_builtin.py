"""The built-in tables, as a newcomer sees them."""

import pytest

from caviar.data.tables import load


@pytest.mark.parametrize(
    ("name", "shape", "target", "task", "classes"),
    [
        ("digits", (1797, 65), "digit", "multiclass", tuple("0123456789")),
        ("breast-cancer", (569, 31), "diagnosis", "binary", ("benign", "malignant")),
        ("breast_cancer", (569, 31), "diagnosis", "binary", ("benign", "malignant")),
        ("wine", (178, 14), "cultivar", "multiclass", ("class_0", "class_1", "class_2")),
        ("iris", (150, 5), "species", "multiclass", ("setosa", "versicolor", "virginica")),
        ("diabetes", (442, 11), "progression", "regression", ()),
    ],
)
def test_shape_target_and_task(
    name: str, shape: tuple[int, int], target: str, task: str, classes: tuple[str, ...]
) -> None:
    table = load(name)
    assert (table.frame.shape, table.target, table.task, table.classes) == (shape, target, task, classes)
    assert table.source == name.replace("_", "-")
    assert all(column.kind in ("number", "constant") for column in table.columns)


def test_columns_are_called_what_they_are_and_diabetes_is_in_the_units_measured() -> None:
    assert load("iris").frame.columns == ["sepal_length", "sepal_width", "petal_length", "petal_width", "species"]
    assert load("diabetes").frame["age"].max() == 79
    names = [*load("wine").frame.columns, *load("breast-cancer").frame.columns]
    assert all(name.replace("_", "").isalnum() for name in names)


def test_the_labels_are_those_of_the_rows() -> None:
    table = load("iris")
    assert [table.frame["species"][row] for row in (0, 75, 149)] == ["setosa", "versicolor", "virginica"]
    assert load("breast-cancer").frame["diagnosis"].value_counts().sort("count").rows() == [
        ("malignant", 212),
        ("benign", 357),
    ]


def test_another_target_can_be_chosen() -> None:
    table = load("iris", "petal_length")
    assert table.task == "regression"
    assert [column.kind for column in table.columns] == ["number", "number", "number", "category"]
