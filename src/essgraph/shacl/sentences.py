"""A report as sentences that someone who does not write RDF can act on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode

from essgraph.shacl.filing import by_rule
from essgraph.shacl.report import INFO, VIOLATION, WARNING, Locate, Report, Result, plain
from essgraph.store.base import GraphStore, Term
from essgraph.vocab import RDFS, SH

Labels = Mapping[str, Mapping[str, str]]
"""IRI -> language ("" for none) -> label."""

CAP = 10
"""Cases shown for each rule; the rest is counted."""


@dataclass(frozen=True)
class _Language:
    """The words of one language."""

    code: str
    severities: Mapping[NamedNode, str]
    quote: str
    colon: str
    conforms: str
    does_not: str
    empty: str
    counted: Mapping[str, tuple[str, str]]
    plural_of_zero: bool

    def count(self, kind: str, n: int) -> str:
        """`3 erreurs`, `1 erreur`."""
        one, many = self.counted.get(kind, (f"{{}} {kind}",) * 2)
        plural = n > 1 or (n == 0 and self.plural_of_zero)
        return (many if plural else one).format(n)


_LANGUAGES = {
    "fr": _Language(
        code="fr",
        severities={VIOLATION: "Erreur", WARNING: "Avertissement", INFO: "Information"},
        quote="«\u00a0{}\u00a0»",
        colon="\u00a0: ",
        conforms="Les données sont conformes",
        does_not="Les données ne sont pas conformes",
        empty="{} ne contient aucun fait.",
        counted={
            "more": ("et {} autre", "et {} autres"),
            "cases": ("{} cas", "{} cas"),
            "Violation": ("{} erreur", "{} erreurs"),
            "Warning": ("{} avertissement", "{} avertissements"),
            "Info": ("{} information", "{} informations"),
            "unchecked": (
                "{} lien vers une autre fiche n’a pas été vérifié\u00a0: "
                "seule une construction (essgraph build) le peut.",
                "{} liens vers d’autres fiches n’ont pas été vérifiés\u00a0: "
                "seule une construction (essgraph build) le peut.",
            ),
        },
        plural_of_zero=False,
    ),
    "en": _Language(
        code="en",
        severities={VIOLATION: "Error", WARNING: "Warning", INFO: "Information"},
        quote="“{}”",
        colon=": ",
        conforms="The data conforms",
        does_not="The data does not conform",
        empty="{} holds no fact.",
        counted={
            "more": ("and {} more", "and {} more"),
            "cases": ("{} case", "{} cases"),
            "Violation": ("{} error", "{} errors"),
            "Warning": ("{} warning", "{} warnings"),
            "Info": ("{} note", "{} notes"),
            "unchecked": (
                "{} link to another entity was not checked: only a build (essgraph build) can.",
                "{} links to other entities were not checked: only a build (essgraph build) can.",
            ),
        },
        plural_of_zero=True,
    ),
}


def labels(store: GraphStore, report: Report, cap: int = CAP) -> Labels:
    """Labels of what the sentences of a report mention."""
    wanted: set[NamedNode] = set()
    for _, results in by_rule(report):
        for result in results[:cap]:
            predicate = result.path.predicate if result.path else None
            for term in (result.focus_node, result.value, predicate):
                if isinstance(term, NamedNode):
                    wanted.add(term)
    return labels_of(store, wanted)


def labels_of(store: GraphStore, wanted: Iterable[NamedNode]) -> Labels:
    """The labels of these resources."""
    found: dict[str, dict[str, str]] = {}
    listed = " ".join(sorted(str(term) for term in wanted))
    if not listed:
        return found
    query = f"SELECT ?iri ?label WHERE {{ VALUES ?iri {{ {listed} }} ?iri <{RDFS}label> ?label }}"
    for iri, label in store.select(query).rows:
        if isinstance(iri, NamedNode) and isinstance(label, Literal):
            found.setdefault(iri.value, {})[label.language or ""] = label.value
    return found


def write(
    report: Report, lang: str, names: Labels, locate: Locate | None = None, cap: int = CAP
) -> list[str]:
    """Lines of text: each broken rule with its cases, then the verdict with its counts."""
    words = _Words(_LANGUAGES[lang], names)
    lines: list[str] = []
    for _, results in by_rule(report):
        lines += words.rule(results, locate, cap)
    return [*lines, words.verdict(report)]


def unchecked(links: int, lang: str) -> str:
    """The line that tells how many links lead out of what was checked."""
    words = _LANGUAGES[lang]
    return f"{words.severities[INFO]}{words.colon}{words.count('unchecked', links)}"


def counted(severity: str, amount: int, lang: str) -> str:
    """So many results of a severity, by its IRI: `1 avertissement`."""
    return _LANGUAGES[lang].count(severity.removeprefix(SH), amount)


def empty(file: str, lang: str) -> str:
    """The line that tells that there was nothing to check in a file."""
    words = _LANGUAGES[lang]
    return f"{words.severities[INFO]}{words.colon}{words.empty.format(file)}"


class _Words:
    """Says a report's parts in one language."""

    def __init__(self, language: _Language, names: Labels) -> None:
        self._in = language
        self._names = names

    def rule(self, results: list[Result], locate: Locate | None, cap: int) -> Iterator[str]:
        """One rule: what it says, its cases, how many more."""
        messages = [self._message(result) for result in results]
        same = len(set(messages)) == 1
        severity = self._in.severities.get(results[0].severity, results[0].severity.value)
        head = messages[0] if same else results[0].rule
        yield f"{severity}{self._in.colon}{head} ({self._in.count('cases', len(results))})"
        for result, message in list(zip(results, messages, strict=True))[:cap]:
            said = self._fact(result) if same else f"{self._in.colon}{message}"
            place = locate(plain(result.focus_node)) if locate else None
            yield f"  - {self._name(result.focus_node)}{said}{f' [{place}]' if place else ''}"
        if len(results) > cap:
            yield f"  - … {self._in.count('more', len(results) - cap)}"

    def verdict(self, report: Report) -> str:
        """Conforming or not, and the counts."""
        counted = ", ".join(self._in.count(kind, n) for kind, n in report.counts.items())
        verdict = self._in.conforms if report.conforms else self._in.does_not
        return f"{verdict}{self._in.colon}{counted}."

    def _name(self, term: Term) -> str:
        """The label in the language, else any; else the term itself."""
        if isinstance(term, Literal):
            return self._in.quote.format(term.value)
        if not isinstance(term, NamedNode):
            return str(term)
        known = self._names.get(term.value, {})
        order = (self._in.code, "", *sorted(known))
        return next((known[language] for language in order if language in known), term.value)

    def _message(self, result: Result) -> str:
        """The result's sentence, an IRI in it replaced by what it is called."""
        message = result.message(self._in.code)
        if isinstance(result.value, NamedNode):
            message = message.replace(result.value.value, self._name(result.value))
        return message

    def _fact(self, result: Result) -> str:
        """The property and the value at fault, where there are any."""
        predicate = result.path.predicate if result.path else None
        parts = [self._name(predicate)] if predicate else []
        if result.value is not None and result.value != result.focus_node:
            parts.append(self._name(result.value))
        return "".join(f"{self._in.colon}{part}" for part in parts)
