"""All experiments, in the order of the notes. A new file is entered here by hand."""

from caviar.core.errors import SettingsError, nearest
from caviar.lab import (
    bias_variance,
    bigger_network,
    dropout_expectation,
    dropout_spreads_weights,
    early_stopping,
    framework,
    gradient_check,
    initialisation,
    input_normalisation,
    l1_sparsity,
    lambda_sweep,
    more_data,
    numerical_derivative,
    vanishing_exploding,
    weight_decay_equivalence,
    weighted_average,
)
from caviar.lab.experiment import Experiment

EXPERIMENTS: dict[str, Experiment] = {
    experiment.name: experiment for experiment in (
        bias_variance.EXPERIMENT,
        bigger_network.EXPERIMENT,
        more_data.EXPERIMENT,
        l1_sparsity.EXPERIMENT,
        weight_decay_equivalence.EXPERIMENT,
        lambda_sweep.EXPERIMENT,
        dropout_expectation.EXPERIMENT,
        dropout_spreads_weights.EXPERIMENT,
        early_stopping.EXPERIMENT,
        input_normalisation.EXPERIMENT,
        vanishing_exploding.EXPERIMENT,
        initialisation.EXPERIMENT,
        numerical_derivative.EXPERIMENT,
        gradient_check.EXPERIMENT,
        weighted_average.EXPERIMENT,
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
