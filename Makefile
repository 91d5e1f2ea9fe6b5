# Everything a developer or a first-time user needs. `make help` lists it.
#
# Only Python 3.11 to 3.14 and make are assumed. Each slow step leaves a stamp in .make/, so that a
# second `make run` starts at once.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMPS := .make
NODE   := $(CURDIR)/tools/node
HOST   ?= 127.0.0.1
PORT   ?= 8000
DATA   ?= data
# Test processes: one more than there are processors, for each waits now and then for its servers.
JOBS   ?= $(shell $(PYTHON) -c 'import os; print((os.cpu_count() or 1) + 1)')
# Each process begins with a part of its own, so that what a file's tests share is made once.
PYTEST  = -n $(JOBS) --dist worksteal

STATIC   := src/chathaven/entry/static
FRONTEND := $(shell find frontend -type f -not -path '*/node_modules/*' -not -path '*/dist/*')

export PATH := $(CURDIR)/$(BIN):$(PATH)
# Compiled modules are kept, even where the environment (a container, a CI) says not to: without
# them each server and each command compiles all its sources anew, 1.7 s of processor time.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help setup run test check quick bench clean machine

help: ## this list
	@grep -hE '^[a-z]+:.*## ' Makefile | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 16

setup: $(STAMPS)/project $(STAMPS)/bundle ## the virtualenv, the locked parts, the built frontend

run: setup ## serve on http://127.0.0.1:8000 with data in ./data
	@exec $(BIN)/chathaven serve --host $(HOST) --port $(PORT) --data $(DATA)

test: setup machine ## the checks, then every test
	@$(MAKE) --no-print-directory -j2 code-checks screen-checks screen-tests compiled
	@tools/pytest $(PYTEST) --ignore=tests/browser
# Apart, for a driven browser keeps an event loop running in its test process.
	@CHATHAVEN_CHROMIUM="$$(tools/chromium 2>/dev/null)" tools/pytest $(PYTEST) tests/browser

check: setup ## formatting, lint, types, import direction
	@$(MAKE) --no-print-directory -j2 code-checks screen-checks

# Two at once: most of the time of each is one process that works alone.
.PHONY: code-checks screen-checks screen-tests compiled
code-checks:
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

screen-checks:
	@$(NODE) npm --prefix frontend run --silent check

screen-tests:
	@$(NODE) npm --prefix frontend run --silent test

# Loads all that the tests load, so that in a fresh clone it is compiled once, while the types are
# checked, and not by each test process at the same time.
compiled:
	@said=$$($(BIN)/pytest --collect-only -qq -p no:cacheprovider 2>&1) || { echo "$$said"; exit 1; }

quick: setup ## the tests that need neither a browser nor long waits
	@$(BIN)/pytest $(PYTEST) --ignore=tests/browser -m "not slow"

bench: setup machine ## the benchmarks; writes a table and a plot
	@CHATHAVEN_CHROMIUM="$$(tools/chromium 2>/dev/null)" $(BIN)/python -m benchmarks

clean: ## remove everything that was built, never the data
	rm -rf $(VENV) $(STAMPS) $(STATIC) frontend/node_modules
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache test-results

# A browser, a Redis and a hardware module of software for the tests that need them. What is missing is said here, and again
# by each test that fails for it; all others still run.
machine: setup
	@tools/chromium >/dev/null || true
	@tools/redis >/dev/null || true
	@tools/softhsm >/dev/null || true

$(STAMPS)/venv: requirements.lock tools/venv
	@mkdir -p $(STAMPS)
	@tools/venv "$(PYTHON)" "$(VENV)"
	@touch $@

$(STAMPS)/project: $(STAMPS)/venv pyproject.toml
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch $@

$(STAMPS)/modules: frontend/package-lock.json $(STAMPS)/venv
	@$(NODE) npm --prefix frontend ci --no-audit --no-fund --loglevel=error
	@touch $@

$(STAMPS)/bundle: $(STAMPS)/modules $(FRONTEND)
	@$(NODE) npm --prefix frontend run --silent build
	@touch $@

# After a change of the dependencies in pyproject.toml. Hashes, and no registry's host.
.PHONY: lock
lock: ## work out requirements.lock anew
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --extra dev --generate-hashes \
		--no-emit-index-url --no-header -o requirements.lock pyproject.toml
