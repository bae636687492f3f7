"""Whether a network and the rows fit each other, found out before any work."""

from dataclasses import replace
from typing import Any

import torch
from torch import nn

from caviar.core.errors import SettingsError
from caviar.core.random import global_generator
from caviar.networks.structure import OwnNetwork, Structure
from caviar.training import TrainingData


def structure_of(network: Any) -> Structure:
    """A structure as it is, or a module of the user's own as one. Raises SettingsError for anything else."""
    if isinstance(network, nn.Module):
        if not any(parameter.requires_grad for parameter in network.parameters()):
            raise SettingsError(f"{type(network).__name__} has no weights to train (requires_grad).")
        return OwnNetwork(network)
    if isinstance(network, type) or not hasattr(network, "build"):
        raise SettingsError(
            "network must be a structure such as caviar.MLP(hidden=(64, 64)), or a torch.nn.Module that is made "
            f"already; got {network!r}."
        )
    structure: Structure = network
    return structure


def fitting(structure: Structure, data: TrainingData) -> TrainingData:
    """The data with as many outputs as the network has, after one pass of two rows in test mode.

    Raises:
        SettingsError: the network cannot take such rows, or its outputs don't suit the loss.
    """
    network = structure.build(row_shape(data), data.num_outputs).cpu().float().eval()
    name, rows = type(network).__name__, data.train_features[:2]
    kind = f"rows {tuple(rows.shape[1:])} of {str(rows.dtype).removeprefix('torch.')}"
    try:
        with torch.no_grad(), global_generator(0, torch.device("cpu")):
            outputs = network(rows)
    except Exception as error:
        sentence = str(error).strip().partition("\n")[0]
        hint = "" if rows.is_floating_point() else " Whole numbers are tokens: give floats if they are measurements."
        raise SettingsError(f"{name} cannot be run on {kind} ({type(error).__name__}: {sentence}).{hint}") from error
    if not isinstance(outputs, torch.Tensor) or outputs.dim() not in (1, 2) or len(outputs) != len(rows):
        came = tuple(outputs.shape) if isinstance(outputs, torch.Tensor) else type(outputs).__name__
        raise SettingsError(f"{name} must give (row, output) or (row,) for {kind}; got {came} for 2 rows.")
    num_outputs = 1 if outputs.dim() == 1 else outputs.shape[1]
    needed, exactly = data.num_outputs, data.loss != "softmax"
    if num_outputs < needed or (exactly and num_outputs != needed):
        raise SettingsError(
            f"{name} must give {'' if exactly else 'at least '}{needed} output{'s' * (needed != 1)} a row for the loss "
            f"{data.loss!r} on these targets; got {num_outputs}."
        )
    return replace(data, num_outputs=num_outputs)


def row_shape(data: TrainingData) -> tuple[int, ...]:
    """The shape of one row of features."""
    return tuple(data.train_features.shape[1:])
