"""Softmax over C classes draws straight boundaries without hidden layers; C = 2 is logistic regression. Notes 3.8."""

import math

import torch
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from torch import Tensor

from caviar.core.random import stream
from caviar.lab.built_in import built_in, standardised
from caviar.lab.experiment import Result, Row
from caviar.networks.mlp import MLP
from caviar.population.population import Population
from caviar.population.settings import Settings
from caviar.population.step import train_step
from caviar.techniques.losses import LOSSES, Loss

NUM_CLASSES, NUM_SEEDS, NUM_ROWS, NUM_PAIRS, SIDE = (3, 4, 6), 5, 300, 20_000, 1.2
RATES = (0.01, 0.1, 1.0)
RULE = (
    "Boundaries are straight lines just when every class's region is convex: of random pairs of points given the same "
    "class, the point halfway is given it too, in all pairs; the share of seeds. With a hidden layer some must not. "
    "Softmax at α and logistic regression at 2α from the same weights differ by at most 1e-9 in any ŷ; the share of "
    f"seeds and α ({', '.join(map(str, RATES))}). ŷ of the notes' example is compared to 3 decimals."
)


def spirals(num_classes: int, seed: int) -> tuple[Tensor, Tensor]:
    """Arms that wind around the origin, one a class: points (row, 2) in about [−1, 1], class numbers (row,)."""
    labels = torch.arange(NUM_ROWS) % num_classes
    draws = torch.rand(NUM_ROWS, generator=stream(seed, "radius"), dtype=torch.float64)
    noise = torch.randn(NUM_ROWS, generator=stream(seed, "angle"), dtype=torch.float64)
    radius = 0.1 + 0.9 * draws
    angle = 2 * math.pi * labels / num_classes + 4 * radius + 0.1 * noise
    return radius.unsqueeze(1) * torch.stack([angle.cos(), angle.sin()], dim=1), labels


def classifiers(
    hidden: tuple[int, ...], points: Tensor, labels: Tensor, loss: Loss, seed: int, steps: int
) -> Population:
    """NUM_SEEDS networks that differ in their first weights, trained on the same points."""
    settings = Settings(NUM_SEEDS, seeds=range(seed, seed + NUM_SEEDS), optimizer="adam", init_scheme="xavier")
    network = MLP(hidden, "tanh").build(2, int(labels.max()) + 1)
    population = Population(network, settings, dtype=torch.float64, compiled=False)
    rate = torch.full((NUM_SEEDS,), 0.05, dtype=torch.float64)
    for _ in range(steps):
        train_step(population, points, labels, loss, rate, seed, len(labels))
    return population


def outputs_of(population: Population, features: Tensor) -> Tensor:
    """Test-mode outputs, (member, output, row)."""
    return torch.cat([outputs for _, outputs in population.predict(features)], dim=2)


def convexity(population: Population, seed: int) -> Tensor:
    """Of pairs of points given one class, the share whose midpoint is given it too, (member,)."""
    draws = torch.rand(2, NUM_PAIRS, 2, generator=stream(seed, "pairs"), dtype=torch.float64)
    ends = SIDE * (2 * draws - 1)
    one, other, middle = (outputs_of(population, each).argmax(1) for each in (*ends, ends.mean(0)))
    alike = one == other
    return (alike & (middle == one)).sum(1) / alike.sum(1)


def distance_from_logistic(loss: Loss, seed: int, num_steps: int) -> Tensor:
    """Largest |ŷ − ŷ'| between softmax over two classes and logistic regression after training, (member,)."""
    raw, labels = built_in("breast-cancer")
    features = torch.tensor(standardised(raw))
    cells = [(seed + one, rate) for one in range(NUM_SEEDS) for rate in RATES]
    settings = Settings(len(cells), seeds=[one for one, _ in cells], optimizer="gradient-descent", init_scheme="xavier")
    rate = torch.tensor([rate for _, rate in cells], dtype=torch.float64)
    two, one = (
        Population(MLP(()).build(features.shape[1], outputs), settings, dtype=torch.float64, compiled=False)
        for outputs in (2, 1)
    )
    difference = two.layout.views(two.parameters)["output.weight"].diff(dim=1)  # w₁ − w₀, (member, 1, input)
    one.layout.views(one.parameters)["output.weight"].copy_(difference)
    for _ in range(num_steps):
        train_step(two, features, labels, loss, rate, seed, len(labels))
        train_step(one, features, labels, LOSSES["logistic"], 2 * rate, seed, len(labels))
    softmax = torch.softmax(outputs_of(two, features), dim=1)[:, 1]
    return (softmax - torch.sigmoid(outputs_of(one, features))[:, 0]).abs().amax(1)


def run(seed: int = 0, loss: Loss = LOSSES["softmax"], num_steps: int = 300) -> Result:
    """The technique is `loss`; the loss of class c is −log ŷ_c, so ŷ can be read from it."""
    logits = torch.tensor([[5.0], [2.0], [-1.0], [3.0]], dtype=torch.float64).expand(1, 4, 4)
    probabilities = torch.exp(-loss.rows(logits, torch.arange(4), {}))[0]
    shown = ", ".join(f"{one:.3f}" for one in probabilities)
    claimed = "0.842, 0.042, 0.002, 0.114"
    rows = [Row("ŷ for z = (5, 2, −1, 3)", claimed, shown, shown == claimed)]

    picture = Figure(figsize=(9, 3.4), layout="constrained")
    panels = picture.subplots(1, 3)
    for number, (num_classes, hidden) in enumerate([*((each, ()) for each in NUM_CLASSES), (3, (16,))]):
        points, labels = spirals(num_classes, seed)
        population = classifiers(hidden, points, labels, loss, seed, num_steps)
        whole = convexity(population, seed)
        straight = not hidden
        where = "no hidden layer" if straight else "one hidden layer"
        agree = (whole == 1) == straight
        what = f"C = {num_classes}, {where}: midpoints in their ends' region"
        rows.append(
            Row(what, "all" if straight else "not all", f"{math.floor(1e4 * whole.mean()) / 100:g} %", _share(agree))
        )
        if number != 1:
            _draw(panels[(0, 0, 1, 2)[number]], population, points, labels, f"C = {num_classes}, {where}")
    far = distance_from_logistic(loss, seed, num_steps)
    rows.append(
        Row("C = 2: largest difference from logistic regression", "0", float(f"{far.max():.2g}"), _share(far <= 1e-9))
    )
    return Result(rows, RULE, picture)


def _draw(axes: Axes, population: Population, points: Tensor, labels: Tensor, title: str) -> None:
    """The first member's regions, and the points it learned from."""
    line = torch.linspace(-SIDE, SIDE, 200, dtype=torch.float64)
    across, up = torch.meshgrid(line, line, indexing="xy")
    grid = torch.stack([across.reshape(-1), up.reshape(-1)], dim=1)
    given = outputs_of(population, grid)[0].argmax(0).view(200, 200)
    colours = [f"C{one}" for one in range(int(labels.max()) + 1)]
    extent = (-SIDE, SIDE, -SIDE, SIDE)
    axes.imshow(
        given.numpy(), ListedColormap(colours), origin="lower", extent=extent, alpha=0.25, interpolation="nearest"
    )
    for one, colour in enumerate(colours):
        axes.plot(*points[labels == one].T, ".", color=colour, markersize=3)
    axes.set(title=title, xlabel="x₁", ylabel="x₂", aspect="equal")


def _share(agree: Tensor) -> float:
    return agree.double().mean().item()
