"""The run's Optuna study: every trial that was trained, in one SQLite file that any Optuna tool opens.

    optuna-dashboard sqlite:///runs/adult-1/study.db

A finished member is a COMPLETE trial, a dropped one PRUNED, a diverged one FAIL. Settings are Optuna parameters; what
Optuna cannot hold as one (parameters.py) is a user attribute `setting.<name>`.
"""

import sqlite3
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from caviar.core.errors import RunError
from caviar.search.spaces import Space
from caviar.search.trial_record import STATES, State, TrialRecord, frozen_trial, plain_settings, record_of

if TYPE_CHECKING:
    from optuna.study import Study

__all__ = ["State", "TrialRecord", "TrialStore"]


class TrialStore:
    """The study in an SQLite file, made if it is not there; a context manager, or call `close`.

    Args:
        path: the file, such as `study.db` in the run folder.
        study_name: the study in that file.
        direction: whether a low or a high dev error is better; a study that is there keeps its own.
        space: the whole search space of the run; it gives parameters their scale and choices their values. Without it
            numbers are parameters on a linear scale, and text is kept in user attributes.

    Raises:
        RunError: the file is no Optuna study, or one of an incompatible Optuna.
    """

    def __init__(
        self,
        path: str | Path,
        study_name: str = "caviar",
        direction: Literal["minimize", "maximize"] = "minimize",
        space: Space | None = None,
    ):
        import optuna

        from caviar.search.bulk import reason_against, stored_trials
        from caviar.search.parameters import Distributions, distribution_of, learn_trial

        self.path = Path(path)
        if not self.path.parent.is_dir():
            raise RunError(f"{self.path.parent} must be a folder to hold {self.path.name}, but there is none.")
        with _quiet_optuna(), _readable(self.path):
            # Not by the URL: Optuna formats it and SQLAlchemy unquotes it, so not every name would survive.
            self._storage = optuna.storages.RDBStorage("sqlite:///study.db", engine_kwargs={"creator": self._connect})
            try:
                self.study: Study = optuna.load_study(study_name=study_name, storage=self._storage)
            except KeyError:
                self.study = optuna.create_study(study_name=study_name, storage=self._storage, direction=direction)
            self._study_id = self._storage.get_study_id_from_name(study_name)
            self._quick = True
            if reason := reason_against(self._storage):
                self._slow_down(reason)
            if self._quick:
                self._members, stored = stored_trials(self._storage, self._study_id, key="member")
            else:
                trials = self.study.get_trials(deepcopy=False)
                self._members = {trial.user_attrs["member"] for trial in trials if "member" in trial.user_attrs}
                stored = [trial.distributions for trial in trials]
        self._distributions: Distributions = {}
        for distributions in stored:
            learn_trial(self._distributions, distributions)
        for name, dimension in (space or {}).items():
            if (distribution := distribution_of(dimension)) is not None:
                learn_trial(self._distributions, {name: distribution})

    @property
    def members(self) -> frozenset[int]:
        """The numbers of all members stored."""
        return frozenset(self._members)

    def add(self, trials: Sequence[TrialRecord]) -> int:
        """Store these trials, all or none; members stored already are left as they are. Returns how many are new.

        A kill leaves the file as it was before, or as it is after. (Where trials must be stored one by one it may leave
        some of them; adding all again completes it.)
        """
        from sqlalchemy.exc import SQLAlchemyError

        from caviar.search.bulk import insert_trials
        from caviar.search.parameters import learn_settings

        new: dict[int, TrialRecord] = {}
        for record in trials:
            if record.member not in self._members:
                new.setdefault(record.member, record)
        if not new:
            return 0
        settings = [plain_settings(record) for record in new.values()]
        learn_settings(self._distributions, settings)
        frozen = [
            frozen_trial(record, values, self._distributions)
            for record, values in zip(new.values(), settings, strict=True)
        ]
        if self._quick:
            try:
                num_added = insert_trials(self._storage, self._study_id, frozen, key="member")
            except (AttributeError, TypeError, KeyError, SQLAlchemyError) as error:
                self._slow_down(f"{type(error).__name__}: {error}")
            else:
                self._members.update(new)
                return num_added
        for member, trial in zip(new, frozen, strict=True):
            self.study.add_trial(trial)
            self._members.add(member)
        return len(frozen)

    def trials(self) -> list[TrialRecord]:
        """All trials stored, by member number, as they were added (curves thinned)."""
        stored = self.study.get_trials(deepcopy=False)
        records = [record_of(trial) for trial in stored if "member" in trial.user_attrs and trial.state.name in STATES]
        return sorted(records, key=lambda record: record.member)

    def close(self) -> None:
        """Let go of the file."""
        self._storage.remove_session()
        self._storage.engine.dispose()

    def __enter__(self) -> "TrialStore":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self.path.absolute(), timeout=60, check_same_thread=False)

    def _slow_down(self, reason: str) -> None:
        import optuna

        self._quick = False
        warnings.warn(
            f"Trials are stored one by one, slowly, because bulk storing does not fit Optuna "
            f"{optuna.__version__}: {reason}.",
            stacklevel=3,
        )


@contextmanager
def _quiet_optuna() -> Iterator[None]:
    """Optuna announces a new study on the terminal; the run has its own words."""
    import optuna

    verbosity = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        yield
    finally:
        optuna.logging.set_verbosity(verbosity)


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    from optuna.exceptions import OptunaError
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield
    except (OptunaError, SQLAlchemyError, RuntimeError) as error:
        raise RunError(
            f"{path} must be an Optuna study in SQLite, but it cannot be opened as one "
            f"({str(error).splitlines()[0]}). Take the file from a copy of the run."
        ) from error
