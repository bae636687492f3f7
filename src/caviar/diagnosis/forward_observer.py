"""Looks at one forward pass of any module, and the backward pass after it, without touching either. Notes 1.10, 3.7.

Hooks are there for that one pass alone. Activations are seen as calls of torch's functions, so that a bare `F.relu` in
somebody's `forward` is seen as well as an `nn.ReLU`. Nothing is drawn at random and no buffer is written.
"""

import functools
from collections.abc import Callable, Hashable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.modules.conv import _ConvNd
from torch.overrides import TorchFunctionMode
from torch.utils.hooks import RemovableHandle

from caviar.diagnosis.forward_figures import activation_figures, input_figures, mode_difference
from caviar.diagnosis.health_log import HealthLog

KINDS = {"relu6": "relu"} | {
    kind: kind for kind in ("relu", "tanh", "sigmoid", "gelu", "silu", "leaky_relu", "elu", "selu", "mish")
}
ENOUGH_INPUTS = 512  # rows after which the columns of the data are known


def weight_layers(model: nn.Module) -> dict[str, list[nn.Parameter]]:
    """By name, the weights (two axes or more) of each module that has any of its own; shared ones count once."""
    seen: set[int] = set()
    layers = {}
    for name, module in model.named_modules():
        weights = [each for each in module.parameters(recurse=False) if each.dim() >= 2 and id(each) not in seen]
        if weights:
            seen |= {id(each) for each in weights}
            layers[name or "model"] = weights
    return layers


def _harmless(see: Callable) -> Callable:
    """What can't be looked at must not take the forward pass with it: it goes unseen, and `failure` says why."""

    @functools.wraps(see)
    def careful(observer: "ForwardObserver", *arguments: Any) -> None:
        try:
            see(observer, *arguments)
        except Exception as error:
            observer.failure = f"looking failed: {error}"

    return careful


class ForwardObserver(TorchFunctionMode):
    """Sees the next forward pass of `model` that trains: in train mode, with gradients on.

    Args:
        figures: what is seen is put here, as 0-dim tensors, under the keys of HealthLog.
        log: learns the names of layers and activations in the order they ran.
        layers: what `weight_layers` gives, where it is known already.
    """

    def __init__(
        self,
        model: nn.Module,
        figures: dict[Hashable, Any],
        log: HealthLog,
        layers: dict[str, list[nn.Parameter]] | None = None,
    ):
        super().__init__()
        self.model, self.figures, self.log = model, figures, log
        self.layers = weight_layers(model) if layers is None else layers
        self.learning = {name for name, weights in self.layers.items() if any(each.requires_grad for each in weights)}
        self.handles: list[RemovableHandle] = []
        self.running: list[str] = []  # the modules we are in, the innermost last
        self.counts: dict[str, int] = {}
        self.ran: list[str] = []
        self.after: dict[str, tuple[str, int]] = {}  # activation → its kind, and how many layers ran before it
        self.channels_last = True
        self.output_shape: tuple[int, ...] = ()
        self.entered, self.failure = False, ""
        self.handles.append(model.register_forward_pre_hook(self._begin))

    def close(self) -> None:
        """Take every hook away."""
        while self.handles:
            self.handles.pop().remove()
        if self.entered:
            self.entered = False
            self.__exit__(None, None, None)

    def __torch_function__(self, func: Callable, types: Any, args: tuple = (), kwargs: dict | None = None) -> Any:
        result = func(*args, **(kwargs or {}))
        kind = KINDS.get(getattr(func, "__name__", "").rstrip("_"))
        if kind is not None and isinstance(result, Tensor):
            self._see_activation(kind, result.detach())
        return result

    def _begin(self, model: nn.Module, inputs: Any) -> None:
        if not (model.training and torch.is_grad_enabled()):
            return
        self.handles.pop().remove()
        first = next((each for each in inputs if isinstance(each, Tensor) and each.dim()), None)
        if first is not None:
            self.figures["step", "", "rows"] = len(first)
        for name, module in model.named_modules():
            name = name or "model"
            if module is not model:
                self.handles.append(module.register_forward_pre_hook(self._enter_with(name, module)))
            self.handles.append(module.register_forward_hook(self._leave_with(name)))
        self.handles.append(model.register_forward_hook(self._end, always_call=True))
        self.running = ["model"]
        self.__enter__()
        self.entered = True

    def _end(self, model: nn.Module, inputs: Any, output: Any) -> None:
        self.close()
        self.output_shape = tuple(output.shape) if isinstance(output, Tensor) else ()
        for name in self.ran:
            if name not in self.log.layers:
                self.log.layers.append(name)
        for name, (kind, before) in self.after.items():
            self.log.activations.setdefault(name, (kind, before == len(self.ran)))

    def _enter_with(self, name: str, module: nn.Module) -> Callable:
        learns, norm = name in self.learning, module if isinstance(module, _BatchNorm) else None

        def enter(module: nn.Module, inputs: tuple) -> None:
            self.running.append(name)
            if not inputs or (norm is None and not learns) or not isinstance(inputs[0], Tensor):
                return
            with torch._C.DisableTorchFunction():  # our own operations are not looked at
                if learns:
                    self._see_input(name, module, inputs[0])
                elif norm is not None:
                    self._see_batch_norm(name, norm, inputs[0].detach())

        return enter

    def _leave_with(self, name: str) -> Callable:
        def leave(module: nn.Module, inputs: tuple, output: Any) -> None:
            if self.running and self.running[-1] == name:
                self.running.pop()
            if name not in self.layers:
                return
            output = output[0] if isinstance(output, tuple) and output else output
            if isinstance(output, Tensor):
                with torch._C.DisableTorchFunction():
                    self._see_layer(name, module, output)

        return leave

    @_harmless
    def _see_layer(self, name: str, module: nn.Module, output: Tensor) -> None:
        """The first use in a pass counts: forwards it is the first to come, backwards the last."""
        if not output.is_floating_point():
            return
        self.channels_last = not isinstance(module, _ConvNd)
        self.ran += [name] if name not in self.ran else []
        figures = self.figures
        with torch.no_grad():
            figures.setdefault(("layer", name, "output_rms"), _norm(output.detach()) / output.numel() ** 0.5)

        def back(gradient: Tensor) -> None:
            figures["layer", name, "output_gradient"] = _norm(gradient.detach())

        if output.requires_grad:
            output.register_hook(back)

    @_harmless
    def _see_input(self, name: str, module: nn.Module, values: Tensor) -> None:
        """Data are what needs no gradient: nothing that learns stands before the layer."""
        if values.requires_grad or not values.is_floating_point() or values.dim() < 2 or not values.numel():
            return
        if self.log.input_rows.get(name, 0) >= ENOUGH_INPUTS or ("input", name, "rows") in self.figures:
            return
        axis = 1 if values.dim() > 3 or isinstance(module, _ConvNd) else values.dim() - 1
        figures = input_figures(values.detach(), axis)
        self.log.inputs += [name] if name not in self.log.inputs else []
        self.log.input_rows[name] = self.log.input_rows.get(name, 0) + len(values)
        self.figures |= {("input", name, figure): value for figure, value in figures.items()}

    @_harmless
    def _see_activation(self, kind: str, values: Tensor) -> None:
        place = f"{self.running[-1]} {kind}"
        self.counts[place] = self.counts.get(place, 0) + 1
        name = place if self.counts[place] == 1 else f"{place} {self.counts[place]}"
        if values.dim() < 2 or not values.is_floating_point() or not values.numel():
            return
        self.after[name] = (kind, len(self.ran))
        unit_axis = values.dim() - 1 if self.channels_last and values.dim() < 4 else 1
        with torch.no_grad():
            figures = activation_figures(kind, values, unit_axis)
        self.figures |= {("activation", name, figure): value for figure, value in figures.items()}

    @_harmless
    def _see_batch_norm(self, name: str, module: _BatchNorm, values: Tensor) -> None:
        if not module.training or module.running_mean is None or module.running_var is None or values.dim() < 2:
            return
        with torch.no_grad():
            difference = mode_difference(values, module.running_mean, module.running_var, module.eps)
        self.log.norms += [name] if name not in self.log.norms else []
        self.figures["norm", name, "difference"] = difference
        self.figures["norm", name, "rows"] = len(values)


def _norm(tensor: Tensor) -> Tensor:
    wide = torch.float32 if tensor.dtype in (torch.float16, torch.bfloat16) else None
    return torch.linalg.vector_norm(tensor, dtype=wide)
