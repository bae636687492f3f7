"""An MLP population in test mode, compiled: its outputs, and the running averages of batch norm that they rest on."""

import numpy as np

from caviar.core.compiled import Array, compiled
from caviar.core.products import product
from caviar.networks.elementary import activate
from caviar.networks.fused_wiring import BETA, NUM_IN, NUM_OUT, SHIFT, UNITS, Wiring, weights_of


@compiled
def outputs_of_members(
    wiring: Wiring, parameters: Array, inputs: Array, means: Array, variances: Array, memory: Array, outputs: Array
) -> None:
    """Test mode: outputs (member, output, row) for inputs (input, row), as many rows at once as `memory` is made for.

    means, variances: batch norm's running averages of all hidden units, (member, unit).
    """
    layers, kind, normalised, epsilon = wiring
    number = inputs.dtype.type
    last, num_rows = len(layers) - 1, inputs.shape[1]
    widest = 1
    for layer in range(len(layers)):
        widest = max(widest, layers[layer, NUM_IN], layers[layer, NUM_OUT])
    piece = len(memory) // (3 * widest)
    third = piece * widest
    for start in range(0, num_rows, piece):
        batch = min(piece, num_rows - start)
        x = memory[: layers[0, NUM_IN] * batch].reshape(layers[0, NUM_IN], batch)
        for unit in range(x.shape[0]):
            for row in range(batch):
                x[unit, row] = inputs[unit, start + row]
        for member in range(len(parameters)):
            w, a = parameters[member], x
            for layer in range(last + 1):
                at = layers[layer]
                place = third * (1 + layer % 2)
                z = memory[place : place + at[NUM_OUT] * batch].reshape(at[NUM_OUT], batch)
                product(weights_of(w, at), False, a, z)
                for unit in range(at[NUM_OUT]):
                    slope, shift = number(1), w[at[SHIFT] + unit]
                    if normalised and layer < last:
                        slope = shift / np.sqrt(variances[member, at[UNITS] + unit] + epsilon)
                        shift = w[at[BETA] + unit] - slope * means[member, at[UNITS] + unit]
                    channel = z[unit]
                    for row in range(batch):
                        channel[row] = slope * channel[row] + shift
                    if layer < last:
                        activate(kind, channel)
                    else:
                        for row in range(batch):
                            outputs[member, unit, start + row] = channel[row]
                a = z


@compiled
def move_averages(mean: Array, var: Array, moments: Array, momentum: float, correction: float) -> None:
    """In place: running averages (member, unit) towards the moments (step, member, 2, unit) of one batch after another.

    `correction` m / (m − 1) makes the variance the unbiased one, as torch does.
    """
    number = mean.dtype.type
    share, corrected = number(momentum), number(momentum * correction)
    for step in range(moments.shape[0]):
        for member in range(mean.shape[0]):
            for unit in range(mean.shape[1]):
                mean[member, unit] += share * (moments[step, member, 0, unit] - mean[member, unit])
                var[member, unit] += corrected * moments[step, member, 1, unit] - share * var[member, unit]
