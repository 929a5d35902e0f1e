"""Validation after a change: which results are told again, and when the whole graph is."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from essgraph.errors import SourceError, StoreUnavailable
from essgraph.shacl import constructs, fast, patterns, report
from essgraph.shacl.data import DataGraph, SomeGraphs
from essgraph.shacl.dependence import KNOWN
from essgraph.shacl.engine import engine_named
from essgraph.shacl.incremental import Change, revalidate
from essgraph.shacl.reading import Reading, Untold
from essgraph.shacl.report import Result
from essgraph.shacl.shapes import Shapes
from essgraph.shacl.spelling import SUFFIX, Spellings, note
from essgraph.shacl.walks import STAY, Step, steps
from essgraph.sources import ntriples
from essgraph.store.base import Table
from essgraph.store.embedded import EmbeddedStore
from essgraph.vocab import XSD, Names

NAMES = Names()
_INTEGER = f"^^<{XSD}integer>"
_PREFIXES = """
@prefix : <http://e/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
:d sh:declare [ sh:prefix "" ; sh:namespace "http://e/"^^xsd:anyURI ] .
"""


def _triples(text: str) -> list[Triple]:
    quads = parse(_PREFIXES.partition(":d ")[0] + text, RdfFormat.TURTLE)
    return list(dict.fromkeys(quad.triple for quad in quads))


def _shapes(text: str) -> Shapes:
    return Shapes([quad.triple for quad in parse(_PREFIXES + text, RdfFormat.TURTLE)])


def _query(select: str, target: str = "sh:targetSubjectsOf :p") -> Shapes:
    return _shapes(f":S {target} ; sh:sparql [ sh:prefixes :d ; sh:select '{select}' ] .")


class _Asked(EmbeddedStore):
    """A store that remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.queries: list[str] = []

    def select(self, text: str) -> Table:
        self.queries.append(text)
        return super().select(text)


def _data(folder: Path, facts: Sequence[Triple], store: EmbeddedStore | None = None) -> DataGraph:
    folder.mkdir(parents=True, exist_ok=True)
    source, kept = folder / "data.nt", store or EmbeddedStore()
    ntriples.write_ntriples(facts, source)
    kept.bulk_load(source, NAMES.graph("collection"))
    return DataGraph(source, lambda: kept)


def _told(results: Sequence[Result]) -> list[tuple[str, ...]]:
    return sorted((*result.key, str(result.source_shape)) for result in results)


def _both(
    folder: Path, shapes: Shapes, before: str, after: str
) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
    """What is told of the graph after the change: in part, and of the whole."""
    old, new = _triples(before), _triples(after)
    previous = fast.FastEngine().validate(_data(folder / "before", old), shapes)
    data = _data(folder / "after", new)
    change = Change(frozenset(new) - frozenset(old), frozenset(old) - frozenset(new))
    part = revalidate(change, previous, shapes, data)
    return _told(part), _told(fast.FastEngine().validate(data, shapes))


def test_only_what_a_change_touches_is_asked_for(tmp_path: Path) -> None:
    """A node that the change does not reach keeps its result, and the store is not asked of it."""
    shapes = _shapes(
        ":S sh:targetClass :C ; sh:property :P . :P sh:path ( :p :q ) ; sh:minCount 1 ."
    )
    old = _triples(":a a :C ; :p :x . :far a :C ; :p :away .")
    new = [*old, *_triples(":x :q 1 .")]
    previous = fast.FastEngine().validate(_data(tmp_path / "before", old), shapes)
    store = _Asked()
    data = _data(tmp_path / "after", new, store)

    found = revalidate(Change(frozenset(new[-1:]), frozenset()), previous, shapes, data)

    assert [result.focus_node for result in found] == [NamedNode("http://e/far")]
    assert not any("http://e/far" in text or "http://e/away" in text for text in store.queries)
    assert all("VALUES" in text for text in store.queries)


