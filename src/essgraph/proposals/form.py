"""The fields of a proposal, from the profiles: what a person fills in, by which kind of input."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from essgraph import profiles, vocab
from essgraph.profiles import Group, Profiles
from essgraph.vocab import LANGUAGES, Names

Kind = Literal["text", "date", "concept", "entity", "address"]

SOURCE = "source"
"""The field of the publication that a proposal is from; `source.title` is one of a new one."""

NEW_ORGANISATION = "organisation"
NEW_PERSON = "person"

_DATES = {vocab.XSD + name for name in ("date", "gYearMonth", "gYear")}
_OTHER = {"fr": ("(en anglais)", "(en français)"), "en": ("(in English)", "(in French)")}


@dataclass(frozen=True)
class Field:
    """One field: how its values are sent (`key`), called and written.

    Shape: `lang` is that of a text, "" for what has none; `classes` are those an entity may be of,
    `scheme` the IRI of a concept's; `path` is the property, "" for what only names a new entity.
    """

    key: str
    names: Mapping[str, str]
    kind: Kind
    path: str
    group: Group | None = None
    required: bool = False
    repeats: bool = False
    lang: str = ""
    classes: tuple[str, ...] = ()
    scheme: str = ""
    pattern: str = ""

    def called(self, lang: str) -> str:
        """The field's name in a language, else in any."""
        return self.names.get(lang) or next(iter(self.names.values()))


@dataclass(frozen=True)
class Form:
    """The fields of an initiative, those of its source where that is new, and of other new ones.

    Shape: `entities` are the three columns that describe new organisations, then that of persons.
    """

    initiative: tuple[Field, ...]
    publication: tuple[Field, ...]
    entities: tuple[Field, ...]

    @property
    def fields(self) -> tuple[Field, ...]:
        """All of them, in reading order."""
        return (*self.initiative, *self.publication, *self.entities)

    def field(self, key: str) -> Field | None:
        """The field of that key."""
        return next((field for field in self.fields if field.key == key), None)

    def groups(self) -> list[tuple[Group | None, list[Field]]]:
        """The fields of the initiative under their headings."""
        found: list[tuple[Group | None, list[Field]]] = []
        for field in self.initiative:
            if not found or found[-1][0] != field.group:
                found.append((field.group, []))
            found[-1][1].append(field)
        return found


def read(known: Profiles, names: Names) -> Form:
    """The form of a proposal, from what the shapes say."""
    publication = tuple(_fields(known, names, "Publication"))
    return Form(
        initiative=tuple(_fields(known, names, "Initiative")),
        # The label of a publication is its title.
        publication=tuple(
            _of_source(field) for field in publication if field.path != vocab.RDFS + "label"
        ),
        entities=tuple(_entities(known, names)),
    )


def _fields(known: Profiles, names: Names, class_name: str) -> Iterator[Field]:
    for field in known.of([names.ess(class_name).value]).fields:
        if field.form:
            yield from _written(field, names)


def _written(field: profiles.Field, names: Names) -> Iterator[Field]:
    local = names.compact(field.path).partition(":")[2]
    told = Field(
        key="name" if field.path == vocab.RDFS + "label" else local,
        names=field.names,
        kind=_kind(field),
        path=field.path,
        group=field.group,
        required=field.least > 0,
        repeats=field.most != 1,
        classes=field.classes,
        scheme=field.scheme,
        pattern=field.pattern,
    )
    title = field.path == vocab.DCTERMS + "title"
    if told.kind != "text" or title:
        yield told
        return
    # One text a language: the page offers both, of which one is enough where one is required.
    for lang in LANGUAGES:
        called = {
            code: name if lang == "fr" else f"{name} {_OTHER[code][0]}"
            for code, name in field.names.items()
        }
        yield Field(
            f"{told.key}.{lang}", called, "text", told.path, told.group,
            told.required and lang == "fr", False, lang, pattern=told.pattern,
        )  # fmt: skip


def _kind(field: profiles.Field) -> Kind:
    if field.scheme:
        return "concept"
    if field.classes:
        return "entity"
    if field.datatypes and set(field.datatypes) <= _DATES:
        return "date"
    return "address" if "https?" in field.pattern else "text"


def _of_source(field: Field) -> Field:
    words = {"fr": "publication\u00a0: {}", "en": "publication: {}"}
    called = {lang: words.get(lang, "{}").format(name) for lang, name in field.names.items()}
    required = field.path == vocab.DCTERMS + "title"
    repeats = field.repeats and field.kind != "date"
    return Field(
        f"{SOURCE}.{field.key}", called, field.kind, field.path, field.group, required,
        repeats, "fr" if required else "", field.classes, field.scheme, field.pattern,
    )  # fmt: skip


def _entities(known: Profiles, names: Names) -> Iterator[Field]:
    organisation = known.of([names.ess("Organisation").value]).fields
    yield Field(
        f"new.{NEW_ORGANISATION}",
        {"fr": "nouvelle organisation", "en": "new organisation"}, "text", "", repeats=True,
    )  # fmt: skip
    # What else the form asks of an organisation has its places beside the name.
    for field in organisation:
        if field.form and field.scheme:
            yield Field(
                f"new.{names.compact(field.path).partition(':')[2]}", field.names, "concept",
                field.path, repeats=True, scheme=field.scheme,
            )  # fmt: skip
    yield Field(
        f"new.{NEW_PERSON}", {"fr": "nouvelle personne", "en": "new person"}, "text", "",
        repeats=True,
    )  # fmt: skip
