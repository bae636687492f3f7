"""Our own side of every benchmark: the one place that makes a cohort and trains it."""

from benchmarks.accelerator import synchronise
from benchmarks.loading import made_rows, seconds_per_epoch
from benchmarks.work import CLASSES, DROP_RATE, LEARNING_RATE, SEED, Work, cores
from caviar.networks.mlp import MLP
from caviar.population.settings import Settings
from caviar.training import Cohort, Member, Plan, TrainingData

FOREVER = 1_000_000  # epochs: no plan ends, and a constant learning rate does not ask for its end


def made_cohort(work: Work, members: int, device: str = "cpu") -> Cohort:
    """K members of the work's network, ready to train; the dev set is one row, since the opponents measure none."""
    features, labels = made_rows(work.rows)
    data = TrainingData("multiclass", CLASSES, features, labels, features[:1], labels[:1])
    drop_rate = DROP_RATE if work.full else 0.0
    settings = Settings(members, learning_rate=LEARNING_RATE, drop_rate=drop_rate, schedule="constant")
    structure = MLP((work.width, work.width), "relu", batch_norm=work.full)
    records = [Member(row, structure, settings.member(row), 0, FOREVER) for row in range(members)]
    return Cohort(records, data, Plan(FOREVER, work.batch, SEED, device=device))


def epoch_seconds(work: Work, members: int, least_seconds: float, device: str = "cpu") -> float:
    """Seconds per epoch of the whole population, with all cores."""
    use_all_cores()
    cohort = made_cohort(work, members, device)

    def train_epoch(_: int) -> None:
        cohort.train_epoch()
        synchronise(device)

    return seconds_per_epoch(train_epoch, least_seconds)


def population(work: Work, members: int, least_seconds: float) -> float:
    """Models · epochs per second of a population of K."""
    return members / epoch_seconds(work, members, least_seconds)


def use_all_cores() -> None:
    import torch

    torch.set_num_threads(cores())
