# The doors for people. `make` sets up; `make run` serves; `make test` and `make check` judge.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
HOST ?= 127.0.0.1
PORT ?= 8000

.DEFAULT_GOAL := setup
.PHONY: setup run test check clean

setup: $(VENV)/.installed
	@$(BIN)/phenomap knowledge build
	@$(BIN)/phenomap face build --if-installed
	@$(BIN)/phenomap assets build

# Everything the whole product needs, then its tests; repeated only when pyproject.toml changes.
$(VENV)/.installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Phenomap needs Python 3.11 or newer: make PYTHON=/path/to/python3.11")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing into $(VENV)" && $(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev,facial,cluster]'
	@touch $@

run: setup
	@$(BIN)/phenomap serve --demonstration --host $(HOST) --port $(PORT)

# Two processes share the files; one thread each for sums of matrices, or they would wait for each other. A browser has
# processes of its own, and people's patience: its tests come after, by themselves.
test: setup
	@OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses 2 --dist loadfile -m "not browser"
	@OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -m browser

check: $(VENV)/.installed
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

clean:
	rm -rf $(VENV) knowledge models downloads .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
