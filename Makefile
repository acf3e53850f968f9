# Everything starts here; `make help` lists the verbs. Paths stay relative, so that a
# checkout whose path has spaces works too.
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed

.PHONY: help setup demo test check dev bench soak

help: ## Show what one can do
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1	\2/p' Makefile

setup: $(STAMP) ## Make .venv from requirements.lock (the other verbs do it too)

demo: $(STAMP) ## Simulate a shop, run the whole pipeline, publish, tell what came out
	@$(BIN)/tessera demo

# In the order of their names: files of few but long tests would else come last. Each of
# its many processes would compile what it imports, where no compiled code may be kept.
test: $(STAMP) ## Run every test, on two cores
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -q -m "not soak" -n 2 --dist loadfile --no-loadscope-reorder

check: $(STAMP) ## Lint and type-check Python and SQL, check who imports whom
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@TESSERA_BUILD_PATH=:memory: $(BIN)/sqlfluff lint models tests/dbt

dev: $(STAMP) ## Open the Dagster UI with its daemon, on this machine only
	@$(BIN)/tessera dev

bench: $(STAMP) ## Measure every figure that the docs quote
	@failed=0; \
	for file in $$(grep -l "^if __name__" benchmarks/*.py | grep -v /ml_); do \
		$(BIN)/python -m benchmarks.$$(basename $$file .py) || failed=1; \
	done; exit $$failed

soak: $(STAMP) ## Run the long tests
	@$(BIN)/python -m pytest -q -m soak

# Once a lock: the stamp is newer than what it was made from.
$(STAMP): requirements.lock requirements-client.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Tessera needs Python 3.11 or newer: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing into .venv, once for this lock ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@$(BIN)/python -m uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	@$(BIN)/python -m uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@$(BIN)/python -m uv pip install --quiet --python $(BIN)/python --target .venv/duckdb-1.4 --require-hashes -r requirements-client.lock
	@touch $(STAMP)
