"""What may be wrong with the parts of a split: rows that occur twice, shared groups, a small dev set. Notes 1.1."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from caviar.core.records import Notice
from caviar.data.equal_rows import EqualRows, equal_rows
from caviar.data.split_sizes import smallest_error_difference, smallest_rmse_difference
from caviar.data.wording import are, counted, listed

if TYPE_CHECKING:
    from caviar.data.records import Table

EARLIER = {"dev": ("train",), "test": ("train", "dev")}
MATERIAL_SHARE = 0.01
COARSE = "rows that differ in one column only are commoner, so the columns are coarse and chance makes rows equal"
MATERIAL_ERROR, MATERIAL_RMSE = 0.02, 0.05


def copies_between(parts: dict[str, Table]) -> dict[str, EqualRows]:
    """For dev and test, the rows whose feature values all occur together in a row of an earlier part."""
    features = [column.name for column in parts["train"].columns if column.used]
    frames = {name: part.frame.select(features) for name, part in parts.items()}
    return {
        later: equal_rows(frames[later], pl.concat([frames[name] for name in earlier]))
        for later, earlier in EARLIER.items()
        if later in parts
    }


def duplicate_notices(parts: dict[str, Table]) -> list[Notice]:
    """Count them; a warning from 1 % of the part on, unless the columns are so coarse that chance makes rows equal."""
    notices = []
    for part, found in copies_between(parts).items():
        twice = len(found.rows)
        if not twice:
            continue
        text = (
            f"{counted(twice, 'row')} of {part} ({found.share:.1%}) {'has' if twice == 1 else 'have'} exactly the "
            f"feature values of a row in {' or '.join(EARLIER[part])}"
        )
        if found.share < MATERIAL_SHARE:
            notices.append(Notice("info", f"{text}: too few to matter much."))
        elif found.by_chance:
            notices.append(Notice("info", f"{text}: {COARSE}."))
        else:
            notices.append(
                Notice(
                    "warning",
                    f"{text}, so the error there may look better than it is on new rows. Drop "
                    "the copies, or keep those that belong together in one part (--group).",
                )
            )
    return notices


def class_notices(parts: dict[str, Table]) -> list[Notice]:
    """Tell which classes have no row in dev or test: there they are not measured."""
    notices = []
    for name in ("dev", "test"):
        if name not in parts or parts[name].task == "regression":
            continue
        part = parts[name]
        present = set(part.frame[part.target].unique()) if part.target else set()
        absent = [label for label in part.classes if label not in present]
        if absent:
            noun = "class" if len(absent) == 1 else "classes"
            notices.append(
                Notice(
                    "warning",
                    f"{name} has no row of the {noun} {listed(map(repr, absent))}, so it does "
                    "not measure how well they are recognised. More rows of them would mend that.",
                )
            )
    return notices


def overlap_notices(parts: dict[str, Table], group: str | None, time: str | None) -> list[Notice]:
    """Separate tables may share groups with train, or begin before it ends: both make their error look too good."""
    notices = []
    for later, earlier in EARLIER.items():
        if later not in parts:
            continue
        rows, before = parts[later].frame, [parts[name].frame for name in earlier]
        if group is not None and all(group in frame.columns for frame in (rows, *before)):
            known = pl.concat([frame[group] for frame in before]).drop_nulls().unique()
            if shared := int(rows[group].is_in(known.implode()).sum()):
                text = (
                    f"{counted(shared, 'row')} of {later} {are(shared)} of a group ({group!r}) that occurs in "
                    f"{' or '.join(earlier)} too: the error there may look too good."
                )
                notices.append(Notice("warning", text, (group,)))
        if time is not None and all(time in frame.columns for frame in (rows, *before)):
            end = pl.concat([frame[time] for frame in before]).max()
            if early := int((rows[time] <= end).sum()):
                text = (
                    f"{counted(early, 'row')} of {later} {are(early)} not later ({time!r}) than all of "
                    f"{' and '.join(earlier)}: the future helps to predict the past."
                )
                notices.append(Notice("warning", text, (time,)))
    return notices


def dev_size_notice(dev: Table) -> Notice:
    """State the smallest difference that the dev set can resolve; a warning above 2 points of error (5 % of RMSE)."""
    rows = len(dev.frame)
    if dev.task == "regression":
        difference, limit = smallest_rmse_difference(rows), MATERIAL_RMSE
        what = f"their RMSE differs by at least {difference:.1%}"
    else:
        difference, limit = smallest_error_difference(rows), MATERIAL_ERROR
        what = f"their errors differ by at least {100 * difference:.1f} points (where they are near 10%)"
    text = f"a dev set of {counted(rows, 'row')} tells two models apart when {what}"
    if difference <= limit:
        return Notice("info", f"{text}.")
    return Notice("warning", f"{text}: it is small for comparing models. More rows, or a larger --dev-share, help.")
