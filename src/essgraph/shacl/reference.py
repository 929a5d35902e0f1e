"""The reference engine: pySHACL over rdflib. Slow; every other engine is measured against it.

Both libraries are imported where they are used: every command would pay 0.1 s for them.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from pyoxigraph import Literal, NamedNode, Triple

from essgraph.errors import SourceError
from essgraph.shacl import constructs, report, sparql
from essgraph.shacl.data import Data
from essgraph.shacl.shapes import Shapes
from essgraph.vocab import SH

_QUERIES = (NamedNode(SH + "select"), NamedNode(SH + "ask"))


class PyShacl:
    """SHACL Core, SHACL-SPARQL constraints and constraint components."""

    name = "pyshacl"

    def validate(self, data: Data, shapes: Shapes) -> list[report.Result]:
        """Every result, in any order.

        Raises: SourceError for shapes pySHACL cannot load or run.
        """
        import pyshacl
        import rdflib

        handled = constructs.HANDLED_BY_ALL | constructs.COMPONENTS
        constructs.refuse_unhandled(shapes, handled, self.name)
        with _lexical_forms_kept():
            data_graph = rdflib.Graph()
            for source in data.sources:
                data_graph.parse(source, format="nt")
            text = _with_prefixes(shapes).ntriples()
            shapes_graph = rdflib.Graph().parse(data=text, format="nt")
            try:
                _, found, said = pyshacl.validate(data_graph, shacl_graph=shapes_graph)
            except RuntimeError as error:  # the base of every error in pyshacl.errors
                raise SourceError(f"pyshacl: {error}") from error
            if not isinstance(found, rdflib.Graph):
                raise SourceError(f"pyshacl: {said}")
            return report.read(found.serialize(format="nt"))


def _with_prefixes(shapes: Shapes) -> Shapes:
    """The same shapes, each query with its PREFIX lines: pySHACL follows no owl:imports."""
    triples = list(shapes.triples)
    for i, triple in enumerate(triples):
        query = triple.object
        if triple.predicate in _QUERIES and isinstance(query, Literal):
            lines = sparql.prefixes(shapes, triple.subject)
            triples[i] = Triple(triple.subject, triple.predicate, Literal(lines + query.value))
    return Shapes(triples)


@contextmanager
def _lexical_forms_kept() -> Iterator[None]:
    """rdflib rewrites "01"^^xsd:integer as "1" unless this global says no."""
    import rdflib

    before = rdflib.NORMALIZE_LITERALS
    log = logging.getLogger("rdflib.term")
    rdflib.NORMALIZE_LITERALS = False
    log.addFilter(_nothing)  # an ill-formed literal is a result, not a traceback on the terminal
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module=r"rdflib\.term")
            yield
    finally:
        rdflib.NORMALIZE_LITERALS = before
        log.removeFilter(_nothing)


def _nothing(_: logging.LogRecord) -> bool:
    return False
