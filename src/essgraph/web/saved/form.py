"""The form of a saved query: what was written, the terms it means, and what is expected else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from flask import request, url_for
from flask_babel import LazyString, force_locale, lazy_gettext  # type: ignore[import-untyped]  # publishes no types
from pyoxigraph import Literal, NamedNode

from essgraph import describe, queries, vocab
from essgraph.describe import labels
from essgraph.errors import NotFound, QueryError
from essgraph.lexical import Term
from essgraph.queries import BOUNDS, Param, SavedQuery
from essgraph.search import Hit
from essgraph.web import inventory, text, tracking
from essgraph.web.context import index, names, store

VIEWS = ("table", "chart", "map")

PICTURE = "svg"
"""What ends the address of an answer as a map drawn here."""

_OURS = ("format", "page", "view", "release")
"""Parameters of an address that are none of a query's."""

_CHOICES = {"region": vocab.IGEO + "Region", "departement": vocab.IGEO + "Departement"}
"""Kinds few enough for a list to choose from, with their class."""

_MAX_CHOICES = 200
_MAX_NAME = 200
"""Characters of a name looked up."""
_OFFERED = 30
"""Homonyms to choose from; sixteen communes are called Sainte-Colombe."""

_EXPECTED = {
    "date": lazy_gettext("Write a day as year-month-day, such as 2010-03-31."),
    "decimal": lazy_gettext("Write a number with a decimal point, such as 12.5."),
    "integer": lazy_gettext("Write a whole number, in digits."),
}


@dataclass(frozen=True)
class Choice:
    """One of those that a name may mean: what tells it from the others, and its page here."""

    label: str
    context: str
    url: str


@dataclass(frozen=True)
class Wrong:
    """Why a value cannot be used, and what it may have meant."""

    sentence: LazyString
    offers: Sequence[Hit] = ()


@dataclass(frozen=True)
class Field:
    """One parameter as the form shows it.

    Shape: input: text, date, number or select; `options` are values and what they are called;
    `kind` is that of an entity; `problem` says what is expected, `choices` what may be meant.
    """

    name: str
    label: str
    value: str
    input: str
    kind: str = ""
    options: Sequence[tuple[str, str]] = ()
    step: str = ""
    least: int | None = None
    most: int | None = None
    problem: LazyString | None = None
    choices: Sequence[Choice] = field(default=())


def raw(query: SavedQuery) -> dict[str, str]:
    """The parameters of the address; a query's own `lang` is the page's unless given.

    Raises: QueryError for one that is given twice.
    """
    found: dict[str, str] = {}
    for name, values in request.args.lists():
        if name in _OURS or (name == "lang" and not takes_lang(query)):
            continue
        if tracking.is_tracking(name):
            continue
        if len(values) > 1:
            raise QueryError(f"the parameter {name!r} is given {len(values)} times")
        found[name] = values[0]
    if takes_lang(query):
        found["lang"] = text.lang()
    return found


def address(query: SavedQuery, sent: Mapping[str, str], suffix: str = "") -> str:
    """Where a query is with these parameters: its page, its data in a format, its map."""
    if suffix == PICTURE:
        found = url_for("saved.picture", name=query.name)
    elif suffix:
        found = url_for("saved.data", name=query.name, suffix=suffix)
    else:
        found = url_for("saved.page", name=query.name)
    # Not by `url_for`: a query may call a parameter as a part of the address is called.
    return f"{found}{'&' if '?' in found else '?'}{urlencode(sent)}" if sent else found


def takes_lang(query: SavedQuery) -> bool:
    """Whether a query asks for labels in a language."""
    return any(param.name == "lang" for param in query.params)


def terms(query: SavedQuery, sent: Mapping[str, str]) -> tuple[dict[str, Term], dict[str, Wrong]]:
    """The term of each parameter, or what is wrong with what was written.

    Raises: QueryError for a parameter that the query does not have.
    """
    found: dict[str, Term] = {}
    wrong: dict[str, Wrong] = {}
    known = {param.name: param for param in query.params}
    for name, value in sent.items():
        param = known.get(name)
        if param is not None and not value.strip():
            wrong[name] = Wrong(_expected(param))
            continue
        try:
            term = query.terms({name: value}, names())[name]
        except QueryError:
            if param is None:
                raise
            named, offers = _called(value.strip(), param)
            if named is None:
                said = _which(value.strip(), param, offers) if offers else _expected(param)
                wrong[name] = Wrong(said, offers)
                continue
            term = named
        if isinstance(term, NamedNode) and not describe.exists(store(), term):
            wrong[name] = Wrong(
                lazy_gettext("There is no such entity: %(value)s.", value=value.strip()[:100])
            )
        found[name] = term
    return found, wrong


def refusal(query: SavedQuery, sent: Mapping[str, str], wrong: Mapping[str, Wrong]) -> QueryError:
    """What a program is told of values that cannot be used, in English."""
    with force_locale("en"):
        told = [
            f"parameter {name} = {sent[name]!r}: {found.sentence}"
            + "".join(f" {text.short(hit.iri)} ({hit.context})" for hit in found.offers)
            for name, found in wrong.items()
        ]
    return QueryError(f"{query.name}: {'; '.join(told)}")


def fields(
    query: SavedQuery,
    sent: Mapping[str, str],
    meant: Mapping[str, Term],
    wrong: Mapping[str, Wrong],
) -> list[Field]:
    """The fields of the form, with what was written, by its name where it names something."""
    return [
        _field(query, param, sent, meant.get(param.name, param.example), wrong.get(param.name))
        for param in query.params
        if param.name not in ("lang", "format")
    ]


