"""The text index of a release: written once by a build, looked up by the pages.

One SQLite file. Entities are numbered best first, so that the text index answers in order
of rank without sorting.
"""

from essgraph.search.facets import FACETS
from essgraph.search.find import SearchIndex
from essgraph.search.fold import same, words
from essgraph.search.index import build
from essgraph.search.model import (
    KINDS,
    ClassCount,
    ClassPage,
    ExplorePage,
    Facet,
    FacetValue,
    Hit,
    Place,
    PlacePage,
    SearchPage,
    Selection,
)
from essgraph.search.spots import KINDS as MAPPED
from essgraph.search.updating import update
from essgraph.search.whole import Whole

__all__ = [
    "FACETS",
    "KINDS",
    "MAPPED",
    "ClassCount",
    "ClassPage",
    "ExplorePage",
    "Facet",
    "FacetValue",
    "Hit",
    "Place",
    "PlacePage",
    "SearchIndex",
    "SearchPage",
    "Selection",
    "Whole",
    "build",
    "same",
    "update",
    "words",
]
