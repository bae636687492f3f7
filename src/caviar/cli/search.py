"""`caviar search DATA`: many networks with random settings, trained to the end; the best is kept."""

from typing import Any

from caviar.cli.progress import progress_for
from caviar.cli.settings import SETTINGS, WORK, AsJson, DataArgument, Debug, Setting, takes
from caviar.cli.stopping import resumable
from caviar.cli.telling import tell_run

OWN = (
    Setting("members", WORK, "number of networks to train; default 256", "NUMBER", int),
    Setting("epochs", WORK, "passes over the train rows, for each of them; default 20", "NUMBER", int),
    Setting("structures", WORK, "number of structures that they are shared among, 1 to 5; default 4", "NUMBER", int),
    Setting("space", WORK, "a YAML file of hyperparameters and what to draw them from; default: those worth tuning",
            "FILE"),
)  # fmt: skip
SHARED = [name for name in SETTINGS if name not in ("budget", "members", "target_error")]


@takes(*SHARED[: SHARED.index("threads")], *OWN, *SHARED[SHARED.index("threads") :])
def search(data: DataArgument, as_json: AsJson = False, debug: Debug = False, **settings: Any) -> None:
    """Train many networks with random settings on DATA, all of them to the end, and keep the best.

    They are shared among a few structures, and train in groups that fit into the free memory. Without a space the
    hyperparameters that are worth tuning are drawn on their scales. Afterwards: the best ten, which settings mattered,
    and where to search next.

    Example: caviar search digits --members 2000 --epochs 5
    """
    with progress_for(as_json) as progress, resumable(progress, settings.get("out")):
        from caviar import api

        run = api.search(data, progress=progress, **settings)
    tell_run(run, as_json)
