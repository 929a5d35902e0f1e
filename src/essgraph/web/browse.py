"""Home, lists by class, search."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from flask import Blueprint, Response, jsonify, render_template, request, url_for
from flask_babel import LazyString, lazy_gettext  # type: ignore[import-untyped]  # publishes no types
from pyoxigraph import Literal, NamedNode

from essgraph import queries, vocab
from essgraph.errors import NotFound, QueryError, StoreUnavailable
from essgraph.search import KINDS, ClassPage, Hit, SearchPage, Selection
from essgraph.web import around, inventory, machines, meant, negotiate, paging, text
from essgraph.web.context import context, holds, index, names, opened, settings, store

bp = Blueprint("browse", __name__)

MAX_SEARCH = 200
"""Characters of a search; the longest label of a commune has 45."""

_FEATURED = 6
_EXAMPLES = 6
_ACCENT_ORDER = ("initiative", "person", "organisation", "resource", "territory", "concept")
_KINDS: dict[str, LazyString] = {
    "initiative": lazy_gettext("Initiatives"),
    "person": lazy_gettext("People"),
    "organisation": lazy_gettext("Organisations"),
    "publication": lazy_gettext("Publications"),
    "place": lazy_gettext("Places"),
    "commune": lazy_gettext("Communes"),
    "epci": lazy_gettext("Intermunicipalities"),
    "departement": lazy_gettext("Départements"),
    "region": lazy_gettext("Régions"),
    "scheme": lazy_gettext("Concepts"),
}

_GROUPS: dict[str, LazyString] = {
    "k-initiative": lazy_gettext("Initiatives"),
    "k-person": lazy_gettext("People"),
    "k-organisation": lazy_gettext("Organisations"),
    "k-territory": lazy_gettext("Territories"),
    "k-resource": lazy_gettext("Publications"),
    "k-concept": lazy_gettext("Concepts"),
}
_ACCENT_OF_KIND = {"publication": "k-resource"}
_REGIONS = 40
"""Régions and what stands beside them; there are 18."""

_SEARCHES = (
    lazy_gettext("mutual health plan"),
    lazy_gettext("Guillestre"),
    lazy_gettext("mayor of Vitré"),
    lazy_gettext("initiatives near Niort"),
)
"""Searches to begin with, one of each sort."""

_Hits: TypeAlias = ClassPage | SearchPage


@dataclass(frozen=True)
class Tally:
    """A class, how many entities it has, and the way to their list."""

    text: str
    count: int
    href: str
    accent: str


@dataclass(frozen=True)
class Card:
    """An initiative on the home page."""

    text: str
    href: str | None
    accent: str
    summary: str
    places: str


@bp.get("/")
def home() -> str:
    """What this is, what it holds, and ways in."""
    own = (names().ontology, vocab.IGEO)
    tallies = _tallies()
    return render_template(
        "home.html",
        head=machines.of_home(),
        tallies=[tally for iri, tally in tallies if iri.startswith(own)],
        initiatives=dict(tallies).get(names().ess("Initiative").value),
        featured=_featured(),
        regions=_regions(),
        examples=inventory.asked_first(context().queries.values())[:_EXAMPLES],
        questions=len(context().queries),
        nearest=around.NEAREST if around.NEAREST in context().queries else "",
        officials=holds("officials"),
    )


@bp.get("/list")
def lists() -> str:
    """Every class that has entities, with their number."""
    return render_template("lists.html", tallies=[tally for _, tally in _tallies()])


@bp.get("/list/<name>")
def members(name: str) -> Response:
    """The entities of one class: a local name of our ontology, or `prefix:name`."""
    iri = _class_iri(name)
    chosen, media_type = negotiate.choose(request, (negotiate.HTML, negotiate.PLAIN_JSON))
    page = paging.asked(settings().page_size)
    found = index().members(iri, limit=page.size, offset=page.offset, lang=text.lang())
    if chosen is negotiate.PLAIN_JSON:
        return _as_json(found, page)
    own = {"class_iri": iri, "label": found.label, "others": _unlisted(iri, found.total)}
    saved = queries.app("members-of-class", names())
    every, lang = Literal(settings().max_result_rows), Literal(text.lang())
    own["rows_query"] = saved.bind(limit=every, lang=lang, **{"class": NamedNode(iri)})
    return _as_page("list.html", media_type, found, page, **own)


@bp.get("/search")
def search() -> Response:
    """Entities whose names or codes hold every word of `q`, each word a prefix."""
    chosen, media_type = negotiate.choose(request, (negotiate.HTML, negotiate.PLAIN_JSON))
    sought = request.args.get("q", "").strip()
    if len(sought) > MAX_SEARCH:
        raise QueryError(f"q has {len(sought)} characters; {MAX_SEARCH} are read at most")
    kind = request.args.get("kind") or None
    page = paging.asked(settings().page_size)
    found = index().find(sought, kind=kind, limit=page.size, offset=page.offset, lang=text.lang())
    if chosen is negotiate.PLAIN_JSON:
        return _as_json(found, page)
    own: dict[str, object] = {"q": sought, "kind": kind, "kinds": _KINDS}
    own |= {"max_length": MAX_SEARCH, "examples": _SEARCHES}
    own |= {"more_than": found.truncated, "partial": found.partial, "corrected": found.corrected}
    groups = [("", found.hits)] if kind else _grouped(found.hits)
    leads = [] if kind or page.number > 1 else meant.ways(sought)
    ways = [] if kind or found.partial else _ways(found.corrected or sought)
    own |= {"groups": groups, "ways": ways, "leads": leads}
    return _as_page("search.html", media_type, found, page, **own)


def _grouped(hits: list[Hit]) -> list[tuple[LazyString, list[Hit]]]:
    """Matches by what they are, in the order of the best of each."""
    groups: dict[str, list[Hit]] = {}
    for hit in hits:
        groups.setdefault(text.accent(hit.iri, names()), []).append(hit)
    return [(_GROUPS[accent], some) for accent, some in groups.items()]


def _ways(sought: str) -> list[Tally]:
    """The kinds of things that have the words, each as a list that can be narrowed."""
    found = []
    for kind in KINDS:
        accent = _ACCENT_OF_KIND.get(kind, f"k-{kind}")
        count = _amount(Selection(kind, sought)) if sought else 0
        if count:
            address = url_for("explore.explore", kind=kind, q=sought)
            found.append(Tally(str(_GROUPS[accent]), count, address, accent))
    return found


def _amount(selection: Selection) -> int:
    """How many are selected; none in a release that was made before there were facets."""
    try:
        return index().amount(selection)
    except StoreUnavailable:
        return 0


def _regions() -> list[Tally]:
    """The régions that have initiatives, those with most of them first."""
    country = names().entity("country", "FR").value
    try:
        found = index().facet(
            Selection("initiative"), "territory", parent=country, limit=_REGIONS, lang=text.lang()
        )
    except StoreUnavailable:
        return []  # made before there were facets
    head = names().entity("region", "").value
    return [
        Tally(
            value.label,
            value.count,
            url_for("explore.explore", kind="initiative", territory=text.short(value.iri)),
            text.accent(value.iri, names()),
        )
        for value in found.values
        if value.iri.startswith(head)
    ]


def _unlisted(class_iri: str, listed: int) -> int:
    """How many of a class are in the graph and not in its list, as mandates of the register."""
    saved = queries.app("describe-class-size", names())
    rows = store().select(saved.bind(entity=NamedNode(class_iri))).rows
    sizes = [int(size.value) for (size,) in rows if isinstance(size, Literal)]
    return max(0, max(sizes, default=0) - listed)


def _class_iri(name: str) -> str:
    prefix, colon, local = name.partition(":")
    if not colon:
        return names().ess(name).value if name.isidentifier() else _unknown(name)
    namespace = names().prefixes.get(prefix)
    return namespace + local if namespace else _unknown(name)


def _unknown(name: str) -> str:
    raise NotFound(f"{name!r} is not a class of this graph")


def _tallies() -> list[tuple[str, Tally]]:
    found = []
    # The register's mandates are in the graph and not in the index.
    in_graph = opened().release.manifest["classes"]
    for item in index().classes(text.lang()):
        address = text.class_url(item.iri)
        if address is not None:
            accent = text.accent(item.iri, names())
            amount = max(item.count, in_graph.get(names().compact(item.iri), 0))
            found.append((item.iri, Tally(item.label, amount, address, accent)))
    return sorted(found, key=lambda pair: _ACCENT_ORDER.index(pair[1].accent.removeprefix("k-")))


def _featured() -> list[Card]:
    saved = queries.app("featured", names())
    bound = saved.bind(lang=Literal(text.lang()), limit=Literal(_FEATURED))
    cards = []
    for iri, label, description, places in store().select(bound).rows:
        if isinstance(iri, NamedNode) and isinstance(label, Literal):
            cards.append(
                Card(
                    label.value,
                    text.href(iri.value, names()),
                    text.accent(iri.value, names()),
                    description.value if isinstance(description, Literal) else "",
                    places.value if isinstance(places, Literal) else "",
                )
            )
    return cards


def _as_page(
    template: str, media_type: str, found: _Hits, page: paging.Page, **more: object
) -> Response:
    html = render_template(
        template,
        total=found.total,
        hits=found.hits,
        page=page.number,
        last=page.last(found.total),
        address=paging.address,
        **more,
    )
    return negotiate.respond(html, media_type)


def _as_json(found: _Hits, page: paging.Page) -> Response:
    response = jsonify(
        total=found.total,
        page=page.number,
        last=page.last(found.total),
        hits=[
            {
                "iri": hit.iri,
                "label": hit.label,
                "lang": hit.label_lang,
                "class": hit.class_iri,
                "classLabel": hit.class_label,
                "context": hit.context,
            }
            for hit in found.hits
        ],
    )
    response.vary.add("Accept")
    return response
