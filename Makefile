# The whole path with one command: make up. Needs Python 3.11 or newer, git and make; everything else is installed or built, outside the tree where it is big.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help setup toolchain up down test check bench lock

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command "make lock"
LOCKED := requirements requirements-dev toolchain/uv/requirements toolchain/go/requirements

help: ## Says what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## .venv with the locked packages and the fleet command (seconds; nothing the second time)
	@$(or $(PYTHON),false) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "setup: Python 3.11 or newer is needed; found: $(or $(PYTHON),none on PATH)." >&2; \
		echo "Install it (https://www.python.org/downloads/), or name it: make setup PYTHON=/path/to/python3.11" >&2; exit 2; }
	@$(PYTHON) -m toolchain.setup

toolchain: setup ## The pinned tools: found on PATH, in the cache, or built (minutes, once)
	@$(BIN)/python -m toolchain

up: setup ## From nothing to a rehearsed fleet: validate, plan, tools, then dev in the sandbox
	@$(BIN)/fleet validate
	@$(BIN)/fleet plan
	@$(MAKE) --no-print-directory toolchain
	@$(BIN)/fleet sandbox up

down: setup ## Stops the sandbox; what is in it stays
	@$(BIN)/fleet sandbox down

check: setup ## Lint, format, types, import contracts
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

test: toolchain ## All tests
	@$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder

bench: toolchain ## The timings the project promises
	@$(BIN)/python -m bench

lock: setup ## Recompiles every lock file from its .in file: newest versions that fit, with hashes
	@for name in $(LOCKED); do $(COMPILE) --upgrade "$$name.in" -o "$$name.txt" || exit 2; done
