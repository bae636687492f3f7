"""The slow and obvious reference: one plain PyTorch network, torch.optim, a loop over batches. No code of Caviar's."""

import itertools

import torch
from torch import nn
from torch.nn import functional


class PlainMLP(nn.Module):
    """Linear → batch norm → activation → masked dropout, layer by layer, masks made from given uniform draws."""

    def __init__(self, sizes, activation, batch_norm):
        super().__init__()
        pairs = list(itertools.pairwise(sizes[:-1]))
        self.linears = nn.ModuleList(nn.Linear(a, b, bias=not batch_norm) for a, b in pairs)
        self.norms = nn.ModuleList(nn.BatchNorm1d(b) if batch_norm else nn.Identity() for _, b in pairs)
        self.output = nn.Linear(sizes[-2], sizes[-1])
        self.activation = {"relu": torch.relu, "tanh": torch.tanh, "sigmoid": torch.sigmoid, "silu": functional.silu}[
            activation
        ]

    def forward(self, x, rates=None, draws=None):
        def drop(a, layer):
            if rates is None or rates[layer] == 0:
                return a
            mask = rates[layer] <= draws[layer].T
            return a * mask / (1 - rates[layer])

        x = drop(x, 0)
        for layer, (linear, norm) in enumerate(zip(self.linears, self.norms, strict=True), start=1):
            x = drop(self.activation(norm(linear(x))), layer)
        return self.output(x)

    def load_row(self, views, row):
        """Copy member `row` from named views of a population's matrix."""
        with torch.no_grad():
            for layer, linear in enumerate(self.linears):
                linear.weight.copy_(views[f"hidden.{layer}.linear.weight"][row])
                if linear.bias is not None:
                    linear.bias.copy_(views[f"hidden.{layer}.linear.bias"][row])
                if isinstance(self.norms[layer], nn.BatchNorm1d):
                    self.norms[layer].weight.copy_(views[f"hidden.{layer}.norm.weight"][row])
                    self.norms[layer].bias.copy_(views[f"hidden.{layer}.norm.bias"][row])
            self.output.weight.copy_(views["output.weight"][row])
            self.output.bias.copy_(views["output.bias"][row])

    def tensors(self):
        """Trained tensors and running averages by the population's names."""
        found = {}
        for layer, (linear, norm) in enumerate(zip(self.linears, self.norms, strict=True)):
            for name, tensor in linear.named_parameters():
                found[f"hidden.{layer}.linear.{name}"] = tensor.detach()
            if isinstance(norm, nn.BatchNorm1d):
                found |= {f"hidden.{layer}.norm.{name}": tensor.detach() for name, tensor in norm.named_parameters()}
                found[f"hidden.{layer}.norm.running_mean"] = norm.running_mean
                found[f"hidden.{layer}.norm.running_var"] = norm.running_var
        return found | {f"output.{name}": tensor.detach() for name, tensor in self.output.named_parameters()}


def plain_optimiser(network, member):
    """torch.optim with one member's settings; λ/m goes to the weights alone, biases and batch norm are left out."""
    kind, rate = member["optimizer"], member["learning_rate"]
    weights = [p for p in network.parameters() if p.dim() > 1]
    others = [p for p in network.parameters() if p.dim() == 1]
    decoupled = member["weight_decay"] > 0
    groups = [
        {
            "params": weights,
            "weight_decay": member["weight_decay"] if decoupled else member["l2"] / member["train_rows"],
        },
        {"params": others, "weight_decay": 0.0},
    ]
    beta1, beta2, epsilon = member["beta1"], member["beta2"], member["epsilon"]
    if kind == "gradient-descent":
        return torch.optim.SGD(groups, lr=rate)
    if kind == "momentum":  # the (1 − β) form equals torch's with the rate scaled
        return torch.optim.SGD(groups, lr=rate * (1 - beta1), momentum=beta1)
    if kind == "heavy-ball":
        return torch.optim.SGD(groups, lr=rate, momentum=beta1)
    if kind == "nesterov":
        return torch.optim.SGD(groups, lr=rate, momentum=beta1, nesterov=True)
    if kind == "rmsprop":
        return torch.optim.RMSprop(groups, lr=rate, alpha=beta2, eps=epsilon)
    adam = torch.optim.AdamW if decoupled else torch.optim.Adam
    return adam(groups, lr=rate, betas=(beta1, beta2), eps=epsilon)


def train_plainly(network, member, batches, factors, draws, task):
    """All steps of one member. `factors`: on the rate, per step; `draws`: per step and layer, (unit, batch)."""
    optimiser = plain_optimiser(network, member)
    base_rates = [group["lr"] for group in optimiser.param_groups]
    network.train()
    rates = [member["input_drop_rate"]] + [member["drop_rate"]] * len(network.linears)
    for (features, targets), factor, layer_draws in zip(batches, factors, draws, strict=True):
        for group, base in zip(optimiser.param_groups, base_rates, strict=True):
            group["lr"] = base * factor
        outputs = network(features, rates, layer_draws)
        if task == "regression":
            loss = functional.mse_loss(outputs[:, 0], targets)
        else:
            loss = functional.cross_entropy(outputs, targets, label_smoothing=member["label_smoothing"])
        if member["l1"] > 0:
            weights = [p for p in network.parameters() if p.dim() > 1]
            loss = loss + member["l1"] / member["train_rows"] * sum(weight.abs().sum() for weight in weights)
        optimiser.zero_grad()
        loss.backward()
        if member["clip_norm"] < float("inf"):
            torch.nn.utils.clip_grad_norm_(network.parameters(), member["clip_norm"])
        optimiser.step()
