"""Every IRI we mint, dereferenced: /id 303, /page, /data; concepts, ontology, graphs.

Source: Cool URIs for the Semantic Web (W3C Interest Group Note, 3 December 2008).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from babel.lists import format_list
from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask_babel import get_locale, gettext  # type: ignore[import-untyped]  # publishes no types
from pyoxigraph import Literal, NamedNode
from werkzeug.wrappers import Response as BaseResponse

from essgraph import describe, queries
from essgraph.errors import NotFound, QueryError
from essgraph.shacl import sentences
from essgraph.shacl.filed import FiledReport
from essgraph.web import around, dumps, negotiate, offices, paging, sheet, text
from essgraph.web.context import names, opened, settings, store
from essgraph.web.replies import TRUNCATED

bp = Blueprint("entity", __name__)

_FACTS_BEHIND = 1000
"""Rows of the query behind a page."""


@bp.get("/id/<kind>/<key>")
def identify(kind: str, key: str) -> BaseResponse:
    """Send an entity's IRI to its page or its data (303, Vary: Accept)."""
    iri = names().entity(kind, key)
    if not describe.exists(store(), iri):
        raise NotFound(f"{iri.value} is not in the graph")
    if negotiate.wants_html(request, negotiate.GRAPHS):
        target = url_for("entity.page", kind=kind, key=key)
    else:
        target = url_for("entity.data", kind=kind, key=key, format=request.args.get("format"))
    response = redirect(target, code=303)
    response.vary.add("Accept")
    return response


@bp.get("/page/<kind>/<key>")
def page(kind: str, key: str) -> Response:
    """The page of an entity."""
    iri = names().entity(kind, key)
    formats = [
        (offer, url_for("entity.data", kind=kind, key=f"{key}.{offer.name}"))
        for offer in negotiate.GRAPHS
    ]
    response = _page(iri, formats)
    for offer, url in formats:
        response.headers.add("Link", f'<{url}>; rel="alternate"; type="{offer.media_type}"')
    response.headers.add("Link", f'<{iri.value}>; rel="canonical"')
    return response


@bp.get("/page/<kind>/<key>/incoming")
def incoming(kind: str, key: str) -> Response:
    """One page of what points at an entity by one property."""
    return _incoming(names().entity(kind, key))


@bp.get("/page/<kind>/<key>/officials")
def officials(kind: str, key: str) -> Response:
    """Who is in office in a body, or in those that govern a territory: one page of them."""
    iri = names().entity(kind, key)
    label, classes = describe.named(store(), iri, names(), text.lang())
    found = offices.in_bodies(iri.value, classes)
    listed = found.officials()
    if not listed:
        raise NotFound(f"the graph knows of nobody in office in {iri.value}")
    page = paging.asked(settings().page_size)
    html = render_template(
        "officials.html",
        iri=iri.value,
        label=label,
        holdings=tuple(map(offices.official, listed[page.offset : page.offset + page.size])),
        note=offices.according_to(found.registers),
        total=len(listed),
        truncated=found.truncated,
        page=page.number,
        last=page.last(len(listed)),
        address=paging.address,
    )
    return negotiate.respond(html, negotiate.HTML.media_type)


@bp.get("/data/<kind>/<key>")
def data(kind: str, key: str) -> Response:
    """The RDF of an entity, by Accept, `?format=` or a suffix such as `.ttl`."""
    stem, dot, suffix = key.rpartition(".")
    suffixes = {offer.name: offer for offer in negotiate.GRAPHS}
    if dot and stem and suffix in suffixes:
        return _data(names().entity(kind, stem), asked=[suffix])
    return _data(names().entity(kind, key))


@bp.get("/scheme/<path:path>")
def scheme(path: str) -> Response:
    """A concept scheme or one of its concepts: page or RDF at the same address."""
    head, slash, notation = path.partition("/")
    if "/" in notation or (slash and not notation):
        raise NotFound(f"scheme/{path} is not in the graph")
    return _either(names().concept(head, notation) if slash else names().scheme(head))


@bp.get("/graph/<layer>")
def graph(layer: str) -> Response:
    """A named graph: a page of what is said of it, or its triples (GSP, direct naming)."""
    iri = names().graph(layer)
    return _either(iri) if negotiate.wants_html(request, negotiate.GRAPHS) else dumps.send(iri)


@bp.get("/ontology")
def ontology() -> Response:
    """The ontology with its terms, or one of them by `?term=`, as page or RDF."""
    term = request.args.get("term")
    if term is not None:
        return _either(_node(names().ontology + term))
    iri = _node(names().base + "ontology")
    if not negotiate.wants_html(request, negotiate.GRAPHS) or "incoming" in request.args:
        return _either(iri)
    saved = queries.app("ontology-terms", names())
    rows = store().select(saved.bind(ontology=iri, lang=Literal(text.lang()))).rows
    return _page(iri, _formats_here(), terms=_terms(rows))


def _either(iri: NamedNode) -> Response:
    if not negotiate.wants_html(request, negotiate.GRAPHS):
        return _data(iri)
    if "incoming" in request.args:
        return _incoming(iri)
    return _page(iri, _formats_here())


