"""Small real networks, each trained into one disease, on data whose optimal error is known; and a healthy one.

The label says whether two inputs have the same sign, and one label in twenty is flipped: no model can do better than
5 %. scikit-learn's networks serve, so that nothing here rests on our own training.
"""

import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits

from caviar.diagnosis.diagnose import diagnose
from caviar.diagnosis.evidence import Evidence, MemberHistory

OPTIMAL_ERROR = 0.05
NUM_DEV = 6000  # at an error of one half, 3,000 would be too few to see two points


def rows(number, seed, num_noise=0):
    draw = np.random.default_rng(seed)
    inputs = draw.normal(size=(number, 2 + num_noise))
    labels = (inputs[:, 0] * inputs[:, 1] > 0) ^ (draw.random(number) < OPTIMAL_ERROR)
    return inputs, labels.astype(int)


def trained(num_train, *, num_noise=0, hidden=(32, 32), epochs=60, rate=0.01, penalty=0.0):
    """Evidence of a network, and how it trained: one member, its curves epoch by epoch."""
    inputs, labels = rows(num_train, 0, num_noise)
    dev_inputs, dev_labels = rows(NUM_DEV, 1, num_noise)
    network = MLPClassifier(
        hidden, learning_rate_init=rate, alpha=penalty, batch_size=128, max_iter=1, warm_start=True, random_state=0
    )
    losses, dev_errors = [], []
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        for _ in range(epochs):
            network.fit(inputs, labels)
            losses.append(network.loss_)
            dev_errors.append(np.mean(network.predict(dev_inputs) != dev_labels))
        train_mistakes, dev_mistakes = network.predict(inputs) != labels, network.predict(dev_inputs) != dev_labels
    history = MemberHistory(np.array(losses), np.array(dev_errors), planned_epochs=epochs, drop_rate=0.0)
    return Evidence.from_rows(
        "binary", train_mistakes, dev_mistakes, human_error=OPTIMAL_ERROR, histories=(history,), num_candidates=1
    )


def present(evidence):
    return {finding.id for finding in diagnose(evidence) if finding.verdict == "present"}


def test_a_healthy_network_has_no_disease():
    assert present(trained(6000, rate=0.003, epochs=40)) == set()


def test_a_network_too_small_for_its_task_has_high_bias():
    assert present(trained(6000, hidden=(1,), epochs=40)) == {"high-bias"}


def test_a_large_network_on_few_rows_with_noise_has_high_variance():
    assert present(trained(400, num_noise=20, hidden=(128,))) == {"high-variance"}


def test_a_network_that_stopped_on_its_way_has_not_converged():
    assert "not-converged" in present(trained(6000, epochs=8, rate=0.0005))


def test_a_penalty_far_too_large_makes_bias():
    assert present(trained(6000, penalty=30.0, epochs=20)) == {"high-bias"}
