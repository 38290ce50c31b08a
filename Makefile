# Needs make and a Python 3.10 or later with venv; everything else is put into .venv, from hashed requirements.
# `make PYTHON=/path/to/python` chooses the interpreter that .venv is made of, when there is none yet.

BIN := .venv/bin
READY := .venv/.ready
PYTHONS := python3.13 python3.12 python3.11 python3.10 python3.14 python3
USABLE := import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 10))
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint format types imports check snapshots reliability screenshots bench fuzz transparency lock clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

setup: $(READY) ## build .venv (every target below does it where needed)

demo: $(READY) ## open gctui on a demo; NAME=relay chooses which
	@$(BIN)/python -m gctui demo $(NAME) || test $$? -gt 128  # the program was ended from the screen

test: $(READY) ## run all tests; TESTS="tests/unit -k ring" chooses which
	$(BIN)/python -m pytest $(TESTS)

lint: $(READY) ## look for mistakes and other formatting
	$(BIN)/ruff check
	$(BIN)/ruff format --check

format: $(READY) ## mend what can be mended of that
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

types: $(READY) ## check the types, strictly
	$(BIN)/mypy

imports: $(READY) ## check that imports go inward only
	$(BIN)/lint-imports

check: lint types imports test ## all four, as CI does

snapshots: $(READY) ## renew the pictures in tests/snapshots; look at each before you commit it
	$(BIN)/python -m pytest tests/snapshots --numprocesses=0 --snapshot-update

reliability: $(READY) ## write docs/reliability.md anew from the list of faults
	@$(BIN)/python -m tests.integration.faults

screenshots: $(READY) ## renew the pictures in screenshots/ from real demo runs
	$(BIN)/python -m screenshots

bench: $(READY) ## measure start-up, screen, memory and recorder; some minutes
	$(BIN)/python -m benchmarks

transparency: $(READY) ## run CPython's own tests bare and observed; OPTIONS="--quick" or "--python P test_gc"
	$(BIN)/python -m tests.transparency $(OPTIONS)

fuzz: $(READY) ## feed the monitor lies; SECONDS=60 says for how many seconds, 600 else (needs a Python that atheris has)
	$(PIP) install atheris
	$(BIN)/python -m fuzz --seconds $(or $(SECONDS),600)

lock: ## resolve requirements-dev.txt anew for Python 3.10 and later (needs uv)
	uv pip compile --universal --python-version 3.10 --generate-hashes --no-header --no-emit-index-url \
		--upgrade --quiet --output-file requirements-dev.txt pyproject.toml requirements-dev.in

clean: ## remove .venv and everything else that was built
	rm -rf .venv build dist *.egg-info .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A pyenv shim of a version that is not active exists and fails: each candidate is run before it is taken.
$(READY): requirements-dev.txt pyproject.toml setup.py $(wildcard gctui/agent/native/*)
	@$(BIN)/python -c '$(USABLE)' 2>/dev/null || { \
		for python in $(or $(PYTHON),$(PYTHONS)); do \
			if $$python -c '$(USABLE)' 2>/dev/null; then \
				echo "making .venv with $$python"; exec $$python -m venv --clear .venv; \
			fi; \
		done; \
		echo "No Python 3.10 or later with venv among: $(or $(PYTHON),$(PYTHONS)). Debian: apt install python3-venv" >&2; \
		exit 1; \
	}
	$(PIP) install --require-hashes --requirement requirements-dev.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@
