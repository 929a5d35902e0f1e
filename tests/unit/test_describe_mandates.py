"""Mandates of a body and of a person: those of today, of the past, of unknown end."""

from __future__ import annotations

import datetime

import pytest
from pyoxigraph import NamedNode, RdfFormat, Store

from essgraph import describe
from essgraph.describe import When
from essgraph.store.embedded import EmbeddedStore
from essgraph.vocab import Names

NAMES = Names()
TODAY = datetime.date(2026, 11, 24)
BODY = NAMES.entity("organisation", "b")
PREFIXES = """
@prefix ess: <https://w3id.org/essgraph/ontology#> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix org: <http://www.w3.org/ns/org#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <https://schema.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@base <https://w3id.org/essgraph/> .
"""


def _mandate(person: str, role: str, more: str = "") -> str:
    return f"""
    <id/mandate/{person}-{role}> a ess:Mandate ; org:member <id/person/{person}> ;
        org:organization <id/organisation/b> ; org:role <scheme/role/{role}> {more} .
    <id/person/{person}> rdfs:label "{person.title()}" ; foaf:familyName "{person.title()}" .
    """


def _store(register: str, collection: str = "") -> EmbeddedStore:
    store = EmbeddedStore(Store())
    for graph, text in (("officials", register), ("collection", collection)):
        store.load((PREFIXES + text).encode(), RdfFormat.TURTLE, NAMES.graph(graph))
    return store


def _of(store: EmbeddedStore, node: NamedNode, prop: str) -> describe.Mandates:
    return describe.mandates_of(store, [node], prop, NAMES, "fr", TODAY)


def test_officials_head_first_each_once() -> None:
    """The mayor, then deputies by rank, then seats by family name; each person once."""
    store = _store(
        _mandate("zoe", "conseiller-municipal")
        + _mandate("zoe", "maire")
        + _mandate("ali", "adjoint", "; ess:rank 2")
        + _mandate("yan", "adjoint", "; ess:rank 1")
        + _mandate("eve", "conseiller-municipal")
        + _mandate("bob", "conseiller-municipal")
    )
    found = _of(store, BODY, describe.ORGANISATION).officials()

    assert [item.person.label.value for item in found] == ["Zoe", "Yan", "Ali", "Bob", "Eve"]


@pytest.mark.parametrize(
    ("graph", "more", "when"),
    [
        ("officials", "", When.NOW),
        ("officials", '; schema:endDate "2026-11-23"^^xsd:date', When.PAST),
        ("officials", '; schema:endDate "2026"^^xsd:gYear', When.NOW),
        ("collection", "", When.UNKNOWN),
        ("collection", '; schema:endDate "2014"^^xsd:gYear', When.PAST),
    ],
)
def test_when_a_mandate_is_held(graph: str, more: str, when: When) -> None:
    """Only a register tells who is in office; a year is over when its last day is."""
    text = _mandate("zoe", "maire", more)
    store = _store(*((text,) if graph == "officials" else ("", text)))
    (found,) = _of(store, NAMES.entity("person", "zoe"), describe.MEMBER).all

    assert found.when is when


def test_body_without_mandates() -> None:
    """Nothing is made up of a body that nobody has a mandate in."""
    found = _of(_store(""), BODY, describe.ORGANISATION)

    assert found.all == ()
