"""The registry: every layer from its files, and every entity back to its line."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, RdfFormat, Triple, parse

from essgraph import sources, vocab
from essgraph.config import Settings
from essgraph.errors import SourceError
from essgraph.sources import ntriples

FIXTURES = Path(__file__).parents[1] / "fixtures" / "sources"
SETTINGS = Settings(
    home=FIXTURES / "home", ontology_dir=FIXTURES / "ontology", data_dir=FIXTURES / "data"
)


def _triples(name: str) -> Iterator[Triple]:
    return ntriples.triples(sources.LAYERS[name].statements(SETTINGS))


def test_the_layers_are_those_of_the_graph_but_meta() -> None:
    """In the order they are built; `meta` is the build's own."""
    assert (*sources.LAYERS, "meta") == vocab.LAYERS


@pytest.mark.parametrize("name", sources.LAYERS)
def test_a_layer_is_the_same_each_time(tmp_path: Path, name: str) -> None:
    """The same inputs give the same bytes, each fact once, as N-Triples that parse."""
    layer = sources.LAYERS[name]
    first, second = tmp_path / "first.nt", tmp_path / "second.nt"

    count = sources.write_ntriples(layer.statements(SETTINGS), first)
    sources.write_ntriples(layer.statements(SETTINGS), second)

    assert first.read_bytes() == second.read_bytes()
    assert count == len(set(parse(path=first, format=RdfFormat.N_TRIPLES))) > 0
    assert {quad.triple for quad in parse(path=first, format=RdfFormat.N_TRIPLES)} == set(
        ntriples.triples(layer.statements(SETTINGS))
    )


@pytest.mark.parametrize("name", [n for n, layer in sources.LAYERS.items() if layer.distinct])
def test_a_large_layer_says_nothing_twice(name: str) -> None:
    """A build writes its statements without remembering them."""
    statements = list(sources.LAYERS[name].statements(SETTINGS))

    assert len(statements) == len(set(statements)) > 0


def test_namesakes_of_the_collection_belong_to_its_evidence() -> None:
    """With the register they are told beside the assertions, and a write leaves them alone."""
    terms = ntriples.Terms(SETTINGS.names)
    person = terms.entity("person", "zoe-durand")
    names = (("givenName", "Zoé"), ("familyName", "Durand"))
    collection = list(
        ntriples.triples(
            ntriples.fact(person, ntriples.iri(vocab.FOAF + name), ntriples.text(said))
            for name, said in names
        )
    )
    alone = list(sources.concluded(SETTINGS, collection))

    found = list(sources.concluded(replace(SETTINGS, with_layers=("officials",)), collection))

    told = [line for line in found if line not in alone]
    assert any(
        terms.ess("candidate") in line and terms.entity("person", "zoe-durand-01999") in line
        for line in told
    )
    assert list(sources.compared(found, SETTINGS.names)) == told
    officials = sources.LAYERS["officials"]
    assert not any("id/identity/" in line for line in officials.statements(SETTINGS))


def test_inputs_are_the_files_a_layer_is_made_of() -> None:
    """All of them, so that a hash of each tells whether a build is needed."""

    def inputs(name: str) -> list[str]:
        return [p.relative_to(FIXTURES).as_posix() for p in sources.LAYERS[name].inputs(SETTINGS)]

    assert inputs("ontology") == ["ontology/mots.ttl", "ontology/schemes/preuve.ttl"]
    assert inputs("collection") == ["data/collection/essai.ttl", "data/foreign/ailleurs.ttl"]
    assert inputs("evidence") == inputs("collection") + inputs("ontology")
    assert inputs("territories") == [
        "data/territories/SOURCE.toml",
        "data/territories/collectivites-outre-mer.csv",
        "data/territories/communes-internes.csv",
        "data/territories/communes.csv",
        "data/territories/departements.csv",
        "data/territories/epci.csv",
        "data/territories/pays.csv",
        "data/territories/regions.csv",
    ]


def test_blank_nodes_of_two_files_stay_two() -> None:
    """A layer may be loaded as one file."""
    triples = _triples("ontology")

    assert len({t.object.value for t in triples if isinstance(t.object, BlankNode)}) == 2


def test_evidence_is_about_facts_of_the_collection() -> None:
    """The default assertion of the one fact of the fixture without one of its own."""
    about = [t.object for t in _triples("evidence") if t.predicate.value == vocab.RDF + "predicate"]

    assert [getattr(node, "value", None) for node in about] == [vocab.DCTERMS + "spatial"]


def test_every_layer_follows_the_base_iri() -> None:
    """No IRI under the default base is left in a deployment with another."""
    settings = Settings(
        home=SETTINGS.home,
        base_iri="https://data.example/ess/",
        ontology_dir=SETTINGS.ontology_dir,
        data_dir=SETTINGS.data_dir,
    )

    for layer in sources.LAYERS.values():
        statements = list(layer.statements(settings))
        assert any("<https://data.example/ess/" in statement for statement in statements)
        assert not any(vocab.DEFAULT_BASE in statement for statement in statements)


