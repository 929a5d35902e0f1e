"""Validation after a change tells what validation of the whole changed graph tells.

Held over our own shapes and damaged fixtures, and over random shapes that use every
construct the fast engine handles, queries included.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from essgraph import config
from essgraph.errors import SourceError
from essgraph.shacl import incremental, reference
from essgraph.shacl.data import DataGraph
from essgraph.shacl.dependence import KNOWN
from essgraph.shacl.fast import FastEngine
from essgraph.shacl.incremental import Change
from essgraph.shacl.report import Result
from essgraph.shacl.shapes import Shapes, read_shapes
from essgraph.sources import ntriples, turtle
from essgraph.store.embedded import EmbeddedStore
from essgraph.vocab import RDF, RDF_TYPE, RDFS, SCHEMA, XSD, Names

NAMES = Names()
FIXTURES = Path(__file__).parents[1] / "fixtures"
_FEW = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
_MORE = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


def _told(results: Iterable[Result]) -> Counter[object]:
    """What must be the same, however often each is told."""
    return Counter(
        (
            *(r.focus_node, r.path, r.value, r.component, r.severity),
            *(r.source_shape, r.source_constraint, tuple(sorted(r.messages.items()))),
        )
        for r in results
    )


def _data(folder: Path, facts: list[Triple]) -> DataGraph:
    """The facts in two files, as a release has them, and in a store."""
    first, second = folder / "one.nt", folder / "two.nt"
    ntriples.write_ntriples(facts[::2], first)
    ntriples.write_ntriples(facts[1::2], second)
    store = EmbeddedStore()
    store.bulk_load(first, NAMES.graph("territories"))
    store.bulk_load(second, NAMES.graph("collection"))
    return DataGraph(first, lambda: store, (second,))


def _revalidated(
    before: list[Triple], after: list[Triple], shapes: Shapes
) -> tuple[list[Result], list[Result]]:
    """The results after the change: in part, and of the whole."""
    change = Change(frozenset(after) - frozenset(before), frozenset(before) - frozenset(after))
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        previous = FastEngine().validate(_data(Path(one), before), shapes)
        data = _data(Path(two), after)
        return (
            incremental.revalidate(change, previous, shapes, data),
            FastEngine().validate(data, shapes),
        )


@cache
def _own_shapes() -> Shapes:
    return read_shapes(config.Settings().shapes_dir, NAMES)


@cache
def _raw_material() -> tuple[tuple[Triple, ...], tuple[Triple, ...]]:
    """The sound facts of our fixtures, and those of the broken ones."""
    shapes = FIXTURES / "shapes"
    files = [FIXTURES / "tiny.trig", shapes / "background.ttl"]
    files += sorted((shapes / "conforming").glob("*.ttl"))
    sound = dict.fromkeys(t for file in files for t in turtle.read(file, NAMES))
    broken = dict.fromkeys(
        t for file in sorted((shapes / "failing").glob("*.ttl")) for t in turtle.read(file, NAMES)
    )
    return tuple(sound), tuple(t for t in broken if t not in sound)


_LITERALS = st.one_of(
    st.sampled_from([Literal(""), Literal(" "), Literal("05065"), Literal("732829320")]),
    st.builds(
        lambda text, lang: Literal(text, language=lang),
        st.sampled_from(["Four", "Oven", " "]),
        st.sampled_from(["fr", "en", "en-GB"]),
    ),
    st.builds(
        lambda text, kind: Literal(text, datatype=NamedNode(XSD + kind)),
        st.sampled_from(["1", "01", "-1", "1.0", "1.50", "true", "300", "2014-02-30", "2008-03"]),
        st.sampled_from(["integer", "decimal", "boolean", "byte", "date", "gYearMonth"]),
    ),
)


@st.composite
def _changed_fixtures(draw: st.DrawFn) -> tuple[list[Triple], list[Triple]]:
    """A graph of our fixtures with faults in it, and the same with a few facts changed."""
    sound, broken = _raw_material()
    extra = draw(st.lists(st.sampled_from(broken), max_size=12))
    before = list(dict.fromkeys((*sound, *extra)))
    after = dict.fromkeys(before)
    for _ in range(draw(st.integers(1, 4))):
        fact, other = draw(st.sampled_from(before)), draw(st.sampled_from([*before, *broken]))
        how = draw(st.sampled_from(["drop", "value", "borrow", "move", "broken", "date"]))
        if how in ("drop", "value", "move"):
            after.pop(fact, None)
        if how == "value":
            after[Triple(fact.subject, fact.predicate, draw(_LITERALS))] = None
        elif how == "borrow":
            after[Triple(fact.subject, other.predicate, other.object)] = None
        elif how == "move":
            after[Triple(other.subject, fact.predicate, fact.object)] = None
        elif how == "broken":
            after[other] = None
        elif how == "date":
            end = NamedNode(SCHEMA + draw(st.sampled_from(["startDate", "endDate"])))
            after[Triple(fact.subject, end, draw(_LITERALS))] = None
    return before, list(after)


@_FEW
@given(_changed_fixtures())
def test_own_shapes(graphs: tuple[list[Triple], list[Triple]]) -> None:
    """Whatever changes in our fixtures, a part of the work finds all that the whole finds."""
    part, whole = _revalidated(*graphs, _own_shapes())

    assert _told(part) == _told(whole)


@settings(_FEW, max_examples=2)
@given(_changed_fixtures())
def test_own_shapes_as_the_reference_judges(graphs: tuple[list[Triple], list[Triple]]) -> None:
    """pySHACL, given the whole changed graph, finds the same."""
    part, _ = _revalidated(*graphs, _own_shapes())
    with tempfile.TemporaryDirectory() as folder:
        judged = reference.PyShacl().validate(_data(Path(folder), graphs[1]), _own_shapes())

    assert {(r.key, r.rule) for r in part} == {(r.key, r.rule) for r in judged}


_EX = "http://e/"
_PREFIXES = f"""
@prefix : <{_EX}> .
@prefix rdf: <{RDF}> .
@prefix rdfs: <{RDFS}> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <{XSD}> .
:d sh:declare [ sh:prefix "" ; sh:namespace "{_EX}"^^xsd:anyURI ] ,
    [ sh:prefix "rdfs" ; sh:namespace "{RDFS}"^^xsd:anyURI ] .
