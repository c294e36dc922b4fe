# Two commands do everything: `make demo` and `make test`. Both install what they need first.
PY := .venv/bin/python

.PHONY: setup demo test check bench fuzz robot soak crash faults bundle catalogue lock clean

setup:
	@sh packaging/setup.sh

demo: setup
	@$(PY) -m outlet_app demo

test: check
	@$(PY) -m pytest -n 2 --dist loadscope

check: setup
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@.venv/bin/lint-imports --no-cache

bench: setup
	@$(PY) -m benchmarks

# The Chinese texts, as the programs read them.
catalogue: setup
	@.venv/bin/pybabel --quiet compile -D "outlet click" -d outlet_app/locale

# Long campaigns; the tests hold small seeded versions of them.
FUZZ_SECONDS ?= 1800
fuzz: setup
	@sh packaging/fuzz.sh $(FUZZ_SECONDS) $(SEED)

robot: setup
	@nice -n 19 $(PY) -m campaigns.robot --cards 10000 --readers 8 --faults 0.1 --seed $(or $(SEED),1)

soak: setup
	@nice -n 19 $(PY) -m campaigns.soak --rounds 100

crash: setup
	@nice -n 19 $(PY) -m campaigns.crash --kills 1000 --seed $(or $(SEED),1)
	@nice -n 19 $(PY) -m campaigns.crash.power --seed $(or $(SEED),1)

faults: setup
	@nice -n 19 $(PY) -m campaigns.faults --seed $(or $(SEED),1)
	@nice -n 19 $(PY) -m campaigns.faults.one_refused

bundle: setup
	@nice -n 19 $(PY) -m campaigns.bundle --records 10000 --flips 1000 --seed $(or $(SEED),1)

# The lock file: exact versions with hashes for Python 3.11 to 3.13, without the name of any host.
lock: setup
	@$(PY) -m pip install --quiet uv
	@$(PY) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--all-extras --no-annotate --no-header pyproject.toml -o requirements.lock
	@$(PY) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-annotate --no-header packaging/build-requirements.in -o requirements-build.lock
	@$(PY) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-annotate --no-header packaging/fuzz-requirements.in -o requirements-fuzz.lock

clean:
	rm -rf build .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
