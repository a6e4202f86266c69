# The developer's commands. `make demo` and `make test` are all that a newcomer needs.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && { echo $$p; break; }; done)
BIN := .venv/bin
WORKERS ?= 2

SECONDS ?= 600

.PHONY: setup demo soak test test-long check lint types imports format golden schema lock clean

setup: .venv/ready

.venv/ready: requirements/setup.lock requirements/dev.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "firstrung needs Python 3.11, 3.12 or 3.13 on the PATH (or make PYTHON=/path/to/python)"; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || { echo "python's venv module is missing: on Debian, apt-get install python3-venv"; exit 2; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/setup.lock
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements/setup.lock requirements/dev.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

demo: setup
	@$(BIN)/firstrung demo

test: check test-long

check: lint types imports
	$(BIN)/pytest -n $(WORKERS) -m "not long"

test-long: setup
	$(BIN)/pytest -n $(WORKERS) -m long

lint: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: setup
	$(BIN)/mypy

imports: setup
	$(BIN)/lint-imports

format: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

soak: setup
	FIRSTRUNG_SOAK=$(SECONDS) $(BIN)/pytest -n 0 -s tests/test_soak.py

golden: setup
	$(BIN)/pytest tests -k golden --rewrite-golden

schema: setup
	$(BIN)/firstrung schema config/schema

lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -o requirements/run.lock pyproject.toml
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --group dev -o requirements/dev.lock pyproject.toml
	echo uv | uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -o requirements/setup.lock -

clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .import_linter_cache build dist
