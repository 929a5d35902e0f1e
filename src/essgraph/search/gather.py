"""What the text index needs to know, read from the source RDF of a release.

From the files rather than from the store: it is several times faster, and the store can be
loaded meanwhile.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from essgraph import vocab
from essgraph.search import people
from essgraph.search.facets import BOUNDS, DATES, DURING, year_text
from essgraph.search.people import Holding, Roll
from essgraph.search.tenures import Tenures
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
_FACETS = (
    "skos:broader",
    "ess:partner",
    "ess:partnerType",
    "ess:legalForm",
    "dcterms:publisher",
    "dcterms:issued",
    "schema:foundingDate",
    "schema:startDate",
    "schema:endDate",
    "org:member",
    "org:organization",
    "org:role",
    "ess:site",
    "geo:hasCentroid",
    "prov:hadPrimarySource",
    *DURING,
    *BOUNDS,
    *DATES,
)
"""Besides the links, what facets and points are read from."""

_PARTED = (
    *("org:member", "org:role", "org:organization", "dcterms:spatial"),
    *("schema:startDate", "schema:endDate", "prov:hadPrimarySource"),
    *DURING,
)
"""What is read of a mandate of the register of which more is said elsewhere."""

Take = Callable[[str, str, str], None]
"""Called with the subject's IRI, the object's IRI or text, and its language, "" for none."""


@dataclass
class Facts:
    """What the graph says of all entities, by IRI.

    Shape: labels: IRI -> language -> label; targets: property -> IRI -> IRIs;
    members: class -> IRIs; supers: class -> what it is a subclass of; holdings: person -> what
    the register has for them first; unlisted: its mandates, which are no entries; councils:
    those of each body, packed; families: the lengths of the family names of persons; tenures: its
    mandates as facets count them.
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
    holdings: dict[str, Holding] = field(default_factory=dict)
    unlisted: int = 0
    councils: dict[str, bytearray] = field(default_factory=dict)
    families: dict[str, int] = field(default_factory=dict)
    tenures: Tenures = field(default_factory=Tenures)


def read(files: Iterable[Path], names: Names) -> Facts:
    """Labels, codes, classes and links of everything in files of N-Triples.

    Raises: OSError when one cannot be read.
    """
    facts = gather(_lines(files), names)
    facts.supers = {iri: supers for iri, supers in facts.supers.items() if iri in facts.members}
    listed = _listed(set(facts.members), facts.supers, names)
    facts.members = {iri: list(dict.fromkeys(facts.members[iri])) for iri in listed}
    return facts


def gather(lines: Iterable[str], names: Names) -> Facts:
    """What these N-Triples lines say, the same in whatever order; every class is a member."""
    facts = Facts()
    takes = _takes(facts, names)
    roll = Roll(names, lambda said: _give(said, takes))
    _give(_but_mandates(lines, roll), takes)
    roll.close()
    facts.holdings, facts.unlisted = roll.best, roll.unlisted
    facts.councils, facts.tenures = roll.seating.packed, roll.tenures
    parted = {str(_term(prop, names)): facts.targets[prop] for prop in _PARTED}
    for mandate, tenure, more in roll.parted():
        _give(more, {prop: _into(found) for prop, found in parted.items()})
        for prop, told in (
            ("org:member", [tenure.person]),
            ("org:role", [tenure.role]),
            ("org:organization", [tenure.body]),
            ("dcterms:spatial", tenure.spatial),
            ("schema:startDate", [year_text(tenure.since)]),
            ("schema:endDate", [year_text(tenure.until)]),
        ):
            held = facts.targets[prop][mandate]
            held += [one for one in told if one not in (*held, "0000")]
    for class_iri in roll.classes:
        facts.members.setdefault(class_iri, [])
    return facts


def _but_mandates(lines: Iterable[str], roll: Roll) -> Iterator[str]:
    head = roll.head
    subject, held = head, list[str]()
    for line in lines:
        if not line.startswith(head):
            yield line
        elif held and line.startswith(subject):
            held.append(line)
        else:
            if held:
                roll.take(subject[:-1], held)
            subject, held = line[: line.index(" ") + 1], [line]
    if held:
        roll.take(subject[:-1], held)


