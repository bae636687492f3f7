"""LeNet-5: the sizes that the notes give it, and which pictures it takes."""

import pytest
import torch

from caviar.core.errors import SettingsError
from caviar.networks.lenet import LeNet


@pytest.mark.parametrize(("structure", "side"), [(LeNet(), 32), (LeNet(padding=2), 28)])
def test_lenet_has_its_61706_parameters(structure, side):
    """Notes C2.2: about 60 thousand. 156 + 2,416 + 48,120 + 10,164 + 850."""
    network = structure.build((1, side, side), 10)
    sizes = [sum(parameter.numel() for parameter in layer.parameters()) for layer in network.children()]
    assert [size for size in sizes if size] == [156, 2416, 48_120, 10_164, 850]
    assert sum(sizes) == 61_706
    assert network(torch.zeros(2, 1, side, side)).shape == (2, 10)


def test_the_smallest_pictures_are_named_when_pictures_are_too_small():
    with pytest.raises(SettingsError, match="needs pictures of at least 16×16, got 15×28"):
        LeNet().build((1, 15, 28), 10)
    assert LeNet().build((1, 16, 28), 10)(torch.zeros(1, 1, 16, 28)).shape == (1, 10)


def test_its_output_layer_starts_by_xaviers_scheme_and_its_hidden_layers_by_the_chosen_one():
    network = LeNet(units=(400, 400)).build((1, 32, 32), 100)
    network.initialise("he", 1.0, torch.Generator().manual_seed(0))
    assert network.fc2.weight.var().item() == pytest.approx(2 / 400, rel=0.05)
    assert network.fc3.weight.var().item() == pytest.approx(1 / 400, rel=0.05)
    assert network.conv2.weight.var().item() == pytest.approx(2 / (6 * 25), rel=0.1)
    assert not network.fc1.bias.any()
