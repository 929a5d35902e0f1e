"""Every IRI we mint, dereferenced: /id 303, /page, /data; graphs.

Source: Cool URIs for the Semantic Web (W3C Interest Group Note, 3 December 2008).
"""

from __future__ import annotations

from collections.abc import Sequence

from babel.lists import format_list
from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask_babel import get_locale, gettext  # type: ignore[import-untyped]  # publishes no types
from pyoxigraph import Literal, NamedNode
from werkzeug.wrappers import Response as BaseResponse

from essgraph import describe, queries
from essgraph.errors import NotFound
from essgraph.shacl import sentences
from essgraph.shacl.filed import FiledReport
from essgraph.web import (
    around,
    beside,
    dereferencing,
    dumps,
    geojson,
    located,
    machines,
    negotiate,
    offices,
    paging,
    sheet,
    surroundings,
    text,
)
from essgraph.web.context import context, names, opened, settings, store

bp = Blueprint("entity", __name__)

_GEOJSON = negotiate.Format("geojson", geojson.MEDIA_TYPE, title="GeoJSON")
"""How the place of an entity may be had, where it has one."""

_ADDRESSES = ("schema:url", "dcat:landingPage", "foaf:page", "foaf:homepage")
"""Properties that say where a publication can be read."""

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
    place = located.on_map(iri)
    formats += [(_GEOJSON, place.data)] if place is not None else []
    response = _page(iri, formats, place)
    for offer, url in formats:
        response.headers.add("Link", f'<{url}>; rel="alternate"; type="{offer.media_type}"')
    response.headers.add("Link", f'<{iri.value}>; rel="describes"')
    return response


@bp.get("/page/<kind>/<key>/incoming")
def incoming(kind: str, key: str) -> Response:
    """One page of what points at an entity by one property."""
    return dereferencing.incoming(names().entity(kind, key))


@bp.get("/page/<kind>/<key>/values")
def values(kind: str, key: str) -> Response:
    """One page of what an entity has for one property, where its own page does not list it all."""
    iri = names().entity(kind, key)
    written = request.args.get("property", "")
    predicate = dereferencing.predicate("property", written)
    page = paging.asked(settings().page_size)
    found = describe.describe(
        store(), iri, names(), text.lang(), describe.FACTS_READ, context().profiles
    )
    told = (fact for fact in (*found.facts, *found.links_out))
    fact = next((fact for fact in told if fact.property.iri == predicate.value), None)
    if fact is None:
        raise NotFound(f"{iri.value} has nothing for property = {written[:200]!r}")
    row = sheet.row(fact)
    html = render_template(
        "values.html",
        iri=iri.value,
        label=found.label,
        property=row.label,
        items=row.items[page.offset : page.offset + page.size],
        total=fact.total,
        rows_query=queries.app("values-of", names()).bind(subject=iri, property=predicate),
        truncated=found.truncated,
        page=page.number,
        last=page.last(fact.total),
        address=paging.address,
    )
    return negotiate.respond(html, negotiate.HTML.media_type)


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
        ranks=offices.ranks(listed[page.offset : page.offset + page.size], page.size),
        note=offices.according_to(found.registers),
        rows_query=offices.query(iri, classes),
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
        return _with_bodies(names().entity(kind, stem), asked=[suffix])
    return _with_bodies(names().entity(kind, key))


@bp.get("/graph/<layer>")
def graph(layer: str) -> Response:
    """A named graph: a page of what is said of it, or its triples (GSP, direct naming)."""
    iri = names().graph(layer)
    return _either(iri) if negotiate.wants_html(request, negotiate.GRAPHS) else dumps.send(iri)


def _with_bodies(iri: NamedNode, asked: Sequence[str] | None = None) -> Response:
    """The RDF of an entity; that of a territory says where who governs it is, with its mandates."""
    response = dereferencing.data(iri, asked=asked)
    for body in describe.bodies(store(), iri, names()):
        kind, key = names().entity_parts(body.value)
        address = url_for("entity.data", kind=kind, key=key)
        response.headers.add("Link", f'<{address}>; rel="related"')
    return response


def _either(iri: NamedNode) -> Response:
    if not negotiate.wants_html(request, negotiate.GRAPHS):
        return dereferencing.data(iri)
    if "incoming" in request.args:
        return dereferencing.incoming(iri)
    return _page(iri, dereferencing.formats_here())


def _page(
    iri: NamedNode,
    formats: Sequence[tuple[negotiate.Format, str]],
    place: located.Place | None = None,
) -> Response:
    found = describe.describe(
        store(), iri, names(), text.lang(), settings().links_per_property, context().profiles
    )
    faults = FiledReport(opened().release.path).counts(iri.value)
    laid_out = sheet.lay_out(found, names(), beside.beside(found))
    classes = {link.iri for link in found.classes}
    behind = queries.app("describe-facts", names())
    held = offices.held(found.iri, classes)
    html = render_template(
        "entity.html",
        sheet=laid_out,
        faults=[sentences.counted(severity, n, text.lang()) for severity, n in faults.items()],
        formats=formats,
        place=place,
        around=around.around(found),
        surroundings=surroundings.surroundings(found),
        council=offices.council(found.iri, classes),
        held=held,
        head=machines.of_entity(found, [h.mandate for group in held for h in group.holdings]),
        namesakes=offices.namesakes(found.iri, classes),
        unknown=_unknown(found),
        incoming_url=dereferencing.incoming_url,
        values_url=_values_url,
        decision=_decision(found),
        query=behind.bind(entity=iri, limit=Literal(_FACTS_BEHIND)),
    )
    return negotiate.respond(html, negotiate.HTML.media_type)


def _values_url(property_iri: str) -> str:
    """Where the rest of a long list is: a page of its own for an entity, else the data."""
    if request.endpoint == "entity.page":
        compact = names().compact(property_iri)
        return url_for("entity.values", **(request.view_args or {}), property=compact)
    return dereferencing.formats_here()[0][1]


def _decision(found: describe.Description) -> str:
    """The decision that makes mandates those of one person; "" if none was needed."""
    decided = names().ess("IdentityDecision").value
    about = (
        link.iri
        for group in found.incoming
        if group.class_iri == decided and group.property.iri == names().ess("about").value
        for link in group.links
    )
    return text.href(next(about, ""), names()) or ""


def _unknown(found: describe.Description) -> tuple[str, ...]:
    """What is not known of a publication, in sentences."""
    if names().ess("Publication").value not in {link.iri for link in found.classes}:
        return ()
    told = (*found.facts, *found.links_out)
    stated = {names().compact(fact.property.iri) for fact in told}
    missing = [
        (name, alone)
        for properties, name, alone in (
            ("dcterms:creator", gettext("author"), gettext("author not known")),
            ("dcterms:issued dcterms:date", gettext("date"), gettext("date not known")),
            ("dcterms:publisher", gettext("publisher"), gettext("publisher not known")),
        )
        if stated.isdisjoint(properties.split())
    ]
    sentences = []
    if len(missing) == 1:
        sentences.append(str(missing[0][1]))
    elif missing:
        listed = format_list([name for name, _ in missing], locale=get_locale())
        sentences.append(gettext("%(what)s not known", what=listed))
    if stated.isdisjoint(_ADDRESSES):
        sentences.append(gettext("We have no online address for this publication."))
    return tuple(sentences)
