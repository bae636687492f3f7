"""From black cats to coloured ones, and from epoch to epoch: batch norm lets less of it reach later layers. Notes 3.6.

In training that is so. In test mode it is not: the layers then normalise by the averages of black cats, and the shift
passes. Averages recomputed on coloured cats, without any label, stop it (Li et al., 2016, arXiv 1603.04779).
"""

import itertools
from collections.abc import Callable, Iterable

import torch
from torch import Tensor, nn

from caviar.core.random import stream
from caviar.data.batches import epoch_batches
from caviar.lab.experiment import Result, Row
from caviar.lab.picture import blank_picture
from caviar.networks.mlp import MLP
from caviar.population.population import Population
from caviar.population.settings import Settings
from caviar.population.step import train_step
from caviar.techniques.losses import LOSSES
from caviar.techniques.recalibration import recalibrate as caviar_recalibrate

RATES = (0.001, 0.003, 0.01)
NUM_SEEDS, NUM_ROWS, BATCH_SIZE, HIDDEN = 3, 1000, 64, (32,) * 4
NUM_SHAPES, NUM_POINTS = 6, 16
RULE = (
    f"Four hidden tanh layers of {HIDDEN[0]} learn black cats, Adam, batches of {BATCH_SIZE}. How far a layer's inputs "
    "z̃ move is the largest gap between the two distribution functions of a unit (Kolmogorov's distance), mean of the "
    "units: from black to coloured cats after training, and on the same rows from one epoch to the next, mean of the "
    f"epochs. Judged in the last hidden layer, against the same network without batch norm; the share of {NUM_SEEDS} "
    f"seeds × α of {', '.join(map(str, RATES))}."
)


def cats(num_rows: int, seed: int, coloured: bool) -> tuple[Tensor, Tensor]:
    """Pictures of 16 points in three colours, (row, 48), and whether each shows a cat, (row,).

    A point's brightness is shading × fur. The shading follows from the shape, and the shape alone makes it a cat: one
    boundary serves both kinds. Black fur is dark in all three colours, coloured fur is anything brighter.
    """
    generator = stream(seed, "cats", int(coloured))
    shape = torch.randn(num_rows, NUM_SHAPES, generator=generator)
    is_cat = (shape[:, 0] * shape[:, 1] + shape[:, 2] > 0).long()
    mixing = torch.randn(NUM_SHAPES, NUM_POINTS, generator=stream(seed, "pixels")) / NUM_SHAPES**0.5
    shading = 1 + 0.3 * (shape @ mixing)  # (row, point)
    if coloured:
        fur = 0.3 + 0.7 * torch.rand(num_rows, 3, generator=generator)
    else:
        fur = 0.2 + 0.02 * torch.randn(num_rows, 3, generator=generator)
    pixels = (shading.unsqueeze(2) * fur.unsqueeze(1)).flatten(1)
    return pixels + 0.01 * torch.randn(pixels.shape, generator=generator), is_cat


def before_activation(population: Population, features: Tensor, training: bool) -> Tensor:
    """The inputs of every hidden layer's activation, (layer, member, unit, row); no running average moves."""
    before = {name: buffer.clone() for name, buffer in population.buffers.items()}
    given: list[Tensor] = []
    layers: Iterable[nn.Module] = population.forward.network.hidden  # type: ignore[attr-defined]
    norms = [layer.get_submodule("norm") for layer in layers]
    hooks = [norm.register_forward_hook(lambda norm, inputs, output: given.append(output)) for norm in norms]
    with torch.no_grad():
        population.forward.outputs(features, training)
    for hook in hooks:
        hook.remove()
    for name, buffer in population.buffers.items():
        buffer.copy_(before[name])
    return torch.stack(given)


def moved(one: Tensor, other: Tensor) -> Tensor:
    """Kolmogorov's distance between two samples without ties, mean of the units: (…, unit, row) twice to (…)."""
    num_rows = one.shape[-1]
    order = torch.cat([one, other], dim=-1).argsort(dim=-1)
    steps = torch.where(order < num_rows, 1.0, -1.0) / num_rows
    return steps.cumsum(-1).abs().amax(-1).mean(-1)


