"""A date column as network inputs: how late it is, and where in the year and in the week. Notes 1.9."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import polars as pl

from caviar.data.numbers import NumberEncoding, fit_number

MICROSECONDS_A_DAY = 86_400_000_000
CIRCLES = ("month", "weekday")


@dataclass(frozen=True)
class DateEncoding:
    """Inputs, in this order: sine and cosine of the month and of the weekday · year · days since 1970.

    Sine and cosine put December beside January. Year and days are numbers and encoded like any (numbers.py); the year is
    left out where train has one only. A missing date has all circle inputs at 0.
    """

    name: ClassVar[str] = "date"
    column: str
    year: NumberEncoding | None
    days: NumberEncoding
    why: str

    @property
    def input_names(self) -> tuple[str, ...]:
        circles = [f"{self.column} {circle} {wave}" for circle in CIRCLES for wave in ("sine", "cosine")]
        return (*circles, *(self.year.input_names if self.year else ()), *self.days.input_names)

    @property
    def summary(self) -> str:
        return "days, year, month and weekday on circles"

    def write(self, cells: pl.Series, inputs: np.ndarray) -> None:
        """Fill `inputs` (row, input) float32 from the column's cells."""
        dates = cells.cast(pl.Datetime("us"))
        place = 0
        for part, length in ((dates.dt.month(), 12), (dates.dt.weekday(), 7)):
            angle = part.cast(pl.Float64).fill_null(np.nan).to_numpy() * (2 * np.pi / length)
            inputs[:, place] = np.nan_to_num(np.sin(angle))
            inputs[:, place + 1] = np.nan_to_num(np.cos(angle))
            place += 2
        if self.year:
            self.year.write(dates.dt.year(), inputs[:, place:place + len(self.year.input_names)])
        self.days.write(_days(dates), inputs[:, -len(self.days.input_names):])

    def to_json(self) -> dict[str, Any]:
        return {"year": self.year.to_json() if self.year else None, "days": self.days.to_json()}

    @classmethod
    def from_json(cls, column: str, why: str, value: dict[str, Any]) -> "DateEncoding":
        year = NumberEncoding.from_json(f"{column} year", "", value["year"]) if value["year"] else None
        return cls(column, year, NumberEncoding.from_json(f"{column} days", "", value["days"]), why)


def fit_date(column: str, cells: pl.Series, targets: np.ndarray | None, *, classify: bool) -> DateEncoding | None:
    """None when train has one date only."""
    dates = cells.cast(pl.Datetime("us"))
    days = fit_number(f"{column} days", _days(dates), targets, classify=classify)
    if days is None:
        return None
    year = fit_number(f"{column} year", dates.dt.year().fill_null(strategy="mean"), None, classify=classify)
    why = "a date: days since 1970 for the trend, month and weekday as points on a circle for the seasons"
    return DateEncoding(column, year, days, why)


def _days(dates: pl.Series) -> pl.Series:
    return dates.to_physical().cast(pl.Float64) / MICROSECONDS_A_DAY
