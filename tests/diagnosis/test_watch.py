"""Watching leaves the run as it is, sees what plain arithmetic sees, and goes away when asked."""

import warnings

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional
from watched_loops import FEATURES, LABELS, perceptron, train

import caviar
from caviar.diagnosis.training_diseases import TRAINING_DISEASES
from caviar.diagnosis.watch import watched_steps


def state_after(watched, kind, every=None):
    torch.manual_seed(3)
    network = perceptron(32, 32, batch_norm=True, drop_rate=0.3)
    optimiser = kind(network.parameters(), 0.01)
    _, losses = train(network, optimiser, steps=40, watched=watched, **({"every": every} if watched else {}))
    return losses, network, optimiser, torch.get_rng_state()


@pytest.mark.parametrize("every", [None, 1, 3])
@pytest.mark.parametrize("kind", [torch.optim.Adam, torch.optim.SGD, torch.optim.RMSprop])
def test_a_watched_run_is_the_unwatched_one_bit_for_bit(kind, every):
    """Dropout draws, batch norm's averages, weights, gradients, moments and the random state after all."""
    losses, plain, plain_optimiser, plain_random = state_after(False, kind)
    watched_losses, watched, watched_optimiser, watched_random = state_after(True, kind, every)
    assert watched_losses == losses
    assert torch.equal(watched_random, plain_random)
    for name, value in plain.state_dict().items():
        assert torch.equal(watched.state_dict()[name], value), name
    for ours, theirs in zip(watched.parameters(), plain.parameters(), strict=True):
        assert torch.equal(ours.grad, theirs.grad)
        for key, value in plain_optimiser.state[theirs].items():
            assert torch.equal(torch.as_tensor(watched_optimiser.state[ours][key]), torch.as_tensor(value)), key


def scaled_half_steps(network, optimiser, watcher):
    """Mixed precision with a scaler: bfloat16 passes, gradients scaled up and down again."""
    scaler = torch.amp.GradScaler("cpu", init_scale=128.0)
    for rows in torch.arange(768).split(64):
        with torch.autocast("cpu", torch.bfloat16):
            loss = functional.cross_entropy(network(FEATURES[rows]), LABELS[rows])
        watcher.loss(loss)
        optimiser.zero_grad()
        scaler.scale(loss).backward()
        scaler.step(optimiser)
        scaler.update()


def added_up_steps(network, optimiser, watcher):
    """Three backward passes a step."""
    for rows in torch.arange(768).split(64):
        for part in rows.split(24):
            watcher.loss(functional.cross_entropy(network(FEATURES[part]), LABELS[part])).backward()
        optimiser.step()
        optimiser.zero_grad(set_to_none=False)


def steps_with_a_closure(network, optimiser, watcher):
    """Several passes inside a step, as line searches take them."""
    for rows in torch.arange(512).split(128):

        def closure(rows=rows):
            optimiser.zero_grad()
            loss = functional.cross_entropy(network(FEATURES[rows]), LABELS[rows])
            loss.backward()
            return loss

        optimiser.step(closure)


class NoWatcher:
    def loss(self, value):
        return value


ADAM, SGD = torch.optim.Adam, torch.optim.SGD


@pytest.mark.parametrize(
    ("steps", "kind", "rate"),
    [
        (scaled_half_steps, ADAM, 1e-2),
        (scaled_half_steps, torch.optim.AdamW, 1e-2),
        (added_up_steps, SGD, 0.1),
        (added_up_steps, torch.optim.Adagrad, 1e-2),
        (steps_with_a_closure, torch.optim.LBFGS, 0.1),
    ],
)
def test_other_ways_to_step_are_left_as_they_are_too(steps, kind, rate):
    ends = []
    for watched in (False, True):
        torch.manual_seed(3)
        network = perceptron(24, batch_norm=True, drop_rate=0.3)
        optimiser = kind(network.parameters(), rate)
        watcher = caviar.watch(network, optimiser, every=2) if watched else NoWatcher()
        steps(network, optimiser, watcher)
        ends.append([*network.state_dict().values(), torch.get_rng_state()])
    assert all(torch.equal(one, other) for one, other in zip(*ends, strict=True))
    health = watcher.health()
    assert health.num_steps == (4 if kind is torch.optim.LBFGS else 12)
    assert len(health.agreement) > 1 and not health.unseen
    if steps is added_up_steps:
        assert health.batch_rows == 72  # three passes of 24 rows
    watcher.close()


def test_the_agreement_is_the_cosine_of_the_gradients_of_a_watched_step_and_the_next():
    torch.manual_seed(0)
    network, gradients = perceptron(16), []
    optimiser = SGD(network.parameters(), 0.1)
    watcher = caviar.watch(network, optimiser)
    optimiser.register_step_pre_hook(
        lambda *_: gradients.append(torch.cat([network[each].weight.grad.flatten() for each in (0, 2)]))
    )
    train(network, optimiser, steps=6, watched=False)
    expected = [functional.cosine_similarity(gradients[s - 1], gradients[s], dim=0).item() for s in (1, 2, 4)]
    assert watcher.health().agreement.tolist() == pytest.approx(expected, rel=1e-4)
    watcher.close()


