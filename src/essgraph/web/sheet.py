"""The description of one IRI, laid out as a page: sections, rows, notes, sources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask_babel import LazyString, gettext, lazy_gettext  # type: ignore[import-untyped]  # publishes no types

from essgraph import vocab
from essgraph.describe import Description, Fact, IncomingGroup, Link, Source, Text, Value
from essgraph.vocab import Names
from essgraph.web.text import Cell, accent, class_url, foreign, labelled, number, shown

_ORDER = ("k-initiative", "k-person", "k-organisation", "k-resource", "k-territory", "k-concept")

# How an initiative is told: where, who, with whom, how, when, then the rest.
_SECTIONS: tuple[tuple[str, LazyString, str], ...] = (
    ("where", lazy_gettext("Where"), "dcterms:spatial ess:site schema:location"),
    (
        "who",
        lazy_gettext("Who"),
        "ess:carriedBy ess:initiatedBy ess:ledBy ess:involves dcterms:creator",
    ),
    ("with", lazy_gettext("With whom"), "ess:partner ess:answeredBy schema:sponsor"),
    ("how", lazy_gettext("How"), "ess:instrument ess:sector ess:question dcterms:type"),
    (
        "when",
        lazy_gettext("When"),
        "schema:startDate schema:endDate schema:foundingDate dcterms:date dcterms:issued"
        " dcterms:temporal ess:attestedDuring",
    ),
)
_REST = ("facts", lazy_gettext("Key facts"))
_MORE = ("facts", lazy_gettext("Also"))
_SHORT = 12
"""Characters of a value that may share its line: codes, years."""
_SUMMARY = (vocab.DCTERMS + "description", vocab.SKOS + "definition")
_ORIGIN = vocab.DCTERMS + "source"
_VERSION = vocab.DCAT + "version"
_NAMES = (vocab.FOAF + "givenName", vocab.FOAF + "familyName", vocab.IGEO + "nom")


@dataclass(frozen=True)
class Item:
    """One value, with the numbers of the sources that state it; `context` says of when it is."""

    cell: Cell
    notes: tuple[int, ...] = ()
    context: str = ""


@dataclass(frozen=True)
class Row:
    """One property with its values; `more` are those not shown, `short` fit on one line.

    Shape: `notes` are those of every value, where they are the same.
    """

    label: Cell
    items: tuple[Item, ...]
    more: int = 0
    short: bool = False
    notes: tuple[int, ...] = ()


@dataclass(frozen=True)
class Section:
    """Some rows under a heading."""

    anchor: str
    title: LazyString
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Reference:
    """One source, as a numbered note."""

    number: int
    cell: Cell
    details: tuple[Cell, ...]
    evidence: Cell | None
    quote: Cell | None


@dataclass(frozen=True)
class Group:
    """What points here by one property, of one class; `more` are those not shown.

    Shape: unless `exact`, there are more than `total`.
    """

    label: Cell
    class_label: Cell
    property_iri: str
    items: tuple[Cell, ...]
    more: int
    total: int
    exact: bool


@dataclass(frozen=True)
class Sheet:
    """Everything the entity page shows, in the order it shows it."""

    iri: str
    label: Cell
    accent: str
    chips: tuple[Cell, ...]
    summary: tuple[Item, ...]
    origins: tuple[Item, ...]
    sections: tuple[Section, ...]
    incoming: tuple[Group, ...]
    references: tuple[Reference, ...]
    out: tuple[Row, ...]
    layers: tuple[Cell, ...]
    truncated: bool


def lay_out(found: Description, names: Names) -> Sheet:
    """The sheet of a description, in the language of this request."""
    colour = accent(found.iri, names)
    summary = [fact for fact in found.facts if fact.property.iri in _SUMMARY]
    facts = [fact for fact in found.facts if fact not in summary and not _told(fact, found, names)]
    return Sheet(
        iri=found.iri,
        label=_plain(found.label),
        accent=colour,
        chips=tuple(_chips(found, names)),
        summary=tuple(_item(value) for fact in summary for value in fact.values),
        origins=tuple(
            _item(value)
            for fact in found.facts
            if fact.property.iri == _ORIGIN
            for value in fact.values
        ),
        sections=tuple(_sections(facts, found, names, colour == "k-initiative")),
        incoming=tuple(sorted(map(_group, found.incoming), key=lambda group: _rank(group, names))),
        references=tuple(
            _reference(number, source) for number, source in enumerate(found.sources, 1)
        ),
        out=tuple(map(_row, found.links_out)),
        layers=tuple(_link(graph) for graph in found.graphs),
        truncated=found.truncated,
    )


def _told(fact: Fact, found: Description, names: Names) -> bool:
    """Whether another part of the page already says this: sources, header, label."""
    if fact.property.iri in (vocab.PROV + "hadPrimarySource", names.ess("evidence").value):
        return bool(found.sources)
    if fact.property.iri in _NAMES:
        words = found.label.value.split()
        return all(set(value.text.value.split()) <= set(words) for value in fact.values)
    return fact.property.iri == _ORIGIN and fact.total == len(fact.values)


def _chips(found: Description, names: Names) -> list[Cell]:
    own = [c for c in found.classes if c.iri.startswith((names.ontology, vocab.IGEO))]
    return [
        Cell(chip.label.value, class_url(chip.iri), foreign(chip.label.lang))
        for chip in own or found.classes
    ]


def _sections(facts: Sequence[Fact], found: Description, names: Names, told: bool) -> list[Section]:
    left = list(facts)
    sections = []
    for anchor, title, properties in _SECTIONS if told else ():
        here = properties.split()
        rows = [fact for fact in left if names.compact(fact.property.iri) in here]
        left = [fact for fact in left if fact not in rows]
        if rows:
            sections.append(Section(anchor, title, tuple(map(_row, rows))))
    rest = [_row(fact, _vintage(fact, found, names)) for fact in left]
    if found.point is not None:
        place = Item(Cell(_coordinates(*found.point)), found.point_notes)
        rest.append(Row(Cell(gettext("coordinates")), (place,)))
    if rest:
        anchor, title = _MORE if sections else _REST
        sections.append(Section(anchor, title, tuple(rest)))
    return sections


def _coordinates(longitude: float, latitude: float) -> str:
    east, north = number(abs(longitude)), number(abs(latitude))
    return ", ".join(
        (
            gettext("%(degrees)s° N", degrees=north)
            if latitude >= 0
            else gettext("%(degrees)s° S", degrees=north),
            gettext("%(degrees)s° E", degrees=east)
            if longitude >= 0
            else gettext("%(degrees)s° W", degrees=east),
        )
    )


def _vintage(fact: Fact, found: Description, names: Names) -> str:
    """Of which version of its dataset a population is, which bears no year of its own."""
    if fact.property.iri != names.ess("inhabitants").value:
        return ""
    notes = {note for value in fact.values for note in value.notes}
    versions = {
        value.text.value
        for note in notes
        for prop, value in found.sources[note - 1].details
        if prop.iri == _VERSION
    }
    return gettext("dataset version %(version)s", version=versions.pop()) if versions else ""


def _row(fact: Fact, context: str = "") -> Row:
    items = tuple(replace(_item(value), context=context) for value in fact.values)
    literal = all(item.cell.href is None for item in items)
    short = literal and all(len(item.cell.text) <= _SHORT for item in items)
    shared = items[0].notes if items else ()
    if not literal or len(items) < 2 or any(item.notes != shared for item in items):
        shared = ()
    if shared:
        items = tuple(replace(item, notes=()) for item in items)
    return Row(_plain(fact.property.label), items, fact.total - len(items), short, shared)


def _item(value: Value) -> Item:
    return Item(_cell(value), value.notes)


def _cell(value: Value) -> Cell:
    if value.link is not None:
        return _link(value.link)
    return Cell(shown(value.text.value, value.datatype), lang=foreign(value.text.lang))


def _link(link: Link) -> Cell:
    name = link.label.value
    if name == link.iri:  # without name: its address, as people write one
        name = name.partition("://")[2].rstrip("/") or name
    return labelled(link.iri, name, link.label.lang)


def _plain(text: Text) -> Cell:
    return Cell(text.value, lang=foreign(text.lang))


def _reference(number: int, source: Source) -> Reference:
    return Reference(
        number,
        _link(source.link),
        tuple(_detail(prop, value) for prop, value in source.details),
        _link(source.evidence) if source.evidence else None,
        _plain(source.wording) if source.wording else None,
    )


def _detail(prop: Link, value: Value) -> Cell:
    """A detail of a source; an address without name is called by what it is: licence, site."""
    cell = _cell(value)
    if prop.iri == _VERSION:
        return replace(cell, text=gettext("version %(version)s", version=cell.text))
    nameless = value.link is not None and value.link.label.value == value.link.iri
    return replace(cell, text=prop.label.value, lang=foreign(prop.label.lang)) if nameless else cell


def _group(group: IncomingGroup) -> Group:
    items = tuple(map(_link, group.links))
    return Group(
        _plain(group.property.label),
        _plain(group.class_label),
        group.property.iri,
        items,
        group.total - len(items),
        group.total,
        group.exact,
    )


def _rank(group: Group, names: Names) -> int:
    colours = {item.accent for item in group.items if item.accent}
    return min((_ORDER.index(colour) for colour in colours), default=len(_ORDER))
