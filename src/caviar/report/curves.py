"""Learning curves: every epoch of the ensemble's members, in front of a thinned cloud of the others. Notes 1.2, 1.8."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from markupsafe import Markup

from caviar.report import wording
from caviar.report.drawing import LETTER, Plot
from caviar.report.run_files import RunFiles
from caviar.report.run_tables import finite
from caviar.report.scales import Scale, scale_of

MOST_IN_CLOUD = 120
MOST_POINTS = 48  # of one curve of the cloud; the ensemble's have up to five times as many


@dataclass(frozen=True)
class Panel:
    """One picture with its caption."""

    picture: Markup
    title: str
    caption: str


@dataclass(frozen=True)
class Curve:
    """One member's figures by epoch, (epoch,) each."""

    member: int
    epochs: np.ndarray
    values: dict[str, np.ndarray]


@dataclass(frozen=True)
class Curves:
    """`front`, `behind`: what the two kinds of lines are, for the legend."""

    panels: list[Panel]
    notes: list[str]
    front: str = "ensemble members"
    behind: str = "other members"


def learning_curves(run: RunFiles) -> Curves | None:
    """Three panels, or None where there is no history."""
    if run.history is None:
        return None
    chosen, kept_epochs = _ensemble(run)
    curves = _curves(run.history)
    front = [curve for curve in curves if curve.member in chosen]
    others = [curve for curve in curves if curve.member not in chosen]
    generator = np.random.default_rng(0)
    cloud = (
        others
        if len(others) <= MOST_IN_CLOUD
        else [others[place] for place in sorted(generator.permutation(len(others))[:MOST_IN_CLOUD])]
    )
    titles = {
        "train_loss": ("Train loss", "as trained: with dropout and penalties"),
        "dev_loss": ("Dev loss", "in test mode"),
        "dev_error": ("Dev error", "in test mode"),
    }
    nudges = _nudges(run.history)
    panels = [
        panel
        for column, (title, how) in titles.items()
        if (panel := _panel(run, column, title, how, front, cloud, kept_epochs, nudges)) is not None
    ]
    if run.is_alone and panels:
        return Curves(panels, _of_one(nudges, len(others)), "the network", "taken back by a rewind")
    notes = []
    if chosen and not front:
        notes.append("The ensemble's members left no curves.")
    if not chosen:
        notes.append("Which members are in the ensemble is not recorded, so all are drawn alike.")
    if others:
        drawn = (
            f"{len(cloud)} of the {len(others):,} other members, drawn at random"
            if len(cloud) < len(others)
            else (f"all {len(others):,} other members")
        )
        notes.append(
            f"Behind the ensemble: {drawn}. A curve that ends early belongs to a member that was dropped or stopped."
        )
    return Curves(panels, notes) if panels else None


def _ensemble(run: RunFiles) -> tuple[set[int], dict[int, float]]:
    """The ensemble's members, and the epoch whose weights each member kept."""
    table = run.members
    if table is None or "in_ensemble" not in table.columns:
        return set(), {}
    inside = table.filter("in_ensemble")
    members = inside["member"].to_list()
    return set(members), {
        member: epoch for member, epoch in zip(members, finite(inside, "best_epoch"), strict=True) if epoch is not None
    }


def _nudges(history: pl.DataFrame) -> list[tuple[int, str]]:
    """What was changed on the way: (first epoch under it, words), in order."""
    if "nudged" not in history.columns:
        return []
    told = history.filter(pl.col("nudged").is_not_null()).sort("epoch")
    return list(zip(told["epoch"].to_list(), told["nudged"].to_list(), strict=True))


def _of_one(nudges: list[tuple[int, str]], num_undone: int) -> list[str]:
    """The notes of a network that was babysat."""
    notes = []
    if nudges:
        listed = "; ".join(f"{number} from epoch {epoch} on {words}" for number, (epoch, words) in enumerate(nudges, 1))
        notes.append(f"Upright lines are nudges: {listed}.")
    if num_undone:
        notes.append(f"Behind it: the epochs that {wording.count(num_undone, 'rewind')} took back.")
    return notes


def _curves(history: pl.DataFrame) -> list[Curve]:
    """One curve a member, in order of epoch."""
    columns = ("train_loss", "dev_loss", "dev_error")
    table = history.unique(["member", "epoch"], keep="last").sort("member", "epoch")
    members = table["member"].to_numpy()
    epochs = table["epoch"].to_numpy()
    values = {column: finite(table, column).to_numpy() for column in columns}
    starts = np.flatnonzero(np.diff(members, prepend=members[:1] - 1))
    return [
        Curve(int(members[start]), epochs[start:end], {column: values[column][start:end] for column in columns})
        for start, end in zip(starts, [*starts[1:], len(members)], strict=True)
    ]


