"""How dates are written: 2024-01-31, 31.1.2024, 1/31/24, 31 Jan 2024, January 31, 2024; a time and a zone may follow.

A form says what comes first, "year", "day", "month", "month name"; "compact" is 20240131. A zoned date becomes UTC.
"""

import polars as pl

YEAR = r"(?P<year>\d{4}|\d{2})"
PATTERNS = {
    "year": r"^(?P<year>(?:1[5-9]|20|21)\d{2})[-/. ](?P<month>\d{1,2})(?:[-/. ](?P<day>\d{1,2}))?",
    "month": r"^(?P<month>\d{1,2})[-/. ](?P<day>\d{1,2})[-/. ]" + YEAR,
    "day": r"^(?P<day>\d{1,2})[-/. ](?P<month>\d{1,2})[-/. ]" + YEAR,
    "month name": (
        r"^(?:(?P<day>\d{1,2})[- .]+)?(?P<name>[A-Za-z]{3})[a-z]*\.?[- ,]+"
        r"(?:(?P<later_day>\d{1,2})(?:st|nd|rd|th)?,? +)?(?P<year>\d{4})"
    ),
    "compact": r"^(?P<year>(?:19|20)\d{2})(?P<month>\d{2})(?P<day>\d{2})",
}
TIME = r"(?:[T ,]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}(?:\.\d+)?))?(?: ?(?P<half>[AaPp])[Mm])?)?"
ZONE = r"(?: ?(?:Z|UTC|(?P<sign>[+-])(?P<zone_hour>\d{2}):?(?P<zone_minute>\d{2})))?$"
PARTS = (
    "year",
    "month",
    "day",
    "name",
    "later_day",
    "hour",
    "minute",
    "second",
    "half",
    "sign",
    "zone_hour",
    "zone_minute",
)
MONTHS = {
    name: place
    for place, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}
CENTURY = 69  # a year of two digits below it is 20.., else 19.., as in POSIX


def as_dates(cells: pl.Series, form: str) -> pl.Series:
    """Datetime in microseconds; null where a cell is missing, or is no date of that form (31 February is none)."""
    if cells.dtype == pl.Datetime:
        return cells
    if form not in PATTERNS or cells.dtype == pl.Boolean:
        return pl.Series(cells.name, [None] * len(cells), dtype=pl.Datetime("us"))
    texts = cells if cells.dtype == pl.String else cells.cast(pl.Int64, strict=False).cast(pl.String)
    parts = texts.str.extract_groups(PATTERNS[form] + TIME + ZONE).struct.unnest()
    parts = parts.with_columns(pl.lit(None, pl.String).alias(part) for part in PARTS if part not in parts.columns)
    return parts.select((_day() + _time()).alias(cells.name)).to_series()


def date_form(cells: pl.Series, least: float) -> str | None:
    """The form in which at least that share of the cells present are dates; None where there is none.

    The first that fits most cells wins: 3/4/2024 alone is read with the month first, 3.4.2024 with the day first.
    """
    if cells.dtype != pl.String:
        return None
    present = cells.drop_nulls()
    sample = present.unique(maintain_order=True).head(100)  # of distinct cells, where an odd one weighs more
    enough = min(least, 0.5) * max(1, len(sample))
    if sample.str.contains(r"\d").sum() < enough:
        return None
    day_first = present.str.contains(r"^\d{1,2}\.").any()
    best, most = None, 0
    for form in ("year", "month name", *(("day", "month") if day_first else ("month", "day"))):
        if as_dates(sample, form).count() >= enough and (found := as_dates(present, form).count()) > most:
            best, most = form, found
    return best if most >= least * len(present) else None


def is_ambiguous(cells: pl.Series, form: str) -> bool:
    """Whether dates read with the month first would fit as well with the day first, and differ (3.4.2024 is usual)."""
    if form != "month":
        return False
    mine, other = as_dates(cells, form), as_dates(cells, "day")
    return other.count() == mine.count() and bool((other != mine).any())


def date_span(moments: pl.Series) -> str:
    """From which day to which."""
    return f"dates, {str(moments.min())[:10]} to {str(moments.max())[:10]}"


def _day() -> pl.Expr:
    """Midnight of the day; a date without one, 2024-01, is the first of the month."""
    year = _whole("year") + pl.when(pl.col("year").str.len_chars() > 2).then(0).when(_whole("year") < CENTURY).then(
        2000
    ).otherwise(1900)
    names = pl.col("name").str.to_lowercase().replace_strict(MONTHS, default=None, return_dtype=pl.Int64)
    month = pl.coalesce(_whole("month"), names)
    day = pl.coalesce(_whole("day"), _whole("later_day"), pl.lit(1))
    two_days = pl.col("day").is_not_null() & pl.col("later_day").is_not_null()
    text = pl.when(two_days.not_()).then(pl.format("{}-{}-{}", year, month, day))
    return text.str.strptime(pl.Datetime("us"), "%Y-%m-%d", strict=False)


def _time() -> pl.Expr:
    """The time since midnight, less the zone's; null where it is none, such as 25:00."""
    half = pl.col("half").str.to_lowercase()
    hour = (
        pl.when(half.is_null())
        .then(_whole("hour").fill_null(0))
        .otherwise(_whole("hour") % 12 + pl.when(half == "p").then(12).otherwise(0))
    )
    minute, second = _whole("minute").fill_null(0), pl.col("second").cast(pl.Float64, strict=False).fill_null(0)
    zone = (_whole("zone_hour") * 60 + _whole("zone_minute")) * pl.when(pl.col("sign") == "-").then(-1).otherwise(1)
    length = pl.duration(
        minutes=hour * 60 + minute - zone.fill_null(0), microseconds=(second * 1_000_000).round().cast(pl.Int64)
    )
    return pl.when((hour < 24) & (minute < 60) & (second < 61)).then(length)


def _whole(part: str) -> pl.Expr:
    return pl.col(part).cast(pl.Int64, strict=False)
