"""The text index of a release: written once by a build, looked up by the pages.

One SQLite file. Entities are numbered best first, so that the text index answers in order
of rank without sorting.
"""

from essgraph.search.find import ClassCount, ClassPage, Hit, SearchIndex, SearchPage
from essgraph.search.index import build
from essgraph.search.updating import update

__all__ = ["ClassCount", "ClassPage", "Hit", "SearchIndex", "SearchPage", "build", "update"]
