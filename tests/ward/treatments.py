"""The first action on every treatable patient: dev error before and after, with the interval of the difference."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from treatable import GROUNDS, TREATABLE, Treatable

import caviar
from caviar.api.next_steps import NextStep

LEAST_HELPED = 0.9


@dataclass(frozen=True)
class Treated:
    """A patient, the step that was taken, and the dev error of the sound training on the same rows."""

    patient: Treatable
    step: NextStep
    sound_error: float

    @property
    def helped(self) -> bool:
        """Whether the chosen action's interval of dev error lies below 0."""
        return self.step.kept and self.step.step.effect["high"] < 0


def treat(patient: Treatable) -> Treated:
    """Train it, diagnose it, and take the first action."""
    ground = GROUNDS[patient.ground]
    given = {"learning_rate": 0.005, "seed": 0} | patient.given
    trained = caviar.train(
        patient.network, _arrays(patient.ground), epochs=patient.epochs, batch_size=patient.batch_size, **given
    )
    return Treated(patient, caviar.next_step(trained, human_error=ground.optimal_error), _sound(patient.ground))


@cache
def _arrays(ground: str) -> tuple[np.ndarray, ...]:
    return GROUNDS[ground].arrays()


@cache
def _sound(ground: str) -> float:
    """Of the training that every patient but one of few rows was made from, on standardised columns."""
    train, targets, dev, dev_targets = _arrays(ground)
    mean, deviation = train.mean(axis=0), train.std(axis=0)
    scaled = [(part - mean) / np.where(deviation > 0, deviation, 1) for part in (train, dev)]
    rows = (scaled[0], targets, scaled[1], dev_targets)
    runs = caviar.train(caviar.MLP(hidden=(32, 32)), rows, epochs=15, batch_size=64, learning_rate=0.005, members=3)
    return float(runs.errors.mean())


def table(treated: list[Treated]) -> str:
    """A line a patient: what was planted and found, the action, dev error before and after, and the difference."""
    lines = [("case", "planted", "helped", "before", "after", "sound", "difference", "first finding → action")]
    for one in treated:
        effect, finding = one.step.step.effect, one.step.findings[0]
        root = one.patient.ground.startswith("waves")
        shown = [
            f"{each:.3f}" if root else f"{each:.1%}"
            for each in (effect["dev_error_before"], effect["dev_error_after"], one.sound_error)
        ]
        change = [
            f"{each:+.3f}" if root else f"{100 * each:+.1f}"
            for each in (effect[key] for key in ("difference", "low", "high"))
        ]
        action = one.step.step.action if one.step.kept else f"({one.step.step.action.split(';')[0]})"
        lines.append(
            (
                one.patient.name,
                one.patient.planted,
                "yes" if one.helped else "NO",
                *shown,
                f"{change[0]} [{change[1]}, {change[2]}], {effect['trial']['seeds']} seeds",
                f"{finding.id if finding.verdict == 'present' else 'none'} → {one.step.step.finding}: {action}",
            )
        )
    widths = [max(len(line[column]) for line in lines) for column in range(7)]
    return "\n".join(
        "  ".join([*(f"{cell:{width}}" for cell, width in zip(line, widths, strict=False)), line[7]]) for line in lines
    )


def treat_all(patients: tuple[Treatable, ...] = TREATABLE) -> bool:
    """Print the table and the total; whether enough were helped."""
    treated = [treat(patient) for patient in patients]
    helped = sum(one.helped for one in treated)
    print(table(treated))
    print(
        f"\n{helped} of {len(treated)} treatable patients: the first action lowers dev error by more than new seeds "
        "and dev rows explain"
    )
    return helped >= LEAST_HELPED * len(treated)
