"""`train` and its resumption: one network, babysat, from the configuration to a finished run folder. Notes 3.3."""

from functools import partial
from pathlib import Path
from typing import Any

from caviar.core.config import TrainConfig
from caviar.core.errors import RunError, SettingsError
from caviar.core.files import append_json_line, read_json_lines, write_json
from caviar.core.progress import CourseProgress, Silent
from caviar.core.records import Finding, Step
from caviar.diagnosis.health_record import health_to_json
from caviar.diagnosis.references import FittedReference
from caviar.networks.mlp import MLP
from caviar.population.layout import Layout
from caviar.population.settings import Settings
from caviar.recipe.babysat import Babysat
from caviar.recipe.babysitter import Attendance, Babysitter
from caviar.recipe.beginning import begin, begin_again, set_threads
from caviar.recipe.budget import Budget
from caviar.recipe.ensemble import Pool
from caviar.recipe.examination import examine_own, findings_of
from caviar.recipe.final_findings import with_slopes
from caviar.recipe.folder import read_config
from caviar.recipe.journal import Journal
from caviar.recipe.nudge_log import NudgeLog
from caviar.recipe.nudges import refuse_useless
from caviar.recipe.plans import first_shapes
from caviar.recipe.preparation import Prepared, prepare
from caviar.recipe.reference_lines import fit_references
from caviar.recipe.requests import pending, training_here, withdraw
from caviar.recipe.results import conclude
from caviar.recipe.standing_findings import StandingFindings
from caviar.recipe.waypoints import Waypoints
from caviar.techniques.catalog import HYPERPARAMETERS
from caviar.training import COMPILATION_NOTICE, Member, Plan, compile_steps, is_compiled

BOOSTING_SHARE = 0.1  # of a time budget, for the reference
NOT_OF_THESE_LOSSES = ("huber_delta", "quantile")

ALONE = Attendance()


def train(
    config: TrainConfig,
    progress: CourseProgress | None = None,
    source: Any = None,
    attendance: Attendance = ALONE,
) -> Path:
    """Train one network and listen to what is said to it; returns the run's folder.

    Args:
        progress, source: as of fit.py's `fit`. attendance: who sits beside it.

    Raises:
        DataError, SettingsError: before anything is written.
        RunError: the training diverged before its first epoch was over.
        KeyboardInterrupt: stopped before its first epoch was over.
    """
    progress = progress or Silent()
    set_threads(config)
    settings_of(config)
    prepared = prepare(config, source)
    config = resolved(config, prepared)
    folder = begin(config, prepared, progress)
    return _work(folder, config, prepared, progress, attendance)


def resume(
    folder: Path,
    progress: CourseProgress | None = None,
    source: Any = None,
    attendance: Attendance = ALONE,
) -> Path:
    """Go on with a run that was killed; a paused one stays paused, a finished one is left as it is.

    Raises:
        RunError: no run folder, the data have changed since, or another process trains it.
    """
    config = read_config(folder)
    assert isinstance(config, TrainConfig), config
    if (folder / "result.json").exists():
        return folder
    progress = progress or Silent()
    prepared = begin_again(folder, config, progress, source)
    return _work(folder, config, prepared, progress, attendance)


def settings_of(config: TrainConfig) -> dict[str, Any]:
    """Every hyperparameter of the network, checked. Raises SettingsError, also for one that would have no effect."""
    values = dict(config.settings)
    for name, value in values.items():
        entry = HYPERPARAMETERS.get(name)
        if entry is not None and not entry.choices:
            try:
                values[name] = float(value)
            except ValueError:
                raise SettingsError(f"{name} must be a number; got {value!r}.") from None
        if name in NOT_OF_THESE_LOSSES:
            raise SettingsError(f"{name} has no effect: `caviar train` trains with softmax or squared error.")
    return Settings(1, seeds=[config.seed], **values).member(0)


def structure_of(config: TrainConfig) -> MLP:
    """The network's structure. Raises SettingsError for an unknown activation."""
    return MLP(config.hidden, config.activation, config.batch_norm)


def resolved(config: TrainConfig, prepared: Prepared) -> TrainConfig:
    """The configuration with every default written out."""
    num_rows = len(prepared.split.train)
    settings = settings_of(config)
    structure_of(config)
    for name in ("drop_rate", "label_smoothing"):
        if settings[name]:
            refuse_useless(name, config, prepared.coder.task)
    told = {
        name: settings[name]
        for name in HYPERPARAMETERS
        if name not in NOT_OF_THESE_LOSSES and settings[name] != float("inf")
    }
    batch_size = min(config.batch_size or first_shapes(num_rows)[0].batch_size, num_rows)
    return config.model_copy(update={"settings": told, "batch_size": batch_size})


