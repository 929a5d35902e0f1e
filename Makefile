# essgraph: set-up, checks and a running server.
# PYTHON: a Python 3.11 or newer. HOST, PORT: where `make serve` listens (127.0.0.1, 5000).
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

# What `make frontend` makes; the server serves it if it is there.
FRONTEND := src/essgraph/web/static/built/editor.js

.PHONY: help install serve build frontend test browser check static format lock docs clean

help:
	@echo "make serve    install, build the graph if needed, serve it at http://127.0.0.1:5000 (HOST, PORT)"
	@echo "make test     install and run the whole test suite"
	@echo "make frontend build the scripts of the pages (npm); make browser tests them in Chromium"
	@echo "make check    format, lint, types, tests"
	@echo "make install  .venv only"
	@echo "make docs     renew the generated parts of the documentation"
	@echo "make lock     renew requirements/*.txt"

install: $(VENV)/.installed

$(VENV)/.installed: requirements/dev.txt pyproject.toml hatch_build.py $(wildcard src/essgraph/web/translations/*/LC_MESSAGES/*.po)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "essgraph needs Python 3.11 or newer; set PYTHON=..."; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

build: install
	$(BIN)/essgraph build --if-changed

serve: build
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory frontend; else false; fi \
		|| echo "no scripts, which npm builds: every page works without them, in a plainer way"
	$(BIN)/essgraph serve $(if $(HOST),--host $(HOST)) $(if $(PORT),--port $(PORT))

frontend: $(FRONTEND)

$(FRONTEND): package-lock.json .npmrc frontend/build.mjs $(wildcard frontend/*/*.js frontend/*/*.css)
	npm ci --no-audit --no-fund --loglevel=error
	npm run --silent build

test: install
	$(BIN)/pytest

static: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

browser: install frontend
	npm run --silent test
	$(BIN)/pytest --browser tests/browser

check: static test

format: install
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: build
	$(BIN)/python docs/generate.py

lock: install
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-annotate --no-header --extra fetch --group dev --output-file requirements/dev.txt pyproject.toml

clean:
	rm -rf $(VENV) dist build node_modules $(dir $(FRONTEND)) .mypy_cache .ruff_cache .pytest_cache
