"""What points at an IRI, grouped by property and class, and its pages.

Left out: assertions about it and its geometry, which are shown as sources and as a point, and
the counts in the description of the release.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from pyoxigraph import Literal, NamedNode, QueryResultsFormat, QuerySolutions

from essgraph import queries, vocab
from essgraph.describe.labels import Lexicon, look_up
from essgraph.describe.model import IncomingGroup, LinkPage
from essgraph.errors import StoreUnavailable
from essgraph.store.base import GraphStore, reading
from essgraph.vocab import Names

READ_WHOLE = 50
"""Links read whole, and so grouped by class, those of the rarest properties first; of other
properties only the first are read."""

COUNTED = 1000
"""Links of one property counted at most; the size of a class is known from the release."""

LISTED = 2_000
"""Links by one property listed at most."""

_HIDDEN = frozenset(
    (
        vocab.RDF + "subject",
        vocab.RDF + "predicate",
        vocab.RDF + "object",
        vocab.GEO + "hasCentroid",
        vocab.GEO + "hasGeometry",
        vocab.VOID + "class",
        vocab.VOID + "property",
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


def read(
    store: GraphStore,
    names: Names,
    entity: NamedNode,
    limit: int,
    told: Collection[str] = frozenset(),
) -> list[Pointing]:
    """What points at an entity, one item a property, not yet labelled; properties that are `told`
    elsewhere are left out.

    The time depends on how many properties do, not on how many links there are.
    """
    totals = _totals(store, names, entity)
    found: list[Pointing] = []
    cited = {vocab.PROV + "hadPrimarySource", names.ess("evidence").value} & totals.keys()
    counted = sorted(
        totals.keys() - _HIDDEN - cited - set(told), key=lambda iri: (totals[iri], iri)
    )
    whole: set[str] = set()
    room = READ_WHOLE
    for predicate in counted:
        room -= totals[predicate]
        if room < 0:
            break
        whole.add(predicate)
    if whole:
        for predicate, subjects in _subjects(store, names, entity, whole, READ_WHOLE).items():
            found.append(Pointing(predicate, sorted(subjects), len(subjects), exact=True))
    for predicate in counted:
        if predicate in whole:
            continue
        subjects = _subjects(store, names, entity, {predicate}, limit).get(predicate, set())
        total, exact = min(totals[predicate], COUNTED), totals[predicate] <= COUNTED
        if not exact and predicate == vocab.RDF + "type":
            total, exact = _class_size(store, names, entity) or (total, exact)
        found.append(Pointing(predicate, sorted(subjects), total, exact))
    found.extend(_cited(store, names, entity, predicate) for predicate in sorted(cited))
    return [item for item in found if item.subjects]


def _totals(store: GraphStore, names: Names, entity: NamedNode) -> dict[str, int]:
    """Links by property; COUNTED + 1 means that there are more than COUNTED.

    Without a description of the release, only properties of the first links are known where
    there are more than COUNTED.
    """
    bound = Literal(COUNTED + 1)
    saved = queries.app("describe-incoming-counts", names)
    totals = {
        key.value: int(count.value)
        for key, count in store.select(saved.bind(entity=entity, limit=bound)).rows
        if isinstance(key, NamedNode) and isinstance(count, Literal)
    }
    if sum(totals.values()) <= COUNTED:
        return totals
    saved = queries.app("describe-incoming-properties", names)
    described = {
        key.value
        for (key,) in store.select(saved.bind(entity=entity)).rows
        if isinstance(key, NamedNode)
    }
    saved = queries.app("describe-incoming-total", names)
    for predicate in (totals.keys() | described) - _HIDDEN:
        text = saved.bind(entity=entity, property=NamedNode(predicate), limit=bound)
        totals[predicate] = _number(store, text) or 0
    return totals


def _class_size(store: GraphStore, names: Names, entity: NamedNode) -> tuple[int, bool] | None:
    """The exact number of entities of a class, if the description of the release has it."""
    total = _number(store, queries.app("describe-class-size", names).bind(entity=entity))
    return None if total is None else (total, True)


def _cited(store: GraphStore, names: Names, entity: NamedNode, predicate: str) -> Pointing:
    """What cites a source or a kind of evidence; assertions are left out, and so not counted."""
    saved = queries.app("describe-incoming-stated", names)
    text = saved.bind(entity=entity, property=NamedNode(predicate), limit=Literal(COUNTED + 1))
    rows = store.select(text).rows
    subjects = {
        subject.value
        for _, subject, asserts in rows
        if isinstance(subject, NamedNode) and isinstance(asserts, Literal)
        if asserts.value == "false"
    }
    exact = len(rows) <= COUNTED
    # Of links cut off nothing is known, so that the last one seen stands for "more".
    return Pointing(predicate, sorted(subjects), len(subjects) - (not exact), exact)


def _number(store: GraphStore, text: str) -> int | None:
    found = [value for (value,) in store.select(text).rows if isinstance(value, Literal)]
    return int(found[0].value) if found else None


def group(pointing: Sequence[Pointing], lexicon: Lexicon, limit: int) -> list[IncomingGroup]:
    """Groups in order of property label, then the largest first.

    What has the entity for its source is not told again as having it for its primary source.
    """
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
    return sorted(_once(groups), key=_order)


def _once(groups: Sequence[IncomingGroup]) -> list[IncomingGroup]:
    told = {
        link.iri
        for group in groups
        if group.property.iri == vocab.DCTERMS + "source"
        for link in group.links
    }
    found = []
    for group in groups:
        if group.property.iri == vocab.PROV + "hadPrimarySource":
            links = tuple(link for link in group.links if link.iri not in told)
            left = group.total - (len(group.links) - len(links))
            group = replace(group, links=links, total=left)
        if group.total or not group.exact:
            found.append(group)
    return found


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

    Of more than LISTED links only the first LISTED that the engine gives are listed, so that no
    page costs what half a million links do. The IRIs are sorted here: the engine takes 1.7 s to
    order 35,000, this takes 0.1 s.
    Raises: StoreUnavailable.
    """
    saved = queries.app("incoming-subjects", names)
    answer = store.query(saved.bind(entity=iri, property=property, limit=Literal(LISTED + 1)))
    if not isinstance(answer, QuerySolutions):
        raise StoreUnavailable("the store did not answer with solutions")
    with reading():
        content = answer.serialize(format=QueryResultsFormat.CSV) or b""
    read = content.decode().split("\r\n")[1:-1]
    assertion = f"{names.base}id/assertion/"
    subjects = sorted({subject for subject in read[:LISTED] if not subject.startswith(assertion)})
    page = subjects[offset : offset + limit]
    lexicon = look_up(store, names, [*page, iri.value, property.value], lang)
    return LinkPage(
        lexicon.label(iri.value),
        lexicon.link(property.value),
        tuple(lexicon.link(subject) for subject in page),
        len(subjects),
        exact=len(read) <= LISTED,
    )


def _subjects(
    store: GraphStore, names: Names, entity: NamedNode, predicates: Collection[str], limit: int
) -> Mapping[str, set[str]]:
    """Subjects by predicate."""
    text = queries.app("describe-incoming", names).bind(
        entity=entity,
        property=[NamedNode(iri) for iri in sorted(predicates)],
        limit=Literal(limit),
    )
    found: dict[str, set[str]] = defaultdict(set)
    for predicate, subject in store.select(text).rows:
        if isinstance(predicate, NamedNode) and isinstance(subject, NamedNode):
            found[predicate.value].add(subject.value)
    return found
