"""A page of pictures beside a sheet of mistakes, so that a person sees what to tag."""

from pathlib import Path
from typing import Any

import polars as pl

from caviar.core.files import write_text
from caviar.diagnosis.mistake_sheet import OWN, ROW
from caviar.report.build import lone_page
from caviar.report.grey_picture import grey_picture


def write_sheet_page(sheet: Path, shape: dict[str, Any]) -> Path:
    """Write `sheet.html` beside `sheet.csv`, its rows as pictures of this shape; returns its path."""
    table = pl.read_csv(sheet, infer_schema=False)
    cells = table.drop(name for name in OWN if name in table.columns).cast(pl.Float64)
    entries = []
    for one, values in zip(table.iter_rows(named=True), cells.iter_rows(), strict=True):
        said = f"{one['truth']} taken for {one['prediction']}"
        label = f"Row {one[ROW]} as a picture: {said}"
        entries.append(
            {"row": one[ROW], "said": said, "picture": grey_picture(f"row-{one[ROW]}", label, list(values), shape)}
        )
    path = sheet.with_suffix(".html")
    write_text(path, lone_page("sheet.html.j2", title=f"Mistakes in {sheet.name}", entries=entries, sheet=sheet.name))
    return path
