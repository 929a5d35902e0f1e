"""What the text index needs to know, read from the source RDF of a release.

From the file rather than from the store: it is several times faster, and the store can be
loaded meanwhile.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from essgraph import vocab
from essgraph.vocab import Names

_CODES = ("igeo:codeINSEE", "ess:siren", "ess:postalCode", "ess:formerCode", "skos:notation")
_LINKS = (
    "igeo:subdivisionDe",
    "ess:inEpci",
    "ess:governs",
    "skos:inScheme",
    "dcterms:spatial",
    "ess:instrument",
    "ess:sector",
)

Take = Callable[[str, str, str], None]
"""Called with the subject's IRI, the object's IRI or text, and its language, "" for none."""


@dataclass
class Facts:
    """What the graph says of all entities, by IRI.

    Shape: labels: IRI -> language -> label; targets: property -> IRI -> IRIs;
    members: class -> IRIs; supers: class -> what it is a subclass of.
    """

    labels: dict[str, dict[str, str]] = field(default_factory=dict)
    others: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    codes: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    descriptions: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    weights: dict[str, int] = field(default_factory=dict)
    targets: dict[str, dict[str, list[str]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )
    members: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    supers: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


def read(source: Path, names: Names) -> Facts:
    """Labels, codes, classes and links of everything in a file of N-Triples.

    Raises: OSError when it cannot be read.
    """
    with source.open(encoding="utf-8", newline="\n") as lines:
        facts = gather(lines, names)
    used = {class_iri for class_iri, members in facts.members.items() if members}
    facts.supers = {iri: supers for iri, supers in facts.supers.items() if iri in used}
    listed = _listed(used, facts.supers, names)
    facts.members = {iri: list(dict.fromkeys(facts.members[iri])) for iri in listed}
    return facts


def gather(lines: Iterable[str], names: Names) -> Facts:
    """What these N-Triples lines say, the same in whatever order; every class is a member."""
    facts = Facts()
    takes = _takes(facts, names)
    for line in lines:
        subject, predicate, rest = line.split(" ", 2)
        take = takes.get(predicate)
        if take is not None and subject[0] == "<":
            _take(take, subject, rest, line)
    return facts


def links(names: Names) -> list[NamedNode]:
    """The properties that take an entity's name to what the index says of another."""
    return [_term(prop, names) for prop in _LINKS]


def properties(names: Names) -> frozenset[str]:
    """The properties that the index is made from, as N-Triples spell them."""
    return frozenset(_takes(Facts(), names))


def _take(take: Take, subject: str, rest: str, line: str) -> None:
    """Read the object of a line; one with an escape is left to the engine's parser."""
    if "\\" in line:
        (quad,) = parse(line, format=RdfFormat.N_TRIPLES)
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode | Literal):
            lang = quad.object.language if isinstance(quad.object, Literal) else ""
            take(quad.subject.value, quad.object.value, lang or "")
    elif rest[0] == "<":
        take(subject[1:-1], rest[1 : rest.index(">")], "")
    elif rest[0] == '"':
        text, _, kind = rest[1:].rpartition('"')
        lang = kind[1:].partition(" ")[0] if kind[0] == "@" else ""
        take(subject[1:-1], text, lang)


def _takes(facts: Facts, names: Names) -> dict[str, Take]:
    """What is done with the object of each property, by the property as N-Triples spell it."""

    def label(iri: str, text: str, lang: str) -> None:
        said = facts.labels.setdefault(iri, {})
        said[lang] = min(text, said.get(lang, text))

    def weight(iri: str, text: str, lang: str) -> None:
        if text.isdecimal():
            facts.weights[iri] = max(int(text), facts.weights.get(iri, 0))

    def member(iri: str, class_iri: str, lang: str) -> None:
        facts.members[class_iri].append(iri)

    def into(found: Mapping[str, list[str]]) -> Take:
        def take(iri: str, value: str, lang: str) -> None:
            values = found[iri]
            if value not in values:
                values.append(value)

        return take

    takes: dict[str, Take] = {
        "rdfs:label": label,
        "rdf:type": member,
        "rdfs:subClassOf": into(facts.supers),
        "skos:altLabel": into(facts.others),
        "dcterms:description": into(facts.descriptions),
        "ess:inhabitants": weight,
    }
    takes |= dict.fromkeys(_CODES, into(facts.codes))
    takes |= {prop: into(facts.targets[prop]) for prop in _LINKS}
    return {str(_term(prop, names)): take for prop, take in takes.items()}


def _term(compact: str, names: Names) -> NamedNode:
    prefix, _, local = compact.partition(":")
    return NamedNode(names.prefixes[prefix] + local)


def _listed(used: set[str], supers: Mapping[str, list[str]], names: Names) -> list[str]:
    """Classes that people browse: ours and INSEE's, and others that ours do not specialise."""
    general = {parent for parents in supers.values() for parent in parents}
    return [
        iri
        for iri in sorted(used)
        if iri.startswith((names.ontology, vocab.IGEO)) or iri not in general
    ]
