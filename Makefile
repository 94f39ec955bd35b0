# Two commands on a machine that has only Python >= 3.11 (Node.js for the JavaScript clients).
PYTHON ?= $(shell for each in python3 python3.13 python3.12 python3.11; do \
	$$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$each && break; done)
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test check bench clean

demo: $(VENV)/installed  ## Run the Gmail Actor against the demo world
	$(BIN)/actor-emulator demo

test: $(VENV)/installed  ## Every check, in every interpreter there is
	$(BIN)/tox run

check: $(VENV)/installed  ## The quick round while working
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/lint-imports && $(BIN)/mypy
	$(BIN)/pytest -n 2 --dist loadgroup -m "not node and not browser"

bench: $(VENV)/installed  ## Print the ratios of benchmarks/
	$(BIN)/python -m benchmarks

$(VENV)/installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --editable . --group dev
	touch $@

clean:
	rm -rf $(VENV) .tox .pytest_cache .mypy_cache .ruff_cache .hypothesis
