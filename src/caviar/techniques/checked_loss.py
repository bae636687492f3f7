"""The loss as a function of a module's weights alone: in float64, without chance, the module itself left as it is.

Notes 1.14. What a pass changes is put back after it: weights, buffers, and tensors and numbers kept as attributes.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from caviar.core.errors import CaviarError
from caviar.core.random import global_generator
from caviar.techniques.double_precision import Casts, in_float64, in_float64_throughout

ROUNDING = torch.finfo(torch.float64).eps
LARGEST = 1e100
PASSES, PASSES_THAT_DRAW = 4, 16  # forward passes that must agree; a coin that is tossed may fall alike a few times


class CheckedLoss:
    """A float64 copy of `module` with one batch. Every pass begins with the same buffers and weights.

    Args:
        loss: called as `loss(module(*inputs), *targets)`, gives one number. inputs: a tensor, or a tuple or dict of the
            module's arguments. penalty: called with the module, gives a number that is added.

    Attributes:
        parameters: by name, those that train. remarks: what was switched off, in sentences.
    """

    def __init__(
        self,
        module: nn.Module,
        loss: Callable[..., Tensor],
        inputs: Any,
        targets: Sequence[Any],
        penalty: Callable[[nn.Module], Tensor | float],
    ):
        self.module, self.loss, self.penalty = in_float64_throughout(module), loss, penalty
        self.inputs, self.targets = in_float64(inputs), [in_float64(one) for one in targets]
        named = dict(self.module.named_parameters())
        self.parameters = {name: one for name, one in named.items() if one.requires_grad and one.numel()}
        self.device = next(iter(named.values())).device if named else torch.device("cpu")
        self._remember()
        self.remarks: list[str] = []

    def value(self, draw: int = 0) -> float:
        """The loss, penalties included; `draw` seeds torch's generators, which are put back after the pass."""
        with self._pass(draw) as loss:
            return loss.item()

    def gradients(self) -> dict[str, Tensor | None]:
        """What backward() gives for each parameter, by name; None where the loss does not reach it."""
        with self._pass() as loss:
            if not loss.requires_grad:
                return dict.fromkeys(self.parameters)
            found = torch.autograd.grad(loss, list(self.parameters.values()), allow_unused=True)
        dense = (one.to_dense() if one is not None and one.is_sparse else one for one in found)
        return dict(zip(self.parameters, dense, strict=True))

    def settle(self) -> None:
        """Switch dropout off, and say so.

        Raises:
            CaviarError: passes still differ, the loss is no finite number, or it is not computed in float64.
        """
        if off := _without_dropout(self.module):
            self.remarks.append(f"Dropout is off while checking: {', '.join(off)}.")
        self._try()
        if self._agrees():
            return
        for layer in self.module.modules():
            if not isinstance(layer, nn.modules.batchnorm._BatchNorm):
                layer.training = False
        if not self._agrees():
            raise CaviarError(
                "the gradient of a loss that changes from pass to pass can't be checked: passes with the same weights "
                "and batch differ. Take the randomness out, for example draw the noise before and give it as an input; "
                "what a pass remembers for the next belongs in a buffer, which is put back."
            )
        self.remarks.append("Passes in training mode differ: all but batch norm is checked in test mode.")

    def descend(self, steps: int, learning_rate: float) -> None:
        """Steps of plain gradient descent on the copy, to check away from the first weights. Notes 1.14."""
        for _ in range(steps):
            gradients = self.gradients()
            with torch.no_grad():
                for name, gradient in gradients.items():
                    if gradient is not None:
                        self.parameters[name].sub_(gradient, alpha=learning_rate)
            self._remember()
        if not abs(end := self.value()) < LARGEST:
            raise CaviarError(f"after {steps} steps the loss is {end:g}: take a smaller learning_rate.")

    @contextmanager
    def _pass(self, draw: int = 0) -> Iterator[Tensor]:
        default = torch.get_default_dtype()
        torch.set_default_dtype(torch.float64)  # for what forward() makes, such as torch.zeros(…)
        try:
            # a forward pass may need derivatives itself, so they stay on
            with torch.inference_mode(False), torch.enable_grad(), global_generator(draw, self.device) as drawn:
                yield self.loss(self._outputs(), *self.targets) + self.penalty(self.module)
                self.drawn = drawn()
        finally:
            torch.set_default_dtype(default)
            self.restore()

    def _outputs(self) -> Any:
        if type(self.inputs) is tuple:  # a packed sequence is one argument
            return self.module(*self.inputs)
        return self.module(**self.inputs) if isinstance(self.inputs, Mapping) else self.module(self.inputs)

    def _try(self) -> None:
        """The first pass, in which everything that the batch, the module and the loss must be is looked at."""
        try:
            with Casts() as casts, self._pass() as loss:
                pass
        except CaviarError:
            raise
        except Exception as error:
            raise CaviarError(f"a pass of the module's float64 copy failed: {type(error).__name__}: {error}") from error
        if not isinstance(loss, Tensor) or loss.numel() != 1 or loss.is_complex():
            shape = tuple(loss.shape) if isinstance(loss, Tensor) else type(loss).__name__
            raise CaviarError(f"the loss must be one real number; it came as {shape}. Take its mean or its sum.")
        if casts.seen or loss.dtype != torch.float64:
            kind = str(casts.seen or loss.dtype).removeprefix("torch.")
            raise CaviarError(
                f"the module or the loss casts float64 to {kind}, whose rounding is larger than what is to be seen. "
                "Leave the casts (.float(), .half(), .to(…)) out while checking."
            )
        if not abs(value := loss.item()) < LARGEST:
            raise CaviarError(f"the loss is {value:g}: its gradient can't be checked.")

    def _agrees(self) -> bool:
        first = self.value()
        passes = PASSES_THAT_DRAW if self.drawn else PASSES
        return all(abs(self.value(draw) - first) <= 64 * ROUNDING * abs(first) for draw in range(1, passes))

    def _remember(self) -> None:
        buffers = [
            (layer, name, one)
            for layer in self.module.modules()
            for name, one in layer._buffers.items()
            if one is not None
        ]
        self._attributes = [
            (layer, name, value)
            for layer in self.module.modules()
            for name, value in vars(layer).items()
            if isinstance(value, Tensor | int | float) and name != "training"
        ]
        held = [value for _, _, value in self._attributes if isinstance(value, Tensor)]
        tensors = [*self.module.parameters(), *(one for _, _, one in buffers), *held]
        self._kept = [(one, one.detach().clone(), one._version) for one in tensors]
        self._buffers = buffers

    def restore(self) -> None:
        """Weights, buffers, attributes as they were: what was changed in place is put back, what was replaced too."""
        for layer, name, one in self._buffers:
            layer._buffers[name] = one
        for layer, name, value in self._attributes:
            vars(layer)[name] = value
        with torch.no_grad():
            for number, (one, before, version) in enumerate(self._kept):
                if one._version != version:
                    one.copy_(before)
                    self._kept[number] = (one, before, one._version)


def _without_dropout(module: nn.Module) -> list[str]:
    """Put layers that drop at random into test mode; their names. Recurrent and attention layers have rates too."""
    off = []
    for name, layer in module.named_modules():
        words = ("p",) if isinstance(layer, nn.modules.dropout._DropoutNd) else ("drop_rate", "drop_prob", "dropout")
        rates = [getattr(layer, word, 0) for word in words]
        if layer.training and any(isinstance(rate, int | float | Tensor) and bool(rate) for rate in rates):
            layer.training = False
            off.append(f"{name} ({type(layer).__name__})".lstrip())
    return off
