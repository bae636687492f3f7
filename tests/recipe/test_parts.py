"""Budget, journal, plans and ensemble by themselves."""

import numpy as np
import pytest
import torch

from caviar.networks.mlp import MLP
from caviar.recipe.budget import Budget
from caviar.recipe.ensemble import Pool
from caviar.recipe.journal import Journal
from caviar.recipe.plans import Shape, coarse_epochs, default_space, first_shapes, halving_rungs, members_within
from caviar.search.halving import member_epochs
from caviar.training import Member, TrainingData


def test_a_budget_counts_what_was_spent_before_a_kill():
    budget = Budget(60, None, spent_seconds=50)
    assert 50 <= budget.elapsed < 51
    budget.resume_at(59)
    assert budget.used_up == "budget"


def test_a_member_budget_never_runs_out_of_time():
    budget = Budget(None, 10, spent_seconds=1e6)
    assert budget.used_up is None
    budget.members_trained = 10
    assert budget.used_up == "members"


def test_a_journal_remembers_answers_and_moments_across_a_kill(tmp_path):
    first = Journal(tmp_path / "journal.jsonl", Budget(60, None, spent_seconds=20))
    assert first.once("how many", lambda: 7) == 7
    budget = Budget(60, None)
    second = Journal(tmp_path / "journal.jsonl", budget)
    assert second.once("how many", lambda: pytest.fail("asked again")) == 7
    assert budget.elapsed >= 20


def test_a_line_that_a_kill_cut_short_is_asked_again(tmp_path):
    (tmp_path / "journal.jsonl").write_text('{"name": "a", "answer": 1, "seconds": 1}\n{"name": "b", "ans')
    journal = Journal(tmp_path / "journal.jsonl", Budget(60, None))
    assert journal.once("a", lambda: 2) == 1
    assert journal.once("b", lambda: 3) == 3
    assert Journal(tmp_path / "journal.jsonl", Budget(60, None)).once("b", lambda: pytest.fail("asked again")) == 3


@pytest.mark.parametrize("rows", [50, 500, 1_999, 2_000, 50_000, 2_000_000])
def test_batches_follow_the_notes_rule(rows):
    sizes = {shape.batch_size for shape in first_shapes(rows)}
    assert all(size == rows if rows < 64 else 64 <= size <= 2_000 for size in sizes)
    if rows < 2_000:
        assert rows in sizes  # batch descent is tried below 2,000 rows
    else:
        assert all(size & (size - 1) == 0 and size <= 512 for size in sizes)


def test_a_slice_of_time_is_filled_but_not_overrun():
    for seconds in (0.5, 3.0, 20.0):
        fitting = members_within(seconds, cost=0.01, epochs=20)
        spent = member_epochs(fitting, 20, halving_rungs(fitting, 20)) * 0.01
        assert spent <= seconds or fitting == 1


def test_the_default_space_draws_learning_rates_on_a_log_scale():
    rates = default_space("binary", 1_000).sample(4_000, seed=0)["learning_rate"]
    assert np.median(rates) == pytest.approx(np.sqrt(1e-3 * 3e-2), rel=0.1)
    assert "label_smoothing" not in default_space("regression", 1_000)


def test_coarse_epochs_make_about_the_same_number_of_updates():
    assert coarse_epochs(30_000, 256) == 10
    assert coarse_epochs(1_000, 64) == 75


def member_with(number, outputs, targets):
    """A linear member whose dev outputs are given: its weights copy the features to the outputs."""
    weights = {
        "input_dropout.drop_rate": torch.tensor(0.0),
        "output.weight": torch.eye(outputs.shape[1]),
        "output.bias": torch.zeros(outputs.shape[1]),
    }
    score = float((outputs.argmax(1) != targets).float().mean())
    return Member(number, MLP(()), {}, 0, 1, score=score, weights=weights)


def pool_of(correlated):
    """Three members that each err on a tenth of the rows: the same rows, or rows of their own."""
    generator = torch.Generator().manual_seed(0)
    targets = torch.randint(0, 3, (300,), generator=generator)
    data = TrainingData(
        "multiclass", 3, torch.zeros(1, 3), torch.zeros(1, dtype=torch.int64), torch.zeros(300, 3), targets
    )
    pool = Pool(data)
    members = []
    for number in range(3):
        logits = 2.0 * torch.nn.functional.one_hot(targets, 3).float()
        wrong = slice(0, 30) if correlated else slice(30 * number, 30 * number + 30)
        logits[wrong] = logits[wrong].roll(1, dims=1)
        member = member_with(number, logits, targets)
        pool._outputs[number] = torch.softmax(logits, 1).numpy()
        members.append(member)
    pool.add(members)
    return pool


def test_an_ensemble_of_members_that_err_on_different_rows_errs_less_than_each():
    assert pool_of(correlated=False).choose().error == 0.0
    assert pool_of(correlated=True).choose().error == pytest.approx(0.1)


def test_trying_members_leaves_the_pool_as_it_was():
    pool = pool_of(correlated=False)
    better = member_with(9, torch.zeros(1, 3), torch.zeros(1, dtype=torch.int64))
    widened = pool.with_members([better])
    assert len(widened.members) == 4
    assert [member.number for member in pool.members] == [0, 1, 2]


def test_a_wider_network_has_more_parameters_and_a_deep_end():
    assert Shape(MLP((64, 64)), 64).wider().structure.hidden == (128, 128)
    assert Shape(MLP((512,)), 64).wider().structure.hidden == (512, 512)
