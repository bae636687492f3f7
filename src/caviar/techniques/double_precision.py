"""A module and a batch in float64, for what single precision is too coarse for. Notes 1.13."""

import copy
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode

from caviar.core.errors import CaviarError

DOUBLE = (torch.float64, torch.complex128)
LESS = (torch.float32, torch.float16, torch.bfloat16, torch.complex64, torch.complex32)


class Casts(TorchDispatchMode):
    """Remembers a cast from float64 to less."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: torch.dtype | None = None

    def __torch_dispatch__(self, operation: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = operation(*args, **(kwargs or {}))
        if operation._schema.name == "aten::_to_copy" and args[0].dtype in DOUBLE and result.dtype in LESS:
            self.seen = result.dtype
        return result


def in_float64_throughout(module: nn.Module) -> nn.Module:
    """A copy of the module whose every floating number is float64."""
    try:
        own = copy.deepcopy(module, _computed(module))
    except Exception as error:
        raise CaviarError(f"the module can't be copied, and it is not to be changed: {error}") from error
    if any(nn.parameter.is_lazy(one) for one in (*own.parameters(), *own.buffers())):
        raise CaviarError("the module has lazy layers without weights: run one batch through it first.")
    own.double()
    for layer in own.modules():
        for one in layer._parameters.values():
            if one is not None:
                one.data, one.grad = in_float64(one.data), None  # .double() leaves complex ones alone
        for name, value in vars(layer).items():
            if isinstance(value, Tensor):
                setattr(layer, name, in_float64(value))
    return own


def _computed(module: nn.Module) -> dict[int, Tensor]:
    """Copies of what a pass computed and the module kept, such as activations, by id: deepcopy knows no others."""
    held = (value for layer in module.modules() for value in (*vars(layer).values(), *layer._buffers.values()))
    return {id(one): one.detach().clone() for one in held if isinstance(one, Tensor) and not one.is_leaf}


def in_float64(value: Any) -> Any:
    """Floating tensors as float64, also inside tuples, lists and dicts; all others as they are."""
    if isinstance(value, Tensor):
        kind = torch.complex128 if value.is_complex() else torch.float64
        return value.detach().to(kind if value.is_complex() or value.is_floating_point() else value.dtype, copy=True)
    if isinstance(value, Mapping):
        return {name: in_float64(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        parts = [in_float64(one) for one in value]
        return type(value)(*parts) if hasattr(value, "_fields") else type(value)(parts)
    return value
