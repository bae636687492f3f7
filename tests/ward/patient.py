"""What a patient of the ward is: a training with one thing made wrong, or with nothing wrong.

`planted` is the disease, None for the healthy. `also` is a second name that counts as right, written down before anyone
looks at the findings, and `because` says why the same cause may bear that name too.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from caviar.networks.mlp import MLP


@dataclass(frozen=True)
class Training:
    """What the members of one cohort share; patients with equal trainings lie in one population.

    rows: a name in ward_tables.ROWS.
    """

    rows: str
    structure: MLP
    epochs: int
    batch_size: int = 64
    patience: float = float("inf")


@dataclass(frozen=True)
class Patient:
    """`num_members` of Caviar's networks of the same settings (a list: one value a member), looked at as a run is.

    cause: what makes them sick, or healthy. labels: whether their labels are looked at through folds. by_rows: whether
    their error is measured on ever more of the train rows.
    """

    name: str
    planted: str | None
    cause: str
    training: Training
    settings: dict[str, Any] = field(default_factory=dict)
    num_members: int = 3
    labels: bool = False
    by_rows: bool = False
    also: str | None = None
    because: str = ""


@dataclass(frozen=True)
class Outpatient:
    """A plain PyTorch module in a plain loop: watched while it trains, or looked at as it stands after it.

    rows: a name in ward_arrays.ARRAYS. optimizer: from the parameters; None where it does not train.
    """

    name: str
    planted: str | None
    cause: str
    rows: str
    network: Callable[[], nn.Module]
    optimizer: Callable[[Iterable[Tensor]], torch.optim.Optimizer] | None = None
    steps: int = 150
    batch_size: int = 64
    watched: bool = True
    also: str | None = None
    because: str = ""


AnyPatient = Patient | Outpatient


def kind_of(patient: AnyPatient) -> tuple[str, str]:
    """Whose network it is and how it is looked at; and whether its rows are pictures, classes or numbers."""
    if isinstance(patient, Patient):
        rows, how = patient.training.rows, "of Caviar"
    else:
        rows, how = patient.rows, "watched" if patient.watched else "looked at"
    pictures = rows.startswith(("digits", "pictures"))
    return how, "pictures" if pictures else "numbers" if rows.startswith(("waves", "diabetes")) else "classes"
