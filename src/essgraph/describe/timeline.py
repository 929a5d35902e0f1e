"""What is dated in the history of an entity, in the order of time, as precise as its sources."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from pyoxigraph import NamedNode

from essgraph import queries, vocab
from essgraph.describe.labels import look_up
from essgraph.describe.mandates import MEMBER, mandates_of
from essgraph.describe.model import Description, Link, Text
from essgraph.describe.office import Day, Mandate, When
from essgraph.store.base import GraphStore
from essgraph.vocab import Names

_NOTHING = Text("")
_OWN = tuple(
    vocab.SCHEMA + name for name in ("foundingDate", "startDate", "endDate", "dissolutionDate")
)
_WITH_STEPS = ("Organisation", "Authority", "Territory", "FormerTerritory", "Initiative", "Policy")


@dataclass(frozen=True)
class Moment:
    """One thing that is dated: when it began and ended, what it is, and who says so.

    Shape: `when` is set for mandates only; `detail` is a legal form; `with_` are the mandates
    held at the same time for sure that began before, so that each pair is told once; `notes`
    number the sources of the page.
    """

    label: Link
    start: Day | None = None
    end: Day | None = None
    when: When | None = None
    lasts: bool = False
    detail: Text = _NOTHING
    sources: tuple[Link, ...] = ()
    notes: tuple[int, ...] = ()
    with_: tuple[Text, ...] = ()


class Histories:
    """Which entities have a dated history, read once: most have none, and cost nothing then."""

    def __init__(self, store: GraphStore, names: Names) -> None:
        """Read them. Raises: StoreUnavailable."""
        self._parts: dict[str, list[NamedNode]] = defaultdict(list)
        for entity, territory in store.select(queries.app("histories", names).text).rows:
            if not isinstance(entity, NamedNode):
                continue
            for told_of in (entity, territory):
                if isinstance(told_of, NamedNode) and entity not in self._parts[told_of.value]:
                    self._parts[told_of.value].append(entity)

    def of(self, iri: str) -> Sequence[NamedNode]:
        """What has a part in the history of an entity: itself, and what governs it."""
        return self._parts.get(iri, ())


def moments(
    store: GraphStore,
    found: Description,
    histories: Histories,
    names: Names,
    lang: str,
    today: datetime.date,
) -> tuple[Moment, ...]:
    """The dated moments of what a page is about; none where there are fewer than two.

    Raises: StoreUnavailable.
    """
    classes = {link.iri for link in found.classes}
    if names.ess("Person").value in classes:
        read = _mandates(store, found, names, lang, today)
    elif classes & {names.ess(name).value for name in _WITH_STEPS}:
        read = [*_own(found), *_steps(store, histories.of(found.iri), names, lang)]
    else:
        return ()
    dated = [moment for moment in read if moment.start or moment.end]
    if len(dated) < 2:
        return ()
    return tuple(sorted(read, key=_order))


def _own(found: Description) -> Iterable[Moment]:
    """The dates that the entity itself has: when it was founded, began, ended."""
    for fact in found.facts:
        if fact.property.iri not in _OWN:
            continue
        for value in fact.values:
            day = Day(value.text.value, value.datatype)
            yield Moment(Link("", fact.property.label), start=day, notes=value.notes)


def _steps(
    store: GraphStore, entities: Sequence[NamedNode], names: Names, lang: str
) -> list[Moment]:
    if not entities:
        return []
    saved = queries.app("dated-steps", names)
    days: dict[str, tuple[Day | None, Day | None]] = {}
    forms: dict[str, str] = {}
    sources: dict[str, list[str]] = defaultdict(list)
    for step, start, end, form, source in store.select(saved.bind(entity=entities)).rows:
        if not isinstance(step, NamedNode):
            continue
        days.setdefault(step.value, (Day.of(start), Day.of(end)))
        if isinstance(form, NamedNode):
            forms.setdefault(step.value, form.value)
        if isinstance(source, NamedNode) and source.value not in sources[step.value]:
            sources[step.value].append(source.value)
    if not days:
        return []
    told = {iri for iris in sources.values() for iri in iris}
    lexicon = look_up(store, names, {*days, *forms.values(), *told}, lang)
    status = names.ess("LegalStatus").value
    return [
        Moment(
            lexicon.link(iri),
            start,
            end,
            lasts=end is None and status in lexicon.classes.get(iri, ()),
            detail=lexicon.label(forms[iri]) if iri in forms else _NOTHING,
            sources=tuple(map(lexicon.link, sources[iri])),
        )
        for iri, (start, end) in days.items()
    ]


def _mandates(
    store: GraphStore, found: Description, names: Names, lang: str, today: datetime.date
) -> list[Moment]:
    held = mandates_of(store, [NamedNode(found.iri)], MEMBER, names, lang, today).all
    return [_mandate(mandate, held, today.isoformat()) for mandate in held]


def _mandate(mandate: Mandate, held: Sequence[Mandate], today: str) -> Moment:
    label = replace(mandate.role, iri=mandate.iri)
    return Moment(
        label,
        mandate.start,
        mandate.end,
        mandate.when,
        detail=mandate.body.label,
        sources=mandate.sources,
        with_=tuple(
            other.role.label
            for other in held
            if _is_earlier(other, mandate) and _together(mandate, other, today)
        ),
    )


def _is_earlier(one: Mandate, other: Mandate) -> bool:
    days = [mandate.start.value if mandate.start else "" for mandate in (one, other)]
    return (days[0], one.iri) < (days[1], other.iri)


def _together(one: Mandate, other: Mandate, today: str) -> bool:
    """Whether two mandates were held at the same time for sure, however their dates are read."""
    spans = [_span(mandate, today) for mandate in (one, other)]
    if spans[0] is None or spans[1] is None:
        return False
    (start, end), (other_start, other_end) = spans[0], spans[1]
    return max(start, other_start) <= min(end, other_end)


def _span(mandate: Mandate, today: str) -> tuple[str, str] | None:
    """The days from which and to which a mandate was held at least; None if not known."""
    if mandate.start is None:
        return None
    end = mandate.end.value if mandate.end else today if mandate.when is When.NOW else ""
    if not end:
        return None
    start = mandate.start.value
    return start + "0000-12-31"[len(start) :], end + "0000-01-01"[len(end) :]


def _order(moment: Moment) -> tuple[bool, str, str, str]:
    """By time; what has an end alone stands there, what has no date last."""
    day = moment.start or moment.end
    text = day.value if day else ""
    # A year comes before its months: 2011 before 2011-04.
    return not text, text, moment.end.value if moment.end else "9999", moment.label.iri