class Trained:
    """Every seed and rate trained on black cats as one population.

    Attributes:
        drift: how far each layer's inputs move in an epoch, (layer, member).
        in_training, in_test: how far from black to coloured cats, in that mode, (layer, member).
    """

    def __init__(self, batch_norm: bool, seed: int, num_epochs: int):
        black, is_cat = cats(2 * NUM_ROWS, seed, coloured=False)
        coloured, self.is_cat = cats(NUM_ROWS, seed, coloured=True)
        train, dev = black.split(NUM_ROWS)
        train, dev, self.coloured = ((one - train.mean(0)) / train.std(0) for one in (train, dev, coloured))
        cells = [(seed + one, rate) for one in range(NUM_SEEDS) for rate in RATES]
        settings = Settings(len(cells), seeds=[one for one, _ in cells], init_scheme="xavier")
        network = MLP(HIDDEN, "tanh", batch_norm).build(train.shape[1], 2)
        self.population = Population(network, settings, compiled=False)
        rates = torch.tensor([rate for _, rate in cells])
        by_epoch = []
        for epoch in range(num_epochs):
            for rows in epoch_batches(NUM_ROWS, BATCH_SIZE, seed, epoch):
                train_step(self.population, train[rows], is_cat[rows], LOSSES["softmax"], rates, seed, NUM_ROWS)
            by_epoch.append(before_activation(self.population, dev, training=True))
        self.drift = torch.stack([moved(*pair) for pair in itertools.pairwise(by_epoch)]).mean(0)
        self.in_training, self.in_test = (self._shift(dev, training) for training in (True, False))
        self.black_error = self._error(dev, is_cat[NUM_ROWS:])

    def _shift(self, black: Tensor, training: bool) -> Tensor:
        return moved(*(before_activation(self.population, rows, training) for rows in (black, self.coloured)))

    def _error(self, features: Tensor, labels: Tensor) -> Tensor:
        outputs = torch.cat([outputs for _, outputs in self.population.predict(features)], dim=2)
        return (outputs.argmax(1) != labels).double().mean(1)

    def coloured_error(self) -> Tensor:
        """Share of coloured cats and others taken for the other, (member,)."""
        return self._error(self.coloured, self.is_cat)

    def recalibrated_error(self, recalibrate: Callable[[nn.Module, Iterable[Tensor]], None]) -> Tensor:
        """The same once each member's averages were recomputed on coloured cats, (member,)."""
        errors = []
        for row in range(len(self.population)):
            member = self.population.member(row)
            recalibrate(member, self.coloured.split(100))
            with torch.no_grad():
                errors.append((member(self.coloured).argmax(1) != self.is_cat).double().mean())
        return torch.stack(errors)


def run(
    seed: int = 0,
    num_epochs: int = 20,
    recalibrate: Callable[[nn.Module, Iterable[Tensor]], None] = caviar_recalibrate,
) -> Result:
    plain, normalised = (Trained(side, seed, num_epochs) for side in (False, True))
    rows = [
        _row("last layer, from epoch to epoch, in training", normalised.drift[-1], plain.drift[-1]),
        _row("last layer, black to coloured, in training mode", normalised.in_training[-1], plain.in_training[-1]),
        _row("last layer, black to coloured, in test mode", normalised.in_test[-1], plain.in_test[-1]),
        _row("first layer, from epoch to epoch, in training", normalised.drift[0], plain.drift[0], judged=False),
    ]
    errors = normalised.black_error, plain.black_error
    rows.append(_row("error on black cats", *errors, judged=False))
    errors = normalised.coloured_error(), plain.coloured_error()
    rows.append(_row("error on coloured cats, averages of black ones", *errors, judged=False))
    errors = normalised.recalibrated_error(recalibrate), plain.coloured_error()
    rows.append(_row("error on coloured cats, averages recomputed on them", *errors, judged=False))

    picture, axes = blank_picture("How far each hidden layer's inputs move", "hidden layer", "Kolmogorov's distance")
    layers = range(1, len(HIDDEN) + 1)
    axes.plot(layers, plain.in_test.median(1).values, "o-", label="black to coloured, no batch norm")
    axes.plot(layers, normalised.in_test.median(1).values, "o-", label="black to coloured, batch norm in test mode")
    axes.plot(layers, normalised.in_training.median(1).values, "o-", label="black to coloured, batch norm in training")
    axes.plot(layers, plain.drift.median(1).values, "o--", color="C0", label="in an epoch, no batch norm")
    axes.plot(layers, normalised.drift.median(1).values, "o--", color="C2", label="in an epoch, batch norm")
    ticks = (0.02, 0.05, 0.1, 0.2, 0.5)
    axes.set(yscale="log", xticks=list(layers), yticks=ticks, yticklabels=ticks)
    axes.minorticks_off()
    axes.legend()
    return Result(rows, RULE, picture)


def _row(what: str, normalised: Tensor, plain: Tensor, judged: bool = True) -> Row:
    shown = f"{normalised.median():.2g} against {plain.median():.2g}"
    agree = (normalised < plain).double().mean().item()
    return Row(f"{what}, batch norm against none", "less" if judged else "", shown, agree if judged else None)
