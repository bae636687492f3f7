"""λ/2m ‖W‖² in the cost is a decay of the weights under gradient descent, and is not under Adam. Notes 1.4.

Loshchilov & Hutter, 2019, arXiv 1711.05101.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from caviar.lab.built_in import built_in, standardised
from caviar.lab.experiment import Result, Row
from caviar.lab.picture import blank_picture
from caviar.networks.mlp import MLP
from caviar.population.population import Population
from caviar.population.settings import Settings
from caviar.population.step import train_step
from caviar.techniques.losses import LOSSES

METHODS = ("gradient-descent", "momentum", "rmsprop", "adam")
NUM_SEEDS, NUM_ROWS, NUM_STEPS, DECAY = 5, 178, 100, 0.1  # DECAY is λ/m
RATES = {"gradient-descent": 0.1, "momentum": 0.1, "rmsprop": 0.01, "adam": 0.01}
RULE = (
    f"Distance ‖W − W'‖ / ‖W‖ after {NUM_STEPS} steps: equal is at most 1e-9 in float64, different at least 1e-3; the "
    "share of seeds. Momentum and RMSprop are shown."
)


def trained(method: str, seeds: list[int], features: Tensor, labels: Tensor) -> tuple[Tensor, list[nn.Module]]:
    """Train each seed twice, with L2 and with decoupled decay, as one population.

    Returns:
        weights after each step (step, member, parameter), L2's members first; L2's members as modules before training.
    """
    num_seeds = len(seeds)
    settings = Settings(
        2 * num_seeds,
        seeds=seeds * 2,
        optimizer=method,
        l2=[DECAY * NUM_ROWS] * num_seeds + [0.0] * num_seeds,
        weight_decay=[0.0] * num_seeds + [DECAY] * num_seeds,
        init_scheme="xavier",
    )
    population = Population(
        MLP((16,), "tanh").build(features.shape[1], 3), settings, dtype=torch.float64, compiled=False
    )
    modules = [population.member(row).train() for row in range(num_seeds)]
    rate = torch.full((2 * num_seeds,), RATES[method], dtype=torch.float64)
    steps = []
    for _ in range(NUM_STEPS):
        train_step(population, features, labels, LOSSES["softmax"], rate, 0, NUM_ROWS)
        steps.append(population.parameters.clone())
    return torch.stack(steps), modules


def torch_weights(method: str, module: nn.Module, features: Tensor, labels: Tensor) -> Tensor:
    """The same training by torch.optim with weight_decay = λ/m on the weights, biases left out: (parameter,)."""
    groups = [
        {"params": [one for one in module.parameters() if one.dim() > 1], "weight_decay": DECAY},
        {"params": [one for one in module.parameters() if one.dim() == 1], "weight_decay": 0.0},
    ]
    optimisers = {"gradient-descent": torch.optim.SGD, "adam": torch.optim.Adam}
    optimiser = optimisers[method](groups, lr=RATES[method])
    for _ in range(NUM_STEPS):
        optimiser.zero_grad()
        functional.cross_entropy(module(features), labels).backward()
        optimiser.step()
    return torch.cat([one.detach().reshape(-1) for one in module.parameters()])


def run(seed: int = 0) -> Result:
    raw, labels = built_in("wine")
    assert len(labels) == NUM_ROWS
    features = torch.tensor(standardised(raw))
    seeds = list(range(seed, seed + NUM_SEEDS))
    picture, axes = blank_picture("L2 against decoupled decay, one network", "step", "distance ‖W − W'‖ / ‖W‖")
    rows = []
    for method in METHODS:
        steps, modules = trained(method, seeds, features, labels)
        with_l2, decayed = steps[:, :NUM_SEEDS], steps[:, NUM_SEEDS:]
        distance = _distance(with_l2, decayed)  # (step, seed)
        axes.plot(distance[:, 0].clamp(min=1e-17), label=method)
        end = distance[-1]
        what = f"{method}: L2 against decoupled decay, largest distance"
        if method == "gradient-descent":
            rows.append(Row(what, "equal", _short(end.max()), _share(end <= 1e-9)))
        elif method == "adam":
            what = what.replace("largest", "smallest")
            rows.append(Row(what, "different", _short(end.min()), _share(end >= 1e-3)))
        else:
            rows.append(Row(what, "", _short(end.max())))
        if method in ("gradient-descent", "adam"):
            reference = torch.stack([torch_weights(method, module, features, labels) for module in modules])
            far = _distance(with_l2[-1], reference)
            rows.append(
                Row(
                    f"{method}: λ/m as torch's weight_decay, largest distance",
                    "equal",
                    _short(far.max()),
                    _share(far <= 1e-9),
                )
            )
    axes.set(yscale="log")
    axes.legend()
    return Result(rows, RULE, picture)


def _distance(one: Tensor, other: Tensor) -> Tensor:
    return torch.linalg.vector_norm(one - other, dim=-1) / torch.linalg.vector_norm(one, dim=-1)


def _short(value: Tensor) -> float:
    return float(f"{value.item():.2g}")


def _share(agree: Tensor) -> float:
    return agree.double().mean().item()
