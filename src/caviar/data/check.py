"""What is wrong with a table, before any training: each notice one sentence with figures, and what to do about it."""

from caviar.core.records import Notice
from caviar.data.constant_columns import constant_notices
from caviar.data.duplicate_rows import duplicate_row_notices
from caviar.data.extremes import code_notices, tail_notices
from caviar.data.giveaways import giveaway_notices
from caviar.data.records import Table
from caviar.data.splits import Split
from caviar.data.target_balance import balance_notices
from caviar.data.wording import are, counted, listed, shown_share

FEW_ROWS = 200
ROWS_A_COLUMN = 5
MANY_CATEGORIES = 100
RARE = 10
MOSTLY_MISSING = 0.5
ORDER = ("warning", "repaired", "info")


def check(table: Table, split: Split | None = None) -> list[Notice]:
    """All that is worth knowing, warnings first: what reading told, what the split told, and what is looked for here.

    Looked for: too few rows; missing cells; rows that come twice or contradict each other; rare and dominant labels, a
    skewed or cut-off target; columns that give the target away; codes in place of missing numbers, heavy tails; nearly
    constant columns and categories that hardly repeat. A table without a target is checked as far as that goes.
    """
    notices = [
        *table.notices,
        *(split.notices if split else ()),
        *size_notices(table),
        *missing_notices(table),
        *duplicate_row_notices(table),
        *balance_notices(table),
        *giveaway_notices(table),
        *code_notices(table),
        *tail_notices(table),
        *constant_notices(table),
        *category_notices(table),
    ]
    return sorted(dict.fromkeys(notices), key=lambda notice: ORDER.index(notice.level))


def size_notices(table: Table) -> list[Notice]:
    """Few rows, by themselves or for the number of columns."""
    num_columns = sum(column.used for column in table.columns)
    if len(table) < FEW_ROWS:
        return [
            Notice(
                "warning",
                f"{counted(len(table), 'row')} {are(len(table))} few for a network: expect wide "
                "intervals around every error, and compare with the reference lines. More rows help most.",
            )
        ]
    if len(table) < ROWS_A_COLUMN * num_columns:
        return [
            Notice(
                "warning",
                f"{len(table):,} rows are few for {num_columns:,} columns: some will seem to matter "
                "by chance. Add rows, or leave out columns that cannot matter.",
            )
        ]
    return []


def missing_notices(table: Table) -> list[Notice]:
    """How many cells are missing, by column, most first."""
    used = [column for column in table.columns if column.used]
    shares = {column.name: column.num_missing / len(table) for column in used if column.num_missing}
    if not shares:
        return []
    ranked = sorted(shares, key=lambda name: -shares[name])
    shown = listed(f"{name!r} {shown_share(shares[name])}" for name in ranked)
    told = f"cells are missing in {len(shares)} of {counted(len(used), 'column')}: {shown}"
    if shares[ranked[0]] > MOSTLY_MISSING:
        return [
            Notice(
                "warning",
                f"{told}. Where most are missing, ask why, and whether they will be when predicting.",
                tuple(ranked),
            )
        ]
    return [Notice("info", f"{told}. They are filled in, and training sees where they were missing.", tuple(ranked))]


def category_notices(table: Table) -> list[Notice]:
    """Category columns with many values; the rare ones will share one input."""
    found = {}
    for column in table.columns:
        if column.used and column.kind == "category" and column.num_distinct > MANY_CATEGORIES:
            counts = table.frame[column.name].drop_nulls().value_counts(name="count")["count"]
            rare = int((counts < RARE).sum())
            found[column.name] = f"{column.name!r} ({column.num_distinct:,}, {rare:,} in fewer than {RARE} rows)"
    if not found:
        return []
    return [
        Notice(
            "info",
            f"many categories in {listed(found.values())}: rare ones are folded into one. Coarser ones, "
            "such as a region in place of a town, may say more.",
            tuple(found),
        )
    ]
