"""Keras, Lightning and skorch, each with its own fit loop: one process with all threads.

Set up as well as we know how: the data in memory, the common batches, nothing logged, saved or shown. The loader
notes when epochs begin, so that a framework's own work between epochs counts and its set-up does not. Each function
returns models · epochs per second.
"""

import os
import time
import warnings
from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Sampler, TensorDataset

from benchmarks.loading import batches, made_rows
from benchmarks.opponents import fused_adam, torch_network
from benchmarks.work import CLASSES, INPUTS, LEARNING_RATE, Work

EPOCHS = 4  # one to warm up, two that count, and one whose start ends the second


class IndexBatches(Sampler[Tensor]):
    """The common batches for a DataLoader, an epoch at a time; `starts` holds the moments at which epochs began."""

    def __init__(self, work: Work):
        self.work = work
        self.count = len(batches(work, 0))
        self.starts: list[float] = []

    def __iter__(self) -> Iterator[Tensor]:
        self.starts.append(time.perf_counter())
        return iter(batches(self.work, len(self.starts)))

    def __len__(self) -> int:
        return self.count

    def rate(self) -> float:
        """Epochs per second between the start of the last epoch and that of the last but two."""
        return 2 / (self.starts[-1] - self.starts[-3])


def framework_loader(work: Work, row_by_row: bool = False) -> tuple[DataLoader, IndexBatches]:
    """The cheapest loader, one indexing of the tensors a batch; or the usual one, which collates single rows."""
    order, dataset = IndexBatches(work), TensorDataset(*made_rows(work.rows))
    loader = DataLoader(dataset, batch_sampler=order) if row_by_row else DataLoader(dataset, None, sampler=order)
    return loader, order


def keras_fit(work: Work, threads: int, least_seconds: float) -> float:
    """`Model.fit` on the torch backend."""
    os.environ["KERAS_BACKEND"] = "torch"
    import keras

    torch.set_num_threads(threads)
    loader, order = framework_loader(work)
    hidden = [keras.layers.Dense(work.width, activation="relu") for _ in range(2)]
    model = keras.Sequential([keras.Input((INPUTS,)), *hidden, keras.layers.Dense(CLASSES)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(LEARNING_RATE), loss)
    model.fit(loader, epochs=EPOCHS, verbose=0, shuffle=False)
    return order.rate()


def lightning_fit(work: Work, threads: int, least_seconds: float, row_by_row: bool = False) -> float:
    """`Trainer.fit`, barebones: Lightning's own setting for measuring its loop alone."""
    import logging

    import lightning

    class Module(lightning.LightningModule):
        def __init__(self) -> None:
            super().__init__()
            self.network, self.loss = torch_network(work), nn.CrossEntropyLoss()

        def training_step(self, batch: tuple[Tensor, Tensor]) -> Tensor:
            return self.loss(self.network(batch[0]), batch[1])

        def configure_optimizers(self) -> torch.optim.Optimizer:
            return fused_adam(self.parameters())

    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
    torch.set_num_threads(threads)
    loader, order = framework_loader(work, row_by_row)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that loading has no processes of its own: the data are in memory
        trainer = lightning.Trainer(accelerator="cpu", devices=1, max_epochs=EPOCHS, barebones=True)
        trainer.fit(Module(), loader)
    return order.rate()


def skorch_fit(work: Work, threads: int, least_seconds: float, row_by_row: bool = False) -> float:
    """`NeuralNetClassifier.fit` without callbacks and without a dev split."""
    import skorch

    torch.set_num_threads(threads)
    loader, order = framework_loader(work, row_by_row)
    net = skorch.NeuralNetClassifier(
        torch_network(work),
        criterion=nn.CrossEntropyLoss,
        optimizer=torch.optim.Adam,
        optimizer__lr=LEARNING_RATE,
        optimizer__fused=True,
        iterator_train=lambda dataset, **_: loader,
        train_split=None,
        callbacks="disable",
        classes=list(range(CLASSES)),
        max_epochs=EPOCHS,
        verbose=0,
    )
    net.fit(loader.dataset, None)
    return order.rate()


def lightning_fit_row_by_row(work: Work, threads: int, least_seconds: float) -> float:
    return lightning_fit(work, threads, least_seconds, row_by_row=True)


def skorch_fit_row_by_row(work: Work, threads: int, least_seconds: float) -> float:
    return skorch_fit(work, threads, least_seconds, row_by_row=True)
