"""Rows that come twice, and rows that agree in every feature but not in the target."""

import polars as pl

from caviar.core.records import Notice
from caviar.data.equal_rows import repeated_rows
from caviar.data.records import Table
from caviar.data.wording import counted, shown_rows

MANY = 0.01


def duplicate_row_notices(table: Table) -> list[Notice]:
    """Count both, over the features that training uses."""
    features = [column.name for column in table.columns if column.used]
    if not features:
        return []
    columns = [table.frame[name].alias(f"feature {place}") for place, name in enumerate(features)]
    if table.target is not None:
        columns.append(table.frame[table.target].alias("target"))
    frame = pl.DataFrame(columns)
    again = repeated_rows(frame)
    notices = []
    if len(again.rows):
        rows = shown_rows(again.rows.tolist(), 3)
        repeat = counted(len(again.rows), "row repeats", "rows repeat")
        meaning = (
            "But rows that differ in one column only are commoner: the columns are coarse, and chance makes rows equal."
            if again.by_chance
            else "The same example in train and test makes the test error look better: drop repeats, unless equal rows "
            "are usual."
        )
        notices.append(
            Notice(
                "warning" if again.share >= MANY and not again.by_chance else "info",
                f"{repeat} an earlier one exactly ({again.share:.1%}; {rows}). {meaning}",
            )
        )
    return notices + (_contradictions(frame, table) if table.target is not None else [])


def _contradictions(frame: pl.DataFrame, table: Table) -> list[Notice]:
    """Of classes, they bound the error from below: among equal rows, only the most frequent label can be right."""
    alike = (
        frame.lazy().with_row_index("row").group_by(pl.exclude("row")).agg(pl.len().alias("count"), pl.col("row").min())
    )
    merged = alike.group_by(pl.exclude("target", "row", "count")).agg(
        pl.len().alias("targets"), pl.col("count").sum(), pl.col("count").max().alias("most"), pl.col("row").min()
    )
    groups = merged.filter(pl.col("targets") > 1).sort("row").collect()
    if not len(groups):
        return []
    rows, wrong = int(groups["count"].sum()), int((groups["count"] - groups["most"]).sum())
    cost = wrong / len(table)
    bounded = table.task != "regression" and cost > 0.0005
    bound = f" They cost any model at least {cost:.1%} of error." if bounded else ""
    return [
        Notice(
            "warning" if rows >= MANY * len(table) else "info",
            f"{rows:,} rows agree with another in every feature, but not in {table.target!r} "
            f"({shown_rows(groups['row'].to_list(), 3)}).{bound} Is a feature missing that tells them apart?",
        )
    ]
