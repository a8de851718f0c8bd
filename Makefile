# `make run` and `make test` are all a newcomer needs. Each target sets up what it needs first; once that is done, the set-up
# costs a tenth of a second.

SHELL := /bin/bash
.DEFAULT_GOAL := help

MODEL ?= smollm2:135m
PROMPT ?= Why is the sky blue?
ARGS ?=

# The text goes through the environment, as it was typed: neither make nor the shell may read `$`, quotes or `?` in it.
override PROMPT := $(value PROMPT)
override MODEL := $(value MODEL)
export PROMPT MODEL

# Every recipe of several commands starts with this. In two steps, since `eval "$(…)"` hides a failure of what it evaluates.
use_llama := set -euo pipefail; exports="$$(Scripts/setup --print-env)"; eval "$$exports"
formatted := $(wildcard Sources Tests Benchmarks Fuzz Snippets Package.swift Benchmarks/Package.swift Fuzz/Package.swift)
# Without the real model: the sanitizer does not see what llama.cpp's threads do. Nothing is suppressed.
sanitized_tests := MULLAMA_ONLY=library MULLAMA_TSAN=1 swift test --sanitize=thread --scratch-path .build-tsan-library --disable-xctest \
	--no-parallel --filter 'InferenceCoreTests|MullamaTests'

.PHONY: help run test bench fuzz build release format format-check setup test-setup docs docs-check env

help:
	@echo 'make run [PROMPT="…"] [MODEL=smollm2:135m]  answer a prompt; the answer alone is on standard output (make -s run | …)'
	@echo 'make test          all tests, with real clients and under the thread sanitizer too; fetches a second model (253 MB) and the clients'
	@echo 'make bench [ARGS="…"] [MODEL=synthetic-1b]  the benchmarks against llama-server, 20 to 50 minutes; writes docs/benchmarks.md'
	@echo 'make fuzz [ARGS="--seconds 30"]  random chat templates, 10 minutes of them; a crash or a hang is named by its seed'
	@echo 'make docs          the documentation of the library; prints where it is'
	@echo 'make docs-check    the documentation, and every sample in it run'
	@echo 'make build         a debug build of everything'
	@echo 'make release       the optimised mullama; prints where it is'
	@echo 'make format        format the sources in place'
	@echo 'make format-check  complain about unformatted sources'
	@echo 'make setup         llama.cpp and the default model into the cache, nothing else'
	@echo 'make env           what a package elsewhere must export to build against this: eval "$$(make -s env)"'

setup:
	@Scripts/setup

# Two architectures: what holds for one is not taken to hold for all.
test-setup:
	@Scripts/setup --models all

env:
	@Scripts/setup --llama
	@Scripts/setup --print-env

run: setup
	@$(use_llama); \
	[ -x .build/release/mullama ] || echo 'Building mullama (optimised; the first time takes a few minutes)' >&2; \
	swift build -c release --product mullama >&2; \
	exec .build/release/mullama run -- "$$MODEL" "$$PROMPT"

# One test at a time: two models that compute on the same cores wait for each other's spinning threads.
test: test-setup
	@$(use_llama); \
	echo 'Building all tests (debug)' >&2; \
	swift build --build-tests; \
	swift test --skip-build --disable-xctest --no-parallel; \
	echo 'Testing the server with the clients that people have: openai, ollama, curl' >&2; \
	python="$$(Scripts/clients)"; \
	MULLAMA="$$(swift build --show-bin-path)/mullama" "$$python" -m pytest -q -p no:cacheprovider Tests/Clients; \
	echo 'Testing the core and the library under the thread sanitizer' >&2; \
	$(sanitized_tests)

# Two architectures and llama-server. What is measured takes the place of what docs/benchmarks.md says of it.
bench: test-setup
	@Scripts/setup --server
	@if [ "$$MODEL" = synthetic-1b ]; then Scripts/setup --synthetic; fi
	@$(use_llama); \
	server="$$(Scripts/setup --print-server)"; \
	echo 'Building the benchmarks (optimised)' >&2; \
	swift build -c release --package-path Benchmarks --product mullama-bench >&2; \
	swift build -c release --product mullama >&2; \
	exec Benchmarks/.build/release/mullama-bench --model "$$MODEL" --server "$$server" --daemon .build/release/mullama --report docs $(ARGS)

# Checked arithmetic, and optimised: what it finds is what users would run into.
fuzz:
	@echo 'Building the fuzz target (optimised)' >&2; \
	set -euo pipefail; \
	swift build -c release --package-path Fuzz --product template-fuzz >&2; \
	exec Fuzz/.build/release/template-fuzz $(ARGS)

docs:
	@Scripts/setup --llama
	@$(use_llama); swift build; Scripts/check-docs

docs-check: setup
	@$(use_llama); swift build; Scripts/check-docs; Scripts/check-snippets

build:
	@Scripts/setup --llama
	@$(use_llama); swift build

release:
	@Scripts/setup --llama
	@$(use_llama); \
	swift build -c release --product mullama >&2; \
	echo "$$(swift build -c release --show-bin-path)/mullama"

format:
	@swift format --in-place --recursive --parallel $(formatted)

format-check:
	@swift format lint --strict --recursive --parallel $(formatted)
