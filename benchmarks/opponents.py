"""Who the population is measured against: one short function each, set up as well as we know how.

Each returns models · epochs per second of one process. All load the batches of `loading.batches`, keep the data in
memory and use Adam; nobody logs, saves, or measures an error on the way.
"""

from collections.abc import Callable
from functools import lru_cache

import torch
from torch import nn

from benchmarks.loading import batches, made_rows
from benchmarks.loading import seconds_per_epoch as timed
from benchmarks.work import CLASSES, DROP_RATE, INPUTS, LEARNING_RATE, MEMBERS, Work


def torch_network(work: Work) -> nn.Module:
    layers: list[nn.Module] = []
    for num_in in (INPUTS, work.width):
        layers.append(nn.Linear(num_in, work.width, bias=not work.full))
        layers += [nn.BatchNorm1d(work.width)] if work.full else []
        layers += [nn.ReLU(), *([nn.Dropout(DROP_RATE)] if work.full else [])]
    return nn.Sequential(*layers, nn.Linear(work.width, CLASSES))


def fused_adam(parameters: object) -> torch.optim.Adam:
    return torch.optim.Adam(parameters, lr=LEARNING_RATE, fused=True)


def torch_loop(work: Work, threads: int, least_seconds: float) -> float:
    """A plain PyTorch loop."""
    torch.set_num_threads(threads)
    features, labels = made_rows(work.rows)
    model = torch_network(work)
    optimiser, loss_function = fused_adam(model.parameters()), nn.CrossEntropyLoss()

    def train_epoch(epoch: int) -> None:
        for rows in batches(work, epoch):
            optimiser.zero_grad()
            loss_function(model(features[rows]), labels[rows]).backward()
            optimiser.step()

    return 1 / timed(train_epoch, least_seconds)


def sklearn_loop(work: Work, threads: int, least_seconds: float) -> float:
    """scikit-learn's MLPClassifier: an epoch is one `partial_fit` on rows already in order, cheaper than `fit`'s."""
    from sklearn.neural_network import MLPClassifier
    from threadpoolctl import threadpool_limits

    features, labels = (each.numpy() for each in made_rows(work.rows))
    model = MLPClassifier(
        (work.width, work.width), batch_size=work.batch, learning_rate_init=LEARNING_RATE, shuffle=False
    )

    def train_epoch(epoch: int) -> None:
        order = torch.cat(batches(work, epoch)).numpy()
        model.partial_fit(features[order], labels[order], classes=range(CLASSES))

    with threadpool_limits(threads):
        return 1 / timed(train_epoch, least_seconds)


def modelbatch_population(work: Work, threads: int, least_seconds: float) -> float:
    """ModelBatch: K modules stacked and run through `torch.vmap`.

    One fused Adam for all members: faster than ModelBatch's own optimiser, which keeps parameter groups a member.
    """
    from modelbatch import ModelBatch

    torch.set_num_threads(threads)
    features, labels = made_rows(work.rows)
    stacked = ModelBatch([torch_network(work) for _ in range(MEMBERS)])
    optimiser, loss_function = fused_adam(stacked.stacked_params.values()), nn.functional.cross_entropy

    def train_epoch(epoch: int) -> None:
        for rows in batches(work, epoch):
            stacked.zero_grad()
            stacked.compute_loss(stacked(features[rows]), labels[rows], loss_function).backward()
            optimiser.step()

    return MEMBERS / timed(train_epoch, least_seconds)


def jax_population(work: Work, threads: int, least_seconds: float) -> float:
    """JAX: an epoch of K networks is one compiled program of `vmap` and `scan`; compiling is not counted."""
    import jax
    from jax import numpy as jnp

    jax.config.update("jax_platforms", "cpu")
    train, state = jax_program(work)

    def train_epoch(epoch: int) -> None:
        nonlocal state
        order = batches(work, epoch)
        ragged = len(order[-1]) != len(order[0])
        whole = torch.stack(order[:-1] if ragged else order).numpy()
        state = jax.block_until_ready(train(state, whole, order[-1].numpy() if ragged else None))

    state = jax.tree.map(jnp.copy, state)  # the program writes into what it is given
    return MEMBERS / timed(train_epoch, least_seconds)


@lru_cache(maxsize=8)
def jax_program(work: Work) -> tuple[Callable, tuple]:
    """(an epoch: state, whole batches (step, batch), a smaller last one or None → state; the first state)."""
    import jax
    from jax import numpy as jnp

    features, labels = (jnp.asarray(each.numpy()) for each in made_rows(work.rows))

    def loss(weights: list, x: jax.Array, y: jax.Array) -> jax.Array:
        for weight, bias in weights[:-1]:
            x = jax.nn.relu(x @ weight + bias)
        logits = x @ weights[-1][0] + weights[-1][1]
        return -jnp.take_along_axis(jax.nn.log_softmax(logits), y[:, None], 1).mean()

    def step(state: tuple, rows: jax.Array) -> tuple:
        weights, velocity, square, count = state
        gradients = jax.vmap(jax.grad(loss), (0, None, None))(weights, features[rows], labels[rows])
        count = count + 1
        velocity = jax.tree.map(lambda v, g: 0.9 * v + 0.1 * g, velocity, gradients)
        square = jax.tree.map(lambda s, g: 0.999 * s + 0.001 * g * g, square, gradients)
        rate, scale = LEARNING_RATE / (1 - 0.9**count), 1 / (1 - 0.999**count)
        weights = jax.tree.map(lambda w, v, s: w - rate * v / (jnp.sqrt(s * scale) + 1e-8), weights, velocity, square)
        return (weights, velocity, square, count), None

    def train(state: tuple, whole: jax.Array, rest: jax.Array | None) -> tuple:
        state, _ = jax.lax.scan(step, state, whole)
        return state if rest is None else step(state, rest)[0]

    keys = jax.random.split(jax.random.key(0), len(work.layers))
    weights = [
        (jax.random.normal(key, (MEMBERS, *shape)) * (2 / shape[0]) ** 0.5, jnp.zeros((MEMBERS, shape[1])))
        for key, shape in zip(keys, work.layers, strict=True)
    ]
    zeros = jax.tree.map(jnp.zeros_like, weights)
    state = (weights, zeros, jax.tree.map(jnp.copy, zeros), jnp.zeros(()))
    return jax.jit(train, donate_argnums=0), state
