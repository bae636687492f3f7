"""The next step on one setup, wherever it came from: what the findings call for, tried at once, measured. Notes 1.3."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from caviar.core.errors import SettingsError
from caviar.core.progress import Progress, Silent
from caviar.core.records import Finding, Step
from caviar.diagnosis.effects import FEWEST_SEEDS, USUAL_SEEDS
from caviar.recipe.acting import cohorts_of
from caviar.recipe.actions import MOST_CANDIDATES, candidates
from caviar.recipe.setups import Setup
from caviar.recipe.trial_words import trial_lines, trial_step
from caviar.recipe.trials import Trial, hold_trial
from caviar.training import Member, Plan, TrainingData, train_in_groups


@dataclass(frozen=True)
class StepTaken:
    """A step with its measured effect; the setup to go on with, and the members (seed,) that were trained by it."""

    step: Step
    trial: Trial
    setup: Setup
    members: list[Member]
    told: list[str]


def take_step(
    setup: Setup,
    findings: Sequence[Finding],
    data: TrainingData,
    *,
    num_seeds: int = USUAL_SEEDS,
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
        num_seeds: at least 3. seed: of the order of batches and dropout, alike for all; the first weights come from
            seed · 1,000 and the numbers above.

    Raises:
        SettingsError: fewer seeds, or no action.
    """
    if num_seeds < FEWEST_SEEDS:
        raise SettingsError(f"an effect is measured on at least {FEWEST_SEEDS} seeds; got {num_seeds}.")
    if most < 1:
        raise SettingsError(f"at least one action must be tried; got {most}.")
    chosen = candidates(findings, setup, most=most)
    setups = [setup, *(one.setup for one in chosen)]
    found: dict[int, list[Member]] = {}
    progress = progress or Silent()
    for places in cohorts_of(setups):
        shape, epochs, patience = setups[places[0]].shape, setups[places[0]].epochs, setups[places[0]].patience
        members = [
            Member(
                row,
                shape.structure,
                {**setups[place].settings, "seed": 1_000 * seed + row % num_seeds},
                0,
                epochs,
                stage="next step",
            )
            for row, place in enumerate(place for place in places for _ in range(num_seeds))
        ]
        plan = Plan(epochs, shape.batch_size, seed, patience=patience, device=device)
        for cohort in train_in_groups(members, data, plan, len(members), len(members)):
            progress.update("next step", len(cohort.members), None, None)
        for row, place in enumerate(places):
            found[place] = members[row * num_seeds : (row + 1) * num_seeds]
    trial = hold_trial(chosen, found[0], [found[place] for place in range(1, len(setups))], data)
    assert trial is not None, "nothing cuts it short"
    kept = 0 if trial.winner is None else trial.winner + 1
    members = [replace(member, number=row) for row, member in enumerate(found[kept])]
    told = trial_lines("next step", trial, data.task == "regression")
    seconds = sum(member.seconds for each in found.values() for member in each)
    step = trial_step(0, "next step", chosen, trial, seconds, num_seeds * len(setups))
    return StepTaken(step, trial, setups[kept], members, told)
