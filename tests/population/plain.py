"""The slow and obvious reference: one plain PyTorch network, torch.optim, a loop over batches. No code of Caviar's.

The networks' tensors have the names that Caviar's have, so that one can be compared with the other by name. `drop(a,
layer)` stands where dropout does.
"""

import itertools
import math

import torch
from torch import nn
from torch.nn import functional

ACTIVATIONS = {"relu": torch.relu, "tanh": torch.tanh, "silu": functional.silu}


class PlainMLP(nn.Module):
    """Linear → batch norm → activation → dropout, layer by layer."""

    def __init__(self, sizes, activation, batch_norm):
        super().__init__()
        self.hidden = nn.ModuleList(
            nn.ModuleDict(
                {
                    "linear": nn.Linear(a, b, bias=not batch_norm),
                    "norm": nn.BatchNorm1d(b) if batch_norm else nn.Identity(),
                }
            )
            for a, b in itertools.pairwise(sizes[:-1])
        )
        self.output = nn.Linear(sizes[-2], sizes[-1])
        self.activation = ACTIVATIONS[activation]

    def forward(self, x, drop):
        x = drop(x, 0)
        for number, layer in enumerate(self.hidden, start=1):
            x = drop(self.activation(layer["norm"](layer["linear"](x))), number)
        return self.output(x)


class PlainLeNet(nn.Module):
    """LeNet-5 of any size: [convolution, ReLU, max pool] twice, then three linear layers."""

    def __init__(self, convolutions, linears):
        super().__init__()
        self.conv1, self.conv2 = (nn.Conv2d(*sizes) for sizes in convolutions)
        self.fc1, self.fc2, self.fc3 = (nn.Linear(*sizes) for sizes in linears)

    def forward(self, x, drop):
        x = functional.max_pool2d(functional.relu(self.conv1(x)), 2)
        x = functional.max_pool2d(functional.relu(self.conv2(x)), 2).flatten(1)
        x = drop(functional.relu(self.fc1(x)), 0)
        x = drop(functional.relu(self.fc2(x)), 1)
        return self.fc3(x)


