VENV ?= .venv
PYTHON ?= python3
BIN = $(VENV)/bin

.PHONY: demo test check bench relevance torture clean

demo: $(VENV)/.installed  ## index examples/ and search it
	$(BIN)/searcher index
	$(BIN)/search "diffusion super-resolution" --cat eess.IV

test: $(VENV)/.dev  ## all tests
	$(BIN)/python -m pytest

check: $(VENV)/.dev  ## lint, types, architecture
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/pyright --pythonpath $(BIN)/python
	$(BIN)/python -m pytest -q tests/test_architecture.py

bench: $(VENV)/.dev  ## measure, and write bench/RESULTS.md
	$(BIN)/python -m bench

relevance: $(VENV)/.dev  ## measure the ranking, and write bench/relevance/RESULTS.md; TOPICS=FOLDER for other topics
	$(BIN)/python -m bench.relevance $(TOPICS)

torture: $(VENV)/.dev $(VENV)/.fuzz  ## kills, faults, many at once, fuzzers; over an hour
	$(BIN)/python -m bench.torture

clean:
	rm -rf $(VENV)

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --editable .
	touch $@

$(VENV)/.dev: $(VENV)/.installed requirements-dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-dev.txt
	touch $@

$(VENV)/.fuzz: $(VENV)/.installed
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[fuzz]'
	touch $@
