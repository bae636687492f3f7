"""Every trial reads back through Optuna's public API; a kill loses nothing that was stored."""

import logging
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from math import inf, nan
from pathlib import Path
from pprint import pformat

import numpy as np
import optuna
import pytest
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.trial import TrialState
from sqlalchemy import event

from caviar.core.errors import RunError
from caviar.search import bulk
from caviar.search.spaces import Choice, Integer, LogUniform, OrZero, Space, Uniform
from caviar.search.study import TrialRecord, TrialStore

SPACE = Space(
    {
        "learning_rate": LogUniform(1e-4, 1),
        "drop_rate": OrZero(Uniform(0.05, 0.5), 0.3),
        "num_units": Integer(8, 512, log=True),
        "optimizer": Choice(("adam", "sgd")),
        "nesterov": Choice((False, True)),
    }
)

FINISHED = TrialRecord(
    member=0,
    state="finished",
    dev_error=0.12,
    train_error=0.1,
    stage="coarse",
    structure="64-64 relu",
    seconds=2.5,
    settings={"learning_rate": 0.01, "drop_rate": 0.0, "num_units": 64, "optimizer": "adam", "nesterov": True},
    dev_errors={0: 0.5, 1: 0.2, 2: 0.12},
    attributes={"num_parameters": 4810, "in_ensemble": True},
)
DROPPED = TrialRecord(
    member=1,
    state="dropped",
    dev_error=0.4,
    stage="coarse",
    structure="64-64 relu",
    seconds=0.5,
    settings={"learning_rate": 1e-4, "drop_rate": 0.2, "num_units": 8, "optimizer": "sgd", "nesterov": False},
    dev_errors={0: 0.6, 1: 0.4},
)
DIVERGED = TrialRecord(
    member=2,
    state="diverged",
    stage="fine",
    settings={"learning_rate": 1.0},
    dev_errors={0: 0.9, 1: inf, 2: nan},
    attributes={"dev_loss": nan},
)
ALL = [FINISHED, DROPPED, DIVERGED]


