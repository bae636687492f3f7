"""What any of torch's optimisers averages, and over how long. Notes 2.3 to 2.8."""

import torch

from caviar.diagnosis.health import OptimiserFacts


def optimiser_facts(optimizer: torch.optim.Optimizer) -> OptimiserFacts:
    """From its first group of parameters: `betas` (the Adam family), `momentum` (SGD), `alpha` (RMSprop)."""
    name = type(optimizer).__name__
    group = optimizer.param_groups[0]
    if "betas" in group:
        beta1, beta2 = (float(each) for each in group["betas"][:2])
        return OptimiserFacts(name, beta1, beta2)
    if "alpha" in group and "centered" in group:
        return OptimiserFacts(name, float(group.get("momentum", 0.0)), float(group["alpha"]), corrected=False)
    if "momentum" in group:
        return OptimiserFacts(name, float(group["momentum"]), 0.0, corrected=False)
    return OptimiserFacts(name)
