"""What compiled steps are told: the network's wiring, the rows, the aim, the population's matrices, how they change."""

from typing import NamedTuple

from caviar.core.compiled import Array, compiled

# The columns of the table that says where a layer's numbers lie: units in and out; in a member's row its weights, and
# its bias or γ and then β; its first unit among all units. Its draws come after those of the inputs and layers before.
NUM_IN, NUM_OUT, WEIGHT, SHIFT, BETA, UNITS, NUM_COLUMNS = range(7)


class Wiring(NamedTuple):
    """The network: the table of layers, the activation's number, batch norm or not, its ε."""

    layers: Array
    activation: int
    normalised: bool
    epsilon: float


class Rows(NamedTuple):
    """What is learned from: labels (row,) for softmax, else values (row, output).

    Inputs are (input, row) or, for one batch, (1 or member, input, row).
    """

    inputs: Array
    labels: Array
    values: Array


class Aim(NamedTuple):
    """The loss's number, and of each member (member,) its label smoothing and Huber's δ or the quantile."""

    loss: int
    smoothing: Array
    setting: Array


class Matrices(NamedTuple):
    """The population: (member, parameter) each; averages has no columns where no member has one."""

    parameters: Array
    gradients: Array
    velocity: Array
    square: Array
    averages: Array


class Changes(NamedTuple):
    """How a step changes the weights; see techniques/fused_update.py.

    columns (member, setting), spans (span, 3), rates (step, member), rows (member,) the notes' m, averaging (member,) β
    of the averages of the weights, and the number of steps made before.
    """

    columns: Array
    spans: Array
    rates: Array
    rows: Array
    averaging: Array
    steps_before: int


@compiled
def weights_of(row: Array, at: Array) -> Array:
    """A layer's weights in a member's row, (out, in)."""
    return row[at[WEIGHT] : at[WEIGHT] + at[NUM_OUT] * at[NUM_IN]].reshape(at[NUM_OUT], at[NUM_IN])
