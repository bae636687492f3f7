"""Where the model errs, from the error analysis that the run left: slices with their ceilings, and single mistakes."""

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from caviar.report import wording
from caviar.report.grey_picture import grey_picture
from caviar.report.loose_values import mapping_of, mappings_in, number_of, pair_of, text_of
from caviar.report.run_files import RunFiles

MOST_CELLS = 30


@dataclass(frozen=True)
class MistakeLine:
    """One mistake: `cells` in words, or its `picture`; `kind` says what it is typical of."""

    row: str
    said: str
    kind: str
    cells: str
    picture: Markup | None


@dataclass(frozen=True)
class Errors:
    """The section on the page. The tables are lists of cells under `columns`; empty where there is nothing to show."""

    folder: str
    part: str
    rows: str
    nowhere: str
    note: str
    missing: str
    columns: list[str]
    slices: list[list[str]]
    answers: list[list[str]]
    worst_title: str
    worst: list[MistakeLine]
    typical: list[MistakeLine]
    tags: list[list[str]]
    tags_note: str


def errors(run: RunFiles) -> Errors | None:
    """None where the run has no error analysis."""
    record = run.error_analysis
    if not record:
        return None
    slices, answers = mappings_in(record.get("slices")), mappings_in(record.get("answers"))
    expects = any(number_of(one.get("expected_error")) is not None for one in [*slices, *answers])
    part, looked_at = text_of(record.get("part")) or "dev", number_of(record.get("looked_at"))
    share = "of the squared error" if run.is_regression else "of the mistakes"
    tags, tags_note = _tags(run)
    return Errors(
        text_of(run.result.get("run")) or run.name,
        part,
        wording.count(number_of(record.get("rows")), "row"),
        text_of(record.get("nowhere")),
        f"{wording.count(looked_at, 'slice')} were looked at; by chance alone, 1 run of 100 would show one. If a slice "
        f"erred like the rest, or no more, the {part} error would be as the last two columns say; the gains of slices "
        "that share rows do not add up.",
        text_of(record.get("missing")),
        ["rows", "error", "95 % interval", *["expected by the model"] * expects, share, "if like the rest", "if never"],
        [_slice(run, one, expects) for one in slices],
        [_slice(run, one, expects) for one in answers],
        "The rows it missed by most" if run.is_regression else "The mistakes it was surest of",
        [_mistake(run, one, f"worst-{place}") for place, one in enumerate(mappings_in(record.get("worst")))],
        [_mistake(run, one, f"typical-{place}") for place, one in enumerate(mappings_in(record.get("typical")))],
        tags,
        tags_note,
    )


def _slice(run: RunFiles, one: dict[str, Any], expects: bool) -> list[str]:
    error, expected, rest, without = (
        wording.error(number_of(one.get(name)), run.metric)
        for name in ("error", "expected_error", "rest_error", "error_without")
    )
    return [
        text_of(one.get("text")).replace(" %", f"{wording.SPACE}%"),
        wording.count(number_of(one.get("rows"))),
        error,
        wording.between(pair_of(one.get("interval")), run.metric),
        *[expected] * expects,
        wording.share(number_of(one.get("share_of_mistakes"))),
        rest,
        without,
    ]


def _mistake(run: RunFiles, one: dict[str, Any], name: str) -> MistakeLine:
    row, sure, of = text_of(one.get("row")), number_of(one.get("probability")), number_of(one.get("of"))
    truth, said = wording.cell(_plain(one.get("truth"))), wording.cell(_plain(one.get("prediction")))
    told = f"{truth} taken for {said}" + (f", {wording.share(sure)} sure" if sure is not None else "")
    cells = mapping_of(one.get("cells"))
    shape = mapping_of(run.error_analysis.get("picture"))
    words = [f"{column} {wording.cell(_plain(value))}" for column, value in cells.items() if value is not None]
    more = f" … and {len(words) - MOST_CELLS} more" if len(words) > MOST_CELLS else ""
    return MistakeLine(
        row,
        told,
        f"like {wording.count(of - 1)} others" if of else "",
        ", ".join(words[:MOST_CELLS]) + more,
        grey_picture(f"mistake-{name}", f"Row {row} as a picture: {told}", list(cells.values()), shape),
    )


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, str | bool | int | float) else text_of(value)


def _tags(run: RunFiles) -> tuple[list[list[str]], str]:
    """The tags that a person gave, from `caviar errors RUN --tags`."""
    lines = mappings_in(run.error_tags.get("lines"))
    looked_at, mistakes = (wording.count(number_of(run.error_tags.get(name))) for name in ("looked_at", "mistakes"))
    rows = [
        [
            text_of(one.get("tag")),
            wording.count(number_of(one.get("count"))),
            wording.share(number_of(one.get("share"))),
            wording.error(number_of(one.get("error_without")), run.metric),
        ]
        for one in lines
    ]
    return rows, f"By hand: the tags of {looked_at} of {mistakes} mistakes" if rows else ""
