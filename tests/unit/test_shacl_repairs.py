"""Repairs: applied, they mend what was found and break nothing; without certainty there is none."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, Store

from essgraph.shacl import engine, repairs
from essgraph.shacl.data import of_files
from essgraph.shacl.report import Report
from essgraph.shacl.shapes import read_shapes
from essgraph.store.embedded import EmbeddedStore
from essgraph.vocab import Names

NAMES = Names()
GRAPH = NAMES.graph("collection")
_PREFIXES = """
@prefix ex: <http://e/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
_SHAPES = """
ex:S a sh:NodeShape ; sh:targetClass ex:C ;
    sh:property ex:Code , ex:Day , ex:Count , ex:Name , ex:Text , ex:Number ; sh:property ex:Twin .
ex:Code sh:path ex:code ; sh:pattern "^[0-9]{5}$" ; sh:datatype xsd:string .
ex:Day sh:path ex:day ;
    sh:or ( [ sh:datatype xsd:date ] [ sh:datatype xsd:gYearMonth ] [ sh:datatype xsd:gYear ] ) .
ex:Count sh:path ex:count ; sh:datatype xsd:integer .
ex:Name sh:path ex:name ; sh:datatype xsd:string .
ex:Text sh:path ex:both ; sh:datatype xsd:string .
ex:Number sh:path ex:both ; sh:datatype xsd:integer .
ex:Twin sh:path [ sh:inversePath ex:twin ] ; sh:equals ex:twin .
"""


def _report(folder: Path, data: str) -> Report:
    (folder / "data.ttl").write_text(_PREFIXES + data, "utf-8")
    (folder / "shapes.ttl").write_text(_PREFIXES + _SHAPES, "utf-8")
    with of_files([folder / "data.ttl"], NAMES) as graph:
        return engine.validate(graph, folder / "shapes.ttl", "fast", NAMES)


def _proposed(folder: Path, data: str, graph: NamedNode = GRAPH) -> tuple[Store, list[str]]:
    """The store of the data, and the updates proposed for what is wrong with it."""
    found = _report(folder, data)
    store = Store()
    text = (folder / "data.ttl").read_bytes()
    store.load(text, RdfFormat.TURTLE, to_graph=graph)
    shapes = read_shapes(folder / "shapes.ttl", NAMES)
    proposed = repairs.propose(found.results, shapes, EmbeddedStore(store), [GRAPH])
    return store, [repair.update for repair in proposed.values()]


@pytest.mark.parametrize(
    "fact",
    [
        'ex:code " 05065 "',
        'ex:code "05065"@fr',
        'ex:day "2014-03-30"',
        'ex:day "2014"^^xsd:date',
        'ex:day " 2014-03 "',
        'ex:count "12"',
        'ex:name "Zoé"@fr',
        "ex:twin ex:b",
    ],
)
def test_a_repair_mends_what_was_found(tmp_path: Path, fact: str) -> None:
    """Applied to the graph, the update leaves nothing to report."""
    store, updates = _proposed(tmp_path, f"ex:a a ex:C ; {fact} .")

    for update in updates:
        store.update(update)
    triples = (f"{q.subject} {q.predicate} {q.object} .\n" for q in store)

    assert updates
    assert not _report(tmp_path, "".join(triples)).results


@pytest.mark.parametrize(
    "fact",
    [
        'ex:code "5065"',
        'ex:code "   "',
        'ex:day "2014-02-30"',
        'ex:day "mars 2014"',
        'ex:count "twelve"',
        'ex:both "1"',
    ],
)
def test_where_something_is_to_be_chosen_there_is_no_repair(tmp_path: Path, fact: str) -> None:
    """A value that no smaller change makes right is left to people."""
    _, updates = _proposed(tmp_path, f"ex:a a ex:C ; {fact} .")

    assert updates == []


def test_only_what_may_be_written_is_mended(tmp_path: Path) -> None:
    """A fact of a register has no repair: its file has to be mended."""
    _, updates = _proposed(tmp_path, 'ex:a a ex:C ; ex:code " 05065" .', NAMES.graph("territories"))

    assert updates == []


def test_the_assertion_of_a_fact_follows_it(tmp_path: Path) -> None:
    """What gives the source of the fact says the new value too."""
    store, (update,) = _proposed(
        tmp_path,
        'ex:a a ex:C ; ex:code "05065 " .'
        'ex:s rdf:subject ex:a ; rdf:predicate ex:code ; rdf:object "05065 " .',
    )

    store.update(update)

    assert {quad.object.value for quad in store if "code" in quad.predicate.value} == {"05065"}
    assert not [quad for quad in store if quad.object == Literal("05065 ")]
