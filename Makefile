# `make demo` and `make test` work on a fresh machine, set-up included. Everything goes into $(VENV).

PYTHON ?= python3
VENV ?= .venv
BUDGET ?= 60s
LAB ?= runs/lab
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

# Tests that look at real data find it here; without the folder they are skipped, and say so.
ifneq ($(wildcard ../shared/data),)
export CAVIAR_DATA ?= $(abspath ../shared/data)
endif

.PHONY: demo test lint bench stress lab ward docs clean

demo: $(VENV)/installed
	$(BIN)/caviar fit digits --budget $(BUDGET) --seed 0

test: $(VENV)/installed-test
	OMP_NUM_THREADS=1 $(BIN)/pytest -n 2

lint: $(VENV)/installed-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

# Speed, measured against opponents that are installed: `pip install -e '.[bench]'` brings the optional ones.
bench: $(VENV)/installed
	$(BIN)/python -m benchmarks.population --out runs/bench
	$(BIN)/python -m benchmarks.products --out runs/bench
	$(BIN)/python -m benchmarks.linear_cost --out runs/bench
	$(BIN)/python -m benchmarks.start_up

# The property tests with many more examples, and the tests too long for every day.
stress: $(VENV)/installed-test
	OMP_NUM_THREADS=1 $(BIN)/pytest -n 2 -m "stress or hypothesis" --hypothesis-profile=stress

# The notes' claims, measured. `make lab docs LAB=docs/lab` renews the figures and pictures of docs/notes.
lab: $(VENV)/installed
	$(BIN)/caviar lab run --all --seed 0 --out $(LAB)

# Networks made sick, and healthy ones: does the diagnosis find what was planted?
ward: $(VENV)/installed
	OMP_NUM_THREADS=1 $(BIN)/python tests/ward/run.py $(PAGE)

# Pages made from the code; a test holds them equal to it.
docs: $(VENV)/installed
	$(BIN)/python docs/make_catalog.py
	$(BIN)/python docs/make_notes.py
	$(BIN)/python docs/make_population.py
	$(BIN)/python docs/make_watch.py

clean:
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/installed: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(INSTALL) -e .
	$(BIN)/python -c "from caviar.training import compile_steps; compile_steps()"
	touch $@

$(VENV)/installed-%: $(VENV)/installed
	$(INSTALL) -e '.[$*]'
	touch $@
