"""Error analysis on the terminal: slices with their ceilings, confusions, single mistakes, tags, corrected labels."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from caviar.cli.figures import counted, shown_error, shown_interval
from caviar.cli.output import Line

if TYPE_CHECKING:
    from caviar.diagnosis.corrections import Corrections
    from caviar.diagnosis.error_analysis import ErrorAnalysis
    from caviar.diagnosis.mistakes import Mistake
    from caviar.diagnosis.slices import Slice
    from caviar.diagnosis.tags import TagTable
    from caviar.recipe.error_look import ErrorLook

MOST_SHOWN, MOST_CELLS = 5, 12


def told(look: "ErrorLook", sheet: Path | None, page: Path | None = None) -> Iterator[Line]:
    """The whole answer; what a person's sheet says comes first, where one was read."""
    found = look.analysis
    yield Line(f"{look.run}: {_error(found)}", tone="strong")
    if found.part == "test":
        yield Line(
            "These are test rows: what is changed after looking at them wears the test error out. The look is counted.",
            tone="warning",
        )
    if look.tags is not None:
        yield from _tags(look.tags, found)
    if look.corrections is not None:
        yield from _corrections(look.corrections, found)
    if look.tags is None and look.corrections is None:
        yield from _slices(found)
        yield from _which(found)
    yield Line()
    if sheet is not None and look.sheet_rows is not None:
        yield Line(f"{counted(look.sheet_rows, 'mistake')} in {sheet}: fill in tags and correct_label, then", "Sheet: ")
        yield Line(f"caviar errors {look.run} --tags {sheet}", "       ")
        if page is not None:
            yield Line(f"{page} shows them as pictures", "       ")
    elif look.tags is None and look.corrections is None and found.mistakes:
        yield Line(f"caviar errors {look.run} --write-sheet sheet.csv", "To tag mistakes by hand: ")


def _error(found: "ErrorAnalysis") -> str:
    name = "error" if found.metric == "error" else "RMSE"
    within = f"95 % interval {shown_interval(found.interval, found.metric)}"
    shown = f"{found.part} {name} {shown_error(found.error, found.metric)} ({within})"
    if found.metric == "error":
        return f"{shown}, {counted(found.mistakes, 'mistake')} in {counted(found.rows, 'row')}"
    return f"{shown} on {counted(found.rows, 'row')}; as mistakes count the {found.mistakes:,} it missed by most"


def _slices(found: "ErrorAnalysis") -> Iterator[Line]:
    yield Line()
    yield Line("Where the mistakes gather", tone="strong")
    if found.missing:
        yield Line(f"  Cannot tell: {found.missing}")
    elif not found.slices:
        yield Line(f"  {found.nowhere}")
    else:
        yield from _slice_table(found.slices, found)
        yield Line(
            f"{counted(found.looked_at, 'slice')} looked at; chance alone shows one in 1 of 100 runs. "
            f"Ceiling: the {found.part} error if the slice erred like the rest, and if never."
        )
    if found.answers:
        yield Line()
        yield Line("By the answer", tone="strong")
        yield from _slice_table(found.answers, found)


def _slice_table(slices: Sequence["Slice"], found: "ErrorAnalysis") -> Iterator[Line]:
    metric = found.metric
    expects = any(one.expected_error is not None for one in slices)
    rows = [["", "rows", "error", "95 % interval", *["expected"] * expects, f"of {_what(metric)}", "ceiling"]]
    for one in slices:
        expected = [] if one.expected_error is None else [shown_error(one.expected_error, metric)]
        ceiling = f"{shown_error(one.rest_error, metric)}, {shown_error(one.error_without, metric)}"
        within = shown_interval(one.interval, metric)
        rows.append(
            [one.text, f"{one.rows:,}", shown_error(one.error, metric), within, *expected,
             f"{100 * one.share_of_mistakes:.0f} %", ceiling]
        )  # fmt: skip
    yield from _table(rows)


def _which(found: "ErrorAnalysis") -> Iterator[Line]:
    if found.confusions:
        yield Line()
        yield Line("The commonest confusions", tone="strong")
        head = [[found.target, "taken for", "rows", "of mistakes"]]
        rows = [[one.truth, one.said, f"{one.count:,}", f"{100 * one.share:.0f} %"] for one in found.confusions]
        yield from _table(head + rows[:MOST_SHOWN], words=2)
    heading = "The mistakes it was surest of" if found.metric == "error" else "The rows it missed by most"
    for title, mistakes in ((heading, found.worst[:MOST_SHOWN]), ("Typical mistakes", found.typical)):
        if mistakes:
            yield Line()
            yield Line(f"{title} (rows count from 0)", tone="strong")
        for one in mistakes:
            yield Line(_mistake(one, shows_cells=found.picture is None), f"  row {one.row}: ")
    if found.picture is not None and found.worst:
        yield Line("The report shows them as pictures.")


