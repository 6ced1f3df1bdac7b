# Contrafact. `make demo` and `make test` do all their own set-up; a second run finds everything in place.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.PHONY: demo test lint bench build setup clean

VENV := .venv
BIN := $(VENV)/bin
STAMP := .make
STUDIO_SOURCES := $(shell find studio -type f -not -path '*/node_modules/*' -not -path '*/dist/*' 2>/dev/null)
# The tests keep their models and sounds apart from the user's library.
TEST_HOME ?= $(CURDIR)/.cache/home
# NumPy's BLAS threads spin against each other where several processes share few cores.
export OPENBLAS_NUM_THREADS ?= 1

demo: setup
	$(BIN)/contrafact demo

test: setup $(STAMP)/browser lint
	cd studio && PATH="$(CURDIR)/$(STAMP)/node/bin:$$PATH" npm test --silent
	CONTRAFACT_HOME="$(TEST_HOME)" $(BIN)/contrafact assets fetch
	CONTRAFACT_HOME="$(TEST_HOME)" $(BIN)/pytest -n 2 --dist loadfile

lint: setup
	$(BIN)/ruff check src tests benchmarks song
	$(BIN)/ruff format --check src tests benchmarks song
	$(BIN)/mypy
	$(BIN)/lint-imports
	cd studio && PATH="$(CURDIR)/$(STAMP)/node/bin:$$PATH" npm run --silent check

bench: setup
	$(BIN)/contrafact bench

build: setup
	$(STAMP)/uv build --wheel

setup: $(STAMP)/venv $(STAMP)/system $(STAMP)/studio

# uv: the one on the machine, else our own in .make, so that nothing needs to be there before.
$(STAMP)/uv:
	@mkdir -p $(STAMP)
	scripts/setup uv $(STAMP)

$(STAMP)/venv: pyproject.toml uv.lock | $(STAMP)/uv
	$(STAMP)/uv sync --locked --compile-bytecode --python '>=3.11' --no-python-downloads
	@touch $@

$(STAMP)/system: scripts/setup
	scripts/setup system
	@touch $@

$(STAMP)/browser: scripts/setup | $(STAMP)/system
	scripts/setup browser
	@touch $@

$(STAMP)/node: | $(STAMP)/uv
	scripts/setup node $(STAMP)

$(STAMP)/studio: $(STUDIO_SOURCES) | $(STAMP)/node
	scripts/setup studio $(STAMP)
	@touch $@

clean:
	rm -rf $(STAMP) $(VENV) dist studio/node_modules src/contrafact/service/static
