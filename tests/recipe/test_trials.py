"""A trial's judgement, by members whose outputs are given; and how large a trial a budget pays for."""

from dataclasses import replace

import pytest
import torch

from caviar.diagnosis.intervals import Interval
from caviar.networks.mlp import MLP
from caviar.population.settings import Settings
from caviar.recipe import trials
from caviar.recipe.acting import plan_trial
from caviar.recipe.plans import Shape
from caviar.recipe.setups import Setup
from caviar.recipe.trials import hold_trial
from caviar.recipe.ways import Candidate
from caviar.training import Member, TrainingData

NUM_ROWS = 400
TARGETS = torch.randint(0, 3, (NUM_ROWS,), generator=torch.Generator().manual_seed(0))
SETUP = Setup(Shape(MLP(()), 64), Settings(1).member(0), 10)


def data_of(values):
    """Rows (row, 3) that linear members of weight 1 turn into their outputs."""
    return TrainingData("multiclass", 3, values, TARGETS, values, TARGETS)


def outputs_with(wrong_share):
    """Outputs more or less sure, and wrong on a share of the rows drawn at random."""
    noise = torch.randn(NUM_ROWS, 3, generator=torch.Generator().manual_seed(2))
    outputs = noise + 4.0 * torch.nn.functional.one_hot(TARGETS, 3)
    wrong = torch.rand(NUM_ROWS, generator=torch.Generator().manual_seed(1)) < wrong_share
    outputs[wrong] = outputs[wrong].roll(1, dims=1)
    return outputs


def member(number, blur=0.0, state="finished", kept=True):
    """Copies the features, plus `blur` times a mix of them, and a little of its seed's own."""
    mix, own = (torch.randn(3, 3, generator=torch.Generator().manual_seed(seed)) for seed in (8, number))
    weights = {"input_dropout.drop_rate": torch.tensor(0.0), "output.bias": torch.zeros(3)}
    weights["output.weight"] = torch.eye(3) + blur * mix + 0.03 * own
    return Member(number, MLP(()), Settings(1).member(0), 0, 10, state=state, weights=weights if kept else None)


def candidate(name):
    return Candidate(name, "high-bias", f"{name} it", "it helps", SETUP)


def trial_of(control, **tried):
    data = data_of(outputs_with(0.05))
    return hold_trial([candidate(name) for name in tried], control, list(tried.values()), data)


BAD = [member(seed, blur=1.2) for seed in (1, 2, 3, 4)]
GOOD = [member(seed, blur=0.02) for seed in (1, 2, 3, 4)]
BETTER = [member(seed, blur=0.6) for seed in (1, 2, 3, 4)]


def test_the_best_of_what_pays_is_kept_and_the_rest_undone():
    trial = trial_of(BAD, better=BETTER, good=GOOD, same=BAD)
    assert trial.winner == 1
    told = trial.to_json()
    assert [one["kept"] for one in told["candidates"]] == [False, True, False]
    good = told["candidates"][1]
    assert good["low"] <= good["difference"] <= good["high"] < 0
    assert good["dev_error"] == pytest.approx(told["control"]["dev_error"] + good["difference"])
    assert good["difference"] <= good["difference_without_luck"] + 1e-3
    assert told["candidates"][2]["why"] == "seeds and rows alone could make such a difference"


def test_nothing_is_kept_where_nothing_pays():
    trial = trial_of(GOOD, same=GOOD, worse=BAD)
    assert trial.winner is None
    assert [one.why for one in trial.tried] == [
        "seeds and rows alone could make such a difference",
        "dev error rises",
    ]
    assert trial.leader.candidate.name == "same"


def test_a_network_that_diverged_at_once_counts_as_one_that_knows_the_classes_shares():
    lost = [member(seed, state="diverged", kept=False) for seed in (1, 2, 3, 4)]
    trial = trial_of(lost, good=GOOD)
    most = torch.bincount(TARGETS).max().item() / NUM_ROWS
    assert trial.dev_error == pytest.approx(1 - most)
    assert trial.winner == 0
    assert trial_of(GOOD, lost=lost).winner is None


def test_what_the_budget_cut_short_is_not_judged():
    cut = [member(seed, blur=0.02, state="budget") for seed in (1, 2, 3, 4)]
    trial = trial_of(BAD, cut=cut, good=GOOD)
    assert trial.winner == 1
    assert trial.tried[0].effect is None
    assert trial_of([*BAD[:3], cut[3]], good=GOOD) is None


