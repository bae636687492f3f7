"""Steps of an MLP population, compiled: forward, loss, backward and update of one member after the other.

    Z = WA + b,  A = g(Z)        dZ = dA · g'(Z),  dW = dZ Aᵀ,  db = Σ dZ,  dA = Wᵀ dZ

A member's activations stay in the processor's cache from its forward to its backward pass, and take the memory of one
member, however many there are.
"""

import numpy as np

from caviar.core.compiled import Array, compiled
from caviar.core.products import product, product_with_turned
from caviar.networks.elementary import RELU
from caviar.networks.fused_layers import (
    backward_normalised,
    backward_plain,
    drop,
    forward_normalised,
    forward_plain,
)
from caviar.networks.fused_losses import loss_and_slope
from caviar.networks.fused_wiring import (
    BETA,
    NUM_IN,
    NUM_OUT,
    SHIFT,
    UNITS,
    Aim,
    Changes,
    Matrices,
    Rows,
    Wiring,
    weights_of,
)
from caviar.techniques.fused_update import update


@compiled
def train_steps(
    wiring: Wiring,
    matrices: Matrices,
    data: Rows,
    weights: Array,
    counts: Array,
    aim: Aim,
    changes: Changes,
    batches: Array,
    drop_rates: Array,
    draws: Array,
    memory: Array,
    moments: Array,
    losses: Array,
) -> None:
    """Several whole steps in a row.

    Args:
        data: all rows, shared by the members. weights: of the rows, (1 or member, row), without rows where all are 1.
        counts: targets that each row has, (row,), or empty where each has one. batches: (step, batch) row numbers.
        drop_rates: (member, layer). draws: (step, unit, batch), one unit where nothing is dropped.
        moments: (step, member, 2, unit), filled with batch norm's means and variances.
        losses: (step, member), filled.
    """
    num_inputs, batch = data.inputs.shape[0], batches.shape[1]
    number = data.inputs.dtype.type
    inputs = np.empty((num_inputs, batch), data.inputs.dtype)
    labels = np.empty(batch if len(data.labels) else 0, data.labels.dtype)
    values = np.empty((batch if len(data.values) else 0, data.values.shape[1]), data.values.dtype)
    shares = np.empty((max(1, len(weights)), batch), data.inputs.dtype)
    for step in range(len(batches)):
        rows = batches[step]
        for unit in range(num_inputs):
            for place in range(batch):
                inputs[unit, place] = data.inputs[unit, rows[place]]
        for place in range(len(labels)):
            labels[place] = data.labels[rows[place]]
        for place in range(len(values)):
            for output in range(values.shape[1]):
                values[place, output] = data.values[rows[place], output]
        for member in range(len(shares)):
            fill_shares(shares[member], weights, member, counts, rows)
        for member in range(len(matrices.parameters)):
            losses[step, member] = member_step(
                wiring, matrices.parameters[member], matrices.gradients[member], inputs, labels, values, aim.loss,
                aim.smoothing[member], aim.setting[member], shares[member if len(shares) > 1 else 0],
                drop_rates[member], draws[step], memory, moments[step, member],
            )  # fmt: skip
        update(
            matrices.parameters, matrices.gradients, matrices.velocity, matrices.square, changes.columns,
            changes.rates[step], changes.rows, changes.steps_before + step + 1, changes.spans,
        )  # fmt: skip
        for member in range(len(matrices.averages) if matrices.averages.shape[1] else 0):
            average, w, kept = matrices.averages[member], matrices.parameters[member], number(changes.averaging[member])
            for i in range(len(w)):
                average[i] = kept * average[i] + (number(1) - kept) * w[i]


@compiled
def gradients_of_members(
    wiring: Wiring,
    parameters: Array,
    gradients: Array,
    data: Rows,
    shares: Array,
    aim: Aim,
    drop_rates: Array,
    draws: Array,
    memory: Array,
    moments: Array,
    losses: Array,
) -> None:
    """Forward, loss and backward of every member on one batch, whose rows are `data`, (1 or member, input, batch).

    shares (1 or member, batch), draws (unit, batch), moments (member, 2, unit), losses (member,).
    """
    for member in range(len(parameters)):
        losses[member] = member_step(
            wiring, parameters[member], gradients[member], data.inputs[member if len(data.inputs) > 1 else 0],
            data.labels, data.values, aim.loss, aim.smoothing[member], aim.setting[member],
            shares[member if len(shares) > 1 else 0], drop_rates[member], draws, memory, moments[member],
        )  # fmt: skip


