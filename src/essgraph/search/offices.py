"""A search for whoever holds an office in a place: "mairie de Guillestre", "maire du Havre"."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

from essgraph.search import council
from essgraph.search.fold import ABBREVIATIONS, SMALL, words

Ask = Callable[[str, tuple[object, ...]], list[tuple[Any, ...]]]
"""Answers a statement of SQL with its values."""

TOWN_HALL = "mairie"

_MAYOR, _DEPUTY, _HEAD = "maire", "adjoint", "president"
_SOUGHT = {
    **dict.fromkeys(("maire", "mairesse", "mayor", TOWN_HALL), _MAYOR),
    **dict.fromkeys(("adjoint", "adjointe"), _DEPUTY),
    **dict.fromkeys(("president", "presidente"), _HEAD),
}
"""How such a search begins -> how the keys of the roles begin that it is for."""

_COUNCILS_OF = {
    "municipal": ("commune", "ville"),
    "departemental": ("departement", "conseil departemental"),
    "regional": ("region", "conseil regional"),
    "communautaire": ("", "communaute communes", "communaute agglomeration", "metropole"),
    "metropolitain": ("", "metropole"),
}
"""What kind of council is sought -> how the names of such bodies begin."""

_MOST = 200
"""Looked at for a place of exactly the name sought: those with longer names match too."""

_COUNCILS = 20
"""Councils read at most of communes that share a name."""

_HOLDERS = 20
"""People named at most: one commune has fewer deputies, many that share a name have more."""

Caption = tuple[str, str]
"""The office that an entity is found by, in French and in English; empty for none."""

_NONE: Caption = ("", "")


class _Called(NamedTuple):
    """An entity that is called as sought, with what tells it from its homonyms."""

    number: int
    iri: str
    labels: Caption
    inside: Caption


class _Holder(NamedTuple):
    """Who holds an office: the key of the person's IRI, the name, the office."""

    key: str
    name: str
    caption: Caption


def named(ask: Ask, sought: Sequence[str], scope: str) -> dict[int, Caption]:
    """Of a place of that very name: the commune and its authority if its town hall or its
    council is sought, and whoever the register says is its mayor or a deputy; of a body,
    whoever presides it, or the body if the register does not say.

    Shape: number of an entity -> its caption, the best first; `scope` is a condition on the
    kind, or empty.
    """
    council_of = _COUNCILS_OF.get(sought[1], ()) if _is_council(sought) else ()
    rest = sought[2:] if council_of else sought[1:]
    place = [ABBREVIATIONS.get(word, word) for word in rest if word not in SMALL]
    role = _MAYOR if council_of and sought[1] == "municipal" else _SOUGHT.get(sought[0])
    if not place or (role is None and not council_of):
        return {}
    found: dict[int, Caption] = {}
    if sought[0] == TOWN_HALL:
        for one in _called(ask, "commune", place, scope):
            found[one.number] = _NONE
    for title in council_of or (("commune",) if sought[0] == TOWN_HALL else ()):
        for one in _called(ask, "organisation", [*title.split(), *place], scope):
            found[one.number] = _NONE
    holders = list(islice(_holders(ask, role, place), _HOLDERS)) if role else []
    numbers = _numbers(ask, holders, scope)
    for holder in holders:
        if holder.key in numbers:
            found.setdefault(numbers[holder.key], holder.caption)
    if role == _HEAD and not holders:
        found |= {one.number: _NONE for one in _called(ask, "organisation", place, scope)}
    return found


def _is_council(sought: Sequence[str]) -> bool:
    return len(sought) > 2 and sought[0] == "conseil"


def _holders(ask: Ask, role: str, place: Sequence[str]) -> Iterator[_Holder]:
    """By the councils rather than by what people are shown with: some preside elsewhere too."""
    if not ask("PRAGMA table_info(council)", ()):
        return
    of_commune = role != _HEAD
    bodies = _called(ask, "organisation", ["commune", *place] if of_commune else place, "")
    communes = _called(ask, "commune", place, "") if bodies and of_commune else []
    # Communes that share a name and a département are shown alike.
    places = [next((x for x in communes if x.inside == body.inside), body) for body in bodies]
    offices: dict[str, Caption] = {}
    for where, body in sorted(zip(places, bodies, strict=True))[:_COUNCILS]:
        held = []
        for (officials,) in ask("SELECT officials FROM council WHERE body = ?", (body.iri,)):
            for key, _, office, rank, _, name, _ in council.fields(officials):
                if _is(office, role):
                    held.append((int(rank) if rank.isdecimal() else 0, name, key, office))
        for _, name, key, office in sorted(held):
            if office not in offices:
                offices[office] = _role(ask, office)
            caption = _caption(offices[office], where, of_commune)
            yield _Holder(key, name, caption)


def _is(office: str, role: str) -> bool:
    return office.startswith(f"{role}-") if role == _HEAD else office == role


def _caption(office: Caption, where: _Called, of_commune: bool) -> Caption:
    """As rows.py shows what people hold: "maire, Le Havre (Seine-Maritime)"."""
    french, english = (
        f"{title}, {label}" + (f" ({inside})" if of_commune and inside not in ("", label) else "")
        for title, label, inside in zip(office, where.labels, where.inside, strict=True)
    )
    return french, english


def _role(ask: Ask, key: str) -> Caption:
    rows = ask(
        "SELECT iri, fr, en FROM folded JOIN entity ON entity.id = folded.rowid"
        " WHERE folded MATCH ?",
        (f'words : "{key.partition("-")[0]}" AND kind : "scheme"',),
    )
    told = [(fr, en or fr) for iri, fr, en in rows if fr and iri.endswith(f"/scheme/role/{key}")]
    return told[0] if told else (key, key)


def _numbers(ask: Ask, holders: Sequence[_Holder], scope: str) -> dict[str, int]:
    """The numbers of people by their keys, asked for together."""
    names = dict.fromkeys("".join(words(holder.name)) for holder in holders)
    if not names:
        return {}
    any_name = " OR ".join(f'exact : "{name}"' for name in names)
    rows = ask(
        "SELECT entity.id, iri FROM folded JOIN entity ON entity.id = folded.rowid"
        " WHERE folded MATCH ?",
        (f'({any_name}) AND kind : "person"{scope}',),
    )
    return {iri.rpartition("/id/person/")[2]: number for number, iri in rows}


def _called(ask: Ask, kind: str, sought: Sequence[str], scope: str) -> list[_Called]:
    """Entities of a kind whose label has these words and no others that tell."""
    every = " AND ".join(f'words : "{word}"' for word in sought)
    rows = ask(
        "SELECT entity.id, iri, context_fr, context_en, fr, en, other"
        " FROM folded JOIN entity ON entity.id = folded.rowid"
        " WHERE folded MATCH ? ORDER BY folded.rowid LIMIT ?",
        (f'({every}) AND kind : "{kind}"{scope}', _MOST),
    )
    found = []
    for number, iri, inside_fr, inside_en, *labels in rows:
        if any(_telling(text) == sought for text in labels if text):
            french, english, other = labels
            shown = french or english or other, english or french or other
            found.append(_Called(number, iri, shown, (inside_fr or "", inside_en or "")))
    return found


def _telling(text: str) -> list[str]:
    return [word for word in words(text) if word not in SMALL]
