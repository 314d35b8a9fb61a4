# Two commands matter: `make run` and `make test`. `make help` tells the rest.
.SILENT:
.DEFAULT_GOAL := help
.PHONY: help run test chromium lint format types translations bench bench-peers lock clean check-deploy

# Behind a company's proxy the machine's own list of certificates is the one that is right.
export UV_SYSTEM_CERTS := true

PYTHON ?=
ARGS ?=
BIN := .venv/bin
MANAGE := $(BIN)/python manage.py
CODE := manage.py clinic tenants accounts scheduling records billing tests
TEMPLATES = find . -name '*.html' -path '*/templates/*' -not -path './.*' -print0

help:
	echo 'make run           starts everything: database, site, worker; prints the addresses'
	echo 'make test          lets the whole suite run, in parallel; ARGS="-k slots" goes to pytest'
	echo '                   ARGS=--long: bots and rushes in all rounds, not only in those that decide'
	echo 'make lint          checks style of code and templates;  make format  mends it'
	echo 'make translations  compiles what is sent to people in other languages (locale/)'
	echo 'make types         checks the types'
	echo 'make bench         measures the installation against its yardsticks'
	echo 'make bench-peers   measures it against its peers'
	echo 'make check-deploy  asks Django whether these settings may go into production'
	echo 'make lock          pins the dependencies of pyproject.toml (ARGS=--upgrade for newer ones)'
	echo 'make clean         removes what was installed; CONFIRM=yes: the data folder too'
	echo
	echo 'DATABASE_URL  the PostgreSQL to use; without it one is started in DATA_DIR and the demo is shown'
	echo 'DEMO          true or false; without it true exactly when DATABASE_URL is not set'
	echo 'DATA_DIR      where everything is kept (.data)'
	echo 'PORT, LISTEN  where the site listens (8000 on 127.0.0.1)'
	echo 'PYTHON        the Python to use (the first of 3.11 or newer that is found)'
	echo 'CHROMIUM      the browser of the tests (the first that is found, else installed by root)'

# Without a database of their own, people want to see the demo.
run: .venv/run
	if [ -z "$${DATABASE_URL:-}" ]; then DEMO="$${DEMO-true}"; export DEMO; fi; \
	exec $(MANAGE) serve

# --- The virtual environment ------------------------------------------------------------------------
# A stamp per set of dependencies: nothing is done again until its file changes.

.venv/run: requirements.txt
	$(install)

.venv/dev: requirements-dev.txt
	$(install)

# Finds a Python, makes the environment, brings in uv (pinned and hashed, as all), and installs with it;
# where uv cannot reach what pip can, pip does it.
define install
	set -eu; \
	step() { printf '%s … ' "$$1"; started=$$(date +%s); }; \
	done_() { echo "ready ($$(( $$(date +%s) - started )) s)"; }; \
	dots() { while kill -0 "$$1" 2>/dev/null; do sleep 0.3; printf '.'; done; wait "$$1"; }; \
	if ! $(BIN)/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	  for python in $${PYTHON:-python3 python3.13 python3.12 python3.11} ''; do \
	    [ -n "$$python" ] || { echo "Python 3.11 or newer is needed: install it, or name it as in PYTHON=/path/to/python3.12." >&2; exit 1; }; \
	    "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; \
	  done; \
	  "$$python" -c 'import venv, ensurepip' 2>/dev/null || { \
	    echo "Python's venv module is missing: install it (on Debian and Ubuntu: apt-get install python3-venv)." >&2; exit 1; }; \
	  step "Virtual environment in .venv"; rm -rf .venv; \
	  "$$python" -m venv .venv || { rm -rf .venv; echo "The virtual environment could not be made: the reason is above." >&2; exit 1; }; done_; \
	fi; \
	if [ ! -x $(BIN)/uv ]; then \
	  step "Installer"; \
	  sed -n '/^uv==/,/[^\\]$$/p' requirements-dev.txt > .venv/uv.txt; \
	  $(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r .venv/uv.txt \
	    || { echo "The package index could not be reached: the reason is above." >&2; exit 1; }; done_; \
	fi; \
	step "Dependencies of $<"; \
	$(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r $< 2>.venv/uv.log & \
	dots $$! || { printf ' with pip … '; \
	  $(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r $< \
	    || { cat .venv/uv.log >&2; echo "The dependencies could not be installed: the reason is above." >&2; exit 1; }; }; \
	printf ' '; done_; touch $@
