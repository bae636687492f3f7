"""Fresh weights for any network: by the scheme where there is one, by the module's own hand elsewhere."""

import pytest
import torch
from torch import nn
from torch.nn.utils.parametrizations import weight_norm

from caviar.networks.mlp import MLP
from caviar.techniques.first_weights import initialise


def fresh(network, scheme="he", gain=1.0, seed=0):
    initialise(network, scheme, gain, torch.Generator().manual_seed(seed))
    return network


@pytest.mark.parametrize(
    ("layer", "fan_in"),
    [
        (nn.Linear(300, 200), 300),
        (nn.Conv1d(60, 100, 5), 60 * 5),
        (nn.Conv2d(40, 100, 3), 40 * 9),
        (nn.Conv2d(40, 100, 3, groups=4), 10 * 9),
        (nn.Conv3d(10, 200, 3), 10 * 27),
        (nn.ConvTranspose2d(40, 100, 3), 40 * 9),
        (nn.ConvTranspose2d(40, 100, 3, groups=4), 10 * 9),
    ],
    ids=repr,
)
def test_linear_layers_and_convolutions_follow_the_scheme_by_their_fan_in(layer, fan_in):
    fresh(layer, "he", gain=1.5)
    assert layer.weight.var().item() == pytest.approx(1.5**2 * 2 / fan_in, rel=0.05)
    assert not layer.bias.any()


def test_norms_begin_anew_and_embeddings_by_their_own_hand():
    network = nn.Sequential(nn.Embedding(50, 40), nn.BatchNorm1d(4), nn.LayerNorm(4), nn.BatchNorm2d(3, affine=False))
    with torch.no_grad():
        for tensor in (*network.parameters(), network[1].running_mean, network[3].running_mean):
            tensor.fill_(7)
    fresh(network)
    assert network[0].weight.std().item() == pytest.approx(1, rel=0.05)
    assert (network[1].weight == 1).all() and (network[2].weight == 1).all() and not network[2].bias.any()
    assert not network[1].running_mean.any() and not network[3].running_mean.any()


def test_the_draws_depend_on_the_generator_alone():
    def network():
        return nn.Sequential(nn.Embedding(5, 4), nn.Linear(4, 3), nn.LSTM(3, 2), nn.MultiheadAttention(2, 1))

    torch.manual_seed(1)
    one = fresh(network(), seed=3).state_dict()
    torch.manual_seed(2)
    other, third = fresh(network(), seed=3).state_dict(), fresh(network(), seed=4).state_dict()
    for name, tensor in one.items():
        assert torch.equal(other[name], tensor)
        assert not tensor.any() or not torch.equal(third[name], tensor), name
    template = network()
    before = torch.random.get_rng_state()
    fresh(template)
    assert torch.equal(torch.random.get_rng_state(), before)


def test_embedding_and_linear_draws_are_not_the_same_numbers():
    network = fresh(nn.Sequential(nn.Embedding(6, 4), nn.Linear(4, 6)))
    assert not torch.allclose(network[0].weight.flatten() / network[1].weight.flatten(), torch.full((24,), 2**0.5))


def test_own_is_what_pytorchs_constructors_draw():
    network = fresh(nn.Sequential(nn.Linear(400, 300), nn.Conv2d(20, 30, 3)), "own", gain=2.0)
    for layer, fan_in in ((network[0], 400), (network[1], 180)):
        bound = fan_in**-0.5
        assert layer.weight.abs().max().item() == pytest.approx(2 * bound, rel=0.01)
        assert layer.weight.var().item() == pytest.approx(4 * bound**2 / 3, rel=0.05)
        assert 0 < layer.bias.abs().max().item() <= bound


def test_own_serves_our_networks_too():
    network = MLP((400,), batch_norm=True).build(300, 200)
    network.initialise("own", 1.0, torch.Generator().manual_seed(0))
    assert network.output.weight.abs().max().item() == pytest.approx(400**-0.5, rel=0.01)
    assert network.output.bias.any() and (network.hidden[0].norm.weight == 1).all()


class WithAHandOfItsOwn(nn.Module):
    """What it does to its parts in its `reset_parameters` comes after what they do themselves."""

    def __init__(self):
        super().__init__()
        self.part, self.scale = nn.Linear(3, 3), nn.Parameter(torch.tensor(5.0))
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.eye_(self.part.weight)


def test_own_leaves_the_last_word_to_the_module_around():
    assert torch.equal(fresh(WithAHandOfItsOwn(), "own").part.weight, torch.eye(3))
    assert not torch.equal(fresh(WithAHandOfItsOwn(), "he").part.weight, torch.eye(3))


def test_parameters_nobody_resets_keep_the_templates_values():
    assert fresh(WithAHandOfItsOwn()).scale == 5
    assert fresh(nn.ParameterList([torch.full((2,), 3.0)]))[0].tolist() == [3, 3]


def test_frozen_modules_stay_as_they_are():
    network = nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4))
    nn.init.ones_(network[0].weight)
    network[1].running_mean += 2
    network.requires_grad_(False)
    for scheme in ("he", "own"):
        fresh(network, scheme)
        assert (network[0].weight == 1).all() and (network[1].running_mean == 2).all()


def test_a_weight_normalised_layer_follows_the_scheme():
    layer = fresh(weight_norm(nn.Linear(300, 200)), "xavier")
    assert layer.weight.var().item() == pytest.approx(1 / 300, rel=0.05)
