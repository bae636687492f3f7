"""`fit` and `resume`: the whole recipe on one table, from the configuration to a finished run folder."""

import os
from pathlib import Path
from typing import Any

import torch

from caviar.core.config import FitConfig
from caviar.core.errors import RunError
from caviar.core.files import write_json
from caviar.core.progress import Progress, Silent
from caviar.recipe.budget import Budget
from caviar.recipe.cohorts import CohortTrainer
from caviar.recipe.folder import check_same_data, new_folder, read_config, write_config, write_environment
from caviar.recipe.journal import Journal
from caviar.recipe.loop import Recipe
from caviar.recipe.plans import default_space
from caviar.recipe.preparation import Prepared, all_notices, describe, prepare
from caviar.recipe.results import conclude
from caviar.search.study import TrialStore
from caviar.training import COMPILATION_NOTICE, compile_steps, is_compiled


def fit(config: FitConfig, progress: Progress | None = None, source: Any = None) -> Path:
    """Run the recipe; returns the run's folder.

    Args:
        config: what to do. Its data are read and checked before the folder is made or anything is trained.
        progress: told where the work stands.
        source: a DataFrame or Table, where the data are not a file; such a run cannot be resumed by its folder alone.

    Raises:
        DataError, SettingsError: before anything is written.
    """
    progress = progress or Silent()
    budget = Budget(config.budget_seconds, config.members)
    threads = set_threads(config)
    prepared = prepare(config, source)
    folder = new_folder(config)
    write_config(folder, config)
    write_environment(folder, threads)
    write_json(folder / "data.json", describe(prepared))
    progress.begin(folder, prepared.coder.task)
    progress.say(
        f"Run {folder}: {len(prepared.split.train):,} train, {len(prepared.split.dev):,} dev"
        + (f", {len(prepared.split.test):,} test rows" if prepared.split.test is not None else " rows, no test rows")
    )
    for notice in all_notices(prepared):
        progress.say(f"{notice.level}: {notice.text}")
    return _work(folder, config, prepared, budget, progress)


def resume(folder: Path, progress: Progress | None = None, source: Any = None) -> Path:
    """Go on with a run that was killed; a finished run is left as it is.

    Raises:
        RunError: no run folder, or the data have changed since (both fingerprints are shown).
    """
    config = read_config(folder)
    if (folder / "result.json").exists():
        return folder
    if not (folder / "data.json").exists():
        raise RunError(
            f"{folder} ended before its data were described: nothing is lost. Start again with `caviar fit`."
        )
    budget = Budget(config.budget_seconds, config.members)
    set_threads(config)
    prepared = prepare(config, source)
    check_same_data(folder, describe(prepared))
    progress = progress or Silent()
    progress.begin(folder, prepared.coder.task)
    return _work(folder, config, prepared, budget, progress)


def set_threads(config: FitConfig) -> int:
    """Use as many CPU threads as the configuration says; all, by default."""
    threads = config.threads or len(os.sched_getaffinity(0))
    torch.set_num_threads(threads)
    return threads


def _work(folder: Path, config: FitConfig, prepared: Prepared, budget: Budget, progress: Progress) -> Path:
    if not is_compiled():
        progress.say(COMPILATION_NOTICE)
    compile_steps()
    checkpoints = folder / "checkpoints"
    checkpoints.mkdir(exist_ok=True)
    journal = Journal(checkpoints / "journal.jsonl", budget)
    space = default_space(prepared.coder.task, len(prepared.split.train))
    with TrialStore(folder / "study.db", space=space) as store:
        trainer = CohortTrainer(checkpoints, prepared.training, config.seed, budget, journal, store, space, progress)
        recipe = Recipe(folder, config, prepared, budget, journal, trainer, space, progress)
        recipe.run()
    progress.update("conclusion", 0, recipe.ensemble.error if recipe.ensemble else None, None)
    conclude(recipe)
    return folder
