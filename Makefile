.DEFAULT_GOAL := help
SHELL := /bin/bash
PY := .venv/bin/python
# dvc runs `python -m stages.NAME`: let that be the one of .venv
export PATH := $(CURDIR)/.venv/bin:$(PATH)
# spawned processes must not each take all cores
TEST_ENV := OMP_NUM_THREADS=1 TOKENIZERS_PARALLELISM=false HF_HUB_OFFLINE=1

help:  ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

.venv/installed: pyproject.toml constraints.txt
	@.ci/install
	@touch $@

install: .venv/installed  ## Create .venv with everything, under constraints.txt

demo: .venv/installed  ## Run the whole pipeline on the embedded sample and print the result table
	@.venv/bin/dvc repro
	@$(PY) -m stages.show

test: .venv/installed  ## Run the test suite
	@$(TEST_ENV) $(PY) -m pytest -q -n 2 --dist loadfile

check: .venv/installed  ## Lint, format, types, import rule, dvc.yaml contract
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@$(TEST_ENV) $(PY) -m pytest -q tests/contract

preset: .venv/installed  ## Switch params.yaml to a preset: make preset NAME=real-mini
	@$(PY) -m stages.preset $(NAME)

deps: .venv/installed  ## Write what each stage imports into dvc.yaml
	@$(PY) tests/contract/write_deps.py

docs: .venv/installed  ## Regenerate the tables of README.md
	@$(PY) -m stages.readme

constraints:  ## Resolve constraints.txt anew
	@uv pip compile --universal --python-version 3.10 --all-extras pyproject.toml --upgrade \
	    --no-emit-index-url --no-annotate --no-header -c .ci/pins.txt -o constraints.txt

clean:  ## Remove what the stages wrote (DVC's cache stays)
	@git clean -fdxq data .scratch

.PHONY: help install demo test check preset deps docs constraints clean
