"""`caviar train DATA`: one network, babysat: live curves, findings as they arise, and it listens while it trains."""

from typing import Any

from caviar.cli.live_curves import curves_for, is_watched
from caviar.cli.settings import SETTINGS, WORK, AsJson, DataArgument, Debug, Setting, takes
from caviar.cli.stopping import resumable
from caviar.cli.telling import tell_run
from caviar.core.durations import parse_duration
from caviar.core.errors import SettingsError

NETWORK, HYPER = "The network", "Hyperparameters (`caviar catalog NAME` says more); all but (*) can be nudged"


def read_hidden(text: str) -> list[int]:
    """[64, 64] of "64,64" or "64-64"; none of "0". Raises SettingsError."""
    parts = text.replace("-", ",").split(",")
    if not all(part.strip().isdecimal() for part in parts):
        raise SettingsError(f"--hidden must be units of each layer, such as 64,64, or 0 for none; got {text!r}.")
    return [int(part) for part in parts] if text.strip() != "0" else []


def _number(name: str, text: str) -> Setting:
    return Setting(name, HYPER, text, "NUMBER", float)


OWN = (
    Setting("config", NETWORK, "a YAML file of settings, such as a run's config.yaml; options win", "FILE"),
    Setting("hidden", NETWORK, "units of each hidden layer, such as 64,64; 0 for none", "UNITS", read=read_hidden),
    Setting("activation", NETWORK, "relu, tanh, sigmoid, silu or gelu", "NAME"),
    Setting("batch_norm", NETWORK, "normalise before each activation", kind=bool),
    Setting("batch_size", NETWORK, "rows of a step; by the number of rows unless set", "NUMBER", int),
    _number("learning_rate", "α, the size of a step"),
    Setting("optimizer", HYPER, "which moments the update uses (*)", "NAME"),
    _number("beta1", "momentum β: gradients are averaged over about 1 / (1 − β) steps"),
    _number("beta2", "average of squared gradients over about 1 / (1 − β2) steps"),
    _number("epsilon", "keeps the division by √s safe"),
    Setting("schedule", HYPER, "how the learning rate falls", "NAME"),
    _number("decay", "the schedule's constant; for cosine and linear the last factor"),
    _number("warmup_epochs", "epochs in which the rate rises from 0"),
    _number("l2", "λ of λ/2m ‖W‖²: pulls weights towards 0 through the gradient"),
    _number("l1", "λ of λ/m ‖W‖₁: makes weights exactly small, so sparse"),
    _number("weight_decay", "decoupled decay: W shrinks by α · decay a step"),
    _number("drop_rate", "share of hidden units silenced in a step"),
    _number("input_drop_rate", "share of inputs silenced in a step"),
    _number("augmentation", "strength of the random variants: deviation of noise on inputs; share of the largest "
            "motion of pictures"),
    _number("label_smoothing", "share of each label spread over all classes"),
    _number("weight_average", "β of the average of the weights over about 1 / (1 − β) steps, which predicts in their "
            "place (*)"),
    _number("clip_norm", "longest gradient allowed"),
    Setting("init_scheme", HYPER, "variance of the first weights (*)", "NAME"),
    _number("init_gain", "factor on the initialiser's standard deviation (*)"),
    Setting("epochs", WORK, "passes over the train rows; default 100", "NUMBER", int),
    Setting("budget", WORK, "wall-clock time to train, pauses not counted: 90s, 5m, 1h30m", "TIME",
            read=parse_duration),
    Setting("checkpoint_megabytes", WORK, "disk that the checkpoints to rewind to may take; default 200", "NUMBER",
            float),
)  # fmt: skip
SHARED = [name for name in SETTINGS if name not in ("budget", "members", "target_error")]


@takes(*SHARED[: SHARED.index("threads")], *OWN, *SHARED[SHARED.index("threads") :])
def train(data: DataArgument, as_json: AsJson = False, debug: Debug = False, **settings: Any) -> None:
    """Train one network on DATA and stay with it: curves, findings, and changes on the way.

    From a second terminal `caviar nudge RUN learning_rate=x0.5`, `caviar pause RUN`, `caviar unpause RUN` and
    `caviar rewind RUN --to-epoch 12` act at the end of the epoch; nothing restarts. Ctrl-C ends it, and the best
    weights are kept; after a kill `caviar resume RUN` goes on.

    Example: caviar train digits --hidden 64,64 --learning-rate 0.01 --epochs 200
    """
    with curves_for(as_json) as progress, resumable(progress, settings.get("out")):
        from caviar import api

        run = api.babysit(data, progress=progress, attended=is_watched(as_json), **settings)
    tell_run(run, as_json)
