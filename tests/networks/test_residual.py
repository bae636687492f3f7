"""Residual networks: shapes, torchvision's names, and the identity that a block can learn with ease."""

import pytest
import torch

from caviar.core.errors import SettingsError
from caviar.networks.residual import Residual


def test_parameters_have_torchvisions_names():
    names = set(dict(Residual((4, 8), (1, 2)).build((3, 8, 8), 5).named_parameters()))
    block = {"conv1.weight", "bn1.weight", "bn1.bias", "conv2.weight", "bn2.weight", "bn2.bias"}
    shortcut = {f"layer2.0.downsample.{name}" for name in ("0.weight", "1.weight", "1.bias")}
    blocks = {f"{place}.{name}" for place in ("layer1.0", "layer2.0", "layer2.1") for name in block}
    assert names == {"conv1.weight", "bn1.weight", "bn1.bias", "fc.weight", "fc.bias"} | blocks | shortcut


def test_as_it_stands_it_is_resnet_20():
    """1 + 2 · 9 convolutions and a linear layer; 0.27 million parameters (arXiv 1512.03385, table 6)."""
    network = Residual().build((3, 32, 32), 10)
    layers = [name for name, one in network.named_parameters() if one.dim() > 1 and "downsample" not in name]
    assert len(layers) == 20
    assert sum(parameter.numel() for parameter in network.parameters()) == 272_474


@pytest.mark.parametrize("side", [7, 32])
def test_every_stage_after_the_first_halves_the_picture(side):
    network = Residual((2, 3, 4), (1, 1, 1)).build((1, side, side), 6)
    shapes = []

    def note(layer, given, made):
        shapes.append(tuple(made.shape[1:]))

    for stage in network.stages:
        network.get_submodule(stage).register_forward_hook(note)
    assert network(torch.zeros(2, 1, side, side)).shape == (2, 6)
    half, quarter = (side + 1) // 2, ((side + 1) // 2 + 1) // 2
    assert shapes == [(2, side, side), (3, half, half), (4, quarter, quarter)]


def test_a_block_with_zero_weights_passes_its_input_on():
    """Notes C2.4: a[l+2] = g(a[l]) = a[l], for a[l] is not negative after ReLU."""
    block = Residual((4,), (1,)).build((3, 8, 8), 5).get_submodule("layer1.0")
    torch.nn.init.zeros_(block.conv2.weight)
    activations = torch.rand(2, 4, 8, 8)
    assert torch.equal(block(activations), activations)


@pytest.mark.parametrize(("channels", "blocks"), [((), ()), ((4, 8), (1,)), ((4, 0), (1, 1)), ((4,), (0,))])
def test_stages_that_make_no_network_are_refused(channels, blocks):
    with pytest.raises(SettingsError, match="at least one stage"):
        Residual(channels, blocks)
