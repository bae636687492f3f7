"""The table of error analysis: mistakes by the tags that a person gave them, each with its ceiling. Notes C3."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from caviar.diagnosis.intervals import wilson
from caviar.diagnosis.judged_rows import JudgedRows
from caviar.diagnosis.mistake_sheet import Sheet


@dataclass(frozen=True)
class TagLine:
    """One tag.

    Attributes:
        count: mistakes looked at that have it. share: of all looked at, in [0, 1]; of their squared error for
            regression, and then without an interval.
        error_without: the ceiling: the error of all rows if no such mistake were made any more. The mistakes looked at
            stand for all mistakes.
    """

    tag: str
    count: int
    share: float
    share_interval: tuple[float, float] | None
    error_without: float


@dataclass(frozen=True)
class TagTable:
    """The commonest tag first; shares may add up to more than 1, as a mistake may have several tags.

    Attributes:
        looked_at, mistakes: how many mistakes are in the sheet, and how many there are. untagged: of the former.
        right: rows in the sheet that have tags but are no mistakes, and count for no tag.
    """

    lines: tuple[TagLine, ...]
    looked_at: int
    mistakes: int
    untagged: int
    right: tuple[int, ...]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def tag_table(rows: JudgedRows, sheet: Sheet) -> TagTable | None:
    """None where nobody filled in a tag.

        error without a tag = dev error · (1 − share of the mistakes looked at that have the tag)

    For regression the squares take the place of the mistakes, and those of all mistakes are known.
    """
    if not any(sheet.tags):
        return None
    is_mistake = np.isin(sheet.places, rows.mistakes)
    looked_at = int(is_mistake.sum())
    tagged: dict[str, list[int]] = {}
    for place, tags, wrong in zip(sheet.places.tolist(), sheet.tags, is_mistake.tolist(), strict=True):
        for tag in tags if wrong else ():
            tagged.setdefault(tag, []).append(place)
    lines = [_line(rows, tag, places, sheet.places[is_mistake]) for tag, places in tagged.items()]
    return TagTable(
        tuple(sorted(lines, key=lambda line: (-line.share, line.tag))),
        looked_at,
        len(rows.mistakes),
        sum(not tags for tags, wrong in zip(sheet.tags, is_mistake, strict=True) if wrong),
        tuple(
            int(rows.numbers[place])
            for place, tags, wrong in zip(sheet.places, sheet.tags, is_mistake, strict=True)
            if tags and not wrong
        ),
    )


def _line(rows: JudgedRows, tag: str, places: list[int], looked_at: np.ndarray) -> TagLine:
    if rows.metric == "error":
        share = wilson(len(places), len(looked_at))
        ends = (share.low, share.high)
        return TagLine(tag, len(places), share.estimate, ends, rows.error.estimate * (1 - share.estimate))
    squares = float(rows.errors[places].sum() / rows.errors[looked_at].sum())
    of_all = squares * float(rows.errors[rows.mistakes].sum() / rows.errors.sum())
    return TagLine(tag, len(places), squares, None, rows.error.estimate * float(np.sqrt(1 - of_all)))
