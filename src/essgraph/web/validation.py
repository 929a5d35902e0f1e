"""/validation: what the shapes found in the current release, for people and for scripts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import lazy_gettext  # type: ignore[import-untyped]  # publishes no types
from pyoxigraph import Literal, NamedNode
from werkzeug.exceptions import ServiceUnavailable

from essgraph.errors import QueryError
from essgraph.shacl import repairs, sentences
from essgraph.shacl.filed import Case, Chosen, FiledReport, Rule
from essgraph.shacl.report import INFO, VIOLATION, WARNING
from essgraph.store.base import Term
from essgraph.web import cases, conditional, negotiate, paging, text
from essgraph.web.context import context, names, opened, settings, store

bp = Blueprint("validation", __name__)

SHOWN = 5
"""Cases shown of each rule, where all rules are shown."""

_SOON_S = 10
_OFFERS = (negotiate.HTML, negotiate.TURTLE, negotiate.PLAIN_JSON, negotiate.CSV)
_SEVERITIES = {
    VIOLATION.value: lazy_gettext("Error"),
    WARNING.value: lazy_gettext("Warning"),
    INFO.value: lazy_gettext("Information"),
}
_KINDS = {
    repairs.BLANKS: lazy_gettext("Remove the blanks around the value"),
    repairs.DATATYPE: lazy_gettext("Give the same value the type that the rule asks for"),
    repairs.BOTH_WAYS: lazy_gettext("Say the link both ways"),
}

_TERM = re.compile(r"\b(?P<prefix>[a-z][a-z0-9]*):(?P<local>\w+)")
_BRACKETED = re.compile(r" \([a-z]+:\w+(?:, [a-z]+:\w+)*\)")


@dataclass(frozen=True)
class Shown:
    """A case as a page shows it."""

    entity: text.Cell
    property: text.Cell | None
    value: text.Cell | None
    message: str
    place: str | None
    kind: str
    repair: str | None


@dataclass(frozen=True)
class Group:
    """A rule with some of its cases; `url` leads to all of them."""

    severity: str
    message: str
    name: str
    total: int
    cases: tuple[Shown, ...]
    url: str


@bp.get("/validation")
def report() -> Response:
    """The report: by rule, of one rule (`?rule=`), of one entity (`?entity=`), page by page.

    Turtle, JSON and CSV hold every case chosen, streamed.
    """
    chosen, media_type = negotiate.choose(request, _OFFERS)
    etag = conditional.tag("validation", text.lang(), media_type, request.full_path)
    known = conditional.unchanged(etag)
    if known is not None:
        return known
    filed = FiledReport(opened().release.path)
    filed.said()
    asked = Chosen(_iri("rule"), _iri("entity"))
    if chosen is negotiate.HTML:
        response = negotiate.respond(_page(filed, asked), media_type)
    else:
        response = _streamed(cases.WRITERS[chosen.name](filed, asked), media_type)
        file = f"validation-{opened().release.id}.{chosen.name}"
        response.headers["Content-Disposition"] = f'inline; filename="{file}"'
    return conditional.keep(response, etag)


def _iri(name: str) -> str | None:
    """An IRI of the address. Raises: QueryError for what is none."""
    written = request.args.get(name)
    try:
        return None if written is None else NamedNode(written).value
    except ValueError as error:
        raise QueryError(f"{name} = {str(written)[:200]!r} is not an IRI") from error


def _page(filed: FiledReport, asked: Chosen) -> str:
    page = paging.asked(settings().page_size)
    rules = filed.rules(asked)
    total = sum(rule.total for rule in rules)
    paged = asked != Chosen()
    rejected = [] if paged else list(filed.rejected(page.size, page.offset))
    rejected_total = 0 if paged else filed.rejected_total()
    last = page.last(total if paged else rejected_total)
    if paged:
        found = list(filed.cases(asked, page.size, page.offset))
    else:
        found = [c for rule in rules for c in filed.cases(Chosen(rule.iri), SHOWN)]
    labels = _labels(found)
    return render_template(
        "validation.html",
        said=filed.said(),
        groups=[_group(rule, found, labels) for rule in rules if _has(rule, found)],
        entity=text.labelled(asked.entity, _label(labels, asked.entity)) if asked.entity else None,
        whole=url_for("validation.report") if paged else None,
        counted=_counted(rules),
        formats=[(offer.name, _address(format=offer.name)) for offer in _OFFERS[1:]],
        rejected=rejected,
        rejected_total=rejected_total,
        page=page.number,
        last=last,
        address=paging.address,
    )


def _has(rule: Rule, found: Iterable[Case]) -> bool:
    return any(case.rule == rule.iri for case in found)


def _address(**more: str) -> str:
    """This report's address, with the same choice of cases."""
    here = {name: request.args[name] for name in ("rule", "entity") if name in request.args}
    arguments: dict[str, Any] = {**here, **more}
    return url_for("validation.report", **arguments)


