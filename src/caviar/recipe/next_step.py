"""The next step on one setup, wherever it came from: what the findings call for, tried at once, measured. Notes 1.3."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from caviar.core.errors import SettingsError
from caviar.core.progress import Progress, Silent
from caviar.core.records import Finding, Step
from caviar.diagnosis.effects import FEWEST_SEEDS
from caviar.recipe.acting import cohorts_of
from caviar.recipe.actions import candidates
from caviar.recipe.setups import Setup
from caviar.recipe.standardising import Standards
from caviar.recipe.trial_words import trial_lines, trial_step
from caviar.recipe.trials import Trial, hold_trial
from caviar.recipe.ways import Candidate
from caviar.training import Member, Plan, TrainingData, train_in_groups

MOST_CANDIDATES = 6
LOOKS = (3, 6, 12)  # seeds: more where fewer leave it open whether any action lowers the error


@dataclass(frozen=True)
class StepTaken:
    """A step with its measured effect; the setup to go on with, and the members (seed,) that were trained by it.

    standards: what the rows are to be brought to for the setup, where that is new.
    """

    step: Step
    trial: Trial
    setup: Setup
    members: list[Member]
    told: list[str]
    standards: Standards | None = None


def take_step(
    setup: Setup,
    findings: Sequence[Finding],
    data: TrainingData,
    *,
    num_seeds: int | None = None,
    seed: int = 0,
    most: int = MOST_CANDIDATES,
    device: str = "cpu",
    progress: Progress | None = None,
) -> StepTaken:
    """Try what the findings call for on a setup, beside the setup as it is, and keep the best if it pays.

    Args:
        setup: how networks are trained so far, such as `Setup(Shape(MLP((2,)), 64), Settings(1).member(0), epochs=30)`.
        findings: of networks trained so, the gravest first; where they call for fewer than `most` actions, steps that
            are always worth a probe fill up.
        data: the train rows, and the dev rows to judge by; row weights, if any, are (row,).
        num_seeds: at least 3; by default 3, then 6, then 12, until the dev error of an action is surely lower. The
            intervals are the wider for it: looking three times must find chance no more often than looking once.
        seed: of the order of batches and dropout, alike for all; the first weights come from seed · 1,000 and the
            numbers above.

    Raises:
        SettingsError: fewer seeds, or no action.
    """
    if num_seeds is not None and num_seeds < FEWEST_SEEDS:
        raise SettingsError(f"an effect is measured on at least {FEWEST_SEEDS} seeds; got {num_seeds}.")
    if most < 1:
        raise SettingsError(f"at least one action must be tried; got {most}.")
    chosen = candidates(findings, setup, most=most)
    looks = LOOKS if num_seeds is None else (num_seeds,)
    bench = _Bench([setup, *(one.setup for one in chosen)], data, seed, device, progress or Silent())
    for total in looks:
        bench.train(total)
        trial = bench.judge(chosen, len(looks))
        if any(one.effect is not None and one.effect.high < 0 for one in trial.tried):
            break
    kept = 0 if trial.winner is None else trial.winner + 1
    members = [replace(member, number=row) for row, member in enumerate(bench.members[kept])]
    told = trial_lines("next step", trial, data.task == "regression")
    trained = [member for each in bench.members for member in each]
    step = trial_step(0, "next step", chosen, trial, sum(member.seconds for member in trained), len(trained))
    new = bench.setups[kept]
    return StepTaken(step, trial, new, members, told, bench.standards if new.raw != setup.raw else None)


class _Bench:
    """The setups of a trial, the first being the control, and the members (setup, seed) trained by them so far."""

    def __init__(self, setups: list[Setup], data: TrainingData, seed: int, device: str, progress: Progress):
        self.setups, self.seed, self.device, self.progress = setups, seed, device, progress
        self.members: list[list[Member]] = [[] for _ in setups]
        self.standards = Standards.of(data)
        standard = self.standards.data(data) if any(each.raw != setups[0].raw for each in setups) else data
        self.data = [data if each.raw == setups[0].raw else standard for each in setups]

    def train(self, num_seeds: int) -> None:
        """Members from as many seeds of every setup; those that are there stay."""
        seeds = range(len(self.members[0]), num_seeds)
        for places in cohorts_of(self.setups):
            setup = self.setups[places[0]]
            members = [
                Member(
                    number,
                    setup.shape.structure,
                    {**self.setups[place].settings, "seed": 1_000 * self.seed + seed},
                    0,
                    setup.epochs,
                    stage="next step",
                )
                for number, (place, seed) in enumerate((place, seed) for place in places for seed in seeds)
            ]
            plan = Plan(setup.epochs, setup.shape.batch_size, self.seed, patience=setup.patience, device=self.device)
            for cohort in train_in_groups(members, self.data[places[0]], plan, len(members), len(members)):
                self.progress.update("next step", len(cohort.members), None, None)
            for row, place in enumerate(places):
                self.members[place] += members[row * len(seeds) : (row + 1) * len(seeds)]

    def judge(self, chosen: Sequence[Candidate], num_looks: int) -> Trial:
        """What the candidates bring, by the members trained so far."""
        control, *changed = self.members
        trial = hold_trial(chosen, control, changed, self.data[0], self.data[1:], num_looks)
        assert trial is not None, "nothing cuts it short"
        return trial
