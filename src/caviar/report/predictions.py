"""Where the final model errs, from the predictions it left: on test where there is one, else on dev."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from caviar.report import wording
from caviar.report.calibration import calibration
from caviar.report.confusion import Confusion, confusion
from caviar.report.curves import Panel
from caviar.report.residuals import coverage_panel, residual_panel, truth_panel
from caviar.report.run_files import RunFiles
from caviar.report.run_tables import finite, words

MOST_ROWS = 10
PROBABILITY = "probability."


@dataclass(frozen=True)
class Predictions:
    """The section on the page; `confusion` is None for regression. `worst` is a table with its `worst_columns`."""

    part: str
    rows: int
    panels: list[Panel]
    confusion: Confusion | None
    worst_title: str
    worst_columns: list[str]
    worst: list[list[str]]
    notes: list[str]


def predictions(run: RunFiles) -> Predictions | None:
    """None where there is no row with both truth and prediction."""
    table = run.predictions
    if table is None:
        return None
    parts = table["part"].fill_null("dev") if "part" in table.columns else pl.Series(["dev"] * len(table))
    part = "test" if (parts == "test").any() else "dev"
    table = table.filter(parts == part).drop_nulls(["truth", "prediction"])
    notes = [
        "There are no predictions for a test part, so these are the dev rows, on which the networks were chosen."
    ] * (part == "dev")
    if table.is_empty():
        return None
    return _regression(run, table, part, notes) if run.is_regression else _classes(run, table, part, notes)


def _regression(run: RunFiles, table: pl.DataFrame, part: str, notes: list[str]) -> Predictions | None:
    columns = {name: finite(table, name) for name in ("truth", "prediction", "low", "high")}
    numbers = (
        pl.DataFrame(columns).with_columns(pl.Series("row", _row_numbers(table))).drop_nulls(["truth", "prediction"])
    )
    if numbers.is_empty():
        return None
    truth, predicted = numbers["truth"].to_numpy(), numbers["prediction"].to_numpy()
    panels = [truth_panel(truth, predicted, run.target), residual_panel(truth, predicted, run.target)]
    both = numbers.drop_nulls(["low", "high"])
    if both.is_empty():
        notes = [*notes, "The predictions came without 80 % intervals, so their coverage cannot be shown."]
    else:
        panels.append(
            coverage_panel(
                both["truth"].to_numpy(),
                both["prediction"].to_numpy(),
                both["low"].to_numpy(),
                both["high"].to_numpy(),
                run.target,
            )
        )
    order = np.argsort(-np.abs(truth - predicted), kind="stable")[:MOST_ROWS]
    worst = [
        [
            numbers["row"][int(place)],
            *[wording.number(value) for value in (truth[place], predicted[place], truth[place] - predicted[place])],
        ]
        for place in order
    ]
    return Predictions(
        part,
        len(truth),
        panels,
        None,
        "The rows it missed by most",
        ["row", "true", "predicted", "true − predicted"],
        worst,
        notes,
    )


def _classes(run: RunFiles, table: pl.DataFrame, part: str, notes: list[str]) -> Predictions:
    truth, predicted = (words(table[name]).to_list() for name in ("truth", "prediction"))
    known = run.data.get("classes")
    labels = list(
        dict.fromkeys(
            [*(str(label) for label in (known if isinstance(known, list) else [])), *sorted({*truth, *predicted})]
        )
    )
    places = {label: place for place, label in enumerate(labels)}
    true_places = np.array([places[label] for label in truth])
    said_places = np.array([places[label] for label in predicted])
    probabilities = np.stack(
        [finite(table, PROBABILITY + label).fill_null(np.nan).to_numpy() for label in labels], axis=1
    )
    right = true_places == said_places
    sureness = probabilities[np.arange(len(truth)), said_places]
    panels: list[Panel] = []
    usable = np.isfinite(sureness) & (sureness >= 0) & (sureness <= 1)
    if not usable.any():
        notes = [*notes, "The predictions came without probabilities, so their calibration cannot be shown."]
    elif len(labels) == 2 and np.isfinite(probabilities[usable, 1]).all():
        name = wording.shorten(labels[1], 24)
        panels.append(
            calibration(
                "calibration",
                np.clip(probabilities[usable, 1], 0, 1),
                true_places[usable] == 1,
                f"predicted probability of {name}, %",
                f"rows that are {name}, %",
            )
        )
    else:
        panels.append(
            calibration(
                "calibration",
                sureness[usable],
                right[usable],
                "probability of the predicted class, %",
                "rows predicted right, %",
            )
        )
    wrong = np.flatnonzero(~right)
    order = wrong[np.argsort(-np.where(usable, sureness, 0.0)[wrong], kind="stable")][:MOST_ROWS]
    numbers = _row_numbers(table)
    worst = [
        [
            numbers[place],
            truth[place],
            predicted[place],
            wording.share(float(sureness[place])) if usable[place] else "–",
        ]
        for place in order
    ]
    return Predictions(
        part,
        len(truth),
        panels,
        confusion(true_places, said_places, labels),
        "The mistakes it was surest of",
        ["row", "true", "predicted", "probability"],
        worst,
        notes,
    )


def _row_numbers(table: pl.DataFrame) -> list[str]:
    if "row" not in table.columns:
        return ["–"] * len(table)
    return [wording.cell(value) if value is None else str(value) for value in table["row"].to_list()]
