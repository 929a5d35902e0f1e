"""What words of a search ask for besides what is called so: who is in office in a place, what is
done there or near it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from flask import url_for

from essgraph import search
from essgraph.errors import StoreUnavailable
from essgraph.search import FACETS, Hit, Selection
from essgraph.web import around, text
from essgraph.web.context import context, index, names

MOST_PLACES = 3
"""Places of one name that are led to."""

_LOOKED_AT = 8
_PLACES = ("commune", "epci", "departement", "region")

_OFFICIALS = frozenset(
    (
        "elu",
        "elus",
        "elue",
        "elues",
        "maire",
        "maires",
        "mairesse",
        "mairie",
        "adjoint",
        "adjoints",
        "adjointe",
        "adjointes",
        "conseil",
        "conseiller",
        "conseillers",
        "conseillere",
        "conseilleres",
        "president",
        "presidente",
        "mayor",
        "mayors",
        "councillor",
        "councillors",
        "council",
        "officials",
        "municipal",
        "municipaux",
        "municipale",
        "departemental",
        "departementaux",
        "regional",
        "regionaux",
        "communautaire",
        "communautaires",
    )
)
_DEEDS = frozenset(
    ("initiative", "initiatives", "projet", "projets", "action", "actions", "projects")
)
_NEAR = frozenset(
    ("pres", "proche", "proches", "autour", "voisin", "voisines", "near", "nearby", "around")
)
_BETWEEN = frozenset(
    (
        "a",
        "au",
        "aux",
        "d",
        "de",
        "des",
        "du",
        "l",
        "la",
        "le",
        "les",
        "en",
        "dans",
        "in",
        "of",
        "the",
        "to",
    )
)

Asked = Literal["", "officials", "initiatives", "near"]


class Meaning(NamedTuple):
    """What is asked of a place, "" for nothing of the kind, and the words of its name."""

    asked: Asked
    place: str


@dataclass(frozen=True)
class Way:
    """A page that answers: what it is of, where it is, how many it lists (None: not counted)."""

    asked: Asked
    place: str
    href: str
    count: int | None = None


def read(sought: str) -> Meaning:
    """What words ask for: "élus de Guillestre" are the officials of what is called so."""
    told = search.words(sought)
    first = told[0] if told else ""
    asked: Asked = ""
    known: frozenset[str] = frozenset()
    if first in _OFFICIALS:
        asked, known = "officials", _OFFICIALS | _BETWEEN
    elif first in _DEEDS or first in _NEAR:
        asked, known = "initiatives", _DEEDS | _NEAR | _BETWEEN
    rest = next((at for at, word in enumerate(told) if word not in known), len(told))
    if asked == "initiatives" and _NEAR & set(told[:rest]):
        asked = "near"
    return Meaning(asked, " ".join(told[rest:]))


def ways(sought: str) -> list[Way]:
    """The pages that answer a search which asks something of a place; often none."""
    meaning = read(sought)
    if not meaning.asked or not meaning.place:
        return []
    return [way for place in _called(meaning.place) for way in _ways(meaning.asked, place)]


def lists(kind: str, sought: str) -> list[Way]:
    """What there is of a kind in the places that are called as the words say."""
    if kind == "territory" or "territory" not in FACETS[kind] or not sought:
        return []
    asked: Asked = "officials" if kind == "person" else "initiatives"
    found = (_listed(asked, kind, place) for place in _called(read(sought).place))
    return [way for way in found if way is not None]


def _ways(asked: Asked, place: Hit) -> Iterator[Way]:
    if asked == "officials":
        listed = _listed(asked, "person", place)
        page = text.href(place.iri, names())
        if listed is not None and page:
            # The page tells who is in office today, the list has former ones too.
            yield Way(asked, listed.place, f"{page}#officials")
        return
    short = text.short(place.iri)
    if short.startswith("commune/") and around.NEAREST in context().queries:
        url = url_for("saved.page", name=around.NEAREST)
        joined = "&" if "?" in url else "?"
        yield Way("near", _where(place), f"{url}{joined}commune={short}")
    listed = _listed("initiatives", "initiative", place)
    if listed is not None:
        yield listed


def _listed(asked: Asked, kind: str, place: Hit) -> Way | None:
    """The list of a kind in a place; None where it would be empty, or cannot be made."""
    try:
        count = index().amount(Selection(kind, chosen={"territory": (place.iri,)}))
    except StoreUnavailable:
        return None  # made before there were facets
    url = url_for("explore.explore", kind=kind, territory=text.short(place.iri))
    return Way(asked, _where(place), url, count) if count else None


def _called(name: str) -> list[Hit]:
    """The territories of that very name."""
    if not name:
        return []
    found = index().suggest(name, limit=_LOOKED_AT, lang=text.lang())
    exact = [
        hit
        for hit in found.hits
        if text.short(hit.iri).partition("/")[0] in _PLACES
        and search.same(hit.label, found.corrected or name)
    ]
    return exact[:MOST_PLACES]


def _where(place: Hit) -> str:
    """A territory and what tells it from others: "Paris (commune)"."""
    inside = place.context if place.context != place.label else ""
    told = ", ".join(part for part in (place.class_label.lower(), inside) if part)
    return f"{place.label} ({told})" if told else place.label
