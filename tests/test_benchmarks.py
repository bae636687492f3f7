"""The benchmarks' smallest cases run, count what they say they count, and judge by what was asked."""

import importlib
import json
import runpy
from concurrent.futures import Future
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

ROOT = Path(__file__).parent.parent
SMALL = ["--rows", "256", "--widths", "32", "--rounds", "1", "--seconds", "0"]
RATIOS = ["ratio_torch", "ratio_sklearn"]
FIELDS = ["width", "kind", "models_epochs_per_second", *RATIOS, "peak_share", "single_ratio_torch"]
MODULES = ["arena", "devices", "engine", "frameworks", "linear_cost", "loading", "products"]
MODULES += ["machine", "opponents", "population", "verdicts", "work"]


@pytest.fixture(scope="module", autouse=True)
def benchmarks():
    """The modules by name, scripts beside the package and no part of it; on one core, as other tests want the rest."""
    threads = torch.get_num_threads()
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT))
        modules = {name: importlib.import_module(f"benchmarks.{name}") for name in MODULES}
        for name in ("engine", "machine", "population"):
            patch.setattr(modules[name], "cores", lambda: 1)
        yield modules
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def small(benchmarks):
    return benchmarks["work"].Work(32, batch=48, rows=256)


@pytest.fixture(scope="module")
def generator():
    return runpy.run_path(str(ROOT / "docs" / "make_population.py"))


class Inline:
    """An executor without processes, which take seconds to start."""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def submit(self, function, *arguments):
        future = Future()
        future.set_result(function(*arguments))
        return future


def run_inline(benchmarks, arguments):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(benchmarks["arena"], "processes", lambda count, first_import: Inline())
        benchmarks["population"].main(arguments)


# The work


def test_a_member_alone_trains_on_the_batches_that_the_opponents_load(benchmarks, small):
    cohort = benchmarks["engine"].made_cohort(small, members=1)
    network = cohort.population.member(0).train()
    features, labels = benchmarks["loading"].made_rows(256)
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-3)
    total = 0.0
    for rows in benchmarks["loading"].batches(small, epoch=0):
        loss = nn.functional.cross_entropy(network(features[rows]), labels[rows])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        total += loss.item() * len(rows)
    cohort.train_epoch()
    assert cohort.members[0].curves[0][0] == pytest.approx(total / 256, rel=1e-5)


@pytest.mark.parametrize("row_by_row", [False, True])
def test_a_framework_loads_those_batches_epoch_after_epoch(benchmarks, small, row_by_row):
    features, labels = benchmarks["loading"].made_rows(256)
    loader, order = benchmarks["frameworks"].framework_loader(small, row_by_row)
    for epoch in (1, 2):
        expected = benchmarks["loading"].batches(small, epoch)
        loaded = list(loader)
        assert len(loaded) == len(order) == len(expected)
        for (some_features, some_labels), rows in zip(loaded, expected, strict=True):
            assert torch.equal(some_features, features[rows])
            assert torch.equal(some_labels, labels[rows])


def test_an_epoch_has_every_row_once_in_an_order_of_its_own(benchmarks, small):
    first, again, second = (torch.cat(benchmarks["loading"].batches(small, epoch)) for epoch in (0, 0, 1))
    assert torch.equal(first, again)
    assert not torch.equal(first, second)
    assert torch.equal(second.sort().values, torch.arange(256))


def test_operations_are_six_for_each_weight_and_row(small):
    assert small.operations == 6 * 256 * (64 * 32 + 32 * 32 + 32 * 10)


def test_parameters_are_those_of_the_plain_network(benchmarks, small):
    network = benchmarks["opponents"].torch_network(small)
    assert small.parameters == sum(parameter.numel() for parameter in network.parameters())


@pytest.mark.parametrize("full", [False, True])
def test_the_opponents_network_has_the_tensors_of_a_member(benchmarks, full):
    work = benchmarks["work"].Work(32, full, rows=256)
    member = benchmarks["engine"].made_cohort(work, members=1).population.member(0)
    other = benchmarks["opponents"].torch_network(work)
    assert [each.shape for each in member.parameters()] == [each.shape for each in other.parameters()]


# The opponents


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize(
    "name", ["torch", "sklearn", "keras", "lightning", "skorch", "skorch_rows", "modelbatch", "jax"]
)
def test_an_opponent_trains_the_smallest_case(benchmarks, small, name):
    opponent = benchmarks["arena"].OPPONENTS[name]
    if opponent.missing:
        pytest.skip(opponent.missing)
    assert benchmarks["arena"].call(opponent.function, small, 1, 0.0) > 0


