"""Too large a λ drives W to 0 and tanh into its linear range: bias; too small a one leaves variance. Notes 1.5."""

import torch
from matplotlib.figure import Figure
from torch import Tensor

from caviar.lab.experiment import Result, Row
from caviar.lab.noisy_digits import NUM_TRAIN, OPTIMAL, WRONG, NoisyDigits
from caviar.lab.picture import blank_picture
from caviar.networks.mlp import MLP
from caviar.population.population import Population
from caviar.population.settings import Settings
from caviar.population.step import train_step
from caviar.techniques.losses import LOSSES

DECAYS = (0.0, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)  # λ/m
NUM_SEEDS, WIDTH, NUM_STEPS, RATE = 5, 32, 300, 0.01
LINEAR = 0.05  # tanh is as near to a straight line where |z| is below 0.4
RULE = (
    f"{WIDTH} tanh units on {NUM_TRAIN} digits, {100 * WRONG:g} % of all labels drawn anew; the share of {NUM_SEEDS} "
    "draws of train rows. ‖W‖ and the bend of tanh, rms(z − tanh z) / rms(z), fall with each step of λ; at the "
    f"largest the bend is at most {LINEAR}. In between: at the λ that is best on dev rows the error on other rows is 2 "
    "points or more below that at either end. Bias, variance: train, test − train error move by 2 points or more."
)


class Sweep:
    """Every draw with every λ is a member of one population.

    Attributes:
        errors: (part, draw, decay). norm: ‖W‖ of all weights, biases left out; bend: of tanh on all rows (draw, decay).
    """

    def __init__(self, seed: int, num_seeds: int):
        data = NoisyDigits(seed, num_seeds)
        shape = (num_seeds, len(DECAYS))
        settings = Settings(
            num_seeds * len(DECAYS),
            seeds=[seed + one for one in range(num_seeds) for _ in DECAYS],
            l2=[decay * NUM_TRAIN for decay in DECAYS] * num_seeds,
            init_scheme="xavier",
        )
        network = MLP((WIDTH,), "tanh").build(data.features.shape[1], 10)
        population = Population(network, settings, compiled=False)
        weights = data.in_train.repeat_interleave(len(DECAYS), 0)
        rate = torch.full((len(population),), RATE)
        for _ in range(NUM_STEPS):
            train_step(population, *data.pool, LOSSES["softmax"], rate, 0, NUM_TRAIN, weights=weights)
        self.errors = data.errors(population, weights).view(3, *shape)
        tensors = population.layout.views(population.parameters)
        matrices = [one.flatten(1) for name, one in tensors.items() if name.endswith("weight")]
        self.norm = torch.cat(matrices, 1).norm(dim=1).view(shape)
        biases = tensors["hidden.0.linear.bias"].unsqueeze(2)
        z = (tensors["hidden.0.linear.weight"] @ data.features.T + biases).flatten(1)  # (member, unit and row)
        self.bend = ((z - z.tanh()).norm(dim=1) / z.norm(dim=1)).view(shape)


def run(seed: int = 0, num_seeds: int = NUM_SEEDS) -> Result:
    sweep = Sweep(seed, num_seeds)
    train, dev, test = sweep.errors
    best = dev.argmin(1, keepdim=True)
    at_best = test.gather(1, best)[:, 0]
    variance = (test - train)[:, 0] - (test - train).gather(1, best)[:, 0]
    ends = f"λ/m from {DECAYS[0]:g} to {DECAYS[-1]:g}"
    rows = [
        Row(f"‖W‖, {ends}", "falls", _ends(sweep.norm, "{:.3g}"), _share((sweep.norm.diff(dim=1) < 0).all(1))),
        Row(f"bend of tanh, {ends}", "falls", _ends(sweep.bend, "{:.2g}"), _share((sweep.bend.diff(dim=1) < 0).all(1))),
        Row("bend of tanh at the largest λ", "≤ 0.05", f"{sweep.bend[:, -1].max():.2g}",
            _share(sweep.bend[:, -1] <= LINEAR)),
        Row(f"bias: train error, {ends}", "rises", _ends(train, "{:.3f}"), _share(train[:, -1] - train[:, 0] >= 0.02)),
        Row("variance: test − train error, from λ = 0 to the best λ", "falls", f"by {variance.mean():.3f}",
            _share(variance >= 0.02)),
        Row("test error at the best λ against λ = 0", "lower", f"{at_best.mean():.3f} against {test[:, 0].mean():.3f}",
            _share(test[:, 0] - at_best >= 0.02)),
        Row("test error at the best λ against the largest", "lower",
            f"{at_best.mean():.3f} against {test[:, -1].mean():.3f}", _share(test[:, -1] - at_best >= 0.02)),
    ]  # fmt: skip
    return Result(rows, RULE, _drawn(sweep))


def _drawn(sweep: Sweep) -> Figure:
    picture, axes = blank_picture("Error and the bend of tanh by λ (mean of the draws)", "λ/m", "share")
    places = range(len(DECAYS))
    for part, name in ((0, "train error"), (2, "test error")):
        axes.plot(places, sweep.errors[part].mean(0), marker=".", label=name)
    axes.plot(places, sweep.bend.mean(0), "--", color="C2", label="bend of tanh")
    axes.axhline(OPTIMAL, color="black", linewidth=1, label="optimal error")
    axes.set_xticks(places, [f"{decay:g}" for decay in DECAYS])
    axes.legend()
    return picture


def _ends(values: Tensor, form: str) -> str:
    return " to ".join(form.format(values[:, place].mean().item()) for place in (0, -1))


def _share(agree: Tensor) -> float:
    return agree.double().mean().item()
