"""The public door: fit on data in memory, predict on files unlike the training file, looks at labels counted."""

import numpy as np
import polars as pl
import pytest
import torch

import caviar
from caviar.core.files import read_json

ROWS = 240


def made_table(rows=ROWS, seed=0):
    generator = np.random.default_rng(seed)
    size, colour = generator.normal(size=rows), generator.choice(["red", "green", "blue"], size=rows)
    price = np.exp(generator.normal(size=rows))
    bought = np.where(size + (colour == "red") + 0.3 * generator.normal(size=rows) > 0.5, "yes", "no")
    return pl.DataFrame({"size": size, "colour": colour, "price": price, "bought": bought})


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("api") / "run"
    return caviar.fit(made_table(), target="bought", members=8, seed=0, threads=1, out=str(folder))


def test_fit_on_a_dataframe_beats_the_trivial_predictor_and_leaves_a_report(run):
    assert run.result["test_error"] < 0.5 * run.result["reference_errors"]["trivial"]
    assert (run.folder / "report.html").exists()
    assert run.result["members_trained"] == 8


def test_the_result_has_every_field_that_scripts_rely_on(run):
    promised = {
        "run",
        "task",
        "metric",
        "train_error",
        "dev_error",
        "test_error",
        "reference_errors",
        "findings",
        "next_action",
        "members_trained",
        "seconds",
        "stopped_because",
    }
    assert promised <= set(run.result)
    assert set(run.result["reference_errors"]) == {"trivial", "boosting"}
    assert all("id" in finding for finding in run.result["findings"])


def test_predictions_come_one_a_row_in_the_order_of_the_rows(run):
    new = made_table(50, seed=1)
    predicted = run.predict(new.drop("bought"))
    assert predicted.columns == ["prediction", "probability.no", "probability.yes"]
    reversed_rows = run.predict(new.drop("bought").reverse())
    assert reversed_rows["prediction"].to_list() == predicted["prediction"].to_list()[::-1]
    assert (predicted["prediction"] == new["bought"]).mean() > 0.8


def test_shuffled_and_extra_columns_and_a_target_change_nothing(run, tmp_path):
    new = made_table(20, seed=2)
    expected = run.predict(new.select("size", "colour", "price"))
    new.with_columns(pl.lit("x").alias("extra")).select("extra", "price", "bought", "size", "colour").write_csv(
        tmp_path / "new.csv"
    )
    np.testing.assert_allclose(
        run.predict(tmp_path / "new.csv")["probability.yes"], expected["probability.yes"], atol=1e-5
    )


def test_a_missing_column_is_refused_by_name(run):
    with pytest.raises(caviar.DataError, match="colour"):
        run.predict(made_table(5).drop("colour"))


def test_one_row_unseen_categories_and_missing_cells_are_predicted(run):
    one = pl.DataFrame({"size": [None], "colour": ["violet"], "price": [2.0]}, schema_overrides={"size": pl.Float64})
    assert run.predict(one).height == 1


def test_an_opened_run_predicts_as_the_fitted_one(run):
    new = made_table(30, seed=3)
    assert caviar.open_run(run.folder).predict(new).equals(run.predict(new))


def test_every_look_at_labelled_rows_is_counted(run):
    first = run.evaluate(made_table(100, seed=4))
    second = run.evaluate(made_table(100, seed=4))
    assert second["test_looks"] == first["test_looks"] + 1
    assert first["error"] == second["error"]
    assert first["interval"][0] <= first["error"] <= first["interval"][1]


def test_a_label_that_training_never_saw_is_refused_unless_skipped(run):
    odd = made_table(50, seed=5).with_columns(
        pl.when(pl.col("price") > 2).then(pl.lit("maybe")).otherwise("bought").alias("bought")
    )
    with pytest.raises(caviar.DataError, match="maybe"):
        run.evaluate(odd)
    assert run.evaluate(odd, skip_unknown_labels=True)["rows"] == odd.filter(pl.col("price") <= 2).height