def test_the_inputs_columns_are_those_of_the_batches_that_were_watched():
    network = nn.Sequential(nn.Flatten(), *perceptron(8))
    optimiser = SGD(network.parameters(), 0.1)
    watcher = caviar.watch(network, optimiser, every=1)
    for rows in (FEATURES[:40], FEATURES[40:100]):
        functional.cross_entropy(network(rows), LABELS[: len(rows)]).backward()
        optimiser.step()
    [inputs] = watcher.health().inputs
    seen = FEATURES[:100].double()
    assert (inputs.layer, inputs.rows) == ("1", 100)
    np.testing.assert_allclose(inputs.mean, seen.mean(0), atol=1e-6)
    np.testing.assert_allclose(inputs.deviation, seen.std(0, correction=0), atol=1e-6)
    before = torch.cat(
        [seen[39:40], seen[:39], seen[99:], seen[40:99]]
    )  # each batch's first row stands beside its last
    np.testing.assert_allclose(inputs.repeated_share, (seen == before).double().mean(0), atol=1e-6)
    watcher.close()


class Mixed(nn.Module):
    """Convolutions, functions called bare, one of them in place."""

    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Conv2d(1, 4, 3), nn.Conv2d(4, 6, 3)
        self.last = nn.Linear(6 * 16, 10)

    def forward(self, rows):
        a = functional.relu(self.first(rows.view(-1, 1, 8, 8)))
        a = torch.relu_(self.second(a))
        return self.last(torch.tanh(a.flatten(1)))


def one_step(every=1):
    torch.manual_seed(0)
    network = Mixed()
    optimiser = torch.optim.SGD(network.parameters(), 0.1)
    before = {name: each.detach().clone() for name, each in network.named_parameters()}
    watcher, _ = train(network, optimiser, steps=1, every=every)
    return network, before, watcher.health()


def test_figures_of_a_step_equal_plain_arithmetic():
    network, before, health = one_step()
    assert health.layers.names == ("first", "second", "last")
    for place, name in enumerate(health.layers.names):
        weight, old = network.get_parameter(f"{name}.weight"), before[f"{name}.weight"]
        assert health.layers.weight_norm[0, place] == pytest.approx(weight.norm().item(), rel=1e-5)
        assert health.layers.gradient_norm[0, place] == pytest.approx(weight.grad.norm().item(), rel=1e-5)
        ratio = ((weight - old).norm() / old.norm()).item()
        assert health.layers.update_ratio[0, place] == pytest.approx(ratio, rel=1e-4)
    total = torch.cat([each.grad.flatten() for each in network.parameters()]).norm().item()
    assert health.gradient_norm[0] == pytest.approx(total, rel=1e-5)
    assert health.learning_rate[0] == 0.1


def test_activations_and_their_gradients_equal_plain_arithmetic():
    network, before, health = one_step()
    network.load_state_dict(before)
    rows = torch.randint(0, len(FEATURES), (64,), generator=torch.Generator().manual_seed(0))
    z1 = network.first(FEATURES[rows].view(-1, 1, 8, 8))
    a1 = z1.clamp(min=0)
    z2 = network.second(a1)
    a2 = z2.clamp(min=0)
    outputs = network.last(a2.flatten(1).tanh())
    slopes = torch.autograd.grad(functional.cross_entropy(outputs, LABELS[rows]), [z1, z2, outputs])
    for place, (z, slope) in enumerate(zip([z1, z2, outputs], slopes, strict=True)):
        assert health.layers.output_rms[0, place] == pytest.approx(z.pow(2).mean().sqrt().item(), rel=1e-4)
        assert health.layers.output_gradient[0, place] == pytest.approx(slope.norm().item(), rel=1e-4)
    first, second, tanh = health.activations
    assert (first.name, second.name, tanh.name) == ("model relu", "model relu 2", "model tanh")
    assert first.mean[0] == pytest.approx(a1.mean().item(), rel=1e-4)
    assert second.deviation[0] == pytest.approx(a2.std(correction=0).item(), rel=1e-4)
    silent = [bool((a2[:, channel] == 0).all()) for channel in range(6)]
    assert second.silent.tolist() == [silent]
    flat = (1 - a2.tanh() ** 2 < 0.05).float().mean().item()
    assert tanh.saturated[0] == pytest.approx(flat, abs=1e-6)
    assert second.rows[0] == 64


def test_the_difference_of_batch_norms_modes_is_that_of_its_outputs():
    torch.manual_seed(1)
    network = perceptron(16, batch_norm=True)
    watcher, _ = train(network, torch.optim.SGD(network.parameters(), 0.0), steps=1, every=1)
    rows = torch.randint(0, len(FEATURES), (64,), generator=torch.Generator().manual_seed(0))
    z = network[0](FEATURES[rows])
    fresh = nn.BatchNorm1d(16)
    trained = fresh.train()(z)
    tested = nn.BatchNorm1d(16).eval()(z)
    difference = (trained - tested).pow(2).mean(dim=0).sqrt().median().item()
    norms = watcher.health().batch_norms
    assert norms.names == ("1",)
    assert norms.difference[0, 0] == pytest.approx(difference, rel=1e-4)


