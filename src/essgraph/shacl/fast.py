"""The fast engine: SHACL Core in Rust on the source RDF, SHACL-SPARQL on the store."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import shacl
from pyoxigraph import NamedNode

from essgraph.errors import SourceError
from essgraph.shacl import constructs, report, sparql
from essgraph.shacl.data import DataGraph
from essgraph.shacl.shapes import Shapes
from essgraph.vocab import SH

_SPARQL = NamedNode(SH + "sparql")


class FastEngine:
    """SHACL Core by PyPI's `shacl`, SHACL-SPARQL constraints as one query each.

    `shacl` passes over some SHACL-SPARQL comparisons (xsd:date) in silence, so it is never
    given a sh:sparql triple.
    """

    name = "fast"

    def validate(self, data: DataGraph, shapes: Shapes) -> list[report.Result]:
        """Every result, in any order.

        Raises: SourceError naming the shape, for a construct that neither part handles.
        """
        constructs.refuse_unhandled(shapes, constructs.HANDLED_BY_ALL, self.name)
        constructs.refuse_recursion(shapes)
        queries = sparql.constraints(shapes)
        # Both parts release the interpreter's lock: two cores work at once.
        with ThreadPoolExecutor(1) as pool:
            core = pool.submit(_core, data, shapes)
            store = data.store
            found = [result for query in queries for result in sparql.run(query, store)]
            return found + core.result()


def _core(data: DataGraph, shapes: Shapes) -> list[report.Result]:
    kept = frozenset(triple for triple in shapes.triples if triple.predicate == _SPARQL)
    try:
        compiled = shacl.Shapes.from_text(shapes.ntriples(without=kept), format="ntriples")
        found = compiled.validate_file(str(data.source))
    except (ValueError, OSError) as error:
        raise SourceError(f"fast engine: {error}") from error
    return report.read(found.serialize("ntriples"))
