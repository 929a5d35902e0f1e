"""What a validation found: as objects, as Turtle, as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any, Protocol

from pyoxigraph import (
    BlankNode,
    Dataset,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    Triple,
    parse,
    serialize,
)

from essgraph.errors import EssgraphError, SourceError
from essgraph.shacl import paths
from essgraph.store.base import Term
from essgraph.vocab import RDF, RDF_TYPE, SH, XSD

VIOLATION = NamedNode(SH + "Violation")
WARNING = NamedNode(SH + "Warning")
INFO = NamedNode(SH + "Info")

_REPORT = NamedNode(SH + "ValidationReport")
_RESULT = NamedNode(SH + "ValidationResult")
_BOOLEAN = NamedNode(XSD + "boolean")
_SEVERITIES = (VIOLATION, WARNING, INFO)


class Locate(Protocol):
    """Tells where an entity was written down."""

    def __call__(self, iri: str, /) -> str | None:
        """`file:line` of the IRI, or None where it is not known."""
        ...


@dataclass(frozen=True)
class Result:
    """One broken constraint on one node.

    Shape: `messages` maps a language ("" for none) to the sentence; `source_constraint` is
    the SHACL-SPARQL constraint where there is one.
    """

    focus_node: Term
    path: paths.Path | None
    value: Term | None
    component: NamedNode
    severity: NamedNode
    source_shape: NamedNode | BlankNode
    source_constraint: NamedNode | BlankNode | None = None
    messages: dict[str, str] = field(default_factory=dict, hash=False)

    @property
    def rule(self) -> str:
        """What broken constraints are grouped by: the SPARQL constraint's IRI, else the shape's."""
        if isinstance(self.source_constraint, NamedNode):
            return self.source_constraint.value
        return self.source_shape.value

    @property
    def key(self) -> tuple[str, str, str, str, str]:
        """What two engines must agree on, blank nodes made equal."""
        focus, value = (
            "_:" if isinstance(term, BlankNode) else str(term)
            for term in (self.focus_node, self.value)
        )
        return (focus, str(self.path or ""), value, self.component.value, self.severity.value)

    def message(self, lang: str) -> str:
        """The sentence in a language, else without language, else in any other."""
        for known in (lang, "", *sorted(self.messages)):
            if self.messages.get(known):
                return self.messages[known]
        return self.component.value.removeprefix(SH)


@dataclass(frozen=True)
class Report:
    """All results of one validation, worst severity first, then by rule."""

    results: tuple[Result, ...]
    engine: str
    duration_s: float

    @property
    def conforms(self) -> bool:
        """No result blocks a release: warnings and information are reported only."""
        return not any(result.severity not in (WARNING, INFO) for result in self.results)

    def blocking(self) -> Report:
        """The same report without what is only reported."""
        kept = tuple(r for r in self.results if r.severity not in (WARNING, INFO))
        return Report(kept, self.engine, self.duration_s)

    @property
    def strictly_conforms(self) -> bool:
        """The specification's sh:conforms: no result at all."""
        return not self.results

    @property
    def counts(self) -> dict[str, int]:
        """Number of results per severity: `Violation`, `Warning`, `Info`, then any other."""
        found = Counter(dict.fromkeys(_SEVERITIES, 0))
        found.update(result.severity for result in self.results)
        return {severity.value.removeprefix(SH): n for severity, n in found.items()}

    def json(self, locate: Locate | None = None) -> dict[str, Any]:
        """The report for a script; `file` is filled where `locate` knows the focus node."""
        return {
            "conforms": self.conforms,
            "engine": self.engine,
            "duration_s": round(self.duration_s, 3),
            "counts": self.counts,
            "results": [
                {
                    "focusNode": plain(result.focus_node),
                    "path": result.path.plain if result.path else None,
                    "value": None if result.value is None else plain(result.value),
                    "severity": result.severity.value,
                    "component": result.component.value,
                    "shape": result.rule,
                    "message": result.messages,
                    "file": locate(plain(result.focus_node)) if locate else None,
                }
                for result in self.results
            ],
        }

    def turtle(self) -> bytes:
        """The report in the W3C's report vocabulary, with its strict sh:conforms."""
        report = BlankNode()
        conforms = Literal(str(self.strictly_conforms).lower(), datatype=_BOOLEAN)
        triples = [
            Triple(report, RDF_TYPE, _REPORT),
            Triple(report, NamedNode(SH + "conforms"), conforms),
        ]
        for result in self.results:
            node = BlankNode()
            triples.append(Triple(report, NamedNode(SH + "result"), node))
            triples.append(Triple(node, RDF_TYPE, _RESULT))
            for name, term in _terms(result, triples).items():
                triples.append(Triple(node, NamedNode(SH + name), term))
            for lang, text in result.messages.items():
                said = Literal(text, language=lang) if lang else Literal(text)
                triples.append(Triple(node, NamedNode(SH + "resultMessage"), said))
        prefixes = {"sh": SH, "xsd": XSD, "rdf": RDF}
        return serialize(triples, format=RdfFormat.TURTLE, prefixes=prefixes) or b""


