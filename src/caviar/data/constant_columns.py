"""Columns in which nearly every cell holds the same."""

from caviar.core.records import Notice
from caviar.data.records import Table
from caviar.data.wording import listed, shown_share

NEARLY_CONSTANT = 0.995


def nearly_constant(table: Table) -> dict[str, float]:
    """Share of the rows that hold the most frequent value, for each used column where that is 99.5 % or more."""
    found = {}
    for column in table.columns:
        if column.used and len(cells := table.frame[column.name].drop_nulls()):
            share = cells.value_counts(name="count")["count"].to_numpy().max() / len(table)
            if share >= NEARLY_CONSTANT:
                found[column.name] = float(share)
    return found


def constant_notices(table: Table) -> list[Notice]:
    """Tell of them; columns with one value only are left out while reading, and told there."""
    found = nearly_constant(table)
    if not found:
        return []
    shown = listed(f"{name!r} ({shown_share(share)})" for name, share in found.items())
    return [
        Notice(
            "info",
            f"nearly every cell holds the same in {shown}: little can be learned from "
            f"{'it' if len(found) == 1 else 'them'}.",
            tuple(found),
        )
    ]
