"""What a search field suggests as one types, as JSON."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request, url_for
from flask_babel import gettext, ngettext  # type: ignore[import-untyped]  # publishes no types

from essgraph.errors import QueryError
from essgraph.search import Hit
from essgraph.web import conditional, text
from essgraph.web.context import index, names

bp = Blueprint("suggest", __name__)

MAX_TYPED = 100
"""Characters of a name that is being typed; the longest label of a commune has 45."""

MAX_KIND = 40
"""Characters of a kind of entity."""

SUGGESTED = 8

_KEPT_S = 60
"""How long a browser may show a suggestion again without asking: less than anyone would notice
that a name was written to the graph."""


@bp.get("/suggest")
def suggest() -> Response:
    """The entities that `q` may be the beginning of, the likeliest first; of one `kind` if given.

    Raises: QueryError for a `q` or `kind` that is too long.
    """
    typed, kind = _read("q", MAX_TYPED), _read("kind", MAX_KIND)
    etag = conditional.tag("suggest", text.lang(), typed, kind, request.host_url)
    known = conditional.unchanged(etag)
    if known is not None:
        return known
    found = index().suggest(typed, kind=kind or None, limit=SUGGESTED, lang=text.lang())
    shown = len(found.hits)
    response = jsonify(
        hits=[_told(hit) for hit in found.hits],
        corrected=found.corrected,
        all=url_for("browse.search", q=found.corrected or typed),
        allText=gettext("See all the results"),
        status=ngettext("%(count)s suggestion", "%(count)s suggestions", shown, count=shown),
    )
    conditional.keep(response, etag)
    response.vary.add("Accept-Language")
    response.cache_control.no_cache = None
    response.cache_control.max_age = _KEPT_S
    return response


def _read(name: str, most: int) -> str:
    written = request.args.get(name, "").strip()
    if len(written) > most:
        raise QueryError(f"{name} has {len(written)} characters; {most} are read at most")
    return written


def _told(hit: Hit) -> dict[str, str | None]:
    short = text.short(hit.iri)
    return {
        "iri": hit.iri,
        "short": short,
        "label": hit.label,
        "lang": text.foreign(hit.label_lang),
        "kind": short.partition("/")[0],
        "classLabel": hit.class_label,
        # "Paris · Paris" tells nothing: of two that are called so, one is the commune.
        "context": hit.context if hit.context != hit.label else hit.class_label.lower(),
        "href": text.href(hit.iri, names()),
        "accent": text.accent(hit.iri, names()),
    }
