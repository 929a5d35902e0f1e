"""`essgraph validate`: exit codes, sentences, JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from pyoxigraph import NamedNode

from essgraph import sources
from essgraph.cli.validate import validate
from essgraph.config import Settings
from essgraph.errors import ConfigError, NotFound, SourceError, StoreUnavailable
from essgraph.sources import ntriples, turtle
from essgraph.store.embedded import EmbeddedStore
from essgraph.vocab import Names

_PREFIXES = """@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix ess: <https://w3id.org/essgraph/ontology#> .
"""
_PERSON = """
<https://w3id.org/essgraph/id/person/zoe-durand>
    a ess:Person ;
    rdfs:label "Zoé Durand" ;
    foaf:givenName "Zoé" ;
    foaf:familyName "Durand" .
"""
_WRONG = _PERSON.replace('"Zoé Durand"', '"Durand"')
_MINE = """
<urn:s> a sh:NodeShape ; sh:targetClass ess:Person ; sh:property <urn:p> .
<urn:p> sh:path foaf:nick ; sh:minCount 1 ; sh:message "Sans surnom."@fr , "No nickname."@en .
"""


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the releases, the settings or the language of the machine."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ESSGRAPH_HOME", str(tmp_path / "var"))
    for variable in ("ESSGRAPH_CONFIG", "ESSGRAPH_SHACL_ENGINE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(variable, raising=False)


def _run(*arguments: str, env: dict[str, str] | None = None) -> Result:
    return CliRunner().invoke(validate, arguments, env=env)


def _write(text: str, name: str = "people.ttl") -> str:
    Path(name).write_text(_PREFIXES + text, "utf-8")
    return name


def test_sound_file_exits_0() -> None:
    """The last line is the verdict."""
    result = _run(_write(_PERSON))

    assert result.exit_code == 0
    assert result.output.startswith("Les données sont conformes")


def test_wrong_file_exits_1_and_says_where() -> None:
    """A reader gets the sentence, the name, the value, the file and the line."""
    result = _run(_write(_WRONG))

    assert result.exit_code == 1
    rule, case, verdict = result.output.splitlines()
    assert rule == (
        "Erreur\u00a0: Ce nom n’est pas le prénom suivi du nom de famille\u00a0: "
        "corrigez rdfs:label. (1 cas)"
    )
    assert case.startswith("  - Durand\u00a0: ")
    assert case.endswith("«\u00a0Durand\u00a0» [people.ttl:6]")
    assert verdict.endswith("pas conformes\u00a0: 1 erreur, 0 avertissement, 0 information.")


def test_lone_file_says_what_it_cannot_check() -> None:
    """A link out of the file is counted; one inside it, or to a concept, is not."""
    person = "<https://w3id.org/essgraph/id/person/zoe-durand>"
    mandate = f"<urn:m> <http://www.w3.org/ns/org#member> {person} ."
    away = mandate.replace("zoe-durand", "nobody").replace("urn:m", "urn:n")
    result = _run(_write(_PERSON + mandate + away))

    unchecked, verdict = result.output.splitlines()
    assert "\u00a0: 1 lien vers une autre fiche n’a pas été vérifié" in unchecked
    assert verdict.startswith("Les données sont conformes")


def test_national_map_leaves_no_link_unchecked() -> None:
    """With France in the file the shapes tell of a missing entity, and nothing is left to say."""
    france = (
        "<https://w3id.org/essgraph/id/country/FR> rdfs:label 'France'@fr .\n"
        "<urn:m> rdfs:label 'Mandat'@fr ; <http://www.w3.org/ns/org#member> "
        "<https://w3id.org/essgraph/id/person/nobody> ."
    )
    result = _run(_write(france))

    assert result.exit_code == 1
    assert result.output.startswith("Erreur\u00a0: Ce lien ne mène à rien")
    assert "vérifié" not in result.output


def test_empty_file_says_that_it_holds_nothing() -> None:
    """Conforming, but a reader sees that nothing was checked."""
    result = _run(_write(""))

    assert result.exit_code == 0
    assert result.output.startswith("Information\u00a0: people.ttl ne contient aucun fait.")


@pytest.mark.parametrize(
    ("arguments", "env", "verdict"),
    [
        (["--lang", "en"], {}, "The data conforms"),
        (["--lang", "fr"], {"LANG": "en_GB.UTF-8"}, "Les données"),
        ([], {"LANG": "en_GB.UTF-8"}, "The data conforms"),
        ([], {"LANG": "fr_FR.UTF-8"}, "Les données"),
        ([], {"LANG": "C.UTF-8"}, "Les données"),
        ([], {"LANG": "C"}, "Les données"),
        ([], {"LC_ALL": "en_US.UTF-8", "LANG": "fr_FR.UTF-8"}, "The data conforms"),
    ],
)
def test_language_is_chosen_or_the_terminals(
    arguments: list[str], env: dict[str, str], verdict: str
) -> None:
    """--lang wins over the locale; any locale that is not English gets French."""
    result = _run(_write(_PERSON), *arguments, env=env)

    assert result.output.startswith(verdict)


def test_unknown_language_is_a_usage_error() -> None:
    """Exit 2 and the choices."""
    result = _run(_write(_PERSON), "--lang", "de")

    assert result.exit_code == 2
    assert "'de' is not one of 'fr', 'en'" in result.output


def test_json_is_for_scripts() -> None:
    """`conforms` and `results`, the file of each included; the exit code stays."""
    result = _run(_write(_WRONG), "--json")
    report = json.loads(result.output)

    assert result.exit_code == 1
    assert report["conforms"] is False
    assert [(r["value"], r["file"], sorted(r["message"])) for r in report["results"]] == [
        ("Durand", "people.ttl:6", ["en", "fr"])
    ]


@pytest.mark.parametrize("engine", ["fast", "pyshacl"])
def test_shapes_replace_ours(engine: str) -> None:
    """With --shapes only those given count, on either engine."""
    shapes = _write(_MINE, "mine.ttl")
    result = _run(_write(_WRONG), "--shapes", shapes, "--engine", engine, "--lang", "en")

    assert result.exit_code == 1
    assert "Error: No nickname. (1 case)" in result.output
    assert "family name" not in result.output


def test_other_formats_are_read() -> None:
    """N-Triples, RDF/XML and JSON-LD beside Turtle, several files as one graph."""
    ess, foaf = "https://w3id.org/essgraph/ontology#", "http://xmlns.com/foaf/0.1/"
    zoe = "https://w3id.org/essgraph/id/person/zoe"
    label = "http://www.w3.org/2000/01/rdf-schema#label"
    rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    Path("a.nt").write_text(f"<{zoe}> <{rdf}type> <{ess}Person> .\n", "utf-8")
    Path("b.rdf").write_text(
        f'<rdf:RDF xmlns:rdf="{rdf}" xmlns:foaf="{foaf}"><rdf:Description rdf:about="{zoe}">'
        "<foaf:givenName>Zoé</foaf:givenName></rdf:Description></rdf:RDF>",
        "utf-8",
    )
    names = {"@id": zoe, foaf + "familyName": "Durand", label: "Zoé Durand"}
    Path("c.jsonld").write_text(json.dumps(names), "utf-8")

    assert _run("a.nt", "b.rdf", "c.jsonld").exit_code == 0
    assert _run("a.nt", "b.rdf").exit_code == 1


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (["bad.ttl"], SourceError, r"bad\.ttl:6:\d+: .*: <urn:a> <urn:b> ;; ]"),
        (["none.ttl"], NotFound, r"none\.ttl: no such file"),
        (["good.ttl", "--shapes", "none"], NotFound, r"none: no such file"),
        (["good.ttl", "--shapes", "bad.ttl"], SourceError, r"bad\.ttl:6:"),
        (["good.ttl", "--engine", "quick"], ConfigError, r"'quick'; there are: fast, pyshacl"),
        ([], StoreUnavailable, r"essgraph build"),
    ],
)
def test_what_cannot_be_checked_is_an_error(
    arguments: list[str], error: type[Exception], message: str
) -> None:
    """Malformed (65), missing (66), unknown engine (78), no release yet (69)."""
    _write(_PERSON, "good.ttl")
    _write("\n<urn:a> <urn:b> ;; ] .", "bad.ttl")

    with pytest.raises(error, match=message):
        CliRunner().invoke(validate, arguments, catch_exceptions=False)


@pytest.mark.parametrize(("text", "code"), [(_PERSON, 0), (_WRONG, 1)])
def test_without_file_the_current_release_is_checked(tmp_path: Path, text: str, code: int) -> None:
    """The release's source RDF and store are what is validated."""
    release = tmp_path / "var" / "releases" / "r1"
    (release / "data").mkdir(parents=True)
    ontology = sources.LAYERS["ontology"].statements(Settings())
    data = release / "data" / "ontology.nt"
    sources.write_ntriples(ontology, data)
    store = EmbeddedStore.open(release / "store", read_only=False)
    store.bulk_load(data, NamedNode("urn:ontology"))
    _write(text, "people.ttl")
    people = release / "data" / "collection.nt"
    facts = map(ntriples.statement, turtle.read(Path("people.ttl"), Names()))
    sources.write_ntriples(facts, people)
    store.bulk_load(people, NamedNode("urn:people"))
    store.close()
    (tmp_path / "var" / "current").symlink_to("releases/r1")

    assert _run().exit_code == code
