.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin

.PHONY: help install demo demo-reset test check lint types contracts bench manifest messages lock

help: ## List what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

.venv/.runtime: requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Slotquest needs Python 3.11 or newer")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing the packages that Slotquest runs on …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/.dev: .venv/.runtime requirements-dev.lock
	@echo "Installing the packages that the tests need …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

install: .venv/.runtime ## Make the environment in .venv/

demo: .venv/.runtime ## Start the sandbox and the bot with a believable team
	@exec $(BIN)/slotquest demo

demo-reset: .venv/.runtime ## Start the demo anew
	@exec $(BIN)/slotquest demo --reset

test: .venv/.dev ## Run every test that this machine can run
	@$(BIN)/python -m pytest

check: lint types contracts ## Lint, types and import contracts

lint: .venv/.dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: .venv/.dev
	@$(BIN)/mypy

contracts: .venv/.dev
	@$(BIN)/lint-imports

bench: .venv/.dev ## Print the table of ratios that the README quotes
	@$(BIN)/python -m tests.bench

manifest: .venv/.runtime ## Write manifest.json from the registry
	@$(BIN)/slotquest manifest

messages: .venv/.dev ## Collect the texts for translation
	@$(BIN)/python -m bot.locale

lock: ## Pin every package again, with hashes
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv pip compile pyproject.toml --quiet --universal --generate-hashes --no-emit-index-url --no-annotate --no-header --python-version 3.11 -o requirements.lock
	@$(BIN)/uv pip compile pyproject.toml --quiet --extra dev --universal --generate-hashes --no-emit-index-url --no-annotate --no-header --python-version 3.11 -o requirements-dev.lock