"""
_NODES = [NamedNode(_EX + name) for name in "abcd"]
_CLASSES = [NamedNode(_EX + name) for name in "CDE"]
_PREDICATES = [NamedNode(_EX + name) for name in "pqr"]
_VALUES = [
    Literal("s"),
    Literal("s", language="en"),
    Literal("t", language="en"),
    Literal("s", language="fr"),
    *(Literal(text, datatype=NamedNode(XSD + "integer")) for text in ("1", "01", "2")),
    Literal("1.50", datatype=NamedNode(XSD + "decimal")),
    Literal("1.5", datatype=NamedNode(XSD + "decimal")),
]
_ODD = ("01", "1.50")
_FACTS = st.one_of(
    st.builds(
        Triple,
        st.sampled_from(_NODES),
        st.sampled_from(_PREDICATES),
        st.one_of(st.sampled_from(_NODES), st.sampled_from([*_NODES, *_VALUES])),
    ),
    st.builds(Triple, st.sampled_from(_NODES), st.just(RDF_TYPE), st.sampled_from(_CLASSES)),
    st.builds(
        Triple,
        st.sampled_from(_CLASSES),
        st.just(NamedNode(RDFS + "subClassOf")),
        st.sampled_from(_CLASSES),
    ),
)
_PATHS = st.recursive(
    st.sampled_from([":p", ":q", ":r", "rdf:type"]),
    lambda inner: st.one_of(
        st.builds("( {} {} )".format, inner, inner),
        st.builds("[ sh:alternativePath ( {} {} ) ]".format, inner, inner),
        st.builds("[ sh:inversePath {} ]".format, inner),
        st.builds("[ sh:zeroOrMorePath {} ]".format, inner),
        st.builds("[ sh:oneOrMorePath {} ]".format, inner),
        st.builds("[ sh:zeroOrOnePath {} ]".format, inner),
    ),
    max_leaves=3,
)
_ON_VALUES = [
    "sh:class :C",
    "sh:datatype xsd:integer",
    "sh:datatype rdf:langString",
    "sh:nodeKind sh:IRI",
    "sh:minExclusive 1",
    "sh:minInclusive 2",
    "sh:maxExclusive 2",
    "sh:maxInclusive 1",
    "sh:minLength 9",
    "sh:maxLength 8",
    'sh:pattern "^S" ; sh:flags "i"',
    'sh:languageIn ( "fr" )',
    "sh:hasValue :a",
    "sh:in ( :a :b 1 )",
    "sh:equals :q",
    "sh:disjoint :r",
]
_ON_NODES = ["sh:closed true ; sh:ignoredProperties ( rdf:type :p )"]
_ON_PROPERTIES = [
    "sh:minCount 1",
    "sh:maxCount 1",
    "sh:uniqueLang true",
    "sh:lessThan :q",
    "sh:lessThanOrEquals :r",
]
_TARGETS = st.lists(
    st.sampled_from(
        [
            "sh:targetClass :C",
            "sh:targetClass :D , :E",
            "sh:targetNode :a , :b",
            'sh:targetNode "01"^^xsd:integer , 1',
            "sh:targetSubjectsOf :p",
            "sh:targetObjectsOf :q",
        ]
    ),
    min_size=1,
    max_size=2,
    unique=True,
)
_QUERIES = [
    "SELECT $this ?value WHERE { $this :p ?value . FILTER NOT EXISTS { ?value :q ?any } }",
    "SELECT $this ?value WHERE { $this :p/:q* ?value . ?value a :C . }",
    "SELECT $this WHERE { $this :p ?a . OPTIONAL { ?a :q ?b } FILTER(!BOUND(?b)) }",
    "SELECT $this WHERE { OPTIONAL { ?a :q ?b } $this :p ?a . FILTER(!BOUND(?b)) }",
    "SELECT $this ?value WHERE { $this ?path ?value . ?value :r $this }",
    "SELECT $this ?value WHERE { { $this :p ?value } UNION { ?value :q $this . ?x :r ?value } }",
    "SELECT $this WHERE { FILTER EXISTS { :a :p ?any } $this :q ?b }",
    "SELECT $this WHERE { FILTER EXISTS { ?other :p ?any ; a :D } }",
    "SELECT $this WHERE { $this :p ?v . } GROUP BY $this HAVING (COUNT(?v) > 1)",
    "SELECT $this WHERE { $this :p ?x . OPTIONAL { $this :q ?z . OPTIONAL { ?x :r ?y } }"
    " FILTER(!BOUND(?z)) }",
    "SELECT $this ?value WHERE { $this :p ?y . BIND(?y AS ?value) ?w ^:q ?value ; :r|:p ?u }",
    "SELECT $this WHERE { $this :p ?x . { OPTIONAL { ?x :q ?y } } FILTER(!BOUND(?y)) }",
    "SELECT $this WHERE { ?x :p* ?y . ?y :q $this }",
    "SELECT $this WHERE { { SELECT $this WHERE { $this :p ?x . ?z :q ?x } } }",
    'SELECT $this ?value WHERE { $this :p ?value ; :q ?l , ?m . ?n :r "s"@en . FILTER(?l != ?m) }',
]


@st.composite
def _inside(draw: st.DrawFn, depth: int, made: list[str], of_property: bool | None) -> str:
    """The inside of a shape; `made` are the names of property shapes to share."""
    if of_property is None:
        of_property = draw(st.booleans())
    said: list[str] = [f"sh:path {draw(_PATHS)}"] if of_property else []
    plain = _ON_VALUES + (_ON_PROPERTIES if of_property else _ON_NODES)
    said += draw(st.lists(st.sampled_from(plain), max_size=2, unique=True))
    for _ in range(draw(st.integers(0, 2)) if depth else 0):

        def inner() -> str:
            return draw(_inside(depth - 1, made, None))

        how = draw(st.sampled_from(["not", "and", "or", "xone", "node", "property", "qualified"]))
        if how == "property":
            known = [f"[ {draw(_inside(depth - 1, [], True))} ]", *made]
            said.append(f"sh:property {draw(st.sampled_from(known))}")
        elif how in ("and", "or", "xone"):
            said.append(f"sh:{how} ( [ {inner()} ] [ {inner()} ] )")
        elif how != "qualified":
            said.append(f"sh:{how} [ {inner()} ]")
        elif of_property and not any("qualified" in s for s in said):
            said.append(f"sh:qualifiedValueShape [ {inner()} ] ; sh:qualifiedMinCount 1")
            said.append("sh:qualifiedMaxCount 1")
            if draw(st.booleans()):
                said.append("sh:qualifiedValueShapesDisjoint true")
    return " ; ".join(dict.fromkeys(said)) or "sh:nodeKind sh:IRI"


@st.composite
def _shapes(draw: st.DrawFn) -> Shapes:
    made: list[str] = []
    text = [_PREFIXES]
    for i in range(draw(st.integers(0, 2))):
        text.append(f":P{i} {draw(_inside(1, [], True))} ; sh:message 'non'@fr , 'no'@en .")
        made.append(f":P{i}")
    for i in range(draw(st.integers(1, 3))):
        targets = " ; ".join(draw(_TARGETS))
        name = draw(st.sampled_from([f":S{i}", "[]", ":C a rdfs:Class , sh:NodeShape ;"]))
        if name.endswith(";") and name in "".join(text):
            name = "[]"
        severity = draw(
            st.sampled_from(["", "; sh:severity sh:Warning ", "; sh:deactivated true "])
        )
        query = ""
        if draw(st.booleans()):
            select = draw(st.sampled_from(_QUERIES))
            query = f"; sh:sparql [ sh:prefixes :d ; sh:select '{select}' ] "
        text.append(f"{name} {targets} ; {draw(_inside(2, made, None))} {query}{severity}.")
    quads = parse("\n".join(text), RdfFormat.TURTLE)
    return Shapes(list(dict.fromkeys(quad.triple for quad in quads)))


@st.composite
def _changed_facts(draw: st.DrawFn) -> tuple[list[Triple], list[Triple]]:
    facts = list(dict.fromkeys(draw(st.lists(_FACTS, min_size=8, max_size=30))))
    gone = draw(st.lists(st.sampled_from(facts), max_size=3))
    new = draw(st.lists(_FACTS, min_size=0 if gone else 1, max_size=3))
    return facts, list(dict.fromkeys([*(t for t in facts if t not in gone), *new]))


@_MORE
@given(_changed_facts(), _shapes())
def test_random_shapes(graphs: tuple[list[Triple], list[Triple]], shapes: Shapes) -> None:
    """For shapes of every construct, a part of the work finds all that the whole finds."""
    part, whole = _revalidated(*graphs, shapes)

    assert _told(part) == _told(whole)


@settings(_FEW, max_examples=30, derandomize=True)  # pySHACL and rdflib have readings of their own
@given(_changed_facts(), _shapes())
def test_random_shapes_as_the_reference_judges(
    graphs: tuple[list[Triple], list[Triple]], shapes: Shapes
) -> None:
    """pySHACL, given the whole changed graph, finds the same.

    Left out is where the engines differ: pySHACL compares IRIs in sh:lessThan, which SPARQL
    calls an error, and refuses some shapes; our queries see literals as the store spells them;
    rdflib lets a group that begins with OPTIONAL see what is bound around it (SPARQL 1.1, 18.2.2
    evaluates it by itself).
    """
    assume("lessThan" not in shapes.ntriples())
    assume("{ OPTIONAL" not in shapes.ntriples())
    before, after = (
        [t for t in facts if not isinstance(t.object, Literal) or t.object.value not in _ODD]
        for facts in graphs
    )
    with tempfile.TemporaryDirectory() as folder:
        try:
            part, _ = _revalidated(before, after, shapes)
            judged = reference.PyShacl().validate(_data(Path(folder), after), shapes)
        except SourceError:
            assume(False)

    assert {result.key for result in part} == {result.key for result in judged}


@pytest.mark.parametrize("query", _QUERIES)
@settings(_FEW, max_examples=8)
@given(graphs=_changed_facts(), target=_TARGETS)
def test_each_query(
    query: str, graphs: tuple[list[Triple], list[Triple]], target: list[str]
) -> None:
    """Each form of query is asked again wherever its answer may have changed.

    Two spellings of one value are one fact to the store, however many a COUNT meets in a source:
    they are left out where a query counts.
    """
    if "COUNT" in query:
        values = {
            t.object.value for facts in graphs for t in facts if isinstance(t.object, Literal)
        }
        assume(values.isdisjoint(_ODD))
    constraint = f"sh:sparql [ sh:prefixes :d ; sh:select '{query}' ]"
    text = f"{_PREFIXES} :S {' ; '.join(target)} ; {constraint} ."
    shapes = Shapes([quad.triple for quad in parse(text, RdfFormat.TURTLE)])
    part, whole = _revalidated(*graphs, shapes)

    assert _told(part) == _told(whole)


def test_every_construct_is_drawn() -> None:
    """The random shapes leave out no parameter that the engine handles."""
    drawn = " ".join(
        [
            *_ON_VALUES,
            *_ON_NODES,
            *_ON_PROPERTIES,
            "sh:path sh:not sh:and sh:or sh:xone sh:node sh:property",
        ]
    )
    silent = {"message", "severity", "deactivated", "name", "description", "order", "group"}
    other = {name for name in KNOWN if name.startswith(("target", "qualified"))} | silent
    missing = {n for n in KNOWN if f"sh:{n}" not in drawn} - other - {"defaultValue", "sparql"}

    assert missing == set()
