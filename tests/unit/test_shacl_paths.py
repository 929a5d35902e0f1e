"""Property paths: RDF in, SPARQL and RDF out."""

from __future__ import annotations

import pytest
from pyoxigraph import Dataset, NamedNode, Quad, RdfFormat, Triple, parse

from essgraph.errors import SourceError
from essgraph.shacl import paths
from essgraph.vocab import SH

_PATH = NamedNode(SH + "path")


def _graph(turtle: str) -> tuple[Dataset, object]:
    text = f"@prefix sh: <{SH}> . @prefix ex: <http://e/> . ex:shape sh:path {turtle} ."
    graph = Dataset(parse(text, RdfFormat.TURTLE))
    return graph, paths.value(graph, NamedNode("http://e/shape"), _PATH)


@pytest.mark.parametrize(
    ("turtle", "sparql"),
    [
        ("ex:p", "<http://e/p>"),
        ("[ sh:inversePath ex:p ]", "(^<http://e/p>)"),
        ("( ex:p ex:q )", "(<http://e/p>/<http://e/q>)"),
        ("[ sh:alternativePath ( ex:p ex:q ) ]", "(<http://e/p>|<http://e/q>)"),
        ("[ sh:zeroOrMorePath ex:p ]", "(<http://e/p>*)"),
        ("[ sh:oneOrMorePath ex:p ]", "(<http://e/p>+)"),
        ("[ sh:zeroOrOnePath ex:p ]", "(<http://e/p>?)"),
        (
            "( ex:p [ sh:inversePath [ sh:oneOrMorePath ex:q ] ] )",
            "(<http://e/p>/(^(<http://e/q>+)))",
        ),
    ],
)
def test_path_survives_reading_and_writing(turtle: str, sparql: str) -> None:
    """Each kind of path has its SPARQL text, and comes back from the RDF it is written as."""
    path = paths.read(*_graph(turtle))
    triples: list[Triple] = []
    node = path.describe(triples)
    written = Dataset(Quad(t.subject, t.predicate, t.object) for t in triples)

    assert str(path) == sparql
    assert paths.read(written, node) == path


@pytest.mark.parametrize(
    "turtle",
    ['"p"', "[ ]", "( ex:p )", "[ sh:alternativePath ( ) ]", "[ sh:inversePath [ ] ]"],
)
def test_what_is_no_path_is_refused(turtle: str) -> None:
    """A literal, an empty node and a list of one are no paths."""
    graph, node = _graph(turtle)

    with pytest.raises(SourceError, match=r"path|list"):
        paths.read(graph, node)


def test_circular_list_is_refused() -> None:
    """A list that runs into itself ends in an error, not in an endless loop."""
    rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    text = f"_:a <{rdf}first> <x:p> ; <{rdf}rest> _:a . <x:s> <{SH}path> _:a ."
    graph = Dataset(parse(text, RdfFormat.TURTLE))
    head = paths.value(graph, NamedNode("x:s"), _PATH)

    with pytest.raises(SourceError, match="list"):
        paths.read(graph, head)


def test_endless_path_is_refused() -> None:
    """A path that is its own inverse ends in an error."""
    text = f"_:a <{SH}inversePath> _:a . <x:s> <{SH}path> _:a ."
    graph = Dataset(parse(text, RdfFormat.TURTLE))
    node = paths.value(graph, NamedNode("x:s"), _PATH)

    with pytest.raises(SourceError, match="property path"):
        paths.read(graph, node)
