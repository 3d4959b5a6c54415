# `make demo` and `make test` do all the set-up they need; see README.md.
# The distribution's own Python where it is new enough: it was built with profiles, one built at home is a third slower.
PYTHON ?= $(shell /usr/bin/python3 -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo /usr/bin/python3 || echo python3)
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
CPUS   := $(shell nproc)

LEAN   := -p no:logging -p no:cacheprovider --capture sys
UNITS  := $(patsubst %,unit-%,$(shell seq $(CPUS)))

.PHONY: demo test ready unit weigh live lint type fmt bench docs man setup system clean

$(STAMP): setup.cfg pyproject.toml
	@$(PYTHON) deploy/venv.py $(VENV)
	@touch $(STAMP)

setup: $(STAMP)

system: ## Debian packages that the tests' real components come from
	@sh deploy/packages.sh

unit: setup ## in one process a CPU, each with its own part of the modules
	@$(MAKE) --no-print-directory -O -j$(CPUS) $(UNITS)

# What they write needs no disk to outlive them: a journal syncs each entry, and disks are slow at that. Nor do
# they log much, and start no process that prints: to catch either costs as much as many a test does. Nor is kept which
# of them failed: of several processes each would write down that all others have not.
unit-% weigh: export TMPDIR = $(wildcard /dev/shm)
unit-%:
	@$(BIN)/python -m pytest tests/unit --part $*/$(CPUS) $(LEAN)

weigh: setup ## measure how long each module of the unit tests takes, in its process, so that they are shared out evenly
	@for part in $$(seq $(CPUS)); do \
		$(BIN)/python -m pytest tests/unit --part $$part/$(CPUS) --weigh $(LEAN) || exit; done

demo: setup
	@$(BIN)/netmon demo

live: setup system ## tests on real networks and daemons, which wait for most of their time: three for each of two CPUs
	@$(BIN)/python -m pytest -n 6 --no-loadscope-reorder tests/lab tests/e2e

ready:
	@$(MAKE) --no-print-directory -j2 setup system

# The tests type hundreds of commands: where Python may keep no bytecode, each of them would compile netmon anew.
test unit weigh live: export PYTHONDONTWRITEBYTECODE =
test: ready ## all tests: first those that tell in a third of a minute what is wrong
	@$(MAKE) --no-print-directory -k unit live

lint: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

type: setup
	$(BIN)/mypy

fmt: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: setup
	@$(BIN)/python -m pytest tests/bench -m bench -s

docs: setup
	$(BIN)/python docs/generate.py
	$(BIN)/python dashboards/generate.py

man: setup ## manual pages, for /usr/local/share/man/man1
	$(BIN)/python docs/generate_man.py build/man/man1

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache
