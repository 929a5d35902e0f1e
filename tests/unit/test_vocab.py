"""IRIs: minted, read back, moved to another base."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from essgraph.errors import NotFound
from essgraph.vocab import Names


@given(kind=st.text(min_size=1), key=st.text(min_size=1))
def test_an_entity_iri_reads_back(kind: str, key: str) -> None:
    """Whatever the key, minting and reading back are inverse."""
    names = Names()

    assert names.entity_parts(names.entity(kind, key).value) == (kind, key)


@pytest.mark.parametrize(
    "iri",
    [
        "https://w3id.org/essgraph/id/commune",
        "https://w3id.org/essgraph/id/commune/",
        "https://w3id.org/essgraph/id/commune/05065/x",
        "https://w3id.org/essgraph/ontology#Initiative",
        "https://elsewhere.example/id/commune/05065",
    ],
)
def test_other_iris_are_not_entities(iri: str) -> None:
    """Only BASE/id/KIND/KEY is an entity."""
    with pytest.raises(NotFound, match="is not an entity"):
        Names().entity_parts(iri)


@pytest.mark.parametrize("name", ["<", "a b", "é", "a/b", "{"])
def test_any_name_of_a_graph_or_scheme_is_an_iri(name: str) -> None:
    """Layer, scheme and notation are percent-encoded, whoever typed them."""
    names = Names()
    encoded = quote(name, safe="")

    assert names.graph(name).value == f"{names.base}graph/{encoded}"
    assert names.scheme(name).value == f"{names.base}scheme/{encoded}"
    assert names.concept(name, name).value == f"{names.base}scheme/{encoded}/{encoded}"


def test_rebase_moves_every_iri() -> None:
    """Text of the repository is written with the default base."""
    names = Names("https://data.example/")

    moved = names.rebase("<https://w3id.org/essgraph/id/commune/05065>")

    assert moved == "<https://data.example/id/commune/05065>"


@pytest.mark.parametrize(
    ("iri", "short"),
    [
        ("https://w3id.org/essgraph/ontology#Initiative", "ess:Initiative"),
        ("http://www.w3.org/ns/org#member", "org:member"),
        ("https://w3id.org/essgraph/ontology#", "https://w3id.org/essgraph/ontology#"),
        ("https://elsewhere.example/x", "https://elsewhere.example/x"),
    ],
)
def test_compact_only_shortens_known_namespaces(iri: str, short: str) -> None:
    """An IRI outside the known prefixes stays whole."""
    assert Names().compact(iri) == short
