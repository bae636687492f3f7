"""Row weights, averages of the weights and augmentation: each member as a plain PyTorch loop would have it."""

import math

import pytest
import torch
from torch.nn import functional

from caviar.core.random import stream
from caviar.data.batches import epoch_batches
from caviar.networks.mlp import MLP
from caviar.population.population import Population
from caviar.population.settings import Settings
from caviar.population.step import loss_for, train_step
from caviar.techniques.losses import LOSSES
from caviar.techniques.row_weights import bootstrap, folds, subsets
from caviar.training import Cohort, Member, Plan, TrainingData

ROWS, INPUTS = 90, 4
GENERATOR = torch.Generator().manual_seed(0)
FEATURES = torch.randn(ROWS, INPUTS, generator=GENERATOR)
LABELS = (FEATURES[:, 0] * FEATURES[:, 1] > 0).long()


def cohort_of(num, data, epochs=3, structure=None, **values):
    settings = Settings(num, seeds=[7] * num, **{"learning_rate": 0.02, "schedule": "constant", **values})
    structure = structure or MLP((6,), "tanh")
    members = [Member(row, structure, settings.member(row), 0, epochs) for row in range(num)]
    return Cohort(members, data, Plan(epochs, 32, seed=3))


def plainly(network, weights, epochs=3, rate=0.02, l2=0.0):
    """The same training of one member whose rows have weights: Σ w l / Σ w, λ/m with m = Σ w."""
    groups = [
        {"params": [p for p in network.parameters() if p.dim() > 1], "weight_decay": l2 / weights.sum().item()},
        {"params": [p for p in network.parameters() if p.dim() == 1]},
    ]
    optimiser = torch.optim.Adam(groups, lr=rate)
    network.train()
    for epoch in range(epochs):
        for rows in epoch_batches(ROWS, 32, 3, epoch):
            losses = functional.cross_entropy(network(FEATURES[rows]), LABELS[rows], reduction="none")
            optimiser.zero_grad()
            ((losses * weights[rows]).sum() / weights[rows].sum()).backward()
            optimiser.step()
    return network.eval()


@pytest.mark.parametrize(
    "weights",
    [folds(ROWS, 3, 0), bootstrap(ROWS, 3, 0), subsets(ROWS, [30, 60, 90], 0)],
    ids=["folds", "bootstrap", "sizes"],
)
def test_folds_resamples_and_training_set_sizes_are_members(weights):
    data = TrainingData("binary", 2, FEATURES, LABELS, FEATURES, LABELS, train_weights=weights, dev_weights=1 - weights)
    if (weights > 1).any() or (weights == 1).all(1).any():
        data = TrainingData("binary", 2, FEATURES, LABELS, FEATURES, LABELS, train_weights=weights)
    cohort = cohort_of(3, data, l2=0.3)
    starts = [cohort.population.member(row) for row in range(3)]
    cohort.run()
    for member, start, own in zip(cohort.members, starts, weights, strict=True):
        network = plainly(start, own, l2=0.3)
        judged = own.new_ones(ROWS) if data.dev_weights is None else 1 - own
        wrong = (network(FEATURES).argmax(1) != LABELS).float()
        assert member.curves[-1][2] == pytest.approx(((wrong * judged).sum() / judged.sum()).item(), abs=1e-6)
        losses = functional.cross_entropy(network(FEATURES), LABELS, reduction="none")
        assert member.curves[-1][1] == pytest.approx(((losses * judged).sum() / judged.sum()).item(), rel=2e-4)


def test_row_weights_stay_with_their_members_when_others_leave():
    weights = folds(ROWS, 4, 1)
    data = TrainingData("binary", 2, FEATURES, LABELS, FEATURES, LABELS, train_weights=weights, dev_weights=1 - weights)
    whole = cohort_of(4, data)
    whole.run()
    thinned = cohort_of(4, data, learning_rate=[0.02, math.inf, 0.02, 0.02])  # the second diverges at once
    thinned.run()
    assert thinned.members[1].state == "diverged"
    for row in (0, 2, 3):
        assert thinned.members[row].curves[-1] == pytest.approx(whole.members[row].curves[-1], rel=1e-4)


