"""What the text index needs to know, read from a store."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pyoxigraph import NamedNode, QueryResultsFormat, QuerySolutions

from essgraph import queries, vocab
from essgraph.errors import StoreUnavailable
from essgraph.store.base import GraphStore, reading
from essgraph.vocab import Names

_CODES = ("igeo:codeINSEE", "ess:siren", "ess:postalCode", "ess:formerCode", "skos:notation")
_LINKS = ("igeo:subdivisionDe", "ess:inEpci", "ess:governs", "skos:inScheme", "dcterms:spatial")


@dataclass
class Facts:
    """What the store says of all entities, by IRI.

    Shape: labels: IRI -> language -> label; targets: property -> IRI -> IRIs;
    members: class -> IRIs; supers: class -> what it is a subclass of.
    """

    labels: dict[str, dict[str, str]] = field(default_factory=dict)
    others: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    codes: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    weights: dict[str, int] = field(default_factory=dict)
    targets: dict[str, dict[str, list[str]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )
    members: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    supers: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


def read(store: GraphStore, names: Names) -> Facts:
    """Labels, codes, classes and links of everything in a store.

    Raises: StoreUnavailable.
    """
    facts = Facts()
    used: set[str] = set()
    for class_iri, super_iri in _rows(store, queries.app("search-hierarchy", names).bind()):
        used.add(class_iri)
        if super_iri:
            facts.supers[class_iri].append(super_iri)
    for iri, label, lang in _rows(store, queries.app("search-labels", names).bind()):
        facts.labels.setdefault(iri, {})[lang] = label
    # One query a property, so that the property is not written out again on each row.
    saved = queries.app("search-values", names)
    for prop in _CODES:
        for iri, value in _rows(store, saved.bind(property=_term(prop, names))):
            facts.codes[iri].append(value)
    for iri, value in _rows(store, saved.bind(property=_term("skos:altLabel", names))):
        facts.others[iri].append(value)
    for iri, value in _rows(store, saved.bind(property=_term("ess:inhabitants", names))):
        facts.weights[iri] = int(value)
    for prop in _LINKS:
        targets = facts.targets[prop]
        for iri, target in _rows(store, saved.bind(property=_term(prop, names))):
            targets[iri].append(target)
    saved = queries.app("search-members", names)
    for class_iri in _listed(used, facts.supers, names):
        found = _rows(store, saved.bind(**{"class": NamedNode(class_iri)}))
        facts.members[class_iri] = [iri for (iri,) in found]
    return facts


def _term(compact: str, names: Names) -> NamedNode:
    prefix, _, local = compact.partition(":")
    return NamedNode(names.prefixes[prefix] + local)


def _rows(store: GraphStore, text: str) -> Iterator[list[str]]:
    # By way of CSV: three times faster than one Python term a cell.
    answer = store.query(text)
    if not isinstance(answer, QuerySolutions):
        raise StoreUnavailable("the store did not answer with solutions")
    with reading():
        content = answer.serialize(format=QueryResultsFormat.CSV) or b""
    rows = csv.reader(io.StringIO(content.decode(), newline=""))
    next(rows)
    return rows


def _listed(used: set[str], supers: Mapping[str, list[str]], names: Names) -> list[str]:
    """Classes that people browse: ours and INSEE's, and others that ours do not specialise."""
    general = {parent for parents in supers.values() for parent in parents}
    return [
        iri
        for iri in sorted(used)
        if iri.startswith((names.ontology, vocab.IGEO)) or iri not in general
    ]
