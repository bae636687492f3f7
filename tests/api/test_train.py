"""`caviar.train`: lists make members, each on its plain path; any network, any data; what comes back is usable."""

import math
import signal

import numpy as np
import polars as pl
import pytest
import torch
from rows_to_learn import made_arrays, made_table
from torch import nn
from torch.nn import functional

import caviar
from caviar.api.array_rows import rows_of_arrays
from caviar.core.progress import Silent
from caviar.core.random import stream
from caviar.data.batches import epoch_batches
from caviar.techniques.first_weights import initialise
from caviar.techniques.row_weights import folds
from caviar.training import Cohort

FEATURES, LABELS = made_arrays()
SMALL = caviar.MLP((6,), "tanh")


def test_the_example_of_the_design_trains_three_models_in_one_program() -> None:
    table = caviar.load(made_table(), target="bought").split(seed=0)

    runs = caviar.train(caviar.MLP(hidden=(64, 64), batch_norm=True), table, epochs=30,
                        optimizer=caviar.Adam(learning_rate=[1e-4, 1e-3, 1e-2]))  # fmt: skip

    assert len(runs) == 3
    assert runs.to_frame()["learning_rate"].to_list() == [1e-4, 1e-3, 1e-2]
    assert runs.errors[runs.best] == runs.errors.min() < 0.2
    assert [member.state for member in runs.members] == ["finished"] * 3


def plainly(network: nn.Module, rate: float, epochs: int, weights: torch.Tensor) -> list[tuple[float, float]]:
    """Dev loss and error after each epoch of a plain PyTorch loop."""
    features, labels = torch.tensor(FEATURES), torch.tensor(LABELS)
    optimiser = torch.optim.Adam(network.parameters(), lr=rate)
    points = []
    for epoch in range(epochs):
        network.train()
        for rows in epoch_batches(60, 16, 4, epoch):
            losses = functional.cross_entropy(network(features[:60][rows]), labels[:60][rows], reduction="none")
            optimiser.zero_grad()
            ((losses * weights[rows]).sum() / weights[rows].sum()).backward()
            optimiser.step()
        with torch.no_grad():
            outputs = network.eval()(features[60:])
        wrong = (outputs.argmax(1) != labels[60:]).float().mean().item()
        points.append((functional.cross_entropy(outputs, labels[60:]).item(), wrong))
    return points


def module() -> nn.Module:
    return nn.Sequential(nn.Linear(4, 6), nn.Tanh(), nn.BatchNorm1d(6), nn.Linear(6, 2))


@pytest.mark.parametrize("weighted", [False, True])
def test_every_member_of_a_users_module_goes_the_way_of_a_plain_loop(weighted: bool) -> None:
    data = (FEATURES[:60], LABELS[:60], FEATURES[60:], LABELS[60:])
    weights = np.random.default_rng(1).uniform(0.1, 2, 60).astype(np.float32) if weighted else np.ones(60, np.float32)
    rates = [0.003, 0.03]
    runs = caviar.train(
        module(), data, epochs=4, batch_size=16, optimizer=caviar.Adam(rates), seed=4, schedule="constant",
        row_weights=weights if weighted else None,
    )  # fmt: skip
    for rate, member in zip(rates, runs.members, strict=True):
        network = module()
        initialise(network, "own", 1.0, stream(4, "initial weights"))
        expected = plainly(network, rate, 4, torch.tensor(weights))
        np.testing.assert_allclose([point[1:3] for point in member.curves], expected, rtol=2e-4, atol=1e-6)


def test_lists_optimisers_and_single_values_make_one_population() -> None:
    runs = caviar.train(
        SMALL, (FEATURES, LABELS), epochs=1, l2=[0.0, 1.0, 2.0, 3.0], drop_rate=0.1,
        optimizer=[caviar.Adam([1e-3, 1e-2]), caviar.Momentum(beta1=0.8), "rmsprop"],
    )  # fmt: skip
    settings = [member.settings for member in runs.members]
    assert [one["optimizer"] for one in settings] == ["adam", "adam", "momentum", "rmsprop"]
    assert [one["learning_rate"] for one in settings] == [1e-3, 1e-2, 0.1, 1e-3]
    assert [one["beta1"] for one in settings] == [0.9, 0.9, 0.8, 0.9]
    assert [one["l2"] for one in settings] == [0.0, 1.0, 2.0, 3.0]
    assert {one["drop_rate"] for one in settings} == {0.1}
    assert len({one["seed"] for one in settings}) == 1, "they differ by their settings alone"

    plain_last = [caviar.Momentum(beta1=0.8), caviar.GradientDescent([0.1, 0.2])]
    runs = caviar.train(SMALL, (FEATURES, LABELS), epochs=1, optimizer=plain_last)
    assert [member.settings["beta1"] for member in runs.members] == [0.8, 0.9, 0.9]


