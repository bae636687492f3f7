"""Right code is never blamed, the user's module is left alone, and what can't be checked is refused or said."""

import subprocess
import sys

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

import caviar.techniques
from caviar.core.errors import CaviarError
from caviar.networks.layers import Dropout
from caviar.networks.mlp import MLP
from caviar.techniques import gradient_check

LOSS = nn.CrossEntropyLoss()
FEATURES = torch.randn(8, 6, generator=torch.Generator().manual_seed(1))
LABELS = torch.tensor([0, 1, 2, 0, 1, 2, 0, 1])


@pytest.fixture(autouse=True)
def seeded() -> None:
    torch.manual_seed(0)


def network(*between: nn.Module) -> nn.Module:
    return nn.Sequential(nn.Linear(6, 5), *between, nn.Linear(5, 3))


def squares(outputs: Tensor) -> Tensor:
    return (outputs - 1).square().mean()


PICTURES = torch.randn(2, 2, 6, 6, generator=torch.Generator().manual_seed(2))
SEQUENCE = torch.randn(3, 4, 6, generator=torch.Generator().manual_seed(3))
NETWORKS = {
    "tanh": lambda: (network(nn.Tanh()), FEATURES),
    "relu": lambda: (network(nn.ReLU()), FEATURES),
    "batch norm in training": lambda: (network(nn.BatchNorm1d(5), nn.ReLU()), FEATURES),
    "batch norm in test mode": lambda: (network(nn.BatchNorm1d(5), nn.ReLU()).eval(), FEATURES),
    "spectral norm in test mode": lambda: (nn.utils.parametrizations.spectral_norm(nn.Linear(6, 3)).eval(), FEATURES),
    "convolutions": lambda: (
        nn.Sequential(nn.Conv2d(2, 4, 3, groups=2), nn.GELU(), nn.MaxPool2d(2), nn.ConvTranspose2d(4, 2, 2)),
        PICTURES,
    ),
    "five axes": lambda: (nn.Conv3d(1, 2, 2), torch.randn(2, 1, 3, 3, 3)),
    "channels last": lambda: (nn.Conv2d(2, 3, 3).to(memory_format=torch.channels_last), PICTURES),
    "attention": lambda: (nn.TransformerEncoderLayer(6, 2, 8, batch_first=True), SEQUENCE),
    "our own": lambda: (MLP((5, 5), batch_norm=True).build(6, 3), FEATURES),
    "large inputs": lambda: (network(nn.Tanh()), FEATURES * 100),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_a_healthy_network_is_fine(name):
    module, inputs = NETWORKS[name]()
    check = gradient_check(module, squares, inputs)
    assert check.ok, check


@pytest.mark.parametrize("gain", [1e-3, 1.0, 1e3])
def test_the_size_of_the_loss_changes_nothing(gain):
    check = gradient_check(network(nn.BatchNorm1d(5), nn.ReLU()), lambda one: gain * squares(one), FEATURES)
    assert check.ok, check
    bias = check["0.bias"]  # before batch norm, its gradient is 0 but for rounding
    assert bias.verdict == "fine"
    assert bias.error < 1e-6 or bias.hint == "both are 0 but for rounding"


def test_an_error_is_that_of_the_notes_over_the_entries():
    check = gradient_check(network(nn.Tanh()), LOSS, FEATURES, LABELS)
    for tensor in check.tensors:
        approx = np.array([entry.approx for entry in tensor.entries])
        gradient = np.array([entry.gradient for entry in tensor.entries])
        by_hand = np.linalg.norm(approx - gradient) / (np.linalg.norm(approx) + np.linalg.norm(gradient))
        assert tensor.error == pytest.approx(by_hand)
        assert tensor.error < 1e-7


def test_some_entries_of_a_tensor_are_drawn_by_the_seed_and_small_tensors_are_whole():
    def places(seed):
        check = gradient_check(network(nn.Tanh()), LOSS, FEATURES, LABELS, seed=seed, num_entries=7)
        return {tensor.name: [entry.index for entry in tensor.entries] for tensor in check.tensors}

    first = places(0)
    assert {name: len(indices) for name, indices in first.items()} == {
        "0.weight": 7,
        "0.bias": 5,
        "2.weight": 7,
        "2.bias": 3,
    }
    assert all(len(set(indices)) == len(indices) for indices in first.values())
    assert first == places(0) != places(1)


def test_the_module_its_gradients_and_the_random_state_are_left_as_they_were():
    module = network(nn.BatchNorm1d(5), nn.Dropout(0.5))
    LOSS(module(FEATURES), LABELS).backward()
    tensors = [*module.state_dict().values(), *(one.grad for one in module.parameters())]
    before, state = [one.clone() for one in tensors], torch.get_rng_state()
    gradient_check(module, LOSS, FEATURES, LABELS, steps=3)
    assert all(map(torch.equal, before, tensors))
    assert all(one.training for one in module.modules())
    assert {one.dtype for one in module.parameters()} == {torch.float32}
    assert torch.equal(state, torch.get_rng_state())
    assert torch.get_default_dtype() == torch.float32


def test_half_precision_modules_and_inputs_are_checked_in_float64():
    check = gradient_check(network(nn.Tanh()).half(), LOSS, FEATURES.half(), LABELS)
    assert max(tensor.error for tensor in check.tensors) < 1e-7


def test_a_network_that_makes_tensors_of_its_own_is_checked_in_float64_too():
    class Recurrent(nn.Module):
        def __init__(self):
            super().__init__()
            self.cell, self.scale = nn.Linear(10, 4), torch.full((4,), 0.5)

        def forward(self, inputs):
            hidden = torch.zeros(len(inputs), 4)
            for step in inputs.unbind(1):
                hidden = torch.tanh(self.cell(torch.cat([step, hidden], 1))) * self.scale
            return hidden

    assert gradient_check(Recurrent(), squares, SEQUENCE).ok


def test_embeddings_take_integers_and_the_rows_in_use_are_among_those_drawn():
    module = nn.Sequential(nn.Embedding(5000, 4, sparse=True), nn.Flatten(), nn.Linear(12, 3))
    words = torch.randint(0, 5000, (8, 3))
    check = gradient_check(module, LOSS, words, LABELS)
    assert check.ok
    assert sum(entry.gradient != 0 for entry in check["0.weight"].entries) >= 10


def test_an_embedding_that_cuts_long_rows_in_its_forward_pass_starts_each_pass_anew():
    module = nn.Sequential(nn.Embedding(6, 4, max_norm=1.0), nn.Flatten(), nn.Linear(12, 3))
    gradient_check(module, LOSS, torch.randint(0, 6, (8, 3)), LABELS)
    assert torch.linalg.vector_norm(module[0].weight, dim=1).max() > 1.1


def test_several_inputs_named_inputs_and_other_losses():
    class Sum(nn.Module):
        def __init__(self):
            super().__init__()
            self.left, self.right = nn.Linear(6, 3), nn.Linear(6, 3)

        def forward(self, first, second):
            return {"sum": torch.tanh(self.left(first)) * self.right(second)}

    def loss(outputs, labels, weights):
        return (functional.cross_entropy(outputs["sum"], labels, reduction="none") * weights).sum()

    weights = torch.rand(8)
    both = gradient_check(Sum(), loss, (FEATURES, FEATURES.flip(0)), LABELS, weights)
    assert both.ok
    assert gradient_check(Sum(), loss, {"first": FEATURES, "second": FEATURES}, LABELS, weights).ok


def test_a_packed_sequence_is_one_argument():
    packed = nn.utils.rnn.pack_padded_sequence(SEQUENCE, [4, 2, 1], batch_first=True)
    assert gradient_check(nn.GRU(6, 3), lambda outputs: squares(outputs[0].data), packed).ok


def test_complex_weights_are_checked_by_real_and_imaginary_part():
    module = nn.Linear(3, 2, dtype=torch.complex64)
    check = gradient_check(module, lambda outputs: outputs.abs().square().mean(), torch.randn(4, 3) + 1j)
    assert check.ok
    assert {len(entry.index) for entry in check["weight"].entries} == {3}


def test_frozen_parameters_are_named_and_not_checked():
    module = network(nn.Tanh())
    module[0].requires_grad_(False)
    check = gradient_check(module, LOSS, FEATURES, LABELS)
    assert [tensor.name for tensor in check.tensors] == ["2.weight", "2.bias"]
    assert "Frozen, so not checked: 0.weight, 0.bias." in check.remarks


def test_tied_weights_are_one_tensor():
    module = nn.Sequential(nn.Linear(6, 6), nn.Tanh(), nn.Linear(6, 6))
    module[2].weight = module[0].weight
    check = gradient_check(module, squares, FEATURES)
    assert check.ok
    assert [tensor.name for tensor in check.tensors] == ["0.weight", "0.bias", "2.bias"]


@pytest.mark.parametrize("block", [torch.no_grad, torch.inference_mode])
def test_it_works_where_gradients_are_off(block):
    module = network(nn.Tanh())
    with block():
        assert gradient_check(module, LOSS, FEATURES.clone(), LABELS).ok


def test_it_can_be_done_again_after_some_steps():
    module = network(nn.Tanh())
    first = gradient_check(module, LOSS, FEATURES, LABELS)
    later = gradient_check(module, LOSS, FEATURES, LABELS, steps=20, learning_rate=0.5)
    assert first.ok and later.ok
    optimiser = torch.optim.SGD(module.double().parameters(), lr=0.5)
    for _ in range(20):
        optimiser.zero_grad()
        LOSS(module(FEATURES.double()), LABELS).backward()
        optimiser.step()
    optimiser.zero_grad()
    LOSS(module(FEATURES.double()), LABELS).backward()
    given = [entry.gradient for entry in later["2.bias"].entries]
    assert given == pytest.approx(module[2].bias.grad.tolist(), rel=1e-9)


def test_a_bug_that_shows_after_some_steps_only_needs_them():
    """Right where the weights are small, wrong beyond: a clipped gradient of a loss that is not."""

    class Square(torch.autograd.Function):
        @staticmethod
        def forward(ctx, z):
            ctx.save_for_backward(z)
            return z**2

        @staticmethod
        def backward(ctx, upstream):
            return upstream * 2 * ctx.saved_tensors[0].clamp(-0.5, 0.5)

    class Growing(nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = nn.Parameter(torch.zeros(3))

        def forward(self, inputs):
            return Square.apply(self.weight)

    def far_away(outputs):
        return (outputs - 4).square().sum() - 5 * outputs.sum()

    module = Growing()
    module.weight.data.fill_(0.1)
    assert gradient_check(module, far_away, FEATURES).ok
    assert not gradient_check(module, far_away, FEATURES, steps=50).ok


def test_the_name_stays_the_function_whatever_was_imported_before():
    script = (
        "import caviar.techniques.gradient_check\n"
        "from caviar.techniques.gradient_check import EPSILON\n"
        "import importlib; module = importlib.import_module('caviar.techniques.gradient_check')\n"
        "from caviar.techniques import gradient_check\n"
        "assert gradient_check is module.gradient_check"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)
    assert caviar.techniques.gradient_check is gradient_check


# What is random, rough or bent.


def test_dropout_is_switched_off_and_named():
    class Functional(nn.Module):
        def __init__(self):
            super().__init__()
            self.linear = nn.Linear(6, 3)

        def forward(self, inputs):
            return functional.dropout(self.linear(inputs), 0.5, self.training)

    for module, said in (
        (network(nn.Dropout(0.5)), "Dropout is off while checking: 1 (Dropout)."),
        (network(Dropout(0.5)), "Dropout is off while checking: 1 (Dropout)."),
        (nn.LSTM(6, 3, 2, dropout=0.5), "Dropout is off while checking: (LSTM)."),
        (Functional(), "Passes in training mode differ: all but batch norm is checked in test mode."),
    ):
        recurrent = isinstance(module, nn.LSTM)
        check = gradient_check(module, (lambda one: squares(one[0])) if recurrent else squares, FEATURES)
        assert check.ok
        assert said in check.remarks
        assert said in str(check)


@pytest.mark.parametrize("layer", [nn.Dropout(0.0), nn.Dropout(0.5).eval(), Dropout(0.0)])
def test_dropout_that_drops_nothing_is_not_mentioned(layer):
    assert gradient_check(network(layer), LOSS, FEATURES, LABELS).remarks == []


def test_batch_norm_stays_in_training_where_chance_is_switched_off():
    module = network(nn.BatchNorm1d(5), nn.RReLU())
    check = gradient_check(module, LOSS, FEATURES, LABELS)
    module.eval()
    module[1].train()
    expected = torch.autograd.grad(LOSS(module.double()(FEATURES.double()), LABELS), module[3].bias)[0]
    assert [entry.gradient for entry in check["3.bias"].entries] == pytest.approx(expected.tolist(), rel=1e-9)


class Noisy(nn.Module):
    def __init__(self, draw):
        super().__init__()
        self.linear, self.draw = nn.Linear(6, 3), draw

    def forward(self, inputs):
        return self.linear(inputs) + self.draw()


class Counter:
    count = 0

    def __call__(self):
        type(self).count += 1
        return 0.0 if type(self).count < 40 else 1.0


def test_other_randomness_is_refused():
    generator = np.random.default_rng(0)
    for draw in (lambda: torch.randn(3), lambda: float(generator.normal()), lambda: float(torch.rand(()) < 0.3)):
        with pytest.raises(CaviarError, match="passes with the same weights and batch differ"):
            gradient_check(Noisy(draw), squares, FEATURES)


def test_a_module_that_changes_by_being_called_is_refused():
    with pytest.raises(CaviarError, match="changes from pass to pass"):
        gradient_check(Noisy(Counter()), squares, FEATURES)


class Remembering(nn.Module):
    """A buffer, a tensor and a number, each changed by every pass, the tensor in place or as a new one."""

    def __init__(self, in_place):
        super().__init__()
        self.linear, self.in_place = nn.Linear(6, 3), in_place
        self.register_buffer("seen", torch.tensor(0))
        self.mean, self.count = torch.zeros(3), 0

    def forward(self, inputs):
        outputs = self.linear(inputs) + self.mean + self.seen + self.count
        self.seen += 1
        self.count += 1
        if self.in_place:
            self.mean += 1
        else:
            self.mean = self.mean + outputs.detach().mean(0)
        return outputs


def test_activations_kept_from_an_earlier_pass_do_not_hinder():
    class Keeping(nn.Module):
        def __init__(self):
            super().__init__()
            self.linear = nn.Linear(6, 3)

        def forward(self, inputs):
            self.kept = self.linear(inputs)
            return self.kept

    module = Keeping()
    module(FEATURES)
    kept = module.kept
    assert gradient_check(module, LOSS, FEATURES, LABELS).ok
    assert module.kept is kept


def test_a_loss_without_a_slope_is_said_to_have_none():
    check = gradient_check(network(nn.Tanh()), lambda outputs: squares((8 * outputs).round()), FEATURES)
    assert check.ok
    assert {tensor.hint for tensor in check.tensors} == {"both are 0"}


@pytest.mark.parametrize("in_place", [False, True])
def test_what_a_pass_remembers_is_put_back_before_the_next(in_place):
    module = Remembering(in_place)
    assert gradient_check(module, squares, FEATURES).ok
    assert module.seen == module.count == 0 and not module.mean.any()


def test_a_kink_is_not_held_against_the_code():
    """At weights of 0 every ReLU stands at its bend: the slope is 0 on one side only."""
    module = nn.Sequential(nn.Linear(6, 5), nn.ReLU(), nn.Linear(5, 3))
    nn.init.zeros_(module[0].weight)
    nn.init.zeros_(module[0].bias)
    check = gradient_check(module, LOSS, FEATURES, LABELS)
    assert check.ok
    assert all(entry.kink for entry in check["0.bias"].entries)
    assert [one.partition(", as of ReLU")[0] for one in check.remarks if one.startswith("0.bias")] == [
        "0.bias: 5 of 5 entries sit on a kink"
    ]


@pytest.mark.parametrize("gradient", [0.0, -1.0, 0.7, 5.0])
def test_where_all_sits_on_kinks_nothing_is_judged(gradient):
    module = nn.Linear(1, 1, bias=False)
    nn.init.zeros_(module.weight)
    given = {"weight": torch.full((1, 1), gradient)}
    check = gradient_check(module, lambda outputs: outputs.abs().sum(), torch.ones(1, 1), gradients=given)
    if gradient == 0:  # the two-sided difference happens to agree
        assert check["weight"].verdict == "fine"
    else:
        assert check.ok and check["weight"].verdict == "kink"


def test_a_bug_beside_kinks_is_a_bug():
    """The L1 penalty bends at the weights that are 0; the others are judged."""
    module = nn.Linear(6, 3)
    with torch.no_grad():
        module.weight[:, ::2] = 0
    right = torch.autograd.grad(squares(module.double()(FEATURES.double())), module.weight)[0]
    for sign, fine in ((1, True), (-1, False)):
        given = {"weight": right + 0.1 * sign * module.weight.sign() + 0.05 * (module.weight == 0)}
        check = gradient_check(module, squares, FEATURES, l1=0.1, gradients=given)
        assert check.ok is fine
        assert {entry.index[1] % 2 for entry in check["weight"].entries if entry.kink} == {0}
        assert {entry.index[1] % 2 for entry in check["weight"].judged} == {1}


def test_a_kink_close_by_is_left_outside_by_smaller_steps():
    module = nn.Linear(1, 1, bias=False)
    nn.init.constant_(module.weight, 1e-6)
    check = gradient_check(module, lambda outputs: outputs.relu().sum(), torch.ones(1, 1))
    assert check.ok and check.remarks == []
    assert check["weight"].entries[0].approx == pytest.approx(1)


def test_penalties_are_part_of_the_loss():
    module = network(nn.Tanh())
    plain = gradient_check(module, LOSS, FEATURES, LABELS)
    rough = gradient_check(module, LOSS, FEATURES, LABELS, l1=0.1, l2=0.3)
    own = gradient_check(module, LOSS, FEATURES, LABELS, penalty=lambda one: 0.5 * one[0].bias.square().sum())
    assert plain.ok and rough.ok and own.ok
    for before, after in zip(plain["0.weight"].entries, rough["0.weight"].entries, strict=True):
        weight = module[0].weight[before.index].item()
        assert after.gradient - before.gradient == pytest.approx(0.1 * np.sign(weight) + 0.3 * weight)
    for index, (before, after) in enumerate(zip(plain["0.bias"].entries, own["0.bias"].entries, strict=True)):
        assert after.gradient - before.gradient == pytest.approx(module[0].bias[index].item())
    assert plain["2.bias"].entries[0].gradient == rough["2.bias"].entries[0].gradient


# What can't be checked.


@pytest.mark.parametrize(
    ("module", "loss", "sentence"),
    [
        (nn.Tanh(), squares, "no parameters that train"),
        (nn.Linear(6, 3).requires_grad_(False), squares, "no parameters that train"),
        (nn.Linear(6, 3), lambda outputs: outputs, r"one real number; it came as \(8, 3\)"),
        (nn.Linear(6, 3), lambda outputs: 1.0, "it came as float"),
        (nn.Linear(6, 3), lambda outputs: outputs.sum() / 0, "the loss is -?(inf|nan)"),
        (nn.Linear(6, 3), lambda outputs: outputs.float().sum(), "casts float64 to float32"),
        (nn.Linear(5, 3), squares, "a pass of the module's float64 copy failed: RuntimeError: .*shapes"),
        (nn.LazyLinear(3), squares, "run one batch through it first"),
    ],
)
def test_what_can_t_be_checked_is_refused_with_the_reason(module, loss, sentence):
    with pytest.raises(CaviarError, match=sentence):
        gradient_check(module, loss, FEATURES)


def test_a_function_is_refused_with_what_to_make_of_it():
    with pytest.raises(CaviarError, match=r"must be a torch.nn.Module; got function. Put a function"):
        gradient_check(squares, squares, FEATURES)


@pytest.mark.parametrize("setting", [{"steps": -1}, {"num_entries": 0}, {"epsilon": 0}, {"learning_rate": 0}])
def test_settings_out_of_range_are_refused(setting):
    with pytest.raises(CaviarError, match="steps must be at least 0"):
        gradient_check(network(), LOSS, FEATURES, LABELS, **setting)


def test_steps_that_diverge_are_refused():
    with pytest.raises(CaviarError, match="take a smaller learning_rate"):
        gradient_check(nn.Linear(6, 3), squares, FEATURES, steps=2000, learning_rate=1e4)
