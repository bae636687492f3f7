"""Which rows go to which part: at random by class, by whole groups, or by time. Notes 1.1.

Every cut takes `shares`, the wished shares of the parts, train first (they sum to 1), and returns a part number for
each
row: (row,) int64.
"""

import numpy as np

DRAWS = 32
ROWS_IN_ALL_DRAWS = 2_000_000


def cut_at_random(num_rows: int, shares: list[float], generator: np.random.Generator) -> np.ndarray:
    """Each part within one row of its share, train with two rows and the others with one at least."""
    return cut_by_class(np.zeros(num_rows, dtype=np.int64), shares, generator)


def cut_by_class(classes: np.ndarray, shares: list[float], generator: np.random.Generator) -> np.ndarray:
    """Stratified: in each part, each class within one row of its share (rare classes: see `class_sizes`)."""
    counts = np.bincount(classes)
    order = generator.permutation(len(counts))  # whichever class is rounded up, it is not always the same
    sizes = np.empty((len(counts), len(shares)), dtype=np.int64)
    sizes[order] = class_sizes(counts[order], shares)
    shuffled = generator.permutation(len(classes))
    by_class = shuffled[np.argsort(classes[shuffled], kind="stable")]
    parts = np.empty(len(classes), dtype=np.int64)
    parts[by_class] = np.repeat(np.tile(np.arange(len(shares)), len(counts)), sizes.ravel())
    return parts


def class_sizes(counts: np.ndarray, shares: list[float]) -> np.ndarray:
    """How many rows of each class go to each part: (class, part) int64.

    Each part gets its share rounded down; the rows left over go, one each, to the parts that are furthest behind,
    counting what they missed in the classes before, so that the parts too stay within a row or two of their share.
    Then rare classes are seen to: two rows in train come first, then one in each other part in turn, as far as the
    rows reach.
    """
    sizes = np.zeros((len(counts), len(shares)), dtype=np.int64)
    wanted = np.array([2] + [1] * (len(shares) - 1))
    behind = np.zeros(len(shares))
    for number, count in enumerate(counts):
        exact = count * np.asarray(shares)
        size = np.floor(exact + 1e-9).astype(np.int64)
        behind += exact - size
        for part in np.argsort(-behind, kind="stable")[: count - size.sum()]:
            size[part] += 1
            behind[part] -= 1
        fewest = np.clip(count - np.concatenate([[0], np.cumsum(wanted)[:-1]]), 0, wanted)
        while (short := np.flatnonzero(size < fewest)).size:
            size[(size - fewest).argmax()] -= 1
            size[short[0]] += 1
        sizes[number] = size
    return sizes


def cut_by_group(
    groups: np.ndarray, classes: np.ndarray | None, shares: list[float], generator: np.random.Generator
) -> np.ndarray:
    """No group in two parts. Needs at least one group a part.

    Groups of more than a tenth of the smallest part go first, the largest first, each to the part that lacks most rows;
    the others follow in random order and fill the parts up. Of 32 such draws (fewer in large tables, where draws hardly
    differ) one is kept: with two rows of each class in train, if there is any; with the fewest classes missing from a
    part; then the one whose parts come closest to the wished sizes and, given `classes`, to one mixture of classes.

    Args:
        groups: (row,) group numbers from 0.
        classes: (row,) class indices, or None.
    """
    sizes = np.bincount(groups)
    mixture = np.zeros(len(groups), dtype=np.int64) if classes is None else classes
    wished = np.outer(shares, np.bincount(mixture))  # (part, class)
    best, least_fault = None, (np.inf, np.inf, np.inf)
    for _ in range(max(1, min(DRAWS, ROWS_IN_ALL_DRAWS // len(groups)))):
        parts = _deal_groups(sizes, np.asarray(shares), generator)[groups]
        came = np.bincount(parts * wished.shape[1] + mixture, minlength=wished.size).reshape(wished.shape)
        distance = float((np.square(came - wished) / np.maximum(wished, 1)).sum())
        fault = (int((came[0] < 2).sum()), int((came == 0).sum()), distance)
        if fault < least_fault:
            best, least_fault = parts, fault
    assert best is not None, "at least one draw is made"
    return best


def _deal_groups(sizes: np.ndarray, shares: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """A part number for each group, (group,)."""
    order = generator.permutation(len(sizes))
    lacking = shares * sizes.sum()  # rows that each part still lacks
    is_large = sizes[order] > lacking.min() / 10
    large, small = order[is_large], order[~is_large]
    parts = np.zeros(len(sizes), dtype=np.int64)
    for group in large[np.argsort(-sizes[large], kind="stable")]:
        part = int(lacking.argmax())
        parts[group] = part
        lacking[part] -= sizes[group]
    middles = np.cumsum(sizes[small]) - sizes[small] / 2
    borders = np.cumsum(np.maximum(lacking[:0:-1], 0))  # the last part is filled first, train takes what remains
    parts[small] = np.maximum(len(shares) - 1 - np.searchsorted(borders, middles, side="right"), 0)
    while not (held := np.bincount(parts, minlength=len(shares))).all():  # few groups, and a part got none of them
        giver = np.flatnonzero(parts == held.argmax())
        parts[giver[sizes[giver].argmin()]] = held.argmin()
    return parts


def cut_by_time(times: np.ndarray, shares: list[float]) -> np.ndarray:
    """Train before dev before test; rows of one time stay together. Needs at least one distinct time a part.

    Each border lies between two distinct times, as near as possible to where the shares would have it.
    """
    order = np.argsort(times, kind="stable")
    ordered = times[order]
    borders = np.flatnonzero(ordered[1:] != ordered[:-1]) + 1  # the first row of each time but the earliest
    parts = np.zeros(len(times), dtype=np.int64)
    first = 0
    for number, place in enumerate(np.cumsum(shares)[:-1] * len(times)):
        last = len(borders) - (len(shares) - 2 - number)  # leave a border for each part to come
        chosen = first + int(np.abs(borders[first:last] - place).argmin())
        parts[order[borders[chosen] :]] += 1
        first = chosen + 1
    return parts
