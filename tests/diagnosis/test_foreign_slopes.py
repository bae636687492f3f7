"""Plain PyTorch models with something wrong that one look at them shows, and models that are only unusual."""

import pytest
import torch
from torch import nn
from torch.nn import functional
from watched_loops import FEATURES, LABELS, perceptron, present, train

import caviar


def looked_at(network, features=FEATURES, labels=LABELS):
    return caviar.diagnose(network, (features, labels), functional.cross_entropy)


def first_two(findings):
    return present(findings)[:2]


class Squares(torch.autograd.Function):
    """½x², with the derivative x; or with one that forgets the x."""

    @staticmethod
    def forward(ctx, x, right):
        ctx.save_for_backward(x)
        ctx.right = right
        return x**2 / 2

    @staticmethod
    def backward(ctx, slope):
        [x] = ctx.saved_tensors
        return slope * (x if ctx.right else torch.ones_like(x)), None


class WithSquares(nn.Module):
    def __init__(self, right):
        super().__init__()
        self.first, self.second, self.right = nn.Linear(64, 16), nn.Linear(16, 10), right

    def forward(self, rows):
        return self.second(Squares.apply(self.first(rows), self.right))


def test_a_wrong_backward_is_found_and_the_weights_before_it_are_named():
    torch.manual_seed(0)
    [found] = [each for each in looked_at(WithSquares(right=False)) if each.id == "gradient-bug"]
    assert (found.verdict, found.severity) == ("present", "high")
    assert set(found.evidence["wrong"]) == {"first.weight", "first.bias"}
    torch.manual_seed(0)
    assert present(looked_at(WithSquares(right=True))) == []


def test_columns_that_were_not_normalised_are_found_and_batch_norm_in_front_mends_them():
    raw = FEATURES * torch.logspace(0, 3, 64)
    torch.manual_seed(0)
    assert first_two(looked_at(perceptron(16), raw)) == ["input-not-normalised"]
    assert present(looked_at(nn.Sequential(nn.BatchNorm1d(64), *perceptron(16)), raw)) == ["batch-norm-mismatch"]
    assert present(looked_at(nn.Sequential(nn.LayerNorm(64), *perceptron(16)), raw)) == []


def zeros(network):
    with torch.no_grad():
        for each in network.parameters():
            each.zero_()
    return network


def test_tanh_weights_of_zero_are_a_saddle_and_relu_weights_of_zero_a_plateau():
    """A tanh has a slope at 0: both layers moved together lower the loss; a ReLU has none. The cause stands first."""
    for activation, place in ((nn.Tanh, "saddle"), (nn.ReLU, "plateau")):
        network = zeros(perceptron(16, activation=activation))
        train(network, torch.optim.SGD(network.parameters(), 0.1), steps=50, watched=False)
        found = present(looked_at(network))
        assert found[0] == "bad-initialisation" and place in found, place


def test_a_network_at_its_end_is_in_a_minimum():
    """Two features of 64 tell little; a linear model of them is soon as good as it gets."""
    torch.manual_seed(0)
    network, rows = nn.Sequential(nn.Linear(2, 10)), FEATURES[:, 10:12]
    optimiser = torch.optim.LBFGS(network.parameters(), max_iter=100, line_search_fn="strong_wolfe")

    def closure():
        optimiser.zero_grad()
        loss = functional.cross_entropy(network(rows[:1024]), LABELS[:1024])
        loss.backward()
        return loss

    optimiser.step(closure)
    assert present(looked_at(network, rows)) == ["minimum"]


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.table, self.out = nn.Embedding(17, 16), nn.Linear(16, 10)
        self.mix = nn.TransformerEncoderLayer(16, 2, 32, 0.1, batch_first=True)

    def forward(self, rows):
        return self.out(self.mix(self.table((rows + 8).long().clamp(0, 16)[:, 20:32])).mean(1))


def test_attention_has_second_derivatives_and_an_embedding_no_columns():
    torch.manual_seed(0)
    network = zeros(Attention())
    found = {each.id: each for each in looked_at(network)}
    assert found["input-not-normalised"].verdict == "absent"
    assert found["saddle"].verdict != "cannot-tell" and "drop" in found["saddle"].evidence


def test_the_rows_of_a_loader_are_those_that_train():
    torch.manual_seed(0)
    network = perceptron(16, batch_norm=True)
    rows = torch.utils.data.TensorDataset(FEATURES, LABELS)
    findings = caviar.diagnose(network, torch.utils.data.DataLoader(rows, batch_size=2), functional.cross_entropy)
    assert first_two(findings)[0] == "batch-too-small"
    [small] = [each for each in findings if each.id == "batch-too-small"]
    assert small.evidence["rows"] == 2


def test_a_model_too_large_for_slow_looks_says_so():
    network = nn.Sequential(nn.Linear(64, 16_000), nn.ReLU(), nn.Linear(16_000, 10))
    found = {each.id: each for each in looked_at(network, FEATURES[:64], LABELS[:64])}
    assert found["gradient-bug"].verdict == "cannot-tell"


@pytest.mark.parametrize("make", [lambda: perceptron(32), lambda: perceptron(16, activation=nn.Tanh, batch_norm=True)])
def test_a_network_before_its_first_step_is_not_stuck(make):
    torch.manual_seed(0)
    assert not {"saddle", "plateau", "minimum"} & set(present(looked_at(make())))
