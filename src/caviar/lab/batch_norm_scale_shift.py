"""Learned γ and β: with mean 0 and variance 1 alone a sigmoid would stay in its linear part. Notes 3.4."""

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from caviar.core.random import stream
from caviar.lab.built_in import built_in, standardised
from caviar.lab.experiment import Result, Row
from caviar.lab.picture import blank_picture
from caviar.networks.mlp import MLP, MLPNetwork
from caviar.population.population import Population
from caviar.population.settings import Settings
from caviar.population.step import train_step
from caviar.techniques.batch_norm import batch_norm as caviar_batch_norm
from caviar.techniques.losses import LOSSES

TABLES = ("flower", "digits")
RATES, HIDDEN = (0.01, 0.03, 0.1, 0.3), (16, 16)
NUM_ROWS, NUM_SEEDS, LINEAR = 300, 5, 0.97
LEARNED = {"both": ("weight", "bias"), "γ": ("weight",), "β": ("bias",), "neither": ()}
SIDES = {"neither": "fixed", "both": "learned"}
Outcome = dict[str, tuple[Tensor, list[list[Tensor]]]]
"""By what is learned: the final cost of each seed, and its hidden z̃, one (row, unit) a layer."""
RULE = (
    f"Sigmoid units, two layers of {HIDDEN[0]}, Adam, each side at the best of {len(RATES)} α by the final train cost; "
    f"the share of {NUM_SEEDS} seeds. A unit is linear when a straight line in z̃ explains at least {LINEAR} of the "
    "variance of σ(z̃) over the rows; the median unit counts. γ = √(σ² + ε), β = μ give z back to 1e-9; γ and β are the "
    "deviation and the mean of z̃ to 0.001. Shown: γ or β learned alone."
)


def flower(num_rows: int, seed: int) -> tuple[Tensor, Tensor]:
    """The notes' planar flower of two kinds of petals: points (row, 2), class numbers (row,)."""
    labels = torch.arange(num_rows) % 2
    draws = torch.rand(num_rows, generator=stream(seed, "angle"))
    noise = 0.2 * torch.randn(2, num_rows, generator=stream(seed, "noise"))
    angle = math.pi * (labels + draws) + noise[0]
    radius = 2 * torch.sin(4 * angle) + noise[1] / 2
    return radius.unsqueeze(1) * torch.stack([angle.sin(), angle.cos()], dim=1), labels


def network(num_inputs: int, num_outputs: int, learned: Sequence[str]) -> MLPNetwork:
    """Of each batch norm layer only the parameters named are trained; γ is 1 and β is 0 otherwise."""
    built = MLP(HIDDEN, "sigmoid", batch_norm=True).build(num_inputs, num_outputs)
    for name, parameter in built.named_parameters():
        if ".norm." in name:
            parameter.requires_grad_(name.rpartition(".")[2] in learned)
    return built


def trained(
    learned: Sequence[str], features: Tensor, labels: Tensor, seed: int, num_steps: int
) -> tuple[Tensor, list[list[Tensor]]]:
    """The final cost of each seed at its best rate, (seed,), and its hidden z̃, one (row, unit) a layer."""
    cells = [(seed + one, rate) for one in range(NUM_SEEDS) for rate in RATES]
    settings = Settings(len(cells), seeds=[one for one, _ in cells], init_scheme="xavier")
    built = network(features.shape[1], int(labels.max()) + 1, learned)
    population = Population(built, settings, compiled=False)
    rate = torch.tensor([rate for _, rate in cells])
    for _ in range(num_steps):
        costs = train_step(population, features, labels, LOSSES["softmax"], rate, seed, len(labels))
    costs = costs.nan_to_num(nan=math.inf).view(NUM_SEEDS, len(RATES))
    best = costs.argmin(1)
    members = [population.member(one * len(RATES) + int(best[one])) for one in range(NUM_SEEDS)]
    return costs.amin(1), [before_sigmoid(member, features) for member in members]


@torch.no_grad()
def before_sigmoid(member: torch.nn.Module, features: Tensor) -> list[Tensor]:
    """What each hidden layer's sigmoid is given in test mode: z̃, (row, unit)."""
    given: list[Tensor] = []
    for name, layer in member.named_modules():
        if name.endswith(".norm"):
            layer.register_forward_hook(lambda layer, inputs, output: given.append(output))
    member(features)
    return given


