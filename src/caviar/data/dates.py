"""A date column as network inputs: how late it is, and where in the year, the week and the day. Notes 1.9."""

from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
import polars as pl

from caviar.data.numbers import NumberEncoding, fit_number
from caviar.data.piecewise_linear import BinTargets

MICROSECONDS_A_DAY = 86_400_000_000
LENGTHS = {"month": 12, "weekday": 7, "hour": 24}


@dataclass(frozen=True)
class DateEncoding:
    """Inputs, in this order: sine and cosine of each circle · year · days since 1970.

    The circles are month, weekday and hour, those of which train has more than one value: sine and cosine put December
    beside January. Year and days are numbers and encoded like any other (numbers.py); the year is left out where
    train has only one. A missing date has 0 on every circle and the median in the numbers.
    """

    name: ClassVar[str] = "date"
    column: str
    why: str
    circles: tuple[str, ...]
    year: NumberEncoding | None
    days: NumberEncoding

    @property
    def kind(self) -> str:
        return self.name

    @property
    def input_names(self) -> tuple[str, ...]:
        circles = [f"{self.column} {circle} {wave}" for circle in self.circles for wave in ("sine", "cosine")]
        return (*circles, *(self.year.input_names if self.year else ()), *self.days.input_names)

    @property
    def summary(self) -> str:
        circles = [f"{circle} as a circle" for circle in self.circles]
        return " + ".join([*circles, *(["year"] if self.year else []), f"days ({self.days.summary})"])

    def write(self, cells: pl.Series, inputs: np.ndarray) -> None:
        """Fill `inputs` (row, input) float32 from the column's cells."""
        dates = cells.cast(pl.Datetime("us"))
        for place, circle in enumerate(self.circles):
            angles = _circle(dates, circle) * (2 * np.pi / LENGTHS[circle])
            inputs[:, 2 * place] = np.nan_to_num(np.sin(angles))
            inputs[:, 2 * place + 1] = np.nan_to_num(np.cos(angles))
        start = 2 * len(self.circles)
        if self.year:
            end = start + len(self.year.input_names)
            self.year.write(dates.dt.year(), inputs[:, start:end])
            start = end
        self.days.write(_days(dates), inputs[:, start:])

    def to_json(self) -> dict[str, Any]:
        year = self.year.to_json() if self.year else None
        return {"circles": list(self.circles), "year": year, "days": self.days.to_json()}

    @classmethod
    def from_json(cls, column: str, why: str, value: dict[str, Any]) -> "DateEncoding":
        year = NumberEncoding.from_json(f"{column} year", "", value["year"]) if value["year"] else None
        days = NumberEncoding.from_json(f"{column} days", "", value["days"])
        return cls(column, why, tuple(value["circles"]), year, days)


def fit_date(column: str, cells: pl.Series, targets: BinTargets | None) -> DateEncoding | None:
    """None where all train cells hold the same. `targets` as in `fit_number`, for the days."""
    dates = cells.cast(pl.Datetime("us"))
    days = fit_number(f"{column} days", _days(dates), targets)
    if days is None:
        return None
    years = dates.dt.year().drop_nulls()  # the days already say whether the cell is missing
    year = fit_number(f"{column} year", years, None)
    circles = tuple(circle for circle in LENGTHS if len(np.unique(_circle(dates.drop_nulls(), circle))) > 1)
    why = f"a date: days since 1970 show the trend ({days.why})"
    if circles:
        why += f"; {' and '.join(circles)} on a circle show the seasons, the last beside the first"
    return DateEncoding(column, why, circles, year and replace(year, why=""), replace(days, why=""))


def _days(dates: pl.Series) -> pl.Series:
    return dates.to_physical().cast(pl.Float64) / MICROSECONDS_A_DAY


def _circle(dates: pl.Series, circle: str) -> np.ndarray:
    """Month 1 to 12, weekday 1 (Monday) to 7, or hour in [0, 24) with its fraction; missing cells are NaN."""
    if circle == "hour":
        part = dates.to_physical() % MICROSECONDS_A_DAY / (MICROSECONDS_A_DAY / 24)
    else:
        part = dates.dt.month() if circle == "month" else dates.dt.weekday()
    return part.cast(pl.Float64).fill_null(np.nan).to_numpy()
