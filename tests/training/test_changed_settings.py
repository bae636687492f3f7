"""Settings that change on the way: the path is that of a plain loop whose settings change at that epoch."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from caviar.core.errors import SettingsError
from caviar.data.batches import epoch_batches
from caviar.networks.mlp import MLP
from caviar.population.settings import Settings
from caviar.training import Cohort, Member, Plan, TrainingData

ROWS, BATCH, SEED, EPOCHS, AT = 96, 32, 3, 8, 4


@pytest.fixture(scope="module")
def data() -> TrainingData:
    generator = torch.Generator().manual_seed(0)
    features = torch.randn(ROWS + 40, 5, generator=generator)
    labels = (features[:, 0] * features[:, 1] > 0).long()
    return TrainingData("binary", 2, features[:ROWS], labels[:ROWS], features[ROWS:], labels[ROWS:])


def cohort_of(data: TrainingData, num: int = 1, **values: object) -> Cohort:
    settings = Settings(num, **{"learning_rate": 0.02, "schedule": "constant"} | values)
    members = [Member(row, MLP((8,), "tanh"), settings.member(row), 0, EPOCHS) for row in range(num)]
    return Cohort(members, data, Plan(EPOCHS, BATCH, seed=SEED))


def trained(cohort: Cohort, **change: object) -> Cohort:
    for epoch in range(EPOCHS):
        if epoch == AT:
            cohort.change(change)
        cohort.train_epoch()
    return cohort


def plain_losses(network: nn.Module, data: TrainingData, change: dict[str, float]) -> list[float]:
    """The mean train loss of each epoch, as torch's own AdamW goes."""
    optimizer = torch.optim.AdamW(network.parameters(), lr=0.02, weight_decay=0.0)
    weights = [each for each in network.parameters() if each.dim() > 1]
    means = []
    for epoch in range(EPOCHS):
        if epoch == AT and "beta1" in change:
            optimizer.param_groups[0]["betas"] = (change["beta1"], 0.999)
        if epoch == AT and "learning_rate" in change:
            optimizer.param_groups[0]["lr"] = change["learning_rate"]
        decay, norm = (
            change.get(name, none) if epoch >= AT else none for name, none in (("weight_decay", 0), ("clip_norm", 1e9))
        )
        losses = []
        for rows in epoch_batches(ROWS, BATCH, SEED, epoch):
            loss = functional.cross_entropy(network(data.train_features[rows]), data.train_targets[rows])
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), norm)
            with torch.no_grad():
                for weight in weights:
                    weight *= 1 - optimizer.param_groups[0]["lr"] * decay
            optimizer.step()
            losses.append(loss.item() * len(rows))
        means.append(sum(losses) / ROWS)
    return means


@pytest.mark.parametrize(
    "change",
    [{"learning_rate": 0.1}, {"learning_rate": 0.002, "weight_decay": 2.0}, {"beta1": 0.5}, {"clip_norm": 0.01}],
)
def test_a_change_is_that_of_a_plain_loop_at_the_same_epoch(data: TrainingData, change: dict[str, float]) -> None:
    cohort = cohort_of(data)
    network = cohort.population.member(0).train()
    plain = plain_losses(network, data, change)
    unchanged = plain_losses(cohort.population.member(0).train(), data, {})
    ours = [point[0] for point in trained(cohort, **change).members[0].curves]
    np.testing.assert_allclose(ours, plain, rtol=1e-4)
    assert abs(plain[-1] / unchanged[-1] - 1) > 1e-3, "the change matters"


@pytest.mark.parametrize(
    "change", [{"drop_rate": 0.5}, {"augmentation": 0.3}, {"label_smoothing": 0.1}, {"schedule": "linear"}, {"l1": 1.0}]
)
def test_a_change_equals_a_run_that_had_the_setting_from_there_on(data: TrainingData, change: dict) -> None:
    changed = trained(cohort_of(data), **change)
    first, other = cohort_of(data), cohort_of(data, **change)
    for _ in range(AT):
        first.train_epoch()
    rates = {name: tensor for name, tensor in other.state().items() if name.endswith("drop_rate")}
    other.load_state(first.state() | rates, other.members)
    for _ in range(EPOCHS - AT):
        other.train_epoch()
    assert changed.members[0].curves[AT:] == other.members[0].curves
    assert changed.population.parameters.equal(other.population.parameters)
    assert changed.members[0].settings == other.members[0].settings


def test_a_change_that_changes_nothing_leaves_every_bit(data: TrainingData) -> None:
    assert trained(cohort_of(data), learning_rate=0.02).members[0].curves == trained(cohort_of(data)).members[0].curves


def test_a_change_out_of_range_changes_nothing(data: TrainingData) -> None:
    cohort = cohort_of(data)
    with pytest.raises(SettingsError, match="drop_rate must be at least 0 and below 1"):
        cohort.change({"learning_rate": 0.5, "drop_rate": 1.0})
    assert cohort.members[0].settings["learning_rate"] == 0.02
    assert cohort.rates(1)[0].item() == pytest.approx(0.02)


def test_a_change_is_for_every_member_that_still_trains(data: TrainingData) -> None:
    cohort = trained(cohort_of(data, 3, weight_decay=[0.0, 0.1, 0.2]), drop_rate=0.3)
    assert [member.settings["drop_rate"] for member in cohort.members] == [0.3] * 3
    assert [member.settings["weight_decay"] for member in cohort.members] == [0.0, 0.1, 0.2]


def test_the_losses_of_an_epoch_s_steps_average_to_its_train_loss(data: TrainingData) -> None:
    cohort = cohort_of(data, 2)
    cohort.train_epoch()
    assert cohort.step_losses.shape == (2, 3)
    np.testing.assert_allclose(
        cohort.step_losses.mean(1), [member.curves[0][0] for member in cohort.members], rtol=1e-5
    )
