"""The guard before the engine: no request that is not allowed, nothing that ends its process."""

from __future__ import annotations

from collections.abc import Collection

from essgraph.errors import QueryError
from essgraph.syntax.calls import calls
from essgraph.syntax.tokens import line_at, tokens

MAX_NESTING = 60
"""Deepest brackets let through: the engine's parser takes cubic time and then dies."""

MAX_OPERATORS = 1_000
"""Most operators and pattern keywords let through: each is a level of the engine's recursion,
and from 4,000 of some (MINUS, BIND) its stack overflows and ends the process."""

_OPENING = "{(["
_CLOSING = "})]"
_OPERATORS = frozenset("+-*/|&!^=<>")
_KEYWORDS = frozenset({"union", "optional", "filter", "bind", "minus", "exists", "graph"})


def guard(text: str, services: Collection[str] = (), documents: Collection[str] = ()) -> None:
    """Refuse a query or an update that would make the engine send requests, or break it.

    `services` and `documents` are the IRIs that SERVICE and LOAD may name; a text that names
    them must still not reach the engine as it is, whose requests nothing bounds
    (`federation.Federation` rewrites it).
    Raises: QueryError for any other SERVICE or LOAD, for what cannot be told from one, for a
    SERVICE inside EXISTS, for brackets nested deeper than MAX_NESTING, and for more than
    MAX_OPERATORS.
    """
    lowered = text.lower()
    if "service" in lowered or "load" in lowered:
        _refuse_calls(text, {"SERVICE": services, "LOAD": documents})
    if text.count("{") + text.count("(") + text.count("[") > MAX_NESTING:
        _refuse_nesting(text)
    if len(text) > MAX_OPERATORS and _most_operators(lowered) > MAX_OPERATORS:
        _refuse_chains(text)


def _refuse_calls(text: str, allowed: dict[str, Collection[str]]) -> None:
    for call in calls(text):
        if call.iri not in allowed[call.keyword]:
            known = ", ".join(f"<{iri}>" for iri in sorted(allowed[call.keyword]))
            only = f", only for {known}" if known else ""
            raise QueryError(
                f"line {line_at(text, call.start)}: "
                f"{call.keyword} is not allowed here for <{call.iri}>{only}"
            )
        if call.in_exists:
            raise QueryError(
                f"line {line_at(text, call.start)}: SERVICE is not allowed inside EXISTS: it "
                "would be asked for each row, and its failure would pass for an answer"
            )


def _refuse_nesting(text: str) -> None:
    depth = 0
    for token in tokens(text):
        if token[0] in _OPENING:
            depth += 1
        elif token[0] in _CLOSING:
            depth -= 1
        if depth > MAX_NESTING:
            line = line_at(text, token.start())
            raise QueryError(f"line {line}: brackets are nested deeper than {MAX_NESTING}")


def _most_operators(lowered: str) -> int:
    """No fewer than `_refuse_chains` counts, which has to read names, strings and comments."""
    return sum(map(lowered.count, _OPERATORS)) + sum(map(lowered.count, _KEYWORDS))


def _refuse_chains(text: str) -> None:
    amount = 0
    for token in tokens(text):
        kind = token.lastgroup
        if kind == "other":
            amount += token[0] in _OPERATORS
        elif kind == "word":
            amount += token[0].lower() in _KEYWORDS
        if amount > MAX_OPERATORS:
            line = line_at(text, token.start())
            raise QueryError(
                f"line {line}: more than {MAX_OPERATORS} operators and pattern keywords "
                "(of + - * / | & ! ^ = < >, UNION, OPTIONAL, FILTER, BIND, MINUS, EXISTS, GRAPH)"
            )
