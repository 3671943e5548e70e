# All targets work on a fresh clone: the first one run creates .venv (see .ci/install).
# PYTHON=/path/to/python chooses the interpreter, PORT and HOST where `make serve` listens.

HOST ?= 127.0.0.1
PORT ?= 5000
# Three test processes keep two cores busy: tests of jobs wait for much of their time.
JOBS ?= 3
BIN := .venv/bin
RUN := $(BIN)/python -m

# Compiled kernels are kept with the environment that they were compiled for; tests keep them where
# workers of jobs look for them, so that each is compiled once. Test processes own the parallelism,
# so numerical libraries get one thread each.
export NUMBA_CACHE_DIR := $(CURDIR)/.venv/numba
COMPILED := from casa_ogc.jobs.preload import compiled_folder as found; print(found())
SINGLE := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 NUMBA_NUM_THREADS=1

.DEFAULT_GOAL := help
.PHONY: help install serve test check formatted linted typed layered snapshot docs bench openapi \
	format constraints clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/make \1	\2/p' Makefile | expand -t 18

install: ## create .venv, or bring it up to date
	@PYTHON="$(PYTHON)" .ci/install

serve: install ## start the service; builds the demo archive the first time
	@$(RUN) casa_ogc.cli serve --host $(HOST) --port $(PORT)

test: install ## run all tests (ARGS="-k word" selects)
	umask 022 && NUMBA_CACHE_DIR="$$($(BIN)/python -c '$(COMPILED)')" $(SINGLE) $(RUN) pytest -n $(JOBS) $(ARGS)

check: formatted linted typed layered snapshot ## format, lint, types, layers, OpenAPI snapshot
	@echo "check: passed"

formatted: install
	$(RUN) ruff format --check .

linted: install
	$(RUN) ruff check .

typed: install
	$(RUN) mypy

layered: install
	$(BIN)/lint-imports --no-cache

snapshot: install
	$(RUN) casa_ogc.cli openapi --compare openapi/openapi.yaml

docs: install ## build the documentation into site/
	NO_MKDOCS_2_WARNING=1 $(RUN) mkdocs build --strict --quiet
	@echo "docs: site/index.html"

bench: install ## run the benchmarks and refresh their tables
	for script in benchmarks/bench_*.py; do $(RUN) "benchmarks.$$(basename "$$script" .py)" || exit 1; done
	$(RUN) benchmarks.table

openapi: install ## write the OpenAPI snapshot
	$(RUN) casa_ogc.cli openapi --output openapi/openapi.yaml

format: install ## format the code and fix what can be fixed
	$(RUN) ruff format .
	$(RUN) ruff check --fix .

constraints: install ## compile constraints.txt (UPGRADE=1 takes the newest versions)
	.ci/compile-constraints

clean: ## remove everything that was generated, but not the archive
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache site dist build
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
