"""Plain PyTorch trainings for the tests of what is seen from inside: small networks on scikit-learn's digits."""

import itertools

import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.nn import functional

from caviar.diagnosis.watch import watch


def digits():
    """(row, 64) standardised float32, (row,) labels."""
    features, labels = load_digits(return_X_y=True)
    features = (features - features.mean(axis=0)) / (features.std(axis=0) + 1e-8)
    return torch.tensor(features, dtype=torch.float32), torch.tensor(labels)


FEATURES, LABELS = digits()


def perceptron(*hidden, activation=nn.ReLU, batch_norm=False, drop_rate=0.0):
    sizes = (64, *hidden)
    layers = []
    for num_inputs, num_units in itertools.pairwise(sizes):
        layers += [nn.Linear(num_inputs, num_units)]
        layers += [nn.BatchNorm1d(num_units)] if batch_norm else []
        layers += [activation()] + ([nn.Dropout(drop_rate)] if drop_rate else [])
    return nn.Sequential(*layers, nn.Linear(sizes[-1], 10))


def weights_of(network):
    return [module for module in network if isinstance(module, nn.Linear)]


def train(network, optimiser, *, steps=150, batch=64, seed=0, watched=True, hand_over=True, **options):
    """Train; gives the watcher, or None, and the losses."""
    order = torch.Generator().manual_seed(seed)
    watcher = watch(network, optimiser, **options) if watched else None
    losses = []
    for _ in range(steps):
        rows = torch.randint(0, len(FEATURES), (batch,), generator=order)
        loss = functional.cross_entropy(network(FEATURES[rows]), LABELS[rows])
        if watcher is not None and hand_over:
            watcher.loss(loss)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    if watcher is not None:
        watcher.close()
    return watcher, losses


def trained(network, kind=torch.optim.Adam, *, rate=1e-3, options=None, **others):
    """The findings after training with an optimiser of this kind."""
    watcher, _ = train(network, kind(network.parameters(), rate, **(options or {})), **others)
    return watcher.findings()


def present(findings):
    return [finding.id for finding in findings if finding.verdict == "present"]