@pytest.mark.parametrize(
    ("shapes", "before", "after"),
    [
        (
            ":S sh:targetClass :C ; sh:nodeKind sh:Literal .",
            ":a a :D .",
            ":a a :D . :D rdfs:subClassOf :C .",
        ),
        (":S sh:targetClass :C ; sh:nodeKind sh:Literal .", ":a a :C .", ":a a :D ."),
        (
            ":S sh:targetObjectsOf :p ; sh:datatype xsd:date .",
            ':a :p "1" .',
            ':a :p "01"^^xsd:integer .',
        ),
        (":S sh:targetNode :a ; sh:class :C .", ":a a :D . :D rdfs:subClassOf :C .", ":a a :D ."),
        (":S sh:targetNode :a ; sh:path :p ; sh:equals :q .", ":a :p :b ; :q :b .", ":a :p :b ."),
        (":S sh:targetNode :a ; sh:closed true .", ":a :p :b .", ":a :p :b ; :q :c ."),
        (
            ":S sh:targetNode :a ; sh:path [ sh:oneOrMorePath :p ] ; sh:maxCount 2 .",
            ":a :p :b . :b :p :c .",
            ":a :p :b . :b :p :c . :c :p :d .",
        ),
        (
            ':S sh:targetNode "01"^^xsd:integer ; sh:path [ sh:inversePath :p ] ; sh:maxCount 0 .',
            ':b :p "1"^^xsd:integer .',
            ':a :p "01"^^xsd:integer . :b :p "1"^^xsd:integer .',
        ),
        # A value that the sibling's shape already takes does not count (SHACL 4.7.3).
        (
            ":S sh:targetNode :a ; sh:property :P , :Q ."
            ":P sh:path :p ; sh:qualifiedMinCount 1 ; sh:qualifiedValueShapesDisjoint true ;"
            " sh:qualifiedValueShape [ sh:path :q ; sh:minCount 1 ] ."
            ":Q sh:path :p ; sh:qualifiedMaxCount 9 ;"
            " sh:qualifiedValueShape [ sh:path :r ; sh:minCount 1 ] .",
            ":a :p :b . :b :q 1 .",
            ":a :p :b . :b :q 1 ; :r 2 .",
        ),
    ],
)
def test_each_way_to_a_result_is_followed(
    tmp_path: Path, shapes: str, before: str, after: str
) -> None:
    """Classes, spellings, other properties, siblings: what they change is told."""
    part, whole = _both(tmp_path, _shapes(shapes), before, after)
    started, _ = _both(tmp_path / "same", _shapes(shapes), before, before)

    assert part == whole
    assert part != started


def test_two_ways_to_a_node_tell_its_fault_twice(tmp_path: Path) -> None:
    """As the whole tells it; when one way goes, once."""
    shapes = _shapes(
        ":S sh:targetNode :a , :b ; sh:property [ sh:path :p ; sh:property :P ] ."
        ":P sh:path :q ; sh:minCount 1 ."
    )
    part, whole = _both(tmp_path, shapes, ":a :p :c .", ":a :p :c . :b :p :c .")
    back, once = _both(tmp_path, shapes, ":a :p :c . :b :p :c .", ":b :p :c .")

    assert (part, len(part)) == (whole, 2)
    assert (back, len(back)) == (once, 1)


