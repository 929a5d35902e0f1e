"""Writing of the text index: one row an entity or concept, numbered best first.

Left out: assertions, geometries and periods, which nobody looks for by name.
"""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from essgraph import vocab
from essgraph.errors import StoreUnavailable
from essgraph.search import gather
from essgraph.search.fold import words
from essgraph.search.gather import Facts
from essgraph.vocab import Names

SCHEMA = """
-- list_fr, list_en: the lists of its members by French and by English label; one list where
-- they are the same.
CREATE TABLE class (
    id INTEGER PRIMARY KEY, iri TEXT, fr TEXT, en TEXT, amount INTEGER, list_fr INTEGER,
    list_en INTEGER
);
CREATE TABLE entity (
    id INTEGER PRIMARY KEY, iri TEXT, fr TEXT, en TEXT, other TEXT, class INTEGER,
    context_fr TEXT, context_en TEXT
);
CREATE TABLE member (
    list INTEGER, position INTEGER, entity INTEGER, PRIMARY KEY (list, position)
) WITHOUT ROWID;
-- The text is folded before it comes here, so that the plainest tokenizer splits it as we do.
-- words: labels and codes; around: what it is in, and of an initiative also what it is about.
CREATE VIRTUAL TABLE folded USING fts5 (
    words, exact, kind, around, content = '', columnsize = 0, detail = 'column',
    tokenize = 'ascii'
);
"""

_UNSOUGHT = frozenset(("assertion", "geometry", "period"))
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
_DESCRIBED = ("initiative", "policy")
"""Kinds sought by their description, instruments and sectors too."""
_ABOUT = ("ess:instrument", "ess:sector")
_CONTEXT_LABELS = 2
"""Labels named at most in a context such as "Guillestre, Ceillac"."""


@dataclass(frozen=True)
class _Entity:
    """One entity on its way to a row; `folded` are its labels, `fr` and `en` those to sort by."""

    iri: str
    kind: str
    folded: Sequence[str]
    fr: str
    en: str


def build(source: Path, path: Path, names: Names) -> int:
    """Write the text index of a file of N-Triples to a new file; the number of entities in it.

    Raises: StoreUnavailable if the one cannot be read or the other written.
    """
    try:
        facts = gather.read(source, names)
        ranked = _ranked(facts, _entities(facts.labels, names))
        path.unlink(missing_ok=True)
        connection = sqlite3.connect(path)
        try:
            connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
            connection.executescript(SCHEMA)
            _write(connection, facts, ranked, names)
            connection.commit()
        finally:
            connection.close()
    except (sqlite3.Error, OSError) as error:
        raise StoreUnavailable(f"{path}: {error}") from error
    return len(ranked)


def _entities(labels: Mapping[str, Mapping[str, str]], names: Names) -> Iterator[_Entity]:
    """What is worth finding, with its kind: `commune`, `initiative`, or `scheme`."""
    entity, scheme = names.base + "id/", names.base + "scheme/"
    for iri, texts in labels.items():
        if iri.startswith(entity):
            kind = iri[len(entity) :].partition("/")[0]
        elif iri.startswith(scheme):
            kind = "scheme"
        else:
            continue
        if kind not in _UNSOUGHT:
            folded = [_fold(text) for text in texts.values()]
            by_language = dict(zip(texts, folded, strict=True))
            french = by_language.get("fr") or by_language.get("en") or folded[0]
            yield _Entity(iri, kind, folded, french, by_language.get("en") or french)


def _fold(text: str) -> str:
    return " ".join(words(text))


def _ranked(facts: Facts, entities: Iterable[_Entity]) -> list[_Entity]:
    authorities = facts.targets["ess:governs"]
    weights = facts.weights

    def rank(entity: _Entity) -> tuple[int, int, str, str]:
        iri = entity.iri
        tier = _AUTHORITY_TIER if iri in authorities else _TIERS.get(entity.kind, _OTHER_TIER)
        return tier, -weights.get(iri, 0), entity.fr, iri

    return sorted(entities, key=rank)


def _contexts(facts: Facts) -> dict[str, list[str]]:
    """The IRIs whose labels tell homonyms apart: what an entity is in, or governs."""
    inside = facts.targets["igeo:subdivisionDe"]
    contexts = dict(inside)
    spread: dict[str, Counter[str]] = defaultdict(Counter)
    for commune, epcis in facts.targets["ess:inEpci"].items():
        for epci in epcis:
            spread[epci].update(inside.get(commune, ()))
    for epci, counts in spread.items():
        contexts.setdefault(epci, [max(sorted(counts), key=counts.__getitem__)] if counts else [])
    for authority, territories in facts.targets["ess:governs"].items():
        contexts[authority] = contexts.get(territories[0], [])
    for prop in ("skos:inScheme", "dcterms:spatial"):
        for iri, targets in facts.targets[prop].items():
            contexts.setdefault(iri, sorted(targets))
    return contexts


def _label(labels: Mapping[str, str], lang: str) -> str:
    return labels.get(lang) or labels.get("fr") or next(iter(labels.values()), "")


