"""Measurements, run by hand: `python -m tests.benchmarks.NAME`; never collected as tests."""