def test_budget_and_members_together_are_refused():
    with pytest.raises(caviar.SettingsError, match="not both"):
        caviar.fit("iris", budget="1m", members=5)


def test_bad_data_are_refused_before_a_folder_is_made(tmp_path):
    with pytest.raises(caviar.DataError):
        caviar.fit(made_table(), target="boght", members=4, out=str(tmp_path / "never"))
    assert not (tmp_path / "never").exists()


def test_test_rows_in_a_table_of_their_own_are_the_ones_measured(tmp_path):
    made_table(80, seed=6).write_csv(tmp_path / "test.csv")
    made_table().write_csv(tmp_path / "train.csv")
    run = caviar.fit(
        tmp_path / "train.csv",
        target="bought",
        test=str(tmp_path / "test.csv"),
        members=4,
        threads=1,
        out=str(tmp_path / "run"),
    )
    assert read_json(run.folder / "data.json")["rows"]["test"] == 80
    assert run.evaluate(tmp_path / "test.csv")["error"] == pytest.approx(run.result["test_error"])


def test_what_a_new_file_made_the_reader_repair_is_told(run, capsys, tmp_path):
    new = made_table(4, seed=7).with_columns(pl.Series("size", ["1", "tall", "0.5", ""]), pl.lit(1).alias("extra"))
    new.write_csv(tmp_path / "new.csv")
    run.predict(tmp_path / "new.csv")
    told = " ".join(notice.text for notice in run.notices)
    assert "extra" in told and "tall" in told


def test_categories_that_training_never_saw_are_told(run):
    run.predict(made_table(6, seed=8).with_columns(pl.lit("violet").alias("colour")))
    assert any("6 cells hold categories that training never saw ('violet')" in notice.text for notice in run.notices)


def test_a_diagnosis_of_bare_figures_lists_every_disease_the_gravest_first():
    findings = caviar.diagnose(train_error=0.01, dev_error=0.11, rows=10_000)
    assert (findings[0].id, findings[0].verdict, findings[0].severity) == ("high-variance", "present", "high")
    assert {finding.verdict for finding in findings} == {"present", "absent", "cannot-tell"}


def test_a_diagnosis_of_a_run_is_what_it_saved_by_run_or_by_folder(run):
    findings = caviar.diagnose(run)
    assert [finding.id for finding in findings] == [one["id"] for one in read_json(run.folder / "findings.json")]
    assert findings == caviar.diagnose(run.folder) == caviar.diagnose(str(run.folder))
    assert [finding for finding in findings if finding.verdict == "present"] == run.findings
    mismatch = next(finding for finding in findings if finding.id == "data-mismatch")
    assert mismatch.verdict == "absent" and "cut from the same rows" in mismatch.meaning


def test_figures_beside_a_run_and_figures_that_cannot_be_are_refused(run, tmp_path):
    with pytest.raises(caviar.SettingsError, match="leave out the run, or train_error"):
        caviar.diagnose(run, train_error=0.01)
    with pytest.raises(caviar.SettingsError, match="dev error must lie between 0 and 1"):
        caviar.diagnose(train_error=0.01, dev_error=11)
    with pytest.raises(caviar.RunError, match="is no run folder"):
        caviar.diagnose(tmp_path)


def test_a_model_that_caviar_did_not_train_is_diagnosed_where_it_stands():
    torch.manual_seed(0)
    layers = [torch.nn.Linear(6, 6) for _ in range(40)]
    deep = torch.nn.Sequential(
        *[part for layer in layers for part in (layer, torch.nn.Sigmoid())], torch.nn.Linear(6, 2)
    )
    rows = torch.randn(64, 6), torch.randint(0, 2, (64,))
    found = caviar.diagnose(deep, rows, torch.nn.functional.cross_entropy)
    assert "vanishing-gradient" in [finding.id for finding in found if finding.verdict == "present"][:2]
    with pytest.raises(caviar.SettingsError, match="with rows and a loss"):
        caviar.diagnose(deep)