def _page(
    iri: NamedNode,
    formats: Sequence[tuple[negotiate.Format, str]],
    terms: Sequence[tuple[str, text.Cell, text.Cell, str]] = (),
) -> Response:
    found = describe.describe(store(), iri, names(), text.lang(), settings().links_per_property)
    faults = FiledReport(opened().release.path).counts(iri.value)
    laid_out = sheet.lay_out(found, names())
    classes = {link.iri for link in found.classes}
    behind = queries.app("describe-facts", names())
    html = render_template(
        "entity.html",
        sheet=laid_out,
        faults=[sentences.counted(severity, n, text.lang()) for severity, n in faults.items()],
        formats=formats,
        terms=terms,
        around=around.around(found),
        council=offices.council(found.iri, classes),
        held=offices.held(found.iri, classes),
        namesakes=offices.namesakes(found.iri, classes),
        unknown=_unknown(found),
        incoming_url=_incoming_url,
        query=behind.bind(entity=iri, limit=Literal(_FACTS_BEHIND)),
    )
    return negotiate.respond(html, negotiate.HTML.media_type)


def _unknown(found: describe.Description) -> str:
    """What is not known of a publication, in words."""
    if names().ess("Publication").value not in {link.iri for link in found.classes}:
        return ""
    stated = {names().compact(fact.property.iri) for fact in found.facts}
    missing = [
        (name, alone)
        for properties, name, alone in (
            ("dcterms:creator", gettext("author"), gettext("author not known")),
            ("dcterms:issued dcterms:date", gettext("date"), gettext("date not known")),
            ("dcterms:publisher", gettext("publisher"), gettext("publisher not known")),
        )
        if stated.isdisjoint(properties.split())
    ]
    if len(missing) == 1:
        return str(missing[0][1])
    listed = format_list([name for name, _ in missing], locale=get_locale()) if missing else ""
    return gettext("%(what)s not known", what=listed) if listed else ""


def _data(iri: NamedNode, asked: Sequence[str] | None = None) -> Response:
    chosen, media_type = negotiate.choose(request, negotiate.GRAPHS, asked)
    found = describe.data(store(), iri, names())
    if not found.triples:
        raise NotFound(f"{iri.value} is not in the graph")
    limit = settings().max_result_bytes
    body = negotiate.answer_body(found.triples, chosen, names().prefixes, limit)
    response = negotiate.respond(body, media_type)
    response.headers.add("Link", f'<{iri.value}>; rel="describes"')
    if found.truncated:  # never a silent cut
        response.headers[TRUNCATED] = "not all the triples that point here are given"
    return response


def _incoming(iri: NamedNode) -> Response:
    name = "incoming" if "incoming" in request.args else "property"
    written = request.args.get(name, "")
    try:
        predicate = NamedNode(_expanded(written))
    except ValueError as error:
        raise QueryError(f"{name} = {written[:200]!r} is not an IRI") from error
    page = paging.asked(settings().page_size)
    found = describe.incoming(
        store(), iri, predicate, names(), text.lang(), limit=page.size, offset=page.offset
    )
    if not found.total:
        raise NotFound(f"nothing points at {iri.value} by {written[:200]}")
    html = render_template(
        "incoming.html",
        iri=iri.value,
        label=found.label,
        property=found.property.label,
        items=[text.labelled(x.iri, x.label.value, x.label.lang) for x in found.links],
        total=found.total,
        whole=None if found.exact else _whole(iri, predicate),
        page=page.number,
        last=page.last(found.total),
        address=paging.address,
    )
    return negotiate.respond(html, negotiate.HTML.media_type)


def _whole(iri: NamedNode, predicate: NamedNode) -> str:
    """The query for all that points at an entity, where a page does not list it."""
    every = Literal(settings().max_result_rows)
    saved = queries.app("incoming-subjects", names())
    query = saved.bind(entity=iri, property=predicate, limit=every)
    return url_for("sparql.endpoint", query=query)


def _incoming_url(property_iri: str) -> str:
    compact = names().compact(property_iri)
    if request.endpoint == "entity.page":
        return url_for("entity.incoming", **(request.view_args or {}), property=compact)
    return url_for(str(request.endpoint), **_here(), incoming=compact)


def _expanded(written: str) -> str:
    prefix, _, local = written.partition(":")
    namespace = names().prefixes.get(prefix)
    return namespace + local if namespace else written


def _formats_here() -> list[tuple[negotiate.Format, str]]:
    return [
        (offer, url_for(str(request.endpoint), **_here(), format=offer.name))
        for offer in negotiate.GRAPHS
    ]


def _here() -> dict[str, Any]:
    """What names the resource of this page: the parts of its path, or `?term=`."""
    term = {"term": request.args["term"]} if "term" in request.args else {}
    return {**(request.view_args or {}), **term}


def _node(iri: str) -> NamedNode:
    try:
        return NamedNode(iri)
    except ValueError as error:
        raise NotFound(f"{iri} is not in the graph") from error


def _terms(rows: Sequence[Sequence[object]]) -> list[tuple[str, text.Cell, text.Cell, str]]:
    """Anchor, name, label (which leads to its page) and definition of each term."""
    found = []
    for term, _, label, definition in rows:
        if isinstance(term, NamedNode) and isinstance(label, Literal):
            defined = definition.value if isinstance(definition, Literal) else ""
            anchor = term.value.partition("#")[2]
            page = text.Cell(label.value, url_for("entity.ontology", term=anchor))
            found.append((anchor, text.cell(term), page, defined))
    return found
