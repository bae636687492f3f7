"""One training step of a whole population: forward, loss, backward, penalties, clipping, update."""

import torch
from torch import Tensor

from caviar.core.random import stream
from caviar.population.population import Population
from caviar.techniques.augmentation import augment, augmentation_draws
from caviar.techniques.clipping import clip_gradients
from caviar.techniques.losses import LOSSES, Loss
from caviar.techniques.penalties import add_l1_gradient, add_l2_gradient, decay_weights


def loss_for(task: str) -> Loss:
    """Softmax for classes (Notes 3.8; two classes are logistic regression), squared error for regression."""
    return LOSSES["squared" if task == "regression" else "softmax"]


@torch.no_grad()
def train_step(
    population: Population,
    features: Tensor,
    targets: Tensor,
    loss: Loss,
    rate: Tensor,
    seed: int,
    train_rows: int | Tensor,
    weights: Tensor | None = None,
    own_rows: bool = False,
    flip: bool = False,
) -> Tensor:
    """Update every member once on the same batch.

    Args:
        features: (batch, …), with `own_rows` (member, batch, …). targets: (batch,) or (batch, label).
        rate: (member,) learning rates of this step.
        seed: keys the dropout and augmentation draws together with the step's number.
        train_rows: the notes' m, which divides λ: one for all, or (member,).
        weights: of the rows, None, (batch,) or (member, batch), at least 0.
        flip: whether augmentation may mirror pictures.

    Returns:
        (member,) each member's loss on the batch, penalties not included.
    """
    if population.strength is not None and not own_rows:
        generator = stream(seed, "augmentation", population.step_count)
        draws = augmentation_draws(tuple(features.shape), generator).to(features.device)
        features, own_rows = augment(features, population.strength, draws, flip), True
    losses = population.gradients_of(features, targets, loss, seed, weights, own_rows)
    population.step_count += 1
    if population.fused_update is not None:
        population.fused_update.apply(rate, train_rows, population.step_count)
    else:
        plain_update(population, rate.unsqueeze(1), train_rows)
    population.take_averages()
    return losses


@torch.no_grad()
def train_steps(
    population: Population,
    features: Tensor,
    targets: Tensor,
    batches: list[Tensor],
    loss: Loss,
    rates: Tensor,
    seed: int,
    train_rows: int | Tensor,
    weights: Tensor | None = None,
    flip: bool = False,
) -> Tensor:
    """`train_step` for one batch after another; in one compiled call where the population has one.

    Args:
        features, targets, weights: all rows, (row, …), (row, …), None or (row,) or (member, row).
        batches: of row numbers, (batch,) each. rates: (step, member). flip: as in `train_step`.

    Returns:
        (step, member) losses.
    """
    alike = len({len(rows) for rows in batches}) == 1 and loss is LOSSES.get(loss.name)
    if population.fused is None or population.fused_update is None or population.strength is not None or not alike:
        return torch.stack(
            [
                train_step(
                    population, features[rows], targets[rows], loss, rate, seed, train_rows,
                    None if weights is None else weights[..., rows], flip=flip,
                )
                for rows, rate in zip(batches, rates, strict=True)
            ]
        )  # fmt: skip
    population.fused.key(seed, population.step_count)
    own = population.fused_update
    changes = (own.columns, own.spans, rates.numpy(), own.rows(train_rows), population.averaging.view(-1).numpy(),
               population.step_count)  # fmt: skip
    losses = population.fused.train_steps(
        features, targets, torch.stack(batches), loss, population.loss_columns, weights, changes
    )
    population.step_count += len(batches)
    return losses


def plain_update(population: Population, rate: Tensor, train_rows: int | Tensor) -> None:
    """Penalties, clipping and the optimiser, in place, in the order of a plain loop.

    L1 belongs to the loss, so it comes before clipping; L2 and decay belong to `torch.optim`, so they come after it.
    """
    parameters, gradients = population.parameters, population.gradients
    rows = train_rows.unsqueeze(1) if isinstance(train_rows, Tensor) else train_rows
    spans = population.layout.penalised_spans
    if population.use_l1:
        for span in spans:
            add_l1_gradient(gradients[:, span], parameters[:, span], population.l1 / rows)
    if population.use_clipping:
        clip_gradients(gradients, population.clip_norm)
    if population.use_l2:
        for span in spans:
            add_l2_gradient(gradients[:, span], parameters[:, span], population.l2 / rows)
    if population.use_decay:
        for span in spans:
            decay_weights(parameters[:, span], rate, population.weight_decay)
    population.update.apply(parameters, gradients, population.velocity, population.square, rate, population.step_count)