def make(results: list[Result], engine: str, duration_s: float) -> Report:
    """A report of these results, sorted."""
    rank = {severity: i for i, severity in enumerate(_SEVERITIES)}

    def order(result: Result) -> tuple[int, str, tuple[str, ...]]:
        return rank.get(result.severity, -1), result.rule, result.key

    return Report(tuple(sorted(results, key=order)), engine, duration_s)


def read(ntriples: str) -> list[Result]:
    """The results of an engine's report, given as N-Triples.

    Results that hang under another one (sh:detail) are part of it and are left out.
    Raises: EssgraphError if the engine's report is not one.
    """
    return _results(quad.triple for quad in parse(ntriples, RdfFormat.N_TRIPLES))


def read_file(path: FilePath) -> list[Result]:
    """The results of a report that `Report.turtle` wrote to a file.

    Raises: SourceError if the file cannot be read or is no report.
    """
    try:
        quads = [quad.triple for quad in parse(path=path, format=RdfFormat.TURTLE)]
        return _results(quads)
    except (OSError, SyntaxError, EssgraphError) as error:
        raise SourceError(f"{path}: {error}") from error


def _results(triples: Iterable[Triple]) -> list[Result]:
    graph = Dataset(Quad(t.subject, t.predicate, t.object) for t in triples)
    heads = {q.object for q in graph.quads_for_predicate(NamedNode(SH + "result"))}
    return [_read_result(graph, head) for head in heads]


def _read_result(graph: Dataset, node: object) -> Result:
    said = paths.values(graph, node, NamedNode(SH + "resultMessage"))
    messages = {m.language or "": m.value for m in said if isinstance(m, Literal)}

    def one(name: str) -> Any:
        return paths.value(graph, node, NamedNode(SH + name))

    focus, component = one("focusNode"), one("sourceConstraintComponent")
    severity, shape, path = one("resultSeverity"), one("sourceShape"), one("resultPath")
    if focus is None or component is None or severity is None:
        raise EssgraphError(f"the engine's report has a result without its parts: {node}")
    return Result(
        focus_node=focus,
        path=None if path is None else paths.read(graph, path),
        value=one("value"),
        component=component,
        severity=severity,
        source_shape=shape,
        source_constraint=one("sourceConstraint"),
        messages=dict(sorted(messages.items())),
    )


def _terms(result: Result, triples: list[Triple]) -> dict[str, Term]:
    found: dict[str, Term | None] = {
        "focusNode": result.focus_node,
        "resultPath": result.path.describe(triples) if result.path else None,
        "value": result.value,
        "resultSeverity": result.severity,
        "sourceConstraintComponent": result.component,
        "sourceShape": result.source_shape,
        "sourceConstraint": result.source_constraint,
    }
    return {name: term for name, term in found.items() if term is not None}


def plain(term: Term) -> str:
    """An IRI or a literal's text without syntax; any other term as N-Triples."""
    return term.value if isinstance(term, NamedNode | Literal) else str(term)
