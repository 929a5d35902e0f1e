"""What a list says of its entities: the columns that the shapes give their class, and their values.

Columns are the fields of the class that lists are narrowed by, then those that people fill in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from flask_babel import gettext  # type: ignore[import-untyped]  # publishes no types
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from essgraph import queries, vocab
from essgraph.describe import Text, labels
from essgraph.describe.labels import Lexicon
from essgraph.profiles import Field
from essgraph.store.base import GraphStore
from essgraph.web import text
from essgraph.web.context import context, names
from essgraph.web.text import Cell

MOST = 12
"""Columns of a table besides the name."""

_AT_ONCE = 500
"""Entities asked for in one query."""

_DATES = (vocab.SCHEMA + "startDate", vocab.SCHEMA + "endDate")
_SHOWN_ANYWAY = (vocab.RDFS_LABEL.value,)
"""The name has a column of its own."""

Key: TypeAlias = tuple[str, bool, str]
"""A path of one step or two, as `profiles.Field.key`."""


@dataclass(frozen=True)
class Value:
    """One value, for people (`text`, its language) and for programs (`iri` or `datatype`)."""

    text: str
    lang: str = ""
    iri: str = ""
    datatype: str = ""

    @property
    def cell(self) -> Cell:
        """The value as a page shows it."""
        if self.iri:
            return text.labelled(self.iri, self.text, self.lang)
        shown = text.shown(self.text, self.datatype)
        return Cell(shown, lang=text.foreign(self.lang))


@dataclass(frozen=True)
class Column:
    """A field of the table: `name` for programs, `heading` for people, what it is read along."""

    name: str
    heading: str
    keys: tuple[Key, ...]


Row: TypeAlias = Mapping[Key, Sequence[Value]]


def class_of(kind: str) -> str:
    """The class that entities of a kind are of."""
    return names().ess(kind.capitalize()).value


def columns(kind: str) -> list[Column]:
    """The columns of a kind: what lists are narrowed by, then what is filled in, each once."""
    fields = context().profiles.of([class_of(kind)]).fields
    chosen = [field for field in fields if field.facet]
    chosen += [field for field in fields if field.form and field not in chosen]
    found: dict[str, Column] = {}
    for one in chosen:
        if one.path in _SHOWN_ANYWAY or not _is_told(one):
            continue
        heading = text.translated(one.names)
        known = found.get(heading)
        # Two paths of one name are one column, as the territory of a mandate and of its body.
        keys = (*known.keys, one.key) if known else (one.key,)
        found[heading] = Column(known.name if known else _name(one, found), heading, keys)
    return list(found.values())[:MOST]


def _is_told(field: Field) -> bool:
    # Of what points here there may be several, as mandates: a list of their dates would not tell
    # which of them begins when.
    if field.inverse and field.then in _DATES:
        return False
    return field.path != vocab.GEO + "asWKT" and vocab.WKT_LITERAL.value not in field.datatypes


def _name(field: Field, taken: Mapping[str, Column]) -> str:
    """The local name of the property that gives the value, told apart by its first step."""
    first, last = (_local(iri) for iri in (field.path, field.then or field.path))
    used = {column.name for column in taken.values()}
    return f"{first}_{last}" if last in used else last


def _local(iri: str) -> str:
    return iri.replace("#", "/").rpartition("/")[2]


def values(iris: Sequence[str], keys: Iterable[Key], store: GraphStore) -> dict[str, Row]:
    """Entity -> key -> its values, by label; texts in several languages in the reader's.

    Raises: StoreUnavailable.
    """
    found: dict[str, Row] = {}
    told = list(keys)
    for start in range(0, len(iris), _AT_ONCE):
        found.update(_some(iris[start : start + _AT_ONCE], told, store))
    return found


def _some(iris: Sequence[str], keys: Sequence[Key], store: GraphStore) -> dict[str, Row]:
    terms: dict[str, dict[Key, dict[Literal | NamedNode, None]]] = defaultdict(dict)
    wanted = set(keys)
    for entity, prop, inverse, then, value in store.select(_query(iris, keys)).rows:
        key = _key(prop, inverse, then)
        # Of two steps each pair is asked for: those that are no field are passed over.
        if key in wanted and isinstance(value, NamedNode | Literal):
            terms[str(getattr(entity, "value", ""))].setdefault(key, {})[value] = None
    known = names()
    named = {
        term.value
        for row in terms.values()
        for held in row.values()
        for term in held
        if isinstance(term, NamedNode)
    }
    lexicon = labels.look_up(store, known, named, text.lang()) if named else None
    found: dict[str, Row] = {}
    for iri, row in terms.items():
        found[iri] = {
            key: sorted(
                (_value(term, lexicon) for term in _in_one_language(held)),
                key=lambda value: (value.text, value.iri),
            )
            for key, held in row.items()
        }
    return found


def _query(iris: Sequence[str], keys: Sequence[Key]) -> str:
    direct = {prop for prop, inverse, then in keys if not inverse and not then}
    back = {(prop, then) for prop, inverse, then in keys if inverse and then}
    through = {(prop, then) for prop, inverse, then in keys if not inverse and then}
    parts = {
        "entity": iris,
        "direct": direct,
        "back": {first for first, _ in back},
        "further": {then for _, then in back},
        "through": {first for first, _ in through},
        "then": {then for _, then in through},
    }
    saved = queries.app("explore-values", names())
    return saved.bind(
        **{name: [NamedNode(iri) for iri in sorted(some)] for name, some in parts.items()}
    )


_Term: TypeAlias = NamedNode | Literal | BlankNode | Triple | None


def _key(prop: _Term, inverse: _Term, then: _Term) -> Key:
    return (
        prop.value if isinstance(prop, NamedNode) else "",
        isinstance(inverse, Literal) and inverse.value == "true",
        then.value if isinstance(then, NamedNode) else "",
    )


def _in_one_language(terms: Iterable[Literal | NamedNode]) -> list[Literal | NamedNode]:
    """The values, without those that say the same in another language than the reader's."""
    told = list(terms)
    tagged = {term.language for term in told if isinstance(term, Literal) and term.language}
    best = next((lang for lang in (text.lang(), "fr", "en") if lang in tagged), None)
    if best is None:
        return told
    return [
        term
        for term in told
        if not isinstance(term, Literal) or not term.language or term.language == best
    ]


