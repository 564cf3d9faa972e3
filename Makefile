# Préau. `make` shows what there is.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help run test lab check lint docs bench simulate lock clean advisories sbom

help: ## Show this help
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' | column -t -s '|'

run: $(BIN)/.run ## Audit this machine into a sample school and show its readiness (ONCE=1 stops after printing)
	@$(BIN)/preau-collector demo $(if $(ONCE),--once)

test: $(BIN)/.dev ## Run the tests
	@$(BIN)/python -m pytest -q -n auto $(ARGS)

.PHONY: test-windows
test-windows: $(BIN)/.dev ## Run the agent's and the checks' tests on a Windows interpreter, under wine
	@tests/windows/run.sh $(ARGS)

.PHONY: bench-agent
bench-agent: $(BIN)/.dev ## Weigh an audit beside one inventory of the usual agents, on this machine (TIMES=n)
	@$(BIN)/python -m bench.inventory --times $(or $(TIMES),3)

lab: $(BIN)/.dev ## Audit schools in a box, each with its fault (root; ONLY=name, LIST=1, WORKERS=n, KEEP=folder)
	@$(BIN)/python -m tests.lab $(if $(LIST),--list) $(if $(ONLY),--only '$(ONLY)') $(if $(WORKERS),--workers $(WORKERS)) $(if $(KEEP),--keep '$(KEEP)')

check: lint test ## Everything that must be true before a change lands

lint: $(BIN)/.dev ## Format, lint, types, import contracts, generated docs
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/mypy --platform win32 -m agent.cli
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/python docs/generate.py --check

docs: $(BIN)/.dev ## Write again what is documented from the code
	@$(BIN)/python docs/generate.py

bench: $(BIN)/.dev ## Measure, beside baselines, in one table (SCALE=smoke|half|full, ARGS="--only ingest")
	@$(BIN)/python -m bench --scale $(or $(SCALE),full) $(ARGS)

simulate: $(BIN)/.run ## Have an invented nation report, through an outage (PCS=1000000, ARGS="--http 2000")
	@$(BIN)/preau-collector simulate --pcs $(or $(PCS),1000000) $(ARGS)

screenshots: $(BIN)/.dev ## Take the pictures of the guides again, from the running program (needs Chromium)
	@$(BIN)/python docs/screenshots.py

lock: $(BIN)/.dev ## Choose the versions of dependencies again (needs uv)
	uv pip compile $(LOCK) --all-extras --group test --group lint --group build -o requirements/dev.txt
	uv pip compile $(LOCK) --all-extras --group build -c requirements/dev.txt -o requirements/run.txt
	uv pip compile $(LOCK) --extra agent --group build -c requirements/dev.txt -o requirements/agent.txt
	uv pip compile $(LOCK) --group audit -o requirements/audit.txt
	uv pip compile $(subst --universal,--python-platform windows,$(LOCK)) --extra agent --extra collector --group windows \
		-c requirements/dev.txt -o requirements/windows.txt

LOCK := pyproject.toml --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header

AUDIT := build/audit
advisories: $(AUDIT)/bin/pip-audit ## Look every locked package up in the advisory database; one that cannot be looked up fails
	@mkdir -p build/locks
	@set -e; for lock in requirements/*.txt; do \
	  echo "$$lock…"; \
	  sed -E 's/ ; [^\\]*//' $$lock > build/locks/$$(basename $$lock); \
	  $(AUDIT)/bin/pip-audit --strict --disable-pip --require-hashes --progress-spinner off -r build/locks/$$(basename $$lock); \
	done

sbom: $(AUDIT)/bin/pip-audit ## List what the agent and the collector are made of (CycloneDX, in build/sbom/)
	@mkdir -p build/sbom
	@set -e; for what in agent:agent run:collector; do \
	  $(AUDIT)/bin/cyclonedx-py requirements --pyproject pyproject.toml --output-reproducible --validate \
	    -o build/sbom/$${what#*:}.cdx.json requirements/$${what%:*}.txt; \
	  echo "build/sbom/$${what#*:}.cdx.json"; \
	done

$(AUDIT)/bin/pip-audit: requirements/audit.txt
	@$(PYTHON) -m venv $(AUDIT)
	@$(AUDIT)/bin/python -m pip install --disable-pip-version-check -q --require-hashes -r requirements/audit.txt
	@touch $@

clean: ## Take away what make made
	rm -rf $(VENV) .run build *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit("Préau needs Python 3.11 or newer, this is " + sys.version) if sys.version_info < (3, 11) else 0'
	@$(PYTHON) -m venv $(VENV)

# Hashes are required; the project itself is then installed without asking anything more.
INSTALL = @$(BIN)/python -m pip install --disable-pip-version-check -q
$(BIN)/.run: requirements/run.txt pyproject.toml | $(BIN)/python
	@test -e $(BIN)/.dev || echo "Installing what Préau needs (once)…"
	$(INSTALL) --require-hashes -r requirements/run.txt
	$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

$(BIN)/.dev: requirements/dev.txt pyproject.toml | $(BIN)/python
	@echo "Installing what the tests need (once)…"
	$(INSTALL) --require-hashes -r requirements/dev.txt
	$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@ $(BIN)/.run
