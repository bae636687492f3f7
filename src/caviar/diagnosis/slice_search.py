"""The search behind `slices.py`: every slice scored against chance; the most telling taken, its rows set aside."""

import numpy as np

from caviar.diagnosis.conditions import Condition
from caviar.diagnosis.intervals import Metric
from caviar.diagnosis.slice_scores import NUM_DRAWS, pairs_of, scores, shuffled

FEWEST_ROWS = 20
LARGEST_SHARE = 2 / 3  # beyond it, the exception is the rest
MOST_PAIRED = 120
CHANCE = 0.01  # of healthy data, in how many a slice is found
FREE_SHARE = 0.6  # of a further slice's rows, how many no slice taken before may hold
BEATS_PARENT = 3.5  # standard deviations that a second condition must add: by chance 1 of 4,000 does

Places = tuple[int, ...]


class SliceSearch:
    """All slices of some conditions, scored once.

    Args:
        masks: (condition, row) bool. errors: (row,) mistakes or squared errors.
        pairs: cross the broad conditions as well.
    """

    def __init__(
        self, conditions: list[Condition], masks: np.ndarray, errors: np.ndarray, metric: Metric, pairs: bool, seed: int
    ):
        self.conditions, self.masks, self.metric = conditions, masks, metric
        self.draws = shuffled(errors, metric, seed)
        self.scored = self.draws[:, 0].astype(np.float64)
        self.largest = np.full(NUM_DRAWS, -np.inf)
        self.places: list[Places] = []
        self.scores: list[float] = []
        self._score(masks, [(place,) for place in range(len(masks))])
        if pairs:
            for first, seconds in pairs_of(conditions, MOST_PAIRED):
                self._score(masks[first] & masks[seconds], [(first, second) for second in seconds.tolist()])

    @property
    def looked_at(self) -> int:
        return len(self.places)

    def chosen(self, most: int) -> list[tuple[Places, float]]:
        """The conditions of each slice taken, the most telling first, and how often chance does as much."""
        candidates = [
            places
            for places, score in zip(self.places, self.scores, strict=True)
            if self._chance(score) <= CHANCE and self._each_condition_tells(places)
        ]
        free = np.ones(self.masks.shape[1], dtype=bool)
        taken: list[tuple[Places, float]] = []
        while candidates and len(taken) < most:
            found = self._scores_within(np.stack([self._mask(places) for places in candidates]), free)
            best = int(found.argmax())
            if (chance := self._chance(float(found[best]))) > CHANCE:
                break
            places = self._sharpened(candidates[best], free)
            taken.append((places, chance))
            free &= ~self._mask(places)
        return taken

    def _score(self, masks: np.ndarray, places: list[Places]) -> None:
        """Score slices on the true and the shuffled errors; note the largest score of each draw."""
        rows = masks.sum(axis=1)
        usable = np.flatnonzero((rows >= FEWEST_ROWS) & (rows <= LARGEST_SHARE * masks.shape[1]))
        if not len(usable):
            return
        sums = (masks[usable].astype(np.float32) @ self.draws).astype(np.float64)
        found = scores(rows[usable, None], sums, masks.shape[1], float(self.scored.sum()), self.metric)
        np.maximum(self.largest, found[:, 1:].max(axis=0), out=self.largest)
        self.places += [places[place] for place in usable]
        self.scores += found[:, 0].tolist()

    def _chance(self, score: float) -> float:
        return float((1 + np.sum(self.largest >= score)) / (NUM_DRAWS + 1))

    def _mask(self, places: Places) -> np.ndarray:
        return np.logical_and.reduce(self.masks[list(places)])

    def _scores_within(self, masks: np.ndarray, free: np.ndarray) -> np.ndarray:
        """(slice,) scores among the free rows only; −∞ for a slice that few of them belong to."""
        left = masks & free
        rows, num_rows = left.sum(axis=1), int(free.sum())
        usable = (rows >= FEWEST_ROWS) & (rows >= FREE_SHARE * masks.sum(axis=1)) & (rows <= LARGEST_SHARE * free.size)
        usable &= rows < num_rows
        found = np.full(len(masks), -np.inf)
        if usable.any():
            sums, total = left[usable] @ self.scored, float(self.scored[free].sum())
            found[usable] = scores(rows[usable, None], sums[:, None], num_rows, total, self.metric)[:, 0]
        return found

    def _each_condition_tells(self, places: Places) -> bool:
        """Within the rows of either condition, those that meet the other as well do worse."""
        if len(places) == 1:
            return True
        both = self._mask(places)
        for place in places:
            alone = self.masks[place]
            rows, all_rows = int(both.sum()), int(alone.sum())
            if rows == all_rows:
                return False
            sums, total = np.array([[self.scored[both].sum()]]), float(self.scored[alone].sum())
            if scores(np.array([[rows]]), sums, all_rows, total, self.metric)[0, 0] < BEATS_PARENT:
                return False
        return True

    def _sharpened(self, places: Places, free: np.ndarray) -> Places:
        """A pair is found with coarse ranges; each is then moved to the range of its column that tells most."""
        if len(places) == 1:
            return places
        for turn in range(len(places)):
            column = self.conditions[places[turn]].column
            others = [place for place, each in enumerate(self.conditions) if each.column == column]
            tries = [(*places[:turn], other, *places[turn + 1 :]) for other in others]
            found = self._scores_within(np.stack([self._mask(each) for each in tries]), free)
            places = tries[int(found.argmax())]
        return places
