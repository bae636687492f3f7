"""All experiments, in the order of the notes. A new file is entered here by hand."""

from caviar.core.errors import SettingsError, nearest
from caviar.lab import (
    batch_norm_noise,
    batch_norm_or_dropout,
    batch_norm_scale_shift,
    batch_norm_speed,
    batch_norm_test_time,
    batch_size,
    bias_variance,
    bigger_network,
    coarse_to_fine,
    covariate_shift,
    dropout_expectation,
    dropout_spreads_weights,
    early_stopping,
    framework,
    gradient_check,
    initialisation,
    input_normalisation,
    l1_sparsity,
    lambda_sweep,
    learning_rate_decay,
    log_scale,
    more_data,
    numerical_derivative,
    optimisers,
    panda_vs_caviar,
    plateau_escape,
    random_vs_grid,
    saddle_points,
    softmax,
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
        batch_size.EXPERIMENT,
        weighted_average.EXPERIMENT,
        optimisers.EXPERIMENT,
        learning_rate_decay.EXPERIMENT,
        saddle_points.EXPERIMENT,
        plateau_escape.EXPERIMENT,
        random_vs_grid.EXPERIMENT,
        coarse_to_fine.EXPERIMENT,
        log_scale.EXPERIMENT,
        panda_vs_caviar.EXPERIMENT,
        batch_norm_scale_shift.EXPERIMENT,
        batch_norm_speed.EXPERIMENT,
        covariate_shift.EXPERIMENT,
        batch_norm_noise.EXPERIMENT,
        batch_norm_or_dropout.EXPERIMENT,
        batch_norm_test_time.EXPERIMENT,
        softmax.EXPERIMENT,
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
