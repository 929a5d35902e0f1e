"""The test suite: unit, http, conformance, property, national; benchmarks are never collected."""
