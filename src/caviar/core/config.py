"""The settings of a run, a `fit` or a `search`, checked once, written in full to the run's `config.yaml`."""

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from caviar.core.errors import SettingsError, nearest
from caviar.core.measures import parse_measure
from caviar.core.requirements import parse_requirements

ColumnKind = Literal["number", "category", "boolean", "date", "text", "identifier"]


class RunConfig(BaseModel):
    """What every run can be told. Errors are fractions; regression errors are in the target's units."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    command: ClassVar[str]  # of `caviar`, that makes such a run

    data: str = Field(description="a file (.csv .tsv .parquet, also .gz; .npz) or a built-in name")
    target: str | None = Field(None, description="the column to predict; built-in data and .npz have one already")
    task: Literal["binary", "multiclass", "regression"] | None = Field(
        None, description="inferred from the target unless set"
    )
    dev: str | None = Field(None, description="a separate dev file")
    test: str | None = Field(None, description="a separate test file")
    dev_share: float | None = Field(None, gt=0, lt=1, description="share of rows for dev, instead of the rule by size")
    test_share: float | None = Field(None, ge=0, lt=1, description="share of rows for test; 0 for none")
    group: str | None = Field(None, description="rows with the same value of this column stay in one part")
    time: str | None = Field(None, description="split by this column: train before dev before test")
    missing: tuple[str, ...] = Field(
        (), description="further spellings of a missing cell, besides empty, ?, NA, NaN, null"
    )
    types: dict[str, ColumnKind] = Field(
        default_factory=dict, description="column kinds that override the inferred ones"
    )
    seed: int = Field(0, ge=0)
    human_error: float | None = Field(None, ge=0, description="the error a person makes: a proxy of the optimal error")
    material: float | None = Field(
        None,
        ge=0,
        description="smallest bias or variance worth acting on (default 0.02; "
        "regression: 5 %% of the trivial predictor's error)".replace("%%", "%"),
    )
    metric: str | None = Field(
        None, description="what the final model is chosen by, such as f1, auc, mae; default error, or rmse"
    )
    require: tuple[str, ...] = Field((), description="what it must satisfy, such as recall[yes]>=80% or latency_ms<=1")
    skip_unknown_labels: bool = Field(False, description="drop dev or test rows whose label train never saw")
    threads: int | None = Field(None, ge=1, description="CPU threads; default all")
    out: str | None = Field(None, description="the run folder to make; default runs/<data>-<number>")

    @classmethod
    def checked(cls, **values: Any) -> Self:
        """Build a config; a wrong or unknown setting raises SettingsError with what must hold and what came."""
        try:
            config = cls(**values)
        except ValidationError as error:
            lines = []
            for problem in error.errors():
                name = ".".join(str(part) for part in problem["loc"])
                hint = nearest(name, list(cls.model_fields)) if problem["type"] == "extra_forbidden" else ""
                lines.append(f"setting {name!r}: {problem['msg'].lower()}, got {problem['input']!r}.{hint}")
            raise SettingsError("\n".join(lines)) from None
        if config.metric is not None:
            parse_measure(config.metric)
        parse_requirements(config.require)
        return config


class FitConfig(RunConfig):
    """Everything `caviar fit` can be told.

    Either `budget_seconds` (a time) or `members` (a count, for exactly repeatable runs) bounds the work.
    """

    command: ClassVar[str] = "fit"

    budget_seconds: float | None = Field(None, gt=0, description="wall-clock budget of the whole command")
    members: int | None = Field(None, ge=4, description="number of networks to train, instead of a time budget")
    target_error: float | None = Field(None, ge=0, description="stop as soon as dev error is this low")


class SearchConfig(RunConfig):
    """Everything `caviar search` can be told."""

    command: ClassVar[str] = "search"

    members: int = Field(256, ge=1, description="number of networks to train")
    epochs: int = Field(20, ge=1, description="passes over the train rows, for each of them")
    structures: int = Field(4, ge=1, le=5, description="number of structures that they are shared among, 1 to 5")
    space: dict[str, Any] | None = Field(
        None, description="a YAML file of hyperparameters and what to draw them from; default: those worth tuning"
    )


class TrainConfig(RunConfig):
    """Everything `caviar train` can be told."""

    command: ClassVar[str] = "train"

    hidden: tuple[Annotated[int, Field(ge=1)], ...] = Field(
        (64, 64), description="units of each hidden layer, such as 64,64; 0 for none"
    )
    activation: str = Field("relu", description="relu, tanh, sigmoid, silu or gelu")
    batch_norm: bool = Field(False, description="normalise before each activation")
    batch_size: int | None = Field(None, ge=1, description="rows of a step; by the number of rows unless set")
    epochs: int = Field(100, ge=1, description="passes over the train rows")
    budget_seconds: float | None = Field(None, gt=0, description="wall-clock time to train, pauses not counted")
    settings: dict[str, float | str] = Field(
        default_factory=dict, description="hyperparameters by the catalogue's names; the others have its defaults"
    )
    checkpoint_megabytes: float = Field(200, gt=0, description="disk that the checkpoints to rewind to may take")
