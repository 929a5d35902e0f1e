"""What a visitor reads: the page's language, links, and terms as cells."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, Inexact, localcontext
from math import isfinite
from urllib.parse import parse_qsl, quote, unquote, urlencode

from babel.dates import format_skeleton
from babel.numbers import format_decimal
from flask import g, request, url_for
from flask_babel import format_date, get_locale, gettext  # type: ignore[import-untyped]  # publishes no types
from pyoxigraph import Literal, NamedNode

from essgraph import vocab
from essgraph.describe import Link
from essgraph.errors import NotFound
from essgraph.vocab import LANGUAGES, Names
from essgraph.web.context import names

_WITHOUT_LANGUAGE = ("assets.file", "entity.data", "ops.healthz", "ops.readyz")

_ACCENTS = {
    "initiative": "initiative policy event award",
    "territory": "commune commune-deleguee commune-associee arrondissement-municipal epci"
    " departement region collectivite-outre-mer country place geometry",
    "person": "person mandate post period",
    "organisation": "organisation change",
    "resource": "clipping publication figure collection question dataset assertion",
}
_ACCENT_OF_KIND = {kind: accent for accent, kinds in _ACCENTS.items() for kind in kinds.split()}
_ACCENT_OF_CLASS = {
    "Initiative": "initiative",
    "Policy": "initiative",
    "CandidateSurvey": "initiative",
    "Event": "initiative",
    "Prize": "initiative",
    "Territory": "territory",
    "Place": "territory",
    **dict.fromkeys(("Person", "Mandate", "Post"), "person"),
    "Organisation": "organisation",
    "Authority": "organisation",
    "PoliticalParty": "organisation",
}
_INTEGERS = {
    vocab.XSD + name
    for name in ("integer", "int", "long", "short", "nonNegativeInteger", "positiveInteger")
}
NUMBERS = _INTEGERS | {vocab.XSD + name for name in ("decimal", "double", "float")}
_SENTENCE = re.compile(r"(?<=[.!?])\s")
_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")


def lang() -> str:
    """The language of this request: `?lang=`, else Accept-Language, else French."""
    if "lang" not in g:
        asked = request.args.get("lang", "")
        best = request.accept_languages.best_match(LANGUAGES, default="fr")
        g.lang = asked if asked in LANGUAGES else best
    return str(g.lang)


def keep_lang(endpoint: str, values: dict[str, object]) -> None:
    """Carry an explicit `?lang=` into the links between pages."""
    if request and request.args.get("lang") in LANGUAGES and endpoint not in _WITHOUT_LANGUAGE:
        values.setdefault("lang", request.args["lang"])


def other_language(address: str | None = None) -> tuple[str, str]:
    """The other language, and this page's address in it; `address` is told where it is not
    the request's, after a POST.
    """
    other = "en" if lang() == "fr" else "fr"
    path, sent = quote(request.path), list(request.args.items(multi=True))
    if address is not None:
        path, _, written = address.partition("?")
        sent = parse_qsl(written, keep_blank_values=True)
    arguments = [(key, value) for key, value in sent if key != "lang"]
    return other, f"{path}?{urlencode([*arguments, ('lang', other)])}"


def local_url(iri: str, names: Names) -> str | None:
    """The page on this server of an IRI under our base; None for the others."""
    if not iri.startswith(names.base):
        return None
    rest, _, fragment = iri.removeprefix(names.base).partition("#")
    try:
        kind, key = names.entity_parts(iri)
    except NotFound:
        head, _, tail = rest.partition("/")
        if head == "scheme" and tail:
            return url_for("terms.scheme", path=unquote(tail))
        if head == "graph" and tail:
            return url_for("entity.graph", layer=unquote(tail))
        if head == "shape" and tail:
            return url_for("terms.rule", name=unquote(tail))
        if rest == "ontology":
            return url_for("terms.ontology", term=fragment or None)
        return None
    # A server decodes %2F before it routes, and a client resolves dots: no page has such parts.
    routable = not {".", ".."} & {kind, key} and "/" not in kind + key
    if not routable or names.entity(kind, key).value != iri:
        return None
    return url_for("entity.page", kind=kind, key=key)


def href(iri: str, names: Names) -> str | None:
    """Where a link to this IRI goes: our page, the IRI itself if http(s), else nowhere."""
    local = local_url(iri, names)
    if local is not None:
        return local
    return iri if iri.startswith(("http://", "https://")) else None


def class_url(iri: str) -> str | None:
    """The list of a class; None for one that cannot be named in an address."""
    compact = names().compact(iri)
    if compact == iri:
        return None
    return url_for("browse.members", name=compact.removeprefix("ess:"))


def accent(iri: str, names: Names) -> str:
    """The accent of an entity's or a class's IRI, as a CSS class."""
    if iri.startswith(names.ontology):
        return "k-" + _ACCENT_OF_CLASS.get(iri.removeprefix(names.ontology), "resource")
    if iri.startswith(vocab.IGEO):
        return "k-territory"
    if iri.startswith(vocab.SKOS):
        return "k-concept"
    head, _, rest = iri.removeprefix(names.base).partition("/")
    if iri.startswith(names.base + "id/"):
        return "k-" + _ACCENT_OF_KIND.get(rest.partition("/")[0], "resource")
    return "k-concept" if head in ("scheme", "ontology", "graph") else "k-resource"


@dataclass(frozen=True)
class Cell:
    """A term as a page shows it; `lang` is set where it differs from the page's."""

    text: str
    href: str | None = None
    lang: str | None = None
    accent: str | None = None
    number: bool = False


