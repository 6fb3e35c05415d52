# Needs only Python 3.11 or newer with its venv module. Everything else goes into .venv on first use.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq

.DEFAULT_GOAL := verify
.PHONY: help verify test check bench bench-peers nightly clean

verify: $(STAMP) ## explore, play, prove and mutate at the default bounds: the main job
	@$(BIN)/tee-rider verify

test: check ## check, then all tests
	@$(BIN)/pytest -n 2 --dist worksteal

check: $(STAMP) ## lint, format, types and import rules
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

bench-peers: $(STAMP) ## measure beside TLC and Spin, as far as they are installed
	@$(BIN)/python -m tee_rider.model_check.peers

bench: $(STAMP) ## measure speed
	@$(BIN)/python -m tee_rider.model_check.bench

nightly: $(STAMP) ## the tests with slower bounds
	@$(BIN)/pytest -n 2 --dist worksteal -m nightly --hypothesis-profile=nightly

clean: ## remove .venv and everything built or cached
	@rm -rf .venv build dist *.egg-info .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "%-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# Dependency groups need pip 25.1, newer than the one that Python 3.11 brings.
$(STAMP): pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "error: no $(PYTHON); name another: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "error: $$($(PYTHON) --version) is too old, 3.11 or newer is needed: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "error: $(PYTHON) lacks the venv module (on Debian: apt-get install python3-venv)" >&2; exit 1; }
	@echo "installing into .venv"
	@$(PYTHON) -m venv .venv
	@$(PIP) install --upgrade 'pip>=25.1'
	@$(PIP) install --group dev --editable '.[proofs,testing,signatures]'
	@touch $@
