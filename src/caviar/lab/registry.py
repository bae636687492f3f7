"""All experiments, in the order of the notes. A new file is entered here by hand."""

from caviar.core.errors import SettingsError, nearest
from caviar.lab import (
    batch_size,
    coarse_to_fine,
    dropout_expectation,
    framework,
    initialisation,
    input_normalisation,
    learning_rate_decay,
    log_scale,
    numerical_derivative,
    optimisers,
    panda_vs_caviar,
    random_vs_grid,
    saddle_points,
    weight_decay_equivalence,
    weighted_average,
)
from caviar.lab.experiment import Experiment

EXPERIMENTS: dict[str, Experiment] = {
    experiment.name: experiment for experiment in (
        weight_decay_equivalence.EXPERIMENT,
        dropout_expectation.EXPERIMENT,
        input_normalisation.EXPERIMENT,
        initialisation.EXPERIMENT,
        numerical_derivative.EXPERIMENT,
        batch_size.EXPERIMENT,
        weighted_average.EXPERIMENT,
        optimisers.EXPERIMENT,
        learning_rate_decay.EXPERIMENT,
        saddle_points.EXPERIMENT,
        random_vs_grid.EXPERIMENT,
        coarse_to_fine.EXPERIMENT,
        log_scale.EXPERIMENT,
        panda_vs_caviar.EXPERIMENT,
        framework.EXPERIMENT,
    )
}  # fmt: skip


def find(name: str) -> Experiment:
    """The experiment of that name. Raises SettingsError, with the nearest name, where there is none."""
    if name not in EXPERIMENTS:
        raise SettingsError(
            f"experiment {name!r} is unknown.{nearest(name, list(EXPERIMENTS))} `caviar lab list` names all."
        )
    return EXPERIMENTS[name]