endef

# --- Tests ------------------------------------------------------------------------------------------

# Two validators of FHIR that are not ours, run by node; a test that lacks them says so, and fails in CI.
VALIDATORS := tests/validators/node_modules/.package-lock.json
$(VALIDATORS): tests/validators/package-lock.json
	if ! command -v npm >/dev/null && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "Installing node, which runs the validators of FHIR …"; \
	  { apt-get -qq update; DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends nodejs npm; } \
	    >.venv/node.log 2>&1 || tail -n 5 .venv/node.log >&2; \
	fi; \
	{ cd tests/validators && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >../../.venv/npm.log 2>&1 \
	  && touch node_modules/.package-lock.json; } || echo "THE VALIDATORS OF FHIR COULD NOT BE INSTALLED: see .venv/npm.log" >&2

# The tests' own database and folder are made by clinic/db/testing.py.
test: .venv/dev $(VALIDATORS)
	set -eu; \
	for browser in "$${CHROMIUM:-}" chromium-headless-shell chromium chromium-browser google-chrome google-chrome-stable ''; do \
	  [ -n "$$browser" ] && command -v "$$browser" >/dev/null && break; \
	done; \
	if [ -z "$$browser" ] && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "Installing Chromium …"; \
	  apt-get -qq update >.venv/chromium.log 2>&1 || true; \
	  for package in chromium-headless-shell chromium; do \
	    DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "$$package" fonts-liberation \
	      >>.venv/chromium.log 2>&1 && browser="$$package" && break; \
	  done; \
	  [ -n "$$browser" ] || tail -n 5 .venv/chromium.log >&2; \
	fi; \
	if [ ! -e .venv/khal.log ] && ! command -v khal >/dev/null && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "Installing khal, the calendar program of the tests …"; \
	  { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends khal; } \
	    >.venv/khal.log 2>&1 || tail -n 5 .venv/khal.log >&2; \
	fi; \
	if [ -n "$$browser" ]; then \
	  CHROMIUM="$$(command -v "$$browser")"; export CHROMIUM; \
	  exec $(BIN)/python -m pytest -n logical --maxprocesses 8 --dist worksteal $(ARGS); \
	fi; \
	lacking='No Chromium: install the package chromium (as root: apt-get install chromium) or name one in CHROMIUM.'; \
	if [ "$${CI:-}" = true ]; then echo "$$lacking" >&2; exit 1; fi; \
	echo "$$lacking THE BROWSER TESTS ARE NOT RUN." >&2; \
	$(BIN)/python -m pytest -n logical --maxprocesses 8 --dist worksteal -m 'not browser' $(ARGS); \
	echo "THE BROWSER TESTS WERE NOT RUN. $$lacking" >&2

lint: .venv/dev
	$(BIN)/ruff check $(CODE)
	$(BIN)/ruff format --check $(CODE)
	$(TEMPLATES) | xargs -0r $(BIN)/djade --check --target-version 5.2
	$(BIN)/djlint --lint --quiet templates

format: .venv/dev
	$(BIN)/ruff check --fix $(CODE)
	$(BIN)/ruff format $(CODE)
	$(TEMPLATES) | xargs -0r $(BIN)/djade --target-version 5.2

# The compiled ones are kept with the others: a clone needs no tool to speak.
translations: .venv/run
	$(BIN)/pybabel -q compile -d locale -D django

# The types of models are read from the settings, which no database has to answer for.
types: .venv/dev
	SECRET_KEY=types DATABASE_URL=postgresql://types@localhost/types $(BIN)/mypy

check-deploy: .venv/run
	$(MANAGE) check --deploy --fail-level WARNING

# --- The rest ---------------------------------------------------------------------------------------

bench: .venv/dev
	$(MANAGE) bench $(ARGS)

bench-peers: .venv/dev
	$(MANAGE) bench_peers $(ARGS)

LOCK = $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-emit-find-links --custom-compile-command 'make lock' $(ARGS) pyproject.toml

# What runs keeps the pins of the tools' list, so that both name the same versions.
lock: .venv/dev
	$(LOCK) --group dev -o requirements-dev.txt
	$(LOCK) -c requirements-dev.txt --no-annotate -o requirements.txt

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
	if [ "$(CONFIRM)" = yes ]; then rm -rf "$${DATA_DIR:-.data}"; \
	else echo "The data folder is kept; CONFIRM=yes removes it too."; fi