def _work(
    folder: Path,
    config: TrainConfig,
    prepared: Prepared,
    progress: CourseProgress,
    attendance: Attendance,
) -> Path:
    with training_here(folder):
        if not is_compiled():
            progress.say(COMPILATION_NOTICE)
        compile_steps()
        checkpoints = folder / "checkpoints"
        checkpoints.mkdir(exist_ok=True)
        journal = Journal(checkpoints / "journal.jsonl", Budget(None, 1))
        progress.update("references", 0, None, None)
        limit = None if config.budget_seconds is None else BOOSTING_SHARE * config.budget_seconds
        references = fit_references(prepared, config.seed, journal, limit)
        log = NudgeLog(folder)
        babysitter = Babysitter(
            folder,
            config,
            prepared,
            new_member=partial(_new_member, config, prepared),
            plan=_plan(config),
            log=log,
            waypoints=Waypoints(checkpoints, log, config.checkpoint_megabytes),
            progress=progress,
            findings=StandingFindings(partial(_diagnose, prepared, config, references)),
            attendance=attendance,
            reference=references["boosting"].dev_error.estimate,
        )
        babysitter.run()
        _conclude(babysitter, references, journal)
        for name, _ in pending(folder):
            withdraw(folder, name)
        (folder / "standing.json").unlink(missing_ok=True)
    return folder


def _plan(config: TrainConfig) -> Plan:
    assert config.batch_size is not None
    return Plan(config.epochs, config.batch_size, config.seed)


def _new_member(config: TrainConfig, prepared: Prepared) -> Member:
    structure = structure_of(config)
    num_parameters = Layout(
        structure.build(prepared.preprocessor.num_inputs, prepared.coder.num_outputs)
    ).num_parameters
    return Member(0, structure, settings_of(config), num_parameters, config.epochs, stage="train")


def _diagnose(
    prepared: Prepared, config: TrainConfig, references: dict[str, FittedReference], member: Member
) -> list[Finding]:
    pool = Pool(prepared.training)
    pool.add([member])
    return findings_of(pool.best(), pool, prepared, config, references, 1)


def _conclude(babysitter: Babysitter, references: dict[str, FittedReference], journal: Journal) -> None:
    member, config, prepared = babysitter.member, babysitter.config, babysitter.prepared
    if member.weights is None:
        if babysitter.attendance.interrupted():
            raise KeyboardInterrupt
        raise RunError(
            "the network diverged in its first epoch, so there is no model. Start again with a lower --learning-rate "
            f"(it was {member.settings['learning_rate']:g}), or with --clip-norm 1."
        )
    pool = Pool(prepared.training)
    pool.add([member])
    ensemble = pool.best()
    reasons = {"finished": "epochs", "diverged": "diverged"}
    because = "you" if babysitter.attendance.interrupted() else reasons.get(member.state, "budget")
    member.state = "stopped" if because == "you" else member.state
    budget = Budget(None, 1, spent_seconds=babysitter.spent_seconds)
    budget.members_trained = 1
    done = Babysat(
        babysitter.folder, config, prepared, budget, journal, babysitter.log, references, pool, ensemble, [member],
        because,
    )  # fmt: skip
    if not read_json_lines(done.folder / "steps.jsonl"):
        effect = {"dev_error_after": ensemble.error, "dev_loss_after": ensemble.loss, "kept": True}
        action = f"one network, babysat: {member.structure}, batch {config.batch_size}"
        seconds = round(budget.elapsed, 2)
        step = Step(0, "train", "none", action, "a first error", effect, seconds, 1)
        append_json_line(done.folder / "steps.jsonl", step.to_json())
    nudges = [event.to_json() | {"undone": len(event.undone)} for event in babysitter.log.events]
    more = {"epochs": len(member.curves), "best_epoch": member.best_epoch, "structure": str(member.structure)}
    health, of_training = babysitter.findings.health, babysitter.findings.of_training
    if health is not None:
        write_json(done.folder / "health.json", {"member": 0, **health_to_json(health)})
        of_training = examine_own(with_slopes(health, member, prepared.training))
    babysitter.progress.update("conclusion", 0, ensemble.error, None)
    conclude(done, {**more, "events": nudges}, of_training)
