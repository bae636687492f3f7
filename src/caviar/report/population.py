"""The population: every member's dev error against each of its settings; the best in a table. Notes 3.1, 3.2."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from caviar.report import wording
from caviar.report.curves import Panel
from caviar.report.loose_values import mapping_of, number_of
from caviar.report.members import Members
from caviar.report.run_files import RunFiles
from caviar.report.run_tables import finite
from caviar.report.scales import Scale, scale_of
from caviar.report.setting_panels import choice_panel, number_panel, stage_style

MOST_ROWS = 20
TABLE_COLUMNS = (
    "member",
    "stage",
    "structure",
    "num_parameters",
    "epochs",
    "best_epoch",
    "dev_error",
    "dev_loss",
    "train_error",
    "state",
    "in_ensemble",
    "seconds",
)
ERRORS = ("dev_error", "train_error")


@dataclass(frozen=True)
class BestMembers:
    """The table of the best. Columns: name, holds figures? Cells: text, what it sorts by, is it a figure?"""

    columns: list[tuple[str, bool]]
    rows: list[list[tuple[str, str, bool]]]


@dataclass(frozen=True)
class Population:
    panels: list[Panel]
    legend: list[tuple[str, str]]
    notes: list[str]
    constant: list[str]
    best: BestMembers
    states: str


def population(run: RunFiles) -> Population | None:
    """A panel for each setting that varies, by importance, numbers before choices.

    None where no member has a dev error.
    """
    if run.members is None:
        return None
    members = Members.of(run.members)
    if members.best is None:
        return None
    scale = _error_scale(members.errors, run.is_regression)
    axis_title = f"dev RMSE, units of {wording.shorten(run.target, 20)}" if run.is_regression else "dev error, %"
    axis_title += " (log scale)" if scale.kind == "log" else ""
    numbers: list[Panel] = []
    choices: list[Panel] = []
    constant: list[str] = []
    for column in _settings(run, members.table):
        cells = members.table[column]
        present = cells.drop_nulls()
        if present.n_unique() < 2:
            constant += [f"{wording.setting_name(column)} {wording.cell(present[0])}"] if len(present) else []
            continue
        if cells.dtype.is_numeric():
            without = cells.null_count()
            picture = number_panel(column, cells, members, scale, axis_title).svg()
            caption = f" {wording.count(without, 'member')} without this setting." if without else ""
        else:
            drawing, hidden = choice_panel(column, cells, members, scale, axis_title)
            picture, caption = (
                drawing.svg(),
                f" {wording.count(hidden, 'further choice')} did not fit in." if hidden else "",
            )
        (numbers if cells.dtype.is_numeric() else choices).append(
            Panel(picture, _title(run, column), f"{wording.count(len(cells), 'member')}.{caption}")
        )
    legend = [
        (stage_style(place), f"{stage} ({int((members.stages == place).sum()):,})")
        for place, stage in enumerate(members.stage_names)
    ]
    legend += [("chosen", f"in the ensemble ({int(members.chosen.sum()):,})")] * bool(members.chosen.any())
    legend += [("best", "lowest dev error")]
    return Population(
        numbers + choices, legend, _notes(members, scale, run), constant, _best(run, run.members), _states(run.members)
    )


def _error_scale(errors: np.ndarray, regression: bool) -> Scale:
    """The dev-error scale that all panels share; it leaves out what lies far above nine in ten members."""
    finite = errors[np.isfinite(errors)]
    low, high, usual = float(finite.min()), float(finite.max()), float(np.quantile(finite, 0.9))
    if high > 1.6 * usual > 1.6 * low:
        high = 1.15 * usual
    return scale_of([low, high], factor=1.0 if regression else 100.0, decades=8)


def _settings(run: RunFiles, table: pl.DataFrame) -> list[str]:
    """The columns to draw, by importance as far as it is known."""
    columns: list[str] = [column for column in ("structure", "num_parameters") if column in table.columns]
    columns += [column for column in table.columns if column.startswith("setting.") and column != "setting.seed"]
    return sorted(columns, key=lambda column: -(importance_of(run, column) or 0.0))


def importance_of(run: RunFiles, column: str) -> float | None:
    """The share that result.json gives the setting in a column of members.parquet; None where it gives none."""
    return number_of(mapping_of(run.result.get("importance")).get(column.removeprefix("setting.")))


def _title(run: RunFiles, column: str) -> str:
    name, weight = wording.setting_name(column), importance_of(run, column)
    return name[:1].upper() + name[1:] + (f" · importance {wording.share(weight)}" if weight is not None else "")


def _notes(members: Members, scale: Scale, run: RunFiles) -> list[str]:
    notes = []
    if len(members) < members.num_all:
        notes.append(
            f"Drawn: the ensemble, the 500 best and a random draw of the others, {len(members):,} of "
            f"{members.num_all:,} members."
        )
    above, without = int((members.errors > scale.high).sum()), int((~np.isfinite(members.errors)).sum())
    outside = [f"{wording.count(above, 'member')} beyond {wording.error(scale.high, run.metric)}"] * bool(above)
    outside += [f"{wording.count(without, 'member')} that diverged or left no dev error"] * bool(without)
    if outside:
        notes.append(f"Triangles at the edge: {', '.join(outside)}.")
    return notes


def _states(table: pl.DataFrame) -> str:
    """How the members ended: "150 dropped, 48 finished, 2 diverged"."""
    if "state" not in table.columns:
        return ""
    named = {"budget": "cut short by the budget", "early-stopping": "stopped early"}
    counts = table["state"].fill_null("unknown").value_counts(sort=True)
    return ", ".join(f"{number:,} {named.get(state, state)}" for state, number in counts.iter_rows())


def _best(run: RunFiles, table: pl.DataFrame) -> BestMembers:
    """The twenty members with the lowest dev error, with the settings that vary among all members."""
    order = finite(table, "dev_error").fill_null(np.inf).arg_sort()[:MOST_ROWS]
    settings = [
        column
        for column in table.columns
        if column.startswith("setting.") and table[column].drop_nulls().n_unique() > 1
    ]
    columns = [column for column in TABLE_COLUMNS if column in table.columns] + sorted(
        settings, key=lambda column: -(importance_of(run, column) or 0.0)
    )
    figures = {column: table[column].dtype.is_numeric() for column in columns}
    rows = [
        [(_text(run, column, value), str(value), figures[column]) for column, value in zip(columns, row, strict=True)]
        for row in table[order].select(columns).iter_rows()
    ]
    return BestMembers([(wording.setting_name(column), figures[column]) for column in columns], rows)


def _text(run: RunFiles, column: str, value: Any) -> str:
    if column in ERRORS:
        return "–" if number_of(value) is None else wording.error(number_of(value), run.metric)
    if column == "seconds":
        return wording.duration(number_of(value))
    return str(value) if column == "member" else wording.cell(value)
