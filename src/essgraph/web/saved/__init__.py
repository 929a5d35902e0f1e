"""Saved queries: an index, and for each one a form, its answer and its text."""

from essgraph.web.saved.views import bp

__all__ = ["bp"]
