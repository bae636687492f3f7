"""LeNet-5 for small pictures (LeCun et al., 1998), as the notes draw it. Notes C2.2."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from caviar.core.errors import SettingsError
from caviar.networks.layers import Dropout
from caviar.networks.pictures import picture_shape
from caviar.techniques.first_weights import initialise


@dataclass(frozen=True)
class LeNet:
    """The structure of a LeNet-5; as it stands, of the original size.

    Args:
        channels: of the two convolutions. units: of the two hidden layers after them.
        kernel: side of the convolutions' square windows.
        padding: zeros around the picture; 2 makes 32×32 of 28×28, as in the original.
    """

    channels: tuple[int, int] = (6, 16)
    units: tuple[int, int] = (120, 84)
    kernel: int = 5
    padding: int = 0

    def build(self, input_shape: tuple[int, ...], num_outputs: int) -> "LeNetNetwork":
        """The network for pictures of `input_shape`, (channel, height, width).

        Raises:
            SettingsError: the rows are no pictures, or too small for two convolutions and two poolings.
        """
        return LeNetNetwork(self, picture_shape("LeNet", input_shape), num_outputs)


class LeNetNetwork(nn.Module):
    """[convolution → ReLU → max pool] × 2 → [linear → ReLU → dropout] × 2 → linear.

    (batch, channel, height, width) → (batch, output). The dropout layers' rates are buffers, as in networks/mlp.py.
    """

    def __init__(self, structure: LeNet, input_shape: tuple[int, int, int], num_outputs: int):
        super().__init__()
        num_channels, height, width = input_shape
        kernel, (first, second), (third, fourth) = structure.kernel, structure.channels, structure.units
        sides = [((side + 2 * structure.padding - kernel + 1) // 2 - kernel + 1) // 2 for side in (height, width)]
        if min(sides) < 1:
            smallest = 2 * (kernel + 1) + kernel - 1 - 2 * structure.padding
            raise SettingsError(
                f"LeNet with {kernel}×{kernel} convolutions and padding {structure.padding} needs pictures of at least "
                f"{smallest}×{smallest}, got {height}×{width}. Raise padding, or take a smaller kernel."
            )
        self.conv1 = nn.Conv2d(num_channels, first, kernel, padding=structure.padding)
        self.conv2 = nn.Conv2d(first, second, kernel)
        self.fc1 = nn.Linear(second * sides[0] * sides[1], third)
        self.dropout1 = Dropout()
        self.fc2 = nn.Linear(third, fourth)
        self.dropout2 = Dropout()
        self.fc3 = nn.Linear(fourth, num_outputs)

    def forward(self, pictures: Tensor) -> Tensor:
        activations = functional.max_pool2d(torch.relu(self.conv1(pictures)), 2)
        activations = functional.max_pool2d(torch.relu(self.conv2(activations)), 2)
        activations = activations.flatten(1)  # (batch, channel · height · width)
        activations = self.dropout1(torch.relu(self.fc1(activations)))
        activations = self.dropout2(torch.relu(self.fc2(activations)))
        outputs: Tensor = self.fc3(activations)
        return outputs

    def initialise(self, scheme: str, gain: float, generator: torch.Generator) -> None:
        """Fresh weights: by scheme and gain, the output by Xavier; biases 0. Notes 1.11."""
        initialise(self, scheme, gain, generator, output=self.fc3)