@pytest.fixture(scope="module")
def empty_study(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("study") / "study.db"
    TrialStore(path).close()
    return path


@pytest.fixture
def path(empty_study, tmp_path) -> Path:
    return Path(shutil.copy(empty_study, tmp_path))


@pytest.fixture
def store(path):
    with TrialStore(path, space=SPACE) as store:
        yield store


def read(path: Path) -> list[optuna.trial.FrozenTrial]:
    """What any Optuna tool sees in the file."""
    storage = optuna.storages.RDBStorage(f"sqlite:///{path}")
    trials = optuna.load_study(study_name="caviar", storage=storage).trials
    storage.remove_session()
    storage.engine.dispose()
    return trials


def same(one: object, other: object) -> bool:
    return pformat(one) == pformat(other)  # NaN equals NaN, the order in dicts does not matter


def test_everything_reads_back_through_the_public_api_of_optuna(store, path):
    assert store.add(ALL) == 3
    finished, dropped, diverged = read(path)
    assert [trial.number for trial in (finished, dropped, diverged)] == [0, 1, 2]

    assert finished.state == TrialState.COMPLETE and finished.values == [0.12]
    assert finished.params == FINISHED.settings
    assert finished.distributions == {
        "learning_rate": FloatDistribution(1e-4, 1, log=True),
        "drop_rate": FloatDistribution(0, 0.5),
        "num_units": IntDistribution(8, 512, log=True),
        "optimizer": CategoricalDistribution(("adam", "sgd")),
        "nesterov": CategoricalDistribution((False, True)),
    }
    assert finished.user_attrs == {
        "member": 0,
        "stage": "coarse",
        "structure": "64-64 relu",
        "train_error": 0.1,
        "seconds": 2.5,
        "num_parameters": 4810,
        "in_ensemble": True,
    }
    assert finished.intermediate_values == FINISHED.dev_errors
    assert finished.duration.total_seconds() == 2.5

    assert dropped.state == TrialState.PRUNED and dropped.value == 0.4
    assert dropped.params == DROPPED.settings and dropped.last_step == 1
    assert diverged.state == TrialState.FAIL and diverged.value is None
    assert same(diverged.intermediate_values, DIVERGED.dev_errors)


def test_records_come_back_as_they_were(store, path):
    store.add(ALL)
    assert same(store.trials(), ALL)
    with TrialStore(path) as again:
        assert same(again.trials(), ALL)
        assert again.members == {0, 1, 2}


def test_storing_in_bulk_and_one_by_one_leave_the_same(empty_study, tmp_path, monkeypatch):
    (tmp_path / "slow").mkdir()
    quick_path, slow_path = shutil.copy(empty_study, tmp_path), shutil.copy(empty_study, tmp_path / "slow")
    with TrialStore(quick_path, space=SPACE) as quick:
        quick.add(ALL)
    monkeypatch.setattr(bulk, "reason_against", lambda storage: "a column is gone")
    with pytest.warns(UserWarning, match="one by one, slowly, because .* Optuna .*: a column is gone"):
        slow = TrialStore(slow_path, space=SPACE)
    slow.add(ALL[:1])
    slow.add(ALL)  # and is not warned of again
    slow.close()
    for one, other in zip(read(quick_path), read(slow_path), strict=True):
        other.datetime_start, other.datetime_complete = one.datetime_start, one.datetime_complete
        assert same(one, other)
    with pytest.warns(UserWarning, match="slowly"), TrialStore(slow_path, space=SPACE) as slow:
        assert slow.members == {0, 1, 2} and slow.add(ALL) == 0


def test_bulk_storing_that_fails_falls_back_and_says_so(store, path, monkeypatch):
    monkeypatch.setattr(bulk, "_rows", lambda *_: {}["gone"])
    with pytest.warns(UserWarning, match="one by one, slowly, because .*KeyError: 'gone'"):
        assert store.add(ALL) == 3
    assert [trial.user_attrs["member"] for trial in read(path)] == [0, 1, 2]


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("COLUMNS", {"TrialModel": {"trial_id", "shape"}}, "TrialModel has other columns: .*shape"),
        ("COLUMNS", {"NoSuchModel": {"trial_id"}}, "NoSuchModel has other columns: trial_id"),
        ("CONVERTERS", {"TrialValueModel": "gone"}, "TrialValueModel has no gone"),
    ],
)
def test_other_table_models_than_expected_are_a_reason_against_bulk_storing(path, monkeypatch, name, value, reason):
    monkeypatch.setattr(bulk, name, value)
    with pytest.warns(UserWarning, match=reason), TrialStore(path) as store:
        assert store.add(ALL) == 3


def test_the_installed_optuna_stores_in_bulk(store):
    assert bulk.reason_against(store._storage) == ""


def test_many_trials_are_one_transaction(store):
    commits = []
    event.listen(store._storage.engine, "commit", lambda _: commits.append(1))
    store.add([replace(FINISHED, member=member) for member in range(200)])
    assert len(commits) == 1


def test_numbers_count_on_from_trials_stored_before(store, path):
    store.add(ALL)
    store.add([replace(FINISHED, member=member) for member in (9, 5)])
    assert [(trial.number, trial.user_attrs["member"]) for trial in read(path)] == list(enumerate([0, 1, 2, 9, 5]))
    assert [record.member for record in store.trials()] == [0, 1, 2, 5, 9]


# Resuming


def test_a_member_is_stored_once_and_the_first_word_stands(store, path):
    store.add(ALL)
    assert store.add([replace(FINISHED, dev_error=0.01), replace(FINISHED, member=3)]) == 1
    with TrialStore(path) as resumed:
        assert resumed.add([*ALL, replace(FINISHED, member=4), replace(FINISHED, member=4, dev_error=0.9)]) == 1
        assert [record.dev_error for record in resumed.trials()] == [0.12, 0.4, None, 0.12, 0.12]


def test_a_member_that_another_process_stored_meanwhile_is_not_added_again(store, path):
    with TrialStore(path, space=SPACE) as other:
        other.add(ALL)
    assert store.add([*ALL, replace(FINISHED, member=3)]) == 1
    assert len(read(path)) == 4


def test_nothing_to_add_is_no_work(store, path):
    before = path.read_bytes()
    assert store.add([]) == 0
    assert path.read_bytes() == before


