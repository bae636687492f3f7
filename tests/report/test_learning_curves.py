"""Learning curves: the ensemble in front of a thinned cloud, nothing lost without a word."""

from pathlib import Path

import numpy as np
import polars as pl
from report_page import shapes

from caviar.report.curves import learning_curves
from caviar.report.run_files import RunFiles, read_run


def run_of(num_members: int, ensemble: list[int], num_epochs: int = 10) -> RunFiles:
    epochs = np.tile(np.arange(1, num_epochs + 1), num_members)
    member = np.repeat(np.arange(num_members), num_epochs)
    history = pl.DataFrame(
        {
            "member": member,
            "epoch": epochs,
            "train_loss": 1 / epochs,
            "dev_loss": 0.2 + 1 / epochs,
            "dev_error": 0.1 + 0.1 / epochs,
        }
    )
    members = pl.DataFrame(
        {
            "member": range(num_members),
            "in_ensemble": [number in ensemble for number in range(num_members)],
            "best_epoch": [7] * num_members,
        }
    )
    return RunFiles(Path("run"), {"dev_error": 0.105}, history=history, members=members)


def test_ensemble_is_drawn_member_by_member_before_the_others():
    curves = learning_curves(run_of(30, [3, 8]))
    assert [panel.title for panel in curves.panels] == ["Train loss", "Dev loss", "Dev error"]
    for panel in curves.panels:
        assert len(shapes(panel.picture, "path", "curve chosen")) == 2
        assert len(shapes(panel.picture, "path", "curve others")) == 28
        assert len(shapes(panel.picture, "circle", "kept")) == 2


def test_large_cloud_is_thinned_and_the_caption_says_so():
    curves = learning_curves(run_of(400, [0], num_epochs=200))
    assert len(shapes(curves.panels[0].picture, "path", "curve others")) == 120
    assert "120 of the 399 other members" in " ".join(curves.notes)
    assert all(path["d"].count("L") < 50 for path in shapes(curves.panels[0].picture, "path", "curve others"))
    assert shapes(curves.panels[0].picture, "path", "curve chosen")[0]["d"].count("L") == 199


def test_diverging_member_does_not_flatten_the_others():
    run = run_of(40, [0])
    wild = pl.DataFrame({"member": [99] * 3, "epoch": [1, 2, 3], "train_loss": [1.0, 1e9, None]})
    history = pl.concat([run.history, wild.select(pl.all().cast(pl.Float64))], how="diagonal_relaxed")
    history = history.with_columns(pl.col("member", "epoch").cast(pl.Int64))
    [train, *_] = learning_curves(RunFiles(run.folder, run.result, history=history, members=run.members)).panels
    assert "higher still" in train.caption
    assert "10⁹" not in train.picture


def test_ensembles_own_error_is_a_line_across_the_dev_error():
    panels = learning_curves(run_of(10, [1])).panels
    assert [len(shapes(panel.picture, "line", "together")) for panel in panels] == [0, 0, 1]


def test_unknown_ensemble_is_said():
    run = run_of(5, [])
    curves = learning_curves(RunFiles(run.folder, {}, history=run.history))
    assert "Which members are in the ensemble is not recorded" in curves.notes[0]


def test_every_curve_of_the_example_stays_in_its_frame(example_folders):
    for kind in ("binary", "regression"):
        for panel in learning_curves(read_run(example_folders[kind])).panels:
            assert all("clip-path" in path for path in shapes(panel.picture, "path", "curve"))


def test_nudges_of_a_babysat_network_are_upright_lines_and_listed_and_undone_epochs_stay_behind():
    run = run_of(2, [0])
    told = pl.when((pl.col("member") == 0) & (pl.col("epoch") == 4)).then(pl.lit("drop_rate 0 → 0.2"))
    run = RunFiles(
        run.folder,
        {"dev_error": 0.105, "mode": "train"},
        history=run.history.with_columns(told.alias("nudged")),
        members=run.members,
    )
    curves = learning_curves(run)
    for panel in curves.panels:
        [line] = shapes(panel.picture, "path", "nudge")
        across = [float(point.split()[0]) for point in line["d"][1:].split("L")]
        assert across[0] == across[1]
        assert "from epoch 4 on: drop_rate 0 → 0.2" in panel.picture
        assert len(shapes(panel.picture, "path", "curve taken-back")) == 1
    assert curves.notes == [
        "Upright lines are nudges: 1 from epoch 4 on drop_rate 0 → 0.2.",
        "Behind it: the epochs that 1\u00a0rewind took back.",
    ]
    assert (curves.front, curves.behind) == ("the network", "taken back by a rewind")
