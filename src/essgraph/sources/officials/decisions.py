"""Decisions on identity, as lines of the extract and as facts.

Shape: one line of `identity.csv` -> one ess:IdentityDecision. A decision about one person says
which of their mandates were joined; one about two persons says that they are candidates for
being one, and nothing links them otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from essgraph import vocab
from essgraph.sources.ntriples import Statement, Term, Terms, fact, iri, text
from essgraph.sources.officials.identity import Decision, Point, Territory
from essgraph.sources.tabular import LIST_SEPARATOR, Row

FILE = "identity.csv"
COLUMNS = ("persons", "mandates", "name", "agrees", "differs", "unknown", "territories")

_TYPE = iri(vocab.RDF + "type")
_LABEL = iri(vocab.RDFS + "label")
_SPATIAL = iri(vocab.DCTERMS + "spatial")
_KEY = re.compile(r"[A-Za-z0-9-]+")  # "zoe-durand-2A004"
_POINT = re.compile("|".join(Point))
_TERRITORY = re.compile(r"(?:commune|epci|departement|collectivite-outre-mer|region)/[0-9AB]+")
_LABELS = {
    True: {"fr": "Une seule personne\u00a0: {}", "en": "One person: {}"},
    False: {"fr": "Identité non établie\u00a0: {}", "en": "Identity not established: {}"},
}


def line(
    decision: Decision,
    name: str,
    person: Callable[[str], str],
    mandates: Callable[[str], Sequence[str]],
) -> dict[str, str]:
    """The line of `identity.csv` for a decision.

    `name` is what the persons are called; `person` and `mandates` give the local names that the
    extract has for a row of the register.
    """
    keys = decision.keys[:1] if decision.joined else decision.keys
    joined = decision.keys if decision.joined else ()
    values = (
        [person(key) for key in keys],
        [mandate for key in joined for mandate in mandates(key)],
        [name],
        decision.agrees,
        decision.differs,
        decision.unknown,
        [f"{place.kind}/{place.code}" for place in decision.territories],
    )
    return dict(zip(COLUMNS, map(LIST_SEPARATOR.join, values), strict=True))


def convert(row: Row, terms: Terms) -> Iterator[Statement]:
    """Facts of one decision.

    Raises: SourceError, naming file, line, column and value.
    """
    row.filled("persons")
    persons = row.each("persons", _KEY)
    mandates = row.each("mandates", _KEY)
    if len(persons) > 2 or (len(persons) == 1) != bool(mandates):
        raise row.refusal("persons", "is not one person with mandates, nor two without")
    points = {
        column: [Point(point) for point in row.each(column, _POINT)]
        for column in ("agrees", "differs", "unknown")
    }
    places = [Territory(*place.split("/")) for place in row.each("territories", _TERRITORY)]
    yield from facts(
        terms,
        persons=[terms.entity("person", key) for key in persons],
        key="--".join(persons),
        name=row.filled("name"),
        mandates=[terms.entity("mandate", key) for key in mandates],
        agrees=points["agrees"],
        differs=points["differs"],
        unknown=points["unknown"],
        territories=places,
    )


def facts(
    terms: Terms,
    *,
    persons: Sequence[Term],
    key: str,
    name: str,
    mandates: Sequence[Term] = (),
    agrees: Sequence[Point],
    differs: Sequence[Point] = (),
    unknown: Sequence[Point] = (),
    territories: Sequence[Territory] = (),
) -> Iterator[Statement]:
    """The facts of a decision: about one person, or about two that are candidates."""
    decision = terms.entity("identity", key)
    yield fact(decision, _TYPE, terms.ess("IdentityDecision"))
    for language, label in _LABELS[len(persons) == 1].items():
        yield fact(decision, _LABEL, text(label.format(name), language))
    linked = terms.ess("about" if len(persons) == 1 else "candidate")
    for person in persons:
        yield fact(decision, linked, person)
    for mandate in mandates:
        yield fact(decision, terms.ess("joined"), mandate)
    for property_, points in (
        ("agreement", agrees),
        ("difference", differs),
        ("notCompared", unknown),
    ):
        for point in points:
            yield fact(decision, terms.ess(property_), terms.concept("identity", point))
    for place in territories:
        yield fact(decision, _SPATIAL, terms.entity(place.kind, place.code))
    yield fact(decision, terms.ess("evidence"), terms.concept("evidence", "derived"))
