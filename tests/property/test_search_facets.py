"""What an exploration counts is what SPARQL finds in the same triples."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, QuerySolutions, Store, Triple

from essgraph import search
from essgraph.search import FACETS, SearchIndex, Selection
from essgraph.search.facets import kind_class
from essgraph.sources import ntriples
from essgraph.vocab import IGEO, RDF_TYPE, RDFS_LABEL, Names

NAMES = Names()


def _term(compact: str) -> NamedNode:
    prefix, _, local = compact.partition(":")
    return NamedNode(NAMES.prefixes[prefix] + local)


def _some(kind: str, keys: str) -> list[NamedNode]:
    return [NAMES.entity(kind, key) for key in keys.split()]


_COMMUNES, _EPCIS = _some("commune", "a b c d"), _some("epci", "e f")
_DEPARTEMENTS, _REGIONS = _some("departement", "1 2 3"), _some("region", "r s")
_COUNTRY = _some("country", "FR")
_TERRITORIES = [*_COMMUNES, *_EPCIS, *_DEPARTEMENTS, *_REGIONS, *_COUNTRY]
_ORGANISATIONS, _PERSONS = _some("organisation", "x y z"), _some("person", "p q")
_INITIATIVES = _some("initiative", "i j k")
_MANDATES = _some("mandate", "p-1 p-2 p-3 q-1 q-2")
_CONCEPTS = [NAMES.concept("any", key) for key in ("one", "two", "three")]
_BY_KIND = {
    "initiative": _INITIATIVES,
    "person": _PERSONS,
    "organisation": _ORGANISATIONS,
    "territory": _TERRITORIES,
}
_FIXED = [
    Triple(entity, prop, value)
    for kind, entities in _BY_KIND.items()
    for entity in entities
    for prop, value in (
        (RDF_TYPE, NamedNode(kind_class(kind, NAMES))),
        (RDFS_LABEL, Literal(entity.value.rpartition("/")[2])),
    )
]
_FIXED += [Triple(commune, RDF_TYPE, NamedNode(IGEO + "Commune")) for commune in _COMMUNES]


def _links(
    prop: str, subjects: Sequence[NamedNode], objects: Sequence[NamedNode]
) -> st.SearchStrategy[Triple]:
    return st.builds(
        Triple, st.sampled_from(subjects), st.just(_term(prop)), st.sampled_from(objects)
    )


_linked = st.one_of(
    _links("igeo:subdivisionDe", _COMMUNES, _DEPARTEMENTS),
    _links("igeo:subdivisionDe", _DEPARTEMENTS, _REGIONS),
    _links("igeo:subdivisionDe", _REGIONS, _COUNTRY),
    _links("ess:inEpci", _COMMUNES, _EPCIS),
    _links("ess:governs", _ORGANISATIONS, _TERRITORIES),
    _links("dcterms:spatial", [*_INITIATIVES, *_ORGANISATIONS, *_MANDATES], _TERRITORIES),
    _links("ess:partner", _INITIATIVES, _ORGANISATIONS),
    _links("ess:instrument", _INITIATIVES, _CONCEPTS),
    _links("ess:sector", _INITIATIVES, _CONCEPTS),
    _links("ess:partnerType", _ORGANISATIONS, _CONCEPTS),
    _links("ess:legalForm", _ORGANISATIONS, _CONCEPTS),
    _links("skos:broader", _CONCEPTS[:1], _CONCEPTS[1:]),
    _links("prov:hadPrimarySource", _MANDATES, _INITIATIVES),
)
_years = st.integers(2000, 2004).map(lambda year: Literal(str(year)))
_mandates = st.fixed_dictionaries(
    {},
    optional={
        mandate.value: st.tuples(
            st.sampled_from(_CONCEPTS), st.sampled_from(_ORGANISATIONS), _years, st.none() | _years
        )
        for mandate in _MANDATES
    },
)

_UP = "{ %s igeo:subdivisionDe*/ess:inEpci? ?v } UNION { %s ^ess:inEpci/igeo:subdivisionDe+ ?v }"
_IN = "{ ?x %s ?t . " + _UP % ("?t", "?t") + " }"
_PATTERNS = {
    ("initiative", "territory"): _IN % "dcterms:spatial",
    ("initiative", "instrument"): "?x ess:instrument/skos:broader* ?v",
    ("initiative", "sector"): "?x ess:sector/skos:broader* ?v",
    ("initiative", "partner"): "?x ess:partner/ess:partnerType/skos:broader* ?v",
    ("person", "role"): "?m org:member ?x ; org:role/skos:broader* ?v",
    (
        "person",
        "territory",
    ): "?m org:member ?x . { ?m (org:organization/ess:governs)|dcterms:spatial ?t . "
    + _UP % ("?t", "?t")
    + " }",
    ("organisation", "form"): "?x ess:legalForm/skos:broader* ?v",
    ("organisation", "partner"): "?x ess:partnerType/skos:broader* ?v",
    ("organisation", "territory"): _IN % "(ess:governs|dcterms:spatial)",
    ("territory", "type"): "?x a ?v FILTER(?v = igeo:Commune)",
    ("territory", "territory"): _UP % ("?x", "?x") + " FILTER(?v != ?x)",
}


Held = tuple[str, str]
"""An entity, and of a person the mandate."""


def _entities(held: Iterable[Held]) -> set[str]:
    return {entity for entity, _ in held}


def _held(store: Store, kind: str, facet: str) -> dict[str, set[Held]]:
    """Value of a facet -> the entities of the kind that have it; of people, by which mandates."""
    prefixes = "".join(f"PREFIX {name}: <{iri}> " for name, iri in NAMES.prefixes.items())
    query = (
        f"{prefixes} SELECT DISTINCT ?x ?v ?m WHERE {{ ?x a <{kind_class(kind, NAMES)}> ."
        f" {{ {_PATTERNS[kind, facet]} }} }}"
    )
    found: dict[str, set[Held]] = {}
    answer = store.query(query)
    assert isinstance(answer, QuerySolutions)
    for row in answer:
        entity, value = row["x"], row["v"]
        assert isinstance(entity, NamedNode)
        assert isinstance(value, NamedNode)
        mandate = row["m"].value if kind == "person" else ""
        found.setdefault(value.value, set()).add((entity.value, mandate))
    return found


def _person(mandate: str) -> NamedNode:
    return _PERSONS[0 if "/p-" in mandate else 1]


@settings(max_examples=120)
@given(
    triples=st.lists(_linked, max_size=25, unique_by=str),
    mandates=_mandates,
    shuffled=st.randoms(use_true_random=False),
    data=st.data(),
)
def test_counts_are_those_of_sparql(
    triples: list[Triple],
    mandates: dict[str, tuple[NamedNode, NamedNode, Literal, Literal | None]],
    shuffled: Random,
    data: st.DataObject,
) -> None:
    """Whatever is chosen, a list has what has it, and each count is what choosing it gives."""
    said = [*_FIXED, *triples]
    for iri, (role, body, start, end) in mandates.items():
        mandate = NamedNode(iri)
        said.append(Triple(mandate, _term("org:member"), _person(iri)))
        said.append(Triple(mandate, _term("org:role"), role))
        said.append(Triple(mandate, _term("org:organization"), body))
        said.append(Triple(mandate, _term("schema:startDate"), start))
        said += [Triple(mandate, _term("schema:endDate"), end)] if end else []
    shuffled.shuffle(said)
    store = Store()
    store.extend(Quad(t.subject, t.predicate, t.object) for t in said)
    kind = data.draw(st.sampled_from(sorted(_BY_KIND)))
    held = {facet: _held(store, kind, facet) for facet in FACETS[kind]}
    chosen = {
        facet: tuple(data.draw(st.sets(st.sampled_from(sorted(values)), max_size=2)))
        for facet, values in held.items()
        if values
    }
    everything = {(entity.value, "") for entity in _BY_KIND[kind]}
    if kind == "person":
        everything |= {(_person(iri).value, iri) for iri in mandates}
    parts = {
        facet: set().union(*(held[facet][iri] for iri in iris))
        for facet, iris in chosen.items()
        if iris
    }
    with tempfile.TemporaryDirectory() as name:
        source, path = Path(name) / "all.nt", Path(name) / "search.sqlite"
        ntriples.write_ntriples(said, source)
        search.build([source], path, NAMES)
        index = SearchIndex(path)
        selection = Selection(kind, chosen=chosen)

        page = index.explore(selection, limit=100, most=100)

        left = everything.intersection(*parts.values())
        assert {hit.iri for hit in page.hits} == _entities(left)
        for facet in page.facets:
            others = (part for of, part in parts.items() if of != facet.name)
            left = everything.intersection(*others)
            of_value = held[facet.name].items()
            counts = {v: len(_entities(left & x)) for v, x in of_value if left & x}
            told = {value.iri: value.count for value in facet.values if value.count}
            assert told.items() <= counts.items()
            if facet.name != "territory":
                assert told == counts
            for iri in counts:
                parents = [value.parent for value in facet.values if value.iri == iri]
                for up in filter(None, parents):
                    below = index.facet(selection, facet.name, parent=up)
                    assert counts[iri] in [v.count for v in below.values if v.iri == iri]
        index.close()
