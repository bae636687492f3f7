"""`caviar rewind RUN --to-epoch N`: take a network in training back to the end of an epoch."""

from typing import Annotated

import typer

from caviar.cli.replies import tell_reply
from caviar.cli.settings import AsJson, Debug, RunArgument

ToEpoch = Annotated[
    int, typer.Option("--to-epoch", metavar="EPOCH", help="the epoch after which it goes on; 0 for the start")
]


def rewind(run: RunArgument, to_epoch: ToEpoch, as_json: AsJson = False, debug: Debug = False) -> None:
    """Take a run of `caviar train` back to the end of an epoch; from there it goes the same path again, bit for bit.

    Nudges that acted after that epoch are undone, unless they are repeated. To change the path there: pause, rewind,
    nudge, unpause.

    Example: caviar rewind runs/digits-1 --to-epoch 12
    """
    from caviar.recipe import speaking

    tell_reply(run, "rewind", speaking.rewind(run, to_epoch), as_json)