def _panel(
    run: RunFiles,
    column: str,
    title: str,
    how: str,
    front: list[Curve],
    cloud: list[Curve],
    kept_epochs: dict[int, float],
    nudges: list[tuple[int, str]],
) -> Panel | None:
    seen = np.concatenate([curve.values[column] for curve in [*front, *cloud]] or [np.zeros(0)])
    seen = seen[np.isfinite(seen)]
    if not len(seen):
        return None
    own = run.number("dev_error") if column == "dev_error" else None
    errors = column == "dev_error" and not run.is_regression
    scale, cut = _height(seen, [curve.values[column] for curve in front], own, 100.0 if errors else 1.0)
    last = max(int(curve.epochs[-1]) for curve in [*front, *cloud])
    label = f"{title} by epoch: {len(front)} ensemble members over {len(cloud)} others, up to epoch {last}." + (
        f" The ensemble together: {wording.error(own, run.metric)}." if own is not None else ""
    )
    if run.is_alone:
        label = f"{title} by epoch, up to epoch {last}, with {wording.count(len(nudges), 'nudge')}."
    first = min(int(curve.epochs[0]) for curve in [*front, *cloud])
    plot = Plot(
        f"curves-{column.replace('_', '-')}",
        350,
        250,
        label,
        Scale(min(first, last - 1), last),
        scale,
        "epoch",
        _axis_title(run, column) + (" (log scale)" if scale.kind == "log" else ""),
    )
    clip = plot.clip()
    for number, (epoch, words) in enumerate(nudges, start=1):
        x = float(plot.x(epoch - 0.5))
        plot.path(np.array([x, x]), np.array([plot.bottom, plot.top]), "nudge", title=f"from epoch {epoch} on: {words}")
        plot.text(x + 3, plot.top + 9, str(number), "tick halo")
    for curves, style, most in (
        (cloud, "curve taken-back" if run.is_alone else "curve others", MOST_POINTS),
        (front, "curve chosen", 5 * MOST_POINTS),
    ):
        for curve in curves:
            kept = _thinned(len(curve.epochs), most)
            name = f"member {curve.member}" if style == "curve chosen" else ""
            plot.path(plot.x(curve.epochs[kept]), plot.y(curve.values[column][kept]), style, title=name, clip_path=clip)
    for curve in front:
        place = np.flatnonzero(curve.epochs == kept_epochs.get(curve.member, np.nan))
        if len(place) and np.isfinite(curve.values[column][place[0]]):
            plot.add(
                "circle",
                cx=float(plot.x(curve.epochs[place[0]])),
                cy=float(plot.y(curve.values[column][place[0]])),
                r=3,
                class_="kept",
                clip_path=clip,
            )
    if own is not None and own <= scale.high:
        y = float(plot.y(own))
        plot.line(plot.left, y, plot.right, y, "together")
        _write_together(
            plot, y, f"{'kept' if run.is_alone else 'together'} {wording.error(own, run.metric)}", [*front, *cloud]
        )
    caption = how[0].upper() + how[1:] + "."
    if cut:
        caption += " Curves that leave the picture at the top are higher still."
    return Panel(plot.svg(), title, caption)


def _axis_title(run: RunFiles, column: str) -> str:
    if column != "dev_error":
        return "loss"
    return f"RMSE, units of {wording.shorten(run.target, 24)}" if run.is_regression else "dev error, %"


def _write_together(plot: Plot, y: float, words: str, curves: list[Curve]) -> None:
    """Name the ensemble's line at the end where fewer curves pass, above it or, with room, below."""
    long = LETTER * len(words) + 8
    near = [0, 0]
    for curve in curves:
        xs, ys = plot.x(curve.epochs), plot.y(curve.values["dev_error"])
        passing = (ys > y - 18) & (ys < y)
        near[0] += int((passing & (xs < plot.left + long)).sum())
        near[1] += int((passing & (xs > plot.right - long)).sum())
    height = y + 14 if min(near) > 0 and y + 18 < plot.bottom else y - 5
    if near[0] <= near[1]:
        plot.text(plot.left + 4, height, words, "halo together-text")
    else:
        plot.text(plot.right - 2, height, words, "halo together-text", "end")


def _height(seen: np.ndarray, front: list[np.ndarray], own: float | None, factor: float) -> tuple[Scale, bool]:
    """The y scale: what is far above the rest, such as a diverging member, is cut off. And was any?"""
    high = float(np.quantile(seen, 0.97))
    firsts = [values[np.isfinite(values)][0] for values in front if np.isfinite(values).any()]
    if firsts:
        high = max(high, float(np.median(firsts)))
    kept = seen[seen <= high] if high > seen.min() else seen
    if own is not None:
        kept = np.append(kept, min(own, high))
    return scale_of(kept, factor=factor, decades=12), bool(seen.max() > high > seen.min())


def _thinned(length: int, most: int) -> np.ndarray:
    """Places of at most `most` points, both ends among them."""
    return np.arange(length) if length <= most else np.unique(np.linspace(0, length - 1, most).round().astype(int))