def _value(term: Literal | NamedNode, lexicon: Lexicon | None) -> Value:
    if isinstance(term, NamedNode):
        label = lexicon.label(term.value) if lexicon else Text(term.value)
        return Value(label.value, label.lang, iri=term.value)
    return Value(term.value, term.language or "", datatype=term.datatype.value)


def of(row: Row, column: Column) -> list[Value]:
    """The values of a row in a column, each once."""
    return list(dict.fromkeys(value for key in column.keys for value in row.get(key, ())))


@dataclass(frozen=True)
class Line:
    """One entity with what its columns say."""

    iri: str
    label: str
    label_lang: str
    row: Row

    def of(self, column: Column) -> list[Value]:
        """The values in a column, each once."""
        return of(self.row, column)

    @property
    def cell(self) -> Cell:
        """The entity as a page shows it."""
        return text.labelled(self.iri, self.label, self.label_lang)


def rows(iris: Sequence[str], told: Sequence[Column], store: GraphStore) -> list[Line]:
    """These entities, in the same order, with the values of the columns.

    Raises: StoreUnavailable.
    """
    keys = [key for column in told for key in column.keys]
    found: list[Line] = []
    for start in range(0, len(iris), _AT_ONCE):
        some = iris[start : start + _AT_ONCE]
        lexicon = labels.look_up(store, names(), some, text.lang())
        held = values(some, keys, store)
        for iri in some:
            label = lexicon.label(iri)
            found.append(Line(iri, label.value, label.lang, held.get(iri, {})))
    return found


def heading_of_name() -> str:
    """What the column of names is called."""
    return str(gettext("Name"))


def heading_of_iri() -> str:
    """What the column of IRIs, the last one, is called."""
    return str(gettext("Address in the graph (IRI)"))
