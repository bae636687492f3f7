"""A population of which a part diverged: how large it is, and from which learning rate on."""

import numpy as np

from caviar.core.records import Finding
from caviar.diagnosis.diverged_members import with_diverged_members

SOUND = Finding("divergence", "absent", "low", 0.95, "All is finite.", {"start": 2.0})


def test_members_that_diverge_above_a_rate_are_told_with_that_rate():
    rates = np.geomspace(1e-3, 10, 60)
    found = with_diverged_members(SOUND, rates, rates > 1)
    assert found.verdict == "present" and found.severity == "medium"
    [action] = found.actions
    limit = rates[rates > 1][0]
    assert action.change == {"learning_rate": f"<={limit / 3:.3g}"} and found.evidence["above_share"] == 1
    assert found.evidence["below_share"] == 0 and "0 % of those below" in found.meaning


def test_members_that_diverge_at_any_rate_blame_no_rate():
    draw = np.random.default_rng(0)
    found = with_diverged_members(SOUND, draw.random(80), draw.random(80) < 0.3)
    assert found.verdict == "present" and not found.actions and "from_learning_rate" not in found.evidence


def test_a_few_that_diverged_are_counted_and_no_disease():
    rates = np.geomspace(1e-3, 10, 60)
    found = with_diverged_members(SOUND, rates, rates > 6)
    assert found.verdict == "absent" and found.meaning.startswith("All is finite. 4 of 60 members diverged")
    assert found.evidence["start"] == 2.0


def test_none_diverged_is_told_in_the_figures_alone():
    found = with_diverged_members(SOUND, np.ones(5), np.zeros(5, bool))
    assert found.meaning == SOUND.meaning and found.evidence["diverged"] == 0


def test_a_best_member_that_diverged_itself_stays_as_grave_as_it_is():
    grave = Finding("divergence", "present", "high", 1.0, "The loss is not finite.")
    found = with_diverged_members(grave, np.ones(4), np.ones(4, bool))
    assert found.severity == "high" and "4 of 4 members diverged" in found.meaning
