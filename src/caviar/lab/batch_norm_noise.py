"""A batch's own μ and σ² are noisy, which regularises slightly, and less so with bigger batches. Notes 3.6.

The noise falls as 1/√m. To tell its effect from all else that a batch's size changes, every network steps on the same
256 rows, and normalises by groups of them. The effect is small, and there while wrong labels are not yet learned by
heart; once they are (α = 1), it is gone, and shuffling every epoch anew does harm where it was said to gain 1 %.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from caviar.core.random import stream
from caviar.data.batches import epoch_batches
from caviar.lab.built_in import built_in, standardised
from caviar.lab.experiment import Result, Row
from caviar.lab.picture import blank_picture
from caviar.networks.layers import BatchNorm
from caviar.networks.mlp import MLP, MLPNetwork
from caviar.population.population import Population
from caviar.population.settings import Settings
from caviar.population.step import train_step
from caviar.techniques.batch_norm import batch_norm as caviar_batch_norm
from caviar.techniques.losses import LOSSES

Technique = Callable[..., Tensor]

RATES = (0.3, 1.0)
NUM_DRAWS, NUM_SEEDS, NUM_ROWS, BATCH_SIZE, HIDDEN, WRONG = 4, 8, 512, 256, (64, 64), 0.2
SIDES = {
    "none": (0, 0.0, True),
    "dropout": (0, 0.3, True),
    "256": (256, 0.0, True),
    "64": (64, 0.0, True),
    "64, shuffled once": (64, 0.0, False),
}
"""Rows in a group, 0 for no batch norm; drop rate; whether each epoch is shuffled anew."""
PAIR, DROPOUT_PAIR = ("64", "256"), ("dropout", "none")
RULE = (
    f"{NUM_ROWS} digits, {100 * WRONG:.0f} % of their labels drawn at random, two ReLU layers of {HIDDEN[0]}, gradient "
    f"descent on batches of {BATCH_SIZE}, whose μ and σ² are taken over groups of 256 or 64 rows. Lower: the 95 % "
    f"interval of the mean difference in dev error over {NUM_SEEDS} first weights lies below 0; the share of "
    f"{NUM_DRAWS} draws of rows. The gain is slight when it is less than half of dropout's ({SIDES['dropout'][1]:g}). "
    "Deviations agree within 10 %."
)


class GroupedNorm(BatchNorm):
    """Batch norm by groups of the batch in training, for a stacked network: z (member, unit, batch)."""

    def __init__(self, num_units: int, group: int, technique: Technique):
        super().__init__(num_units)
        self.group, self.technique = group, technique

    def forward(self, z: Tensor) -> Tensor:
        if not self.training:
            return super().forward(z)
        assert self.running_mean is not None and self.running_var is not None
        num_members, num_units, batch = z.shape
        num_groups = batch // self.group
        folded = z.view(num_members, num_units, num_groups, self.group).transpose(1, 2)
        folded = folded.reshape(num_members, num_groups * num_units, self.group)
        columns = [each.repeat(1, num_groups) for each in (self.weight, self.bias, self.running_mean, self.running_var)]
        normalised = self.technique(folded, *columns, True, self.momentum, self.eps)
        for average, by_group in zip((self.running_mean, self.running_var), columns[2:], strict=True):
            average.copy_(by_group.view(num_members, num_groups, num_units).mean(1))
        return normalised.view(num_members, num_groups, num_units, self.group).transpose(1, 2).reshape(z.shape)


def noise(batch_norm: Technique, size: int, z: Tensor, seed: int) -> float:
    """How far z_norm of a row varies with its company in the batch: deviation, mean of units and of the first rows.

    z is (unit, row); the company is drawn from its rows.
    """
    num_units, num_kept, num_draws = len(z), 8, 100
    rows = torch.randint(z.shape[1], (num_kept, num_draws, size), generator=stream(seed, "company", size))
    rows[:, :, 0] = torch.arange(num_kept).unsqueeze(1)
    batches = z[:, rows].reshape(1, -1, size)  # one unit for each unit, row and draw
    ones = torch.ones(batches.shape[:2], dtype=z.dtype)
    normalised = batch_norm(batches, ones, 0 * ones, 0 * ones, ones.clone(), True)[0, :, 0]
    return normalised.view(num_units, num_kept, num_draws).std(2).mean().item()


class Draw:
    """One draw of rows, and its wrong labels: what every side trains on."""

    def __init__(self, seed: int):
        raw, labels = built_in("digits", 1797, seed)
        features = torch.tensor(standardised(raw), dtype=torch.float32)
        self.seed = seed
        self.train, self.dev, self.dev_labels = features[:NUM_ROWS], features[NUM_ROWS:], labels[NUM_ROWS:]
        drawn = torch.randint(10, (NUM_ROWS,), generator=stream(seed, "label"))
        wrong = torch.rand(NUM_ROWS, generator=stream(seed, "wrong")) < WRONG
        self.labels = torch.where(wrong, drawn, labels[:NUM_ROWS])

    def errors(self, network: MLPNetwork, num_epochs: int, drop_rate: float = 0.0, shuffled: bool = True) -> Tensor:
        """Dev error and train error, by the labels trained on, at the end: (which, rate, seed)."""
        cells = [(rate, self.seed + one) for rate in RATES for one in range(NUM_SEEDS)]
        seeds = [one for _, one in cells]
        settings = Settings(len(cells), seeds=seeds, optimizer="gradient-descent", drop_rate=drop_rate)
        population = Population(network, settings, compiled=False)
        rates = torch.tensor([rate for rate, _ in cells])
        for epoch in range(num_epochs):
            for rows in epoch_batches(NUM_ROWS, BATCH_SIZE, self.seed, epoch if shuffled else 0):
                batch = self.train[rows], self.labels[rows]
                train_step(population, *batch, LOSSES["softmax"], rates, self.seed, NUM_ROWS)
        errors = [
            (torch.cat([outputs for _, outputs in population.predict(features)], dim=2).argmax(1) != labels)
            for features, labels in ((self.dev, self.dev_labels), (self.train, self.labels))
        ]
        return torch.stack([wrong.double().mean(1) for wrong in errors]).view(2, len(RATES), NUM_SEEDS)


def network(num_inputs: int, group: int, batch_norm: Technique) -> MLPNetwork:
    """An MLP with batch norm by groups of that many rows; without batch norm where it is 0."""
    built = MLP(HIDDEN, batch_norm=group > 0).build(num_inputs, 10)
    for layer, num_units in zip(built.hidden, HIDDEN, strict=True):
        if group:
            layer.norm = GroupedNorm(num_units, group, batch_norm)
    return built


def measured(batch_norm: Technique, seed: int, num_epochs: int) -> dict[str, Tensor]:
    """Dev and train errors of every side, (draw, which, rate, seed)."""
    by_side: dict[str, list[Tensor]] = {side: [] for side in SIDES}
    for one in range(NUM_DRAWS):
        draw = Draw(1000 * seed + one)
        for side, (group, drop_rate, shuffled) in SIDES.items():
            built = network(draw.train.shape[1], group, batch_norm)
            by_side[side].append(draw.errors(built, num_epochs, drop_rate, shuffled))
    return {side: torch.stack(errors) for side, errors in by_side.items()}


def error_rows(errors: dict[str, Tensor]) -> list[Row]:
    """What less and other noise does to the dev error."""
    rows = []
    for number, rate in enumerate(RATES):
        at_rate = {side: each[:, 0, number] for side, each in errors.items()}  # (draw, seed)
        gain, dropout_gain = (at_rate[one].mean(1) - at_rate[other].mean(1) for one, other in (PAIR, DROPOUT_PAIR))
        slight = gain > dropout_gain / 2  # both are negative where they are gains
        shown = f"{100 * gain.mean():+.2f} against {100 * dropout_gain.mean():+.2f} points"
        trained = errors["256"][:, 1, number].mean()
        rows += [
            Row(f"α = {rate:g}, train error, groups of 256", "", f"{100 * trained:.1f} %"),
            _compared(f"α = {rate:g}, dev error: groups of 64 against 256", at_rate, *PAIR),
            Row(f"α = {rate:g}: that gain against dropout's", "less than half", shown, _share(slight)),
            _compared(f"α = {rate:g}, dev error: shuffled each epoch against once", at_rate, "64", "64, shuffled once"),
            _compared(f"α = {rate:g}, dev error: groups of 256 against no batch norm", at_rate, "256", "none", False),
        ]
    return rows


def run(seed: int = 0, batch_norm: Technique = caviar_batch_norm, num_epochs: int = 60) -> Result:
    features = Draw(1000 * seed).train.double()
    weights = torch.randn(16, features.shape[1], generator=stream(seed, "z"), dtype=torch.float64)
    sizes = (8, 16, 32, 64, 128, 256)
    deviations = [noise(batch_norm, size, weights @ features.T, seed) for size in sizes]
    by_size = dict(zip(sizes, deviations, strict=True))
    rows = []
    for small, large in ((16, 64), (64, 256)):
        ratio = by_size[small] / by_size[large] if by_size[large] else float("nan")
        what = f"deviation of a row's z_norm by its company, {small} against {large} rows"
        judged = small == 64  # smaller batches are not yet under the law of large numbers
        agree = abs(ratio / 2 - 1) < 0.1 if judged else None
        rows.append(Row(what, "2 times" if judged else "", f"{ratio:.2f} times", agree))
    rows += error_rows(measured(batch_norm, seed, num_epochs))

    picture, axes = blank_picture(
        "How much z_norm of one row varies with its company", "rows in the batch", "deviation"
    )
    axes.plot(sizes, deviations, "o-", label="measured")
    axes.plot(
        sizes, [deviations[-1] * (sizes[-1] / size) ** 0.5 for size in sizes], "--", color="black", label="1 / √m"
    )
    axes.set(xscale="log", yscale="log", xticks=sizes, xticklabels=sizes)
    axes.set(yticks=(0.05, 0.1, 0.2, 0.5), yticklabels=("0.05", "0.1", "0.2", "0.5"))
    axes.minorticks_off()
    axes.legend()
    return Result(rows, RULE, picture)


def _compared(what: str, errors: dict[str, Tensor], one: str, other: str, judged: bool = True) -> Row:
    differences = errors[one] - errors[other]  # (draw, seed)
    half = 1.96 * differences.std(1) / differences.shape[1] ** 0.5
    agree = _share(differences.mean(1) + half < 0) if judged else None
    return Row(what, "lower" if judged else "", f"{100 * differences.mean():+.2f} points", agree)


def _share(agree: Tensor) -> float:
    return agree.double().mean().item()
