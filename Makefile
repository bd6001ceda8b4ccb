# `make` alone lists the targets.
PYTHON ?= python3
PORT ?= 5000
BIN := .venv/bin
.DEFAULT_GOAL := help

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

.venv/installed: config/requirements.txt config/requirements-portal.txt setup.py pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || { \
		echo "Perlu Python 3.10 atau lebih baru; $(PYTHON) lebih lama atau tidak ada. Pasang, lalu: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 71; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { \
		echo "$(PYTHON) tidak punya venv. Pasang dengan: sudo apt install python3-venv"; exit 71; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -r config/requirements-portal.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps -e .
	touch $@

.venv/installed-dev: .venv/installed config/requirements-dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check -r config/requirements-dev.txt
	touch $@

run: .venv/installed ## a portal with sample content on http://localhost:5000 (PORT=5055 for another port)
	@$(BIN)/satudata run --demo --port $(PORT)

status: ## whether the portal runs, and how its services do
	@$(BIN)/satudata status

stop: ## stop the portal
	@$(BIN)/satudata stop

lint: .venv/installed-dev ## style and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/installed-dev ## types of the rules, strictly
	$(BIN)/mypy

arrows: .venv/installed-dev ## who may import whom
	$(BIN)/lint-imports

unit: .venv/installed-dev ## the rules alone, in seconds
	$(BIN)/pytest -p no:ckan -p no:ckan_fixtures -p no:freezegun -W error tests/unit tests/spec

docs: .venv/installed-dev ## what the docs say against what the code does
	$(BIN)/pytest -p no:ckan -p no:ckan_fixtures -p no:freezegun tests/docs

wheel: .venv/installed-dev ## the release against the checkout
	$(BIN)/pytest -p no:ckan -p no:ckan_fixtures -p no:freezegun tests/packaging

CATALOGUE := ckanext-ntbsatudata/ckanext/ntbsatudata/i18n
CKAN = $(shell $(BIN)/python -c "import importlib.util as u; print(u.find_spec('ckan').submodule_search_locations[0])")
SENTENCES = $(CATALOGUE)/.. $(addprefix $(CKAN)/,templates views lib logic) $(CKAN)/../ckanext/datastore $(CKAN)/../ckanext/activity

messages: .venv/installed-dev ## collect the sentences of the interface, bring the Indonesian catalogue up to them
	$(BIN)/pybabel -q extract -F babel.cfg --no-location --sort-output --omit-header -o $(CATALOGUE)/ckanext-ntbsatudata.pot $(SENTENCES)
	$(BIN)/pybabel -q update -D ckanext-ntbsatudata -i $(CATALOGUE)/ckanext-ntbsatudata.pot -d $(CATALOGUE) -l id -N --ignore-obsolete
	$(BIN)/pybabel -q compile -D ckanext-ntbsatudata -d $(CATALOGUE)

check: lint types arrows unit docs wheel ## all that needs no service

test: check ## check, then the tests on real PostgreSQL, Redis and search
	$(BIN)/pytest tests/ckan tests/engines
	$(BIN)/pytest -p no:ckan -p no:ckan_fixtures tests/local

.PHONY: help run status stop lint types arrows unit docs wheel check test
