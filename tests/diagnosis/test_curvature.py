"""Slopes and curvatures by Hessian-vector products, against matrices written out by hand."""

import math

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from caviar.diagnosis.curvature import curvature, lanczos, usual_sizes


def always(_):
    return True


def test_lanczos_finds_the_ends_of_a_known_spectrum():
    draws = torch.Generator().manual_seed(0)
    turned, _ = torch.linalg.qr(torch.randn(40, 40, generator=draws, dtype=torch.float64))
    spectrum = torch.cat([torch.tensor([-3.0, -0.5]), torch.linspace(0, 1, 37), torch.tensor([7.0])]).double()
    matrix = turned @ spectrum.diag() @ turned.T
    start = {"w": torch.randn(40, generator=draws, dtype=torch.float64)}
    values, error, lowest = lanczos(lambda v: {"w": matrix @ v["w"]}, start)
    assert values[[0, -1]] == pytest.approx([-3, 7], abs=1e-6) and error < 1e-3
    vector = lowest["w"] / lowest["w"].norm()
    assert float(vector @ matrix @ vector) == pytest.approx(-3, abs=1e-6)


def test_curvatures_of_a_network_are_the_eigenvalues_of_its_hessian():
    """Scaled by the size of each tensor; the reference is torch's whole Hessian, entry by entry."""
    torch.manual_seed(0)
    rows, targets = torch.randn(30, 3).double(), torch.randint(0, 2, (30,))
    shapes = {"a": (4, 3), "b": (4,), "c": (2, 4)}
    start = {name: torch.randn(shape, dtype=torch.float64).requires_grad_() for name, shape in shapes.items()}

    def loss(weights):
        return functional.cross_entropy((rows @ weights["a"].T + weights["b"]).tanh() @ weights["c"].T, targets)

    def flat_loss(vector):
        parts = vector.split([math.prod(shape) for shape in shapes.values()])
        return loss({name: part.view(shape) for part, (name, shape) in zip(parts, shapes.items(), strict=True)})

    found = curvature(loss, start, 30, always)
    vector = torch.cat([each.detach().flatten() for each in start.values()])
    sizes = torch.cat([torch.full((start[name].numel(),), size) for name, size in usual_sizes(start).items()]).double()
    hessian = sizes[:, None] * torch.autograd.functional.hessian(flat_loss, vector) * sizes
    slopes = sizes * torch.autograd.functional.jacobian(flat_loss, vector)
    here, values = float(flat_loss(vector)), torch.linalg.eigvalsh(hessian)
    half = len(vector) / 2 / here
    assert found.loss == pytest.approx(here)
    assert found.slope == pytest.approx(float(slopes.norm()) * len(vector) ** 0.5 / here)
    assert found.gain == pytest.approx(float(slopes.norm() ** 4 / (slopes @ hessian @ slopes) / 2 / here))
    assert (found.smallest, found.largest) == pytest.approx((half * float(values[0]), half * float(values[-1])))
    blocks = [hessian[:12, :12], hessian[16:, 16:]]
    for name, block in zip(("a", "c"), blocks, strict=True):  # four random probes of a trace of both signs
        assert found.layers[name] == pytest.approx(float(block.trace()) / 2 / here, rel=0.5, abs=0.1)


def test_a_saddle_curves_down_and_a_bowl_does_not():
    def saddle(w):
        return 1 + (w["w"][0] ** 2 - w["w"][1] ** 2).sum()

    def bowl(w):
        return 1 + (w["w"] ** 2).sum()

    origin = {"w": torch.zeros(2, 1, dtype=torch.float64, requires_grad=True)}
    found, other = curvature(saddle, origin, 1, always), curvature(bowl, origin, 1, always)
    assert found.slope == found.gain == 0
    assert found.smallest == pytest.approx(-found.largest) and found.drop > 0.5
    assert other.smallest > 0 and other.drop == 0


def test_curvatures_are_left_out_where_they_are_not_worth_a_look():
    origin = {"w": torch.ones(2, 1, dtype=torch.float64, requires_grad=True)}
    found = curvature(lambda w: (w["w"] ** 2).sum(), origin, 1, lambda _: False)
    assert found.gain == pytest.approx(1) and np.isnan(found.smallest) and not found.layers


def test_weights_that_are_all_zero_are_measured_by_the_size_they_usually_have():
    layer = nn.Linear(25, 4)
    with torch.no_grad():
        layer.weight.zero_()
        layer.bias.zero_()
    assert usual_sizes(dict(layer.named_parameters())) == {"weight": pytest.approx(0.2), "bias": 0.1}
