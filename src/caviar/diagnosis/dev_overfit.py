"""The dev error flatters: the best of many members was chosen by the very rows that measure it. Notes 1.1, C3."""

import numpy as np

from caviar.core.records import Action, Finding
from caviar.diagnosis.disease import NOTHING_MATERIAL, Disease
from caviar.diagnosis.error_rate import ErrorRate
from caviar.diagnosis.evidence import Evidence
from caviar.diagnosis.intervals import Interval, Metric, Z, difference
from caviar.diagnosis.judgement import confidence, judge, severity
from caviar.diagnosis.wording import error_evidence, figure, part_evidence, points, spread, too_few_rows

DISEASE = Disease("dev-overfit", section="1.1")
NUM_HALVINGS, NUM_BLOCKS = 200, 10

TRUST_TEST = Action(
    "Judge by the test error, and give dev more rows", "you", "An error that no choice has touched", {"more_data": True}
)


def dev_overfit(evidence: Evidence) -> Finding:
    """Present where choosing the best member on dev is expected to flatter its dev error by a material amount.

    The optimism is measured on the candidates' per-row errors (`selection_optimism`); where only the best candidates
    kept theirs it is at least that. Without them only its most is known: σ√(2 ln M) for the best of M errors of
    standard error σ each, however they depend on each other (Boucheron, Lugosi and Massart, 2013, Concentration
    Inequalities, theorem 2.5); then it can be absent, but not present. Where nothing is known of the candidates but the
    test error of the chosen one, the gap to that is judged.
    """
    dev, metric, material = evidence.dev_error, evidence.metric, evidence.material_size
    candidates = evidence.candidate_errors
    by_test = evidence.test_error is not None and candidates is None and not evidence.num_candidates
    if dev is None or (dev.is_bare and not by_test):
        return DISEASE.cannot_tell(f"The {'dev error' if dev is None else 'number of dev rows'} is missing.")
    figures = error_evidence(dev=dev)
    if material is None:
        return DISEASE.cannot_tell(NOTHING_MATERIAL, **figures)
    if by_test and evidence.test_error is not None:
        return _by_the_test_error(dev, evidence.test_error, metric, material)
    count = evidence.num_candidates or (0 if candidates is None else len(candidates))
    if not count:
        return DISEASE.cannot_tell("How many members were compared on dev is missing.", **figures)
    figures |= {"candidates": count, "material": material}
    enough = points(material, metric)
    chosen = f"Choosing the best of {count} members on dev flatters its dev error of {figure(dev.estimate, metric)} by"
    if candidates is not None and len(candidates) > 1:
        optimism = optimism_interval(candidates, metric)
        all_known = len(candidates) >= count
        figures |= {"compared": len(candidates), **part_evidence("optimism", optimism, material)}
        seen = f"{chosen} {'about' if all_known else 'at least'} {points(optimism.estimate, metric)}"
        verdict = judge(optimism, material)
        if verdict == "present":
            return DISEASE.present(
                f"{seen}{spread(optimism, metric)}.",
                severity(optimism, material),
                confidence(optimism, material, verdict),
                TRUST_TEST,
                **figures,
            )
        if all_known and optimism.estimate < material:
            return DISEASE.absent(
                f"{seen}; {enough} would be material.", confidence(optimism, material, "absent"), **figures
            )
    most = (dev.interval.high - dev.estimate) / Z * float(np.sqrt(2 * np.log(count)))
    figures |= {"most_optimism": most}
    seen = f"{chosen} {points(most, metric)} at most"
    if most < material:
        return DISEASE.absent(f"{seen}; {enough} would be material.", 0.95, **figures)
    return DISEASE.cannot_tell(f"{seen}; all members' errors row by row would say by how much.", **figures)


def _by_the_test_error(dev: ErrorRate, test: ErrorRate, metric: Metric, material: float) -> Finding:
    """Judge the test error minus the dev error. Chance and a test set of another kind would raise it too."""
    gap = difference(test.interval, dev.interval)
    verdict = judge(gap, material)
    figures = {**error_evidence(dev=dev, test=test), **part_evidence("optimism", gap, material)}
    size, enough = f"{points(gap.estimate, metric)}{spread(gap, metric)}", points(material, metric)
    theirs, ours = f"The test error of {figure(test.estimate, metric)}", figure(dev.estimate, metric)
    seen = f"{theirs} stands beside a dev error of {ours}: {size} apart"
    if verdict == "absent":
        return DISEASE.absent(
            f"{seen}, where {enough} would be material.", confidence(gap, material, verdict), **figures
        )
    if verdict == "cannot-tell":
        few = too_few_rows({"dev": dev, "test": test})
        return DISEASE.cannot_tell(f"{seen}; {few} to tell whether it is as much as {enough}.", **figures)
    return DISEASE.present(
        f"{theirs} lies {size} above the dev error of {ours}: what was chosen on dev suits its rows best.",
        severity(gap, material),
        confidence(gap, material, verdict),
        TRUST_TEST,
        **figures,
    )


def optimism_interval(candidate_errors: np.ndarray, metric: Metric, *, seed: int = 0) -> Interval:
    """`selection_optimism` with its 95 % interval, by leaving out one block of dev rows after another (jackknife)."""
    estimate = selection_optimism(candidate_errors, metric, seed=seed)
    rows = np.random.default_rng(seed).permutation(candidate_errors.shape[1])
    if len(rows) < 2 * NUM_BLOCKS:
        return Interval(estimate, 0.0, 2 * estimate)
    left = [
        selection_optimism(np.delete(candidate_errors, block, axis=1), metric, seed=seed)
        for block in np.array_split(rows, NUM_BLOCKS)
    ]
    half = Z * float(np.sqrt((NUM_BLOCKS - 1) * np.var(left)))
    return Interval(estimate, max(0.0, estimate - half), estimate + half)


def selection_optimism(candidate_errors: np.ndarray, metric: Metric, *, seed: int = 0) -> float:
    """Expected amount by which the lowest of M dev errors undercuts that model's error on new rows; at least 0.

    Halve the rows at random, choose the best on one half, and compare its error there with that on the other half; then
    the halves change places. A choice among M on n/2 rows is √2 times as optimistic as one on n, so the mean gap is
    divided by √2. Where one member wins on both halves the two gaps cancel.

    Args:
        candidate_errors: (candidate, row) 0/1 mistakes, or squared errors for "rmse"; 0 comes back for fewer than two
            candidates or rows.
    """
    num_candidates, num_rows = candidate_errors.shape
    if num_candidates < 2 or num_rows < 2:
        return 0.0
    half = num_rows // 2
    in_first = np.random.default_rng(seed).random((NUM_HALVINGS, num_rows)).argsort(axis=1) < half
    first = in_first @ candidate_errors.T / half  # (halving, candidate)
    second = ~in_first @ candidate_errors.T / (num_rows - half)
    if metric == "rmse":
        first, second = np.sqrt(first), np.sqrt(second)
    halvings = np.arange(NUM_HALVINGS)
    gaps = second - first
    gap = gaps[halvings, first.argmin(axis=1)].mean() - gaps[halvings, second.argmin(axis=1)].mean()
    return max(0.0, float(gap / 2 / np.sqrt(2)))
