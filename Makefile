# xunjian 巡检: everything a developer or a trial user types.
#   make demo   set up, serve the replica on loopback, scan it, print the summary
#   make scan   scan the sites of config/ruichang, print the summary (also of an incomplete scan)
#   make test   set up and run all tests

PYTHON ?= python3
VENV   := .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif
PY := $(BIN)/python

.PHONY: help demo year demo-site demo-mend test scan setup lint format lock rules bench bench-reading bench-mutants mutation clean
.DEFAULT_GOAL := help

help:
	@echo "make demo   运行演示：在本机建立两个网站的副本，检测一遍，显示需整改的单位"
	@echo "make demo-site  演示之后再启动那两个网站，继续试用；make demo-mend UNIT=单位  让该单位整改"
	@echo "make scan   按 config/ruichang 检测已配置的网站"
	@echo "make test   运行全部测试"
	@echo "make year   重放 2018 年：检测、提醒、整改、通报、年终考评，逐格与真值核对"
	@echo "make lint   格式、静态检查、类型、依赖方向"
	@echo "make bench  基准对比（读取准确率、每秒页数、内存）；只测读取：make bench-reading"
	@echo "make rules  重新生成 docs/rules"

# One stamp a requirements file: what is locked is what is installed.
$(VENV)/ready: requirements-dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "需要 Python 3.11 以上：请安装后重试，或用 make PYTHON=python3.12 指定"; exit 2; }
	@$(PYTHON) -m venv $(VENV) || { echo "无法建立虚拟环境：Debian/Ubuntu 请先 apt-get install python3-venv"; exit 2; }
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

setup: $(VENV)/ready

demo: setup
	@$(PY) -m tests.replica.demo

# The demo's two sites again, until Ctrl-C; in another terminal, what a unit does about its findings.
demo-site: setup
	@$(PY) -m tests.replica.demo --serve

demo-mend: setup
	@$(PY) -m tests.replica.demo --mend "$(UNIT)"

# 2018 in one process with a virtual clock, over HTTP and SMTP on loopback, held against the truth.
year: setup
	@$(PY) -m tests.replica.year

scan: setup
	@$(BIN)/xunjian scan --kind weekly; status=$$?; \
	if [ $$status -eq 0 ] || [ $$status -eq 3 ]; then $(BIN)/xunjian summary; fi; exit $$status

test: setup
	@$(PY) -m pytest -n auto --dist loadscope --no-loadscope-reorder

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

rules: setup
	$(BIN)/xunjian rules --write docs/rules

bench: bench-reading
	$(PY) -m tests.benchmarks.pipeline
	$(PY) -m tests.benchmarks.assess
	$(PY) -m tests.benchmarks.audit

# What our reader is measured beside is installed only here.
bench-reading: setup
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.txt
	$(PY) -m tests.benchmarks.reading

# Mutants of real pages, by kind and field: how many are read wrongly and surely.
bench-mutants: setup
	$(PY) -m tests.benchmarks.mutants --count 250

# What the tests notice of changes to the rules' code: half an hour; COUNT=60 for a look.
COUNT ?= 300
mutation: setup
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.txt
	$(PY) -m tests.benchmarks.mutation --count $(COUNT)

# Needs uv; the result installs with plain pip.
lock:
	uv pip compile --universal --generate-hashes --no-emit-index-url --python-version 3.11 pyproject.toml -o requirements.txt
	uv pip compile --universal --generate-hashes --no-emit-index-url --python-version 3.11 pyproject.toml --group dev -o requirements-dev.txt
	uv pip compile --universal --generate-hashes --no-emit-index-url --python-version 3.11 pyproject.toml --extra browser -o requirements-browser.txt
	uv pip compile --universal --generate-hashes --no-emit-index-url --python-version 3.11 --group pyproject.toml:bench -c requirements-dev.txt -o requirements-bench.txt

clean:
	rm -rf $(VENV) demo-data build *.egg-info