def _field(
    query: SavedQuery, param: Param, sent: Mapping[str, str], term: Term, wrong: Wrong | None
) -> Field:
    label, kind = text.translated(param.texts), inventory.kind(param)
    value = sent[param.name] if wrong else inventory.written(term)
    told = (wrong.sentence if wrong else None, _choices(query, param, sent, wrong))
    options = _options(param, kind)
    if any(value == known for known, _ in options):
        return Field(param.name, label, value, "select", "", options, "", None, None, *told)
    if kind is not None:
        shown = value if wrong or not isinstance(term, NamedNode) else _named(term, param)
        return Field(param.name, label, shown, "text", kind, (), "", None, None, *told)
    datatype = term.datatype.value.removeprefix(vocab.XSD) if isinstance(term, Literal) else ""
    # A browser would leave what is no number, no day, out of its field.
    if datatype == "date" and not wrong:
        return Field(param.name, label, value, "date")
    if datatype in ("integer", "decimal", "double") and not wrong:
        step = "1" if datatype == "integer" else "any"
        least, most = BOUNDS.get(param.name, (None, None))
        return Field(param.name, label, value, "number", "", (), step, least, most)
    return Field(param.name, label, value, "text", "", options, "", None, None, *told)


def _choices(
    query: SavedQuery, param: Param, sent: Mapping[str, str], wrong: Wrong | None
) -> list[Choice]:
    kept = {name: value for name, value in sent.items() if name != "lang"}
    return [
        Choice(
            hit.label,
            hit.context or hit.class_label,
            address(query, {**kept, param.name: text.short(hit.iri)}),
        )
        for hit in (wrong.offers if wrong else ())
    ]


def _options(param: Param, kind: str | None) -> list[tuple[str, str]]:
    """What a list offers, where a parameter has few values."""
    class_iri, scheme = _CHOICES.get(kind or ""), inventory.scheme(param)
    if scheme is not None:
        asked = queries.app("concepts-of-scheme", names()).bind(scheme=scheme)
        found: dict[str, dict[str, str]] = {}
        for concept, label in store().select(asked).rows:
            if isinstance(concept, NamedNode) and isinstance(label, Literal):
                found.setdefault(concept.value, {})[label.language or ""] = label.value
        named = [(text.short(iri), text.translated(called)) for iri, called in found.items()]
        return sorted(named, key=lambda pair: pair[1].casefold())
    if class_iri is None:
        return []
    try:
        members = index().members(class_iri, limit=_MAX_CHOICES, lang=text.lang()).hits
    except NotFound:
        return []
    return [(text.short(hit.iri), hit.label) for hit in members]


def _named(iri: NamedNode, param: Param) -> str:
    """An entity as people call it, with its code where the name alone means several."""
    short = text.short(iri.value)
    label = labels.named(store(), iri, names(), text.lang())[0].value
    code = short.partition("/")[2]
    return label if _called(label, param)[0] == iri else f"{label} ({code})"


def _called(value: str, param: Param) -> tuple[NamedNode | None, Sequence[Hit]]:
    """The one entity of the parameter's kind with this code or name, else those it may mean."""
    kind = inventory.kind(param)
    if kind is None:
        return None, ()
    name, _, code = value.removesuffix(")").rpartition(" (")
    for key in (value, code) if name and value.endswith(")") else (value,):
        by_code = names().entity(kind, key)
        if describe.exists(store(), by_code):
            return by_code, ()
    hits = index().find(value[:_MAX_NAME], kind=kind, limit=_OFFERED, lang=text.lang()).hits
    same = [hit for hit in hits if hit.label.casefold() == value.casefold()]
    if len(same) == 1:
        return NamedNode(same[0].iri), ()
    return None, same or hits


def _which(value: str, param: Param, offers: Sequence[Hit]) -> LazyString:
    if any(hit.label.casefold() != value.casefold() for hit in offers):
        return lazy_gettext("Nothing is called exactly “%(name)s”. Is it one of these?", name=value)
    name = offers[0].label
    if inventory.kind(param) == "commune":
        return lazy_gettext("Several communes are called %(name)s. Which one?", name=name)
    return lazy_gettext("Several are called %(name)s. Which one?", name=name)


def _expected(param: Param) -> LazyString:
    """What to write for a parameter, in a sentence."""
    example, kind = inventory.written(param.example), inventory.kind(param)
    if kind in _CHOICES:
        return lazy_gettext(
            "Choose from the list, or write a name or a code: for example %(example)s.",
            example=example,
        )
    if kind is not None:
        return lazy_gettext(
            "Write a code, a whole name or an address: for example %(example)s.", example=example
        )
    if param.name == "distance":
        return lazy_gettext(
            "Write kilometres, %(most)s at most: for example %(example)s.",
            most=BOUNDS[param.name][1],
            example=example,
        )
    if param.name in BOUNDS:
        return lazy_gettext(
            "Write degrees from -%(most)s to %(most)s with a decimal point: "
            "for example %(example)s.",
            most=BOUNDS[param.name][1],
            example=example,
        )
    datatype = param.example.datatype.value if isinstance(param.example, Literal) else ""
    other = lazy_gettext("Write a value, for example %(example)s.", example=example)
    return _EXPECTED.get(datatype.removeprefix(vocab.XSD), other)
