"""The order and the words in which facts are told, and which are told apart or lead elsewhere.

Order, groups and names are those of the shapes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from essgraph import vocab
from essgraph.describe.labels import Lexicon, choose
from essgraph.describe.model import Heading, Link, Text
from essgraph.profiles import Profile

APART = frozenset(
    (
        vocab.RDF + "type",
        vocab.RDFS + "label",
        vocab.SKOS + "prefLabel",
        vocab.GEO + "asWKT",
        vocab.GEO + "hasCentroid",
        vocab.GEO + "hasGeometry",
    )
)
"""Shown as label, classes and point rather than as facts."""

OUT = frozenset(
    (
        vocab.DCAT + "landingPage",
        vocab.FOAF + "homepage",
        vocab.OWL + "sameAs",
        vocab.SCHEMA + "url",
        vocab.SKOS + "closeMatch",
        vocab.SKOS + "exactMatch",
        vocab.SKOS + "relatedMatch",
    )
)
"""Links to other datasets and sites."""

_LAST = float("inf")


@dataclass(frozen=True)
class Order:
    """The reading order that the shapes give to the facts of one entity."""

    profile: Profile
    lexicon: Lexicon

    def rank(self, prop: str) -> tuple[float, float, str, str]:
        """Where a property comes: by group and order of its shape; without shape last, by label."""
        field = self.profile.field(prop)
        if field is None:
            return _LAST, _LAST, self.lexicon.label(prop).value, prop
        return *field.place[:2], "", prop

    def property(self, prop: str) -> Link:
        """A property, called as the shapes call it for entities of these classes."""
        field = self.profile.field(prop)
        link = self.lexicon.link(prop)
        return link if field is None else replace(link, label=self._said(field.names, link.label))

    def pointing(self, prop: str) -> Text | None:
        """What a shape calls what points here by a property; None if no shape does."""
        field = self.profile.field(prop, inverse=True)
        return None if field is None else self._said(field.names, Text(prop))

    def heading(self, prop: str) -> Heading | None:
        """What a property is told under; None if no shape says."""
        field = self.profile.field(prop)
        if field is None or field.group is None:
            return None
        group = field.group
        name = group.iri.rpartition("/")[2].removeprefix("group-")
        return Heading(name, self._said(group.labels, Text(name)))

    def _said(self, texts: Mapping[str, str], otherwise: Text) -> Text:
        said = [Text(text, lang) for lang, text in texts.items()]
        return choose(said, self.lexicon.lang) or otherwise
