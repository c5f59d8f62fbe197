# The one place that says how to run, test and check. `make demo` and `make test` need Python
# 3.11 or later and nothing else: no Postgres, no Redis, no Node, no root.

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: setup demo serve test soak fuzz check bench ui lock format clean

demo: .setup-run ## run everything, with traffic, to be looked at
	@$(BIN)/livemeter demo $(ARGS)

serve: .setup-run ## run the server (DATABASE_URL and REDIS_URL, or embedded)
	@$(BIN)/livemeter serve $(ARGS)

setup: .setup-dev ## install what developing needs

test: .setup-dev ## all tests but the slow ones
	$(BIN)/python -m pytest -n auto --dist worksteal $(ARGS)

soak: .setup-dev ## the slow tests: soak and long fuzzing
	$(BIN)/python -m pytest -m slow $(ARGS)

fuzz: .setup-dev ## ask GraphQL and REST what they allow, and read events at every limit, thousands of times
	$(BIN)/python -m pytest -m slow tests/faults/test_graphql_fuzz.py \
	  tests/web/rest/test_openapi.py tests/faults/test_extreme_events.py $(ARGS)

check: .setup-dev ## style, types, directions of imports, lock files
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: .setup-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .setup-dev ## measure; see docs/benchmarks.md
	$(BIN)/python -m benchmarks.ingest
	$(BIN)/python -m benchmarks.live
	$(BIN)/python -m benchmarks.analytics
	$(BIN)/python -m benchmarks.pricing
	$(BIN)/python -m benchmarks.access
	$(BIN)/python -m benchmarks.alerts

ui: .setup-dev ## build the page
	$(BIN)/python web/ui/hatch_build.py

lock: .setup-dev ## bring the lock files up to date with pyproject.toml
	$(PIP) install uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" \
	  pyproject.toml --group build -o requirements/run.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" \
	  pyproject.toml --group dev -o requirements/dev.txt

# Stamps, so that a second `make demo` starts at once.
.setup-run: requirements/run.txt pyproject.toml $(BIN)/python
	@echo "Installing Livemeter into .venv (once) …"
	@$(PIP) install --require-hashes -r requirements/run.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.setup-dev: requirements/dev.txt pyproject.toml $(BIN)/python
	@echo "Installing Livemeter and its tests' needs into .venv (once) …"
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@ .setup-run

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit("Livemeter needs Python 3.11 or later") if sys.version_info < (3, 11) else 0'
	@$(PYTHON) -m venv .venv

clean:
	rm -rf .venv .setup-run .setup-dev web/static web/ui/node_modules