def foreign(language: str | None) -> str | None:
    """The language, if it is not the page's and so has to be said."""
    return language if language and language != lang() else None


def labelled(iri: str, label: str, language: str | None = None) -> Cell:
    """A link to a resource by its label; IRIs of others stay what they are."""
    known = names()
    return Cell(label, href(iri, known), foreign(language), accent(iri, known))


def linked(link: Link) -> Cell:
    """A link of a description, by its label."""
    return labelled(link.iri, link.label.value, link.label.lang)


def first_sentence(value: str, language: str | None) -> Cell:
    """What a longer text begins with."""
    return Cell(_SENTENCE.split(value)[0], lang=foreign(language))


def cell(term: object) -> Cell:
    """A term of an answer as a page shows it; unbound is empty."""
    if term is None:
        return Cell("")
    if isinstance(term, NamedNode):
        known = names()
        inside = term.value.startswith(known.base)
        return Cell(
            short(term.value),
            href(term.value, known),
            accent=accent(term.value, known) if inside else None,
        )
    if isinstance(term, Literal):
        datatype = term.datatype.value
        return Cell(
            shown(term.value, datatype),
            lang=foreign(term.language),
            number=datatype in NUMBERS,
        )
    return Cell(str(term))


@dataclass(frozen=True)
class Grid:
    """An answer as a table; `more` says that rows were left out, `truth` that it was an ASK."""

    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    more: bool = False
    truth: bool | None = None


def labels_joined(table: Grid) -> Grid:
    """The table with each column `xLabel` made the text of the links of column `x`; `label` is
    that of the column before it.
    """
    place = {name: at for at, name in enumerate(table.columns)}
    labels = {at: place[f"{name}Label"] for name, at in place.items() if f"{name}Label" in place}
    if place.get("label"):
        labels.setdefault(place["label"] - 1, place["label"])
    kept = [at for at in range(len(table.columns)) if at not in labels.values()]
    rows = []
    for row in table.rows:
        joined = [
            replace(row[at], text=row[labels[at]].text, lang=row[labels[at]].lang)
            if at in labels and row[at].href and row[labels[at]].text
            else row[at]
            for at in kept
        ]
        rows.append(tuple(joined))
    return replace(table, columns=tuple(table.columns[at] for at in kept), rows=tuple(rows))


def short(iri: str) -> str:
    """An IRI in few characters: `commune/05065`, `ess:Policy`, or itself."""
    known = names()
    for head, kept in (("id/", ""), ("scheme/", "scheme/")):
        if iri.startswith(known.base + head):
            return kept + unquote(iri.removeprefix(known.base + head))
    return known.compact(iri)


def shown(value: str, datatype: str) -> str:
    """A literal's value the way the page's language writes it; itself where it is malformed."""
    writer = _WRITERS.get(datatype)
    if writer is None:
        return value
    try:
        return writer(value)
    except (ValueError, ArithmeticError):
        return value


def _number(value: str) -> str:
    return number(Decimal(value)) if isfinite(float(value)) else value


def _day(value: str) -> str:
    told = str(format_date(datetime.date.fromisoformat(value), "long"))
    return told.replace("1", "1er", 1) if lang() == "fr" and told.startswith("1 ") else told


def _month(value: str) -> str:
    found = _MONTH.fullmatch(value)
    if found is None:
        return value
    day = datetime.date(int(found[1]), int(found[2]), 1)
    return str(format_skeleton("yMMMM", day, locale=get_locale()))


def _truth(value: str) -> str:
    return str(gettext("yes") if value in ("true", "1") else gettext("no"))


_WRITERS: Mapping[str, Callable[[str], str]] = {
    **dict.fromkeys(NUMBERS, _number),
    vocab.XSD + "date": _day,
    vocab.XSD + "gYearMonth": _month,
    vocab.XSD + "boolean": _truth,
    # An outline has up to 100,000 characters, which nobody reads in a page.
    vocab.WKT_LITERAL.value: lambda wkt: wkt if len(wkt) <= 200 else f"{wkt[:200]}…",
}


def number(value: float | Decimal) -> str:
    """A number the way the page's language writes it, to its last digit.

    Raises: ArithmeticError for one of more digits than the library keeps.
    """
    with localcontext() as arithmetic:
        arithmetic.traps[Inexact] = True
        return format_decimal(value, locale=get_locale(), decimal_quantization=False)


def translated(texts: Mapping[str, str]) -> str:
    """The text in the page's language, else in French, else in English, else nothing."""
    return next((texts[code] for code in (lang(), *LANGUAGES) if code in texts), "")
