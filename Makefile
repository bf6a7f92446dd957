# Everything runs inside .venv. `make demo` makes it from the runtime lock alone; whatever needs the development tools
# adds them from the second lock, which holds the same versions and more.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps
RUNTIME := $(VENV)/.runtime
DEVELOPMENT := $(VENV)/.development

.PHONY: help setup demo test test-quick check bench fuzz hostile show-kill show-ledger show-oracle wheel-test clean
.DEFAULT_GOAL := help

help: ## what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(RUNTIME): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make setup PYTHON=python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-build-isolation -e .
	@touch $(RUNTIME)

$(DEVELOPMENT): $(RUNTIME) requirements-dev.lock
	$(PIP) --require-hashes -r requirements-dev.lock
	@touch $(DEVELOPMENT)

demo: $(RUNTIME) ## two months of four centres, from rosters to payment records
	$(BIN)/ioc-etl demo

setup: $(DEVELOPMENT) ## the environment in .venv, with the development tools

check: setup ## style, types and import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

test: check ## every check and every test
	$(BIN)/pytest

QUICK := tests/unit tests/rules tests/contract

test-quick: setup ## a minute's look: no database, no server, every tenth rule case
	$(BIN)/ruff check . && $(BIN)/ruff format --check .
	IOC_ETL_TEST_CASES=10 $(BIN)/pytest $(QUICK)

ROWS ?= 1000000
CENTRES ?= 10000
REPEAT ?= 1

bench: setup ## a month of a million rows against the floor: make bench ROWS=100000 CENTRES=1000 REPEAT=3
	$(BIN)/python tests/bench/bench.py --rows $(ROWS) --centres $(CENTRES) --repeat $(REPEAT)

SECONDS ?= 60
SEED ?= 2022

fuzz: setup ## mutants of real files for SECONDS (60) from SEED; what breaks the reading is kept in tests/fuzz/found
	POLARS_MAX_THREADS=1 $(BIN)/python -m tests.fuzz --seconds $(SECONDS) --seed $(SEED)

hostile: setup ## every hostile file: what reading it says, its time and memory
	$(BIN)/python -m tests.bench.hostile_table

show-kill: setup ## a run killed at 100 points, PostgreSQL at 10, eight runs at once 25 times over; prints the counts
	IOC_ETL_TEST_KILLS=100 IOC_ETL_TEST_CRASHES=10 IOC_ETL_TEST_RACES=25 $(BIN)/pytest -n 0 -v tests/integration/test_kill.py tests/integration/test_race.py

MONTHS ?= 300
LIVES ?= 40

show-ledger: setup ## months of the ledger by chance: MONTHS (300) in memory, LIVES (40) over files and PostgreSQL
	IOC_ETL_TEST_MONTHS=$(MONTHS) IOC_ETL_TEST_LIVES=$(LIVES) $(BIN)/pytest -v tests/properties/test_ledger_properties.py tests/integration/test_ledger_machine.py

ROUNDS ?= 46
EXAMPLES ?= 1000

show-oracle: setup ## months by chance against second readings of the rulebook: 22 a round as files, EXAMPLES as frames
	IOC_ETL_TEST_ROUNDS=$(ROUNDS) IOC_ETL_TEST_EXAMPLES=$(EXAMPLES) $(BIN)/pytest tests/oracle tests/properties/test_month_properties.py

WHEEL := build/wheel-test

wheel-test: setup ## the wheel alone, in an environment of its own without development tools, outside the checkout
	rm -rf $(WHEEL)
	$(BIN)/python -m build --wheel --no-isolation --outdir $(WHEEL) . > /dev/null
	$(PYTHON) -m venv $(WHEEL)/venv
	$(WHEEL)/venv/bin/python -m pip install --quiet --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(WHEEL)/venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps $(WHEEL)/*.whl
	place=$$(mktemp -d) && program="$$PWD/$(WHEEL)/venv/bin/ioc-etl" && cd "$$place" && "$$program" demo && \
	  IOC_ETL_HOME="$$place/ioc-demo/home" "$$program" db stop --remove && rm -rf "$$place"

clean: ## what setup and the tests left behind
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis dist build
