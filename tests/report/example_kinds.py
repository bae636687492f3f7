"""The tables that the example runs are about, and how hard they are."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """What an example is about: its table, and how hard it is. Errors are fractions, or RMSE in the target's units."""

    name: str
    task: str
    target: str
    classes: tuple[str, ...]
    columns: tuple[tuple[str, str], ...]  # (name, kind)
    rows: tuple[int, int, int]
    error: float
    trivial: float
    boosting: float


KINDS = {
    "binary": Kind(
        "adult-1",
        "binary",
        "income",
        ("<=50K", ">50K"),
        (
            ("age", "number"),
            ("workclass", "category"),
            ("fnlwgt", "number"),
            ("education", "category"),
            ("education_num", "number"),
            ("marital_status", "category"),
            ("occupation", "category"),
            ("relationship", "category"),
            ("race", "category"),
            ("sex", "category"),
            ("capital_gain", "number"),
            ("capital_loss", "number"),
            ("hours_per_week", "number"),
            ("native_country", "category"),
            ("row_id", "identifier"),
        ),
        (26_049, 6_512, 16_281),
        0.136,
        0.2362,
        0.1262,
    ),
    "multiclass": Kind(
        "digits-1",
        "multiclass",
        "digit",
        tuple("0123456789"),
        tuple(
            (f"pixel_{row}_{column}", "constant" if (row, column) in ((0, 0), (4, 7), (4, 0)) else "number")
            for row in range(8)
            for column in range(8)
        ),
        (1_077, 360, 360),
        0.022,
        0.8972,
        0.0417,
    ),
    "regression": Kind(
        "california-1",
        "regression",
        "median_house_value",
        (),
        (
            ("longitude", "number"),
            ("latitude", "number"),
            ("housing_median_age", "number"),
            ("total_rooms", "number"),
            ("total_bedrooms", "number"),
            ("population", "number"),
            ("households", "number"),
            ("median_income", "number"),
            ("ocean_proximity", "category"),
        ),
        (14_448, 3_096, 3_096),
        50_400.0,
        115_300.0,
        48_300.0,
    ),
}


def train_error(example: Kind, dev_error: float) -> float:
    """A train error that leaves a material gap to dev."""
    return dev_error * 0.68 if example.task == "regression" else max(dev_error - 0.031, dev_error * 0.2)
