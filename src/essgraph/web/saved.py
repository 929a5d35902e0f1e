"""Saved queries: an index, and for each one a form, its answer and its text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import LazyString, force_locale, lazy_gettext  # type: ignore[import-untyped]  # publishes no types
from pyoxigraph import Literal, NamedNode

from essgraph import describe, vocab
from essgraph.errors import NotFound, QueryError
from essgraph.lexical import Term
from essgraph.queries import BOUNDS, Param, SavedQuery
from essgraph.store.base import truth
from essgraph.web import answered, headings, negotiate, paging, text
from essgraph.web.context import context, index, names, settings, store
from essgraph.web.operation import Operation

bp = Blueprint("saved", __name__)

_RESERVED = ("format", "lang")

_CHOICES = {"region": vocab.IGEO + "Region", "departement": vocab.IGEO + "Departement"}
"""Kinds few enough for a list to choose from, with their class."""

_MAX_CHOICES = 200

_MAX_NAME = 200
"""Characters of a name looked up."""

_EXPECTED = {
    "date": lazy_gettext("Write a day as year-month-day, such as 2010-03-31."),
    "decimal": lazy_gettext("Write a number with a decimal point, such as 12.5."),
    "integer": lazy_gettext("Write a whole number, in digits."),
}

_MISSING = {
    "officials": lazy_gettext(
        "This answer needs the layer of elected officials, which this server does not have."
    ),
    "boundaries": lazy_gettext(
        "This answer needs the layer of outlines of territories, which this server does not have."
    ),
}


@dataclass(frozen=True)
class Field:
    """One parameter as the form shows it.

    Shape: `choices` are values and what they are called; `problem` says what is expected.
    """

    name: str
    label: str
    value: str
    problem: LazyString | None
    choices: Sequence[tuple[str, str]]


@bp.get("/queries")
def catalogue() -> str:
    """Every saved query, in the order of its name."""
    return render_template("queries.html", queries=list(context().queries.values()))


@bp.get("/queries/<name>")
def page(name: str) -> Response:
    """One saved query with its parameters from the URL: a page, or the data it answers."""
    query = context().queries.get(name)
    if query is None:
        raise NotFound(f"there is no saved query {name!r}")
    raw = _raw(query)
    terms, wrong = _terms(query, raw)
    if wrong:
        return _refused(query, raw, wrong)
    bound = query.bind(**terms)
    call, asked = answered.call(), Operation(bound, formats=tuple(request.args.getlist("format")))
    every = (negotiate.HTML, *negotiate.RESULTS, *negotiate.GRAPHS)
    if negotiate.pick(call.accept, every, asked.formats)[0] is not negotiate.HTML:
        return answered.send(call, asked)
    page = paging.asked(settings().page_size)
    found, offers = answered.show(call, asked)
    total, last = len(found.rows), page.last(len(found.rows))
    rows = found.rows[page.offset : page.offset + page.size]
    grid = text.labels_joined(replace(found, rows=rows))
    downloads = [
        (offer, f"{url_for('saved.page', name=name, lang=None)}?{_address(raw, offer)}")
        for offer in offers
    ]
    return _form(
        query,
        raw,
        {},
        grid=grid,
        headings=[headings.heading(column) for column in grid.columns],
        bound=bound,
        downloads=downloads,
        total=total,
        page=page.number,
        last=last,
        address=paging.address,
    )


def _form(
    query: SavedQuery, raw: Mapping[str, str], wrong: Mapping[str, LazyString], **answer: object
) -> Response:
    html = render_template(
        "query.html",
        query=query,
        description=text.translated(query.descriptions),
        fields=_fields(query, raw, wrong),
        takes_lang=_takes_lang(query),
        missing=_missing(query),
        **answer,
    )
    return negotiate.respond(html, negotiate.HTML.media_type)


def _missing(query: SavedQuery) -> list[LazyString]:
    """What this release does not have, and the query cannot answer without."""
    return [_MISSING[layer] for layer in query.layers if not _holds(names().graph(layer))]


def _holds(graph: NamedNode) -> bool:
    return truth(store().query("ASK { ?s ?p ?o }", default_graphs=[graph]))


def _refused(
    query: SavedQuery, raw: Mapping[str, str], wrong: Mapping[str, LazyString]
) -> Response:
    """The form again, saying beside each field what is expected (400).

    Raises: QueryError that says the same, for programs.
    """
    if not negotiate.wants_html(request):
        with force_locale("en"):
            said = "; ".join(f"parameter {name} = {raw[name]!r}: {wrong[name]}" for name in wrong)
        raise QueryError(f"{query.name}: {said}")
    response = _form(query, raw, wrong)
    response.status_code = 400
    response.cache_control.no_store = True
    return response


def _terms(
    query: SavedQuery, raw: Mapping[str, str]
) -> tuple[dict[str, Term], dict[str, LazyString]]:
    """The term of each parameter, or what is expected instead of what was written.

    Raises: QueryError for a parameter that the query does not have.
    """
    terms: dict[str, Term] = {}
    wrong: dict[str, LazyString] = {}
    known = {param.name: param for param in query.params}
    for name, written in raw.items():
        param = known.get(name)
        if param is not None and not written.strip():
            wrong[name] = _expected(param)
            continue
        try:
            term = query.terms({name: written}, names())[name]
        except QueryError:
            if param is None:
                raise
            called = _called(written.strip(), param)
            if called is None:
                wrong[name] = _expected(param)
                continue
            term = called
        if isinstance(term, NamedNode) and not describe.exists(store(), term):
            wrong[name] = lazy_gettext(
                "There is no such entity: %(value)s.", value=written.strip()[:100]
            )
        terms[name] = term
    return terms, wrong


def _called(written: str, param: Param) -> NamedNode | None:
    """The one entity of the example's kind with this code or name."""
    kind = _kind(param)
    if kind is None:
        return None
    by_code = names().entity(kind, written)
    if describe.exists(store(), by_code):
        return by_code
    hits = index().find(written[:_MAX_NAME], kind=kind, limit=2, lang=text.lang()).hits
    same = [hit for hit in hits if hit.label.casefold() == written.casefold()]
    return NamedNode(same[0].iri) if len(same) == 1 else None


