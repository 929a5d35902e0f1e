"""What is explored, as an address says it: read, checked, and written back the same.

A parameter that there is not, or a value that cannot be read, is an error that names both, as it
is for a saved query: a list that is shared must not quietly be another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias, TypeVar

from flask_babel import lazy_gettext  # type: ignore[import-untyped]  # publishes no types
from werkzeug.datastructures import MultiDict

from essgraph.errors import QueryError
from essgraph.search import FACETS, KINDS, MAPPED, Selection
from essgraph.vocab import Names
from essgraph.web import tracking
from essgraph.web.explore import values

View: TypeAlias = Literal["list", "map", "table"]
Sort: TypeAlias = Literal["best", "name", "date"]
VIEWS: tuple[View, ...] = ("list", "map", "table")
SORTS: tuple[Sort, ...] = ("best", "name", "date")
MAX_TEXT = 200
"""Characters of a search; the longest label of a commune has 45."""
MAX_VALUES = 50
"""Values chosen at a time, of all facets together."""
MAX_VALUE = 300
"""Characters of one value."""
YEARS = (1, 2999)
"""The first and the last year that can be asked for."""
MAX_PAGE = 100_000

_Word = TypeVar("_Word", bound=str)

_SINGLE = ("kind", "q", "since", "until", "view", "sort", "page")
_ELSEWHERE = ("lang", "release", "format")
"""Parameters of an address that say nothing of what is explored."""


@dataclass(frozen=True)
class State:
    """One selection and how it is shown; a page of it.

    Shape: chosen: facet -> IRIs, in the order of the address; years inclusive.
    """

    kind: str = KINDS[0]
    text: str = ""
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    since: int | None = None
    until: int | None = None
    view: View = VIEWS[0]
    sort: Sort = SORTS[0]
    page: int = 1

    @property
    def selection(self) -> Selection:
        """What the index is asked for."""
        return Selection(self.kind, self.text, self.chosen, self.since, self.until)

    @property
    def narrowed(self) -> int:
        """How many conditions it is narrowed by, besides its text."""
        values = sum(len(iris) for iris in self.chosen.values())
        return values + (self.since is not None or self.until is not None)

    def arguments(self, names: Names) -> list[tuple[str, str]]:
        """The parameters of its address, those that say nothing left out."""
        return list(self._written(names))

    def _written(self, names: Names) -> Iterator[tuple[str, str]]:
        blank = State()
        yield "kind", self.kind
        if self.text:
            yield "q", self.text
        for facet in FACETS[self.kind]:
            for iri in self.chosen.get(facet, ()):
                yield facet, values.written(facet, iri, names)
        for name in ("since", "until", "view", "sort", "page"):
            if getattr(self, name) != getattr(blank, name):
                yield name, str(getattr(self, name))

    def toggled(self, facet: str, iri: str) -> State:
        """With a value chosen that was not, or no longer chosen; on its first page."""
        held = self.chosen.get(facet, ())
        kept = tuple(one for one in held if one != iri) if iri in held else (*held, iri)
        chosen = {name: iris for name, iris in self.chosen.items() if name != facet}
        return replace(self, chosen={**chosen, **({facet: kept} if kept else {})}, page=1)

    def of_kind(self, kind: str) -> State:
        """The same words and what is chosen in facets that this kind has too."""
        chosen = {name: iris for name, iris in self.chosen.items() if name in FACETS[kind]}
        view = "list" if self.view == "map" and kind not in MAPPED else self.view
        return replace(self, kind=kind, chosen=chosen, view=view, page=1)

    def everything(self) -> State:
        """All of the kind that have the words, shown the same way."""
        return replace(self, chosen={}, since=None, until=None, page=1)


def read(arguments: MultiDict[str, str], names: Names, besides: tuple[str, ...] = ()) -> State:
    """The state of an address; `besides` are parameters that its page has of its own.

    Raises: QueryError naming the parameter and the value that cannot be read.
    """
    kind = _among("kind", arguments, KINDS)
    facets = tuple(FACETS[kind])
    known = (*_SINGLE, *facets, *_ELSEWHERE, *besides)
    for name, written in arguments.lists():
        if tracking.is_tracking(name):
            continue
        if name not in known:
            listed = ", ".join((*_SINGLE, *facets))
            raise QueryError(
                lazy_gettext(
                    "There is no parameter %(name)s here; there are: %(known)s.",
                    name=name[:40],
                    known=listed,
                )
            )
        if name not in facets and len(written) > 1:
            raise QueryError(f"{name} is given {len(written)} times")
    text = " ".join(arguments.get("q", "").split())
    if len(text) > MAX_TEXT:
        raise QueryError(f"q has {len(text)} characters; {MAX_TEXT} are read at most")
    chosen = {name: iris for name in facets if (iris := _iris(name, arguments, names))}
    if sum(map(len, chosen.values())) > MAX_VALUES:
        raise QueryError(f"more than {MAX_VALUES} values are chosen, which is the most")
    since, until = (_number(name, arguments, *YEARS) for name in ("since", "until"))
    if since is not None and until is not None and since > until:
        raise QueryError(
            lazy_gettext(
                "The period from %(since)s to %(until)s ends before it begins.",
                since=since,
                until=until,
            )
        )
    return State(
        kind,
        text,
        chosen,
        since,
        until,
        _among("view", arguments, VIEWS),
        _among("sort", arguments, SORTS),
        _number("page", arguments, 1, MAX_PAGE) or 1,
    )


def _among(name: str, arguments: MultiDict[str, str], known: tuple[_Word, ...]) -> _Word:
    written = arguments.get(name) or known[0]
    found = next((word for word in known if word == written), None)
    if found is None:
        raise QueryError(f"{name} = {written[:40]!r} is not one of {', '.join(known)}")
    return found


def _number(name: str, arguments: MultiDict[str, str], least: int, most: int) -> int | None:
    written = arguments.get(name, "").strip()
    if not written:
        return None
    is_number = written.isascii() and written.isdecimal() and len(written) < 10
    if not is_number or not least <= int(written) <= most:
        raise QueryError(f"{name} = {written[:40]!r} is not a whole number from {least} to {most}")
    return int(written)


def _iris(name: str, arguments: MultiDict[str, str], names: Names) -> tuple[str, ...]:
    """Each value once; one that is empty, as a form sends it, is none."""
    found: dict[str, None] = {}
    for written in arguments.getlist(name):
        if written.strip():
            found[iri_of(name, name, written, names)] = None
    return tuple(found)


def iri_of(name: str, facet: str, value: str, names: Names) -> str:
    """The IRI of a value of a facet, which a parameter of that name has.

    Raises: QueryError naming both.
    """
    try:
        return values.read(facet, value[:MAX_VALUE], names)
    except ValueError as error:
        raise QueryError(f"{name} = {value[:60]!r} is not of the form {error}") from error
