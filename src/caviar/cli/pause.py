"""`caviar pause RUN` and `caviar unpause RUN`: let a network in training stand still, and go on."""

from caviar.cli.replies import tell_reply
from caviar.cli.settings import AsJson, Debug, RunArgument


def pause(run: RunArgument, as_json: AsJson = False, debug: Debug = False) -> None:
    """Let a run of `caviar train` stand still from the end of its present epoch on.

    A paused run listens: it can be nudged and rewound. It stays paused over a kill and `caviar resume`.

    Example: caviar pause runs/digits-1
    """
    from caviar.recipe import speaking

    tell_reply(run, "pause", speaking.pause(run), as_json)


def unpause(run: RunArgument, as_json: AsJson = False, debug: Debug = False) -> None:
    """Let a paused run of `caviar train` go on.

    Example: caviar unpause runs/digits-1
    """
    from caviar.recipe import speaking

    tell_reply(run, "unpause", speaking.unpause(run), as_json)
