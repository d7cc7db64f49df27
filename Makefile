# `make` alone lists the targets. Each of them sets up its own virtual environment first, where that is missing or out of date.

PYTHON ?=
VENV ?= .venv
DEMO ?= .demo

BIN := $(VENV)/bin
READY := $(VENV)/.ready

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo test check fmt format-check lint types contracts docs docs-check bench-action bench-analytics bench-app bench-cold bench-corpus bench-cost bench-runtime bench-sizing pictures constraints clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 22

demo: $(READY) ## review a sample change that is full of real faults
	@$(BIN)/python demo/build.py $(DEMO)/shop
	@cd $(DEMO)/shop && $(abspath $(BIN))/quartet review --base main --output $(abspath $(DEMO))/report.html

test: $(READY) ## run every test, with coverage
	@$(BIN)/python tests/fetch_openapi.py
	@$(BIN)/pytest -n 2 --cov

check: format-check lint types contracts docs-check test ## run all that CI runs

fmt: $(READY) ## format, and cure what can be cured
	@$(BIN)/ruff check --fix --quiet || true
	@$(BIN)/ruff format

format-check: $(READY)
	@$(BIN)/ruff format --check

lint: $(READY)
	@$(BIN)/ruff check

types: $(READY)
	@$(BIN)/mypy

contracts: $(READY)
	@$(BIN)/lint-imports

docs: $(READY) ## build the documentation into site/, with the interface of every module below site/api/
	@NO_MKDOCS_2_WARNING=1 QUARTET_SITE_API=1 $(BIN)/mkdocs build --strict --quiet --site-dir site
	@$(BIN)/python -m docs.api site/api

docs-check: $(READY) ## check that pages and docstrings promise nothing that is not so, and that generated pages are fresh
	@$(BIN)/python -m docs.validate
	@$(BIN)/python -m docs.generate --check

pictures: $(READY) ## make the README's pictures anew; needs chromium
	@$(BIN)/python -m demo.pictures

bench-action: $(READY) ## measure a step of a workflow until its first question to a model
	@$(BIN)/python -m tests.benchmarks.action $(ARGS)

bench-analytics: $(READY) ## measure questions to a million calls, on both engines; ARGS="--engines …" for one
	@$(BIN)/python -m tests.benchmarks.analytics $(ARGS)

bench-app: $(READY) ## measure the App: deliveries, reviews beside their models, memory; ARGS="--tables …" for a part of it
	@$(BIN)/python -m tests.benchmarks.app $(ARGS)

bench-cold: $(READY) ## measure a cold review of a pull request
	@$(BIN)/python -m tests.benchmarks.cold_review

bench-corpus: $(READY) ## measure the review of every diff in ../shared/diffs, without models
	@$(BIN)/python -m tests.benchmarks.corpus

bench-cost: $(READY) ## estimate what a review of every diff in ../shared/diffs costs; ARGS=OpenAI for a part of it
	@$(BIN)/python -m tests.benchmarks.estimates $(ARGS)

bench-runtime: $(READY) ## measure how limits are kept, side by side with other clients; ARGS="--clients …" for a part of it
	@$(BIN)/python -m tests.benchmarks.runtime $(ARGS)

bench-sizing: $(READY) ## say what how many pull requests a day take; ARGS="--measure N" measures what the tables rest on
	@$(BIN)/python -m tests.benchmarks.sizing $(ARGS)

constraints: ## write constraints.txt anew, from what the ranges in pyproject.toml allow today
	@.ci/constraints

clean: ## remove the virtual environment, the demo and the caches
	rm -rf $(VENV) $(DEMO) .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage .coverage.* site

$(READY): pyproject.toml constraints.txt
	@python=$$(.ci/find-python $(PYTHON)) && \
	echo "setting up $(VENV) with $$($$python --version)" && \
	$$python -m venv --clear $(VENV) && \
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $@
