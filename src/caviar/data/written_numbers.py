"""How numbers are written: 1234.5, 1,234.5 (thousands), 1234,5 (decimal comma), $5, 12 %, −3.

A form says which: "" plain, "thousands" (1,234.5), "decimal comma" (1234,5), "decimal comma, thousands" (1.234,5).
Signs of currencies and per cent are dropped in every form; 12 % is read as 12.
"""

import polars as pl

THOUSANDS = r"^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$"
DECIMAL_COMMA = r"^[+-]?\d*,\d+$"
POINT_THOUSANDS = r"^[+-]?\d{1,3}(\.\d{3})+,\d+$"
POINTS_ALONE = r"^[+-]?\d{1,3}(\.\d{3})+$"
SIGN_BEFORE, SIGN_AFTER = r"^([+-]?)\s*[$€£¥]\s*", r"\s*[%$€£¥]$"


def as_numbers(cells: pl.Series, form: str = "") -> pl.Series:
    """Float64; null where a cell is missing or is no number of that form. Infinities are kept."""
    if cells.dtype == pl.Datetime:
        return pl.Series(cells.name, [None] * len(cells), dtype=pl.Float64)
    if cells.dtype != pl.String:
        return cells.cast(pl.Float64).fill_nan(None)
    numbers = cells.cast(pl.Float64, strict=False)
    odd = cells.is_not_null() if form == "decimal comma, thousands" else numbers.is_null() & cells.is_not_null()
    if odd.any():
        places = odd.arg_true()
        numbers = numbers.scatter(places, _respelled(cells.gather(places), form).cast(pl.Float64, strict=False))
    return numbers.fill_nan(None)


def number_form(cells: pl.Series, comma_is_decimal: bool) -> str:
    """The form in which most cells of a text column are numbers; "" where a comma in them means nothing.

    1,234 alone could be either; then `comma_is_decimal` tells, true for files with another delimiter than the comma.
    """
    if cells.dtype != pl.String:
        return ""
    odd = _without_signs(cells.filter(cells.str.contains(",", literal=True)))
    if not len(odd):
        return ""
    if odd.str.contains(POINT_THOUSANDS).any():
        return "decimal comma, thousands"
    thousands, decimal = odd.str.contains(THOUSANDS).sum(), odd.str.contains(DECIMAL_COMMA).sum()
    if decimal > thousands or (decimal == thousands > 0 and comma_is_decimal):
        return "decimal comma"
    return "thousands" if thousands else ""


def _respelled(cells: pl.Series, form: str) -> pl.Series:
    """Plain spelling of the cells that are numbers in that form; the others stay no numbers."""
    cell = pl.col("cell")
    if form == "thousands":
        cell = _without(",", cell, THOUSANDS)
    elif form.startswith("decimal comma"):
        points = f"{POINT_THOUSANDS}|{POINTS_ALONE}" if form.endswith("thousands") else POINT_THOUSANDS
        cell = _without(".", cell, points)
        cell = pl.when(cell.str.contains(DECIMAL_COMMA)).then(cell.str.replace(",", ".", literal=True)).otherwise(cell)
    return pl.DataFrame({"cell": _without_signs(cells)}).select(cell).to_series()


def _without(mark: str, cell: pl.Expr, pattern: str) -> pl.Expr:
    return pl.when(cell.str.contains(pattern)).then(cell.str.replace_all(mark, "", literal=True)).otherwise(cell)


def _without_signs(cells: pl.Series) -> pl.Series:
    """Minus signs of typesetters become hyphens; signs of currencies and per cent go."""
    text = cells.str.replace_all("\u2212", "-", literal=True)
    return text.str.replace(SIGN_BEFORE, "${1}").str.replace(SIGN_AFTER, "")
