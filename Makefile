# `make` alone lists the targets.
PYTHON ?= python3
PORT ?= 5000
BIN := .venv/bin
.DEFAULT_GOAL := help

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

.venv/installed: config/requirements.txt config/requirements-portal.txt setup.py pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -r config/requirements-portal.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps -e .
	touch $@

.venv/installed-dev: .venv/installed config/requirements-dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check -r config/requirements-dev.txt
	touch $@

unit: .venv/installed-dev ## the rules alone, in seconds
	$(BIN)/pytest -p no:ckan -p no:ckan_fixtures -p no:freezegun -W error tests/unit tests/spec

.PHONY: help unit
