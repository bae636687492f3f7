"""`search`: a population over a space of hyperparameters, and a run folder with its best model."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from caviar.api.runs import Run, reported, source_of
from caviar.core.config import SearchConfig
from caviar.core.progress import Progress
from caviar.recipe import search_run
from caviar.search.space_file import read_space, space_of
from caviar.search.spaces import Space


def search(
    data: Any,
    *,
    members: int = 256,
    epochs: int = 20,
    structures: int = 4,
    space: str | Path | Mapping[str, Any] | Space | None = None,
    progress: Progress | None = None,
    **settings: Any,
) -> Run:
    """Train many members with random settings to the end, and keep the best: no loop, no budget.

    The members are shared among a few structures and train in groups that fit into the free memory; what that takes is
    told before. A run that was stopped or killed goes on with `caviar.resume`.

    Args:
        data: a file, a built-in name, a polars or pandas DataFrame, or a loaded Table.
        members: how many networks. epochs: passes over the train rows, for each. structures: of the networks, 1 to 5.
        space: a YAML file, or a mapping such as {"learning_rate": {"low": 1e-4, "high": 1e-1}} (search/space_file.py
            says all of it); what it does not name stays at the catalogue's default. Default: what is worth tuning.
        progress: told where the work stands (core/progress.py).
        settings: further fields of core/config.py's SearchConfig, such as `target`, `seed`, `test`, `out`.

    Returns:
        The run, as of `fit`; `result` holds besides `best_members`, `importance` and `next_space`, the region of the
        best, which `next_space.yaml` holds for a next search.

    Raises:
        DataError, SettingsError: what must hold, what came, what to do; before anything is written.
    """
    if isinstance(space, str | Path):
        space = read_space(space)
    drawn = None if space is None else space_of(space).to_json()
    name, source, known = source_of(data)
    config = SearchConfig.checked(
        data=name, members=members, epochs=epochs, structures=structures, space=drawn, **(known | settings)
    )
    return reported(search_run.search(config, progress, source))
