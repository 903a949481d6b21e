# Everything a person or a machine needs: Python 3.11 or newer, make and a package index.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
PACKAGES := console screens widgets sync storage desk
# Two cores are the smallest machine this is tested on.
WORKERS ?= 2

.PHONY: help run demo test check format bench bench-full screenshots constraints clean

help: ## what can be made here
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 14

$(VENV)/heard: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit("Heard needs Python 3.11 or newer, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) install --require-hashes -r constraints.txt
	$(PIP) install --no-deps --no-build-isolation -e .
	# A start without compiled files takes 2 to 3 s instead of a quarter.
	$(BIN)/python -m compileall -q $(PACKAGES)
	touch $@

$(VENV)/dev: $(VENV)/heard constraints-dev.txt
	$(PIP) install --require-hashes -r constraints-dev.txt
	touch $@

run: $(VENV)/heard ## start the console
	@$(BIN)/heard

demo: $(VENV)/heard ## start the console on a made-up team
	@$(BIN)/heard demo

test: $(VENV)/dev ## run every test
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup

check: $(VENV)/dev ## lint, format, types, import rules, dead code
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/vulture

format: $(VENV)/dev ## put the code into its one format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

constraints: ## pin every package anew (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-annotate \
		--quiet pyproject.toml --group pyproject.toml:install -o constraints.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-annotate \
		--quiet pyproject.toml --group pyproject.toml:install --group pyproject.toml:dev -c constraints.txt -o constraints-dev.txt

bench: $(VENV)/dev ## measure everything beside its peers (minutes), into docs/performance.md
	$(BIN)/python -m benchmarks.everything --write docs/performance.md

bench-full: $(VENV)/dev ## the same with a million customers and tickets, into docs/performance-full.md
	$(BIN)/python -m benchmarks.everything --full --write docs/performance-full.md

clean: ## forget the installed packages
	rm -rf $(VENV)

screenshots: $(VENV)/dev ## take the pictures in docs/screenshots
	$(BIN)/python -m docs.screenshots
