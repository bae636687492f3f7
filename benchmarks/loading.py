"""The same rows in the same order for everybody, and one way to time an epoch."""

import time
from collections.abc import Callable
from functools import lru_cache

from torch import Generator, Tensor, randn

from benchmarks.work import CLASSES, INPUTS, SEED, Work
from caviar.data.batches import epoch_batches


@lru_cache(maxsize=8)
def made_rows(rows: int) -> tuple[Tensor, Tensor]:
    """The same in every process: features (row, 64) float32, labels (row,) int64."""
    generator = Generator().manual_seed(SEED)
    features = randn(rows, INPUTS, generator=generator)
    labels = (features @ randn(INPUTS, CLASSES, generator=generator)).argmax(1)
    return features, labels


def batches(work: Work, epoch: int) -> list[Tensor]:
    """An epoch's batches as row numbers, each (batch,): what a cohort with this seed loads, and all opponents too."""
    return epoch_batches(work.rows, work.batch, SEED, epoch)


def seconds_per_epoch(train_epoch: Callable[[int], object], least_seconds: float) -> float:
    """Epoch 0 warms up; then epochs 1, 2, … until `least_seconds` have passed."""
    train_epoch(0)
    started, elapsed, epoch = time.perf_counter(), 0.0, 0
    while not epoch or elapsed < least_seconds:
        epoch += 1
        train_epoch(epoch)
        elapsed = time.perf_counter() - started
    return elapsed / epoch
