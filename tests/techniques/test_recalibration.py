"""`recalibrate` against the formula of the notes, computed row by row, and what it leaves alone."""

import copy

import pytest
import torch
from torch import Tensor, nn

from caviar.core.errors import SettingsError
from caviar.networks.mlp import MLP
from caviar.techniques.recalibration import recalibrate


def rows(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64) * 3 + 1


def dense(dropout: float = 0.0) -> nn.Sequential:
    torch.manual_seed(0)
    layers = [nn.Linear(3, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Dropout(dropout), nn.Linear(4, 2), nn.BatchNorm1d(2)]
    network = nn.Sequential(*layers).double()
    with torch.no_grad():
        network[1].weight.uniform_(0.5, 2)
        network[1].bias.uniform_(-1, 1)
    return network


def slow_statistics(values: list[list[float]]) -> tuple[float, float]:
    """E[x] and Var[x] of one channel from the values of each batch, all batches of one size m."""
    means, variances = [], []
    for batch in values:
        mu = sum(batch) / len(batch)
        means.append(mu)
        variances.append(sum((value - mu) ** 2 for value in batch) / len(batch))
    m = len(values[0])
    return sum(means) / len(means), m / (m - 1) * sum(variances) / len(variances)


def test_both_layers_get_the_mean_of_the_batches_statistics() -> None:
    network, features = dense(), rows(20, 3)
    batches = features.split(5)
    recalibrate(network, batches)
    first = [network[0](batch) for batch in batches]
    second = []
    for z in first:  # by hand: normalise by the batch, scale and shift, ReLU, next layer
        z_norm = (z - z.mean(0)) / (((z - z.mean(0)) ** 2).mean(0) + network[1].eps).sqrt()
        second.append(network[4](torch.relu(network[1].weight * z_norm + network[1].bias)))
    for layer, inputs in ((network[1], first), (network[5], second)):
        for unit in range(layer.num_features):
            mean, variance = slow_statistics([z[:, unit].tolist() for z in inputs])
            assert layer.running_mean[unit].item() == pytest.approx(mean, rel=1e-12)
            assert layer.running_var[unit].item() == pytest.approx(variance, rel=1e-12)


def test_a_convolution_s_channel_has_every_position_of_every_row_as_a_value() -> None:
    torch.manual_seed(0)
    network = nn.Sequential(nn.Conv2d(1, 3, 2), nn.BatchNorm2d(3)).double()
    batches = rows(8, 1, 4, 4).split(4)
    recalibrate(network, batches)
    for channel in range(3):
        mean, variance = slow_statistics([network[0](batch)[:, channel].reshape(-1).tolist() for batch in batches])
        assert network[1].running_mean[channel].item() == pytest.approx(mean, rel=1e-12)
        assert network[1].running_var[channel].item() == pytest.approx(variance, rel=1e-12)


def test_it_agrees_with_torch_s_own_cumulative_average() -> None:
    network, reference = dense(), dense()
    loader = list(rows(24, 3).split(6))
    recalibrate(network, loader)
    torch.optim.swa_utils.update_bn(loader, reference)
    for place in (1, 5):
        torch.testing.assert_close(network[place].running_mean, reference[place].running_mean)
        torch.testing.assert_close(network[place].running_var, reference[place].running_var)


def test_dropout_is_off_and_nothing_but_the_averages_changes() -> None:
    network, undropped = dense(dropout=0.5).train(), dense().train()
    network[2].eval()
    before = copy.deepcopy(network)
    for one in (network, undropped):
        recalibrate(one, rows(20, 3).split(5))
    changed = {name for name, tensor in network.state_dict().items() if not tensor.equal(before.state_dict()[name])}
    assert changed == {f"{place}.running_{what}" for place in (1, 5) for what in ("mean", "var")}
    assert [module.training for module in network.modules()] == [module.training for module in before.modules()]
    assert all(layer.track_running_stats for layer in (network[1], network[5]))
    assert network[5].running_var.equal(undropped[5].running_var)
    assert not network[1]._forward_pre_hooks


def test_our_own_networks_are_taken_too_and_any_iterator_of_batches() -> None:
    network = MLP((4, 3), batch_norm=True).build(2, 1).double()
    features = rows(12, 2)
    recalibrate(network, iter(features.split(6)))
    z = network.hidden[0].linear(features)
    torch.testing.assert_close(network.hidden[0].norm.running_mean, z.mean(0))


def test_a_layer_that_did_not_run_keeps_its_averages() -> None:
    class Idle(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.used, self.idle = nn.BatchNorm1d(2), nn.BatchNorm1d(2)

        def forward(self, features: Tensor) -> Tensor:
            return self.used(features)

    network = Idle().double()
    recalibrate(network, [rows(5, 2)])
    assert network.idle.running_mean.tolist() == [0, 0]
    assert network.used.running_mean.abs().min() > 0


def test_what_cannot_be_recalibrated_is_refused_and_left_as_it_was() -> None:
    with pytest.raises(SettingsError, match="with batch norm layers"):
        recalibrate(nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2, track_running_stats=False)), [rows(4, 2)])
    network = dense().train()
    with pytest.raises(SettingsError, match="at least one batch"):
        recalibrate(network, [])
    with pytest.raises(SettingsError, match="'1' got one value a channel"):
        recalibrate(network, [rows(4, 3), rows(1, 3)])
    assert network[1].running_mean.abs().max() == 0
    assert network[1].training and network[1].track_running_stats and not network[1]._forward_pre_hooks
