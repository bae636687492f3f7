"""Inverted dropout keeps the expectation of activations, and is silent at test time. Notes 1.6."""

from collections.abc import Callable

import torch
from torch import Tensor

from caviar.core.random import stream, uniform
from caviar.lab.experiment import Result, Row
from caviar.lab.picture import blank_picture
from caviar.networks.mlp import MLP
from caviar.population.population import Population
from caviar.population.settings import Settings
from caviar.techniques.dropout import dropout as caviar_dropout

KEEP_PROBS = (0.9, 0.8, 0.5, 0.2)
NUM_UNITS, NUM_SEEDS = 100, 5
RULE = (
    "A mean agrees when it is within 4 standard errors of its claim, and these are below 1 % of it; "
    "the share of seeds. Two passes in test mode must give the same bits."
)


def relative_means(dropout: Callable[..., Tensor], seed: int, num_draws: int) -> tuple[Tensor, Tensor]:
    """Σ a' / Σ a over draws of the mask, and its standard error, (keep_prob,); every keep-prob is a member."""
    activations = torch.relu(torch.randn(NUM_UNITS, 1, generator=stream(seed, "activations")))  # (unit, 1)
    rates = 1 - torch.tensor(KEEP_PROBS).view(-1, 1, 1)
    draws = uniform((NUM_UNITS, num_draws), stream(seed, "masks"))
    sums = dropout(activations.expand(len(KEEP_PROBS), -1, num_draws), rates, draws).double().sum(1) / activations.sum()
    return sums.mean(1), sums.std(1) / num_draws**0.5  # over the draws


def network_means(hidden: tuple[int, ...], seed: int, num_steps: int) -> tuple[Tensor, Tensor, bool]:
    """How far a network's mean output with dropout lies from its test-mode output, in standard errors.

    Returns:
        (output,) the distance, and the same as a share of the outputs' size; whether two test passes are equal.
    """
    settings = Settings(1, seeds=[seed], input_drop_rate=0.5, drop_rate=0.5)
    population = Population(MLP(hidden).build(20, 50), settings, compiled=False)
    features = torch.randn(1, 20, generator=stream(seed, "features"))
    (_, at_test), (_, again) = next(population.predict(features)), next(population.predict(features))
    outputs = []
    with torch.no_grad():
        for step in range(num_steps):
            population.forward.key(seed, step)
            outputs.append(population.forward.outputs(features, training=True)[0, :, 0])
    trained = torch.stack(outputs).double()
    distance = trained.mean(0) - at_test[0, :, 0]
    return (
        distance / (trained.std(0) / num_steps**0.5),
        distance / at_test.square().mean().sqrt(),
        torch.equal(at_test, again),
    )


def run(seed: int = 0, dropout: Callable[..., Tensor] = caviar_dropout, num_draws: int = 20_000) -> Result:
    means, errors = zip(*(relative_means(dropout, seed + one, num_draws) for one in range(NUM_SEEDS)), strict=True)
    mean, error = torch.stack(means), torch.stack(errors)  # (seed, keep_prob)
    agree = ((mean - 1).abs() <= 4 * error) & (error < 0.01)
    rows = [
        Row(
            f"E[a'] / E[a], keep-prob {keep}",
            "1",
            round(mean[:, column].mean().item(), 4),
            agree[:, column].float().mean().item(),
        )
        for column, keep in enumerate(KEEP_PROBS)
    ]
    linear, _, silent = network_means((), seed, num_draws // 20)
    far = linear.abs().max().item()
    rows.append(Row("two test-mode passes of a network", "equal", "equal" if silent else "different", silent))
    rows.append(Row("mean z of the next layer against test mode, in standard errors", "≤ 4", round(far, 2), far <= 4))
    _, bent, _ = network_means((50, 50), seed, num_draws // 20)
    rows.append(Row("the same behind two ReLU layers, root mean square, as a share of the output", "",
                    round(bent.square().mean().sqrt().item(), 3)))  # fmt: skip

    picture, axes = blank_picture("Mean activation with dropout, by the number of masks", "masks", "E[a'] / E[a]")
    activations = torch.relu(torch.randn(NUM_UNITS, 1, generator=stream(seed, "activations")))
    draws = uniform((NUM_UNITS, 2000), stream(seed, "masks"))
    for keep in KEEP_PROBS:
        sums = dropout(activations.expand(1, -1, 2000), 1 - keep, draws)[0].sum(0) / activations.sum()
        axes.plot(torch.arange(1, 2001), sums.cumsum(0) / torch.arange(1, 2001), label=f"keep-prob {keep}")
    axes.axhline(1, color="black", linewidth=1)
    axes.set(xscale="log")
    axes.legend()
    return Result(rows, RULE, picture)