@pytest.mark.parametrize(
    ("select", "before", "after"),
    [
        ("SELECT $this { $this :p ?x . FILTER NOT EXISTS { ?x :q ?y } }", "", ":b :q 1 ."),
        ("SELECT $this { $this :p ?x . FILTER EXISTS { :z :q ?y } }", "", ":z :q 1 ."),
        # ?x is not yet bound where the OPTIONAL is evaluated: any :q there is changes the answer.
        (
            "SELECT $this { OPTIONAL { ?x :q ?y } $this :p ?x . FILTER(!BOUND(?y)) }",
            "",
            ":elsewhere :q 1 .",
        ),
        (
            "SELECT $this { $this :p ?x . OPTIONAL { $this :q ?z . OPTIONAL { ?x :r ?y } }"
            " FILTER(!BOUND(?z)) }",
            ":a :q 1 .",
            ":a :q 1 . :elsewhere :r 1 .",
        ),
        (
            "SELECT $this { $this :p ?x . { OPTIONAL { ?x :q ?y } } FILTER(!BOUND(?y)) }",
            "",
            ":elsewhere :q 1 .",
        ),
        # Each node of the graph has the empty path to itself.
        (
            "SELECT $this { $this :p ?x . FILTER EXISTS { ?m :q* ?n . FILTER(?n = :new) } }",
            "",
            ":new :other 1 .",
        ),
        ("SELECT $this { { SELECT $this { $this :p ?x . ?y :q ?x } } }", "", ":z :q :b ."),
        ("SELECT $this { $this :p ?x } GROUP BY $this HAVING (COUNT(?x) > 1)", "", ":a :p :c ."),
    ],
)
def test_queries_are_asked_again_where_they_may_answer_otherwise(
    tmp_path: Path, select: str, before: str, after: str
) -> None:
    """Even where a fact far from the focus node is what changes the answer."""
    same = ":a :p :b . "
    part, whole = _both(tmp_path, _query(select), same + before, same + after)
    started, _ = _both(tmp_path / "same", _query(select), same + before, same + before)

    assert part == whole
    assert part != started


@pytest.mark.parametrize(
    "select",
    [
        "SELECT $this { $this :p 1 }",
        "SELECT $this { $this !:p ?x }",
        "SELECT $this { $this :p ?x . BIND(EXISTS { ?x :q ?y } AS ?z) }",
        "SELECT $this { $this :p [ :q ?y ] }",
        "BASE <http://e/> SELECT $this { $this <p> ?x }",
        "SELECT $this { ?x :p* ?y }",
        "SELECT $this { $this no:p ?x }",
    ],
)
def test_query_beyond_the_known_forms_is_not_followed(select: str) -> None:
    """What cannot be followed for certain is told to be so, never guessed."""
    with pytest.raises(Untold):
        patterns.reads(f"PREFIX : <http://e/> {select}", None)


def test_query_is_followed_against_its_triples() -> None:
    """What leads to $this, and what hangs on that, is found from $this."""
    read = patterns.reads("PREFIX : <http://e/> SELECT $this { ?x :r ?y . ?x :q $this }", None)
    to_x = Step(NamedNode("http://e/q"), back=True)

    assert read.anywhere == ()
    assert set(steps(read.walk)) == {(STAY, to_x), (to_x, Step(NamedNode("http://e/r")))}


def _event(caplog: pytest.LogCaptureFixture) -> str:
    return " ".join(record.getMessage() for record in caplog.records)


@pytest.mark.parametrize(
    ("fact", "reason"),
    [
        (Triple(BlankNode("x"), NamedNode("http://e/p"), Literal("1")), "no name in the store"),
        (Triple(NamedNode("http://e/a"), NamedNode("http://e/p"), BlankNode("x")), "no name"),
    ],
)
def test_blank_nodes_mean_the_whole_graph(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, fact: Triple, reason: str
) -> None:
    """The store gives them other names than the sources."""
    caplog.set_level(logging.INFO)
    shapes = _shapes(":S sh:targetSubjectsOf :p ; sh:nodeKind sh:Literal .")
    found = revalidate(Change(frozenset([fact]), frozenset()), [], shapes, _data(tmp_path, [fact]))

    assert len(found) == 1
    assert reason in _event(caplog)