def _counted(rules: Iterable[Rule]) -> list[tuple[str, int]]:
    found = dict.fromkeys(_SEVERITIES, 0)
    for rule in rules:
        found[rule.severity] = found.get(rule.severity, 0) + rule.total
    return [(str(_SEVERITIES.get(severity, severity)), n) for severity, n in found.items()]


def _group(rule: Rule, found: Iterable[Case], labels: sentences.Labels) -> Group:
    return Group(
        severity=str(_SEVERITIES.get(rule.severity, rule.severity)),
        message=_plain(text.translated(rule.messages)),
        name=text.short(rule.iri).rpartition("/")[2],
        total=rule.total,
        cases=tuple(_shown(case, labels) for case in found if case.rule == rule.iri),
        url=_address(rule=rule.iri),
    )


def _shown(case: Case, labels: sentences.Labels) -> Shown:
    focus, value = cases.term(case.focus), cases.term(case.value) if case.value else None
    predicate = case.path if case.path and case.path.startswith("<") else None
    message = _plain(text.translated(case.messages))
    if isinstance(value, NamedNode):
        message = message.replace(value.value, _label(labels, value.value))
    told = _cell(focus, labels)
    of_value = _cell(value, labels) if value is not None and value != focus else None
    if of_value and of_value.text == told.text:
        # Two of one name are told apart by what their addresses end in.
        told, of_value = (
            replace(cell, text=f"{cell.text} ({text.short(term.value)})")
            if isinstance(term, NamedNode)
            else cell
            for cell, term in ((told, focus), (of_value, value))
        )
    return Shown(
        entity=told,
        property=_cell(cases.term(predicate), labels) if predicate else None,
        value=of_value,
        message=message,
        place=case.place,
        kind=str(_KINDS.get(case.kind, "")) if case.kind else "",
        repair=case.repair,
    )


def _plain(message: str) -> str:
    """A message with the names of properties in place of the terms of the vocabulary."""

    def named(found: re.Match[str]) -> str:
        iri = names().prefixes.get(found["prefix"], "\0") + found["local"]
        own = context().profiles.own.values()
        field = next((known for profile in own if (known := profile.field(iri))), None)
        if field is None:
            return found[0]
        called = text.translated(field.names)
        return f"«\u00a0{called}\u00a0»" if text.lang() == "fr" else f"“{called}”"

    return _TERM.sub(named, _BRACKETED.sub("", message))


def _cell(term: Term, labels: sentences.Labels) -> text.Cell:
    if isinstance(term, NamedNode):
        return text.labelled(term.value, _label(labels, term.value))
    return text.Cell(term.value if isinstance(term, Literal) else str(term))


def _label(labels: sentences.Labels, iri: str) -> str:
    known = labels.get(iri, {})
    order = (text.lang(), "", *sorted(known))
    return next((known[language] for language in order if language in known), text.short(iri))


def _labels(found: Iterable[Case]) -> sentences.Labels:
    wanted = set()
    for case in found:
        for written in (case.focus, case.value, case.path):
            if written and written.startswith("<"):
                wanted.add(NamedNode(written[1:-1]))
    return sentences.labels_of(store(), wanted)


def _streamed(parts: Iterator[str], media_type: str) -> Response:
    """All at once where it is short, else part by part, for so many clients at a time."""
    first = list(islice(parts, cases.AT_A_TIME))
    if len(first) < cases.AT_A_TIME:
        return negotiate.respond("".join(first), media_type)
    downloads = context().downloads
    if not downloads.acquire(blocking=False):
        raise ServiceUnavailable("try again soon", retry_after=_SOON_S)

    def body() -> Iterator[bytes]:
        yield "".join(first).encode()
        while some := list(islice(parts, cases.AT_A_TIME)):
            yield "".join(some).encode()

    response = negotiate.respond(body(), media_type)
    response.call_on_close(downloads.release)
    return response