@pytest.mark.parametrize(("first", "other"), [("torch", "caviar"), ("caviar", "torch")])
def test_each_side_finds_its_own_package_first_in_its_process(benchmarks, small, first, other):
    arena = benchmarks["arena"]
    side = ("engine.population", small, 2) if first == "caviar" else ("opponents.torch_loop", small, 1)
    with arena.processes(1, first) as pool:
        loaded = [pool.submit(eval, f"{name!r} in __import__('sys').modules").result() for name in (first, other)]
        rate = pool.submit(arena.call, *side, 0.0).result()
    assert loaded == [True, False]
    assert rate > 0


def test_an_opponent_that_is_not_installed_is_skipped_with_the_reason(benchmarks, monkeypatch):
    arena = benchmarks["arena"]
    monkeypatch.setitem(arena.OPPONENTS, "keras", arena.Opponent("Keras", "frameworks.keras_fit", "no_such_package"))
    made = arena.Arena(["torch", "keras"], threads=1, least_seconds=0.0)
    assert made.names == ["torch"]
    assert made.skipped == {"keras": "no_such_package is not installed; pip install -e '.[bench]' brings it"}


class FakeArena:
    """Rates without processes; Keras breaks."""

    def __init__(self):
        self.names, self.skipped = ["torch", "sklearn", "keras"], {}

    def population(self, work, members):
        return 80.0 if members > 1 else 9.0

    def product_rate(self):
        return 1e9

    def single_loop(self, work):
        return 6.0

    def opponent(self, name, work):
        if name == "keras":
            raise RuntimeError("no backend")
        return {"torch": 20.0, "sklearn": 16.0}[name]


def test_a_row_has_the_ratios_of_the_medians(benchmarks, small):
    population = benchmarks["population"]
    figures = {"population": [80.0, 90.0, 10.0], "single": [9.0], "single_torch": [6.0], "peak_share": [0.5]}
    row = population.row_of(small, figures | {"torch": [20.0, 1.0, 30.0]}, ["torch", "sklearn"])
    assert list(row) == FIELDS
    assert row["models_epochs_per_second"] == 80
    assert row["ratio_torch"] == 4
    assert row["ratio_sklearn"] is None
    assert row["single_ratio_torch"] == 1.5


def test_an_optional_opponent_that_breaks_is_named_and_the_others_are_measured(benchmarks, small):
    arena = FakeArena()
    figures = benchmarks["population"].measure(small, 2, arena)
    assert figures["torch"] == [20.0, 20.0]
    assert "keras" not in figures
    assert arena.skipped == {"keras": "failed: RuntimeError: no backend"}
    assert figures["peak_share"][0] == pytest.approx(80 * small.operations / 1e9)


# The verdicts


@pytest.mark.parametrize(
    ("figure", "kind", "width", "value", "words"),
    [
        ("ratio_torch", "plain", 64, 2.7, "asked ≥ 4.0×: 2.70×, short"),
        ("ratio_torch", "plain", 64, 4.0, "asked ≥ 4.0×: 4.00×, met"),
        ("ratio_torch", "plain", 64, 3.99, "asked ≥ 4.0×: 3.99×, short"),
        ("ratio_torch", "full", 64, 4.5, "asked ≥ 5.0×: 4.50×, short"),
        ("ratio_keras", "plain", 32, None, "asked ≥ 25.0×: not measured"),
        ("peak_share", "full", 128, 0.351, "asked ≥ 35 %: 35.1 %, met"),
        ("peak_share", "full", 32, 0.1, "10.0 %"),
        ("peak_share", "plain", 128, 0.1, "10.0 %"),
        ("ratio_jax", "plain", 64, 0.5, "0.50×"),
        ("single_ratio_torch", "plain", 256, 0.99, "asked ≥ 1.0×: 0.99×, short"),
    ],
)
def test_a_verdict_says_what_was_asked_and_whether_it_was_reached(benchmarks, figure, kind, width, value, words):
    assert benchmarks["verdicts"].verdict(figure, kind, width, value) == words


def test_every_floor_names_a_figure_that_is_measured(benchmarks):
    figures = {*FIELDS, *(f"ratio_{name}" for name in benchmarks["arena"].OPPONENTS)}
    for (figure, kind), asked in benchmarks["verdicts"].FLOORS.items():
        assert figure in figures
        assert kind in ("plain", "full")
        assert len(asked) == len(benchmarks["verdicts"].WIDTHS)


# Whole runs, and the page that is made from them


