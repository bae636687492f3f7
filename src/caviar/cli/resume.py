"""`caviar resume RUN`: go on with a fit or a search that was stopped or killed."""

from caviar.cli.progress import progress_for
from caviar.cli.settings import AsJson, Debug, RunArgument
from caviar.cli.stopping import resumable
from caviar.cli.telling import tell_run


def resume(run: RunArgument, as_json: AsJson = False, debug: Debug = False) -> None:
    """Go on with a fit or a search that was stopped or killed; no finished network is lost.

    Time spent before counts towards the budget. A finished run is only shown again.
    """
    with progress_for(as_json) as progress, resumable(progress, run):
        from caviar import api

        finished = api.resume(run, progress=progress)
    tell_run(finished, as_json)
