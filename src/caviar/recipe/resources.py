"""What a model costs where it is used: the time of one row alone, its weights, its file. C3."""

import time
from collections.abc import Callable

import numpy as np
import torch
from safetensors.torch import save

from caviar.diagnosis.intervals import Interval
from caviar.diagnosis.metric_intervals import median
from caviar.recipe.model import Model

WARM_UP = 3
FEWEST_CALLS, MOST_CALLS = 21, 201
SECONDS = 0.05
BYTES_PER_MB = 1e6


def resources_of(model: Model) -> dict[str, Interval]:
    """latency_ms, parameters and size_mb by name. The latency is measured now, on this machine, with present threads.

    It is the median time of `Model.predictions` on one encoded row, with the 95 % interval of the median; reading and
    encoding the row comes before, and takes the same for every model of a run.
    """
    size, count = len(save(model.tensors())) / BYTES_PER_MB, float(model.num_parameters)
    row = torch.zeros(1, model.preprocessor.num_inputs)
    return {
        "latency_ms": timed(lambda: model.predictions(row)),
        "parameters": Interval(count, count, count),
        "size_mb": Interval(size, size, size),
    }


def timed(call: Callable[[], object]) -> Interval:
    """Median milliseconds of a call: 201 times, or as often as fits into a twentieth of a second, at least 21 times."""
    for _ in range(WARM_UP):
        call()
    spent: list[float] = []
    while len(spent) < FEWEST_CALLS or (len(spent) < MOST_CALLS and sum(spent) < SECONDS):
        began = time.perf_counter()
        call()
        spent.append(time.perf_counter() - began)
    return median(1e3 * np.array(spent))
