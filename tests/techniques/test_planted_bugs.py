"""Wrong gradients are found and named, whoever made them; right ones are not."""

import numpy as np
import planted_bugs
import pytest
import torch
from planted_bugs import network
from torch import nn

from caviar.core.errors import CaviarError
from caviar.techniques import gradient_check

FEATURES = torch.randn(6, 3, generator=torch.Generator().manual_seed(1))
LABELS = torch.tensor([0, 1, 2, 0, 1, 2])
LOSS = nn.CrossEntropyLoss()


def wrong_tensors(check):
    return [tensor.name for tensor in check.tensors if tensor.verdict != "fine"]


def test_a_right_backward_is_fine():
    check = gradient_check(network(planted_bugs.right), LOSS, FEATURES, LABELS)
    assert check.ok and wrong_tensors(check) == []
    assert max(tensor.error for tensor in check.tensors) < 1e-7


@pytest.mark.parametrize(
    ("backward", "wrong", "hint"),
    [
        ("wrong_sign", ["2.weight"], "the gradient is -1 times what it should be, throughout"),
        ("missing_factor", ["2.weight"], "the gradient is 0.1667 times what it should be, throughout"),
        ("swapped_index", ["2.weight"], "worst at ["),
        ("forgotten_bias", ["2.bias"], "the gradient is 0 throughout: forgotten?"),
        ("wrong_upstream", ["0.weight", "0.bias"], "the gradient is 2 times what it should be, throughout"),
    ],
)
@pytest.mark.parametrize("seed", [0, 1])
def test_a_planted_bug_is_named(backward, wrong, hint, seed):
    check = gradient_check(network(getattr(planted_bugs, backward)), LOSS, FEATURES, LABELS, seed=seed)
    assert not check.ok
    assert wrong_tensors(check) == wrong
    assert check.worst.name in wrong and check.worst.verdict == "bug"
    assert check[wrong[0]].hint.startswith(hint)
    assert check[wrong[0]].name in str(check).partition("\n")[0]


def test_the_worst_entry_is_named_with_both_its_figures():
    check = gradient_check(network(planted_bugs.swapped_index), LOSS, FEATURES, LABELS)
    worst = check["2.weight"].worst[0]
    assert worst.index[0] in (0, 1)
    assert worst.difference == max(entry.difference for entry in check["2.weight"].entries)
    [row] = [line for line in str(check).splitlines() if line.startswith("  2.weight")]
    assert f"worst at [{worst.index[0]}, {worst.index[1]}]: gradient {worst.gradient:.6g}" in row
    assert f"by differences {worst.approx:.6g}" in row


def gradients_of(module: nn.Module, l2: float = 0.0) -> dict[str, torch.Tensor]:
    """By autograd, in float64: what somebody's hand has to arrive at. `l2` is λ/m, biases left out."""
    module = module.double()
    loss = LOSS(module(FEATURES.double()), LABELS)
    found = torch.autograd.grad(loss, list(module.parameters()))
    return {
        name: gradient + (l2 * one.detach() if one.dim() > 1 else 0)
        for (name, one), gradient in zip(module.named_parameters(), found, strict=True)
    }


def plain_network(num_units: int = 4) -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(3, num_units), nn.Tanh(), nn.Linear(num_units, 3))


def test_gradients_made_by_hand_are_checked_as_tensors_or_arrays():
    by_hand = gradients_of(plain_network())
    assert gradient_check(plain_network(), LOSS, FEATURES, LABELS, gradients=by_hand).ok
    arrays = {name: one.numpy().astype(np.float32) for name, one in by_hand.items()}
    assert gradient_check(plain_network(), LOSS, FEATURES, LABELS, gradients=arrays).ok
    by_hand["0.bias"][2] *= 1.01
    check = gradient_check(plain_network(), LOSS, FEATURES, LABELS, gradients=by_hand)
    assert wrong_tensors(check) == ["0.bias"]
    assert [entry.index for entry in check["0.bias"].worst] == [(2,)]


def test_one_wrong_entry_among_thousands_is_found_although_few_are_drawn():
    by_hand = gradients_of(plain_network(800))
    index = tuple(int(one) for one in (by_hand["0.weight"].abs() == by_hand["0.weight"].abs().max()).nonzero()[0])
    by_hand["0.weight"][index] *= 1.05
    check = gradient_check(plain_network(800), LOSS, FEATURES, LABELS, gradients=by_hand, num_entries=4)
    assert wrong_tensors(check) == ["0.weight"]
    assert [entry.index for entry in check["0.weight"].worst] == [index]


def test_a_penalty_that_the_hand_forgot_is_found():
    right, forgotten = gradients_of(plain_network(), l2=0.1), gradients_of(plain_network())
    assert gradient_check(plain_network(), LOSS, FEATURES, LABELS, l2=0.1, gradients=right).ok
    check = gradient_check(plain_network(), LOSS, FEATURES, LABELS, l2=0.1, gradients=forgotten)
    assert wrong_tensors(check) == ["0.weight", "2.weight"]


def test_a_gradient_that_is_not_a_number_is_a_bug_wherever_it_stands():
    by_hand = gradients_of(plain_network(800))
    by_hand["0.weight"][700, 1] = float("nan")
    check = gradient_check(plain_network(800), LOSS, FEATURES, LABELS, gradients=by_hand, num_entries=3)
    assert check.worst.name == "0.weight" and check.worst.verdict == "bug"
    assert "worst at [700, 1]: gradient nan" in str(check)


def test_gradients_that_are_not_given_are_said_to_be_unchecked():
    by_hand = {"0.bias": gradients_of(plain_network())["0.bias"]}
    check = gradient_check(plain_network(), LOSS, FEATURES, LABELS, gradients=by_hand)
    assert [tensor.name for tensor in check.tensors] == ["0.bias"]
    assert "No gradient was given, so not checked: 0.weight, 2.weight, 2.bias." in check.remarks


def test_gradients_of_another_name_or_shape_are_refused():
    by_hand = gradients_of(plain_network())
    with pytest.raises(CaviarError, match=r"no parameter that trains\. Did you mean '0.weight'"):
        gradient_check(plain_network(), LOSS, FEATURES, LABELS, gradients={"0.weights": by_hand["0.weight"]})
    with pytest.raises(CaviarError, match=r"shape \(4, 3\); it has \(3, 4\)"):
        gradient_check(plain_network(), LOSS, FEATURES, LABELS, gradients={"0.weight": by_hand["0.weight"].T})
    with pytest.raises(CaviarError, match="steps must be 0"):
        gradient_check(plain_network(), LOSS, FEATURES, LABELS, gradients=by_hand, steps=1)


class CutOff(nn.Module):
    """Autograd is cut between the layers, so the first gets no gradient that it should have."""

    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(3, 4), nn.Linear(4, 3)

    def forward(self, inputs):
        return self.second(torch.tanh(self.first(inputs).detach()))


def test_a_detached_layer_is_a_bug_and_an_unused_one_is_not():
    torch.manual_seed(0)
    check = gradient_check(CutOff(), LOSS, FEATURES, LABELS)
    assert wrong_tensors(check) == ["first.weight", "first.bias"]
    check = gradient_check(Unused(), LOSS, FEATURES, LABELS)
    assert check.ok
    assert [one for one in check.remarks if "spare" in one] == [
        "spare.weight takes no part in the loss.",
        "spare.bias takes no part in the loss.",
    ]


class Unused(nn.Module):
    def __init__(self):
        super().__init__()
        self.used, self.spare = nn.Linear(3, 3), nn.Linear(2, 2)

    def forward(self, inputs):
        return self.used(inputs)
