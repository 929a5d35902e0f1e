"""What the query editor asks the server: terms to complete, labels, examples, snippets.

The terms are those of the graph itself, by its VoID description, with their counts. What an entity
of a class may say comes from the shapes: the fields that its page and its form have.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, request, url_for
from pyoxigraph import Literal, NamedNode

from essgraph import proposals, queries, vocab
from essgraph.describe import labels
from essgraph.describe.labels import Lexicon
from essgraph.errors import QueryError
from essgraph.profiles import Field
from essgraph.store.base import GraphStore
from essgraph.vocab import LANGUAGES, LAYERS, Names
from essgraph.web import conditional, editor, negotiate, snippets, text
from essgraph.web.context import context, names, opened, store

bp = Blueprint("completion", __name__)

MAX_LABELS = 400
"""IRIs that may be named at a time: two columns of a page of the results, with room."""


@bp.get("/sparql/completion.json")
def terms() -> Response:
    """Prefixes, classes with their properties, properties and named graphs of this release."""
    return _document("terms", _terms)


@bp.post("/sparql/labels")
def name() -> Response:
    """The label and the page of each `iri` of a form, in the language of the request.

    Raises: QueryError for one that is no IRI, or more than `MAX_LABELS`.
    """
    iris = list(dict.fromkeys(request.form.getlist("iri")))
    if len(iris) > MAX_LABELS:
        raise QueryError(f"iri: {len(iris)} are asked for, {MAX_LABELS} are answered at a time")
    for iri in iris:
        _checked(iri)
    lexicon = labels.look_up(store(), names(), iris, text.lang())
    found = {}
    for iri in iris:
        label = labels.choose(lexicon.labels.get(iri, ()), text.lang())
        shown = text.labelled(iri, label.value if label else text.short(iri))
        language = text.foreign(label.lang) if label else None
        found[iri] = {"text": shown.text, "lang": language, "href": shown.href}
    return Response(json.dumps(found, ensure_ascii=False), mimetype="application/json")


@bp.get("/sparql/examples/<name>")
def example(name: str) -> Response:
    """The text of a saved query, to be put into the editor. Raises: NotFound."""
    return negotiate.respond(editor.example(name), "application/sparql-query")


@bp.post("/sparql/snippets")
def write() -> Response:
    """The `query` of a form as a command, as Python and as R. Raises: QueryError."""
    query = request.form.get("query", "")
    if not query.strip():
        raise QueryError("the parameter `query` is missing")
    endpoint = url_for("sparql.endpoint", _external=True, lang=None)
    return Response(
        json.dumps(asdict(snippets.write(query, endpoint)), ensure_ascii=False),
        mimetype="application/json",
    )


def _checked(iri: str) -> None:
    try:
        NamedNode(iri)
    except ValueError as error:
        raise QueryError(f"iri: {error}") from error


def _document(name: str, make: Callable[[GraphStore, Names], Any]) -> Response:
    etag = conditional.tag(name)
    known = conditional.unchanged(etag)
    if known is not None:
        return known
    body = opened().once.get(name, lambda: _made(make(store(), names())))
    return conditional.keep(negotiate.respond(body, "application/json"), etag)


def _made(found: object) -> bytes:
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode()


def _terms(store: GraphStore, names: Names) -> dict[str, Any]:
    """The terms of a store.

    Shape: {prefixes: {prefix: namespace}, classes, properties, graphs: [{iri, count, fr, en}],
    fields: [{iri, fr, en, scheme}], concepts: {scheme: [{iri, fr, en}]}}; a class also has
    `properties`, the places in `properties` of those its entities have, and `fields`, the places
    in `fields` of what the shapes say of it, in their order.
    """
    amounts = _amounts(store, names)
    classes, properties = amounts["class"], amounts["property"]
    sizes = opened().release.manifest.get("graphs", {})
    graphs = {names.graph(layer).value: sizes.get(layer, 0) for layer in LAYERS}
    lexicon = labels.look_up(store, names, [*classes, *properties, *graphs], "fr")
    places = {iri: place for place, iri in enumerate(properties)}
    fields: dict[tuple[str, ...], int] = {}
    told = [
        {
            **entry,
            "properties": _places(store, names, entry["iri"], places),
            "fields": [
                fields.setdefault(_told(field), len(fields)) for field in forward(entry["iri"])
            ],
        }
        for entry in _entries(classes, lexicon)
    ]
    schemes = sorted({scheme for *_, scheme in fields if scheme})
    return {
        "prefixes": names.prefixes,
        "classes": told,
        "properties": list(_entries(properties, lexicon)),
        "graphs": list(_entries(graphs, lexicon)),
        "fields": [dict(zip(("iri", "fr", "en", "scheme"), one, strict=True)) for one in fields],
        "concepts": {
            scheme: [
                {"iri": concept.iri, **concept.labels}
                for concept in proposals.concepts(store, scheme, names)
            ]
            for scheme in schemes
        },
    }


def forward(class_iri: str) -> list[Field]:
    """The fields of a class that a query writes as one property after its subject."""
    profile = context().profiles.of([class_iri])
    return [field for field in profile.fields if not field.inverse and not field.then]


def _told(field: Field) -> tuple[str, ...]:
    return field.path, field.names.get("fr", ""), field.names.get("en", ""), field.scheme


def _amounts(store: GraphStore, names: Names) -> dict[str, dict[str, int]]:
    """Kind (class, property) -> IRI -> number, the most used first."""
    found: dict[str, dict[str, int]] = {"class": {}, "property": {}}
    for kind, term, amount in store.select(queries.app("void-partitions", names).text).rows:
        if isinstance(kind, NamedNode) and isinstance(term, NamedNode):
            number = int(amount.value) if isinstance(amount, Literal) else 0
            found[kind.value.removeprefix(vocab.VOID)][term.value] = number
    return found


def _entries(amounts: Mapping[str, int], lexicon: Lexicon) -> Iterator[dict[str, Any]]:
    for iri, amount in amounts.items():
        known = lexicon.labels.get(iri, ())
        words = {lang: found for lang in LANGUAGES if (found := labels.choose(known, lang))}
        yield {"iri": iri, "count": amount, **{lang: word.value for lang, word in words.items()}}


def _places(
    store: GraphStore, names: Names, class_iri: str, places: Mapping[str, int]
) -> list[int]:
    query = queries.app("class-properties", names).bind(**{"class": NamedNode(class_iri)})
    used = {term.value for (term,) in store.select(query).rows if isinstance(term, NamedNode)}
    return sorted(places[iri] for iri in used if iri in places)
