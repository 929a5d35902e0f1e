"""Promises about the published graph: these tests build it from `data/`."""
