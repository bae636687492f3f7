"""Watching a network that Caviar trains: what is seen is what happens, and the training never knows."""

import math

import numpy as np
import pytest
import torch

from caviar.diagnosis.cohort_observer import CohortObserver
from caviar.networks.mlp import MLP
from caviar.population.settings import Settings
from caviar.training import Cohort, Member, Plan, TrainingData


@pytest.fixture(scope="module")
def data() -> TrainingData:
    generator = torch.Generator().manual_seed(0)
    features = torch.randn(400, 6, generator=generator)
    labels = (features[:, 0] * features[:, 1] > 0).long()
    return TrainingData("binary", 2, features[:300], labels[:300], features[300:], labels[300:])


def cohort_of(data: TrainingData, batch_size: int = 30, activation: str = "relu", **values: object) -> Cohort:
    settings = Settings(1, **{"learning_rate": 0.01, "schedule": "constant"} | values)
    structure = MLP((16, 16), activation, batch_norm=True)
    return Cohort([Member(0, structure, settings.member(0), 0, 12)], data, Plan(12, batch_size, seed=5))


def watched(cohort: Cohort, epochs: int) -> CohortObserver:
    observer = CohortObserver()
    for _ in range(epochs):
        observer.look(cohort)
        cohort.train_epoch()
        observer.hear(cohort)
    return observer


def test_watching_changes_nothing(data: TrainingData) -> None:
    alone, seen = cohort_of(data, drop_rate=0.2), cohort_of(data, drop_rate=0.2)
    for _ in range(4):
        alone.train_epoch()
    random_before = torch.random.get_rng_state()
    watched(seen, 4)
    assert seen.members[0].curves == alone.members[0].curves
    assert seen.population.parameters.equal(alone.population.parameters)
    assert torch.random.get_rng_state().equal(random_before)


def test_the_step_that_is_seen_is_the_step_that_happens(data: TrainingData) -> None:
    """One batch an epoch, so that the epoch is the step."""
    cohort = cohort_of(data, batch_size=300, activation="tanh", weight_decay=0.1)
    observer = CohortObserver()
    observer.look(cohort)
    weight = "hidden.0.linear.weight"
    before = cohort.population.layout.views(cohort.population.parameters)[weight][0].clone()
    cohort.train_epoch()
    after = cohort.population.layout.views(cohort.population.parameters)[weight][0]
    health = observer.health(cohort)
    place = health.layers.names.index("hidden.0.linear")
    assert health.layers.update_ratio[0, place] == pytest.approx(
        float((after - before).norm() / before.norm()), rel=1e-4
    )
    assert health.layers.weight_norm[0, place] == pytest.approx(float(before.norm()), rel=1e-5)


def test_every_loss_is_heard_and_what_is_known_of_the_run_is_told(data: TrainingData) -> None:
    health = watched(cohort := cohort_of(data), 3).health(cohort)
    assert health.losses.shape == (30,) and health.num_steps == 30 and health.planned_steps == 120
    np.testing.assert_array_equal(health.watched, [1, 11, 21])
    assert health.known_nothing == pytest.approx(math.log(2)) and health.loss_kind == "cross-entropy"
    assert (health.optimiser.name, health.optimiser.beta1, health.from_start) == ("adam", 0.9, True)
    assert health.batch_norms is not None and {one.kind for one in health.activations} == {"relu"}


def test_going_back_forgets_what_came_after(data: TrainingData) -> None:
    cohort = cohort_of(data)
    observer = watched(cohort, 5)
    before = observer.health(cohort)
    observer.forget_after(3)
    after = observer.health(cohort)
    assert len(after.losses) == 30 and len(after.watched) == 3
    np.testing.assert_array_equal(after.losses, before.losses[:30])


@pytest.mark.parametrize(
    ("values", "disease"),
    [({"learning_rate": 1e-7}, "learning-rate-too-low"), ({"learning_rate": 1.0}, "learning-rate-too-high")],
)
def test_a_sick_training_is_found_out(data: TrainingData, values: dict, disease: str) -> None:
    cohort = cohort_of(data, **values)
    observer = watched(cohort, 6)
    found = {finding.id: finding.verdict for finding in observer.findings(cohort)}
    assert found[disease] == "present"


def test_a_healthy_training_has_nothing_grave(data: TrainingData) -> None:
    cohort = cohort_of(data)
    findings = watched(cohort, 10).findings(cohort)
    assert not [one.id for one in findings if one.verdict == "present" and one.severity == "high"]
