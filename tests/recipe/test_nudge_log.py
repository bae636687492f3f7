"""The log of what was said: which nudges stand, which checkpoints are on the path, whether the run is paused."""

import math
from pathlib import Path

from caviar.recipe.nudge_log import NudgeLog, changes_told


def test_it_comes_back_from_disk_as_it_was(tmp_path: Path) -> None:
    log = NudgeLog(tmp_path)
    log.add("nudge", 3, "1", changes={"clip_norm": (math.inf, 1.0), "schedule": ("cosine", "constant")})
    log.add("rewind", 5, "2", to_epoch=4, undone=((0.5, math.nan, math.inf, 0.01),))
    log.add("refused", 5, "3", reason="no")
    again = NudgeLog(tmp_path)
    assert str(again.events) == str(log.events)
    assert again.answered("2") == log.events[1] or math.isnan(again.events[1].undone[0][1])
    assert again.answered("4") is None


def test_a_rewind_undoes_what_acted_after_its_epoch_and_nothing_else(tmp_path: Path) -> None:
    log = NudgeLog(tmp_path)
    for epoch in (2, 4, 6):
        log.add("nudge", epoch, changes={"l2": (0.0, float(epoch))})
    log.add("rewind", 8, to_epoch=4)
    log.add("nudge", 4, changes={"l2": (2.0, 9.0)})
    assert [(nudge.epoch, nudge.changes["l2"][1]) for nudge in log.nudges()] == [(2, 2.0), (4, 9.0)]


def test_a_checkpoint_is_on_the_path_unless_a_later_rewind_went_before_it(tmp_path: Path) -> None:
    log = NudgeLog(tmp_path)
    log.add("rewind", 9, to_epoch=5)
    log.add("rewind", 8, to_epoch=6)
    assert [log.is_on_path(epoch, 0) for epoch in (5, 6)] == [True, False]
    assert [log.is_on_path(epoch, 1) for epoch in (6, 7)] == [True, False]
    assert log.is_on_path(100, 2)


def test_the_last_word_decides_whether_it_is_paused(tmp_path: Path) -> None:
    log = NudgeLog(tmp_path)
    assert not log.paused
    for kind, paused in (("pause", True), ("nudge", True), ("rewind", True), ("unpause", False)):
        log.add(kind, 1)
        assert log.paused is paused


def test_changes_are_told_from_old_to_new() -> None:
    told = changes_told({"clip_norm": (math.inf, 1.0), "schedule": ("cosine", "linear"), "epochs": (10, 20)})
    assert told == "clip_norm off → 1, schedule cosine → linear, epochs 10 → 20"
