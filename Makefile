# Two commands matter: `make run` (the platform, on this repository) and `make test` (all that must hold).
# Both need Python 3.11 or newer, git and make; uv is fetched into .tooling on first use.

PYTHON ?= python3
UV := .tooling/bin/uv
RUN := $(UV) run --frozen --quiet

.PHONY: run test lint types imports tests format clean

run: .venv/ready  ## start the platform on this repository
	@$(RUN) fairlead up

test: lint types imports tests  ## everything that must hold before a change lands

lint: .venv/ready
	$(RUN) ruff check .
	$(RUN) ruff format --check .

types: .venv/ready
	$(RUN) ty check --error-on-warning

imports: .venv/ready
	$(RUN) lint-imports

tests: .venv/ready
	$(RUN) pytest -n auto -q

format: .venv/ready
	$(RUN) ruff check --fix --quiet .
	$(RUN) ruff format .

clean:
	rm -rf .venv .tooling dist

$(UV):
	$(PYTHON) -m venv .tooling
	.tooling/bin/python -m pip install --quiet --disable-pip-version-check 'uv>=0.9'

.venv/ready: $(UV) pyproject.toml uv.lock
	$(UV) sync --frozen --quiet --compile-bytecode
	@touch $@
