"""What a finished search says on the terminal: the best members, which settings mattered, where to search next."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from caviar.cli.figures import shown_error
from caviar.cli.output import Line
from caviar.cli.verdict import how_good, told_of_the_data, what_holds_it_back, what_was_done, where_to_look

MOST_SETTINGS = 4  # columns of the table of the best


def search_verdict(result: dict[str, Any], data: dict[str, Any], folder: Path) -> list[Line]:
    """The verdict of a search from its `result.json` and `data.json`."""
    return [
        *what_was_done(result, data),
        Line(result["memory"]),
        Line(),
        *how_good(result),
        Line(),
        *_the_best(result),
        *_what_mattered(result),
        Line(),
        *what_holds_it_back(result),
        *told_of_the_data(data),
        Line(),
        *_where_to_search_next(result),
        *where_to_look(folder),
    ]


def _the_best(result: dict[str, Any]) -> Iterator[Line]:
    """A table of the best members with the settings that mattered most."""
    best = result["best_members"]
    if not best:
        return
    names = [name for name in [*result["importance"], *best[0]["settings"]] if name in best[0]["settings"]]
    names = list(dict.fromkeys(names))[:MOST_SETTINGS]
    rows = [["member", "dev", "epoch", "structure", *names]]
    for one in best:
        error = shown_error(one["dev_error"], result["metric"])
        settings = [_figure(one["settings"][name]) for name in names]
        rows.append([str(one["member"]), error, str(one["best_epoch"]), one["structure"], *settings])
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    yield Line("The best by dev error", tone="strong")
    for row in rows:
        yield Line("  " + "  ".join(f"{cell:>{width}}" for cell, width in zip(row, widths, strict=True)))


def _what_mattered(result: dict[str, Any]) -> Iterator[Line]:
    shares = {name: share for name, share in result["importance"].items() if share >= 0.005}
    told = ", ".join(f"{name} {share:.0%}".replace("%", " %") for name, share in shares.items())
    yield Line(told or "no setting stands out among these members", "What mattered: ")


def _where_to_search_next(result: dict[str, Any]) -> Iterator[Line]:
    yield Line("The region of the best fifth", tone="strong")
    for name, region in result["next_space"].items():
        yield Line(f"{name} {region}", "  - ")
    yield Line(result["next_command"], "Search there: ")


def _figure(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)
