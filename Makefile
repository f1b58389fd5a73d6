# Two commands matter: `make report` runs the main job, `make test` passes the tests.
# Each works first on a machine that has only Python 3.11, make and a C compiler.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
PILOT := examples/cdisc-pilot/records/.made

.PHONY: report test test-slow check lint types bench bench-solver bench-designs bench-instruments bench-virtual bench-fit docs install lock clean help

help:            ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

report: install  ## the seed trial's report, and where it is
	$(BIN)/remit report examples/kn5501-sle --out out/kn5501-sle

test: install    ## every test but the slow ones
	$(BIN)/python -m pytest -n 2 --dist worksteal -m "not slow"

test-slow: install ## the long tests
	$(BIN)/python -m pytest -m slow

check: lint types ## style and types
lint: install
	$(BIN)/ruff check
types: install
	$(BIN)/mypy

bench: install   ## time and memory of the commands people wait for
	$(BIN)/python bench/commands.py

bench-solver: install ## the compiled solver against scipy
	$(BIN)/python bench/solver.py

bench-designs: install ## operating characteristics, exact and by calendar time
	$(BIN)/python bench/designs.py
	$(BIN)/python bench/calendar.py
	$(BIN)/python bench/growth.py

bench-instruments: install ## every instrument over a large table
	$(BIN)/python bench/instruments.py

bench-virtual: install ## a thousand virtual trials
	$(BIN)/python bench/virtual.py

bench-fit: install ## calibration, fit, forecast and sensitivity of the model
	$(BIN)/python bench/fit.py

docs: install    ## write the generated pages again
	$(BIN)/python docs/build_reference.py
	$(BIN)/python docs/build_model.py
	$(BIN)/python docs/build_designs.py
	$(BIN)/python docs/build_examples.py

install: .venv/.installed $(PILOT) ## .venv with everything, and the public pilot study's records

.venv/.installed: requirements.lock pyproject.toml
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11))" 2>/dev/null || { echo "remit needs Python 3.11 or newer: make PYTHON=/path/to/python"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || { echo "$(PYTHON) cannot make a virtual environment; install its venv module (Debian: python3.11-venv)"; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	$(BIN)/python -m remit.cli.bundle
	@touch $@

$(PILOT): .venv/.installed examples/cdisc-pilot/make_records.py
	$(BIN)/python examples/cdisc-pilot/make_records.py
	@touch $@

lock:            ## resolve the lock file again (needs uv)
	uv pip compile --quiet pyproject.toml --all-extras --group dev --generate-hashes --universal \
	  --python-version 3.11 --no-header --no-emit-index-url --no-annotate --upgrade -o requirements.lock

clean:           ## everything that make made
	rm -rf .venv out examples/cdisc-pilot/records .mypy_cache .ruff_cache .pytest_cache .hypothesis