def _lines(files: Iterable[Path]) -> Iterator[str]:
    for file in files:
        # Each byte a character: four times faster to read, and most lines are ASCII.
        with file.open(encoding="latin-1", newline="\n") as lines:
            for line in lines:
                yield line if line.isascii() else line.encode("latin-1").decode()


def _give(lines: Iterable[str], takes: Mapping[str, Take]) -> None:
    """Read the lines of these properties; those of one subject share its text."""
    last = iri = ""
    for line in lines:
        subject, predicate, rest = line.split(" ", 2)
        take = takes.get(predicate)
        if take is not None and subject[0] == "<":
            if subject != last:
                last, iri = subject, subject[1:-1]
            _take(take, iri, rest, line)


def links(names: Names) -> list[NamedNode]:
    """The properties that take an entity's name to what the index says of another."""
    return [_term(prop, names) for prop in _LINKS]


def telling(lines: Iterable[str], names: Names) -> Iterator[str]:
    """Of some lines of N-Triples, those that the index is made from."""
    takes = _takes(Facts(), names)
    roll = Roll(names, lambda lines: None)
    head, of_mandates = roll.head, {*people.LINKS, people.SOURCE, *roll.seating.telling}
    for line in lines:
        subject, predicate, _ = line.split(" ", 2)
        if predicate in takes or (predicate in of_mandates and subject.startswith(head)):
            yield line


def _take(take: Take, iri: str, rest: str, line: str) -> None:
    """Read the object of a line; one with an escape is left to the engine's parser."""
    if "\\" in line:
        (quad,) = parse(line, format=RdfFormat.N_TRIPLES)
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode | Literal):
            lang = quad.object.language if isinstance(quad.object, Literal) else ""
            take(quad.subject.value, quad.object.value, lang or "")
    elif rest[0] == "<":
        take(iri, rest[1 : rest.index(">")], "")
    elif rest[0] == '"':
        text, _, kind = rest[1:].rpartition('"')
        lang = kind[1:].partition(" ")[0] if kind[0] == "@" else ""
        take(iri, text, lang)


def _takes(facts: Facts, names: Names) -> dict[str, Take]:
    """What is done with the object of each property, by the property as N-Triples spell it."""

    def label(iri: str, text: str, lang: str) -> None:
        said = facts.labels.setdefault(iri, {})
        said[lang] = min(text, said.get(lang, text))

    def weight(iri: str, text: str, lang: str) -> None:
        if text.isdecimal():
            facts.weights[iri] = max(int(text), facts.weights.get(iri, 0))

    def family(iri: str, text: str, lang: str) -> None:
        facts.families[iri] = max(len(text), facts.families.get(iri, 0))

    def point(iri: str, text: str, lang: str) -> None:
        if text.startswith("POINT"):  # outlines are long
            _into(facts.targets["geo:asWKT"])(iri, text, lang)

    def member(iri: str, class_iri: str, lang: str) -> None:
        facts.members[class_iri].append(iri)

    takes: dict[str, Take] = {
        "rdfs:label": label,
        "rdf:type": member,
        "rdfs:subClassOf": _into(facts.supers),
        "skos:altLabel": _into(facts.others),
        "dcterms:description": _into(facts.descriptions),
        "ess:inhabitants": weight,
        "foaf:familyName": family,
        "geo:asWKT": point,
    }
    takes |= dict.fromkeys(_CODES, _into(facts.codes))
    takes |= {prop: _into(facts.targets[prop]) for prop in (*_LINKS, *_FACETS)}
    return {str(_term(prop, names)): take for prop, take in takes.items()}


def _into(found: Mapping[str, list[str]]) -> Take:
    """Keep what is taken, each once."""

    def take(iri: str, value: str, lang: str) -> None:
        values = found[iri]
        if value not in values:
            values.append(value)

    return take


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
