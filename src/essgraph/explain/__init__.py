"""Why a query has no row: the pattern that empties it, what it may have meant, and warnings.

Off the usual path: it reads the query with rdflib's parser, which is slow, and puts many small
queries to the store. Run it where a deadline can end it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from io import BytesIO
from typing import TypeVar
from weakref import WeakKeyDictionary

from pyoxigraph import NamedNode
from rdflib.plugins.sparql.parserutils import CompValue

from essgraph.errors import QueryError, QueryTimeout
from essgraph.explain import grammar, tree
from essgraph.explain.culprits import Search
from essgraph.explain.hints import Hints
from essgraph.explain.model import Explanation, Warn
from essgraph.explain.probes import Count, Probes, Spent
from essgraph.explain.vocabulary import Vocabulary, read_vocabulary
from essgraph.explain.warnings import warnings_of
from essgraph.store.base import GraphStore
from essgraph.store.evaluating import Answered, Job
from essgraph.store.writing import Spool
from essgraph.syntax import guard
from essgraph.vocab import DEFAULT_BASE, LANGUAGES, Names

__all__ = ["Explanation", "Vocabulary", "answer", "explain_empty", "read_vocabulary", "warnings"]

_read: WeakKeyDictionary[GraphStore, Vocabulary] = WeakKeyDictionary()
"""Reading it takes half a second, and a store that is served never changes."""

_Thing = TypeVar("_Thing")


def answer(store: GraphStore, job: Job, names: Names, spool: Spool | None) -> Answered:
    """The explanation of a query as JSON: what a process of the pool does with a job.

    Raises: as `explain_empty`.
    """
    graphs = [NamedNode(x) for x in job.default_graphs], [NamedNode(x) for x in job.named_graphs]
    chosen = graphs if any(graphs) else (None, None)
    explanation = explain_empty(
        store,
        job.text,
        _vocabulary(store, names),
        default_graphs=chosen[0],
        named_graphs=chosen[1],
    )
    said = {"sentences": {lang: explanation.sentences(lang) for lang in LANGUAGES}}
    body = json.dumps(said | explanation.json(), ensure_ascii=False).encode() + b"\n"
    return Answered("application/json", 0, "", "", BytesIO(body))


def _vocabulary(store: GraphStore, names: Names) -> Vocabulary:
    found = _read.get(store)
    if found is None:
        found = _read[store] = read_vocabulary(store, names)
    return found


def warnings(text: str, base_iri: str = DEFAULT_BASE) -> tuple[Warn, ...]:
    """What a query hardly means, told from its text alone; nothing for one we cannot read.

    Raises: QueryError for a text that `syntax.guard` refuses.
    """
    guard(text)
    try:
        return warnings_of(grammar.parse(text, base_iri))
    except QueryError:
        return ()


def explain_empty(
    store: GraphStore,
    text: str,
    vocabulary: Vocabulary,
    *,
    default_graphs: Sequence[NamedNode] | None = None,
    named_graphs: Sequence[NamedNode] | None = None,
    budget_s: float = 5.0,
) -> Explanation:
    """Why a query has no row in this dataset, or how many it has.

    A probe cannot be interrupted: one that outlives `budget_s` is left behind in its thread, with
    `left_running` set, and its process is better ended. What was not tried is named.
    A SELECT of aggregates without GROUP BY, which always has a row, is explained as empty when
    its WHERE is (`rows` is then one).
    Raises: QueryError for a query that the store does not read; StoreUnavailable.
    """
    guard(text)
    probes = Probes(store, default_graphs, named_graphs, budget_s)
    chosen = tuple(graph.value for graph in (*(default_graphs or ()), *(named_graphs or ())))
    try:
        explanation = _explained(text, vocabulary, probes, chosen)
    finally:
        probes.close()
    return replace(
        explanation,
        probes=probes.asked,
        milliseconds=round(1_000 * probes.seconds),
        left_running=probes.left_running,
    )


def _explained(
    text: str, vocabulary: Vocabulary, probes: Probes, chosen: tuple[str, ...]
) -> Explanation:
    try:
        rows: Count | None = probes.count(text)
    except Spent:
        rows = None
    try:
        query = grammar.parse(text, vocabulary.names.base)
    except QueryError as error:
        return Explanation("unread", rows, reason=str(error))
    doubts = warnings_of(query)
    if rows is None:
        return Explanation("unknown", None, warnings=doubts, untried=("rows",))
    if rows.number and not (rows == Count(1) and _always_one_row(query)):
        return Explanation("rows", rows, warnings=doubts)
    search, hints = Search(query, probes), Hints(query, vocabulary, probes)
    untried: list[str] = []
    # What is cheap and tells most goes first: a search may spend all that is left.
    terms = _taken(hints.unknown_terms(chosen), "terms", untried)
    literals = _taken(hints.other_literals(), "literals", untried)
    _taken(search.run(), "culprits", untried)
    if rows.number and not search.blames:
        return Explanation("rows", rows, warnings=doubts, untried=tuple(untried))
    return Explanation(
        "empty",
        rows,
        culprits=tuple(blame.culprit for blame in search.blames),
        without=search.without,
        terms=(*terms, *_taken(hints.missing_properties(search.blames), "terms", untried)),
        graphs=_taken(hints.other_graphs(search.blames), "graphs", untried),
        literals=literals,
        warnings=doubts,
        untried=tuple(dict.fromkeys(untried)),
    )


def _taken(found: Iterator[_Thing], step: str, untried: list[str]) -> tuple[_Thing, ...]:
    """What a step finds before the probes are spent; then it is one of those not tried."""
    taken: list[_Thing] = []
    try:
        for thing in found:
            taken.append(thing)
    except (Spent, QueryError, QueryTimeout):
        untried.append(step)
    return tuple(taken)


def _always_one_row(query: tree.Query) -> bool:
    """Whether a query aggregates all its solutions, of which there may be none."""
    return (
        query.head is not None
        and not query.modifiers.group_by
        and any(
            isinstance(part, CompValue) and part.name.startswith("Aggregate_")
            for part in tree.walk(query.head.values)
        )
    )
