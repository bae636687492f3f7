"""How dates are written: 2024-01-31, 31.1.2024, 1/31/24, 31 Jan 2024, January 31, 2024; a time of day and a zone may follow.

A form says which comes first: "year", "day", "month", "month name", "compact" (20240131). A date with a zone becomes UTC.
"""

import polars as pl

TIME = r"(?:[T ,]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}(?:\.\d+)?))?(?: ?(?P<half>[AaPp])[Mm])?)?"
ZONE = r"(?: ?(?:(?P<utc>Z|UTC)|(?P<sign>[+-])(?P<zone_hour>\d{2}):?(?P<zone_minute>\d{2})))?$"
SEPARATOR = r"[-/. ]"
PATTERNS = {
    "year": rf"^(?P<year>\d{{4}}){SEPARATOR}(?P<month>\d{{1,2}})(?:{SEPARATOR}(?P<day>\d{{1,2}}))?",
    "month": rf"^(?P<month>\d{{1,2}}){SEPARATOR}(?P<day>\d{{1,2}}){SEPARATOR}(?P<year>\d{{4}}|\d{{2}})",
    "day": rf"^(?P<day>\d{{1,2}}){SEPARATOR}(?P<month>\d{{1,2}}){SEPARATOR}(?P<year>\d{{4}}|\d{{2}})",
    "month name": r"^(?:(?P<day>\d{1,2})[- .]+)?(?P<name>[A-Za-z]{3})[a-z]*\.?[- ,]+(?:(?P<day2>\d{1,2})(?:st|nd|rd|th)?,? +)?(?P<year>\d{4})",
    "compact": r"^(?P<year>(?:19|20)\d{2})(?P<month>\d{2})(?P<day>\d{2})",
}
MONTHS = {name: place for place, name in
          enumerate(("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1)}
CENTURY = 69  # a year of two digits below it is 20.., else 19.., as in POSIX


def as_dates(cells: pl.Series, form: str) -> pl.Series:
    """Datetime in microseconds; null where a cell is missing, or is no date of that form (31 February is none)."""
    if cells.dtype == pl.Datetime:
        return cells
    parts = cells.cast(pl.String).str.extract_groups(PATTERNS[form] + TIME + ZONE).struct.unnest()
    absent = [pl.lit(None, pl.String).alias(name) for name in ("name", "day", "day2", "year", "month") if name not in parts.columns]
    day = pl.coalesce(_whole("day"), _whole("day2"), pl.when(pl.col("year").is_not_null()).then(1))
    month = pl.coalesce(_whole("month"), pl.col("name").str.to_lowercase().replace_strict(MONTHS, default=None, return_dtype=pl.Int64))
    year = _whole("year") + pl.when(pl.col("year").str.len_chars() > 2).then(0).when(_whole("year") < CENTURY).then(2000).otherwise(1900)
    text = pl.format("{}-{}-{}", year, month, day)
    hour = pl.when(pl.col("half").is_null()).then(_whole("hour")).otherwise(
        _whole("hour") % 12 + pl.when(pl.col("half").str.to_lowercase() == "p").then(12).otherwise(0))
    second = pl.col("second").cast(pl.Float64, strict=False).fill_null(0)
    valid = (hour.fill_null(0) < 24) & (_whole("minute").fill_null(0) < 60) & (second < 61) & ~pl.all_horizontal(
        pl.col("day").is_not_null(), pl.col("day2").is_not_null())
    zone = (_whole("zone_hour") * 60 + _whole("zone_minute")) * pl.when(pl.col("sign") == "-").then(-1).otherwise(1)
    minutes = hour.fill_null(0) * 60 + _whole("minute").fill_null(0) - zone.fill_null(0)
    moment = (text.str.strptime(pl.Datetime("us"), "%Y-%m-%d", strict=False)
              + pl.duration(minutes=minutes, microseconds=(second * 1e6).round(0).cast(pl.Int64)))
    return parts.with_columns(absent).select(pl.when(valid).then(moment).alias(cells.name)).to_series()


def date_form(cells: pl.Series, least: float) -> str | None:
    """The form in which at least that share of the cells present are dates; None where there is none.

    The first that fits most cells wins: 3/4/2024 alone is read with the month first, 3.4.2024 with the day first.
    """
    if cells.dtype != pl.String:
        return None
    present = cells.drop_nulls()
    sample = present.unique(maintain_order=True).head(100)
    if not len(sample) or sample.str.contains(r"\d").mean() < least:  # type: ignore[operator]
        return None
    best, most = None, 0
    order = ("year", "month name", "day", "month") if present.str.contains(r"^\d{1,2}\.").any() else ("year", "month name", "month", "day")
    for form in order:
        if as_dates(sample, form).null_count() > len(sample) / 2:
            continue
        found = len(present) - as_dates(present, form).null_count()
        if found > most:
            best, most = form, found
    return best if most >= least * len(present) else None


def is_ambiguous(cells: pl.Series, form: str) -> bool:
    """Whether the other order of day and month would fit each date just as well."""
    if form not in ("day", "month"):
        return False
    other = as_dates(cells, "month" if form == "day" else "day")
    mine = as_dates(cells, form)
    return other.null_count() == mine.null_count() and bool((other != mine).any())


def _whole(part: str) -> pl.Expr:
    return pl.col(part).cast(pl.Int64, strict=False)
