"""Sentences that someone who does not write RDF can act on."""

from __future__ import annotations

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat

from essgraph.shacl import report, sentences
from essgraph.shacl.paths import Path
from essgraph.shacl.report import INFO, VIOLATION, Report, Result
from essgraph.store.embedded import EmbeddedStore

_SIREN = Path(predicate=NamedNode("http://e/siren"))
_LABELS = {
    "http://e/a": {"fr": "Commune de A", "en": "Municipality of A"},
    "http://e/siren": {"fr": "SIREN", "en": "SIREN number"},
    "http://e/other": {"": "Zoé Durand"},
}
_DATA = """
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
<http://e/a> rdfs:label "Commune de A"@fr .
<http://e/other> rdfs:label "Zoé Durand" .
<http://e/unasked> rdfs:label "Personne"@fr .
"""


def _wrong_siren(node: str = "a", severity: NamedNode = VIOLATION) -> Result:
    return Result(
        focus_node=NamedNode(f"http://e/{node}"),
        path=_SIREN,
        value=Literal("123"),
        component=NamedNode("http://e/Pattern"),
        severity=severity,
        source_shape=NamedNode("http://e/Siren"),
        messages={"fr": "Un SIREN compte 9 chiffres.", "en": "A SIREN has 9 digits."},
    )


def _twice_mayor(node: str, other: str) -> Result:
    value = NamedNode(f"http://e/{other}")
    return Result(
        focus_node=NamedNode(f"http://e/{node}"),
        path=None,
        value=value,
        component=NamedNode("http://e/Sparql"),
        severity=VIOLATION,
        source_shape=NamedNode("http://e/Mayor"),
        messages={"fr": f"Autre mandat : {value.value}."},
    )


def _report(*results: Result) -> Report:
    return report.make(list(results), "fast", 0.0)


def test_case_has_name_property_value_and_place() -> None:
    """The label, the property, the value in quotation marks, and file:line."""
    lines = sentences.write(_report(_wrong_siren()), "fr", _LABELS, lambda iri: "communes.csv:12")

    assert lines == [
        "Erreur\u00a0: Un SIREN compte 9 chiffres. (1 cas)",
        "  - Commune de A\u00a0: SIREN\u00a0: «\u00a0123\u00a0» [communes.csv:12]",
        "Les données ne sont pas conformes\u00a0: 1 erreur, 0 avertissement, 0 information.",
    ]


def test_english_is_english_throughout() -> None:
    """No French word is left in an English report."""
    lines = sentences.write(_report(_wrong_siren()), "en", _LABELS)

    assert lines == [
        "Error: A SIREN has 9 digits. (1 case)",
        "  - Municipality of A: SIREN number: “123”",
        "The data does not conform: 1 error, 0 warnings, 0 notes.",
    ]


def test_many_cases_are_counted_and_cut() -> None:
    """A rule shows so many cases and says how many more there are."""
    results = [_wrong_siren(f"n{i:02}") for i in range(12)]
    lines = sentences.write(_report(*results), "fr", {}, cap=10)

    assert lines[0].endswith("(12 cas)")
    assert len(lines) == 1 + 10 + 1 + 1
    assert lines[-2] == "  - … et 2 autres"


def test_sentences_that_differ_are_told_one_by_one() -> None:
    """A message with a value of its own is printed with its case, IRIs called by their label."""
    found = _report(_twice_mayor("a", "other"), _twice_mayor("b", "third"))
    lines = sentences.write(found, "fr", _LABELS)

    assert lines[:3] == [
        "Erreur\u00a0: http://e/Mayor (2 cas)",
        "  - Commune de A\u00a0: Autre mandat : Zoé Durand.",
        "  - http://e/b\u00a0: Autre mandat : http://e/third.",
    ]


def test_repeated_result_is_told_once() -> None:
    """Two equal results (one a language, say) are one case for a reader."""
    lines = sentences.write(_report(_wrong_siren(), _wrong_siren()), "fr", _LABELS)

    assert lines[0].endswith("(1 cas)")


@pytest.mark.parametrize(
    ("lang", "said"),
    [("fr", "Les données sont conformes"), ("en", "The data conforms")],
)
def test_information_does_not_block(lang: str, said: str) -> None:
    """The verdict is the release's, not the strict one."""
    lines = sentences.write(_report(_wrong_siren(severity=INFO)), lang, _LABELS)

    assert lines[-1].startswith(said)


def test_blank_node_has_no_label() -> None:
    """A node without a name is told as it is."""
    blank = Result(BlankNode("x"), None, None, NamedNode("http://e/C"), INFO, BlankNode("s"))
    lines = sentences.write(_report(blank), "en", {})

    assert lines[1] == "  - _:x"


def test_labels_are_of_what_is_told() -> None:
    """Only what the sentences mention is looked up, in all languages there are."""
    store = EmbeddedStore()
    store.load(_DATA.encode(), RdfFormat.TURTLE, NamedNode("http://e/graph"))
    found = sentences.labels(store, _report(_twice_mayor("a", "other")))

    assert found == {"http://e/a": {"fr": "Commune de A"}, "http://e/other": {"": "Zoé Durand"}}


def test_empty_report_asks_nothing() -> None:
    """Nothing to tell, nothing to look up."""
    assert sentences.labels(EmbeddedStore(), _report()) == {}


@pytest.mark.parametrize(
    ("links", "lang", "said"),
    [
        (1, "fr", "Information\u00a0: 1 lien vers une autre fiche n’a pas été vérifié\u00a0: "),
        (2, "fr", "Information\u00a0: 2 liens vers d’autres fiches n’ont pas été vérifiés\u00a0: "),
        (1, "en", "Information: 1 link to another entity was not checked: "),
        (2, "en", "Information: 2 links to other entities were not checked: "),
    ],
)
def test_unchecked_links_are_counted(links: int, lang: str, said: str) -> None:
    """One or several, and what can check them."""
    assert sentences.unchecked(links, lang).startswith(said)
    assert "(essgraph build)" in sentences.unchecked(links, lang)


def test_empty_file_is_named() -> None:
    """In both languages."""
    assert sentences.empty("a.ttl", "fr") == "Information\u00a0: a.ttl ne contient aucun fait."
    assert sentences.empty("a.ttl", "en") == "Information: a.ttl holds no fact."