def test_result_of_another_shape_means_the_whole_graph(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Results told by other shapes cannot be kept."""
    caplog.set_level(logging.INFO)
    facts = _triples(":a :p 1 .")
    old = fast.FastEngine().validate(
        _data(tmp_path, facts), _shapes(":Old sh:targetNode :a ; sh:nodeKind sh:Literal .")
    )
    shapes = _shapes(":New sh:targetNode :a ; sh:nodeKind sh:Literal .")
    found = revalidate(Change(frozenset(), frozenset()), old, shapes, _data(tmp_path, facts))

    assert [result.rule for result in found] == ["http://e/New"]
    assert "a result of http://e/Old" in _event(caplog)


def test_reading_ends_at_its_limit(tmp_path: Path) -> None:
    """More triples than it may read are not read."""
    store = _data(tmp_path, _triples(":a :p 1 , 2 , 3 .")).store
    node, step = NamedNode("http://e/a"), Step(NamedNode("http://e/p"))

    assert len(list(Reading(store, None, 3).triples([node], step))) == 3
    with pytest.raises(Untold, match="too many"):
        Reading(store, None, 2).reach([node], step)


def test_report_file_gives_its_results_back(tmp_path: Path) -> None:
    """Values as they were spelled, unnamed shapes by the names they have in the shapes."""
    shapes = _shapes(
        ":S sh:targetNode :a ; sh:property"
        " [ sh:path ( :p [ sh:inversePath :q ] ) ; sh:maxCount 0 ] ,"
        " [ sh:path :r ; sh:datatype xsd:date ; sh:message 'non'@fr , 'no'@en ] ."
    )
    facts = _triples(':a :p :b ; :r "01"^^xsd:integer , "1.50"^^xsd:decimal . :c :q :b .')
    found = fast.FastEngine().validate(_data(tmp_path, facts), shapes)
    (tmp_path / "report.ttl").write_bytes(report.make(found, "fast", 0.0).turtle())

    again = report.read_file(tmp_path / "report.ttl")

    assert len(found) == 3
    assert sorted(again, key=str) == sorted(found, key=str)


@pytest.mark.parametrize("text", ["no turtle", None])
def test_file_that_is_no_report_is_named(tmp_path: Path, text: str | None) -> None:
    """A malformed or missing report is an error that says which."""
    file = tmp_path / "report.ttl"
    if text is not None:
        file.write_text(text, "utf-8")

    with pytest.raises(SourceError, match=r"report\.ttl: "):
        report.read_file(file)


def test_closed_property_shape_is_refused() -> None:
    """The engine would look at the wrong node, in silence."""
    shapes = _shapes(":S sh:targetNode :a ; sh:path :p ; sh:closed true .")

    with pytest.raises(SourceError, match=r"http://e/S: sh:closed on a property shape"):
        fast.refuse(shapes)


def test_every_term_of_a_shape_is_known() -> None:
    """Of each construct that the engine handles, it is known what it reads of the data."""
    of_others = (
        "inversePath alternativePath zeroOrMorePath oneOrMorePath zeroOrOnePath select prefixes "
        "declare prefix namespace conforms result detail resultPath resultSeverity resultMessage "
        "focusNode value sourceShape sourceConstraint sourceConstraintComponent "
        "shapesGraphWellFormed"
    )

    assert set(of_others.split()) == constructs.HANDLED_BY_ALL - KNOWN


def _lines(file: Path, *lines: str) -> Path:
    file.write_text("".join(f"{line} .\n" for line in lines), "utf-8")
    return file


def test_spellings_are_those_of_all_sources(tmp_path: Path) -> None:
    """A fact spelled in two ways in one file, or in two, is both."""
    one = _lines(
        tmp_path / "one.nt",
        f'<x:a> <x:p> "01"{_INTEGER}',
        f'<x:a> <x:p> "1"{_INTEGER}',
        f'<x:a> <x:q> "02"{_INTEGER}',
        f'<x:a> <x:r> "3"{_INTEGER}',
        '<x:a> <x:s> "v"@en-GB',
    )
    two = _lines(tmp_path / "two.nt", f'<x:a> <x:q> "2"{_INTEGER}')
    spelled = Spellings([one, two])

    def found(predicate: str, value: str) -> list[str]:
        number = Literal(value, datatype=NamedNode(XSD + "integer"))
        stored = Triple(NamedNode("x:a"), NamedNode(predicate), number)
        return sorted(str(t.object) for t in spelled.of(stored))

    assert found("x:p", "1") == [f'"01"{_INTEGER}', f'"1"{_INTEGER}']
    assert found("x:q", "2") == [f'"02"{_INTEGER}', f'"2"{_INTEGER}']
    assert found("x:r", "3") == [f'"3"{_INTEGER}']
    tagged = Triple(NamedNode("x:a"), NamedNode("x:s"), Literal("v", language="en-gb"))
    assert spelled.of(tagged) == ()


def test_note_stands_for_its_source(tmp_path: Path) -> None:
    """Once noted, a source is not read again, and tells the same."""
    file = _lines(
        tmp_path / "one.nt",
        f'<x:a> <x:p> "01"{_INTEGER}',
        f'<x:a> <x:p> "1"{_INTEGER}',
        f'<x:a> <x:q> "5"{_INTEGER}',
    )
    stored = Triple(
        NamedNode("x:a"), NamedNode("x:p"), Literal("1", datatype=NamedNode(XSD + "integer"))
    )
    before = Spellings([file]).of(stored)
    note(file)
    file.write_text("", "utf-8")

    assert len(before) == 2
    assert Spellings([file]).of(stored) == before
    assert '"5"' not in (tmp_path / f"one.nt{SUFFIX}").read_text("utf-8")


@pytest.mark.parametrize("text", [None, f'no triple "01"{_INTEGER} .\n'])
def test_source_that_cannot_be_read_is_named(tmp_path: Path, text: str | None) -> None:
    """A missing or malformed source is an error, not a graph without spellings."""
    file = tmp_path / "one.nt"
    if text is not None:
        file.write_text(text, "utf-8")

    with pytest.raises(SourceError, match=r"one\.nt: "):
        Spellings([file])


def test_some_graphs_answer_without_the_others(tmp_path: Path) -> None:
    """The union is that of the graphs named; nothing is written through it."""
    store = EmbeddedStore()
    for layer in ("collection", "territories", "meta"):
        text = f"<x:{layer}> <x:p> <x:o> .".encode()
        store.load(text, RdfFormat.N_TRIPLES, NAMES.graph(layer))
    some = SomeGraphs(store, [NAMES.graph("collection"), NAMES.graph("territories")])
    rows = some.select("SELECT ?s { ?s ?p ?o } ORDER BY ?s").rows

    assert rows == [(NamedNode("x:collection"),), (NamedNode("x:territories"),)]
    assert not some.ask("ASK { <x:meta> ?p ?o }")
    assert len(some.construct("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }")) == 2
    assert some.size() == 2
    assert some.size(NAMES.graph("meta")) == 0
    with pytest.raises(StoreUnavailable):
        some.load(b"", RdfFormat.N_TRIPLES, NAMES.graph("collection"))
    some.close()


@pytest.mark.parametrize("engine", ["fast", "pyshacl"])
def test_several_files_are_one_graph(tmp_path: Path, engine: str) -> None:
    """What one file says of a node that another one types is seen together."""
    shapes = _shapes(
        ":S a sh:NodeShape ; sh:targetClass :C ; sh:property [ sh:path :p ; sh:minCount 2 ] ."
    )
    one, two = tmp_path / "one.nt", tmp_path / "two.nt"
    ntriples.write_ntriples(_triples(":a a :C ; :p 1 . :b a :C ; :p 1 ."), one)
    ntriples.write_ntriples(_triples(":a :p 2 ."), two)
    store = EmbeddedStore()
    found = engine_named(engine).validate(DataGraph(one, lambda: store, (two,)), shapes)

    assert [result.focus_node for result in found] == [NamedNode("http://e/b")]
