"""`caviar fit DATA`: the whole recipe, from a table to a network, an honest error, a diagnosis and a report."""

from typing import Any

from caviar.cli.progress import progress_for
from caviar.cli.settings import SETTINGS, AsJson, DataArgument, Debug, takes
from caviar.cli.stopping import resumable
from caviar.cli.telling import tell_run


@takes(*SETTINGS)
def fit(data: DataArgument, as_json: AsJson = False, debug: Debug = False, **settings: Any) -> None:
    """Train networks on DATA within a budget; say how good they are and what holds them back.

    Errors and shares may be written 0.02 or 2%. Without --budget and --members the budget is five minutes.

    Example: caviar fit adult.csv --target income --budget 3m
    """
    with progress_for(as_json) as progress, resumable(progress, settings.get("out")):
        from caviar import api

        run = api.fit(data, progress=progress, **settings)
    tell_run(run, as_json)
