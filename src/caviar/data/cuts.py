"""Which rows go to which part: at random by class, by whole groups, or by time. Notes 1.1.

Every cut takes `shares`, the wished shares of the parts (they sum to 1), and returns one part number for each row, (row,)
int64. Part 0 is train.
"""

import numpy as np


def cut_at_random(num_rows: int, shares: list[float], generator: np.random.Generator) -> np.ndarray:
    """Part sizes within one row of shares · rows, and no part without rows while there are rows for it."""
    return cut_by_class(np.zeros(num_rows, dtype=np.int64), shares, generator)


def cut_by_class(classes: np.ndarray, shares: list[float], generator: np.random.Generator) -> np.ndarray:
    """Stratified: in each part, each class within one row of its exact share (rare classes: see `class_sizes`)."""
    counts = np.bincount(classes)
    sizes = class_sizes(counts, shares)  # (class, part)
    shuffled = generator.permutation(len(classes))
    by_class = shuffled[np.argsort(classes[shuffled], kind="stable")]
    parts = np.empty(len(classes), dtype=np.int64)
    parts[by_class] = np.repeat(np.tile(np.arange(len(shares)), len(counts)), sizes.ravel())
    return parts


def class_sizes(counts: np.ndarray, shares: list[float]) -> np.ndarray:
    """How many rows of each class go to each part, (class, part) int64.

    Each part gets its exact share rounded down; the rows left over go one by one to the parts that are furthest behind,
    counting what they missed in the classes before, so that parts end up within a row or two of their total share. Then a
    class of at least 2 + (parts − 1) rows is brought to at least two rows in train and one in every other part; a smaller
    one fills train with two rows first, then the other parts in order.
    """
    sizes = np.zeros((len(counts), len(shares)), dtype=np.int64)
    behind = np.zeros(len(shares))
    for number, count in enumerate(counts):
        exact = count * np.asarray(shares)
        row = np.floor(exact + 1e-9).astype(np.int64)
        behind += exact - row
        for part in np.argsort(-behind, kind="stable")[:count - row.sum()]:
            row[part] += 1
            behind[part] -= 1
        fewest = np.ones(len(shares), dtype=np.int64)
        fewest[0] = 2
        fewest = np.minimum(fewest, np.maximum(0, count - np.concatenate([[0], np.cumsum(fewest)[:-1]])))
        while (short := np.flatnonzero(row < fewest)).size:
            row[(row - fewest).argmax()] -= 1
            row[short[0]] += 1
        sizes[number] = row
    return sizes


def cut_by_group(groups: np.ndarray, classes: np.ndarray | None, shares: list[float],
                 generator: np.random.Generator) -> np.ndarray:
    """No group in two parts. Needs at least one group a part.

    Groups larger than a tenth of the smallest part go first, the largest first, each to the part that lacks most rows of
    its share; the others follow in random order and fill the parts up. Of several such draws (32, fewer in large tables) the one
    is kept whose parts come closest to the wished sizes and, given `classes`, to the same mixture of classes.
    """
    sizes = np.bincount(groups)
    wished = np.asarray(shares)
    mixture = np.zeros(len(groups), dtype=np.int64) if classes is None else classes
    whole = np.bincount(mixture) / len(mixture)
    best, best_fault = None, np.inf
    for _ in range(max(1, min(32, 2_000_000 // len(groups)))):
        parts = _deal_groups(sizes, wished, generator)[groups]
        table = np.bincount(parts * len(whole) + mixture, minlength=len(wished) * len(whole)).reshape(len(wished), -1)
        exact = np.outer(wished, whole) * len(groups)
        fault = float((np.square(table - exact) / np.maximum(exact, 1)).sum())
        fault += 1e12 * (int((table.sum(axis=1) == 0).sum()) + int((table[0] < 2).sum()))
        if fault < best_fault:
            best, best_fault = parts, fault
    assert best is not None, "at least one draw is made"
    return best


def _deal_groups(sizes: np.ndarray, shares: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """A part number for each group."""
    order = generator.permutation(len(sizes))
    lacking = shares * sizes.sum()
    parts = np.empty(len(sizes), dtype=np.int64)
    is_large = sizes[order] > lacking.min() / 10
    large = order[is_large]
    for group in large[np.argsort(-sizes[large], kind="stable")]:
        part = int(lacking.argmax())
        parts[group] = part
        lacking[part] -= sizes[group]
    small = order[~is_large]
    ends = np.cumsum(np.maximum(lacking[::-1], 0))[::-1]  # (part,): from the last part down to train, which takes the rest
    middles = np.cumsum(sizes[small]) - sizes[small] / 2
    parts[small] = 0
    for part in range(1, len(shares)):
        before = ends[part + 1] if part + 1 < len(shares) else 0.0
        parts[small[(middles >= before) & (middles < ends[part])]] = part
    return parts


def cut_by_time(times: np.ndarray, shares: list[float]) -> np.ndarray:
    """Train before dev before test; rows of one time stay together. Needs at least one distinct time a part.

    Each border is put between two distinct times, as near as possible to where the shares would have it.
    """
    order = np.argsort(times, kind="stable")
    ordered = times[order]
    borders = np.flatnonzero(ordered[1:] != ordered[:-1]) + 1  # rows before which a new time begins
    wished = np.cumsum(shares)[:-1] * len(times)
    chosen: list[int] = []
    for number, place in enumerate(wished):
        first = chosen[-1] + 1 if chosen else 0  # borders, by number; leave one for each part to come
        last = len(borders) - (len(wished) - number - 1)
        chosen.append(first + int(np.abs(borders[first:last] - place).argmin()))
    parts = np.zeros(len(times), dtype=np.int64)
    for border in chosen:
        parts[order[borders[border]:]] += 1
    return parts
