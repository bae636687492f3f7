"""Error against train rows, of a run's best member: all sizes and repeats train as one population. Notes 1.2, 1.3."""

import time
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch

from caviar.diagnosis.rows_law import FARTHEST, ErrorsByRows, rows_law
from caviar.recipe.budget import MORE_DATA_SHARE, Budget
from caviar.recipe.ensemble import Pool
from caviar.recipe.model import member_outputs, network_of
from caviar.techniques.row_weights import subsets
from caviar.training import Cohort, Member, Plan, TrainingData

DESIGNS = ((5, 3), (4, 3), (4, 2), (3, 2))  # sizes, each half of the next; and repeats of each
FEWEST_ROWS = 25  # of the smallest size
ALONE = 1.5  # fewer members together take a little longer each
NEAR_BEST = 0.25  # of what is material: another member may stand for the best


@dataclass(frozen=True)
class RowsPlan:
    """Which member is trained again, on how many sizes and how often. `why_not` says why none is."""

    member: int = 0
    sizes: int = 0
    repeats: int = 0
    why_not: str = ""


def plan_rows(pool: Pool, budget: Budget, members: list[Member], num_rows: int, material: float | None) -> RowsPlan:
    """The finest design that its share of the budget pays for, on the best member, or on one hardly worse.

    The share is MORE_DATA_SHARE of the seconds, or, where the budget is a number of members, of their epochs.
    """
    cheapest = float("inf")
    if budget.seconds is None:
        allowed = MORE_DATA_SHARE * sum(len(member.curves) for member in members)
    else:
        allowed = MORE_DATA_SHARE * budget.seconds
    best = pool.members[0]
    for member in pool.members:
        if not member.structure.hidden and best.structure.hidden:
            continue
        if member.dev_error > best.dev_error + NEAR_BEST * (material or 0.0):
            continue
        epoch = 1.0 if budget.seconds is None else ALONE * member.seconds / max(1, len(member.curves))
        for sizes, repeats in DESIGNS:
            if num_rows >> (sizes - 1) < FEWEST_ROWS:
                continue
            cost = sizes * repeats * member.best_epoch * epoch
            if cost <= allowed:
                return RowsPlan(member.number, sizes, repeats)
            cheapest = min(cheapest, cost)
    if cheapest == float("inf"):
        return RowsPlan(why_not=f"{num_rows:,} train rows are too few to leave most of them out")
    times = cheapest / max(allowed, 1e-9)
    what = "--members" if budget.seconds is None else "--budget"
    return RowsPlan(why_not=f"measuring it would take {times:.1f} times its share of the budget. Give a larger {what}")


def errors_by_rows(
    member: Member, pool: Pool, data: TrainingData, seed: int, plan: RowsPlan, seconds: float = float("inf")
) -> ErrorsByRows | None:
    """Train the member's settings on ever more of the rows, as long as the member did until its best epoch.

    None where a size diverged, or where it is not done after `seconds`. Each repeat draws its own nested sets of rows,
    the classes in proportion, and its own first weights. As in the run, a member is judged at its best epoch on dev.
    """
    num_rows = len(data.train_targets)
    counts = [num_rows >> power for power in reversed(range(plan.sizes))]
    strata = None if data.task == "regression" else data.train_targets
    weights = torch.cat([subsets(num_rows, counts, seed + repeat, strata) for repeat in range(plan.repeats)])
    members = [
        replace(
            member,
            number=number,
            settings={**member.settings, "seed": seed + 1_000_000 + number // plan.sizes},
            state="running",
            score=float("inf"),
            best_epoch=0,
            curves=[],
            weights=None,
        )
        for number in range(len(weights))
    ]
    cohort = Cohort(members, replace(data, train_weights=weights), Plan(member.planned_epochs, member.batch_size, seed))
    end = time.monotonic() + seconds
    cohort.run(lambda: cohort.epoch >= member.best_epoch or time.monotonic() > end)
    if cohort.epoch < member.best_epoch or any(one.weights is None for one in members):
        return None
    errors = [
        pool.row_errors(
            member_outputs(network_of(one, data.dev_features.shape[1], data.num_outputs), data.dev_features, data.task)
        )
        for one in members
    ]
    table = np.stack(errors).reshape(plan.repeats, plan.sizes, -1).transpose(1, 0, 2)
    return ErrorsByRows(np.array(counts), table, "rmse" if data.task == "regression" else "error")


def curve_to_json(curve: ErrorsByRows, member: Member) -> dict[str, Any]:
    """What was measured, and the law through it with its 95 % band, from the smallest size to ten times all rows."""
    law = rows_law(curve)
    rows = np.geomspace(curve.sizes[0], FARTHEST * law.num_rows, 40)
    band = [law.at(each) for each in rows]
    level, size, exponent = law.laws[0].tolist()
    return {
        "member": member.number,
        "structure": str(member.structure),
        "epochs": member.best_epoch,
        "sizes": curve.sizes.tolist(),
        "errors": curve.errors.tolist(),
        "law": {"level": level, "size": size, "exponent": exponent, "rows": law.num_rows},
        "band": {
            "rows": rows.tolist(),
            "error": [each.estimate for each in band],
            "low": [each.low for each in band],
            "high": [each.high for each in band],
        },
    }
