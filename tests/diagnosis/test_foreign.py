"""Models trained elsewhere: what their present weights show, and that they stay as they are."""

import pytest
import torch
from torch import nn
from torch.nn import functional
from watched_loops import FEATURES, LABELS, perceptron, present, train

from caviar.core.errors import DataError
from caviar.diagnosis.foreign import diagnose_model


def taught(**options):
    torch.manual_seed(0)
    network = perceptron(32, 32, **options)
    train(network, torch.optim.Adam(network.parameters(), 3e-3), steps=150, watched=False)
    return network


def found(network, data=(FEATURES, LABELS)):
    return {finding.id: finding for finding in diagnose_model(network, data, functional.cross_entropy)}


def test_looking_changes_nothing():
    network = taught(batch_norm=True, drop_rate=0.3)
    network[1].eval()
    state = {name: value.clone() for name, value in network.state_dict().items()}
    gradients = [each.grad.clone() for each in network.parameters()]
    modes, random = [each.training for each in network.modules()], torch.get_rng_state()
    found(network)
    assert all(torch.equal(network.state_dict()[name], value) for name, value in state.items())
    assert all(torch.equal(each.grad, was) for each, was in zip(network.parameters(), gradients, strict=True))
    assert [each.training for each in network.modules()] == modes
    assert torch.equal(torch.get_rng_state(), random)
    assert not any(each._forward_hooks or each._forward_pre_hooks for each in network.modules())


@pytest.mark.parametrize("options", [{}, {"activation": nn.Tanh}, {"batch_norm": True, "drop_rate": 0.2}])
def test_a_healthy_model_has_no_disease(options):
    network = taught(**options)
    assert present(diagnose_model(network, (FEATURES, LABELS), functional.cross_entropy)) == []


def test_dead_units_are_found_at_a_glance():
    network = taught()
    with torch.no_grad():
        network[0].bias -= 100
    assert found(network)["dead-relu"].severity == "high"


def test_averages_that_lag_are_found_and_the_share_of_changed_answers_told():
    network = taught(batch_norm=True)
    with torch.no_grad():
        network[1].running_mean += 3
    finding = found(network)["batch-norm-mismatch"]
    assert (finding.verdict, finding.severity) == ("present", "high")
    assert finding.evidence["output_change"] > 0.1
    assert "running averages lag" in finding.meaning


def test_a_deep_sigmoid_network_has_a_vanishing_gradient():
    torch.manual_seed(0)
    assert found(perceptron(*[16] * 20, activation=nn.Sigmoid))["vanishing-gradient"].severity == "high"


def test_steps_that_nobody_saw_are_said_to_be_missing():
    findings = found(taught())
    for name in ("learning-rate-too-low", "slow-averages", "bad-initialisation"):
        assert findings[name].verdict == "cannot-tell" and "missing" in findings[name].meaning


def test_the_error_on_the_rows_is_judged():
    torch.manual_seed(0)
    findings = found(perceptron(8))
    assert findings["high-bias"].evidence["train_error"] > 0.5


def test_a_loader_and_its_rows_show_the_same():
    network = taught()
    batches = list(zip(FEATURES.split(256), LABELS.split(256), strict=True))
    of_rows, of_batches = found(network), found(network, batches)
    for name in ("batch-too-small", "batch-too-large"):  # only a loader's batches are those that train
        assert of_rows.pop(name).verdict == "cannot-tell" and of_batches.pop(name).verdict == "absent"
    assert of_batches == of_rows
    assert found(network, (FEATURES.numpy(), LABELS.numpy())) == found(network)


def test_regression_has_no_classes_and_no_error_rate():
    network = nn.Sequential(nn.Linear(64, 8), nn.ReLU(), nn.Linear(8, 1))
    findings = diagnose_model(network, (FEATURES, FEATURES[:, :1]), functional.mse_loss)
    assert "high-bias" not in {finding.id for finding in findings}


@pytest.mark.parametrize(
    ("data", "message"),
    [([], "hold no rows"), ((FEATURES, LABELS[:5]), "1,797 rows and targets 5"), ([FEATURES[0]] * 3, "must be")],
)
def test_data_that_are_none_are_refused(data, message):
    with pytest.raises(DataError, match=message):
        found(taught(), data)


def test_a_column_of_rare_events_is_narrow_by_nature_and_one_of_small_numbers_is_not():
    rare, small = FEATURES.clone(), FEATURES.clone()
    rare[:, 5] = -0.04  # centred, and the one row in 600 that would stand at 24 is not among the 1,024 looked at
    rare[7, 5] = -0.03
    small[:, 5] = torch.linspace(-0.001, 0.001, len(small))
    assert found(perceptron(32), (rare, LABELS))["input-not-normalised"].verdict == "absent"
    assert found(perceptron(32), (small, LABELS))["input-not-normalised"].severity == "medium"


def test_units_that_are_all_alike_are_found_and_those_that_were_pruned_are_not():
    alike, pruned = perceptron(32, 32), taught()
    with torch.no_grad():
        for parameter in alike.parameters():
            parameter.fill_(0.05)
        pruned[0].weight[8:] = 0
        pruned[0].bias[8:] = 0
    finding = found(alike)["bad-initialisation"]
    assert (finding.verdict, finding.severity) == ("present", "high") and "as they stand" in finding.meaning
    assert found(pruned)["bad-initialisation"].verdict == "cannot-tell"


def test_inputs_that_are_not_normalised_are_found_and_a_norm_that_comes_first_clears_them():
    finding = found(perceptron(32), (FEATURES * 1_000, LABELS))["input-not-normalised"]
    assert (finding.verdict, finding.severity) == ("present", "high")
    normed = nn.Sequential(nn.BatchNorm1d(FEATURES.shape[1]), perceptron(32))
    finding = found(normed, (FEATURES * 1_000, LABELS))["input-not-normalised"]
    assert finding.verdict == "absent" and "norm layer" in finding.meaning
