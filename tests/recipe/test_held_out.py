"""Folds as one population, and labels flipped by hand that they must find."""

import json
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
import torch

from caviar.core.config import FitConfig
from caviar.core.progress import Silent
from caviar.data.builtin import read_builtin
from caviar.networks.mlp import MLP
from caviar.population.settings import Settings
from caviar.recipe.budget import Budget
from caviar.recipe.cohorts import CohortTrainer
from caviar.recipe.held_out import FILE, Trained, check_labels, held_out_probabilities
from caviar.recipe.journal import Journal
from caviar.recipe.plans import Shape
from caviar.recipe.preparation import Prepared, prepare
from caviar.techniques.row_weights import folds
from caviar.training import Cohort, Member, Plan

SHAPE = Shape(MLP((32,)), 64)


def flipped_digits(share: float) -> tuple[pl.DataFrame, np.ndarray]:
    """1,200 digits with a share of the labels replaced by another, and which ones."""
    frame, target = read_builtin("digits")
    frame = frame.rename({target: "digit"})[:1_200]
    draw = np.random.default_rng(0)
    flipped = draw.random(len(frame)) < share
    labels = frame["digit"].cast(pl.Int64).to_numpy()
    shifted = np.where(flipped, (labels + draw.integers(1, 10, len(frame))) % 10, labels)
    return frame.with_columns(digit=pl.Series(shifted)), flipped


def prepared_from(frame: pl.DataFrame) -> Prepared:
    return prepare(FitConfig.checked(data="digits", target="digit", members=8, test_share=0.1), frame)


def trained(prepared: Prepared, *, epochs: int = 12, members: int = 1) -> list[Member]:
    population = [
        Member(row, SHAPE.structure, Settings(1, learning_rate=0.005, seeds=[row]).member(0), 0, epochs)
        for row in range(members)
    ]
    Cohort(population, prepared.training, Plan(epochs, SHAPE.batch_size, 0)).run()
    return population


def trainer_of(folder, prepared: Prepared, budget: Budget) -> CohortTrainer:
    """One that has trained its members."""
    journal = Journal(folder / "journal.jsonl", budget)
    trainer = CohortTrainer(folder, prepared.training, 0, budget, journal, None, None, Silent())  # type: ignore[arg-type]
    trainer.members = trained(prepared)
    trainer.shapes = [SHAPE] * len(trainer.members)
    return trainer


@pytest.mark.parametrize(("share", "precision", "recall"), [(0.1, 0.85, 0.75), (0.3, 0.85, 0.75)])
def test_flipped_digits_are_listed_by_their_row_in_the_file(tmp_path, share, precision, recall):
    frame, flipped = flipped_digits(share)
    prepared = prepared_from(frame)
    check = check_labels(trainer_of(tmp_path, prepared, Budget(None, 60)), prepared, tmp_path)
    listed = pl.read_csv(tmp_path / FILE)
    right = flipped[listed["row"].to_numpy() - 1]
    looked_at = np.concatenate([prepared.split.rows["train"], prepared.split.rows["dev"]])
    assert right.mean() >= precision
    assert right.sum() / flipped[looked_at].sum() >= recall
    assert check.contradicted / check.surest == pytest.approx(share, abs=0.08)
    assert set(listed["row"].to_list()) <= set((looked_at + 1).tolist())  # no test row
    given = frame["digit"].gather(listed["row"] - 1).to_list()
    assert listed["given"].to_list() == given
    assert check.examples[0].row == listed["row"][0] and listed["confidence"][0] > 0.8


def test_healthy_digits_have_next_to_no_label_in_doubt(tmp_path):
    prepared = prepared_from(flipped_digits(0.0)[0])
    check = check_labels(trainer_of(tmp_path, prepared, Budget(None, 60)), prepared, tmp_path)
    assert check.contradicted <= 1 and check.doubted <= 10


