"""The clauses around a WHERE, read by rdflib's productions, with their texts."""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin

import pyparsing as pp
from rdflib.plugins.sparql import parser as rdf
from rdflib.plugins.sparql.parserutils import CompValue, ParamValue

from essgraph.explain import tree


def first(text: str, start: int) -> int:
    """Where the first token at or after `start` begins: past blanks and comments."""
    while start < len(text) and (text[start].isspace() or text[start] == "#"):
        if text[start] == "#":
            start = min(i for i in (text.find("\n", start), len(text)) if i >= 0)
        else:
            start += 1
    return start


def trimmed(text: str, kind: pp.ParserElement) -> str:
    """The text without the blanks and comments after it.

    A production that ends in an optional part reads past them. The first `#` that ends a whole
    token, with nothing but comments after it, opens the comment.
    """
    for place, character in enumerate(text):
        if character == "#" and all(
            not line.strip() or line.lstrip().startswith("#") for line in text[place:].splitlines()
        ):
            try:
                kind.parse_string(text[:place], parse_all=True)
            except pp.ParseBaseException:
                continue
            return text[:place].rstrip()
    return text.rstrip()


def prologue() -> pp.ParserElement:
    """PREFIX and BASE: a tuple of their text, the prefixes, the last base ("" for none)."""

    def build(text: str, _: int, tokens: pp.ParseResults) -> list[Any]:
        start, (declarations,), end = tokens
        prefixes: dict[str, str] = {}
        base = ""
        for declaration in declarations:
            iri = urljoin(base, str(declaration.iri)) if base else str(declaration.iri)
            if declaration.name == "Base":
                base = iri
            else:
                prefixes[str(declaration.prefix or "")] = iri
        return [(text[start:end], prefixes, base)]

    return pp.Located(rdf.Prologue).set_parse_action(build)


def selection() -> pp.ParserElement:
    """SELECT and what it gives, a Projection."""

    def build(text: str, _: int, tokens: pp.ParseResults) -> list[tree.Projection]:
        start, inner, end = tokens
        listed = _params(inner).get("projection", [])
        names = tuple(str(item.evar if item.evar is not None else item.var) for item in listed)
        plain = tuple(
            tree.Node(f"?{item.var}", first(text, start), item.var)
            for item in listed
            if item.evar is None
        )
        computed = tuple(item.expr for item in listed if item.evar is not None)
        return [tree.Projection(text[start:end].strip(), names or None, plain, computed)]

    return pp.Located(rdf.SelectClause).set_parse_action(build)


def modifiers() -> pp.ParserElement:
    """GROUP BY, HAVING, ORDER BY, LIMIT and OFFSET, a Modifiers."""
    clauses = (rdf.GroupClause, rdf.HavingClause, rdf.OrderClause, rdf.LimitOffsetClauses)
    parts = [pp.Group(pp.Optional(pp.Located(clause))) for clause in clauses]

    def build(text: str, place: int, tokens: pp.ParseResults) -> list[tree.Modifiers]:
        texts = [text[part[0] : part[2]].strip() if part else "" for part in tokens]
        values = tuple(part[1][0] if part else None for part in tokens)
        start = first(text, min((part[0] for part in tokens if part), default=place))
        size: CompValue | None = values[3]
        limit = None if size is None or size.limit is None else int(size.limit)
        offset = 0 if size is None or size.offset is None else int(size.offset)
        group_by, having, order_by, size_text = texts
        clauses = (group_by, having, order_by, size_text)
        return [tree.Modifiers(*clauses, limit, offset, start, values[:3])]

    return pp.And(parts).set_parse_action(build)


def values_block() -> pp.ParserElement:
    """VALUES and its rows, a Values."""

    def build(text: str, _: int, tokens: pp.ParseResults) -> list[tree.Values]:
        start, (block,), end = tokens
        # Not `get`: on rdflib's components it gives the key itself for one that is absent.
        parts = dict(block.items())
        names = tuple(map(str, parts.get("var", ())))
        found = parts.get("value", ())
        rows = tuple(tuple(row) if isinstance(row, pp.ParseResults) else (row,) for row in found)
        undefined = frozenset(
            name
            for row in rows
            for name, value in zip(names, row, strict=False)
            if value == "UNDEF"
        )
        return [tree.Values(text[start:end].strip(), first(text, start), names, rows, undefined)]

    return pp.Located(rdf.InlineData).set_parse_action(build)


def _params(tokens: Any) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for token in tokens:
        if isinstance(token, ParamValue):
            found.setdefault(token.name, []).append(token.tokenList)
    return found
