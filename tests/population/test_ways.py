"""Whichever way a network runs, batched or one member after another, the outputs are the same; the rule says which."""

import pytest
import torch
from cases import CASES, grow, trained
from choices import every_pair, settings_of
from torch import nn
from users import FEATURES, assert_equal, looped, steps_of

from caviar.core.errors import SettingsError
from caviar.networks.mlp import MLP
from caviar.population.forward import Looped, Stacked, Vmapped
from caviar.population.population import Population
from caviar.population.settings import Settings

STEPS = 20
MIXED = settings_of([row | {"dropout": "on"} for row in every_pair()[::7]])


class LooksAtFigures(nn.Module):
    """Its course depends on the data, which no batched program can follow."""

    def __init__(self):
        super().__init__()
        self.norm, self.last = nn.BatchNorm1d(4), nn.Linear(4, 3)

    def forward(self, x):
        x = self.norm(x)
        return self.last(x) if self.last.weight.sum().item() > 0 else self.last(-x)


def test_stacked_vmapped_and_looped_are_the_same():
    case = CASES["tanh batch norm dropout"]
    stacked, vmapped, one_by_one = (trained(case, MIXED, STEPS, way) for way in ("stacked", "vmapped", "looped"))
    assert type(stacked.forward) is Stacked
    assert isinstance(vmapped.forward, Vmapped) and not vmapped.traits.notices
    assert type(one_by_one.forward) is Looped
    assert_equal(vmapped, stacked)
    assert_equal(one_by_one, stacked)


@pytest.mark.parametrize("name", ["LeNet", "residual", "user's own"])
def test_vmapped_and_looped_are_the_same(name):
    vmapped, one_by_one = (trained(CASES[name], MIXED, STEPS, way) for way in ("vmapped", "looped"))
    assert not any(vmapped.traits.refused.values())
    assert_equal(vmapped, one_by_one)


@pytest.mark.parametrize("way", ["stacked", "vmapped", "looped"])
def test_members_may_have_rows_of_their_own(way):
    population = trained(CASES["relu"], Settings(3), 5, way)
    rows = torch.randn(3, 6, 7, generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    outputs = population.forward.outputs(rows, training=False, own_rows=True)
    for member in range(3):
        torch.testing.assert_close(outputs[member].T, population.member(member)(rows[member]))


def test_a_network_with_convolutions_loops_on_a_cpu_and_says_so():
    population = grow(CASES["LeNet"], Settings(2))
    assert type(population.forward) is Looped
    [notice] = population.traits.notices
    assert notice.level == "info" and "LeNetNetwork run one after another: it has convolutions" in notice.text


def test_a_lone_member_needs_no_batching():
    assert type(grow(CASES["user's own"], Settings(1)).forward) is Looped
    assert isinstance(grow(CASES["user's own"], Settings(2)).forward, Vmapped)


def test_a_subclass_has_to_say_again_that_it_stacks():
    class WithScale(type(MLP(()).build(4, 3))):
        def forward(self, features):
            return super().forward(features) * torch.linspace(1, 2, 3)

    population = Population(WithScale(MLP(()), 4, 3), Settings(2), torch.float64)
    assert isinstance(population.forward, Vmapped)


def test_a_network_that_vmap_refuses_runs_in_a_loop_and_says_why():
    population = steps_of(LooksAtFigures())
    [notice] = population.traits.notices
    assert "LooksAtFigures run one after another: torch.func.vmap can't run them together" in notice.text
    assert ".item()" in notice.text
    assert_equal(population, steps_of(looped(LooksAtFigures())))
    assert population.buffers["norm.num_batches_tracked"].tolist() == [6, 6, 6], "the refused pass left no trace"


def test_an_error_of_the_network_itself_is_raised_as_it_is():
    with pytest.raises(RuntimeError, match="mat1 and mat2 shapes cannot be multiplied"):
        steps_of(nn.Sequential(nn.Linear(5, 3)))


def test_outputs_of_a_wrong_shape_are_refused_with_what_to_do():
    with pytest.raises(
        SettingsError, match=r"must return \(batch, output\) or \(batch,\), Sequential returned \(12, 4, 3\)"
    ):
        steps_of(nn.Sequential(nn.Unflatten(1, (4, 1)), nn.Linear(1, 3)))


@pytest.mark.parametrize("loops", [False, True])
def test_outputs_without_an_axis_are_one_output(loops):
    network = looped(nn.Sequential(nn.Linear(4, 1), nn.Flatten(0)), loops)
    population = Population(network, Settings(3), torch.float64)
    assert population.forward.outputs(FEATURES, training=True).shape == (3, 1, 12)


@pytest.mark.parametrize("name", CASES)
def test_a_member_taken_out_is_an_ordinary_module_with_an_ordinary_state_dict(name):
    case = CASES[name]
    population = trained(case, MIXED, 6)
    features, _ = case.data()
    together = torch.cat([outputs for _, outputs in population.predict(features)], dim=2)
    module = population.member(3)
    fresh = case.build().double()
    fresh.load_state_dict(module.state_dict())
    torch.testing.assert_close(fresh.eval()(features), together[3].T, rtol=0, atol=1e-12)
    assert torch.equal(fresh(features), module(features))
    assert all(tensor.shape == fresh.state_dict()[key].shape for key, tensor in module.state_dict().items())


def test_pictures_are_predicted_in_pieces_of_bounded_size():
    """A convolution's outputs are larger than its weights tell."""
    population = Population(nn.Conv2d(1, 64, 1), Settings(2))
    with pytest.raises(SettingsError, match="Flatten"):
        next(population.predict(torch.zeros(1, 1, 50, 50)))
    [widest] = population.traits.widest.values()
    assert widest == 64 * 50 * 50
