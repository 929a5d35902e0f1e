"""What every territory and every authority has in common.

Shape: a territory is an ess:Territory, a geo:Feature and one INSEE class; its centroid is a
geo:Geometry of its own, whose one label is French, the language of the name it holds.
Units: WKT without a reference system is CRS84, longitude first (GeoSPARQL 1.1, 8.5.1).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from essgraph import vocab
from essgraph.sources.ntriples import Statement, Term, Terms, fact, integer, iri, text, typed
from essgraph.sources.tabular import Row

COMMUNE = re.compile(r"(?:[0-9]{2}|2[AB])[0-9]{3}")
DEPARTEMENT = re.compile(r"[0-9]{2}|2[AB]|97[0-9]")
REGION = re.compile(r"[0-9]{2}")
OVERSEAS = re.compile(r"9[78][0-9]")
POSTAL_CODE = re.compile(r"[0-9]{5}")
SIREN = re.compile(r"[0-9]{9}")

CHEF_LIEU = iri(vocab.IGEO + "chefLieu")
LABEL = iri(vocab.RDFS + "label")
MEMBER_OF = iri(vocab.ORG + "memberOf")
SUBDIVISION_OF = iri(vocab.IGEO + "subdivisionDe")

_TYPE = iri(vocab.RDF + "type")
_ALT_LABEL = iri(vocab.SKOS + "altLabel")
_FEATURE = iri(vocab.GEO + "Feature")
_FORMAL_ORGANISATION = iri(vocab.ORG + "FormalOrganization")
_PUBLIC_ORGANISATION = iri(vocab.M8G + "PublicOrganisation")
_CODE = iri(vocab.IGEO + "codeINSEE")
_NAME = iri(vocab.IGEO + "nom")
_HAS_CENTROID = iri(vocab.GEO + "hasCentroid")
_GEOMETRY = iri(vocab.GEO + "Geometry")
_AS_WKT = iri(vocab.GEO + "asWKT")
_WKT = Term(str(vocab.WKT_LITERAL))


def territory(row: Row, terms: Terms, place: Term, insee_class: Term) -> Iterator[Statement]:
    """Classes, label and name of a territory; the name is the publisher's, letter for letter."""
    name = row.filled("nom")
    yield fact(place, _TYPE, terms.ess("Territory"))
    yield fact(place, _TYPE, insee_class)
    yield fact(place, _TYPE, _FEATURE)
    yield fact(place, LABEL, text(name, "fr"))
    yield fact(place, _NAME, text(name))


def code(place: Term, insee_code: str) -> Statement:
    """The INSEE code of a territory; a plain string, as INSEE publishes it."""
    return fact(place, _CODE, text(insee_code))


def inhabitants(row: Row, terms: Terms, place: Term) -> Iterator[Statement]:
    """The population of a territory, where it is published."""
    if row["population"]:
        yield fact(place, terms.ess("inhabitants"), integer(row.integer("population")))


def postal_codes(row: Row, terms: Terms, place: Term) -> Iterator[Statement]:
    """The postal codes that serve a territory."""
    for postal_code in row.each("codes_postaux", POSTAL_CODE):
        yield fact(place, terms.ess("postalCode"), text(postal_code))


def centroid(row: Row, terms: Terms, place: Term, kind: str, key: str) -> Iterator[Statement]:
    """The centroid of a territory and its geometry, where one is known."""
    if not (row["longitude"] or row["latitude"]):
        return
    point = f"POINT({row.degrees('longitude', 180)} {row.degrees('latitude', 90)})"
    geometry = terms.entity("geometry", f"{kind}-{key}")
    yield fact(place, _HAS_CENTROID, geometry)
    yield fact(geometry, _TYPE, _GEOMETRY)
    yield fact(geometry, LABEL, text(f"Centroïde\u00a0: {row['nom']}", "fr"))
    yield fact(geometry, _AS_WKT, typed(point, _WKT))


def authority(terms: Terms, siren: str, governed: Term) -> Iterator[Statement]:
    """Classes and SIREN of the legal person that governs a territory."""
    body = terms.entity("organisation", siren)
    yield fact(body, _TYPE, terms.ess("Authority"))
    yield fact(body, _TYPE, terms.ess("Organisation"))
    yield fact(body, _TYPE, _FORMAL_ORGANISATION)
    yield fact(body, _TYPE, _PUBLIC_ORGANISATION)
    yield fact(body, terms.ess("siren"), text(siren))
    yield fact(body, terms.ess("governs"), governed)


def also_named(subject: Term, name: str) -> Statement:
    """Another French name of a subject."""
    return fact(subject, _ALT_LABEL, text(name, "fr"))
