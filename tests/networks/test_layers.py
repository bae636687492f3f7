"""Leaf layers alone, stacked and under vmap: one layer, three ways to run it."""

import pytest
import torch
from torch import nn
from torch.func import functional_call, vmap

from caviar.core.random import stream
from caviar.networks.layers import BatchNorm, Dropout, Linear

RATES = torch.tensor([0.0, 0.4, 0.9])


def stacked(layer, tensors):
    """The layer with (member, …) tensors in place of its own."""
    for name, tensor in tensors.items():
        (layer._parameters if name in layer._parameters else layer._buffers)[name] = tensor
    return layer


def test_dropout_alone_drops_what_its_member_drops_in_the_stack():
    activations = torch.randn(3, 5, 8, generator=torch.Generator().manual_seed(0))  # (member, unit, batch)
    layer = stacked(Dropout(), {"drop_rate": RATES})
    layer.draw_from(1, 2, 3)
    together = layer(activations)
    for member, rate in enumerate(RATES.tolist()):
        alone = Dropout(rate)
        alone.draw_from(1, 2, 3)
        assert torch.equal(alone(activations[member].T), together[member].T)


def test_dropout_under_vmap_has_each_members_rate():
    activations = torch.randn(4, 6, 2, 2, generator=torch.Generator().manual_seed(0))  # (batch, channel, 2, 2)
    layer = Dropout()
    layer.draw_from(1, 2, 3)
    layer.silent = False
    together = vmap(lambda rate: functional_call(layer, {"drop_rate": rate}, (activations,)), randomness="same")(RATES)
    draws = torch.rand((6, 2, 2, 4), generator=stream(1, "dropout", 2, 3)).permute(3, 0, 1, 2)
    for member, rate in enumerate(RATES.tolist()):
        torch.testing.assert_close(together[member], activations * (draws >= rate) / (1 - rate))


def test_dropout_is_silent_in_test_mode_and_at_rate_zero():
    activations = torch.ones(4, 6)
    assert Dropout(0.9).eval()(activations) is activations
    assert Dropout(0.0)(activations) is activations


def test_dropout_without_a_key_draws_from_torchs_generator():
    torch.manual_seed(0)
    first, second = Dropout(0.5)(torch.ones(50, 4)), Dropout(0.5)(torch.ones(50, 4))
    assert not torch.equal(first, second)
    torch.manual_seed(0)
    assert torch.equal(Dropout(0.5)(torch.ones(50, 4)), first)


@pytest.mark.parametrize("bias", [True, False])
def test_stacked_linear_layers_are_torchs_own(bias):
    alone = [nn.Linear(5, 3, bias=bias) for _ in range(4)]
    names = ("weight", "bias") if bias else ("weight",)
    layer = stacked(
        Linear(5, 3, bias=bias), {name: torch.stack([getattr(one, name) for one in alone]) for name in names}
    )
    shared, own = torch.randn(5, 7), torch.randn(4, 5, 7)
    for member, one in enumerate(alone):
        torch.testing.assert_close(layer(shared)[member].T, one(shared.T))
        torch.testing.assert_close(layer(own)[member].T, one(own[member].T))


def test_stacked_batch_norms_keep_the_state_of_torchs_own():
    layer, alone = BatchNorm(3), [nn.BatchNorm1d(3) for _ in range(2)]
    stacked(layer, {name: torch.stack([tensor] * 2) for name, tensor in alone[0].state_dict().items()})
    for _ in range(3):
        z = torch.randn(2, 3, 6)  # (member, unit, batch)
        layer(z)
        for member, one in enumerate(alone):
            one(z[member].T)
    layer.eval()(z)
    for name, tensor in layer._buffers.items():
        torch.testing.assert_close(tensor, torch.stack([one.state_dict()[name] for one in alone]))
