"""Fresh weights for a whole network, whatever it is made of, from one generator. Notes 1.10, 1.11, 3.4.

Which variance: initialisers.py (He et al., 2015, arXiv 1502.01852, and others).
"""

import torch
from torch import nn
from torch.nn.modules.conv import _ConvNd
from torch.nn.utils.parametrize import is_parametrized

from caviar.core.random import global_generator, stream
from caviar.techniques.initialisers import OWN, initial_weights


@torch.no_grad()
def initialise(
    network: nn.Module, scheme: str, gain: float, generator: torch.Generator, output: nn.Module | None = None
) -> None:
    """Draw the weights anew, in place; the same generator gives the same weights.

    Weights of linear layers and convolutions follow the scheme, their biases are 0. Every other module has its own
    `reset_parameters` (norms: γ 1, β 0, running averages as new; embeddings: normal draws). What has none keeps the
    template's values, and so does a module with frozen parameters.

    Args:
        scheme: of techniques/initialisers.py; "own" leaves every module to its own `reset_parameters`, which for
            linear layers and convolutions is torch's uniform ±1/√n_in, weights and biases, times `gain`.
        gain: factor on the standard deviation of the weights, at least 0.
        generator: a fresh one for each network.
        output: the layer that makes the outputs, which follows Xavier's scheme instead: no ReLU comes after it.

    >>> network = nn.Sequential(nn.Linear(500, 300), nn.ReLU(), nn.Linear(300, 10))
    >>> initialise(network, "he", 1.0, torch.Generator().manual_seed(0), output=network[2])
    >>> print(f"{network[0].weight.var():.4f}, and 2 / n_in = {2 / 500}; biases {network[0].bias.abs().max():.0f}")
    0.0040, and 2 / n_in = 0.004; biases 0
    """
    modules = [module for module in network.modules() if _may_change(module)]
    if scheme == OWN:
        modules.reverse()  # as in the constructors: a module's own hand comes after those of its parts
    seed = stream(generator.initial_seed(), "own weights").initial_seed()
    device = next((parameter.device for parameter in network.parameters()), torch.device("cpu"))
    with global_generator(seed, device):
        for module in modules:
            if scheme == OWN or not isinstance(module, nn.Linear | _ConvNd):
                _reset(module, gain)
            else:
                _draw(module, "xavier" if module is output else scheme, gain, generator)


def _may_change(module: nn.Module) -> bool:
    parameters = list(module.parameters(recurse=False))
    return all(parameter.requires_grad for parameter in parameters)


def _reset(module: nn.Module, gain: float) -> None:
    # attention and transformers have theirs under a private name
    reset = getattr(module, "reset_parameters", getattr(module, "_reset_parameters", None))
    if reset is not None:
        reset()
        if isinstance(module, nn.Linear | _ConvNd):
            module.weight.mul_(gain)


def _draw(module: nn.Linear | _ConvNd, scheme: str, gain: float, generator: torch.Generator) -> None:
    shape = tuple(module.weight.shape)
    if isinstance(module, _ConvNd) and module.transposed:  # (in, out / groups, …): fan-in and fan-out are swapped
        shape = (module.out_channels, module.in_channels // module.groups, *shape[2:])
    weights = initial_weights(shape, scheme, gain, generator).reshape(module.weight.shape)
    if is_parametrized(module, "weight"):
        module.weight = weights.to(module.weight)
    else:
        module.weight.copy_(weights)
    if module.bias is not None:
        module.bias.zero_()
