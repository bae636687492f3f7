"""Compiling the steps of training before they are needed: once for a machine, some twenty seconds.

python -m caviar.training.compilation
"""

from pathlib import Path

import torch

from caviar.networks import fused_steps
from caviar.networks.mlp import MLP
from caviar.population.settings import Settings
from caviar.training.cohort import Cohort
from caviar.training.data import Plan, TrainingData
from caviar.training.member import Member

NOTICE = "Compiling the training step, once for this machine (about 20 s) …"


def is_compiled() -> bool:
    """Whether Numba finds the steps on disk, from an earlier run on this machine."""
    cache = Path(fused_steps.train_steps.stats.cache_path or "")
    return any(cache.glob(f"{Path(fused_steps.__file__).stem}.train_steps-*.nbi"))


def compile_steps() -> None:
    """Train a tiny population for an epoch, which brings everything into memory, compiled if need be."""
    features, labels = torch.zeros(4, 2), torch.tensor([0, 1, 0, 1])
    data = TrainingData("binary", 2, features, labels, features, labels)
    member = Member(0, MLP((2,), batch_norm=True), Settings(1).member(0), 0, 1)
    Cohort([member], data, Plan(1, 4, seed=0)).train_epoch()
