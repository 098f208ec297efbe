# Everything runs from .venv; `make install` makes it from the pinned, hashed lists in requirements/.
PYTHON ?= python3
BIN := .venv/bin
STAMPS := .venv/.stamps

.PHONY: install demo run test lint format bench lock clean

install: $(STAMPS)/main

$(STAMPS)/main: requirements/build.txt requirements/main.txt pyproject.toml
	$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11) and 'Lianqiao needs Python 3.11 or newer: make install PYTHON=python3.11')"
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/build.txt -r requirements/main.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	mkdir -p $(STAMPS) && touch $@

# The development list holds sentence-transformers, and with it torch: gigabytes, once.
$(STAMPS)/dev: $(STAMPS)/main requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	touch $@

demo: install
	$(BIN)/lianqiao demo

run: install
	$(BIN)/lianqiao serve

test: $(STAMPS)/dev
	$(BIN)/python -m pytest

lint: $(STAMPS)/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(STAMPS)/dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: install
	$(BIN)/lianqiao bench import --suppliers $(SHARED)/liaoning_companies.csv.gz --json benchmarks/results/import.json
	$(BIN)/lianqiao bench matching --suppliers $(SHARED)/liaoning_companies.csv.gz --demands $(SHARED)/bench/demands_dev.jsonl --qrels $(SHARED)/bench/qrels_dev.txt --json benchmarks/results/matching.json
	$(BIN)/lianqiao bench search --against elasticsearch --suppliers $(SHARED)/liaoning_companies.csv.gz --demands $(SHARED)/bench/demands_dev.jsonl --qrels $(SHARED)/bench/qrels_dev.txt --json benchmarks/results/search.json
	$(BIN)/lianqiao bench http --json benchmarks/results/http.json

SHARED ?= $(or $(LIANQIAO_SHARED_DATA),../shared/data)

# Writes the pinned lists anew; needs uv. No index address goes into them.
lock:
	uv pip compile requirements/build.in --universal --python-version 3.11 --generate-hashes --no-header -o requirements/build.txt
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header -o requirements/main.txt
	uv pip compile pyproject.toml --extra postgresql --universal --python-version 3.11 --generate-hashes --no-header -c requirements/main.txt -o requirements/cluster.txt
	uv pip compile pyproject.toml --group dev --extra postgresql --universal --python-version 3.11 --generate-hashes --no-header -c requirements/main.txt -o requirements/dev.txt

clean:
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
