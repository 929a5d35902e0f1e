"""Validation: shapes, engines, reports."""