def _mistake(one: "Mistake", *, shows_cells: bool) -> str:
    sure = "" if one.probability is None else f" ({100 * one.probability:.0f} % sure)"
    said = f"{_cell(one.truth)} taken for {_cell(one.prediction)}{sure}"
    said += f", like {counted(one.of - 1, 'other')}" if one.kind else ""
    cells = [f"{name} {_cell(value)}" for name, value in one.cells.items() if value is not None][:MOST_CELLS]
    more = f", … {len(one.cells) - MOST_CELLS} more" if len(one.cells) > MOST_CELLS else ""
    return f"{said}; {', '.join(cells)}{more}" if cells and shows_cells else said


def _tags(table: "TagTable", found: "ErrorAnalysis") -> Iterator[Line]:
    of_all = f" of {table.mistakes:,}" if table.looked_at < table.mistakes else ""
    yield Line()
    yield Line(f"By tag: {table.looked_at:,}{of_all} mistakes looked at", tone="strong")
    exact = any(one.share_interval is not None for one in table.lines)
    rows = [["tag", "mistakes", f"of {_what(found.metric)}", *["95 % interval"] * exact, "error without"]]
    for one in table.lines:
        within = [] if one.share_interval is None else [shown_interval(one.share_interval, "error")]
        rows.append(
            [
                one.tag,
                f"{one.count:,}",
                f"{100 * one.share:.0f} %",
                *within,
                shown_error(one.error_without, found.metric),
            ]
        )
    yield from _table(rows)
    yield Line(f"{counted(table.untagged, 'mistake')} without a tag. A mistake may have several tags.")
    if table.right:
        shown = ", ".join(str(row) for row in table.right[:5]) + " …" * (len(table.right) > 5)
        yield Line(f"Tagged, but no mistakes of the model, and not counted: row {shown}.", tone="warning")


def _corrections(done: "Corrections", found: "ErrorAnalysis") -> Iterator[Line]:
    metric = found.metric
    yield Line()
    yield Line("Wrong labels", tone="strong")
    where, no_more = f"of {done.looked_at:,} mistakes looked at", "is none" if done.mended == 1 else "are none"
    corrected = f"{counted(done.wrong_labels, 'label')} corrected"
    yield Line(f"  {corrected}; {where}, {done.mended:,} {no_more} by the correct label.")
    if done.new_mistakes:
        yield Line(f"  {counted(done.new_mistakes, 'row')} that counted as right turned out wrong.")
    whole, labels, rest, corrected = (
        shown_error(value, metric) for value in (done.error, done.due_to_labels, done.due_to_rest, done.corrected_error)
    )
    yield Line(f"  {found.part} error {whole} = {labels} due to wrong labels + {rest} due to all else.")
    within = shown_interval(done.corrected_interval, metric)
    yield Line(f"  With correct labels it would be {corrected} (95 % interval {within}).")
    yield Line(f"  {_worth(done)}")
    yield Line(
        "  Rows counted as right were not looked at: wrong labels hide mistakes there too. Mend dev and test alike."
    )


def _worth(done: "Corrections") -> str:
    share = f"{100 * done.share:.0f} % of the mistakes"
    low, high = done.share_interval
    if low < high:
        share += f" (95 % interval {shown_interval(done.share_interval, 'error')})"
    if done.worth_it == "yes":
        return f"Mending labels is worth it now: {share} are due to them, enough to blur which of two models is better."
    if done.worth_it == "no":
        return f"Mending labels can wait: {share} are due to them; the rest weighs more."
    unsure = f"Whether mending labels is worth it now cannot be told: {share} are due to them."
    return f"{unsure} A larger sheet tells (--most)."


def _table(rows: list[list[str]], words: int = 1) -> Iterator[Line]:
    """Columns side by side, words to the left and figures to the right; the first row is the heading."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = [
            f"{cell:<{width}}" if column < words else f"{cell:>{width}}"
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield Line("  " + "  ".join(cells).rstrip())


def _cell(value: Any) -> str:
    """Text as it is, whole numbers in full, others to six figures."""
    if not isinstance(value, float):
        return str(value)
    return f"{value:,.0f}" if value.is_integer() and abs(value) < 1e15 else f"{value:,.6g}"


def _what(metric: str) -> str:
    return "mistakes" if metric == "error" else "squared error"