class PlainBlock(nn.Module):
    """Two convolutions and a shortcut, which is a convolution of its own where the shape changes."""

    def __init__(self, before, after, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(before, after, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(after)
        self.conv2 = nn.Conv2d(after, after, 3, stride=1, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(after)
        if stride != 1:
            shortcut = nn.Conv2d(before, after, 1, stride=stride, bias=False)
            self.downsample = nn.Sequential(shortcut, nn.BatchNorm2d(after))

    def forward(self, x):
        shortcut = self.downsample(x) if hasattr(self, "downsample") else x
        x = functional.relu(self.bn1(self.conv1(x)))
        return functional.relu(self.bn2(self.conv2(x)) + shortcut)


class PlainResidual(nn.Module):
    """A residual network of two stages of one block each."""

    def __init__(self, pictures, first, second, outputs):
        super().__init__()
        self.conv1 = nn.Conv2d(pictures, first, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(first)
        self.layer1 = nn.Sequential(PlainBlock(first, first, 1))
        self.layer2 = nn.Sequential(PlainBlock(first, second, 2))
        self.fc = nn.Linear(second, outputs)

    def forward(self, x, drop):
        x = functional.relu(self.bn1(self.conv1(x)))
        return self.fc(self.layer2(self.layer1(x)).mean(dim=[2, 3]))


def plain_factor(schedule, decay, warmup, epoch, epochs):
    """The factor on the learning rate at the time `epoch` (fractions included) of `epochs` planned ones."""
    rise = min(1.0, epoch / warmup) if warmup > 0 else 1.0
    share = min(1.0, epoch / epochs)
    return (
        rise
        * {
            "constant": lambda: 1.0,
            "inverse-time": lambda: 1 / (1 + decay * epoch),
            "exponential": lambda: decay**epoch,
            "inverse-root": lambda: decay / math.sqrt(max(1.0, epoch)),
            "staircase": lambda: 0.5 ** (epoch // decay),
            "cosine": lambda: decay + (1 - decay) * (1 + math.cos(math.pi * share)) / 2,
            "linear": lambda: 1 - (1 - decay) * share,
        }[schedule]()
    )


def plain_optimiser(network, member):
    """torch.optim with one member's settings; λ/m goes to the weights alone, biases and norms are left out.

    Its `weight_decay` is L2, or AdamW's decoupled decay; what it can't do, `decay_by_hand` does.
    """
    weights = [p for p in network.parameters() if p.dim() > 1]
    others = [p for p in network.parameters() if p.dim() == 1]
    beta1, beta2, epsilon = member["beta1"], member["beta2"], member["epsilon"]
    decoupled = member["weight_decay"] > 0
    strength = 0.0 if decoupled else member["l2"] / member["train_rows"]
    if decoupled and member["optimizer"] == "adam":
        strength = member["weight_decay"]
    groups = [{"params": weights, "weight_decay": strength}, {"params": others, "weight_decay": 0.0}]
    rate = member["learning_rate"]
    match member["optimizer"]:
        case "gradient-descent":
            return torch.optim.SGD(groups, lr=rate)
        case "momentum" | "momentum-corrected":  # the (1 − β) form equals torch's with the rate scaled
            return torch.optim.SGD(groups, lr=rate * (1 - beta1), momentum=beta1)
        case "heavy-ball":
            return torch.optim.SGD(groups, lr=rate, momentum=beta1)
        case "nesterov":
            return torch.optim.SGD(groups, lr=rate, momentum=beta1, nesterov=True)
        case "rmsprop":
            return torch.optim.RMSprop(groups, lr=rate, alpha=beta2, eps=epsilon)
        case "adam":
            adam = torch.optim.AdamW if decoupled else torch.optim.Adam
            return adam(groups, lr=rate, betas=(beta1, beta2), eps=epsilon)


def masked_dropout(member, draws):
    """`drop` for one step: units whose draw is below the layer's rate are silenced, the rest scaled."""

    def drop(activations, layer):
        uniform, setting = draws[layer]
        return activations * (member[setting] <= uniform.T) / (1 - member[setting])

    return drop


def train_plainly(network, member, batches, epochs_per_step, draws, task):
    """All steps of one member; returns the optimiser.

    Args:
        batches: list of (features, targets). draws: called with a step and its number of rows, gives for each dropout
            layer uniform draws (unit, batch) and the name of the setting that holds its rate.
    """
    optimiser = plain_optimiser(network, member)
    base_rates = [group["lr"] for group in optimiser.param_groups]
    weights = [p for p in network.parameters() if p.dim() > 1]
    network.train()
    for step, (features, targets) in enumerate(batches):
        epoch, epochs = step * epochs_per_step, len(batches) * epochs_per_step
        factor = plain_factor(member["schedule"], member["decay"], member["warmup_epochs"], epoch, epochs)
        correction = 1 - member["beta1"] ** (step + 1) if member["optimizer"] == "momentum-corrected" else 1
        for group, base in zip(optimiser.param_groups, base_rates, strict=True):
            group["lr"] = base * factor / correction
        outputs = network(features, masked_dropout(member, draws(step, len(features))))
        if task == "regression":
            loss = functional.mse_loss(outputs[:, 0], targets)
        else:
            loss = functional.cross_entropy(outputs, targets, label_smoothing=member["label_smoothing"])
        if member["l1"] > 0:
            loss = loss + member["l1"] / member["train_rows"] * sum(weight.abs().sum() for weight in weights)
        optimiser.zero_grad()
        loss.backward()
        if member["clip_norm"] < math.inf:
            torch.nn.utils.clip_grad_norm_(network.parameters(), member["clip_norm"])
        if member["weight_decay"] > 0:
            decay_by_hand(member, weights, member["learning_rate"] * factor)
        optimiser.step()
    return optimiser


@torch.no_grad()
def decay_by_hand(member, weights, rate):
    """Decoupled decay where torch.optim has none, and L2 beside it, which is that of the weight before its decay."""
    for weight in weights:
        weight.grad += member["l2"] / member["train_rows"] * weight
        if member["optimizer"] != "adam":
            weight *= 1 - rate * member["weight_decay"]


def plain_moments(optimiser, parameter, member):
    """(velocity, square) of a parameter, None where the optimiser has none."""
    state = optimiser.state[parameter]
    velocity = state.get("exp_avg", state.get("momentum_buffer"))
    if member["optimizer"] in ("momentum", "momentum-corrected"):
        velocity = velocity * (1 - member["beta1"])
    return velocity, state.get("exp_avg_sq", state.get("square_avg"))