@compiled
def member_step(
    wiring: Wiring,
    w: Array,
    g: Array,
    x: Array,
    labels: Array,
    values: Array,
    loss: int,
    smoothing: float,
    setting: float,
    share: Array,
    drop_rates: Array,
    draws: Array,
    memory: Array,
    moments: Array,
) -> float:
    """One member's mean loss; its gradient goes to g. w, g (parameter,), x (input, batch), moments (2, unit)."""
    layers, kind, normalised, epsilon = wiring
    last, num_inputs, batch = len(layers) - 1, x.shape[0], x.shape[1]
    num_units = layers[last, UNITS] + layers[last, NUM_OUT]
    all_z = memory[: num_units * batch].reshape(num_units, batch)
    # ReLU's slope can be read off its output, so without batch norm z need not outlive a
    over_z = kind == RELU and not normalised
    all_a = all_z if over_z else memory[num_units * batch : 2 * num_units * batch].reshape(num_units, batch)
    dropped, rows, spare = _spare_memory(memory[2 * num_units * batch :], num_inputs, batch)
    third = len(spare) // 3
    turned = spare[2 * third :]
    if drop_rates[0] > 0:
        for unit in range(num_inputs):
            for row in range(batch):
                dropped[unit, row] = x[unit, row]
            drop(dropped[unit], draws[unit], drop_rates[0])
        x = dropped
    a = x
    for layer in range(last + 1):
        at = layers[layer]
        units, shift = slice(at[UNITS], at[UNITS] + at[NUM_OUT]), w[at[SHIFT] : at[SHIFT] + at[NUM_OUT]]
        z = all_z[units]
        product(weights_of(w, at), False, a, z)
        if layer == last:
            for unit in range(at[NUM_OUT]):
                for row in range(batch):
                    z[unit, row] += shift[unit]
            continue
        rate = drop_rates[layer + 1]
        drawn = draws[num_inputs + at[UNITS] :] if rate > 0 else draws
        a = all_a[units]
        if normalised:
            beta = w[at[BETA] : at[BETA] + at[NUM_OUT]]
            forward_normalised(z, shift, beta, epsilon, kind, drawn, rate, a, moments[:, units])
        else:
            forward_plain(z, shift, kind, drawn, rate, a)
    dz = all_z[layers[last, UNITS] :]
    result = loss_and_slope(loss, dz, labels, values, smoothing, setting, share, rows)
    for layer in range(last, -1, -1):
        at = layers[layer]
        units, shifts = slice(at[UNITS], at[UNITS] + at[NUM_OUT]), slice(at[SHIFT], at[SHIFT] + at[NUM_OUT])
        if layer == last:
            add_up(dz, g[shifts])
        else:
            rate = drop_rates[layer + 1]
            drawn = draws[num_inputs + at[UNITS] :] if rate > 0 else draws
            if normalised:
                betas = slice(at[BETA], at[BETA] + at[NUM_OUT])
                backward_normalised(
                    dz, all_a[units], all_z[units], w[shifts], w[betas], moments[:, units], epsilon, kind, drawn, rate,
                    g[shifts], g[betas], rows[2],
                )  # fmt: skip
            else:
                backward_plain(dz, all_a[units], all_z[units], kind, drawn, rate, g[shifts])
        below = x
        if layer > 0:
            below = all_a[layers[layer - 1, UNITS] : at[UNITS]]
        product_with_turned(dz, below, turned, weights_of(g, at))
        if layer > 0:
            start = third * (layer % 2)
            da = spare[start : start + at[NUM_IN] * batch].reshape(at[NUM_IN], batch)
            product(weights_of(w, at), True, dz, da)
            dz = da
    return result


def memory_size(layers: Array, batch: int) -> int:
    """Numbers that `member_step` works in: z and a of all layers, the inputs dropped, three rows, da twice, aᵀ."""
    units, widest = layers[:, NUM_OUT].sum(), layers[:, : NUM_OUT + 1].max()
    return int(batch * (2 * units + 3 * widest + layers[0, NUM_IN] + 3))


@compiled
def _spare_memory(memory: Array, num_inputs: int, batch: int) -> tuple[Array, Array, Array]:
    """The rest of `memory_size`: dropped inputs (input, batch), rows (3, batch), and what is left, flat."""
    dropped = memory[: num_inputs * batch].reshape(num_inputs, batch)
    rows = memory[num_inputs * batch : (num_inputs + 3) * batch].reshape(3, batch)
    return dropped, rows, memory[(num_inputs + 3) * batch :]


@compiled
def fill_shares(share: Array, weights: Array, member: int, counts: Array, rows: Array) -> None:
    """Each row's part of a member's mean, (batch,): w · c / Σ w · c, as techniques/losses.py has it."""
    number = share.dtype.type
    total = 0.0
    for place in range(len(rows)):
        importance = weights[member, rows[place]] if len(weights) else number(1)
        if len(counts):
            importance *= counts[rows[place]]
        share[place] = importance
        total += importance
    for place in range(len(rows)):
        share[place] = number(share[place] / total) if total > 0 else number(0)


@compiled
def add_up(dz: Array, bias_gradient: Array) -> None:
    """Db = Σ dz over the batch."""
    for unit in range(dz.shape[0]):
        total = dz.dtype.type(0)
        for row in range(dz.shape[1]):
            total += dz[unit, row]
        bias_gradient[unit] = total
