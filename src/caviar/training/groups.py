"""More members than the memory holds: they train in groups, whose size is worked out before and halved when it fails.

Members don't mix, so how they are grouped changes nothing for them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from caviar.population.layout import Layout
from caviar.training.cohort import Cohort
from caviar.training.data import Plan, TrainingData
from caviar.training.member import Member

MATRICES = 6
"""Kept for each parameter: itself, its gradient, two moments, the best so far, and a copy where rows are taken out."""
SHARE_OF_FREE_MEMORY = 0.5


@dataclass(frozen=True)
class Memory:
    """What members need, in bytes: `member` each while it trains, `record` each for its best weights afterwards."""

    member: int
    record: int
    free: int

    def members_at_once(self, num_members: int, num_kept: int) -> int:
        """The largest group, at least 1, that fits into half of the free memory beside the weights that are kept."""
        left = self.free * SHARE_OF_FREE_MEMORY - num_kept * self.record
        return int(max(1, min(num_members, left // self.member)))


def memory_of(members: list[Member], data: TrainingData, plan: Plan) -> Memory:
    """Worked out from one member's network, before anything is made."""
    network = members[0].structure.build(tuple(data.train_features.shape[1:]), data.num_outputs)
    layout = Layout(network)
    buffers = sum(buffer.numel() for buffer in network.buffers())
    averaged = any(member.settings.get("weight_average", 0) for member in members)
    units = sum(slot.shape[0] for slot in layout.slots)
    numbers = (MATRICES + averaged) * layout.num_parameters + 3 * buffers + 4 * units * plan.batch_size
    return Memory(4 * numbers, 4 * (layout.num_parameters + buffers), free_memory(plan.device))


def memory_told(memories: list[Memory], structures: list[str], counts: list[int], at_once: list[int]) -> str:
    """What a population needs, in one sentence, before it is made.

    Args:
        memories, structures, counts, at_once: of each structure: what its members need, its name, how many members
            there are, and how many train at once.
    """
    members = f"{sum(counts):,} member{'s' * (sum(counts) != 1)}"
    kinds = structures[0] if len(structures) == 1 else f"{len(structures)} structures"
    most = max(memory.member * size for memory, size in zip(memories, at_once, strict=True))
    groups = sum(-(-count // size) for count, size in zip(counts, at_once, strict=True))
    return (
        f"{members} of {kinds}: {_spoken(most)} at once in {groups:,} group{'s' * (groups != 1)}, "
        f"{_spoken(min(memory.free for memory in memories))} free."
    )


def _spoken(num_bytes: int) -> str:
    """Bytes in decimal units: "640 MB", "1.2 GB"."""
    for unit, size in (("GB", 1e9), ("MB", 1e6)):
        if num_bytes >= size:
            return f"{num_bytes / size:.{1 if num_bytes < 10 * size else 0}f} {unit}"
    return f"{num_bytes / 1e3:.0f} kB"


def free_memory(device: str) -> int:
    """Bytes that can be had without swapping, on a graphics card or, for every other device, in main memory."""
    if torch.device(device).type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
        available = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable"))
    except (OSError, StopIteration):
        return 4 * 1024**3
    return min(available, _allowed_to_this_group(available))


def _allowed_to_this_group(available: int) -> int:
    """What a container's limit leaves (cgroup v2)."""
    try:
        limit = Path("/sys/fs/cgroup/memory.max").read_text().strip()
        used = int(Path("/sys/fs/cgroup/memory.current").read_text())
    except (OSError, ValueError):
        return available
    return available if limit == "max" else max(0, int(limit) - used)


def train_in_groups(
    members: list[Member],
    data: TrainingData,
    plan: Plan,
    at_once: int,
    num_kept: int,
    after_epoch: Callable[[Cohort], None] | None = None,
    out_of_time: Callable[[], bool] = lambda: False,
) -> Iterator[Cohort]:
    """Train all members, `at_once` in each group; yields each group's cohort when it is done.

    Out of memory, a group starts again in two halves: its members' paths are the same. Of all members only the
    `num_kept` best keep their weights.
    """
    start = 0
    while start < len(members):
        group = members[start : start + at_once]
        rows = torch.arange(start, start + len(group))
        before = [replace(member, curves=list(member.curves)) for member in group]
        try:
            cohort = Cohort(group, data.of_members(rows), plan)
            cohort.run(out_of_time, after_epoch)
        except (torch.OutOfMemoryError, MemoryError, RuntimeError) as error:
            if len(group) == 1 or not _is_out_of_memory(error):
                raise
            at_once = len(group) // 2
            for member, record in zip(group, before, strict=True):
                vars(member).update(vars(record))
            continue
        start += len(group)
        _forget_all_but(members, num_kept)
        yield cohort


def _is_out_of_memory(error: Exception) -> bool:
    return isinstance(error, torch.OutOfMemoryError | MemoryError) or "not enough memory" in str(error)


def _forget_all_but(members: list[Member], num_kept: int) -> None:
    """Let go of the weights of all but the best members."""
    held = [member for member in members if member.weights is not None]
    for member in sorted(held, key=lambda member: member.score)[num_kept:]:
        member.weights = None
