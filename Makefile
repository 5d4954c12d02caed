# Two commands: `make site` builds the pages, `make test` runs the tests. Both set up what they
# need in .venv and can be run again at any time.
PYTHON ?= python3
VENV   ?= .venv
BIN     = $(VENV)/bin
READY   = $(VENV)/.ready
ARGS   ?=

.PHONY: site test lint clean help

site: $(READY)  ## build everything: build/site/index.html
	PATH="$(abspath $(BIN)):$$PATH" snakemake --cores all $(ARGS)

test: $(READY)  ## run the tests
	PATH="$(abspath $(BIN)):$$PATH" python -m pytest $(ARGS)
	@echo
	@echo "All tests passed. The pages come from 'make site': build/site/index.html"

lint: $(READY)  ## style, types, imports
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/lint-imports && $(BIN)/mypy pipelines
	$(BIN)/snakefmt --check Snakefile pipelines/rules
	PATH="$(abspath $(BIN)):$$PATH" snakemake --lint
	PATH="$(abspath $(BIN)):$$PATH" snakemake --lint --config retrain=true

clean:  ## remove the build, keep the environment
	rm -rf build .snakemake

help:
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

# The environment: pinned by requirements.lock. Works also where Debian's python3-venv is missing.
$(READY): requirements.lock pyproject.toml pipelines/bootstrap.py
	$(PYTHON) pipelines/bootstrap.py $(VENV)
	$(BIN)/python -m pip install -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@