def test_a_member_is_judged_and_kept_by_the_average_of_its_weights():
    data = TrainingData("binary", 2, FEATURES, LABELS, FEATURES, LABELS)
    cohort = cohort_of(2, data, epochs=1, weight_average=[0.9, 0.0])
    start = cohort.population.member(0)
    cohort.train_epoch()
    optimiser, total, steps = torch.optim.Adam(start.parameters(), lr=0.02), 0.0, 0
    for rows in epoch_batches(ROWS, 32, 3, 0):
        optimiser.zero_grad()
        functional.cross_entropy(start.train()(FEATURES[rows]), LABELS[rows]).backward()
        optimiser.step()
        steps += 1
        total = 0.9 * total + 0.1 * start.output.weight.detach()
    torch.testing.assert_close(cohort.population.member(1).output.weight, start.output.weight, rtol=1e-4, atol=1e-6)
    averaged = cohort.population.member(0)
    torch.testing.assert_close(averaged.output.weight.detach(), total / (1 - 0.9**steps), rtol=1e-4, atol=1e-6)
    loss = functional.cross_entropy(averaged(FEATURES), LABELS).item()
    assert cohort.members[0].curves[-1][1] == pytest.approx(loss, rel=1e-4)
    torch.testing.assert_close(cohort.best["output.weight"][0], averaged.output.weight.detach())


@pytest.mark.parametrize("compiled", [True, False])
def test_noise_on_the_inputs_has_each_member_s_own_strength_and_common_draws(compiled):
    settings = Settings(3, seeds=[5] * 3, augmentation=[0.0, 0.2, 0.4], learning_rate=0.1, optimizer="gradient-descent")
    population = Population(MLP((5,), "tanh").build(INPUTS, 2), settings, torch.float64, compiled)
    networks = [population.member(row) for row in range(3)]
    features = FEATURES[:20].double()
    noise = torch.randn(20, INPUTS, generator=stream(9, "augmentation", 0)).double()
    train_step(population, features, LABELS[:20], loss_for("binary"), torch.full((3,), 0.1).double(), 9, 20)
    for row, network in enumerate(networks):
        optimiser = torch.optim.SGD(network.parameters(), lr=0.1)
        inputs = features + settings["augmentation"][row] * noise
        functional.cross_entropy(network.train()(inputs), LABELS[:20]).backward()
        optimiser.step()
        torch.testing.assert_close(population.member(row).hidden[0].linear.weight, network.hidden[0].linear.weight)


@pytest.mark.parametrize("name", [name for name in LOSSES if name != "softmax"])
@pytest.mark.parametrize("weighted", [False, True])
def test_compiled_steps_know_every_loss(name, weighted):
    generator = torch.Generator().manual_seed(3)
    outputs = 3 if name == "multi-label" else 1
    targets = torch.randn(20, generator=generator, dtype=torch.float64)
    if name == "logistic":
        targets = (targets > 0).long()
    if name == "multi-label":
        targets = torch.randint(0, 2, (20, 3), generator=generator).double()
        targets[torch.rand(20, 3, generator=generator) < 0.3] = math.nan
    weights = torch.randint(0, 3, (2, 20), generator=generator).double() if weighted else None
    both = []
    for compiled in (True, False):
        settings = Settings(2, label_smoothing=[0.1, 0.0], huber_delta=[0.5, 1.0], quantile=[0.2, 0.7])
        population = Population(MLP((5,), "silu").build(INPUTS, outputs), settings, torch.float64, compiled)
        rate = torch.full((2,), 0.01, dtype=torch.float64)
        features = FEATURES[:20].double()
        losses = [train_step(population, features, targets, LOSSES[name], rate, 1, 20, weights) for _ in range(5)]
        both.append((torch.stack(losses), population.parameters, population.gradients if not compiled else None))
    torch.testing.assert_close(both[0][0], both[1][0], rtol=1e-10, atol=1e-12)
    torch.testing.assert_close(both[0][1], both[1][1], rtol=1e-9, atol=1e-11)
