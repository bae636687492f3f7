"""Whole runs with a dev file: one of another kind, one of train's own, and a kill in between; a fit and a search."""

import numpy as np
import polars as pl
import pytest
from kills import KillAfter, Killed

import caviar
from caviar.core.config import FitConfig, SearchConfig
from caviar.core.files import read_json
from caviar.recipe import search_run
from caviar.recipe.fit import fit, resume


def made_rows(path, rows, seed, turned):
    """Two classes along a direction of two columns, so that none tells all alone; in `turned` rows along another."""
    features = np.random.default_rng(seed).normal(size=(rows, 3))
    truth = features[:, 1] - features[:, 2] if turned else features[:, 0] + features[:, 2]
    labels = np.where(truth > 0, "yes", "no")
    pl.DataFrame({f"x{place}": features[:, place] for place in range(3)} | {"y": labels}).write_csv(path)
    return str(path)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rows")
    return {
        "train": made_rows(folder / "train.csv", 1_500, 0, turned=False),
        "same": made_rows(folder / "same.csv", 250, 1, turned=False),
        "turned": made_rows(folder / "turned.csv", 250, 2, turned=True),
    }


def config(files, dev, folder):
    return FitConfig.checked(
        data=files["train"], target="y", dev=files[dev], members=8, seed=0, threads=1, material=0.1, out=str(folder)
    )


@pytest.fixture(scope="module")
def turned(files, tmp_path_factory):
    return fit(config(files, "turned", tmp_path_factory.mktemp("turned") / "run"))


@pytest.fixture(scope="module")
def same(files, tmp_path_factory):
    return fit(config(files, "same", tmp_path_factory.mktemp("same") / "run"))


def search_config(files, folder):
    return SearchConfig.checked(
        data=files["train"], target="y", dev=files["turned"], members=6, epochs=30, structures=1, seed=0, threads=1,
        material=0.05, out=str(folder),
    )  # fmt: skip


@pytest.fixture(scope="module")
def searched(files, tmp_path_factory):
    return search_run.search(search_config(files, tmp_path_factory.mktemp("searched") / "run"))


def verdicts(run):
    return {finding.id: finding.verdict for finding in caviar.diagnose(run)}


def test_a_dev_file_of_another_kind_is_data_mismatch_and_not_variance(turned):
    found = verdicts(turned)
    assert (found["data-mismatch"], found["high-variance"]) == ("present", "absent")
    result = read_json(turned / "result.json")
    assert result["train_dev_error"] < 0.2 < 0.3 < result["dev_error"]
    assert result["findings"][0]["id"] == "data-mismatch"
    assert result["next_action"].startswith("Data mismatch: ")


def test_a_dev_file_of_trains_own_kind_is_none(same):
    found = verdicts(same)
    assert (found["data-mismatch"], found["high-variance"]) == ("absent", "absent")


def test_train_dev_rows_are_trained_on_by_nobody_and_reported(turned):
    rows = read_json(turned / "data.json")["rows"]
    assert rows == {"train": 960, "train_dev": 240, "dev": 250, "test": 300}
    result = read_json(turned / "result.json")
    low, high = result["train_dev_interval"]
    assert low <= result["train_dev_error"] <= high
    assert set(result["reference_train_dev_errors"]) == {"trivial", "boosting"}
    assert set(pl.read_parquet(turned / "predictions.parquet")["part"]) == {"dev", "test"}


def test_the_report_shows_the_train_dev_error(turned):
    from caviar.report import write_report

    page = write_report(turned).read_text(encoding="utf-8")
    assert (
        "Network, train-dev" in page and "Data mismatch" in page and "train_dev" not in page.replace("train_dev_", "")
    )


def test_a_killed_run_resumes_with_the_same_train_dev_rows(files, turned, tmp_path):
    with pytest.raises(Killed):
        fit(config(files, "turned", tmp_path / "killed"), KillAfter(20))
    resumed = read_json(resume(tmp_path / "killed") / "result.json")
    whole = read_json(turned / "result.json")
    assert all(resumed[name] == whole[name] for name in ("train_error", "train_dev_error", "dev_error", "findings"))


def test_a_search_holds_out_the_same_train_dev_rows_as_a_fit_and_finds_the_same_disease(turned, searched):
    assert read_json(searched / "data.json")["rows"] == read_json(turned / "data.json")["rows"]
    found = verdicts(searched)
    assert (found["data-mismatch"], found["high-variance"]) == ("present", "absent")
    result = read_json(searched / "result.json")
    assert result["train_dev_error"] < 0.2 < 0.3 < result["dev_error"]
    assert set(result["reference_train_dev_errors"]) == {"trivial", "boosting"}
    assert set(pl.read_parquet(searched / "predictions.parquet")["part"]) == {"dev", "test"}


def test_the_verdict_and_the_report_of_a_search_show_the_train_dev_error(searched):
    from caviar.cli.search_verdict import search_verdict
    from caviar.report import write_report

    lines = search_verdict(read_json(searched / "result.json"), read_json(searched / "data.json"), searched)
    told = "\n".join(line.text for line in lines)
    assert "240 train-dev" in told and "· train-dev " in told
    assert "Network, train-dev" in write_report(searched).read_text(encoding="utf-8")


def test_a_killed_search_resumes_with_the_same_train_dev_rows(files, searched, tmp_path):
    with pytest.raises(Killed):
        search_run.search(search_config(files, tmp_path / "killed"), KillAfter(5))
    resumed = read_json(search_run.resume(tmp_path / "killed") / "result.json")
    whole = read_json(searched / "result.json")
    assert all(resumed[name] == whole[name] for name in ("train_error", "train_dev_error", "dev_error", "findings"))
