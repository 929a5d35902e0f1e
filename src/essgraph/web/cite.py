"""How to cite a page: as a sentence, as BibTeX, as CSL-JSON.

Source: the CSL-JSON schema (https://github.com/citation-style-language/schema);
BibTeX's @misc with the fields url, urldate and version of biblatex 3, which other styles ignore.
"""

from __future__ import annotations

import datetime
import json
import re
from dataclasses import dataclass

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext  # type: ignore[import-untyped]  # publishes no types
from pyoxigraph import NamedNode

from essgraph import describe
from essgraph.describe import Text
from essgraph.errors import NotFound, QueryError
from essgraph.vocab import XSD_DATE
from essgraph.web import negotiate, permalink, text
from essgraph.web.context import names, opened, store

bp = Blueprint("cite", __name__)

MAX_IRI = 500
"""Characters of an IRI of ours; the longest has 120."""

_FORMATS = (
    negotiate.Format("csl", "application/vnd.citationstyles.csl+json", ("application/json",)),
    negotiate.Format("bib", "application/x-bibtex", ("text/x-bibtex",)),
)
_TEX = {
    "\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    **{character: "\\" + character for character in "&%$#_{}"},
}  # fmt: skip
_BABEL = {"fr": "french", "en": "english"}
"""Languages as biblatex calls them."""

_NOT_IN_KEYS = re.compile(r"[^A-Za-z0-9]+")


@dataclass(frozen=True)
class Citation:
    """How to cite a page.

    Shape: `words` is the sentence; `lang` that of the title; `page` is the address of the page
    in its release, which `release` names; `formats` are names and addresses of files for
    reference managers.
    """

    words: str
    title: str
    lang: str
    page: str
    release: str
    today: datetime.date
    formats: tuple[tuple[str, str], ...]


def citation(iri: str, label: Text) -> Citation:
    """The citation of the page of an IRI, in the language of this request, read today."""
    release = opened().release.id
    page = _page(iri, release)
    today = datetime.datetime.now(datetime.UTC).date()
    words = gettext(
        "“%(title)s”, essgraph, release of %(date)s, %(address)s (read on %(day)s).",
        title=label.value,
        date=permalink.said(release),
        address=page,
        day=text.shown(today.isoformat(), XSD_DATE.value),
    )
    formats = tuple(
        (name, url_for("cite.citation_of", iri=iri, format=offer.name, release=release))
        for name, offer in zip(("CSL-JSON", "BibTeX"), _FORMATS, strict=True)
    )
    return Citation(
        str(words), label.value, label.lang or text.lang(), page, release, today, formats[::-1]
    )


@bp.get("/citation")
def citation_of() -> Response:
    """The citation of the page of `?iri=`, as BibTeX or CSL-JSON.

    Raises: QueryError for what is no IRI; NotFound for one that is not in the graph.
    """
    written = request.args.get("iri", "")
    try:
        iri = NamedNode(written[: MAX_IRI + 1])
    except ValueError as error:
        raise QueryError(f"iri = {written[:100]!r} is not an IRI") from error
    if len(written) > MAX_IRI:
        raise QueryError(f"iri has {len(written)} characters; {MAX_IRI} are read at most")
    chosen, media_type = negotiate.choose(request, _FORMATS)
    if text.local_url(iri.value, names()) is None or not describe.exists(store(), iri):
        raise NotFound(f"{iri.value} is not in the graph")
    label, _ = describe.named(store(), iri, names(), text.lang())
    found = citation(iri.value, label)
    body = _csl(iri.value, found) if chosen.name == "csl" else _bibtex(iri.value, found)
    response = negotiate.respond(body, media_type)
    suffix = "json" if chosen.name == "csl" else "bib"
    response.headers["Content-Disposition"] = f'attachment; filename="{_key(iri.value)}.{suffix}"'
    return response


def _csl(iri: str, found: Citation) -> bytes:
    item: dict[str, object] = {
        "id": _key(iri),
        "type": "webpage",
        "title": found.title,
        "container-title": "essgraph",
        "version": found.release,
        "accessed": _parts(found.today),
        "URL": found.page,
        "language": found.lang,
        "note": iri,
    }
    made = permalink.day_of(found.release)
    if made is not None:
        item["issued"] = _parts(made)
    return json.dumps([item], ensure_ascii=False, indent=2).encode() + b"\n"


def _bibtex(iri: str, found: Citation) -> bytes:
    made = permalink.day_of(found.release)
    fields = {
        "title": f"{{{_tex(found.title)}}}",
        "howpublished": "essgraph",
        **({"year": str(made.year), "date": made.isoformat()} if made else {}),
        "version": _tex(found.release),
        # An address is read as it stands; only what would end the field is escaped.
        "url": found.page.replace("{", "%7B").replace("}", "%7D"),
        "urldate": found.today.isoformat(),
        "note": _tex(iri),
        "language": _BABEL.get(found.lang, found.lang),
    }
    lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items())
    return f"@misc{{{_key(iri)},\n{lines}\n}}\n".encode()


def _page(iri: str, release: str) -> str:
    """The address of the page of an IRI in a release, in the language that was chosen, if any."""
    local = text.local_url(iri, names()) or ""
    path, _, sent = local.partition("?")
    kept = [part for part in sent.split("&") if part and not part.startswith("release=")]
    sent = "&".join([*kept, f"release={release}"])
    return f"{request.url_root.rstrip('/')}{path}?{sent}"


def _parts(day: datetime.date) -> dict[str, list[list[int]]]:
    return {"date-parts": [[day.year, day.month, day.day]]}


def _key(iri: str) -> str:
    return "essgraph-" + _NOT_IN_KEYS.sub("-", text.short(iri)).strip("-").lower()


def _tex(value: str) -> str:
    return "".join(_TEX.get(character, character) for character in value)
