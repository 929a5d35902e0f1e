"""The rows of the text index: what is said of an entity, and what it is found by.

Left out: assertions, geometries, periods and decisions on identity, which nobody looks for by
name; and the mandates of the register of officials (people.py).
"""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from essgraph import vocab
from essgraph.search.fold import words
from essgraph.search.gather import Facts
from essgraph.search.people import is_seat, rotations
from essgraph.vocab import LANGUAGES, Names

_UNSOUGHT = frozenset(("assertion", "geometry", "identity", "period"))
_TIERS = {
    kind: tier
    for tier, kinds in enumerate(
        (
            ("initiative", "policy"),
            ("person", "organisation", "event", "award", "place", "scheme", "collection"),
            ("publication", "clipping", "figure", "mandate", "post", "question", "change"),
            ("country", "region", "collectivite-outre-mer", "departement", "epci"),
            ("commune",),
            ("commune-deleguee", "commune-associee", "arrondissement-municipal"),
        )
    )
    for kind in kinds
}
_OTHER_TIER = 2
_AUTHORITY_TIER = 6
REGISTER_TIER = 7
"""Half a million people, who must not bury what they are named like."""
DESCRIBED = ("initiative", "policy")
"""Kinds sought by their description, instruments and sectors too."""
_ABOUT = ("ess:instrument", "ess:sector")
_AT_ONCE = 10_000
"""Rows in memory at a time."""
_CONTEXT_LABELS = 2
"""Labels named at most in a context such as "Guillestre, Ceillac"."""


@dataclass(frozen=True, slots=True)
class Entity:
    """One entity on its way to a row.

    Shape: `folded` are its labels, `fr` and `en` those to sort by; `tier` and `weight` what the
    best come first by, the least tier and the greatest weight.
    """

    iri: str
    kind: str
    folded: Sequence[str]
    fr: str
    en: str
    tier: int
    weight: int


def entities(
    facts: Facts, labels: Mapping[str, Mapping[str, str]], names: Names
) -> Iterator[Entity]:
    """What is worth finding, with its kind: `commune`, `initiative`, or `scheme`."""
    for iri, texts in labels.items():
        kind = _kind(iri, names)
        if kind and kind not in _UNSOUGHT:
            folded = [fold(text) for text in texts.values()]
            by_language = dict(zip(texts, folded, strict=True))
            order = by_language.get("fr"), by_language.get("en"), by_language.get(_other(texts))
            yield Entity(iri, kind, folded, *sort_keys(*order), *_standing(facts, iri, kind))


def _kind(iri: str, names: Names) -> str:
    head = names.base + "id/"
    if iri.startswith(head):
        return iri[len(head) :].partition("/")[0]
    return "scheme" if iri.startswith(names.base + "scheme/") else ""


def _other(texts: Iterable[str]) -> str:
    """The language beside French and English that a label is shown in."""
    return min((lang for lang in texts if lang not in LANGUAGES), default="")


def sort_keys(fr: str | None, en: str | None, other: str | None) -> tuple[str, str]:
    """What an entity is sorted by in French and in English, of its folded labels."""
    french = fr or en or other or ""
    return french, en or french


def fold(text: str) -> str:
    """A text as its words, folded."""
    return " ".join(words(text))


def rank(entity: Entity) -> tuple[int, int, str, str]:
    """What the best come first by."""
    return entity.tier, -entity.weight, entity.fr, entity.iri


def _standing(facts: Facts, iri: str, kind: str) -> tuple[int, int]:
    holding = facts.holdings.get(iri)
    if holding is not None:
        weight = max(
            (facts.weights.get(place, 0) for place in _governed(facts, holding.body)), default=0
        )
        return REGISTER_TIER, holding.weight(weight)
    governs = iri in facts.targets["ess:governs"]
    tier = _AUTHORITY_TIER if governs else _TIERS.get(kind, _OTHER_TIER)
    return tier, facts.weights.get(iri, 0)


def _governed(facts: Facts, body: str) -> list[str]:
    """The territories that a body governs; itself where there is none."""
    return facts.targets["ess:governs"].get(body) or [body]


def _contexts(facts: Facts) -> dict[str, list[str]]:
    """The IRIs whose labels tell homonyms apart: what an entity is in, or governs."""
    inside = facts.targets["igeo:subdivisionDe"]
    contexts = {iri: sorted(targets) for iri, targets in inside.items()}
    spread: dict[str, Counter[str]] = defaultdict(Counter)
    for commune, epcis in facts.targets["ess:inEpci"].items():
        for epci in epcis:
            spread[epci].update(inside.get(commune, ()))
    for epci, counts in spread.items():
        contexts.setdefault(epci, [max(sorted(counts), key=counts.__getitem__)] if counts else [])
    places = dict(contexts)
    for authority, territories in facts.targets["ess:governs"].items():
        contexts[authority] = places.get(min(territories), [])
    for prop in ("skos:inScheme", "dcterms:spatial"):
        for iri, targets in facts.targets[prop].items():
            contexts.setdefault(iri, sorted(targets))
    for person, holding in facts.holdings.items():
        contexts[person] = [holding.role, min(_governed(facts, holding.body))]
    return contexts


