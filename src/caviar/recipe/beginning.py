"""How every run begins, and begins again after a kill: the folder, what is written there first, the CPU threads."""

import os
from pathlib import Path
from typing import Any

import torch

from caviar.core.config import RunConfig
from caviar.core.errors import RunError
from caviar.core.files import write_json
from caviar.core.progress import Progress
from caviar.recipe.folder import check_same_data, new_folder, write_config, write_environment
from caviar.recipe.preparation import Prepared, all_notices, describe, prepare


def begin(config: RunConfig, prepared: Prepared, progress: Progress) -> Path:
    """Make the folder, write down settings, machine and data, and tell of them; returns the folder."""
    folder = new_folder(config)
    write_config(folder, config)
    write_environment(folder, torch.get_num_threads())
    write_json(folder / "data.json", describe(prepared))
    progress.begin(folder, prepared.coder.task)
    progress.say(
        f"Run {folder}: {len(prepared.split.train):,} train, {len(prepared.split.dev):,} dev"
        + (f", {len(prepared.split.test):,} test rows" if prepared.split.test is not None else " rows, no test rows")
    )
    for notice in all_notices(prepared):
        progress.say(f"{notice.level}: {notice.text}")
    return folder


def begin_again(folder: Path, config: RunConfig, progress: Progress, source: Any = None) -> Prepared:
    """The data of a run that was killed.

    Raises:
        RunError: the run ended too early, or the data have changed since (both fingerprints are shown).
    """
    if not (folder / "data.json").exists():
        raise RunError(
            f"{folder} ended before its data were described: nothing is lost. Start again with `caviar "
            f"{config.command}`."
        )
    set_threads(config)
    prepared = prepare(config, source)
    check_same_data(folder, describe(prepared))
    progress.begin(folder, prepared.coder.task)
    return prepared


def set_threads(config: RunConfig) -> None:
    """Use as many CPU threads as the configuration says; all, by default."""
    torch.set_num_threads(config.threads or len(os.sched_getaffinity(0)))