def test_the_known_losses_are_recognised_and_their_ignorance_priced():
    network, optimiser = perceptron(8), None
    optimiser = torch.optim.SGD(network.parameters(), 0.1)
    outputs, targets = network(FEATURES[:50]), FEATURES[:50, :10]
    cases = {
        "cross-entropy": (functional.cross_entropy(outputs, LABELS[:50]), np.log(10)),
        "binary cross-entropy": (
            functional.binary_cross_entropy_with_logits(outputs, (targets > 0).float()),
            np.log(2),
        ),
        "squared error": (functional.mse_loss(outputs, targets), targets.double().var(correction=0).item()),
    }
    for kind, (loss, nothing) in cases.items():
        watcher = caviar.watch(network, optimiser)
        assert watcher.loss(loss + 0.001 * network[0].weight.square().sum()) is not None
        assert watcher.kind == (kind, pytest.approx(nothing)), kind
        watcher.close()
    watcher = caviar.watch(network, optimiser)
    watcher.loss(functional.cross_entropy(outputs, LABELS[:50], reduction="sum"))
    assert watcher.kind[1] is None
    watcher.close()


def test_passes_in_test_mode_and_without_gradients_are_not_looked_at():
    network = perceptron(8)
    optimiser = torch.optim.SGD(network.parameters(), 0.1)
    watcher = caviar.watch(network, optimiser)
    network.eval()
    network(FEATURES[:7])
    network.train()
    with torch.no_grad():
        network(FEATURES[:9])
    train(network, optimiser, steps=1, watched=False)
    assert watcher.health().activations[0].rows.tolist() == [64]
    watcher.close()


def hooks(network, optimiser):
    held = [*network.modules(), optimiser]
    names = ("_forward_hooks", "_forward_pre_hooks", "_optimizer_step_pre_hooks", "_optimizer_step_post_hooks")
    return sum(len(getattr(each, name, ())) for each in held for name in names)


def test_a_closed_watcher_leaves_no_hook_behind_and_still_answers():
    network = perceptron(8)
    optimiser = torch.optim.SGD(network.parameters(), 0.1)
    with caviar.watch(network, optimiser) as watcher:
        assert hooks(network, optimiser) > 0
        train(network, optimiser, steps=3, watched=False)
    assert hooks(network, optimiser) == 0
    assert watcher.health().num_steps == 3
    assert len(watcher.findings()) == len(TRAINING_DISEASES)


def test_a_forward_pass_that_fails_leaves_the_watcher_in_order():
    network = perceptron(8)
    optimiser = torch.optim.SGD(network.parameters(), 0.1)
    with caviar.watch(network, optimiser) as watcher:
        with pytest.raises(RuntimeError, match="shapes cannot be multiplied"):
            network(torch.zeros(4, 3))
        assert not torch.overrides._get_current_function_mode_stack()
        train(network, optimiser, steps=2, watched=False)
    assert watcher.health().watched.tolist() == [1, 2]


def test_a_watcher_that_fails_steps_aside_and_says_so(monkeypatch):
    network = perceptron(8)
    optimiser = torch.optim.SGD(network.parameters(), 0.1)
    watcher = caviar.watch(network, optimiser)
    monkeypatch.setattr(watcher._weights, "after_step", lambda step: 1 / 0)
    after = []
    optimiser.register_step_post_hook(lambda *_: after.append("a hook of the user's own"))
    with pytest.warns(UserWarning, match=r"stopped watching: division by zero. The training goes on"):
        train(network, optimiser, steps=1, watched=False)
    assert after
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        train(network, optimiser, steps=2, watched=False)
    assert "failed at step 1" in watcher.health().unseen["later steps"]


def test_a_look_that_fails_leaves_the_forward_pass_alone_and_says_what_is_unseen(monkeypatch):
    monkeypatch.setattr("caviar.diagnosis.forward_observer.activation_figures", lambda *_: 1 / 0)
    network = perceptron(8)
    watcher, losses = train(network, SGD(network.parameters(), 0.1), steps=3)
    assert len(losses) == 3
    assert watcher.health().unseen["activations"] == "looking failed: division by zero"


def test_steps_are_watched_ever_fewer_as_the_run_goes_on():
    plan = watched_steps()
    steps = [next(plan) for _ in range(150)]
    assert steps[:12] == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 1536]
    assert steps[-1] > 1_000_000
    assert [next(each) for each in [watched_steps(5)] for _ in range(4)] == [1, 5, 10, 15]
    assert [next(each) for each in [watched_steps(1)] for _ in range(3)] == [1, 2, 3]


def test_a_step_count_below_one_is_refused():
    network = perceptron(8)
    with pytest.raises(caviar.SettingsError, match="every must be at least 1; got 0"):
        caviar.watch(network, torch.optim.SGD(network.parameters(), 0.1), every=0)
