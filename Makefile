# One command per chore. `make run` is all that a stranger needs.
PY ?= python3
PORT ?= 8000
PACK ?= src/xiucheng/city/packs/demo
X = .venv/bin/xiucheng

.PHONY: help run demo test lint fmt bench docs pack install install-test lock clean

help:
	@echo "make run     安装并启动（首次约一分钟） · install and start"
	@echo "make demo    在运行中的系统里演一天 · play a day in the running service"
	@echo "make test    全部检查与测试 · all checks and tests"
	@echo "make lint    只检查写法 · style, rooms, types"
	@echo "make fmt     整理代码格式 · format the code"
	@echo "make bench   测速 · measure"
	@echo "make docs    由代码生成文档 · write the generated documents"
	@echo "make pack    校验城区配置包 PACK=目录 · check a district pack"

install:
	@$(PY) .ci/install.py run

install-test:
	@$(PY) .ci/install.py test

run: install
	@exec $(X) run --port $(PORT) $(ARGS)

demo: install
	@exec $(X) demo $(ARGS)

test: install-test
	@.venv/bin/python .ci/check.py $(ARGS)

lint: install-test
	@.venv/bin/python .ci/check.py lint

fmt: install-test
	@.venv/bin/ruff check -q --fix src tests .ci; .venv/bin/ruff format -q src tests .ci

bench: install-test
	@exec $(X) bench $(ARGS)

docs: install
	@exec $(X) docs $(ARGS)

pack: install
	@exec $(X) import pack $(PACK) --check $(ARGS)

lock: install-test
	@.venv/bin/pip-compile -q --generate-hashes --allow-unsafe --strip-extras --no-emit-index-url --no-emit-find-links --no-header -o requirements.lock pyproject.toml
	@.venv/bin/pip-compile -q --generate-hashes --allow-unsafe --strip-extras --no-emit-index-url --no-emit-find-links --no-header --extra test -o requirements-test.lock pyproject.toml

clean:
	@rm -rf .venv node_modules out build dist .mypy_cache .ruff_cache .pytest_cache
