"""The benchmarks' smallest case runs, and counts what it says it counts."""

import importlib.util
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent.parent / "benchmarks" / "population.py"


@pytest.fixture(scope="module")
def benchmark():
    spec = importlib.util.spec_from_file_location("benchmark_population", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.ROWS = 256
    return module


@pytest.mark.parametrize("full", [False, True])
def test_the_population_and_the_plain_loop_train_the_same_work(benchmark, full):
    assert benchmark.population(32, full, members=2) > 0
    assert benchmark.torch_loop(32, full, threads=1) > 0


def test_operations_are_six_for_each_weight_and_row(benchmark):
    assert benchmark.operations(32) == 6 * 256 * (64 * 32 + 32 * 32 + 32 * 10)
