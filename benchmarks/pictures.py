"""The benchmarks' results on disk: JSON, and one SVG each in the quiet style of the lab's pictures."""

from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.verdicts import floor
from caviar.core.files import write_json
from caviar.lab.picture import write_picture

INK = "0.25"


def write_result(folder: Path, name: str, result: dict, figure: Figure) -> None:
    """`name`.json and `name`.svg in `folder`, whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / f"{name}.json", result)
    write_picture(figure, folder / f"{name}.svg")


def panels(count: int) -> tuple[Figure, list[Axes]]:
    """Frames side by side."""
    figure = Figure(figsize=(3.9 * count, 3.8), layout="constrained")
    axes = list(figure.subplots(1, count, squeeze=False)[0])
    for each in axes:
        each.grid(alpha=0.3)
    return figure, axes


def speed_picture(result: dict) -> Figure:
    """How many times faster than each opponent, plain and full, and the share of the product rate; dashes: floors."""
    figure, (plain, full, peak) = panels(3)
    figures = {f"ratio_{name}": title for name, title in result["opponents"].items()}
    for axes, kind, title in ((plain, "plain", "Plain"), (full, "full", "Batch norm and dropout")):
        for place, (name, label) in enumerate(figures.items()):
            line(axes, result["rows"], name, kind, label, f"C{place}")
        line(axes, result["rows"], "single_ratio_torch", kind, "K = 1 against one loop", INK)
        axes.axhline(1, color=INK, linewidth=0.8)
        axes.set(title=title, yscale="log", xlabel="units in a hidden layer", ylabel="times faster")
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}×")
        axes.yaxis.set_minor_formatter(lambda value, _: f"{value:g}×" if f"{value:.0e}"[0] in "25" else "")
    for kind, label, colour in (("plain", "plain", "C0"), ("full", "batch norm and dropout", "C1")):
        line(peak, result["rows"], "peak_share", kind, label, colour)
    peak.set(title="Share of the product rate", ylim=(0, 1), xlabel="units in a hidden layer")
    peak.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f} %")
    figure.legend(*plain.get_legend_handles_labels(), loc="outside lower left", ncols=4, fontsize=8, frameon=False)
    peak.legend(fontsize=8, frameon=False)
    return figure


def line(axes: Axes, rows: list[dict], name: str, kind: str, label: str, colour: str) -> None:
    """A figure against width; a dash beside each point stands where its floor is."""
    points = [(row["width"], row[name]) for row in rows if row["kind"] == kind and row.get(name) is not None]
    if not points:
        return
    axes.plot(*zip(*points, strict=True), "o-", color=colour, label=label, markersize=4, linewidth=1.2)
    for width, _ in points:
        asked = floor(name, kind, width)
        if asked is not None:
            axes.plot(width, asked, "_", color=colour, markersize=14, alpha=0.6)
    axes.set_xscale("log", base=2)
    axes.set_xticks([width for width, _ in points], [str(width) for width, _ in points])


def cost_picture(result: dict) -> Figure:
    """Seconds per epoch against K, rows and parameters, each with the line of its fitted exponent."""
    figure, frames = panels(3)
    for axes, one in zip(frames, result["sweeps"], strict=True):
        sizes, seconds = one["sizes"], one["seconds"]
        axes.loglog(sizes, seconds, "o", markersize=5)
        upper, fitted = one["fit"]
        axes.loglog(upper, fitted, color=INK, linewidth=1, label=f"exponent {one['exponent']:.2f}")
        axes.set(title=one["title"], xlabel=one["axis"], ylabel="seconds per epoch")
        axes.legend(fontsize=8, frameon=False)
    return figure


def device_picture(result: dict) -> Figure:
    """Throughput and peak memory against K."""
    figure, (speed, memory) = panels(2)
    members = [row["members"] for row in result["rows"]]
    speed.loglog(members, [row["models_epochs_per_second"] for row in result["rows"]], "o-", markersize=4)
    speed.set(title=result["device_name"], xlabel="members, K", ylabel="models · epochs per second")
    memory.loglog(members, [row["peak_bytes"] / 2**20 for row in result["rows"]], "o-", markersize=4)
    memory.set(title="Memory at its peak", xlabel="members, K", ylabel="MiB")
    return figure
