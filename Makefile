# SPDX-License-Identifier: Apache-2.0
# The everyday commands. Each says in one line what it does, and is quick when there is nothing to do.

jobs := $(shell nproc)
# Clones in other folders share what was compiled.
export CCACHE_NOHASHDIR := 1
export CCACHE_BASEDIR := $(CURDIR)
# One more than cores: tests of servers and deadlines wait.
export CTEST_PARALLEL_LEVEL := $(shell echo $$(($(jobs) + 1)))

bench_servers := /tmp/tupelo-bench-$(shell id -u)

.DEFAULT_GOAL := help
.PHONY: help bootstrap demo test bench bench-peers format lint docs clean

# $(call configure,<preset>): quiet unless it fails. configure_flags= adds settings, e.g. -DTUPELO_PRECOMPILE_TESTS=ON.
define configure
	@mkdir -p build
	@cmake --preset $(1) $(configure_flags) >build/configure-$(1).log 2>&1 || { cat build/configure-$(1).log; exit 1; }
endef

help:
	@echo "make demo    the blog example, from an empty folder to a migrated, queried database"
	@echo "make test    build everything and run every test"
	@echo "make bench   measure against hand-written sqlite3 and libpq C; writes build/bench.json"
	@echo "make bench-peers   the same statement through other PostgreSQL clients, as far as they can be installed"
	@echo "make format  format every C++ file"
	@echo "make lint    formatting, layering and clang-tidy"
	@echo "make docs    the API reference, in build/docs/api"
	@echo "make clean   remove build/"

bootstrap:
	@scripts/bootstrap.sh

demo: bootstrap
	@echo "demo: building the blog example (build/demo), then running it"
	$(call configure,demo)
	@cmake --build build/demo -j $(jobs) --target blog_demo blog_manage -- --quiet
	@build/demo/examples/blog/blog_demo

test: bootstrap
	@echo "test: building everything (build/dev), then running every test"
	$(call configure,dev)
	@cmake --build build/dev -j $(jobs)
	@ctest --test-dir build/dev --output-on-failure --no-tests=error --output-junit tests.xml || \
	  { status=$$?; scripts/failed_tests.py build/dev/tests.xml; exit $$status; }
	@scripts/check_conformance.py build/dev/tests.xml

bench: bootstrap
	@echo "bench: building with -O2 (build/release), then measuring against hand-written C; writes build/bench.json"
	$(call configure,release)
	@cmake --build build/release -j $(jobs) --target tupelo_bench -- --quiet
	@scripts/servers.sh start $(bench_servers)
	@TUPELO_TEST_POSTGRES='postgresql://tupelo@/postgres?host=$(bench_servers)/pg15' \
	  bench/run.py --bench build/release/bench/tupelo_bench --json build/bench.json; \
	  status=$$?; scripts/servers.sh stop $(bench_servers); exit $$status

bench-peers: bootstrap
	@echo "bench-peers: building with -O2 (build/release), then measuring beside other clients; writes build/peers.json"
	$(call configure,release)
	@cmake --build build/release -j $(jobs) --target tupelo_peer tupelo_reflection_peer -- --quiet
	@scripts/servers.sh start $(bench_servers)
	@bench/peers/run.py --url 'postgresql://tupelo@/postgres?host=$(bench_servers)/pg15' --build build/peers \
	  --tupelo build/release/bench/tupelo_peer --reflection build/release/bench/tupelo_reflection_peer --json build/peers.json; \
	  status=$$?; scripts/servers.sh stop $(bench_servers); exit $$status

format: bootstrap
	@echo "format: formatting every C++ file"
	@scripts/format.sh

lint: bootstrap
	@echo "lint: formatting, layering, clang-tidy over src/"
	$(call configure,dev)
	@scripts/format.sh --check
	@scripts/check_layering.sh build/dev
	@scripts/tidy.sh build/dev

docs: bootstrap
	@echo "docs: writing the API reference to build/docs/api/index.html"
	@mkdir -p build/docs
	@doxygen docs/Doxyfile

clean:
	@echo "clean: removing build/"
	@rm -rf build