def test_no_row_is_judged_by_a_network_that_saw_its_label():
    """Two rows of one fold exchange their labels: the network that answers for that fold does not notice."""
    data = prepared_from(flipped_digits(0.0)[0]).training
    features, targets = data.train_features[:200], torch.arange(200) % 10
    member = Member(0, SHAPE.structure, Settings(1, learning_rate=0.01).member(0), 0, 3, best_epoch=3)
    model, fold = Trained(SHAPE, (member,)), folds(200, 4, 0, targets).argmin(dim=0)
    first, twin = next(
        (row, other)
        for row in range(200)
        for other in range(row + 1, 200)
        if fold[row] == fold[other]
        and targets[row] != targets[other]
        and torch.equal(_swapped_folds(targets, row, other), fold)
    )
    swapped = targets.clone()
    swapped[first], swapped[twin] = targets[twin], targets[first]
    before, after = (held_out_probabilities(model, data, features, each, 4, 0) for each in (targets, swapped))
    same_fold = (fold == fold[first]).numpy()
    assert np.array_equal(before[same_fold], after[same_fold])
    assert not np.array_equal(before[~same_fold], after[~same_fold])


def _swapped_folds(targets: torch.Tensor, row: int, other: int) -> torch.Tensor:
    swapped = targets.clone()
    swapped[row], swapped[other] = targets[other], targets[row]
    return folds(200, 4, 0, swapped).argmin(dim=0)


def test_each_fold_is_the_same_as_trained_alone_on_the_other_rows():
    """Folds in one population against a lone member with that fold's weights: the same answers on the held-out rows."""
    prepared = prepared_from(flipped_digits(0.0)[0])
    data = prepared.training
    settings = Settings(1, learning_rate=0.01).member(0)
    member = Member(0, SHAPE.structure, settings, 0, 3, best_epoch=3)
    together = held_out_probabilities(Trained(SHAPE, (member,)), data, data.train_features, data.train_targets, 3, 0)
    weights = folds(len(data.train_targets), 3, 0, data.train_targets)
    for fold in range(3):
        lone = Member(0, SHAPE.structure, settings, 0, 3)
        cohort = Cohort([lone], replace(data, train_weights=weights[fold : fold + 1]), Plan(3, SHAPE.batch_size, 0))
        for _ in range(3):
            cohort.train_epoch()
        with cohort.population.evaluated():
            outputs = torch.cat([piece for _, piece in cohort.population.predict(data.train_features)], dim=2)[0].T
        held_out = (weights[fold] == 0).numpy()
        alone = torch.softmax(outputs, dim=1).numpy()
        assert np.allclose(together[held_out], alone[held_out], atol=1e-4)


def test_a_budget_too_small_for_folds_is_said_to_be(tmp_path):
    prepared = prepared_from(flipped_digits(0.0)[0])
    few = check_labels(trainer_of(tmp_path, prepared, Budget(None, 20)), prepared, tmp_path)
    assert "3 folds are more than a tenth of the 20 members" in few.why_not
    short = tmp_path / "short"
    short.mkdir()
    trainer = trainer_of(short, prepared, Budget(1e6, None))
    trainer.members[0].seconds = 1e9
    assert "up to a tenth of the budget" in check_labels(trainer, prepared, short).why_not


def test_after_a_kill_the_answer_is_remembered(tmp_path):
    prepared = prepared_from(flipped_digits(0.1)[0])
    first = check_labels(trainer_of(tmp_path, prepared, Budget(None, 60)), prepared, tmp_path)
    (tmp_path / FILE).unlink()
    again = check_labels(trainer_of(tmp_path, prepared, Budget(None, 60)), prepared, tmp_path)
    assert first == again and not (tmp_path / FILE).exists()
    assert json.loads((tmp_path / "journal.jsonl").read_text().splitlines()[0])["name"] == "labels"


def test_numbers_are_not_checked(tmp_path):
    frame, target = read_builtin("diabetes")
    prepared = prepare(FitConfig.checked(data="diabetes", target=target, members=8), frame)
    assert check_labels(None, prepared, tmp_path) is None  # type: ignore[arg-type]


def test_out_of_time_in_the_first_half_there_is_no_answer_and_later_an_early_one():
    data = prepared_from(flipped_digits(0.0)[0]).training
    member = Member(0, SHAPE.structure, Settings(1, learning_rate=0.01).member(0), 0, 6, best_epoch=6)

    def asked_after(looks: int) -> np.ndarray | None:
        left = iter(range(looks))
        model = Trained(SHAPE, (member,))
        rows = data.train_features, data.train_targets
        return held_out_probabilities(model, data, *rows, 3, 0, lambda: next(left, None) is None)

    assert asked_after(0) is None
    whole = asked_after(10_000)
    early = next(one for looks in range(1, 200) if (one := asked_after(looks)) is not None)
    assert np.allclose(early.sum(axis=1), 1) and not np.array_equal(early, whole)
