"""Early stopping keeps weights of middle size and the lower dev error, and leaves J unoptimised. Notes 1.8."""

import torch
from matplotlib.figure import Figure
from torch import Tensor

from caviar.lab.experiment import Result, Row
from caviar.lab.noisy_digits import NUM_DEV, NUM_POOL, NUM_TRAIN, WRONG, NoisyDigits
from caviar.lab.picture import blank_picture
from caviar.networks.mlp import MLP
from caviar.population.population import Population
from caviar.population.settings import Settings
from caviar.population.step import train_step
from caviar.techniques.early_stopping import EarlyStopping
from caviar.techniques.losses import LOSSES
from caviar.techniques.softmax import softmax_rows

NUM_SEEDS, WIDTH, NUM_CHECKS, STEPS, RATE, PATIENCE = 6, 64, 50, 5, 0.01, 10
DECAYS = (0.0, 0.01, 0.03, 0.1, 0.3)  # λ/m of those that are trained to the end
RULE = (
    f"{WIDTH} units on {NUM_TRAIN} digits, {100 * WRONG:g} % of all labels drawn anew, looked at every {STEPS} steps; "
    f"the share of {NUM_SEEDS} draws of train rows. Stopped: the weights at the lowest dev cost, given up after "
    f"{PATIENCE} looks without a lower one. The end: after all {STEPS * NUM_CHECKS} steps. The best L2: the λ with the "
    "lowest dev cost at the end. Errors are of other rows still."
)


class Training:
    """Every draw with every decay is a member; those without a penalty are stopped early, the first of each draw.

    Attributes:
        norms, costs, dev_costs, test_errors: (check, draw, decay), from before the first step on.
        stopped: (draw,) the check whose weights early stopping keeps. out: (draw,) the check at which it ends training.
    """

    def __init__(self, seed: int, num_seeds: int, stopping: type[EarlyStopping]):
        self.data, self.shape = NoisyDigits(seed, num_seeds), (num_seeds, len(DECAYS))
        settings = Settings(
            num_seeds * len(DECAYS),
            seeds=[seed + one for one in range(num_seeds) for _ in DECAYS],
            l2=[decay * NUM_TRAIN for decay in DECAYS] * num_seeds,
        )
        network = MLP((WIDTH,)).build(self.data.features.shape[1], 10)
        self.population = Population(network, settings, compiled=False)
        self.weights = self.data.in_train.repeat_interleave(len(DECAYS), 0)
        rate = torch.full((len(self.population),), RATE)
        early = stopping(num_seeds, torch.full((num_seeds,), float(PATIENCE)))
        self.out = torch.full((num_seeds,), NUM_CHECKS)
        points = [self._point()]
        for check in range(1, NUM_CHECKS + 1):
            for _ in range(STEPS):
                train_step(
                    self.population, *self.data.pool, LOSSES["softmax"], rate, 0, NUM_TRAIN, weights=self.weights
                )
            points.append(self._point())
            running = self.out == NUM_CHECKS
            _, stop = early.update(check, torch.where(running, points[-1][2, :, 0], torch.inf))
            self.out[running & stop] = check
        self.stopped = early.best_epoch
        self.norms, self.costs, self.dev_costs, self.test_errors = torch.stack(points, 1)

    def _point(self) -> Tensor:
        """‖W‖ (biases too), the train cost, the dev cost and the test error now, (figure, draw, decay)."""
        data, columns = self.data, self.population.loss_columns
        outputs = torch.cat([piece for _, piece in self.population.predict(data.features)], dim=2)
        costs = softmax_rows(outputs, data.labels, columns)  # (member, row)
        train = (costs[:, :NUM_POOL] * self.weights).sum(1) / NUM_TRAIN
        dev = costs[:, NUM_POOL : NUM_POOL + NUM_DEV].mean(1)
        wrong = (outputs.argmax(1) != data.labels)[:, NUM_POOL + NUM_DEV :].float().mean(1)
        norm = self.population.parameters.norm(dim=1)
        return torch.stack([norm, train, dev, wrong]).view(4, *self.shape)

    def at_stop(self, figure: Tensor) -> Tensor:
        """That figure (check, draw, decay) where early stopping ends, (draw,)."""
        return figure[self.stopped, torch.arange(self.shape[0]), 0]

    def at_best_decay(self, figure: Tensor) -> Tensor:
        """The same at the end of training with the λ whose dev cost is lowest there, (draw,)."""
        return figure[-1].gather(1, self.dev_costs[-1].argmin(1, keepdim=True))[:, 0]


def run(seed: int = 0, num_seeds: int = NUM_SEEDS, stopping: type[EarlyStopping] = EarlyStopping) -> Result:
    one = Training(seed, num_seeds, stopping)
    rows = [
        _row("test error, stopped against the end", "lower", one.at_stop(one.test_errors), one.test_errors[-1, :, 0]),
        _row("‖W‖, stopped against the end", "lower", one.at_stop(one.norms), one.norms[-1, :, 0]),
        _row("‖W‖, first weights against stopped", "lower", one.norms[0, :, 0], one.at_stop(one.norms)),
        _row("train cost J, the end against stopped", "lower", one.costs[-1, :, 0], one.at_stop(one.costs)),
        _row("steps, stopped against all", "fewer", STEPS * one.out, torch.full_like(one.out, STEPS * NUM_CHECKS)),
        _row("test error, the best L2 trained to the end against stopped", "lower",
             one.at_best_decay(one.test_errors), one.at_stop(one.test_errors)),
    ]  # fmt: skip
    return Result(rows, RULE, _drawn(one))


def _row(what: str, claimed: str, low: Tensor, high: Tensor) -> Row:
    shown = f"{low.double().mean():.3g} against {high.double().mean():.3g}"
    return Row(what, claimed, shown, (low < high).double().mean().item())


def _drawn(one: Training) -> Figure:
    picture, axes = blank_picture("A draw of train rows: costs, and where early stopping stops", "step", "cost")
    steps = STEPS * torch.arange(NUM_CHECKS + 1)
    axes.plot(steps, one.costs[:, 0, 0], label="train cost J")
    axes.plot(steps, one.dev_costs[:, 0, 0], label="dev cost")
    axes.axvline(STEPS * one.stopped[0].item(), color="black", linestyle="--", linewidth=1, label="weights kept")
    norms = axes.twinx()
    norms.plot(steps, one.norms[:, 0, 0], color="C2", label="‖W‖ (right)")
    norms.set(ylabel="‖W‖", ylim=(0, None))
    lines = [*axes.get_lines(), *norms.get_lines()]
    norms.legend(lines, [str(line.get_label()) for line in lines], loc="center right")
    return picture