KILLED = """
import os, signal, sys
from dataclasses import replace
from sqlalchemy import event
from caviar.search.study import TrialStore, TrialRecord

def die(connection, cursor, statement, *_):
    if "trial_intermediate_values" in statement:
        os.kill(os.getpid(), signal.SIGKILL)

store = TrialStore(sys.argv[1])
store.add([TrialRecord(0, {"rate": 0.5}, "finished", 0.1)])
record = TrialRecord(1, {"rate": 0.5}, "finished", 0.1, dev_errors={epoch: 0.1 for epoch in range(20)})
event.listen(store._storage.engine, "after_cursor_execute", die)
store.add([replace(record, member=member) for member in range(1, 300)])
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
def test_a_kill_in_the_middle_leaves_the_old_state_and_adding_again_completes_it(path):
    source = str(Path(bulk.__file__).parents[2])
    process = subprocess.run(
        [sys.executable, "-c", KILLED, str(path)],
        env={**os.environ, "PYTHONPATH": source},
        capture_output=True,
        check=False,
    )
    assert process.returncode == -signal.SIGKILL, process.stderr.decode()
    with TrialStore(path) as resumed:
        assert resumed.members == {0}
        assert resumed.add([replace(FINISHED, member=member) for member in range(3)]) == 2
    assert [trial.number for trial in read(path)] == [0, 1, 2]


# Settings that Optuna cannot hold, numbers that JSON cannot hold


def test_what_optuna_cannot_hold_as_a_parameter_is_an_attribute_and_comes_back(store, path):
    settings = {
        "learning_rate": 0.1,
        "clip_norm": inf,
        "hidden": (64, (32, 16)),
        "schedule": "step",
        "optimizer": "x",
        "nesterov": 1,
    }
    store.add([replace(FINISHED, settings=settings)])
    (trial,) = read(path)
    assert trial.params == {"learning_rate": 0.1}
    assert trial.user_attrs["setting.clip_norm"] == "inf" and trial.user_attrs["setting.schedule"] == "step"
    assert store.trials()[0].settings == settings


def test_a_setting_that_a_member_does_not_have_is_not_stored(store):
    store.add([replace(FINISHED, settings={"learning_rate": 0.1, "drop_rate": nan, "optimizer": None})])
    assert store.trials()[0].settings == {"learning_rate": 0.1}


def test_numpy_values_are_stored_as_plain_ones(store):
    settings = {name: column[0] for name, column in SPACE.sample(1, seed=0).items()}
    store.add(
        [
            replace(
                FINISHED,
                member=np.int64(7),
                settings=settings,
                dev_error=np.float32(0.5),
                dev_errors={np.int64(1): np.float64(0.5)},
                attributes={"count": np.int64(3)},
            )
        ]
    )
    (record,) = store.trials()
    assert record.settings == {name: value.item() for name, value in settings.items()}
    assert (record.member, record.dev_error, record.dev_errors, record.attributes) == (7, 0.5, {1: 0.5}, {"count": 3})
    assert store.members == {7}


def test_an_infinite_error_is_stored_and_a_finished_trial_without_an_error_counts_as_diverged(store):
    store.add(
        [
            replace(FINISHED, member=0, dev_error=inf),
            replace(FINISHED, member=1, dev_error=nan),
            replace(FINISHED, member=2, dev_error=None),
            replace(DROPPED, member=3, dev_error=nan),
            replace(DIVERGED, member=4, dev_error=0.9),
        ]
    )
    found = [(record.state, record.dev_error) for record in store.trials()]
    assert same(found, [("finished", inf), ("diverged", nan), ("diverged", None), ("dropped", None), ("diverged", 0.9)])


def test_without_a_space_numbers_are_parameters_whose_bounds_widen(path):
    with TrialStore(path) as store:
        store.add([TrialRecord(member, {"rate": rate}, "finished", 0.1) for member, rate in enumerate([0.2, 0.5, 0.1])])
    with TrialStore(path) as store:
        store.add([TrialRecord(3, {"rate": 7}, "finished", 0.1)])
    assert [trial.distributions["rate"] for trial in read(path)] == [FloatDistribution(0.1, 0.5)] * 3 + [
        FloatDistribution(0.1, 7)
    ]
    assert read(path)[3].params == {"rate": 7}


def test_a_value_outside_the_space_widens_the_bounds_and_one_of_another_kind_does_not_fit(store, path):
    store.add(
        [
            replace(FINISHED, settings={"learning_rate": 3.0, "num_units": 1024}),
            replace(FINISHED, member=1, settings={"learning_rate": 0.0, "num_units": 8.5}),
        ]
    )
    outside, other_kind = read(path)
    assert outside.distributions == {
        "learning_rate": FloatDistribution(1e-4, 3, log=True),
        "num_units": IntDistribution(8, 1024, log=True),
    }
    assert other_kind.params == {}
    assert store.trials()[1].settings == {"learning_rate": 0.0, "num_units": 8.5}


def test_a_parameter_keeps_its_kind_when_a_resumed_run_has_another_space(store, path):
    store.add(ALL)
    space = Space({"optimizer": Choice(("sgd", "lion")), "learning_rate": Uniform(0, 1)})
    with TrialStore(path, space=space) as resumed:
        resumed.add([replace(FINISHED, member=3), replace(FINISHED, member=4, settings={"optimizer": "lion"})])
        assert resumed.trials()[4].settings == {"optimizer": "lion"}
    trials = read(path)
    assert trials[3].distributions == trials[0].distributions
    assert trials[4].params == {}


def test_optuna_can_go_on_with_the_study(store):
    store.add([replace(FINISHED, member=member) for member in range(12)])
    trial = store.study.ask()
    assert 1e-4 <= trial.suggest_float("learning_rate", 1e-4, 1, log=True) <= 1
    store.study.tell(trial, 0.2)
    assert store.add([replace(FINISHED, member=20)]) == 1
    assert [one.number for one in store.study.trials] == list(range(14))
    assert len(store.trials()) == 13


# Curves, files, silence


def test_a_long_curve_is_thinned_but_keeps_its_first_best_and_last_epoch(store):
    curve = {epoch: 0.5 + (epoch != 777) + epoch / 1e4 for epoch in range(1000)} | {3: nan}
    store.add([replace(FINISHED, dev_errors=curve)])
    stored = store.trials()[0].dev_errors
    assert len(stored) <= 21 and {0, 777, 999} <= set(stored)
    assert all(stored[epoch] == curve[epoch] for epoch in stored)


@pytest.mark.parametrize("name", ["a study.db", "50%.db", "{run}.db", "a#b.db", "who?.db", "größe.db"])
def test_the_file_may_have_any_name(empty_study, tmp_path, name):
    path = Path(shutil.copy(empty_study, tmp_path / name))
    with TrialStore(path) as store:
        store.add(ALL)
    with TrialStore(path) as again:
        assert again.members == {0, 1, 2}
    assert [file.name for file in tmp_path.iterdir()] == [name]


def test_another_study_in_the_same_file_keeps_its_trials_to_itself(store, path):
    store.add(ALL)
    with TrialStore(path, study_name="other", direction="maximize") as other:
        assert other.members == frozenset()
        other.add(ALL[:2])
        assert [trial.number for trial in other.study.trials] == [0, 1]
        assert other.study.best_value == 0.12
    assert len(store.trials()) == 3


def test_another_study_in_the_same_file_does_not_fix_the_kind_of_a_parameter(store, path):
    store.add(ALL)
    with TrialStore(path, study_name="other") as other:
        other.add(ALL)
        assert other.study.trials[0].distributions["learning_rate"] == FloatDistribution(0.0001, 1.0)


def test_a_new_study_is_made_without_a_word(tmp_path, capfd):
    said: list[str] = []
    listener = logging.Handler()
    listener.emit = lambda record: said.append(record.getMessage())
    logging.getLogger("optuna").addHandler(listener)
    with TrialStore(tmp_path / "study.db") as store:
        store.add(ALL)
    logging.getLogger("optuna").removeHandler(listener)
    assert said == [] and capfd.readouterr() == ("", "")


def test_a_file_that_is_no_study_is_refused(tmp_path):
    path = tmp_path / "study.db"
    path.write_bytes(b"this is not a database, but long enough to be taken for one" * 30)
    with pytest.raises(RunError, match=r"study.db must be an Optuna study in SQLite.*Take the file from a copy"):
        TrialStore(path)


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(RunError, match=r"nowhere must be a folder to hold study\.db"):
        TrialStore(tmp_path / "nowhere" / "study.db")