@pytest.mark.parametrize(
    ("iri", "place"),
    [
        ("id/commune/01999", "data/territories/communes.csv:2"),
        ("id/geometry/commune-01999", "data/territories/communes.csv:2"),
        ("id/organisation/210199905", "data/territories/communes.csv:2"),
        ("id/commune/14143", "data/territories/communes.csv:3"),
        ("id/commune-deleguee/14143", "data/territories/communes-internes.csv:2"),
        ("id/epci/200054781", "data/territories/epci.csv:4"),
        ("id/organisation/200054781", "data/territories/epci.csv:4"),
        ("id/geometry/region-84", "data/territories/regions.csv:2"),
        ("id/departement/2A", "data/territories/departements.csv:3"),
        ("id/collectivite-outre-mer/984", "data/territories/collectivites-outre-mer.csv:3"),
        ("id/country/FR", "data/territories/pays.csv:2"),
        ("id/initiative/essai", "data/collection/essai.ttl:11"),
        ("id/assertion/fondation", "data/collection/essai.ttl:21"),
        ("id/organisation/ajout", "data/collection/essai.ttl:38"),
        ("id/place/ailleurs", "data/foreign/ailleurs.ttl:4"),
        ("ontology#Territory", "ontology/mots.ttl:5"),
        ("scheme/evidence/stated", "ontology/schemes/preuve.ttl:3"),
        ("id/commune/01998", None),
        ("id/geometry/commune-75101", None),
        ("id/initiative/", None),
        ("", None),
    ],
)
def test_an_entity_is_found_at_its_line(iri: str, place: str | None) -> None:
    """The block of a curated file, or the row, geometry and authority included."""
    assert sources.Locator(SETTINGS)(SETTINGS.base_iri + iri) == place


def test_a_default_assertion_comes_from_where_its_subject_does() -> None:
    """A reader of a report is sent to the node whose fact it is."""
    (assertion,) = {t.subject for t in _triples("evidence")}

    place = sources.Locator(SETTINGS)(str(assertion).strip("<>"))

    assert place == "data/collection/essai.ttl:11"


def test_namesakes_come_from_where_the_person_of_the_collection_does(tmp_path: Path) -> None:
    """No file tells of the comparison, which a build makes."""
    shutil.copytree(SETTINGS.data_dir, tmp_path / "data")
    person = f"\n<{vocab.DEFAULT_BASE}id/person/zoe-durand>\n    a <urn:x:Person> .\n"
    (tmp_path / "data" / "collection" / "personnes.ttl").write_text(person, "utf-8")
    locator = sources.Locator(replace(SETTINGS, data_dir=tmp_path / "data"))
    head = SETTINGS.base_iri + "id/identity/"

    assert locator(f"{head}zoe-durand--zoe-durand-01999") == "data/collection/personnes.ttl:2"
    assert locator(f"{head}nul--zoe-durand-01999") is None


def test_a_locator_follows_the_base_iri() -> None:
    """IRIs of a deployment are found in files written with the default base."""
    settings = Settings(
        base_iri="https://data.example/ess/",
        ontology_dir=SETTINGS.ontology_dir,
        data_dir=SETTINGS.data_dir,
    )
    locator = sources.Locator(settings)

    assert locator("https://data.example/ess/id/initiative/essai") == "data/collection/essai.ttl:11"
    assert locator("https://data.example/ess/id/departement/2A") is not None
    assert locator(vocab.DEFAULT_BASE + "id/departement/2A") is None


def test_datasets_tell_publisher_licence_and_day() -> None:
    """What the release says of the origin of its national layers."""
    assert sources.datasets(SETTINGS) == [
        sources.Dataset(
            slug="decoupage-administratif",
            layer="territories",
            title_fr="Découpage",
            title_en="Division",
            publisher="Etalab",
            licence="https://data.example/licence",
            url="https://data.example/decoupage",
            version="0.0.1",
            read_on="2026-01-31",
        )
    ]


Damage = Callable[[Path], object]


def _without_curated_files(data: Path) -> None:
    shutil.rmtree(data / "collection")
    shutil.rmtree(data / "foreign")


@pytest.mark.parametrize(
    ("layer", "damage", "message"),
    [
        (
            "territories",
            lambda d: _append(d / "territories/communes.csv", "01000,X" + "," * 11 + "\n"),
            r"communes\.csv:8: column 'zone': '' is none of metro, drom, com",
        ),
        (
            "territories",
            lambda d: _append(d / "territories/regions.csv", "93,Sud,0,01999,,\n"),
            r"regions\.csv: 3 rows, 2 expected",
        ),
        (
            "territories",
            lambda d: (d / "territories/epci.csv").unlink(),
            r"epci\.csv: No such file",
        ),
        (
            "collection",
            lambda d: _append(d / "collection/essai.ttl", "publication:x a z:y .\n"),
            r"essai\.ttl:\d+:17: The prefix z: has not been declared: publication:x a z:y \.",
        ),
        (
            "collection",
            lambda d: _append(
                d / "collection/essai.ttl",
                f"\n<{vocab.DEFAULT_BASE}id/mandate/x-05065-maire>\n    a <urn:x:Mandate> .\n",
            ),
            r"^data/collection/essai\.ttl:\d+: <\S+/id/mandate/x-05065-maire>: .* another name",
        ),
        (
            "evidence",
            _without_curated_files,
            r"collection: no RDF file",
        ),
    ],
)
def test_a_broken_input_stops_its_layer(
    tmp_path: Path, layer: str, damage: Damage, message: str
) -> None:
    """Nothing is passed over: the error names file, line and value."""
    data = tmp_path / "data"
    shutil.copytree(SETTINGS.data_dir, data)
    damage(data)
    settings = Settings(ontology_dir=SETTINGS.ontology_dir, data_dir=data)

    with pytest.raises(SourceError, match=message):
        sources.write_ntriples(sources.LAYERS[layer].statements(settings), tmp_path / "out.nt")


def _append(path: Path, text: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(text)
