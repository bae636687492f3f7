"""One training step of a whole population: forward, loss, backward, penalties, clipping, update."""

from collections.abc import Callable

import torch
from torch import Tensor

from caviar.population.population import Population
from caviar.techniques.clipping import clip_gradients
from caviar.techniques.losses import softmax_cross_entropy, squared_error
from caviar.techniques.penalties import add_l1_gradient, add_l2_gradient, decay_weights

Loss = Callable[[Tensor, Tensor, Tensor], Tensor]
"""(outputs (member, output, batch), targets (batch,), label smoothing (member,)) → (member,)"""


def loss_for(task: str) -> Loss:
    """Softmax for classes (Notes 3.8; two classes are logistic regression), squared error for regression."""
    if task == "regression":
        return lambda outputs, targets, smoothing: squared_error(outputs, targets)
    return softmax_cross_entropy


def train_step(
    population: Population, features: Tensor, targets: Tensor, loss: Loss, rate: Tensor, seed: int, train_rows: int
) -> Tensor:
    """Update every member once on the same batch.

    Args:
        features: (batch, input). targets: (batch,). rate: (member,) learning rates of this step.
        seed: keys the dropout draws together with the step's number. train_rows: the notes' m, which divides λ.

    Returns:
        (member,) each member's loss on the batch, penalties not included.
    """
    population.forward.key(seed, population.step_count)
    losses = loss(population.forward.outputs(features, training=True), targets, population.smoothing)
    population.collect_gradients(losses)
    with torch.no_grad():
        _update(population, rate.unsqueeze(1), train_rows)
    return losses.detach()


def _update(population: Population, rate: Tensor, train_rows: int) -> None:
    """Penalties, clipping and the optimiser, in place, in the order of a plain loop.

    L1 belongs to the loss, so it comes before clipping; L2 and decay belong to `torch.optim`, so they come after it.
    """
    parameters, gradients = population.parameters, population.gradients
    spans = population.layout.penalised_spans
    if population.use_l1:
        for span in spans:
            add_l1_gradient(gradients[:, span], parameters[:, span], population.l1 / train_rows)
    if population.use_clipping:
        clip_gradients(gradients, population.clip_norm)
    if population.use_l2:
        for span in spans:
            add_l2_gradient(gradients[:, span], parameters[:, span], population.l2 / train_rows)
    if population.use_decay:
        for span in spans:
            decay_weights(parameters[:, span], rate, population.weight_decay)
    population.step_count += 1
    population.update.apply(parameters, gradients, population.velocity, population.square, rate, population.step_count)
