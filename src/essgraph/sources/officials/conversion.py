"""The extract -> the facts on persons, mandates and bodies, streamed.

Shape: a person and then their mandates, read side by side. A seat in a council and a function
in it ("maire") are two mandates. Source and evidence stand on the graph, not on each mandate.
Each statement comes once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from essgraph import vocab
from essgraph.sources import tabular
from essgraph.sources.ntriples import Statement, Term, Terms, fact, integer, iri, text
from essgraph.sources.officials import extract, labels
from essgraph.sources.officials.extract import Body
from essgraph.sources.officials.naming import is_name
from essgraph.sources.tabular import Row

_KEY = re.compile(r"[a-z0-9-]+")
_DAY = re.compile(r"(?:[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01]))?")
_TERRITORY = re.compile(r"(?:commune|epci|departement|collectivite-outre-mer|region)/[0-9AB]+")
_RANK = re.compile(r"[0-9]*")

_TYPE = iri(vocab.RDF + "type")
_LABEL = iri(vocab.RDFS + "label")
_GIVEN = iri(vocab.FOAF + "givenName")
_FAMILY = iri(vocab.FOAF + "familyName")
_MEMBER = iri(vocab.ORG + "member")
_ORGANISATION = iri(vocab.ORG + "organization")
_ROLE = iri(vocab.ORG + "role")
_SPATIAL = iri(vocab.DCTERMS + "spatial")
_START = iri(vocab.SCHEMA + "startDate")
_END = iri(vocab.SCHEMA + "endDate")
_ON_BEHALF_OF = iri(vocab.OPENGOV + "onBehalfOf")
_XSD_DATE = Term(str(vocab.XSD_DATE))
_FORMAL = iri(vocab.ORG + "FormalOrganization")
_PUBLIC = iri(vocab.M8G + "PublicOrganisation")
_ORGANIZATION = iri(vocab.ORG + "Organization")


def read(folder: Path, name: str, rows: Mapping[str, int]) -> Iterator[Row]:
    """The rows of a file of the extract, as many as `SOURCE.toml` announces.

    Raises: SourceError for a changed header, a malformed row or a wrong number of rows.
    """
    found = tabular.read(folder / name, extract.COLUMNS[name])
    return tabular.counted(found, folder / name, rows[name], rows[name])


def bodies(folder: Path, rows: Mapping[str, int]) -> dict[str, Body]:
    """The bodies of the extract by key. Raises: SourceError for a row that cannot be used."""
    found = {}
    for row in read(folder, extract.BODIES, rows):
        key = row.matching("key", _KEY)
        found[key] = Body(
            key=key,
            kind=row["kind"],
            name_fr=row.filled("name_fr"),
            name_en=row.filled("name_en"),
            of_fr=row["of_fr"],
            siren=row["siren"],
            governs="".join(row.each("governs", _TERRITORY)),
            spatial=tuple(row.each("spatial", _TERRITORY)),
        )
    return found


def describe(body: Body, terms: Terms) -> Iterator[Statement]:
    """The facts on a body that no other layer describes."""
    if body.kind == extract.KNOWN:
        return
    subject = terms.entity("organisation", body.key)
    yield fact(subject, _TYPE, terms.ess("Organisation"))
    if body.kind == extract.PARTY:
        yield fact(subject, _TYPE, terms.ess("PoliticalParty"))
    if body.kind in (extract.PARTY, extract.GROUP):
        yield fact(subject, _TYPE, _ORGANIZATION)
        # A name as the source prints it, which is French.
        yield fact(subject, _LABEL, text(body.name_fr, "fr"))
        return
    yield fact(subject, _TYPE, _FORMAL)
    yield fact(subject, _TYPE, _PUBLIC)
    yield fact(subject, _LABEL, text(body.name_fr, "fr"))
    yield fact(subject, _LABEL, text(body.name_en, "en"))
    if body.kind == extract.AUTHORITY:
        yield fact(subject, _TYPE, terms.ess("Authority"))
    if body.siren:
        yield fact(subject, terms.ess("siren"), text(body.siren))
    if body.governs:
        yield fact(subject, terms.ess("governs"), _territory(terms, body.governs))
    for place in body.spatial:
        yield fact(subject, _SPATIAL, _territory(terms, place))


class People:
    """The facts on persons and their mandates, from the two files of the extract."""

    def __init__(
        self, folder: Path, rows: Mapping[str, int], bodies: dict[str, Body], terms: Terms
    ) -> None:
        self._folder = folder
        self._rows = rows
        self._bodies = bodies
        self._terms = terms
        ess = terms.ess
        self._person_head = terms.entity("person", "")[:-1]
        self._mandate_head = terms.entity("mandate", "")[:-1]
        self._is_person = f" {_TYPE} {ess('Person')} .\n"
        self._is_foaf_person = f" {_TYPE} {iri(vocab.FOAF + 'Person')} .\n"
        self._is_person_person = f" {_TYPE} {iri(vocab.PERSON + 'Person')} .\n"
        self._is_mandate = f" {_TYPE} {ess('Mandate')} .\n"
        self._is_membership = f" {_TYPE} {iri(vocab.ORG + 'Membership')} .\n"
        # An office is called the same for each of its holders, and a council sits together.
        self._office = lru_cache(maxsize=4096)(self._office_of)

    def statements(self) -> Iterator[Statement]:
        """The facts. Raises: SourceError for a row that cannot be used, or files that differ."""
        mandates = read(self._folder, extract.MANDATES, self._rows)
        mandate = next(mandates, None)
        for row in read(self._folder, extract.PERSONS, self._rows):
            key = row.matching("key", _KEY)
            for column in ("given", "family"):
                if not is_name(row.filled(column)):
                    raise row.refusal(column, "is no name")
            given, family = text(row["given"]), text(row["family"])
            name = f"{given[1:-1]} {family[1:-1]}"  # escaped already
            subject = f"{self._person_head}{key}>"
            yield Statement(subject + self._is_person)
            yield Statement(subject + self._is_foaf_person)
            yield Statement(subject + self._is_person_person)
            yield Statement(f'{subject} {_LABEL} "{name}" .\n')
            yield Statement(f"{subject} {_GIVEN} {given} .\n")
            yield Statement(f"{subject} {_FAMILY} {family} .\n")
            if mandate is None or mandate["person"] != key:
                raise row.refusal("key", f"has no mandate next in {extract.MANDATES}")
            while mandate is not None and mandate["person"] == key:
                yield from self._mandate(mandate, subject, name)
                mandate = next(mandates, None)
        if mandate is not None:
            raise mandate.refusal("person", f"is not next in {extract.PERSONS}")

    def _mandate(self, row: Row, person: str, name: str) -> Iterator[Statement]:
        subject = f"{self._mandate_head}{row.matching('key', _KEY)}>"
        french, english, said = self._office(
            row["role"], row["body"], row["constituency"], row["place"]
        )
        if not said:
            column = "body" if row["role"] in labels.ROLES else "role"
            raise row.refusal(column, "is not known")
        yield Statement(subject + self._is_mandate)
        yield Statement(subject + self._is_membership)
        yield Statement(f'{subject} {_LABEL} "{french}{name}"@fr .\n')
        yield Statement(f'{subject} {_LABEL} "{english}{name}"@en .\n')
        yield Statement(f"{subject} {_MEMBER} {person} .\n")
        for fact_of_office in said:
            yield Statement(subject + fact_of_office)
        for column, predicate in (("start", _START), ("end", _END)):
            if day := row.matching(column, _DAY):
                yield Statement(f'{subject} {predicate} "{day}"^^{_XSD_DATE} .\n')
        if rank := row.matching("rank", _RANK):
            yield fact(Term(subject), self._terms.ess("rank"), integer(int(rank)))
        if row["constituency"]:
            yield from self._elsewhere(row, Term(subject))

    def _elsewhere(self, row: Row, subject: Term) -> Iterator[Statement]:
        """What the seats of larger assemblies have besides."""
        terms = self._terms
        yield fact(subject, terms.ess("constituency"), text(row["constituency"]))
        for place in row.each("spatial", _TERRITORY):
            yield fact(subject, _SPATIAL, _territory(terms, place))
        for column, predicate in (
            ("group", terms.ess("parliamentaryGroup")),
            ("party", _ON_BEHALF_OF),
        ):
            if row[column]:
                if row[column] not in self._bodies:
                    raise row.refusal(column, "is not known")
                yield fact(subject, predicate, terms.entity("organisation", row[column]))

    def _office_of(
        self, role: str, key: str, constituency: str, place: str
    ) -> tuple[str, str, tuple[str, ...]]:
        """Both labels up to the name, escaped, and the facts that all holders share."""
        body = self._bodies.get(key)
        if body is None or role not in labels.ROLES:
            return "", "", ()
        french, english = labels.of_mandate(role, body, constituency, place)
        return (
            text(f"{french}\u00a0: ")[1:-1],
            text(f"{english}: ")[1:-1],
            (
                f" {_ORGANISATION} {self._terms.entity('organisation', key)} .\n",
                f" {_ROLE} {self._terms.concept('role', role)} .\n",
            ),
        )


def _territory(terms: Terms, place: str) -> Term:
    return terms.entity(*place.split("/"))
