# essgraph: set-up, checks and a running server.
# PYTHON: a Python 3.11 or newer. HOST, PORT: where `make serve` listens (127.0.0.1, 5000).
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help install serve build test check static format lock docs clean

help:
	@echo "make serve    install, build the graph if needed, serve it at http://127.0.0.1:5000 (HOST, PORT)"
	@echo "make test     install and run the whole test suite"
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
	@command -v npm >/dev/null || echo "npm not found: the pages work without what it brings (query editor, map)"
	$(BIN)/essgraph serve $(if $(HOST),--host $(HOST)) $(if $(PORT),--port $(PORT))

test: install
	$(BIN)/pytest

static: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

check: static test

format: install
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: build
	$(BIN)/python docs/generate.py

lock: install
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-annotate --no-header --extra fetch --group dev --output-file requirements/dev.txt pyproject.toml

clean:
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache
