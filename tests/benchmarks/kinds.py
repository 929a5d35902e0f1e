"""The kinds of queries that are compared, each in as many wordings as are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from urllib.parse import quote

PREFIXES = (
    "PREFIX ess: <https://w3id.org/essgraph/ontology#> "
    "PREFIX igeo: <http://rdf.insee.fr/def/geo#> "
    "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
)


@dataclass(frozen=True)
class Kind:
    """A kind of query: ~commune~, ~insee~, ~epci~ and ~departement~ stand for constants, ~n~
    for a number that grows when they come round again."""

    name: str
    text: str
    by: str = ""

    def paths(self, constants: Mapping[str, list[str]]) -> Iterator[str]:
        """Queries of this kind, no two the same, as the end of an address."""
        text = quote(self.text, safe="")
        values = [quote(value, safe="") for value in constants[self.by]] if self.by else [""]
        for n in count():
            numbered = text.replace("~n~", str(n))
            for value in values:
                yield numbered.replace(f"~{self.by}~", value) if self.by else numbered


POINTS = (
    Kind("one entity", "SELECT ?p~n~ ?o { <~commune~> ?p~n~ ?o }", "commune"),
    Kind(
        "commune by INSEE code",
        PREFIXES + 'SELECT ?c~n~ ?l { ?c~n~ igeo:codeINSEE "~insee~" ; rdfs:label ?l }',
        "insee",
    ),
    Kind(
        "EPCI of a commune",
        PREFIXES + "SELECT ?e~n~ ?l { <~commune~> ess:inEpci ?e~n~ . ?e~n~ rdfs:label ?l }",
        "commune",
    ),
    Kind(
        "communes of an EPCI",
        PREFIXES + "SELECT ?c~n~ ?l { ?c~n~ ess:inEpci <~epci~> ; rdfs:label ?l }",
        "epci",
    ),
)
_RUN = '("~n~" AS ?run)'
LONG = (
    Kind(
        "communes counted by département",
        f"{PREFIXES}SELECT ?d (COUNT(?c) AS ?n) {_RUN} "
        "{ ?c a igeo:Commune ; igeo:subdivisionDe ?d } GROUP BY ?d",
    ),
    Kind(
        "inhabitants summed by région",
        f"{PREFIXES}SELECT ?r (SUM(?i) AS ?n) {_RUN} {{ ?c a igeo:Commune ; ess:inhabitants ?i ; "
        "igeo:subdivisionDe/igeo:subdivisionDe ?r } GROUP BY ?r",
    ),
    Kind(
        "the largest EPCIs",
        f"{PREFIXES}SELECT ?e (COUNT(?c) AS ?n) {_RUN} {{ ?c ess:inEpci ?e }} "
        "GROUP BY ?e ORDER BY DESC(?n) ?e LIMIT 20",
    ),
    Kind(
        "different postal codes",
        f"{PREFIXES}SELECT (COUNT(DISTINCT ?p) AS ?n) {_RUN} {{ ?s ess:postalCode ?p }}",
    ),
    Kind(
        "labels that contain a text",
        PREFIXES + "SELECT ?c ?l { ?c a igeo:Commune ; rdfs:label ?l "
        'FILTER(CONTAINS(LCASE(STR(?l)), "remy~n~") || CONTAINS(STR(?l), "-Rémy")) }',
    ),
    Kind(
        "communes of a département",
        PREFIXES + "SELECT ?c~n~ ?l ?i { ?c~n~ igeo:subdivisionDe <~departement~> ; "
        "rdfs:label ?l ; ess:inhabitants ?i ; igeo:codeINSEE ?k ; ess:inEpci ?e }",
        "departement",
    ),
    Kind(
        "every commune with its label",
        PREFIXES + "SELECT ?c~n~ ?l { ?c~n~ a igeo:Commune ; rdfs:label ?l }",
    ),
)
