"""What a finished run says on the terminal: how good, what holds it back, what to do next, where to look."""

import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from caviar.cli.figures import counted, shown_error, shown_interval
from caviar.cli.judged import judged
from caviar.cli.output import Line
from caviar.core.durations import spoken_duration

_STOPPED = {
    "budget": "the budget is spent",
    "target": "the target error is reached",
    "no-gain": "further steps stopped paying",
    "members": "as many as were asked for",
    "epochs": "all epochs",
    "you": "ended by you",
    "diverged": "it diverged",
}
_MOST_NOTICES = 4
_PARTS = ("train", "train_dev", "dev", "test")


def verdict(result: dict[str, Any], data: dict[str, Any], folder: Path) -> list[Line]:
    """The verdict of a run from its `result.json` and `data.json`. Errors in per cent, or in units for a regression."""
    return [
        *what_was_done(result, data),
        Line(),
        *how_good(result),
        Line(),
        *what_holds_it_back(result),
        *told_of_the_data(data),
        Line(),
        *where_to_look(folder),
    ]


def _shown(part: str) -> str:
    return part.replace("_", "-")


def what_was_done(result: dict[str, Any], data: dict[str, Any]) -> Iterator[Line]:
    target = result["target"]
    task = (
        f"a number, {target!r}," if result["task"] == "regression" else f"{len(data['classes'])} classes of {target!r}"
    )
    rows = ", ".join(f"{data['rows'][part]:,} {_shown(part)}" for part in _PARTS if data["rows"].get(part))
    yield Line(
        f"{data['source']}: {task} from {counted(sum(one['used'] for one in data['columns']), 'column')}; rows: {rows}"
    )
    why = _STOPPED[result["stopped_because"]]
    if result.get("mode") == "train":
        kept = f"the weights are those of epoch {result['best_epoch']}, the best on dev"
        epochs = counted(result["epochs"], "epoch")
        yield Line(f"{result['structure']}: {epochs} in {spoken_duration(result['seconds'])} ({why}); {kept}")
        return
    size = result["ensemble_size"]
    model = "the model is the best one" if size == 1 else f"the model averages the best {size}"
    if "judging" in result:
        model = (
            "the model is one of them" if size == 1 else f"the model averages {size} of them"
        ) + ", chosen as below"
    trained = counted(result["members_trained"], "network")
    yield Line(f"{trained} trained in {spoken_duration(result['seconds'])} ({why}); {model}")


def how_good(result: dict[str, Any]) -> Iterator[Line]:
    """The headline is the test error, or the dev error where there are no test rows, and then it says so."""
    metric = result["metric"]
    part = "dev" if result["test_error"] is None else "test"
    lines = {f"{part.capitalize()} {'error' if metric == 'error' else 'RMSE'}": result[f"{part}_error"]}
    lines |= {f"  {name}": value for name, value in result["reference_errors"].items() if value is not None}
    if result["human_error"] is not None:
        lines["  a person"] = result["human_error"]
    figures = [shown_error(value, metric) for value in lines.values()]
    for number, (label, figure) in enumerate(zip(lines, figures, strict=True)):
        column = f"{label:<{max(map(len, lines))}}   {figure:>{max(map(len, figures))}}"
        if number == 0:
            interval = shown_interval(result[f"{part}_interval"], metric)
            yield Line(f"{column}   (95 % interval {interval})", tone="good")
        else:
            yield Line(column)
    measured = [one for one in _PARTS if result.get(f"{one}_error") is not None]
    yield Line(
        " · ".join(f"{_shown(one)} {shown_error(result[f'{one}_error'], metric)}" for one in measured), "The model: "
    )
    if part == "dev":
        told = "There are no test rows. The model was chosen by its dev error: expect somewhat more on new rows."
        yield Line(told, tone="warning")
    elif result["test_looks"] > 1:
        told = f"Look number {result['test_looks']} at test rows in this run: choosing by them wears the figure out."
        yield Line(told, tone="warning")
    if "judging" in result:
        yield Line()
        yield from judged(result["judging"])


def what_holds_it_back(result: dict[str, Any]) -> Iterator[Line]:
    """Findings of weight with their meaning; small ones, and what could not be told, by their names."""
    grave = [finding for finding in result["findings"] if finding["severity"] != "low"]
    small = [finding["id"] for finding in result["findings"] if finding["severity"] == "low"]
    if grave:
        yield Line("What holds it back", tone="strong")
        for finding in grave:
            yield Line(finding["meaning"], f"  {finding['id']}: ")
    else:
        much = " much" if small else ""
        yield Line(f"Nothing was found that holds it back{much}.", tone="strong")
    if small:
        yield Line(", ".join(small) + " (the report says more)", "Small things: ")
    if result["unanswered"]:
        yield Line(
            ", ".join(one["id"] for one in result["unanswered"]) + " (the report says what is missing)", "Cannot tell: "
        )
    yield Line(result["next_action"], "Next: ")
    yield Line(result["right_tool"], "Right tool? ")


def told_of_the_data(data: dict[str, Any]) -> Iterator[Line]:
    notices = [one for level in ("warning", "repaired") for one in data["notices"] if one["level"] == level]
    if not notices:
        return
    yield Line()
    yield Line("About the data", tone="strong")
    for notice in notices[:_MOST_NOTICES]:
        yield Line(notice["text"], "  - ", "warning" if notice["level"] == "warning" else "")
    if len(notices) > _MOST_NOTICES:
        yield Line(f"and {len(notices) - _MOST_NOTICES} more, in the report", "  - ")


def where_to_look(folder: Path) -> Iterator[Line]:
    yield Line(str(folder / "report.html"), "Report:  ")
    yield Line(f"caviar predict {shlex.quote(str(folder))} NEW.csv --out predictions.csv", "Predict: ")
