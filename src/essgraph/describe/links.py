"""What points at an IRI, grouped by property and class, and its pages.

Left out: assertions about it and its geometry, which are shown as sources and as a point.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, QueryResultsFormat, QuerySolutions

from essgraph import queries, vocab
from essgraph.describe.labels import Lexicon, look_up
from essgraph.describe.model import IncomingGroup, LinkPage
from essgraph.errors import StoreUnavailable
from essgraph.store.base import GraphStore, reading
from essgraph.vocab import Names

READ_WHOLE = 200
"""Links of a property read whole, and so grouped by class; of more, only the first are read."""

COUNTED = 1000
"""Links counted one by one where assertions have to be left out."""

_HIDDEN = frozenset(
    (
        vocab.RDF + "subject",
        vocab.RDF + "predicate",
        vocab.RDF + "object",
        vocab.GEO + "hasCentroid",
        vocab.GEO + "hasGeometry",
    )
)


@dataclass(frozen=True)
class Pointing:
    """The subjects read for one property, and how many there are in all."""

    predicate: str
    subjects: Sequence[str]
    total: int
    exact: bool

    @property
    def is_whole(self) -> bool:
        """Whether every subject was read."""
        return self.exact and len(self.subjects) == self.total

    def shown(self, limit: int) -> Sequence[str]:
        """The subjects to look up: of those read whole all, since their classes group them."""
        return self.subjects if self.is_whole else self.subjects[:limit]


def read(store: GraphStore, names: Names, entity: NamedNode, limit: int) -> list[Pointing]:
    """What points at an entity, one item a property, not yet labelled."""
    counts = queries.app("describe-incoming-counts", names).bind(entity=entity)
    totals: dict[str, int] = {}
    for key, count in store.select(counts).rows:
        if isinstance(key, NamedNode) and isinstance(count, Literal):
            totals[key.value] = int(count.value)
    found: list[Pointing] = []
    cited = {vocab.PROV + "hadPrimarySource", names.ess("evidence").value} & totals.keys()
    counted = totals.keys() - _HIDDEN - cited
    small = {predicate for predicate in counted if totals[predicate] <= READ_WHOLE}
    if small:
        limit_whole = READ_WHOLE * len(small)
        for predicate, subjects in _subjects(store, names, entity, small, limit_whole).items():
            found.append(Pointing(predicate, sorted(subjects), len(subjects), exact=True))
    for predicate in counted - small:
        subjects = _subjects(store, names, entity, {predicate}, limit).get(predicate, set())
        found.append(Pointing(predicate, sorted(subjects), totals[predicate], exact=True))
    # One query for each, so that neither takes the other's share of the limit.
    for predicate in sorted(cited):
        some = _subjects(store, names, entity, {predicate}, COUNTED + 1, stated=True)
        for subjects in some.values():
            exact = len(subjects) <= COUNTED
            total = min(len(subjects), COUNTED)
            found.append(Pointing(predicate, sorted(subjects), total, exact))
    return found


def group(pointing: Sequence[Pointing], lexicon: Lexicon, limit: int) -> list[IncomingGroup]:
    """Groups in order of property label, then the largest first."""
    groups = []
    for item in pointing:
        links = [lexicon.link(subject) for subject in item.shown(limit)]
        if not item.is_whole:
            # Not all were read, so a class is told only if it is that of all those shown.
            kinds = {(link.class_iri, link.class_label) for link in links}
            class_iri, class_label = kinds.pop() if len(kinds) == 1 else ("", lexicon.label(""))
            groups.append(
                IncomingGroup(
                    lexicon.link(item.predicate),
                    class_iri,
                    class_label,
                    tuple(links),
                    item.total,
                    item.exact,
                )
            )
            continue
        by_class = defaultdict(list)
        for link in links:
            by_class[link.class_iri, link.class_label].append(link)
        groups.extend(
            IncomingGroup(
                lexicon.link(item.predicate),
                class_iri,
                class_label,
                tuple(members[:limit]),
                len(members),
                exact=True,
            )
            for (class_iri, class_label), members in by_class.items()
        )
    return sorted(groups, key=_order)


def _order(item: IncomingGroup) -> tuple[str, str, int, str]:
    return item.property.label.value, item.property.iri, -item.total, item.class_iri


def incoming(
    store: GraphStore,
    iri: NamedNode,
    property: NamedNode,
    names: Names,
    lang: str,
    limit: int,
    offset: int,
) -> LinkPage:
    """One page of what points at an IRI by a property, in order of IRI.

    The IRIs are sorted here: the engine takes 1.7 s to order 35,000, this takes 0.1 s.
    Raises: StoreUnavailable.
    """
    saved = queries.app("incoming-subjects", names)
    answer = store.query(saved.bind(entity=iri, property=property))
    if not isinstance(answer, QuerySolutions):
        raise StoreUnavailable("the store did not answer with solutions")
    with reading():
        content = answer.serialize(format=QueryResultsFormat.CSV) or b""
    subjects = sorted(set(content.decode().split("\r\n")[1:-1]))
    page = subjects[offset : offset + limit]
    lexicon = look_up(store, names, [*page, iri.value, property.value], lang)
    return LinkPage(
        lexicon.label(iri.value),
        lexicon.link(property.value),
        tuple(lexicon.link(subject) for subject in page),
        len(subjects),
    )


def _subjects(
    store: GraphStore,
    names: Names,
    entity: NamedNode,
    predicates: Collection[str],
    limit: int,
    *,
    stated: bool = False,
) -> Mapping[str, set[str]]:
    """Subjects by predicate; `stated` leaves assertions out."""
    saved = queries.app("describe-incoming-stated" if stated else "describe-incoming", names)
    text = saved.bind(
        entity=entity,
        property=[NamedNode(iri) for iri in sorted(predicates)],
        limit=Literal(limit),
    )
    found: dict[str, set[str]] = defaultdict(set)
    for predicate, subject in store.select(text).rows:
        if isinstance(predicate, NamedNode) and isinstance(subject, NamedNode):
            found[predicate.value].add(subject.value)
    return found