@pytest.fixture(scope="module")
def folder(benchmarks, tmp_path_factory):
    """What all benchmarks leave behind, measured on next to nothing."""
    made = tmp_path_factory.mktemp("bench")
    run_inline(benchmarks, [*SMALL, "--opponents", "torch", "--out", str(made)])
    linear, work = benchmarks["linear_cost"], benchmarks["work"]
    sweep = linear.Sweep("Members", "members, K", tuple((count, work.Work(8, rows=64), count) for count in (1, 2)))
    linear.main(["--rounds", "1", "--seconds", "0", "--out", str(made)], chosen=(sweep,) * 3)
    benchmarks["products"].main(["--rounds", "1", "--sizes", "1", "--out", str(made)])
    benchmarks["devices"].main(["--members", "2,1", "--rows", "64", "--seconds", "0", "--out", str(made)])
    return made


@pytest.mark.parametrize("name", ["population", "products", "linear_cost", "devices_cpu"])
def test_a_run_leaves_its_figures_machine_and_picture(folder, name):
    result = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    assert result["machine"]["versions"]["torch"] == torch.__version__
    assert str(folder) not in json.dumps(result), "the folder is nobody's business"
    picture = folder / f"{name}.svg"
    assert name == "products" or picture.read_text(encoding="utf-8").startswith("<?xml")


def test_quick_json_prints_one_row_a_kind_with_the_promised_fields_and_nothing_else(benchmarks, capsys, monkeypatch):
    monkeypatch.chdir("/")  # writes no files
    run_inline(benchmarks, ["--quick", "--json", *SMALL])
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [list(row) for row in rows] == [FIELDS, FIELDS]
    assert [(row["width"], row["kind"]) for row in rows] == [(32, "plain"), (32, "full")]
    assert rows[0]["ratio_sklearn"] > 0
    assert rows[1]["ratio_sklearn"] is None


def test_products_of_a_layer_are_measured_three_ways_by_three(folder):
    rows = json.loads((folder / "products.json").read_text(encoding="utf-8"))["rows"]
    assert [row["product"] for row in rows] == ["layer", "weights", "inputs"]
    assert all(row[who] > 0 for row in rows for who in ("caviar", "blas", "pytorch"))


def test_what_the_products_benchmark_times_is_the_product_it_names(benchmarks):
    for timed in benchmarks["products"].runners(5, 3, 4).values():
        outs = []
        for run in timed.values():
            out = next(each for each in reversed(run.args) if getattr(each, "ndim", 0) == 2)
            out[:] = 0
            run(1)
            outs.append(np.asarray(out).copy())
        np.testing.assert_allclose(outs, [outs[0]] * 3, rtol=1e-5)
        assert outs[0].any()


def test_devices_are_measured_in_rising_order(folder):
    rows = json.loads((folder / "devices_cpu.json").read_text(encoding="utf-8"))["rows"]
    assert [row["members"] for row in rows] == [1, 2]
    assert all(row["models_epochs_per_second"] > 0 and row["peak_bytes"] > 2**20 for row in rows)


def test_a_device_that_is_absent_is_refused_in_a_sentence(benchmarks, monkeypatch):
    monkeypatch.setattr(benchmarks["devices"], "present", lambda device: False)
    with pytest.raises(SystemExit, match=r"Device 'mps' is not here: PyTorch finds none\. Use --device cpu"):
        benchmarks["devices"].main(["--device", "mps"])


@pytest.mark.parametrize("power", [0.5, 1.0, 1.3])
def test_the_exponent_is_that_of_the_upper_decade(benchmarks, power):
    sizes = [1, 3, 10, 30, 100]
    seconds = [7.0, 7.0, *(size**power for size in sizes[2:])]
    line = benchmarks["linear_cost"].upper_decade(sizes, seconds)
    assert line["exponent"] == pytest.approx(power, abs=1e-3)
    assert line["fit"][0] == [10, 100]
    assert line["fit"][1] == pytest.approx([10**power, 100**power], rel=1e-2)


def test_the_page_made_twice_is_the_page_made_once(generator, folder):
    text = (ROOT / "docs" / "population.md").read_text(encoding="utf-8")
    page = generator["page_of"](text, folder)
    assert page != text
    assert generator["page_of"](page, folder) == page
    assert "`python -m benchmarks.population --rows 256" in page
    assert page.replace("\r", "").count("<!-- end -->") == text.count("<!-- end -->")


def test_a_floor_that_is_missed_is_said_on_the_page(generator):
    cell = generator["speed_cell"]
    assert cell("ratio_torch", "plain", 64, 2.714) == "2.71× (asked 4×: short)"
    assert cell("peak_share", "full", 64, 0.3) == "30.0 % (asked 25 %)"
    assert cell("ratio_jax", "plain", 64, None) == "–"


def test_the_committed_page_is_what_make_docs_writes(generator):
    text = generator["PAGE"].read_text(encoding="utf-8")
    assert generator["page_of"](text, generator["FIGURES"]) == text, "run `make docs`"
