# The commands of the project. Everything is repeatable: a second run changes nothing.
PORT ?= 8000
SCALE ?= demo
sas := .venv/bin/sas

.DEFAULT_GOAL := help
.PHONY: help demo test check format bench stop clean setup-demo setup-test

help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 16
	@echo "  Variables: PORT=8000 DETACH=1 DEPARTMENTS=75,93 SAS_HOME=.sas SAS_DATABASE_URL=postgresql://…"

demo: setup-demo ## Install what is missing, load the demonstration of the whole country, serve it
	@$(sas) demo --port $(PORT) $(if $(filter-out 0,$(DETACH)),--detach) $(if $(DEPARTMENTS),--departments $(DEPARTMENTS))

test: setup-test ## Install what is missing, run every test (PostGIS and browser included)
	@.venv/bin/python -m pytest $(ARGS)

check: ## What is fast: format, lint, types, import contract, unit tests
	@sh setup/system.sh check
	@sh setup/python.sh dev
	@sh setup/node.sh
	@sh setup/outlines.sh || true
	@.venv/bin/ruff format --check --quiet . || { echo "Run: make format"; exit 1; }
	@.venv/bin/ruff check --quiet .
	@.venv/bin/basedpyright --level error
	@.venv/bin/lint-imports --no-logo
	@.venv/bin/python -m pytest tests/unit -q $(ARGS)

format: ## Write the code in the house format
	@sh setup/python.sh dev
	@.venv/bin/ruff format .
	@.venv/bin/ruff check --fix --quiet .

bench: setup-test ## Measure; results in bench/results (SCALE=small, demo or national)
	@$(sas) bench --scale $(SCALE) $(NAMES)

stop: ## Stop what `make demo` and the tests left running
	@if [ -x $(sas) ]; then $(sas) stop; else echo "Rien ne tourne."; fi

clean: ## Stop, then remove what the project made on this machine (system packages stay)
	@sh setup/clean.sh

setup-demo:
	@sh setup/system.sh demo
	@sh setup/python.sh runtime
	@sh setup/node.sh
	@sh setup/outlines.sh || true

setup-test:
	@sh setup/system.sh test
	@sh setup/python.sh dev
	@sh setup/node.sh
	@sh setup/outlines.sh || true