def test_regression_is_judged_by_rmse_in_the_targets_units():
    values = torch.linspace(-1, 1, NUM_ROWS).unsqueeze(1)
    data = TrainingData("regression", 1, values, values[:, 0], values, values[:, 0], unit=10.0)

    def scaled(factor, seed):
        weights = {"input_dropout.drop_rate": torch.tensor(0.0), "output.bias": torch.zeros(1)}
        weights["output.weight"] = torch.tensor([[factor + 0.001 * seed]])
        return Member(seed, MLP(()), Settings(1).member(0), 0, 10, state="finished", weights=weights)

    control, tried = [scaled(0.5, seed) for seed in range(3)], [scaled(0.9, seed) for seed in range(3)]
    trial = hold_trial([candidate("scale")], control, [tried], data)
    assert trial.dev_error == pytest.approx(10 * 0.499 * float((values**2).mean().sqrt()), rel=1e-4)
    assert trial.winner == 0
    assert trial.tried[0].effect.estimate == pytest.approx(-10 * 0.4 * float((values**2).mean().sqrt()), rel=1e-3)


VALUES = torch.linspace(-1, 1, NUM_ROWS).unsqueeze(1)
NUMBERS = TrainingData("regression", 1, VALUES, VALUES[:, 0], VALUES, VALUES[:, 0])


def line(slope, seed, shift=0.0):
    """A network that answers slope · x + shift; None: one that diverged."""
    weights = {"input_dropout.drop_rate": torch.tensor(0.0), "output.bias": torch.tensor([shift])}
    if slope is not None:
        weights["output.weight"] = torch.tensor([[slope + 0.001 * seed]])
    state = "diverged" if slope is None else "finished"
    return Member(seed, MLP(()), Settings(1).member(0), 0, 10, state=state, weights=None if slope is None else weights)


@pytest.mark.parametrize("slopes", [(1e6, -30.0, 700.0), (None, None, None), (None, 1e12, 50.0)])
def test_networks_that_flew_apart_count_as_twice_the_error_of_the_mean_however_far_they_flew(slopes):
    flown = [line(slope, seed) for seed, slope in enumerate(slopes)]
    sound = [line(0.9, seed) for seed in range(3)]
    trial = hold_trial([candidate("tame")], flown, [sound], NUMBERS)
    assert trial.dev_error == pytest.approx(2 * float((VALUES**2).mean().sqrt()), rel=1e-5)
    assert trial.winner == 0
    assert hold_trial([candidate("fly")], sound, [flown], NUMBERS).winner is None


def test_a_network_that_is_a_little_worse_than_the_mean_counts_as_it_is():
    trial = hold_trial(
        [candidate("better")],
        [line(-0.5, seed) for seed in range(3)],
        [[line(-0.4, seed) for seed in range(3)]],
        NUMBERS,
    )
    assert trial.dev_error == pytest.approx(1.499 * float((VALUES**2).mean().sqrt()), rel=1e-3)
    assert trial.winner == 0


def test_members_on_standardised_rows_are_compared_in_the_units_of_the_control():
    tenfold = replace(NUMBERS, train_targets=VALUES[:, 0] / 10, dev_targets=VALUES[:, 0] / 10, unit=10.0)
    control, same = [line(0.5, seed) for seed in range(3)], [line(0.05, seed / 10) for seed in range(3)]
    [tried] = hold_trial([candidate("rescale")], control, [same], NUMBERS, [tenfold]).tried
    assert tried.effect.estimate == pytest.approx(0, abs=1e-6)
    assert tried.loss_effect.estimate == pytest.approx(0, abs=1e-6)


def test_what_lowers_the_error_surely_comes_before_what_lowers_the_loss_alone(monkeypatch):
    sure, unsure = Interval(-0.03, -0.05, -0.01), Interval(-0.05, -0.11, 0.01)
    effects = {"error": [unsure, sure], "loss": [sure, sure]}
    monkeypatch.setattr(trials, "measured_effects", lambda changes, control, figure, looks: effects[figure])
    trial = trial_of(BAD, likely=GOOD, surely=BETTER)
    assert [one.pays for one in trial.tried] == [True, True]
    assert trial.winner == 1


@pytest.mark.parametrize(
    ("limits", "places", "num_seeds"),
    [((100, 100), (0, 1, 2), 5), ((30, 30), (0, 1, 2), 3), ((15, 30), (0, 2), 3), ((5, 8), (0,), 4), ((3, 5), (), 0)],
)
def test_a_trial_takes_the_candidates_it_can_pay_for_and_then_more_seeds(limits, places, num_seeds):
    costs = {"a": 1, "big": 6, "c": 2}
    tried = [Candidate(name, "none", name, "", Setup(SETUP.shape, {"cost": cost}, 1)) for name, cost in costs.items()]
    control = Setup(SETUP.shape, {"cost": 1}, 1)
    plan = plan_trial(tried, control, lambda setup: setup.settings["cost"], limits)
    assert (plan.places, plan.num_seeds) == (places, num_seeds)
