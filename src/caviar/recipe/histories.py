"""What every member of a run did, as two tables in its folder: epoch by epoch, and member by member."""

from typing import Any

import polars as pl

from caviar.core.files import write_atomically
from caviar.recipe.babysat import Babysat
from caviar.recipe.loop import Recipe
from caviar.recipe.population_search import PopulationSearch
from caviar.training import Member


def write_histories(recipe: Recipe | PopulationSearch | Babysat) -> None:
    """`history.parquet`, a row a member and epoch, and `members.parquet`, a row a member."""
    rows: dict[str, list[Any]] = {
        name: [] for name in ("member", "stage", "epoch", "train_loss", "dev_loss", "dev_error", "learning_rate")
    }
    for member in recipe.trainer.members:
        for epoch, point in enumerate(member.curves, start=1):
            for name, value in zip(rows, (member.number, member.stage, epoch, *point), strict=True):
                rows[name].append(value)
    history = pl.DataFrame(rows, schema_overrides={"member": pl.Int64, "epoch": pl.Int64})
    if isinstance(recipe, Babysat):
        history = recipe.annotated(history)
    write_atomically(recipe.folder / "history.parquet", history.write_parquet)
    chosen = {member.number for member in recipe.ensemble.members} if recipe.ensemble else set()
    table = pl.DataFrame(
        [_member_row(member, member.number in chosen) for member in recipe.trainer.members], infer_schema_length=None
    )
    write_atomically(recipe.folder / "members.parquet", table.write_parquet)


def _member_row(member: Member, in_ensemble: bool) -> dict[str, Any]:
    row = {
        "member": member.number,
        "stage": member.stage,
        "structure": str(member.structure),
        "num_parameters": member.num_parameters,
        "epochs": len(member.curves),
        "planned_epochs": member.planned_epochs,
        "best_epoch": member.best_epoch,
        "dev_error": member.dev_error,
        "dev_loss": member.dev_loss,
        "state": member.state,
        "in_ensemble": in_ensemble,
        "seconds": member.seconds,
    }
    return row | {f"setting.{name}": value for name, value in member.settings.items()}
