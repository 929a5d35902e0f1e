"""An explanation in words, in French or English, the most useful first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from essgraph.explain.model import Culprit, Explanation, Place, Suggestion, UnknownTerm, Warn
from essgraph.explain.probes import Count
from essgraph.explain.words import LANGUAGES

_SHOWN = 120
_MADE = ("construct", "describe")
_AFTER_WHERE = ("having", "limit", "offset", *_MADE)


def sentences(explanation: Explanation, lang: str) -> list[str]:
    """One paragraph for each thing found; English for a language that is not French."""
    return list(_Speaker(LANGUAGES.get(lang, LANGUAGES["en"])).all(explanation))


class _Speaker:
    """Says an explanation in the words of one language."""

    def __init__(self, words: dict[str, str]) -> None:
        self._words = words

    def all(self, explanation: Explanation) -> Iterator[str]:
        """Outcome, culprits, what may have been meant, warnings, what was not tried."""
        rows = explanation.rows
        count = "" if rows is None else self._count(rows)
        aggregate = explanation.outcome == "empty" and rows != Count(0)
        outcome = "empty-aggregate" if aggregate else explanation.outcome
        yield self._say(outcome, count=count, reason=explanation.reason)
        for culprit in explanation.culprits:
            yield " ".join(self._culprit(culprit))
        if explanation.without is not None and explanation.culprits[-1].place.kind not in _MADE:
            key = "without-all" if len(explanation.culprits) > 1 else "without"
            yield self._say(key, count=self._count(explanation.without))
        for term in explanation.terms:
            yield " ".join(self._term(term))
        for literal in explanation.literals:
            yield " ".join(
                (
                    self._at("literal", literal.place, **_of(literal, "predicate", "literal")),
                    self._propose(literal.suggestions),
                )
            )
        for other in explanation.graphs:
            graphs = self._listed([f"<{graph}>" for graph in other.graphs])
            yield self._at("other-graph", other.place, graphs=graphs)
        for warn in explanation.warnings:
            yield self._warn(warn)
        if explanation.untried:
            steps = [self._words[f"step-{step}"] for step in explanation.untried]
            yield self._say("untried", steps=self._listed(steps))

    def _culprit(self, culprit: Culprit) -> Iterator[str]:
        count = "" if culprit.before is None else self._count(culprit.before)
        if culprit.place.kind in _AFTER_WHERE:
            yield self._at(culprit.place.kind, culprit.place, count=count)
            return
        yield self._at("culprit", culprit.place)
        others = [place for place in culprit.conflict if place != culprit.place]
        if culprit.alone == Count(0):
            yield self._say("alone-none")
        elif culprit.alone is not None:
            yield self._say("alone", count=self._count(culprit.alone))
        if count:
            yield self._say("before", count=count)
        if others:
            yield self._say("conflict", others=self._listed(list(map(self._place, others))))
        for branch in culprit.branches:
            yield self._say("branch", place=self._place(branch.place))

    def _term(self, term: UnknownTerm) -> Iterator[str]:
        words = {"term": term.term, "class": term.of_class}
        yield self._at(term.role, term.place, **words)
        if term.suggestions:
            yield self._propose(term.suggestions)
        if term.class_has:
            yield self._say("class-has", terms=self._listed(term.class_has), **words)

    def _propose(self, suggestions: Sequence[Suggestion]) -> str:
        terms = []
        for one in suggestions:
            key = "uses-1" if one.uses == 1 else "uses"
            uses = "" if one.uses is None else str(one.uses)
            terms.append(self._say(key, term=one.term, uses=uses) if one.uses else one.term)
        return self._say("propose", terms=self._listed(terms, "or"))

    def _warn(self, warn: Warn) -> str:
        parts = self._listed(list(map(self._place, warn.parts)))
        return self._at(warn.kind, warn.place, names=self._listed(warn.names), parts=parts)

    def _at(self, key: str, place: Place, **words: str) -> str:
        line = self._say("line", line=str(place.line))
        return self._say(key, line=line, text=self._quoted(place.text), **words)

    def _place(self, place: Place) -> str:
        return self._say("in-line", text=self._quoted(place.text), line=str(place.line))

    def _quoted(self, text: str) -> str:
        shown = " ".join(text.split())
        if len(shown) > _SHOWN:
            shown = f"{shown[:_SHOWN].rstrip()}…"
        return self._say("quote", text=shown)

    def _count(self, count: Count) -> str:
        if count.more:
            return self._say("solutions-more", number=str(count.number))
        key = f"solutions-{count.number}" if count.number < 2 else "solutions"
        return self._say(key, number=str(count.number))

    def _listed(self, items: Sequence[str], word: str = "and") -> str:
        *first, last = items or ("",)
        return f"{', '.join(first)}{self._words[word]}{last}" if first else last

    def _say(self, key: str, **words: str) -> str:
        return self._words[key].format(**words)


def _of(thing: object, *names: str) -> dict[str, str]:
    return {name: str(getattr(thing, name)) for name in names}
