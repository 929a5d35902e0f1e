"""What a description is made of; IRIs are plain text here, ready for a template."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Text:
    """A text and its language, "" if it has none."""

    value: str
    lang: str = ""


@dataclass(frozen=True)
class Link:
    """A resource with its label and its most telling class, "" if it has none."""

    iri: str
    label: Text
    class_iri: str = ""
    class_label: Text = Text("")


@dataclass(frozen=True)
class Source:
    """Where facts come from: a publication or dataset, its wording, in what ways it backs them.

    Shape: `details` are publisher, author, date and address, as far as they are known.
    """

    link: Link
    evidence: tuple[Link, ...] = ()
    wording: Text | None = None
    details: tuple[tuple[Link, Value], ...] = ()


@dataclass(frozen=True)
class Value:
    """One value of a property: a literal, or a resource with its `link`.

    Shape: `notes` number the `Description.sources` of this fact, from 1; `datatype` is ""
    for plain and tagged text.
    """

    text: Text
    datatype: str = ""
    link: Link | None = None
    notes: tuple[int, ...] = ()


@dataclass(frozen=True)
class Heading:
    """What facts are told under: a name for its place on a page, and a label."""

    name: str
    label: Text


@dataclass(frozen=True)
class Fact:
    """The values of one property; `total` counts also those beyond the limit.

    Shape: `heading` is that of the shapes' group, None for a property that no shape names.
    """

    property: Link
    values: tuple[Value, ...]
    total: int
    heading: Heading | None = None


@dataclass(frozen=True)
class IncomingGroup:
    """Resources that point here by one property, of one class where that is known.

    Shape: `links` are at most the limit; `total` counts all if `exact`, else there are more;
    `called` is what the shapes call them together, None where no shape does.
    """

    property: Link
    class_iri: str
    class_label: Text
    links: tuple[Link, ...]
    total: int
    exact: bool
    called: Text | None = None


@dataclass(frozen=True)
class LinkPage:
    """One page of the resources that point here by a property; unless `exact`, there are more
    than the `total` that is listed.
    """

    label: Text
    property: Link
    links: tuple[Link, ...]
    total: int
    exact: bool


@dataclass(frozen=True)
class Description:
    """Everything a page shows of one IRI.

    Shape: `label` is the one to show; `facts` in reading order; `links_out` to other datasets
    and sites; `point` is longitude and latitude in degrees, stated by the sources of
    `point_notes`; `truncated` if the IRI has more
    facts than are read at once.
    """

    iri: str
    label: Text
    classes: tuple[Link, ...]
    facts: tuple[Fact, ...]
    links_out: tuple[Fact, ...]
    incoming: tuple[IncomingGroup, ...]
    sources: tuple[Source, ...]
    graphs: tuple[Link, ...]
    point: tuple[float, float] | None
    point_notes: tuple[int, ...]
    truncated: bool
