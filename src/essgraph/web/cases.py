"""Cases of a filed report as JSON, CSV and Turtle, part by part."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from essgraph.shacl import sentences
from essgraph.shacl.filed import Case, Chosen, FiledReport
from essgraph.shacl.filing import Rejected
from essgraph.store.base import Term
from essgraph.vocab import RDF, SH, XSD
from essgraph.web.context import store

AT_A_TIME = 200
"""Cases whose labels are asked for together."""

_COLUMNS = (
    *("severity", "rule", "entity", "label", "path", "value"),
    *("message_fr", "message_en", "place", "repair"),
)


def term(written: str) -> Term:
    """A term of N-Triples read back."""
    quads = parse(f"<urn:s> <urn:p> {written} .", RdfFormat.N_TRIPLES)
    found: Term = next(iter(quads)).object
    return found


def _told(filed: FiledReport, asked: Chosen) -> Iterator[tuple[Case, Mapping[str, str]]]:
    """Each chosen case, with the labels of its entity."""
    cases = filed.cases(asked)
    engine = store()
    while some := list(islice(cases, AT_A_TIME)):
        wanted = {NamedNode(c.focus[1:-1]) for c in some if c.focus.startswith("<")}
        labels = sentences.labels_of(engine, wanted)
        for case in some:
            yield case, labels.get(case.focus[1:-1], {})


def _rejected(filed: FiledReport, asked: Chosen) -> Iterable[Rejected]:
    return filed.rejected() if asked == Chosen() else ()


def _json(filed: FiledReport, asked: Chosen) -> Iterator[str]:
    said = filed.said()
    head = {
        "conforms": said.conforms,
        "strictly_conforms": said.strictly_conforms,
        "engine": said.engine,
        "counts": said.counts,
    }
    rules = [
        {"rule": r.iri, "severity": r.severity, "message": r.messages, "total": r.total}
        for r in filed.rules(asked)
    ]
    yield json.dumps(head, ensure_ascii=False)[:-1]
    yield f', "rules": {json.dumps(rules, ensure_ascii=False)}, "results": ['
    comma = ""
    for case, labels in _told(filed, asked):
        told = {
            "focusNode": _plain(case.focus),
            "label": labels,
            "path": _plain(case.path),
            "value": _plain(case.value),
            "severity": case.severity,
            "component": case.component,
            "shape": case.rule,
            "message": case.messages,
            "file": case.place,
            "repair": case.repair,
        }
        yield comma + "\n" + json.dumps(told, ensure_ascii=False)
        comma = ","
    yield '\n], "rejected": ['
    comma = ""
    for row in _rejected(filed, asked):
        yield comma + "\n" + json.dumps(vars(row), ensure_ascii=False)
        comma = ","
    yield "\n]}\n"


def _csv(filed: FiledReport, asked: Chosen) -> Iterator[str]:
    yield _line(_COLUMNS)
    for case, labels in _told(filed, asked):
        label = next((labels[key] for key in ("", "fr", *sorted(labels)) if key in labels), "")
        severity = case.severity.removeprefix(SH)
        cells = [severity, case.rule, _plain(case.focus), label, _plain(case.path)]
        cells += [_plain(case.value), case.messages.get("fr"), case.messages.get("en")]
        yield _line([*cells, case.place, case.repair])
    for row in _rejected(filed, asked):
        place = f"{row.file}:{row.line}"
        yield _line(["Rejected", "", "", "", row.column, "", row.reason, "", place, ""])


def _line(cells: Iterable[str | None]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(["" if cell is None else cell for cell in cells])
    return out.getvalue()


def _turtle(filed: FiledReport, asked: Chosen) -> Iterator[str]:
    """The W3C's vocabulary; what is streamed is a document of short statements.

    The verdict is that on the whole release, whichever cases are chosen.
    """
    yield f"@prefix sh: <{SH}> .\n@prefix xsd: <{XSD}> .\n"
    conforms = str(filed.said().strictly_conforms).lower()
    yield f"_:report <{RDF}type> sh:ValidationReport ; sh:conforms {conforms} .\n"
    for number, case in enumerate(filed.cases(asked)):
        parts = [
            f"sh:focusNode {case.focus}",
            f"sh:resultSeverity <{case.severity}>",
            f"sh:sourceConstraintComponent <{case.component}>",
        ]
        if case.value is not None:
            parts.append(f"sh:value {case.value}")
        if case.path and case.path.startswith("<"):
            parts.append(f"sh:resultPath {case.path}")
        if ":" in case.rule:
            parts.append(f"sh:sourceShape <{case.rule}>")
        for language, said in case.messages.items():
            literal = Literal(said, language=language) if language else Literal(said)
            parts.append(f"sh:resultMessage {literal}")
        yield f"_:report sh:result _:r{number} .\n"
        yield f"_:r{number} <{RDF}type> sh:ValidationResult ; {' ; '.join(parts)} .\n"


def _plain(written: str | None) -> str | None:
    """An IRI or a literal's text without syntax."""
    if written is None or written.startswith(("(", "_:")):
        return written
    found = term(written)
    return found.value if isinstance(found, NamedNode | Literal) else written


WRITERS = {"ttl": _turtle, "json": _json, "csv": _csv}
