"""L1 makes weights sparse, L2 does not. Notes 1.4."""

import torch
from matplotlib.figure import Figure
from torch import Tensor

from caviar.lab.built_in import built_in, standardised
from caviar.lab.experiment import Result, Row
from caviar.lab.picture import blank_picture
from caviar.networks.mlp import MLP
from caviar.population.population import Population
from caviar.population.settings import Settings
from caviar.population.step import train_step
from caviar.techniques.losses import LOSSES

PENALTIES = ("l1", "l2")
DECAYS = (0.0, 0.0003, 0.001, 0.003, 0.01, 0.03)  # λ/m
NUM_SEEDS, NUM_TRAIN, NUM_DEV, WIDTH, NUM_STEPS, RATE = 5, 500, 600, 32, 400, 0.01
SMALL = 1e-3
RULE = (
    f"{WIDTH} ReLU units on {NUM_TRAIN} digits by Adam, α falling to 0; the share of {NUM_SEEDS} seeds. A weight that "
    f"is below {SMALL:g} of the largest counts as zero. Each penalty at its λ > 0 of the lowest dev error. Sparse: "
    "more zeros than under L2, and more with every larger λ. Not needed: cut to 0, the zeros change the error on other "
    "rows by at most 0.2 points. Exact zeros: any. A step of α · λ/m · sign(w) jumps over 0 and back, and never stops "
    "there; a proximal step would."
)


class Trained:
    """Every penalty, λ and seed is a member of one population.

    Attributes:
        zeros, exact: share of weights that count as zero, and that are 0; dev_error, test_error: in test mode;
        cut_error: test error with the zeros cut to 0. All are (penalty, decay, seed).
    """

    def __init__(self, seed: int, num_seeds: int, num_steps: int):
        raw, labels = built_in("digits", 1797, seed)
        self.features, self.labels = torch.tensor(standardised(raw), dtype=torch.float32), labels
        self.shape = (len(PENALTIES), len(DECAYS), num_seeds)
        cells = [
            (penalty, decay * NUM_TRAIN, seed + one)
            for penalty in PENALTIES
            for decay in DECAYS
            for one in range(num_seeds)
        ]
        settings = Settings(
            len(cells),
            seeds=[one for _, _, one in cells],
            l1=[strength if penalty == "l1" else 0.0 for penalty, strength, _ in cells],
            l2=[strength if penalty == "l2" else 0.0 for penalty, strength, _ in cells],
        )
        network = MLP((WIDTH,)).build(self.features.shape[1], 10)
        self.population = Population(network, settings, compiled=False)
        train, ones = slice(NUM_TRAIN), torch.ones(len(cells))
        for step in range(num_steps):
            rate = RATE * (1 - step / num_steps) * ones
            train_step(self.population, self.features[train], labels[train], LOSSES["softmax"], rate, 0, NUM_TRAIN)
        self.dev_error, self.test_error = self._errors()
        self.exact, self.zeros = self._zeros(0), self._zeros(SMALL, cut=True)
        self.cut_error = self._errors()[1]

    def _errors(self) -> tuple[Tensor, Tensor]:
        outputs = torch.cat([piece for _, piece in self.population.predict(self.features)], dim=2)
        wrong = (outputs.argmax(1) != self.labels).double()
        dev, test = wrong[:, NUM_TRAIN : NUM_TRAIN + NUM_DEV], wrong[:, NUM_TRAIN + NUM_DEV :]
        return dev.mean(1).view(self.shape), test.mean(1).view(self.shape)

    def _zeros(self, share: float, cut: bool = False) -> Tensor:
        """The share of weights of at most `share` of the member's largest; with `cut` they become 0."""
        tensors = self.population.layout.views(self.population.parameters)
        matrices = [one.flatten(1) for name, one in tensors.items() if name.endswith("weight")]
        largest = torch.cat(matrices, 1).abs().amax(1, keepdim=True)
        small = [one.abs() <= share * largest for one in matrices]
        shares = torch.cat(small, 1).double().mean(1).view(self.shape)
        for matrix, which in zip(matrices, small, strict=True):
            if cut:
                matrix[which] = 0
        return shares

    def best(self, figure: Tensor) -> Tensor:
        """That figure at each penalty's λ of the lowest dev error above 0, (penalty, seed)."""
        return figure.gather(1, 1 + self.dev_error[:, 1:].argmin(1, keepdim=True))[:, 0]


def run(seed: int = 0, num_seeds: int = NUM_SEEDS, num_steps: int = NUM_STEPS) -> Result:
    one = Trained(seed, num_seeds, num_steps)
    zeros, errors = one.best(one.zeros), one.best(one.test_error)
    rising = (one.zeros[0].diff(dim=0) > 0).all(0)  # (seed,)
    moved = (one.best(one.cut_error) - errors)[0].abs()
    exact = one.best(one.exact)[0]
    rows = [
        Row("weights that count as zero, L1 against L2", "more", _both(zeros, "{:.0%}"), _share(zeros[0] > zeros[1])),
        Row("the same by λ, L1", "rises", " ".join(f"{share:.0%}" for share in one.zeros[0].mean(1)), _share(rising)),
        Row("test error, zeros of L1 cut, change", "≤ 0.002", f"{moved.max():.4f}", _share(moved <= 0.002)),
        Row("weights that are 0 exactly, L1", "some", f"{exact.mean():.2%}", _share(exact > 0)),
        Row("test error, L1 against L2", "", _both(errors, "{:.3f}")),
    ]
    return Result(rows, RULE, _drawn(one))


def _drawn(one: Trained) -> Figure:
    picture, axes = blank_picture("Weights that count as zero, and test error (mean of the seeds)", "λ/m", "share")
    places = range(len(DECAYS))
    for number, penalty in enumerate(PENALTIES):
        name, colour = penalty.upper(), f"C{number}"
        axes.plot(places, one.zeros[number].mean(1), color=colour, marker=".", label=f"{name}: zeros")
        axes.plot(places, one.test_error[number].mean(1), "--", color=colour, label=f"{name}: test error")
    axes.set_xticks(places, [f"{decay:g}" for decay in DECAYS])
    axes.legend()
    return picture


def _both(values: Tensor, form: str) -> str:
    return " against ".join(form.format(value) for value in values.mean(1).tolist())


def _share(agree: Tensor) -> float:
    return agree.double().mean().item()