def test_members_without_lists_differ_by_their_first_weights() -> None:
    runs = caviar.train(SMALL, (FEATURES, LABELS), epochs=1, members=3, seed=5)
    assert [member.settings["seed"] for member in runs.members] == [5, 6, 7]
    assert runs.to_frame().columns[:2] == ["member", "seed"]
    given = caviar.train(SMALL, (FEATURES, LABELS), epochs=1, seed=5, seeds=[5, 9])
    assert given.members[0].curves[-1] == pytest.approx(runs.members[0].curves[-1], rel=1e-5)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"learning_rate": [1, 2], "l2": [1, 2, 3]}, "learning_rate has 2 values and l2 has 3 values"),
        ({"members": 4, "seeds": [1, 2]}, "seeds has 2 values and members is 4"),
        ({"row_weights": np.ones((3, 90)), "l2": [1, 2]}, "l2 has 2 values and row_weights is for 3 members"),
        ({"optimizer": caviar.Adam([1e-3, 1e-2], beta1=[0.9])}, "learning_rate has 2 values and beta1 has 1 value,"),
        ({"optimizer": caviar.Adam(), "learning_rate": 0.1}, "learning_rate comes twice"),
        ({"optimizer": "adm"}, "Did you mean 'adam'"),
        ({"optimizer": torch.optim.Adam}, "caviar.Adam(learning_rate=1e-3)"),
        ({"optimizer": []}, "empty list"),
        ({"lerning_rate": 0.1}, "Did you mean 'learning_rate'"),
        ({"learning_rate": "fast"}, "learning_rate must be a number"),
        ({"schedule": 3}, "schedule must be one of"),
        ({"drop_rate": [[0.1, 0.2]]}, "2 rates a member, and the network has 1"),
        ({"seeds": [0.5]}, "seeds must be whole numbers"),
        ({"l2": []}, "l2 is an empty list"),
        ({"members": 0}, "members must be a whole number of at least 1"),
        ({"epochs": 0}, "epochs must be a whole number of at least 1; got 0"),
        ({"epochs": None}, "epochs must be"),
        ({"batch_size": 2.5}, "batch_size must be"),
        ({"patience": 0}, "patience must be"),
        ({"loss": "multi-label"}, "loss 'multi-label' does not fit targets that are 2 classes"),
        ({"loss": "sofmax"}, "Did you mean 'softmax'"),
        ({"device": "tpu"}, "device must be one of cpu, cuda, mps"),
        ({"target": "y"}, "the data are arrays"),
        ({"class_weights": [1, 2, 3]}, "each of the 2 classes; got 3"),
        ({"class_weights": "equal"}, "'balanced'"),
        ({"class_weights": {0: 1, 7: 2}}, "must name each class once, 0, 1"),
        ({"row_weights": [1, 2]}, "(90,)"),
        ({"row_weights": -np.ones(90)}, "at least 0"),
        ({"row_weights": np.zeros(90)}, "above 0"),
        ({"row_weights": "balanced"}, "class_weights='balanced'"),
        ({"row_weights": lambda rows: np.ones(3)}, "each train row"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_wrong_setting_is_refused_before_any_training(
    settings: dict, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Cohort, "train_epoch", None)
    with pytest.raises(caviar.SettingsError) as error:
        caviar.train(SMALL, (FEATURES, LABELS), **settings)
    assert words in str(error.value)


@pytest.mark.parametrize(
    ("network", "words"),
    [
        (caviar.MLP, "made already"),
        (nn.ReLU(), "no weights to train"),
        (nn.Linear(3, 2), "cannot be run on rows (4,) of float32 (RuntimeError: mat1 and mat2"),
        (nn.Linear(4, 1), "at least 2 outputs a row"),
        (nn.Sequential(nn.Unflatten(1, (2, 2)), nn.Linear(2, 2)), "must give (row, output)"),
        (caviar.LeNet(), "LeNet needs pictures"),
        (caviar.Residual(), "Residual needs pictures"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_network_that_does_not_fit_is_refused(network: object, words: str) -> None:
    with pytest.raises(caviar.SettingsError) as error:
        caviar.train(network, (FEATURES, LABELS))
    assert words in str(error.value)


def test_a_table_is_split_and_preprocessed_as_fit_does_it_and_predictions_take_raw_rows() -> None:
    frame = made_table()
    runs = caviar.train(SMALL, frame, target="bought", epochs=8, learning_rate=[0.01, 0.03], seed=2)
    dev = caviar.load(frame, target="bought").split(seed=2).dev.frame
    for row in range(2):
        predicted = runs.predict(dev.drop("bought"), member=row)
        assert predicted.columns == ["prediction", "probability.no", "probability.yes"]
        assert (predicted["prediction"] != dev["bought"]).mean() == pytest.approx(runs.errors[row])
    assert runs.predict(dev).equals(runs.predict(dev, member=runs.best))
    assert any("train" in notice.text for notice in runs.notices)


@pytest.mark.parametrize("loss", [None, "huber"])
def test_numbers_are_predicted_and_judged_in_the_target_s_units(loss: str | None) -> None:
    frame = made_table().drop("bought")
    runs = caviar.train(SMALL, frame, target="price", epochs=20, learning_rate=0.03, loss=loss)
    dev = caviar.load(frame, target="price").split(seed=0).dev.frame
    missed = runs.predict(dev)["prediction"] - dev["price"]
    assert math.sqrt((missed**2).mean()) == pytest.approx(runs.errors[0], rel=1e-4)
    assert runs.errors[0] < 10 and "RMSE" in repr(runs)


def test_the_logistic_loss_gives_a_table_s_two_labels_one_output() -> None:
    runs = caviar.train(SMALL, made_table(), target="bought", epochs=8, learning_rate=0.03, loss="logistic")
    predicted = runs.predict(made_table(50, seed=1))
    assert runs.member(0).output.out_features == 1
    np.testing.assert_allclose(predicted["probability.no"] + predicted["probability.yes"], 1)
    assert (predicted["prediction"] == made_table(50, seed=1)["bought"]).mean() > 0.8


def test_one_population_holds_several_quantiles() -> None:
    runs = caviar.train(
        SMALL, (FEATURES, FEATURES[:, 0]), loss="quantile", quantile=[0.1, 0.9], epochs=40, learning_rate=0.03,
        drop_rate=0.0,
    )  # fmt: skip
    low, high = (runs.predict(FEATURES, member=row)["prediction"] for row in range(2))
    assert (low < high).mean() > 0.9


def test_several_labels_may_lack_some() -> None:
    targets = np.stack([FEATURES[:, 0] > 0, FEATURES[:, 1] > 0], axis=1).astype(float)
    targets[::3, 1] = np.nan
    runs = caviar.train(SMALL, (FEATURES, targets), epochs=30, learning_rate=0.03)
    predicted = runs.predict(FEATURES)
    assert predicted.columns == ["probability.0", "probability.1"]
    assert ((predicted["probability.1"].to_numpy() > 0.5) == (FEATURES[:, 1] > 0)).mean() > 0.85


def test_pictures_are_mirrored_where_asked_for_and_the_member_without_augmentation_does_not_notice() -> None:
    pictures = np.random.default_rng(0).normal(size=(40, 1, 12, 12))
    classes = (pictures[:, 0, :, :6].mean((1, 2)) > 0).astype(int)  # left against right
    network, settings = caviar.LeNet((2, 4), (8, 8), kernel=3), {"epochs": 1, "augmentation": [0.0, 1.0]}
    plain, mirrored = (caviar.train(network, (pictures, classes), flip=flip, **settings) for flip in (False, True))
    same, other = (np.array_equal(plain.members[row].curves, mirrored.members[row].curves) for row in range(2))
    assert same
    assert not other


@pytest.mark.parametrize(
    ("data", "settings", "refusal"),
    [
        ((FEATURES, LABELS), {"augmentation": 0.1}, r"flip mirrors pictures \(row, channel, height, width\)"),
        ((np.zeros((40, 1, 12, 12)), np.arange(40) % 2), {}, "flip belongs to augmentation, which is 0"),
    ],
)
def test_a_flip_without_pictures_or_augmentation_is_refused(
    data: tuple[np.ndarray, np.ndarray], settings: dict[str, float], refusal: str
) -> None:
    network = caviar.MLP((4,)) if data[0].ndim == 2 else caviar.LeNet((2, 4), (8, 8), kernel=3)
    with pytest.raises(caviar.SettingsError, match=refusal):
        caviar.train(network, data, epochs=1, flip=True, **settings)


def test_pictures_and_tokens_train_networks_of_their_kind() -> None:
    pictures = np.random.default_rng(0).normal(size=(40, 1, 12, 12))
    classes = (pictures[:, 0, :6].mean((1, 2)) > 0).astype(int)
    runs = caviar.train(
        caviar.LeNet((2, 4), (8, 8), kernel=3), (pictures, classes), epochs=2, learning_rate=[0.01, 0.1]
    )
    assert runs.predict(pictures[:3], member=1).height == 3

    network = nn.Sequential(nn.Embedding(9, 5), nn.Flatten(), nn.Linear(15, 2))
    tokens = np.random.default_rng(0).integers(9, size=(200, 3))
    learnt = caviar.train(network, (tokens, (tokens[:, 0] > 4).astype(int)), epochs=30, learning_rate=[0.03, 0.01])
    assert learnt.errors.min() < 0.2
    with pytest.raises(caviar.SettingsError, match="tokens"):
        caviar.train(network, (tokens, classes[0].repeat(200)), augmentation=0.1)


def test_a_member_is_an_ordinary_module_with_the_weights_of_its_best_epoch() -> None:
    data = (FEATURES[:60], LABELS[:60], FEATURES[60:], LABELS[60:])
    runs = caviar.train(module(), data, epochs=10, learning_rate=[0.01, 0.1])
    for row in range(2):
        network = runs.member(row)
        assert list(network.state_dict()) == list(module().state_dict()) and not network.training
        wrong = network(torch.tensor(FEATURES[60:])).argmax(1).numpy() != LABELS[60:]
        assert wrong.mean() == pytest.approx(runs.errors[row])
    with pytest.raises(caviar.SettingsError, match="from 0 to 1; got 2"):
        runs.member(2)


def test_curves_and_the_table_have_a_row_for_each_point_and_member() -> None:
    runs = caviar.train(
        caviar.MLP((6,)), (FEATURES, LABELS), epochs=3, learning_rate=[0.01, 1e30], optimizer="gradient-descent"
    )
    assert runs.to_frame()["state"].to_list() == ["finished", "diverged"]
    assert runs.best == 0
    curves = runs.curves.filter(pl.col("member") == 0)
    assert curves["epoch"].to_list() == [1, 2, 3]
    assert curves["dev_error"].min() == runs.errors[0]
    lines = repr(runs).splitlines()
    assert lines[0].startswith("2 members of 6 relu, 3 epochs; error on 18 dev rows")
    assert lines[1].split() == ["member", "learning_rate", "dev_error", "best_epoch", "state"]
    assert len(lines) == 4


def test_a_large_population_shows_its_ten_best() -> None:
    lines = repr(caviar.train(SMALL, (FEATURES, LABELS), epochs=1, members=12)).splitlines()
    assert len(lines) == 13 and lines[-1] == "… and 2 more, in to_frame()"


def test_class_weights_weigh_the_training_loss_and_leave_the_dev_error_alone() -> None:
    rare = (FEATURES, (FEATURES[:, 0] > 1.2).astype(int))
    common = {"epochs": 5, "learning_rate": 0.01}
    balanced = caviar.train(SMALL, rare, class_weights="balanced", **common)
    labels = balanced._rows.data.train_targets.numpy()
    by_hand = [len(labels) / (2 * (labels == label).sum()) for label in (0, 1)]
    listed = caviar.train(SMALL, rare, class_weights=by_hand, **common)
    named = caviar.train(SMALL, rare, class_weights={1: by_hand[1], 0: by_hand[0]}, **common)
    plain = caviar.train(SMALL, rare, **common)
    assert listed.members[0].curves[-1] == pytest.approx(balanced.members[0].curves[-1], rel=1e-5)
    assert named.members[0].curves == listed.members[0].curves
    assert plain.members[0].curves[-1][0] != pytest.approx(balanced.members[0].curves[-1][0], rel=1e-3)
    said_yes = [(runs.predict(FEATURES)["prediction"] == 1).mean() for runs in (plain, balanced)]
    assert said_yes[1] > said_yes[0]


def test_row_weights_belong_to_the_rows_that_were_given() -> None:
    weights = np.ones(90)
    weights[LABELS == 1] = 0  # nothing is learnt of class 1
    others = (FEATURES[LABELS == 0], LABELS[LABELS == 0])
    runs = caviar.train(SMALL, (FEATURES, LABELS, *others), epochs=20, learning_rate=0.03, row_weights=weights)
    assert (runs.predict(FEATURES)["prediction"] == 0).all()


def test_of_a_pair_the_train_rows_keep_their_weights_and_those_of_the_classes_multiply_them() -> None:
    weights = np.random.default_rng(0).uniform(0.1, 2, 90).astype(np.float32)
    common = {"epochs": 2, "learning_rate": 0.03, "seed": 3}
    pair = caviar.train(SMALL, (FEATURES, LABELS), row_weights=weights, class_weights=[1, 3], **common)
    rows = rows_of_arrays((FEATURES, LABELS), None, 3, tokens=False)
    parts = (rows.data.train_features, rows.data.train_targets, rows.data.dev_features, rows.data.dev_targets)
    by_hand = (weights * np.where(LABELS == 1, 3, 1))[rows.chosen]
    assert caviar.train(SMALL, parts, row_weights=by_hand, **common).members[0].curves == pair.members[0].curves


def test_rules_give_each_member_rows_of_its_own() -> None:
    by_rule = caviar.train(
        SMALL, (FEATURES, LABELS), epochs=2, row_weights=lambda rows: folds(rows, 3, seed=0), learning_rate=0.01
    )
    assert len(by_rule) == 3
    resampled = caviar.train(SMALL, (FEATURES, LABELS), epochs=2, row_weights="bootstrap", seeds=[1, 1, 1])
    losses = [member.curves[-1][0] for member in resampled.members]
    assert len(set(losses)) == 3


def test_patience_stops_members_early() -> None:
    runs = caviar.train(SMALL, (FEATURES, LABELS), epochs=200, patience=2, learning_rate=[0.05, 0.1])
    assert {member.state for member in runs.members} == {"early-stopped"}


def test_a_stack_that_does_not_fit_the_memory_trains_in_groups_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    rates = [0.001, 0.003, 0.01, 0.03, 0.1]
    whole = caviar.train(SMALL, (FEATURES, LABELS), epochs=3, learning_rate=rates)
    said: list[str] = []

    class Listening(Silent):
        def announce(self, text: str) -> None:
            said.append(text)

    monkeypatch.setattr("caviar.training.groups.free_memory", lambda device: 60_000)
    parts = caviar.train(SMALL, (FEATURES, LABELS), epochs=3, learning_rate=rates, progress=Listening())
    assert "5 members of 6 tanh" in said[0] and "in 1 group," not in said[0]
    for one, other in zip(whole.members, parts.members, strict=True):
        assert one.curves[-1] == pytest.approx(other.curves[-1], rel=1e-4)
        assert other.weights is not None


class PressesCtrlC(Silent):
    """Ctrl-C, after so many epochs; as many times as asked for."""

    def __init__(self, after: int, times: int = 1):
        self.left, self.times = after, times

    def update(self, stage: str, alive: int, best_dev_error: float | None, seconds_left: float | None) -> None:
        self.left -= 1
        if self.left == 0:
            for _ in range(self.times):
                signal.raise_signal(signal.SIGINT)


def test_ctrl_c_ends_the_training_with_what_was_reached() -> None:
    before = signal.getsignal(signal.SIGINT)
    runs = caviar.train(SMALL, (FEATURES, LABELS), epochs=50, members=2, progress=PressesCtrlC(after=3))
    assert [member.state for member in runs.members] == ["stopped", "stopped"]
    assert [len(member.curves) for member in runs.members] == [3, 3]
    assert runs.predict(FEATURES[:2]).height == 2
    assert signal.getsignal(signal.SIGINT) is before


def test_ctrl_c_keeps_groups_that_were_done_and_begins_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("caviar.training.groups.free_memory", lambda device: 1)  # one member a group
    begun: list[int] = []
    begin = Cohort.__init__
    monkeypatch.setattr(Cohort, "__init__", lambda self, *given: begun.append(1) or begin(self, *given))
    runs = caviar.train(SMALL, (FEATURES, LABELS), epochs=4, members=3, progress=PressesCtrlC(after=6))
    assert len(begun) == 2
    assert [member.state for member in runs.members] == ["finished", "stopped", "stopped"]
    assert [len(member.curves) for member in runs.members] == [4, 2, 0]
    with pytest.raises(caviar.SettingsError, match="no weights"):
        runs.member(2)


def test_a_second_ctrl_c_stops_at_once() -> None:
    with pytest.raises(KeyboardInterrupt):
        caviar.train(SMALL, (FEATURES, LABELS), epochs=50, progress=PressesCtrlC(after=1, times=2))
