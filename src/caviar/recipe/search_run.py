"""`search` and its resumption: from the configuration to a finished run folder."""

from pathlib import Path
from typing import Any

import yaml

from caviar.core.config import SearchConfig
from caviar.core.files import write_text
from caviar.core.progress import Progress, Silent
from caviar.recipe.beginning import begin, begin_again, set_threads
from caviar.recipe.budget import Budget
from caviar.recipe.cohorts import CohortTrainer
from caviar.recipe.folder import read_config
from caviar.recipe.journal import Journal
from caviar.recipe.plans import default_space
from caviar.recipe.population_search import PopulationSearch
from caviar.recipe.preparation import Prepared, prepare
from caviar.recipe.results import command_of, conclude
from caviar.search.space_file import space_of, written
from caviar.search.spaces import Space
from caviar.search.study import TrialStore


def search(config: SearchConfig, progress: Progress | None = None, source: Any = None) -> Path:
    """Train a population over a space; returns the run's folder. Arguments and errors as of fit.py's `fit`."""
    progress = progress or Silent()
    set_threads(config)
    space = None if config.space is None else space_of(config.space)
    prepared = prepare(config, source)
    if space is None:
        space = default_space(prepared.coder.task, len(prepared.split.train))
    config = config.model_copy(update={"space": space.to_json()})
    folder = begin(config, prepared, progress)
    write_space(folder / "space.yaml", space, "What this search drew from.")
    return _work(folder, config, prepared, progress)


def resume(folder: Path, progress: Progress | None = None, source: Any = None) -> Path:
    """Go on with a search that was stopped or killed; a finished one is left as it is. Errors as of fit.py's."""
    config = read_config(folder)
    assert isinstance(config, SearchConfig), config
    if (folder / "result.json").exists():
        return folder
    progress = progress or Silent()
    return _work(folder, config, begin_again(folder, config, progress, source), progress)


def write_space(path: Path, space: Space, comment: str) -> None:
    """A space for `caviar search --space`."""
    write_text(path, f"# {comment}\n" + yaml.safe_dump(written(space), sort_keys=False))


def _work(folder: Path, config: SearchConfig, prepared: Prepared, progress: Progress) -> Path:
    checkpoints = folder / "checkpoints"
    checkpoints.mkdir(exist_ok=True)
    budget = Budget(None, config.members)
    journal = Journal(checkpoints / "journal.jsonl", budget)
    space = space_of(config.space)
    with TrialStore(folder / "study.db", space=space) as store:
        trainer = CohortTrainer(checkpoints, prepared.training, config.seed, budget, journal, store, space, progress)
        work = PopulationSearch(folder, config, prepared, budget, journal, trainer, space, progress)
        work.run()
    progress.update("conclusion", 0, work.ensemble.error if work.ensemble else None, None)
    space = work.next_space()
    write_space(folder / "next_space.yaml", space, "The region of the best members, for a next search.")
    more = {"memory": work.memory, "next_space": space.describe(), "next_command": command_of(work, "next_space.yaml")}
    conclude(work, more)
    return folder
