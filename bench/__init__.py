"""Benchmarks: each claim is a ratio or a limit measured in one run, written to `bench/results/`."""
