"""Residual networks of two-convolution blocks (He et al., 2015, arXiv 1512.03385). Notes C2.3, C2.4.

Parameters have torchvision's names (conv1, bn1, layer1.0.conv1, layer1.0.downsample.0, …, fc).
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from caviar.core.errors import SettingsError
from caviar.networks.pictures import picture_shape
from caviar.techniques.first_weights import initialise


@dataclass(frozen=True)
class Residual:
    """The structure of a residual network for small pictures; as it stands, the ResNet-20 of the paper's section 4.2.

    Where shapes differ, the shortcut is a 1×1 convolution (the paper's option B).

    Args:
        channels: of each stage; every stage after the first halves height and width.
        blocks: number of blocks in each stage.
    """

    channels: tuple[int, ...] = (16, 32, 64)
    blocks: tuple[int, ...] = (3, 3, 3)

    def __post_init__(self) -> None:
        if len(self.channels) != len(self.blocks) or not self.blocks or min(self.channels + self.blocks) < 1:
            raise SettingsError(
                "a residual network needs at least one stage, and for each its channels and blocks, both at least 1; "
                f"got channels={self.channels}, blocks={self.blocks}."
            )

    def build(self, input_shape: tuple[int, ...], num_outputs: int) -> "ResidualNetwork":
        """The network for pictures of `input_shape`, (channel, height, width); any height and width do."""
        return ResidualNetwork(self, picture_shape("Residual", input_shape), num_outputs)


class ResidualBlock(nn.Module):
    """a[l+2] = ReLU(z[l+2] + a[l]), each z batch-normalised; where shapes differ, a[l] passes a 1×1 convolution."""

    def __init__(self, num_inputs: int, num_channels: int, stride: int):
        super().__init__()
        self.conv1 = nn.Conv2d(num_inputs, num_channels, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(num_channels)
        self.conv2 = nn.Conv2d(num_channels, num_channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(num_channels)
        self.downsample: nn.Module | None = None
        if stride != 1 or num_inputs != num_channels:
            self.downsample = nn.Sequential(
                nn.Conv2d(num_inputs, num_channels, 1, stride, bias=False), nn.BatchNorm2d(num_channels)
            )

    def forward(self, activations: Tensor) -> Tensor:
        shortcut = activations if self.downsample is None else self.downsample(activations)
        z = self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(activations)))))
        return torch.relu(z + shortcut)


class ResidualNetwork(nn.Module):
    """Convolution → stages of blocks → mean over the picture → linear.

    (batch, channel, height, width) → (batch, output).
    """

    def __init__(self, structure: Residual, input_shape: tuple[int, int, int], num_outputs: int):
        super().__init__()
        width = structure.channels[0]
        self.conv1 = nn.Conv2d(input_shape[0], width, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.stages = []
        for number, (channels, blocks) in enumerate(zip(structure.channels, structure.blocks, strict=True), start=1):
            strides = [1 if number == 1 else 2] + [1] * (blocks - 1)
            inputs = [width] + [channels] * (blocks - 1)
            stage = [ResidualBlock(one, channels, stride) for one, stride in zip(inputs, strides, strict=True)]
            self.add_module(f"layer{number}", nn.Sequential(*stage))
            self.stages.append(f"layer{number}")
            width = channels
        self.fc = nn.Linear(width, num_outputs)

    def forward(self, pictures: Tensor) -> Tensor:
        activations = torch.relu(self.bn1(self.conv1(pictures)))
        for stage in self.stages:
            activations = self.get_submodule(stage)(activations)
        outputs: Tensor = self.fc(activations.mean((2, 3)))  # (batch, channel) → (batch, output)
        return outputs

    def initialise(self, scheme: str, gain: float, generator: torch.Generator) -> None:
        """Fresh weights: by scheme and gain, the output by Xavier; batch norms as new. Notes 1.11, C2.3."""
        initialise(self, scheme, gain, generator, output=self.fc)