def label(labels: Mapping[str, str], lang: str) -> str:
    """The label in the language, else in French, else in any."""
    return labels.get(lang) or labels.get("fr") or min(labels.values(), default="")


def write_rows(
    connection: sqlite3.Connection,
    facts: Facts,
    numbered: Iterable[tuple[int, Entity]],
    class_ids: Mapping[str, int],
    names: Names,
) -> None:
    """Add entities under their numbers."""
    main = {iri: class_ids[found] for iri, found in main_classes(facts, names).items()}
    rows = _rows(facts, numbered)
    while some := list(islice(rows, _AT_ONCE)):
        connection.executemany(
            "INSERT INTO entity VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (number, *said, main.get(said[0]), *around, *rest)
                for number, said, around, rest in some
            ),
        )
        connection.executemany(
            "INSERT INTO folded (rowid, words, exact, kind, around) VALUES (?, ?, ?, ?, ?)",
            (
                (number, *columns(said[0], rest[2], rest[3], names))
                for number, said, _, rest in some
            ),
        )


def columns(iri: str, texts: str, around: str, names: Names) -> tuple[str, str, str, str]:
    """What the text index is given of an entity's row: words, exact, kind, around."""
    lines = texts.split("\n")
    kind = _kind(iri, names)
    whole = lines if kind != "person" else [*lines, *(t for x in lines for t in rotations(x))]
    exact = " ".join(text.replace(" ", "") for text in whole)
    return " ".join(lines), exact, kind.replace("-", ""), around


def counted(iri: str, texts: str, around: str, names: Names) -> list[str]:
    """What of an entity's row spelling.py counts the words of."""
    return [texts, around] if _kind(iri, names) in DESCRIBED else [texts]


_Said = tuple[str, str | None, str | None, str | None]
_Rest = tuple[int, int, str, str]


def _rows(
    facts: Facts, numbered: Iterable[tuple[int, Entity]]
) -> Iterator[tuple[int, _Said, tuple[str, str], _Rest]]:
    contexts = _contexts(facts)
    told: dict[tuple[str, ...], tuple[str, str]] = {(): ("", "")}
    folded: dict[tuple[str, ...], str] = {}
    for number, entity in numbered:
        iri = entity.iri
        labels = facts.labels[iri]
        around = tuple(contexts.get(iri, ()))
        if around not in told:
            found = [facts.labels[to] for to in around if to in facts.labels][:_CONTEXT_LABELS]
            french, english = (
                ", ".join(label(texts, lang) for texts in found) for lang in LANGUAGES
            )
            parent = _parent(facts, around[-1]) if iri in facts.holdings else {}
            # Paris is a commune and its own département.
            if parent and label(parent, "fr") != found[-1].get("fr"):
                french += f" ({label(parent, 'fr')})"
                english += f" ({label(parent, 'en')})"
            told[around] = french, english
        if around not in folded:
            folded[around] = _named(facts, (iri for iri in around if not is_seat(iri)))
        yield (
            number,
            (iri, labels.get("fr"), labels.get("en"), labels.get(_other(labels))),
            told[around],
            (entity.tier, entity.weight, *_folded(facts, entity, folded[around])),
        )


def _parent(facts: Facts, place: str) -> Mapping[str, str]:
    """What the territory is called that a place lies in: many communes share a name.

    Shape: language -> label; empty for what is no commune, as a département has a name of its own.
    """
    inside = facts.targets["igeo:subdivisionDe"].get(place, ())
    if "/commune" not in place or not inside:
        return {}
    return facts.labels.get(min(inside), {})


def _folded(facts: Facts, entity: Entity, around: str) -> tuple[str, str]:
    """The folded texts that an entity is found by, one a line, and those around it."""
    iri = entity.iri
    texts = dict.fromkeys(entity.folded)
    for code in facts.codes.get(iri, ()):
        texts[code.lower() if code.isalnum() else fold(code)] = None
    for other in facts.others.get(iri, ()):
        texts[fold(other)] = None
    if entity.kind in DESCRIBED:
        about = (to for prop in _ABOUT for to in facts.targets[prop].get(iri, ()))
        texts_about = map(fold, facts.descriptions.get(iri, ()))
        around = " ".join((around, _named(facts, about), *texts_about))
    return "\n".join(texts), around


def _named(facts: Facts, iris: Iterable[str]) -> str:
    """The folded labels of these, in every language."""
    texts = (fold(text) for iri in iris for text in facts.labels.get(iri, {}).values())
    return " ".join(dict.fromkeys(texts))


def main_classes(facts: Facts, names: Names) -> dict[str, str]:
    """The most telling class of each entity: the deepest, ours before others."""

    def depth(class_iri: str, seen: frozenset[str] = frozenset()) -> int:
        parents = [iri for iri in facts.supers.get(class_iri, ()) if iri not in seen]
        return 1 + max((depth(iri, seen | {class_iri}) for iri in parents), default=0)

    def telling(class_iri: str) -> tuple[bool, int, str]:
        ours = class_iri.startswith((names.ontology, vocab.IGEO))
        return ours, depth(class_iri), class_iri

    main: dict[str, str] = {}
    for class_iri in sorted(facts.members, key=telling):
        main.update(dict.fromkeys(facts.members[class_iri], class_iri))
    return main
