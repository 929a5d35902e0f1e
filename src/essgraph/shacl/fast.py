"""The fast engine: SHACL Core in Rust on the source RDF, SHACL-SPARQL on the store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import shacl
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, serialize

from essgraph.errors import SourceError
from essgraph.shacl import constructs, report, sparql
from essgraph.shacl.data import Data
from essgraph.shacl.report import Result
from essgraph.shacl.shapes import Shapes, blank_shapes_named, shape_called
from essgraph.vocab import SH

_SPARQL = NamedNode(SH + "sparql")


class FastEngine:
    """SHACL Core by PyPI's `shacl`, SHACL-SPARQL constraints as one query each."""

    name = "fast"

    def __init__(self, most: int = sparql.MOST) -> None:
        self._most = most

    def validate(self, data: Data, shapes: Shapes) -> list[Result]:
        """Every result, in any order.

        Raises: SourceError naming the shape, for a construct that neither part handles;
        NotConforming, naming the rules, where SHACL Core, or SHACL-SPARQL, gives as many results
        as are held.
        """
        refuse(shapes)
        queries = sparql.constraints(shapes)
        # Both parts release the interpreter's lock: two cores work at once.
        with ThreadPoolExecutor(1) as pool:
            core = pool.submit(_core, data, shapes, self._most)
            store = data.store
            found: list[Result] = []
            for query in queries:
                found += sparql.run(query, store, most=self._most - len(found))
            return found + core.result()


def refuse(shapes: Shapes) -> None:
    """Stop if the shapes use a construct that the fast engine does not handle.

    Raises: SourceError naming the shape and the term.
    """
    constructs.refuse_unhandled(shapes, constructs.HANDLED_BY_ALL, FastEngine.name)
    constructs.refuse_recursion(shapes)
    for shape, value in shapes.about("closed"):
        # `shacl` 0.3.4 looks at the focus node's properties, not at those of the value nodes.
        closed = isinstance(value, Literal) and value.value in ("true", "1")
        if closed and shapes.value(shape, "path") is not None:
            place = shapes.name(shape)
            raise SourceError(
                f"{place}: sh:closed on a property shape is not handled by the engine "
                f"{FastEngine.name!r}; put it on a shape under sh:node"
            )


def check(shapes: Iterable[Triple], run: Callable[[shacl.Shapes], shacl.Report]) -> list[Result]:
    """The results of SHACL Core shapes, their blank nodes as `shapes` calls them.

    Raises: SourceError for shapes or data the engine cannot read.
    """
    text = serialize(blank_shapes_named(shapes), format=RdfFormat.N_TRIPLES) or b""
    try:
        found = run(shacl.Shapes.from_text(text.decode(), format="ntriples"))
    except (ValueError, OSError) as error:
        raise SourceError(f"fast engine: {error}") from error
    results = report.read(found.serialize("ntriples"))
    return [replace(result, source_shape=shape_called(result.source_shape)) for result in results]


def _core(data: Data, shapes: Shapes, most: int) -> list[Result]:
    # `shacl` passes over some SHACL-SPARQL comparisons (xsd:date) in silence.
    kept = [triple for triple in shapes.triples if triple.predicate != _SPARQL]

    def run(compiled: shacl.Shapes) -> shacl.Report:
        found = compiled.validate_file(str(file), max_results=most)
        if len(found) >= most:
            # One mistake of a converter breaks a rule 740,000 times: 10 GB, if all were held.
            broken = Counter(result.root_shape for result in found.results).most_common(3)
            listed = ", ".join(f"{rule} ({times})" for rule, times in broken)
            raise sparql.too_many(most, listed)
        return found

    with data.one_file() as file:
        return check(kept, run)