def _write(
    connection: sqlite3.Connection, facts: Facts, ranked: Sequence[_Entity], names: Names
) -> None:
    class_ids = {iri: number for number, iri in enumerate(sorted(facts.members), 1)}
    main = {iri: class_ids[found] for iri, found in _main_classes(facts, names).items()}
    connection.executemany(
        "INSERT INTO entity VALUES (?, ?, ?, ?, ?, ?, ?, ?)", _rows(facts, ranked, main)
    )
    connection.executemany(
        "INSERT INTO folded (rowid, words, exact, kind, around) VALUES (?, ?, ?, ?, ?)",
        _folded(facts, ranked),
    )
    connection.execute("INSERT INTO folded (folded) VALUES ('optimize')")
    _write_classes(connection, facts, ranked, class_ids)


def _write_classes(
    connection: sqlite3.Connection,
    facts: Facts,
    ranked: Sequence[_Entity],
    class_ids: Mapping[str, int],
) -> None:
    numbers = {entity.iri: number for number, entity in enumerate(ranked, 1)}
    by_french = sorted(ranked, key=lambda entity: (entity.fr, entity.iri))
    # Sorted from the French order: most labels are in one language, and so in order already.
    by_english = sorted(by_french, key=lambda entity: (entity.en, entity.iri))
    french, english = (
        ([numbers[entity.iri] for entity in order], {e.iri: at for at, e in enumerate(order)})
        for order in (by_french, by_english)
    )
    named_apart = {entity.iri for entity in ranked if entity.fr != entity.en}
    for class_iri, class_id in class_ids.items():
        members = [iri for iri in facts.members[class_iri] if iri in numbers]
        lists = {class_id: _in_order(members, *french)}
        if not named_apart.isdisjoint(members):
            lists[class_id + len(class_ids)] = _in_order(members, *english)
        labels = facts.labels.get(class_iri, {})
        local = class_iri.replace("#", "/").rpartition("/")[2]
        connection.execute(
            "INSERT INTO class VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                class_id,
                class_iri,
                _label(labels, "fr") or local,
                _label(labels, "en") or local,
                len(lists[class_id]),
                class_id,
                max(lists),
            ),
        )
        for list_id, entities in lists.items():
            connection.executemany(
                "INSERT INTO member VALUES (?, ?, ?)",
                ((list_id, position, number) for position, number in enumerate(entities)),
            )


def _in_order(members: Iterable[str], order: Sequence[int], places: Mapping[str, int]) -> list[int]:
    """The numbers of these entities, each once, in this order of all."""
    return [order[place] for place in sorted({places[iri] for iri in members})]


def _rows(
    facts: Facts, ranked: Sequence[_Entity], main: Mapping[str, int]
) -> Iterator[tuple[int, str, str | None, str | None, str | None, int | None, str, str]]:
    contexts = _contexts(facts)
    told: dict[tuple[str, ...], tuple[str, str]] = {(): ("", "")}
    for number, entity in enumerate(ranked, 1):
        iri = entity.iri
        labels = facts.labels[iri]
        around = tuple(contexts.get(iri, ()))
        if around not in told:
            found = [facts.labels[to] for to in around if to in facts.labels][:_CONTEXT_LABELS]
            french, english = (
                ", ".join(_label(texts, lang) for texts in found) for lang in ("fr", "en")
            )
            told[around] = french, english
        other = next((text for lang, text in labels.items() if lang not in ("fr", "en")), None)
        yield (
            number,
            iri,
            labels.get("fr"),
            labels.get("en"),
            other,
            main.get(iri),
            *told[around],
        )


def _folded(facts: Facts, ranked: Sequence[_Entity]) -> Iterator[tuple[int, str, str, str, str]]:
    contexts = _contexts(facts)
    told: dict[tuple[str, ...], str] = {}
    for number, entity in enumerate(ranked, 1):
        iri = entity.iri
        texts = dict.fromkeys(entity.folded)
        for code in facts.codes.get(iri, ()):
            texts[code.lower() if code.isalnum() else _fold(code)] = None
        for other in facts.others.get(iri, ()):
            texts[_fold(other)] = None
        joined = " ".join(texts)
        exact = " ".join(text.replace(" ", "") for text in texts)
        near = tuple(contexts.get(iri, ()))
        if near not in told:
            told[near] = _named(facts, near)
        around = told[near]
        if entity.kind in _DESCRIBED:
            about = (to for prop in _ABOUT for to in facts.targets[prop].get(iri, ()))
            texts_about = map(_fold, facts.descriptions.get(iri, ()))
            around = " ".join((around, _named(facts, about), *texts_about))
        yield number, joined, exact, entity.kind.replace("-", ""), around


def _named(facts: Facts, iris: Iterable[str]) -> str:
    """The folded labels of these, in every language."""
    texts = (_fold(text) for iri in iris for text in facts.labels.get(iri, {}).values())
    return " ".join(dict.fromkeys(texts))


def _main_classes(facts: Facts, names: Names) -> dict[str, str]:
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
