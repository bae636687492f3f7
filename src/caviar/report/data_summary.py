"""The data in short: parts, classes or target, every column with its encoding and why, notices. Notes 1.1, 1.9."""

from dataclasses import dataclass

from caviar.report import wording
from caviar.report.loose_values import mapping_of, mappings_in, number_of, text_of
from caviar.report.run_files import PARTS, RunFiles

MOST_COLUMNS, MOST_CLASSES = 1_000, 60
LEVELS = {"warning": "look at it", "repaired": "repaired", "info": "chosen"}
SUMMARY = ("mean", "std", "min", "median", "max")


@dataclass(frozen=True)
class ColumnLine:
    name: str
    kind: str
    used: bool
    encoding: str
    inputs: str
    missing: str
    distinct: str
    why: str


@dataclass(frozen=True)
class DataSummary:
    """What data.json says, in words; lists are empty where it says nothing."""

    source: str
    rule: str
    parts: list[tuple[str, str, str]]
    classes: list[tuple[str, list[str]]]
    class_parts: list[str]
    target: list[tuple[str, list[str]]]
    columns: list[ColumnLine]
    in_short: str
    hidden: list[str]
    notices: list[tuple[str, str, str]]


def data_summary(run: RunFiles) -> DataSummary | None:
    """None where data.json is missing."""
    data = run.data
    if not data:
        return None
    rows = {part: run.rows(part) for part in PARTS}
    total = sum(count for count in rows.values() if count is not None)
    parts = [
        (wording.part_name(part), wording.count(count), wording.share(count / total) if total else "–")
        for part, count in rows.items()
        if count is not None
    ]
    classes, class_parts, hidden = _classes(run)
    columns = _columns(run)
    if len(columns) > MOST_COLUMNS:
        hidden.append(f"The first {MOST_COLUMNS:,} of {len(columns):,} columns are shown.")
    order = list(LEVELS)
    notices = sorted(
        mappings_in(data.get("notices")),
        key=lambda notice: order.index(text_of(notice.get("level"))) if notice.get("level") in order else len(order),
    )
    return DataSummary(
        text_of(data.get("source")) or wording.UNKNOWN,
        text_of(data.get("rule")),
        parts,
        classes,
        class_parts,
        _target(run),
        columns[:MOST_COLUMNS],
        _in_short(columns),
        hidden,
        [
            (
                text_of(notice.get("level")),
                LEVELS.get(text_of(notice.get("level")), "note"),
                text_of(notice.get("text")),
            )
            for notice in notices
        ],
    )


def _classes(run: RunFiles) -> tuple[list[tuple[str, list[str]]], list[str], list[str]]:
    """Rows (label, count and share in each part), the parts, and what was left out."""
    counts = {part: mapping_of(mapping_of(run.data.get("class_counts")).get(part)) for part in PARTS}
    parts = [part for part in PARTS if counts[part]]
    labels = list(dict.fromkeys([*_labels(run), *[label for part in parts for label in counts[part]]]))
    if not parts:
        return [], [], []
    sums = {part: sum(number_of(value) or 0.0 for value in counts[part].values()) for part in parts}

    def cells(label: str) -> list[str]:
        found = [(number_of(counts[part].get(label)) or 0.0, sums[part]) for part in parts]
        return [f"{wording.count(count)} ({wording.share(count / whole if whole else 0.0)})" for count, whole in found]

    note = [f"The first {MOST_CLASSES} of {len(labels):,} classes are shown."] if len(labels) > MOST_CLASSES else []
    return [(label, cells(label)) for label in labels[:MOST_CLASSES]], list(map(wording.part_name, parts)), note


def _labels(run: RunFiles) -> list[str]:
    classes = run.data.get("classes")
    return [text_of(label) for label in classes] if isinstance(classes, list) else []


def _target(run: RunFiles) -> list[tuple[str, list[str]]]:
    """Rows (part, mean, standard deviation, least, median, greatest) of a regression's target."""
    summary = mapping_of(run.data.get("target_summary"))
    return [
        (wording.part_name(part), [wording.number(number_of(mapping_of(summary[part]).get(name))) for name in SUMMARY])
        for part in PARTS
        if mapping_of(summary.get(part))
    ]


def _columns(run: RunFiles) -> list[ColumnLine]:
    encodings = {text_of(entry.get("column")): entry for entry in mappings_in(run.data.get("encoding"))}
    lines = []
    for column in mappings_in(run.data.get("columns")):
        name, used = text_of(column.get("name")), column.get("used") is not False
        encoding = encodings.get(name, {})
        inputs = number_of(encoding.get("inputs"))
        reason, why = text_of(column.get("reason")), text_of(encoding.get("why"))
        reasons = [why] if why.startswith(reason) else [reason, why] if why else [reason]
        lines.append(
            ColumnLine(
                name,
                text_of(column.get("kind")),
                used and inputs != 0,
                text_of(encoding.get("encoding")) or "–",
                "–" if inputs is None else wording.count(inputs),
                _count(column.get("num_missing")),
                _count(column.get("num_distinct")),
                "; ".join(reasons),
            )
        )
    return lines


def _count(value: object) -> str:
    number = number_of(value)
    return "–" if number is None else wording.count(number)


def _in_short(columns: list[ColumnLine]) -> str:
    """One line: "14 columns: 8 category, 6 number; 1 left out"."""
    if not columns:
        return ""
    kinds = {
        kind: sum(column.kind == kind for column in columns)
        for kind in dict.fromkeys(column.kind for column in columns)
    }
    shown = ", ".join(f"{number:,} {kind}" for kind, number in sorted(kinds.items(), key=lambda pair: -pair[1]))
    left = sum(not column.used for column in columns)
    return (
        f"{wording.count(len(columns), 'column')}: {shown}" + (f"; {left:,} left out of training" if left else "") + "."
    )
