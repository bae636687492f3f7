"""Acting rounds in whole runs: repeatable, never lost, and what is undone leaves no trace."""

import itertools
from dataclasses import replace

import pytest
from kills import Killed
from safetensors.torch import load_file

from caviar.core.config import FitConfig
from caviar.core.files import read_json, read_json_lines
from caviar.recipe import cohorts, rounds, searches
from caviar.recipe.fit import fit, resume

MEMBERS = 46


class KillInTrial:
    """Progress that pulls the plug at the n-th epoch of the first trial."""

    def __init__(self, epochs):
        self.left = epochs

    def begin(self, folder, task):
        pass

    def say(self, text):
        pass

    def update(self, stage, *state):
        self.left -= stage == "round 1: act"
        if self.left == 0:
            raise Killed


@pytest.fixture(autouse=True)
def short_training(monkeypatch):
    monkeypatch.setattr(searches, "coarse_epochs", lambda *rows: 8)
    monkeypatch.setattr(cohorts, "CHECKPOINT_SECONDS", 0.0)  # a checkpoint each epoch


def config(folder):
    return FitConfig.checked(data="wine", members=MEMBERS, seed=0, threads=1, test_share=0, out=str(folder))


def diary(run):
    return [{name: value for name, value in step.items() if name != "seconds"} for step in steps_of(run)]


def steps_of(run):
    return read_json_lines(run / "steps.jsonl")


def trials_of(run):
    return [step for step in steps_of(run) if "trial" in step["effect"]]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(searches, "coarse_epochs", lambda *rows: 8)
        return fit(config(tmp_path_factory.mktemp("run") / "a"))


def assert_same(one, other):
    assert diary(one) == diary(other)
    first, second = load_file(one / "model.safetensors"), load_file(other / "model.safetensors")
    assert first.keys() == second.keys()
    assert all(first[name].equal(second[name]) for name in first)


def test_a_trial_tells_every_candidates_effect_over_seeds_and_rows(run):
    first, *_ = trials_of(run)
    trial = first["effect"]["trial"]
    assert first["stage"] == "round 1: act"
    assert first["effect"]["covers"] == "seeds and dev rows"
    assert trial["seeds"] >= 3
    assert first["members_trained"] == trial["seeds"] * (1 + len(trial["candidates"]))
    for one in trial["candidates"]:
        assert one["low"] <= one["difference"] <= one["high"]
        assert one["difference"] == pytest.approx(one["dev_error"] - trial["control"]["dev_error"])
        assert one["why"]
    assert sum(step["members_trained"] for step in steps_of(run)) == read_json(run / "result.json")["members_trained"]


def test_the_same_command_twice_gives_the_same_trials_and_weights(run, tmp_path):
    assert_same(run, fit(config(tmp_path / "b")))


@pytest.mark.parametrize("epochs", [1, 9])
def test_a_run_killed_in_a_trial_resumes_to_the_very_same_end(run, tmp_path, epochs):
    with pytest.raises(Killed):
        fit(config(tmp_path / "killed"), KillInTrial(epochs))
    assert not trials_of(tmp_path / "killed")
    assert_same(run, resume(tmp_path / "killed"))


def forced(monkeypatch, winner):
    """Let every trial end this way: the first candidate kept, or all undone."""
    hold_trial = rounds.hold_trial

    def hold(*given):
        trial = hold_trial(*given)
        tried = tuple(replace(one, pays=place == winner) for place, one in enumerate(trial.tried))
        return replace(trial, tried=tried, winner=winner)

    monkeypatch.setattr(rounds, "hold_trial", hold)


def test_an_undone_action_leaves_the_ensemble_and_the_base_as_they_were(tmp_path, monkeypatch):
    forced(monkeypatch, None)
    seen = []
    act = rounds._act

    def watched(recipe, *given):
        before = (recipe.ensemble, recipe.base, [member.number for member in recipe.pool.members])
        acted = act(recipe, *given)
        after = (recipe.ensemble, recipe.base, [member.number for member in recipe.pool.members])
        seen.append((acted, before == after and before[0] is after[0]))
        return acted

    monkeypatch.setattr(rounds, "_act", watched)
    run = fit(config(tmp_path / "undone"))
    assert (False, True) in seen
    assert all(unchanged for _, unchanged in seen)
    steps = steps_of(run)
    for before, step in itertools.pairwise(steps):
        if "trial" in step["effect"]:
            assert not step["effect"]["kept"]
            assert step["effect"]["ensemble"] == before["effect"]["ensemble"]


def test_a_kept_action_is_the_base_of_the_next_round(tmp_path, monkeypatch):
    forced(monkeypatch, 0)
    bases = []
    train_trial = rounds.train_trial
    monkeypatch.setattr(
        rounds,
        "train_trial",
        lambda trainer, stage, base, chosen, *more: (
            bases.append((base, chosen[0].setup)) or train_trial(trainer, stage, base, chosen, *more)
        ),
    )
    monkeypatch.setattr(rounds, "finer_searches", lambda *given: [])
    run = fit(config(tmp_path / "kept"))
    assert len(bases) >= 2
    assert [base for base, _ in bases[1:]] == [kept for _, kept in bases[:-1]]
    kept = [step for step in trials_of(run) if step["effect"]["kept"]]
    assert [step["action"] for step in kept] == [step["effect"]["trial"]["candidates"][0]["action"] for step in kept]
    assert read_json(run / "result.json")["members_trained"] <= MEMBERS
