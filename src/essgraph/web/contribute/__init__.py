"""/contribute: an initiative proposed by a form made from the shapes, or by a spreadsheet."""

from essgraph.web.contribute.views import bp

__all__ = ["bp"]
