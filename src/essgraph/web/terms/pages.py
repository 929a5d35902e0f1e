"""The pages of terms, concepts and shapes, and their RDF at the same addresses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import cast

from flask import Blueprint, Response, g, render_template, request
from pyoxigraph import Literal, NamedNode, Triple

from essgraph import describe, queries, vocab
from essgraph.describe import Description, Fact
from essgraph.errors import NotFound
from essgraph.web import dereferencing, machines, negotiate, text
from essgraph.web.context import index, names, opened, settings, store
from essgraph.web.terms import diagram, schemes, shapes, vocabulary
from essgraph.web.terms.vocabulary import Vocabulary

bp = Blueprint("terms", __name__)

_EXAMPLES = 5
_LISTED = 20
_TOLD = frozenset(
    [vocab.RDFS + "label", vocab.RDF + "type", vocab.RDFS + "isDefinedBy"]
    + [
        vocab.SKOS + name
        for name in (
            *("prefLabel", "altLabel", "definition", "notation"),
            *("inScheme", "topConceptOf", "broader", "narrower"),
        )
    ]
)
"""What the page of a concept tells in its own way."""


@dataclass(frozen=True)
class Row:
    """Values of one property."""

    label: text.Cell
    values: tuple[text.Cell, ...]


@bp.get("/ontology")
def ontology() -> Response:
    """The ontology with its terms, or one of them by `?term=`, as page or RDF."""
    local = request.args.get("term")
    iri = _node(names().ontology.removesuffix("#") if local is None else names().ontology + local)
    if not negotiate.wants_html(request, negotiate.GRAPHS):
        if local is not None:
            return dereferencing.data(iri)
        saved = queries.app("ontology-data", names())
        return _graph(iri, store().construct(saved.bind(ontology=iri)))
    if "incoming" in request.args:
        return dereferencing.incoming(iri)
    words = vocabulary.read()
    if local is not None:
        return _term(iri, words)
    found = describe.describe(store(), iri, names(), text.lang(), 1)
    html = render_template(
        "ontology.html",
        head=machines.of_entity(found),
        iri=iri.value,
        label=found.label.value,
        facts=[_row(fact) for fact in found.facts if fact.property.iri not in _TOLD],
        words=words,
        examples={term.iri: _entities(term.iri, 1) for term in words.classes},
        picture=opened().once.get(("diagram", text.lang()), lambda: diagram.draw(words)),
        formats=dereferencing.formats_here(),
    )
    return negotiate.respond(html, negotiate.HTML.media_type)


@bp.get("/schemes")
def listed() -> str:
    """Every concept scheme."""
    return render_template("schemes.html", schemes=schemes.every())


@bp.get("/scheme/<path:path>")
def scheme(path: str) -> Response:
    """A concept scheme or one of its concepts: page or RDF at the same address."""
    head, slash, notation = path.partition("/")
    if "/" in notation or (slash and not notation):
        raise NotFound(f"scheme/{path} is not in the graph")
    iri = names().concept(head, notation) if slash else names().scheme(head)
    if not negotiate.wants_html(request, negotiate.GRAPHS):
        if slash:
            return dereferencing.data(iri)
        saved = queries.app("scheme-data", names())
        return _graph(iri, store().construct(saved.bind(scheme=iri)))
    if "incoming" in request.args:
        return dereferencing.incoming(iri)
    return _concept(iri, names().scheme(head)) if slash else _scheme(iri)


@bp.get("/shape")
def rules() -> Response:
    """Every shape that the data is checked by: a list, or all of them as RDF."""
    if not negotiate.wants_html(request, negotiate.GRAPHS):
        return _graph(_node(names().base + "shape"), shapes.every())
    found = [shape for iri in shapes.names_of_all() if (shape := shapes.shape(iri)).is_shape]
    words = vocabulary.read()
    groups: dict[str, list[shapes.Shape]] = {}
    for shape in found:
        for class_iri in dict.fromkeys(shapes.classes(shape)) or ("",):
            groups.setdefault(class_iri, []).append(shape)
    headed = [(words.cell(iri) if iri else None, groups[iri]) for iri in groups]
    headed.sort(key=lambda pair: (pair[0] is None, pair[0].text.casefold() if pair[0] else ""))
    html = render_template("shapes.html", groups=headed, formats=dereferencing.formats_here())
    return negotiate.respond(html, negotiate.HTML.media_type)


@bp.get("/shape/<name>")
def rule(name: str) -> Response:
    """A shape, or another thing that the shape files name: page or RDF at the same address."""
    iri = _node(f"{names().base}shape/{name}")
    if not negotiate.wants_html(request, negotiate.GRAPHS):
        return _graph(iri, shapes.data(iri))
    found = shapes.shape(iri)
    words = vocabulary.read()
    html = render_template(
        "shape.html",
        shape=found,
        classes=words.cells(shapes.classes(found)),
        path=words.cell(found.path) if found.path else None,
        pieces=[shapes.shape(_node(part)) for part in found.parts],
        wholes=[shapes.shape(_node(user)) for user in found.used_by],
        formats=dereferencing.formats_here(),
    )
    return negotiate.respond(html, negotiate.HTML.media_type)


def _term(iri: NamedNode, words: Vocabulary) -> Response:
    term = words.terms.get(iri.value)
    found = describe.describe(store(), iri, names(), text.lang(), settings().links_per_property)
    if term is None:
        raise NotFound(f"{iri.value} is not a term of the ontology")
    some = Literal(_LISTED)
    if term.is_class:
        query = queries.app("class-examples", names()).bind(kind=iri, limit=some)
    else:
        query = queries.app("term-examples", names()).bind(property=iri, limit=some)
    html = render_template(
        "term.html",
        head=machines.of_entity(found),
        term=term,
        words=words,
        examples=_entities(iri.value, _EXAMPLES) if term.is_class else (),
        uses=() if term.is_class else _uses(iri),
        query=query,
        facts=[_row(f) for f in found.facts if vocab.SKOS + "note" in f.property.iri],
        pointing=_pointing(found),
        incoming_url=dereferencing.incoming_url,
        formats=dereferencing.formats_here(),
    )
    return negotiate.respond(html, negotiate.HTML.media_type)


def _scheme(iri: NamedNode) -> Response:
    found = schemes.tree(iri)
    if found is None:
        raise NotFound(f"{iri.value} is not in the graph")
    html = render_template(
        "scheme.html",
        scheme=found,
        head=machines.of_scheme(found.iri, found.label.text, found.definition.text),
        formats=dereferencing.formats_here(),
    )
    return negotiate.respond(html, negotiate.HTML.media_type)


def _concept(iri: NamedNode, parent: NamedNode) -> Response:
    found = describe.describe(store(), iri, names(), text.lang(), settings().links_per_property)
    facts = {fact.property.iri: fact for fact in found.facts}
    html = render_template(
        "concept.html",
        head=machines.of_entity(found),
        iri=iri.value,
        label=text.Cell(found.label.value, lang=text.foreign(found.label.lang)),
        definition=_values(facts, vocab.SKOS + "definition"),
        also=_values(facts, vocab.SKOS + "altLabel"),
        notation=_values(facts, vocab.SKOS + "notation"),
        schemes=_values(facts, vocab.SKOS + "inScheme"),
        broader=_values(facts, vocab.SKOS + "broader"),
        narrower=_values(facts, vocab.SKOS + "narrower"),
        facts=[_row(fact) for fact in found.facts if fact.property.iri not in _TOLD],
        out=[_row(fact) for fact in found.links_out],
        pointing=_pointing(found),
        incoming_url=dereferencing.incoming_url,
        explore=schemes.explored(parent.value, iri.value),
        formats=dereferencing.formats_here(),
    )
    return negotiate.respond(html, negotiate.HTML.media_type)


def _pointing(found: Description) -> list[tuple[text.Cell, text.Cell, str, list[text.Cell], int]]:
    """What points at a term or concept: class, property and its IRI, links, and how many; one
    less than none where there are more than can be told.
    """
    return [
        (
            text.Cell(group.class_label.value, lang=text.foreign(group.class_label.lang)),
            text.Cell(group.property.label.value, lang=text.foreign(group.property.label.lang)),
            group.property.iri,
            list(map(text.linked, group.links)),
            group.total if group.exact else -1,
        )
        for group in found.incoming
        if group.property.iri not in schemes.STRUCTURE
    ]


def _entities(class_iri: str, most: int) -> list[text.Cell]:
    """Some entities of a class: those that lists show, else those that the engine meets first."""
    if class_iri in _indexed():
        found = index().members(class_iri, limit=most, offset=0, lang=text.lang())
        return [text.labelled(hit.iri, hit.label, hit.label_lang) for hit in found.hits]
    saved = queries.app("class-examples", names())
    bound = saved.bind(kind=NamedNode(class_iri), limit=Literal(most))
    iris = {
        entity.value for entity, _ in store().select(bound).rows if isinstance(entity, NamedNode)
    }
    return [_named(NamedNode(iri)) for iri in sorted(iris)]


def _indexed() -> frozenset[str]:
    if "indexed" not in g:
        g.indexed = frozenset(item.iri for item in index().classes(text.lang()))
    return cast(frozenset[str], g.indexed)


def _named(iri: NamedNode) -> text.Cell:
    label, _ = describe.named(store(), iri, names(), text.lang())
    return text.labelled(iri.value, label.value, label.lang)


def _uses(prop: NamedNode) -> list[tuple[text.Cell, text.Cell]]:
    """Some subjects and values of a property, by their labels."""
    saved = queries.app("term-examples", names())
    rows = store().select(saved.bind(property=prop, limit=Literal(_EXAMPLES))).rows
    return [(_shown(subject), _shown(value)) for subject, value in rows]


def _shown(term: object) -> text.Cell:
    return _named(term) if isinstance(term, NamedNode) else text.cell(term)


def _values(facts: dict[str, Fact], prop: str) -> tuple[text.Cell, ...]:
    return _row(facts[prop]).values if prop in facts else ()


def _row(fact: Fact) -> Row:
    label = text.Cell(fact.property.label.value, lang=text.foreign(fact.property.label.lang))
    return Row(
        label,
        tuple(
            text.linked(value.link)
            if value.link is not None
            else text.Cell(
                text.shown(value.text.value, value.datatype), lang=text.foreign(value.text.lang)
            )
            for value in fact.values
        ),
    )


def _graph(iri: NamedNode, triples: Iterable[Triple]) -> Response:
    """A document of RDF. Raises: NotFound if it says nothing."""
    chosen, media_type = negotiate.choose(request, negotiate.GRAPHS)
    found: Sequence[Triple] = list(dict.fromkeys(triples))
    if not found:
        raise NotFound(f"{iri.value} is not in the graph")
    prefixes = {**names().prefixes, "shape": names().base + "shape/"}
    body = negotiate.answer_body(found, chosen, prefixes, settings().max_result_bytes)
    response = negotiate.respond(body, media_type)
    response.headers.add("Link", f'<{iri.value}>; rel="describes"')
    return response


def _node(iri: str) -> NamedNode:
    try:
        return NamedNode(iri)
    except ValueError as error:
        raise NotFound(f"{iri} is not in the graph") from error
