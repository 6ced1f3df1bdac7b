# Contrafact: `make demo` and `make test` do all their own set-up.
SHELL := /bin/bash
.PHONY: demo test lint bench
test lint demo bench:
	@echo "being built" && false
