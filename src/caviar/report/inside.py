"""The best member's training from inside: loss, steps, gradients, units, batch norm. Notes 1.10 to 3.7."""

from dataclasses import dataclass

import numpy as np

from caviar.diagnosis.health import Health
from caviar.diagnosis.training_evidence import largest_steps, step_sizes
from caviar.report.curves import Panel
from caviar.report.drawing import Plot
from caviar.report.run_files import RunFiles
from caviar.report.scales import Scale, scale_of
from caviar.report.wording import count, number

WIDTH, HEIGHT = 350, 240
USUAL, LARGE, SMALL = 1e-3, 1e-2, 1e-4  # steps, as learning_rate_too_high.py and _too_low.py judge them
FLAT_SHARE = {"relu": "dead", "tanh": "saturated", "sigmoid": "saturated"}


@dataclass(frozen=True)
class Inside:
    panels: list[Panel]
    notes: list[str]


def inside(run: RunFiles) -> Inside | None:
    """A panel for each thing that was seen; None where nothing was."""
    health = run.health
    if health is None:
        return None
    drawn = (_loss(health), _steps(health), _gradients(health), _units(health), _norms(health))
    panels = [panel for panel in drawn if panel is not None]
    looks = count(len(health.watched), "step")
    whole = len(health.losses) >= health.num_steps
    note = (
        f"The run's best member, trained once more alone and watched at {looks} of {health.num_steps:,}"
        f"{'' if whole else '; between its first steps and the last, the losses are those of whole epochs'}."
    )
    return Inside(panels, [note]) if panels else None


def _loss(health: Health) -> Panel | None:
    finite = np.isfinite(health.losses)
    if finite.sum() < 2:
        return None
    losses, steps = health.losses[finite], health.loss_steps[finite]
    nothing = health.known_nothing
    shown = np.append(losses, nothing) if nothing is not None else losses
    plot = _plot("inside-loss", "Train loss by step", steps, scale_of(shown), "step", "train loss")
    plot.path(plot.x(steps), plot.y(losses), "curve chosen")
    if nothing is not None:
        _level(plot, nothing, f"knowing nothing: {number(nothing)}")
    return Panel(plot.svg(), "Loss from the first step on", "As trained. A sound start is near knowing nothing.")


def _steps(health: Health) -> Panel | None:
    typical, largest = step_sizes(health), largest_steps(health)
    seen = np.isfinite(typical) & (typical > 0) & np.isfinite(largest)
    if seen.sum() < 2:
        return None
    values = np.concatenate([typical[seen], largest[seen], [LARGE, SMALL]])
    axis = Scale(float(values.min()), float(values.max()), "log")
    plot = _plot("inside-steps", "How far a step moves the weights", health.watched[seen], axis, "step", "‖ΔW‖ / ‖W‖")
    plot.path(plot.x(health.watched[seen]), plot.y(largest[seen]), "curve others")
    plot.path(plot.x(health.watched[seen]), plot.y(typical[seen]), "curve chosen")
    _level(plot, LARGE, "large")
    _level(plot, SMALL, "small")
    told = "Blue: the median layer; grey: the layer that moves most. About a thousandth is usual."
    return Panel(plot.svg(), "How far a step moves the weights", told)


def _gradients(health: Health) -> Panel | None:
    norms = health.layers.output_gradient
    return _by_layer(
        "inside-gradients",
        "Gradients through the layers",
        norms,
        "‖∂J/∂z‖ (log scale)",
        "From the first layer to the output. A line that rises or falls a thousandfold says that gradients vanish or "
        "explode.",
    )


