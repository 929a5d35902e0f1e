"""The description of one IRI, laid out as a page: sections, rows, notes, sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from types import MappingProxyType

from flask_babel import gettext, lazy_gettext  # type: ignore[import-untyped]  # publishes no types

from essgraph import vocab
from essgraph.describe import Description, Fact, IncomingGroup, Link, Source, Text, Value
from essgraph.vocab import Names
from essgraph.web.text import Cell, accent, class_url, foreign, labelled, number, shown

_ORDER = ("k-initiative", "k-person", "k-organisation", "k-resource", "k-territory", "k-concept")

_KEY, _MORE = lazy_gettext("Key facts"), lazy_gettext("Also")
_CODES = "identity"
"""The heading that coordinates are told under, where there is one."""

_NOTHING: Mapping[str, str] = MappingProxyType({})

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
    property_iri: str = ""


@dataclass(frozen=True)
class Section:
    """Some rows under a heading."""

    anchor: str
    title: Cell
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Reference:
    """One source, as a numbered note."""

    number: int
    cell: Cell
    details: tuple[Cell, ...]
    evidence: tuple[Cell, ...]
    quote: Cell | None


@dataclass(frozen=True)
class Group:
    """What points here by one property, of one class; `more` are those not shown.

    Shape: unless `exact`, there are more than `total`; `called` is what they are called together,
    None where only their property and class can say.
    """

    called: Cell | None
    label: Cell
    class_label: Cell
    property_iri: str
    items: tuple[Item, ...]
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


def lay_out(found: Description, names: Names, told: Mapping[str, str] = _NOTHING) -> Sheet:
    """The sheet of a description; `told`: IRI -> what is said beside its name."""
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
        sections=tuple(_sections(facts, found, names, told)),
        incoming=_incoming(found, told),
        references=tuple(
            _reference(number, source) for number, source in enumerate(found.sources, 1)
        ),
        out=tuple(map(row, found.links_out)),
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


def _sections(
    facts: Sequence[Fact], found: Description, names: Names, told: Mapping[str, str]
) -> list[Section]:
    """Facts under the headings of the shapes; last those that no shape names."""
    sections: list[Section] = []
    for heading, under in groupby(facts, key=lambda fact: fact.heading):
        rows = tuple(row(fact, _vintage(fact, found, names), told) for fact in under)
        if heading is not None:
            sections.append(Section(heading.name, _plain(heading.label), rows))
        else:
            title = _MORE if sections else _KEY
            sections.append(Section("facts", Cell(str(title)), rows))
    if len(sections) > 1 and all(len(section.rows) == 1 for section in sections):
        # A heading for each line would be more to read than the lines.
        every = tuple(row for section in sections for row in section.rows)
        sections = [Section("facts", Cell(str(_KEY)), every)]
    if found.point is None:
        return sections
    point = Item(Cell(_coordinates(*found.point)), found.point_notes)
    return _with_last(sections, Row(Cell(gettext("coordinates")), (point,)))


def _with_last(sections: list[Section], last: Row) -> list[Section]:
    """Coordinates end the codes, where there are any: few read them."""
    if not any(section.anchor == _CODES for section in sections):
        return [*sections, Section("coordinates", Cell(str(_MORE if sections else _KEY)), (last,))]
    return [
        replace(section, rows=(*section.rows, last)) if section.anchor == _CODES else section
        for section in sections
    ]


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


def row(fact: Fact, context: str = "", told: Mapping[str, str] = _NOTHING) -> Row:
    """One fact as a row; `context` says of when its values are, `told` what some are."""
    items = tuple(_item(value, told) for value in fact.values)
    items = tuple(replace(item, context=context) for item in items) if context else items
    literal = all(item.cell.href is None for item in items)
    short = literal and all(len(item.cell.text) <= _SHORT for item in items)
    shared = items[0].notes if items else ()
    if not literal or len(items) < 2 or any(item.notes != shared for item in items):
        shared = ()
    if shared:
        items = tuple(replace(item, notes=()) for item in items)
    more, prop = fact.total - len(items), fact.property
    return Row(_plain(prop.label), items, more, short, shared, prop.iri)


def _item(value: Value, told: Mapping[str, str] = _NOTHING) -> Item:
    link = value.link
    if link and link.iri in told:
        return Item(_cell(value), value.notes, told[link.iri])
    # Paris is in Paris: of a territory it is said what it is.
    kind = link.class_label.value if link and link.class_iri.startswith(vocab.IGEO) else ""
    return Item(_cell(value), value.notes, kind)


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
        tuple(map(_link, source.evidence)),
        _plain(source.wording) if source.wording else None,
    )


def _detail(prop: Link, value: Value) -> Cell:
    """A detail of a source; an address without name is called by what it is: licence, site."""
    cell = _cell(value)
    if prop.iri == _VERSION:
        return replace(cell, text=gettext("version %(version)s", version=cell.text))
    nameless = value.link is not None and value.link.label.value == value.link.iri
    return replace(cell, text=prop.label.value, lang=foreign(prop.label.lang)) if nameless else cell


def _group(group: IncomingGroup, told: Mapping[str, str]) -> Group:
    items = tuple(Item(_link(link), context=told.get(link.iri, "")) for link in group.links)
    return Group(
        _plain(group.called) if group.called else None,
        _plain(group.property.label),
        _plain(group.class_label),
        group.property.iri,
        items,
        group.total - len(items),
        group.total,
        group.exact,
    )


def _incoming(found: Description, told: Mapping[str, str]) -> tuple[Group, ...]:
    groups = (_group(group, told) for group in found.incoming)
    return tuple(sorted(groups, key=_rank))


def _rank(group: Group) -> int:
    colours = {item.cell.accent for item in group.items if item.cell.accent}
    return min((_ORDER.index(colour) for colour in colours), default=len(_ORDER))
