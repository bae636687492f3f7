"""What a run in training answered, for people or machines."""

from typing import TYPE_CHECKING, Any

from caviar.cli.figures import counted
from caviar.cli.output import Line, print_json, print_lines

if TYPE_CHECKING:
    from caviar.recipe.speaking import Reply


def tell_reply(run: str, kind: str, reply: "Reply", as_json: bool) -> None:
    """Print the answer, or that there is none yet."""
    if as_json:
        print_json(as_plain(run, kind, reply))
    else:
        print_lines([Line(in_words(kind, reply))])


def as_plain(run: str, kind: str, reply: "Reply") -> dict[str, Any]:
    """The answer in plain values: `done` false where the epoch under way has not ended yet."""
    event = reply.event
    changes = reply.changes if event is None else event.changes
    plain = {name: [_plain(value) for value in pair] for name, pair in changes.items()}
    epoch = reply.epoch if event is None else event.epoch
    more = {} if event is None or kind != "rewind" else {"to_epoch": event.to_epoch}
    return {"run": run, "kind": kind, "done": event is not None, "epoch": epoch, "changes": plain, **more}


def in_words(kind: str, reply: "Reply") -> str:
    """One sentence: what happened and when, or will."""
    from caviar.recipe.nudge_log import changes_told

    event = reply.event
    if event is None:
        coming = {
            "nudge": f"{changes_told(reply.changes)} from the next epoch on",
            "pause": "pauses", "unpause": "goes on", "rewind": "goes back",
        }[kind]  # fmt: skip
        return f"Told. At the end of the epoch under way, after epoch {reply.epoch} or later: {coming}."
    if kind == "nudge":
        return f"From epoch {event.epoch + 1} on: {changes_told(event.changes)}."
    if kind == "rewind":
        undone = counted(event.epoch - event.to_epoch, "epoch")
        return f"Back from epoch {event.epoch} to the end of epoch {event.to_epoch}: {undone} undone."
    return f"Paused after epoch {event.epoch}." if kind == "pause" else f"Goes on after epoch {event.epoch}."


def _plain(value: Any) -> Any:
    """JSON has no infinity."""
    return str(value) if value == float("inf") else value
