"""`caviar nudge RUN NAME=VALUE …`: change settings of a network while it trains in another terminal."""

from typing import Annotated

import typer

from caviar.cli.replies import tell_reply
from caviar.cli.settings import AsJson, Debug, RunArgument

Nudges = Annotated[
    list[str],
    typer.Argument(
        metavar="NAME=VALUE...", help="a value 0.2, a factor x0.5, or an amount +0.01 or -0.01", show_default=False
    ),
]


def nudge(run: RunArgument, nudges: Nudges, as_json: AsJson = False, debug: Debug = False) -> None:
    """Change settings of a run of `caviar train` from its next epoch on. All of them or, if one is wrong, none.

    What can be nudged: learning_rate, schedule, epochs, drop_rate, weight_decay, l2 and others; a name that is none
    of them is answered with all. Each nudge is in the run's history and on its chart.

    Example: caviar nudge runs/digits-1 learning_rate=x0.5 drop_rate=0.2 weight_decay=+0.01
    """
    from caviar.recipe import speaking

    tell_reply(run, "nudge", speaking.nudge(run, nudges), as_json)