def _by_layer(name: str, title: str, values: np.ndarray, y_title: str, told: str) -> Panel | None:
    """A line at the first look and one at the last, over the layers; values (watched, layer)."""
    rows = values[(np.isfinite(values) & (values > 0)).all(axis=1)] if values.shape[1] else values
    if len(rows) < 1 or values.shape[1] < 2:
        return None
    layers = np.arange(1, values.shape[1] + 1)
    ends = np.concatenate([rows[0], rows[-1]])
    axis = Scale(float(ends.min()) / 2, float(ends.max()) * 2, "log")
    plot = _plot(name, title, layers, axis, "layer", y_title)
    plot.path(plot.x(layers), plot.y(rows[0]), "curve others")
    plot.path(plot.x(layers), plot.y(rows[-1]), "curve chosen")
    for x, y in zip(plot.x(layers), plot.y(rows[-1]), strict=True):
        plot.add("circle", cx=float(x), cy=float(y), r=3, class_="kept-step")
    return Panel(plot.svg(), title, f"{told} Grey: at the start; blue: at the end.")


def _units(health: Health) -> Panel | None:
    """Share of dead or saturated units of each hidden activation, at the start and at the end."""
    shares: list[tuple[float, float]] = []
    kinds = set()
    for one in health.activations:
        if one.is_output or one.kind not in FLAT_SHARE:
            continue
        kinds.add(FLAT_SHARE[one.kind])
        if one.silent is not None:
            shares.append((one.dead_share(at_start=True)[0], one.dead_share()[0]))
        elif np.isfinite(one.saturated).any():
            seen = one.saturated[np.isfinite(one.saturated)]
            shares.append((float(seen[0]), float(seen[-1])))
    if not shares:
        return None
    layers = [float(layer) for layer in range(1, len(shares) + 1)]
    words = " or ".join(sorted(kinds))
    axis = Scale(0.0, max(0.3, 1.05 * max(max(pair) for pair in shares)), factor=100.0)
    plot = _plot("inside-units", f"Share of {words} units", layers, axis, "hidden layer", f"{words} units, %")
    for place, style in ((0, "undone"), (1, "kept-step")):
        for layer, pair in zip(layers, shares, strict=True):
            plot.add("circle", cx=float(plot.x(layer)), cy=float(plot.y(pair[place])), r=4, class_=style)
    told = "Ring: at the start; dot: at the end. A dead unit is 0 for every row; a saturated one has no slope left."
    return Panel(plot.svg(), f"{words.capitalize()} units", told)


def _norms(health: Health) -> Panel | None:
    norms = health.batch_norms
    if norms is None:
        return None
    worst = np.nanmax(np.where(np.isfinite(norms.difference), norms.difference, np.nan), axis=1, initial=np.nan)
    seen = np.isfinite(worst)
    if seen.sum() < 2:
        return None
    axis = Scale(0.0, 1.1 * max(0.5, float(worst[seen].max())))
    title = "Train against test mode of batch norm"
    plot = _plot("inside-norms", title, health.watched[seen], axis, "step", "difference, deviations")
    plot.path(plot.x(health.watched[seen]), plot.y(worst[seen]), "curve chosen")
    return Panel(plot.svg(), title, "The worst layer. It starts high, and should come down as the averages fill.")


def _plot(name: str, label: str, places: np.ndarray | list[float], axis: Scale, x_title: str, y_title: str) -> Plot:
    low, high = float(min(places)), float(max(places))
    spread = high > 20 * max(low, 1.0)
    alone = 0.5 * (low == high)
    x_axis = Scale(max(low, 1.0), high, "log") if spread else Scale(low - alone, high + alone)
    log = " (log scale)" if axis.kind == "log" and "log" not in y_title else ""
    label = f"{label}, of the best network, by {x_title}."
    return Plot(name, WIDTH, HEIGHT, label, x_axis, axis, f"{x_title}{' (log scale)' if spread else ''}", y_title + log)


def _level(plot: Plot, value: float, words: str) -> None:
    y = float(plot.y(value))
    plot.line(plot.left, y, plot.right, y, "aside")
    plot.text(plot.right - 2, y - 4, words, "halo faint-text", "end")