def _kind(param: Param) -> str | None:
    """The kind of entity that a parameter is about; None for concepts and literals."""
    try:
        return (
            names().entity_parts(param.example.value)[0]
            if isinstance(param.example, NamedNode)
            else None
        )
    except NotFound:
        return None


def _expected(param: Param) -> LazyString:
    """What to write for a parameter, in a sentence."""
    example = _written(param.example)
    if _kind(param) in _CHOICES:
        return lazy_gettext(
            "Choose from the list, or write a name or a code: for example %(example)s.",
            example=example,
        )
    if _kind(param) is not None:
        return lazy_gettext(
            "Write a code, a whole name or an address: for example %(example)s.", example=example
        )
    if param.name in BOUNDS:
        return lazy_gettext(
            "Write degrees from -%(most)s to %(most)s with a decimal point: "
            "for example %(example)s.",
            most=BOUNDS[param.name],
            example=example,
        )
    datatype = param.example.datatype.value if isinstance(param.example, Literal) else ""
    other = lazy_gettext("Write a value, for example %(example)s.", example=example)
    return _EXPECTED.get(datatype.removeprefix(vocab.XSD), other)


def _address(raw: Mapping[str, str], offer: negotiate.Format) -> str:
    return urlencode({**raw, "format": offer.name})


def _raw(query: SavedQuery) -> dict[str, str]:
    """The parameters of the URL; a query's own `lang` is the page's unless given.

    Raises: QueryError for one that is given twice.
    """
    raw: dict[str, str] = {}
    for name, values in request.args.lists():
        if name in ("format", "page") or (name == "lang" and not _takes_lang(query)):
            continue
        if len(values) > 1:
            raise QueryError(f"the parameter {name!r} is given {len(values)} times")
        raw[name] = values[0]
    if _takes_lang(query):
        raw["lang"] = text.lang()
    return raw


def _fields(
    query: SavedQuery, raw: Mapping[str, str], wrong: Mapping[str, LazyString]
) -> list[Field]:
    return [
        Field(
            param.name,
            text.translated(param.texts),
            raw.get(param.name, _written(param.example)),
            wrong.get(param.name),
            _choices(_kind(param)),
        )
        for param in query.params
        if param.name not in _RESERVED
    ]


def _choices(kind: str | None) -> list[tuple[str, str]]:
    class_iri = _CHOICES.get(kind or "")
    if class_iri is None:
        return []
    try:
        found = index().members(class_iri, limit=_MAX_CHOICES, lang=text.lang()).hits
    except NotFound:
        return []
    return [(text.short(hit.iri), hit.label) for hit in found]


def _written(example: Term) -> str:
    if isinstance(example, NamedNode):
        return text.short(example.value)
    return example.value if isinstance(example, Literal) else str(example)


def _takes_lang(query: SavedQuery) -> bool:
    return any(param.name == "lang" for param in query.params)
