"""Profiles, their fields and groups, and how what several shapes say becomes one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

LAST = float("inf")
"""The order of what has none."""

_KEPT = 500
"""Sets of classes whose profile is kept; a release has about fifty."""


@dataclass(frozen=True)
class Group:
    """Properties that are told together, under a heading in each language."""

    iri: str
    labels: Mapping[str, str]
    order: float


@dataclass(frozen=True)
class Field:
    """One property of a class, or what points at it by one if `inverse`.

    Shape: `then` is the second step of a path of two, or ""; `names` language -> text;
    `datatypes`, `classes` and `choices` are IRIs, those of which a value is one; `scheme` is the
    IRI of its values' concept scheme, or "".
    """

    path: str
    inverse: bool
    names: Mapping[str, str]
    group: Group | None
    order: float
    least: int
    most: int | None
    datatypes: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    scheme: str = ""
    pattern: str = ""
    shapes: tuple[str, ...] = ()
    facet: bool = False
    form: bool = False
    then: str = ""

    @property
    def key(self) -> tuple[str, bool, str]:
        """What tells this field from the others of its class."""
        return self.path, self.inverse, self.then

    @property
    def place(self) -> tuple[float, float, str]:
        """What fields are sorted by: group, then order, then property."""
        return (self.group.order if self.group else LAST), self.order, self.path


@dataclass(frozen=True)
class Profile:
    """What the shapes tell of one class or several together: fields in reading order."""

    classes: tuple[str, ...]
    labels: Mapping[str, str]
    fields: tuple[Field, ...]

    def field(self, path: str, *, inverse: bool = False, then: str = "") -> Field | None:
        """The field of a property, if the shapes have one."""
        return self._by_key.get((path, inverse, then))

    @cached_property
    def _by_key(self) -> Mapping[tuple[str, bool, str], Field]:
        return {field.key: field for field in self.fields}


@dataclass(frozen=True)
class Profiles:
    """The profiles of all classes that shapes target.

    Shape: `own` has what the shapes of a class say itself, without those above it; `supers`
    class -> the classes above it, itself included, nearest first.
    """

    own: Mapping[str, Profile]
    supers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    _known: dict[tuple[str, ...], Profile] = field(default_factory=dict, compare=False, repr=False)

    def of(self, classes: Collection[str]) -> Profile:
        """What the shapes say of an entity of these classes, by way of all classes above them.

        What the first class says of a property goes before what the others say.
        """
        asked = tuple(classes)
        known = self._known.get(asked)
        if known is None:
            if len(self._known) >= _KEPT:
                self._known.clear()
            known = self._known[asked] = self._put_together(asked)
        return known

    def _put_together(self, classes: tuple[str, ...]) -> Profile:
        told: dict[str, None] = {}
        for class_iri in classes:
            told.update(dict.fromkeys(self.supers.get(class_iri, (class_iri,))))
        found = [self.own[class_iri] for class_iri in told if class_iri in self.own]
        labels = next((profile.labels for profile in found if profile.labels), {})
        fields = merged(field for profile in found for field in profile.fields)
        return Profile(classes, labels, fields)


NO_PROFILES = Profiles({})
"""What is known of classes without any shapes: nothing."""


def merged(fields: Iterable[Field]) -> tuple[Field, ...]:
    """One field a property: several shapes may say each a part of it."""
    found: dict[tuple[str, bool, str], Field] = {}
    for one in fields:
        found[one.key] = _together(found[one.key], one) if one.key in found else one
    return tuple(sorted(found.values(), key=lambda field: field.place))


def _together(first: Field, other: Field) -> Field:
    most = [limit for limit in (first.most, other.most) if limit is not None]
    return replace(
        first,
        group=first.group or other.group,
        order=min(first.order, other.order),
        least=max(first.least, other.least),
        most=min(most) if most else None,
        datatypes=_all(first.datatypes, other.datatypes),
        classes=_all(first.classes, other.classes),
        choices=_all(first.choices, other.choices),
        scheme=first.scheme or other.scheme,
        pattern=first.pattern or other.pattern,
        shapes=_all(first.shapes, other.shapes),
        facet=first.facet or other.facet,
        form=first.form or other.form,
    )


def _all(*some: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for values in some for value in values))
