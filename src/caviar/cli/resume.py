"""`caviar resume RUN`: go on with a run that was stopped or killed."""

from caviar.cli.live_curves import curves_for, is_watched
from caviar.cli.settings import AsJson, Debug, RunArgument
from caviar.cli.stopping import resumable
from caviar.cli.telling import tell_run


def resume(run: RunArgument, as_json: AsJson = False, debug: Debug = False) -> None:
    """Go on with a fit, a search or a training that was stopped or killed; no finished network is lost.

    Time spent before counts towards the budget. A paused training stays paused. A finished run is only shown again.
    """
    with curves_for(as_json) as progress, resumable(progress, run):
        from caviar import api

        finished = api.resume(run, progress=progress, attended=is_watched(as_json))
    tell_run(finished, as_json)