def linearity(z: Tensor) -> float:
    """The share of the variance of σ(z) that a straight line in z explains, (row, unit); that of the median unit."""
    z = z.double()
    bent, straight = torch.sigmoid(z) - torch.sigmoid(z).mean(0), z - z.mean(0)
    explained = (bent * straight).sum(0).square() / (bent.square().sum(0) * straight.square().sum(0))
    return explained.median().item()


def formula_rows(batch_norm: Callable[..., Tensor], seed: int) -> list[Row]:
    """γ and β as the notes' formula has them: any mean and deviation, and with the right ones the identity."""
    z = 5 * torch.randn(NUM_SEEDS, 4, 100, generator=stream(seed, "z"), dtype=torch.float64) + 3
    mean, variance = z.mean(2), z.var(2, correction=0)

    def normalised(gamma: Tensor, beta: Tensor) -> Tensor:
        return batch_norm(z, gamma, beta, torch.zeros_like(mean), torch.ones_like(mean), True)

    far = (normalised((variance + 1e-5).sqrt(), mean) - z).abs().amax((1, 2))
    chosen = normalised(torch.full_like(mean, 2), torch.full_like(mean, 7))
    off = torch.maximum((chosen.mean(2) - 7).abs(), (chosen.std(2, correction=0) - 2).abs()).amax(1)
    shown = f"{chosen.mean():.3f} and {chosen.std(2, correction=0).mean():.3f}"
    return [
        Row("γ = √(σ² + ε), β = μ: largest |z̃ − z|", "0", float(f"{far.max():.2g}"), _share(far <= 1e-9)),
        Row("γ = 2, β = 7: mean and deviation of z̃", "7 and 2", shown, _share(off <= 1e-3)),
    ]


def table_rows(table: str, outcome: Outcome) -> list[Row]:
    """Linearity with γ and β fixed and learned, and what learning them does to the cost."""
    costs, rows = {what: one[0] for what, one in outcome.items()}, []
    for what, words in SIDES.items():
        units = torch.tensor([min(map(linearity, layers)) for layers in outcome[what][1]])  # (seed,)
        agree = (units >= LINEAR) == (what == "neither")
        claimed = f"{'≥' if what == 'neither' else '<'} {LINEAR}"
        label = f"{table}, γ and β {words}: linear share of σ(z̃), least linear layer"
        rows.append(Row(label, claimed, round(units.median().item(), 3), _share(agree)))
    shown = f"{costs['both'].median():.2g} against {costs['neither'].median():.2g}"
    agree = costs["both"] < costs["neither"]
    alone = f"{costs['γ'].median():.2g} and {costs['β'].median():.2g}"
    return [
        *rows,
        Row(f"{table}: final cost, both learned against fixed", "lower", shown, _share(agree)),
        Row(f"{table}: final cost, γ alone learned, and β alone", "", alone),
    ]


def run(
    seed: int = 0,
    batch_norm: Callable[..., Tensor] = caviar_batch_norm,
    num_steps: int = 400,
    tables: Sequence[str] = TABLES,
) -> Result:
    """The technique is `batch_norm`; the networks take theirs from networks/layers.py."""
    rows = formula_rows(batch_norm, seed)
    picture, axes = blank_picture("Where a sigmoid's inputs lie, flower", "z̃", "σ(z̃); density of z̃")
    for table in tables:
        features, labels = _rows_of(table, seed)
        outcome = {what: trained(names, features, labels, seed, num_steps) for what, names in LEARNED.items()}
        rows += table_rows(table, outcome)
        for what, words in SIDES.items() if table == tables[0] else ():
            given = torch.cat([one.reshape(-1) for one in outcome[what][1][0]])
            axes.hist(given, bins=80, range=(-8, 8), density=True, alpha=0.5, label=f"z̃, γ and β {words}")
    line = torch.linspace(-8, 8, 200)
    axes.plot(line, torch.sigmoid(line), color="black", label="σ")
    axes.plot(line, 0.5 + line / 4, "--", color="black", linewidth=1, label="its straight line at 0")
    axes.set(ylim=(0, 1.02))
    axes.legend()
    return Result(rows, RULE, picture)


def _rows_of(table: str, seed: int) -> tuple[Tensor, Tensor]:
    if table == "flower":
        return flower(NUM_ROWS, seed)
    raw, labels = built_in(table, NUM_ROWS, seed)
    return torch.tensor(standardised(raw), dtype=torch.float32), labels


def _share(agree: Tensor) -> float:
    return agree.double().mean().item()
