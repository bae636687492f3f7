"""What every technique must hold: parity, isolation, order, gradient, half precision, and its edge values.

A technique enters by one `Entry` in a file common_….py beside this one, under its name in technique_catalog.py; where
it has several parts, each stands under "name/part".
"""

import math

import pytest
import torch
from common_course import COURSE
from common_entry import as_tuple, is_floating
from common_layers import LAYERS
from common_losses import LOSS_ENTRIES
from common_pictures import PICTURE_ENTRIES
from common_updates import UPDATES
from common_weights import WEIGHTS

from caviar.core.errors import CaviarError
from caviar.techniques.technique_catalog import TECHNIQUES

TABLE = UPDATES | COURSE | LOSS_ENTRIES | LAYERS | PICTURE_ENTRIES | WEIGHTS
EDGES = [(name, edge) for name, entry in TABLE.items() for edge in (None, *entry.edges)]
EVERY_EDGE = pytest.mark.parametrize(("name", "edge"), EDGES, ids=lambda one: one or "usual")
EVERY_ENTRY = pytest.mark.parametrize("name", TABLE)
DIFFERENTIABLE = [name for name, entry in TABLE.items() if entry.gradient_by]
DERIVATIVES = [name for name, entry in TABLE.items() if entry.derivative_of]
REFUSED = [(name, what) for name, entry in TABLE.items() for what in entry.refused]


@pytest.mark.parametrize("technique", TECHNIQUES)
def test_every_technique_of_the_catalogue_stands_in_the_common_table(technique):
    assert technique in {name.partition("/")[0] for name in TABLE}, f"{technique} has no entry in the common table"


def test_the_common_table_holds_techniques_of_the_catalogue_alone():
    assert {name.partition("/")[0] for name in TABLE} <= set(TECHNIQUES)


@EVERY_EDGE
def test_each_member_gets_what_the_plain_reference_gives_it_alone(name, edge):
    entry, arguments = TABLE[name], TABLE[name].arguments(edge)
    together = entry.together(arguments)
    for member in range(entry.num_members):
        for found, expected in zip(together, entry.alone(arguments, member), strict=True):
            torch.testing.assert_close(found[member], expected.to(found.dtype), **tolerance_of(name, found))
            assert torch.isfinite(found).all()


@pytest.mark.parametrize("poison", [math.nan, math.inf])
@EVERY_ENTRY
def test_a_poisoned_member_leaves_its_neighbours_unchanged_bit_for_bit(name, poison):
    entry, arguments = TABLE[name], TABLE[name].arguments()
    clean, poisoned = entry.together(arguments), dict(arguments)
    for argument in entry.members:
        if is_floating(arguments[argument]):
            poisoned[argument] = arguments[argument].clone()
            poisoned[argument][1] = poison
    neighbours = [member for member in range(entry.num_members) if member != 1]
    for found, expected in zip(entry.together(poisoned), clean, strict=True):
        assert torch.equal(found[neighbours], expected[neighbours])


@EVERY_ENTRY
def test_members_may_come_in_any_order_leave_or_be_alone(name):
    entry, arguments = TABLE[name], TABLE[name].arguments()
    together = entry.together(arguments)
    backwards = list(range(entry.num_members))[::-1]
    for members in (backwards, backwards[:2], [1]):
        for found, expected in zip(entry.together(entry.only(arguments, members)), together, strict=True):
            torch.testing.assert_close(found, expected[members], rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("name", DIFFERENTIABLE)
def test_the_gradient_is_that_of_the_plain_reference_and_of_finite_differences(name):
    entry = TABLE[name]
    arguments = entry.arguments()
    inputs = {one: arguments[one].clone().requires_grad_() for one in entry.gradient_by}

    def differentiable(*tensors):
        outputs = entry.together(arguments | dict(zip(inputs, tensors, strict=True)))
        return tuple(one for one in outputs if one.requires_grad)

    together = weighed_gradient(differentiable(*inputs.values()), inputs, stacked=True)
    for member in range(entry.num_members):
        alone = {one: tensor[member].detach().clone().requires_grad_() for one, tensor in inputs.items()}
        own = {one: value[member] if one in entry.members else value for one, value in arguments.items()} | alone
        outputs = as_tuple(entry.plain(**own))
        expected = weighed_gradient([one for one in outputs if one.requires_grad], alone, stacked=False)
        for found, one in zip(together, expected, strict=True):
            torch.testing.assert_close(found[member], one, rtol=1e-9, atol=1e-11)
    assert torch.autograd.gradcheck(differentiable, tuple(inputs.values()))


@pytest.mark.parametrize("name", DERIVATIVES)
def test_what_is_itself_a_derivative_is_that_of_finite_differences(name):
    entry, arguments, step = TABLE[name], TABLE[name].arguments(), 1e-6
    by, function = entry.derivative_of
    [together] = entry.together(arguments)
    for member in range(entry.num_members):
        own = {one: value[member] for one, value in arguments.items()}
        for place in range(own[by].numel()):
            above, below = (own[by].clone(), own[by].clone())
            above[place] += step
            below[place] -= step
            slope = (function(**own | {by: above}) - function(**own | {by: below})) / (2 * step)
            assert together[member][place].item() == pytest.approx(slope.item(), rel=1e-6)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16], ids=str)
@pytest.mark.parametrize("name", [name for name, entry in TABLE.items() if entry.halves])
def test_half_precision_gives_finite_results_of_the_promised_type_near_the_exact_ones(name, dtype):
    """Beside float32 settings. Near: within 8 units of the last place of the largest number, in the result's type."""
    entry, arguments = TABLE[name], TABLE[name].arguments()
    halves = {one: value.float() if is_floating(value) else value for one, value in arguments.items()}
    halves |= {one: arguments[one].to(dtype) for one in entry.halves}
    exact = {one: value.double() if is_floating(value) else value for one, value in halves.items()}
    types = {"same": dtype, "single": torch.float32, "double": torch.float64}
    for found, expected, kind in zip(entry.together(halves), entry.together(exact), entry.results, strict=True):
        assert found.dtype == types[kind]
        assert torch.isfinite(found).all()
        near = 8 * max(torch.finfo(found.dtype).eps, torch.finfo(torch.float32).eps) * expected.abs().max().item()
        torch.testing.assert_close(found.double(), expected, rtol=0, atol=near)


@pytest.mark.parametrize(("name", "what"), REFUSED)
def test_what_can_t_be_is_refused_with_the_reason(name, what):
    call, words = TABLE[name].refused[what]
    with pytest.raises(CaviarError, match=words):
        call()


def weighed_gradient(outputs, inputs, stacked):
    """By the inputs, of a sum in which each place of a member's output has a weight of its own, the same for all."""
    total = 0.0
    for one in outputs:
        shape = one.shape[1:] if stacked else one.shape
        total = total + (one * torch.linspace(1, 2, shape.numel(), dtype=one.dtype).view(shape)).sum()
    return torch.autograd.grad(total, list(inputs.values()))


def tolerance_of(name, found):
    if name == "gradient-check":  # differences round and bend
        return {"rtol": 1e-8, "atol": 1e-9}
    return {"rtol": 1e-10, "atol": 1e-12} if found.dtype == torch.float64 else {"rtol": 1e-6, "atol": 0}
