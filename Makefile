# Two commands: `make site` builds the pages, `make test` runs the tests. Both set up what they
# need in .venv and can be run again at any time.
PYTHON ?= python3
VENV   ?= .venv
BIN     = $(VENV)/bin
READY   = $(VENV)/.ready
ARGS   ?=
DISTILLED = base lcm-lora lcm add dmd progressive

.PHONY: verify gpu-check site smoke test test-fast sabotage kills coverage lint format setup clean help

site: $(READY)  ## build everything: build/site/index.html
	PATH="$(abspath $(BIN)):$$PATH" snakemake --cores all $(ARGS)

smoke: $(READY)  ## the same in minutes, with hardly any training: build/smoke/site/index.html
	PATH="$(abspath $(BIN)):$$PATH" snakemake --cores all --config preset=smoke $(ARGS)

test: $(READY)  ## run the tests
	PATH="$(abspath $(BIN)):$$PATH" python -m pytest --numprocesses auto --dist loadfile $(ARGS)
	@echo
	@echo "All tests passed. The pages come from 'make site': build/site/index.html"

test-fast: $(READY)  ## run the tests that take no more than a second or so, within a minute
	PATH="$(abspath $(BIN)):$$PATH" python -m pytest -m "not slow and not build and not fuzz" $(ARGS)

sabotage: $(READY)  ## make each of 400 mistakes in a copy, one after another: a test must notice
	PATH="$(abspath $(BIN)):$$PATH" python tests/sabotage/run.py $(ARGS)

gpu-check: $(READY)  ## on a GPU: the distillations, held against the reference; published shapes, timed
	PATH="$(abspath $(BIN)):$$PATH" snakemake --workflow-profile profiles/gpu --config build=build/gpu remeasure=true \
		-- $(addprefix build/gpu/measurements/,$(addsuffix .json,$(DISTILLED)))
	PATH="$(abspath $(BIN)):$$PATH" measured-lessons device build/gpu --module lessons/fast-generation \
		--out docs/measurements/gpu-$$(date +%F).md $(ARGS)

verify: $(READY)  ## hold the build against the reference that the repository keeps
	PATH="$(abspath $(BIN)):$$PATH" measured-lessons verify lessons/fast-generation/reference.json \
		build --html build/verify.html $(ARGS)

kills: $(READY)  ## kill 200 builds of a tiny module at random times: the next must mend them
	PATH="$(abspath $(BIN)):$$PATH" PYTHONPATH="tests/support:tests/kills" python tests/kills/run.py $(ARGS)

coverage: $(READY)  ## run all tests and report the lines that they reach
	PATH="$(abspath $(BIN)):$$PATH" python -m pytest --cov --cov-report=term:skip-covered $(ARGS)

lint: $(READY)  ## style, types, imports
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/lint-imports && $(BIN)/mypy pipelines
	$(BIN)/snakefmt --check Snakefile pipelines/rules
	PATH="$(abspath $(BIN)):$$PATH" snakemake --lint
	PATH="$(abspath $(BIN)):$$PATH" snakemake --lint --config retrain=true

format: $(READY)  ## put code and rules into their form
	$(BIN)/ruff check --fix . && $(BIN)/ruff format .
	$(BIN)/snakefmt Snakefile pipelines/rules

setup: $(READY)  ## the environment alone

clean:  ## remove the build, keep the environment
	rm -rf build .snakemake

help:
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

# The environment: pinned by requirements.lock. Works also where Debian's python3-venv is missing.
# One package comes as a source, which setuptools builds. Which build of torch is taken, and so what
# it needs besides, is left to who calls: see SECURITY.md.
CHECKED = $(BIN)/python -m pip install --require-hashes --no-deps --no-build-isolation
$(READY): requirements.lock config/hashes.txt pyproject.toml pipelines/bootstrap.py
	$(PYTHON) pipelines/bootstrap.py $(VENV)
	sed -n '/^setuptools==/,/[^\\]$$/p' config/hashes.txt > $(VENV)/setuptools.txt
	$(CHECKED) --quiet -r $(VENV)/setuptools.txt
	$(CHECKED) -r config/hashes.txt
	$(BIN)/python -m pip install --constraint requirements.lock torch
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@
