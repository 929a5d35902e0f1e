"""SPARQL text to the tree of `tree.py`, by rdflib's parser, with the place of each pattern.

rdflib's parse tree keeps no positions and flattens `;`, `,` and `[ … ]`. The productions below
are those of groups and triples (SPARQL 1.1, 19.8, [53] to [109]) around rdflib's own
productions of terms, paths, expressions and clauses.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import pyparsing as pp
from rdflib import RDF, BNode
from rdflib.plugins.sparql import parser as rdf
from rdflib.plugins.sparql.parserutils import CompValue

from essgraph.errors import QueryError
from essgraph.explain import tree
from essgraph.explain.clauses import (
    first,
    modifiers,
    prologue,
    selection,
    trimmed,
    values_block,
)

_COMMENT = rdf.QueryUnit.ignoreExprs[0]
_WORD = pp.CaselessKeyword


class _Tree:
    """An object as triples write it: the node that stands for it, and the patterns inside."""

    def __init__(self, node: tree.Node, inner: tuple[tree.Pattern, ...] = ()) -> None:
        self.node = node
        self.inner = inner


def parse(text: str, base: str) -> tree.Query:
    """A query as a tree of patterns; IRIs of the prologue resolve against `base`.

    Raises: QueryError, with line and column, for what rdflib's parser does not read.
    """
    try:
        # rdflib's own way with \\u escapes, which may stand anywhere in a query.
        expanded = rdf.expandUnicodeEscapes(text)
        found = _grammar().parse_string(expanded, parse_all=True)
        return _query(expanded, found.as_list(), base)
    except pp.ParseBaseException as error:
        place = f"line {error.lineno}:{error.column}"
        raise QueryError(f"{place}: rdflib's parser stops here: {error.msg}") from error
    except RecursionError as error:
        raise QueryError("rdflib's parser cannot read a query nested this deep") from error
    except (ValueError, TypeError) as error:
        raise QueryError(f"rdflib's parser cannot read this query: {error}") from error


def _located(expression: pp.ParserElement, build: Callable[[str, int, int, Any], Any]) -> Any:
    """The expression, its tokens replaced by what `build(text, start, end, tokens)` makes."""

    def act(text: str, _: int, tokens: pp.ParseResults) -> list[Any]:
        start, inner, end = tokens
        return [build(text, first(text, start), end, list(inner))]

    return pp.Located(expression).set_parse_action(act)


def _node(kind: pp.ParserElement) -> Any:
    def build(text: str, start: int, end: int, tokens: list[Any]) -> tree.Node:
        return tree.Node(trimmed(text[start:end], kind), start, tokens[0])

    return _located(kind, build)


def _label(start: int) -> tree.Node:
    # Labels of our own for `[ … ]` and `( … )`, told apart by where these are written.
    return tree.Node(f"_:explained{start}", start, BNode(f"explained{start}"), "[]")


def _properties(subject: tree.Node, tokens: list[Any]) -> tuple[tree.Pattern, ...]:
    """Patterns of `verb objects ; verb objects`, tokens being verbs and lists of objects."""
    patterns: list[tree.Pattern] = []
    for verb, objects in zip(tokens[::2], tokens[1::2], strict=True):
        for number, item in enumerate(objects):
            start = verb.start if number == 0 else item.node.start
            if number == 0 and not patterns:
                start = min(subject.start, start)
            patterns.append(tree.Pattern(subject, verb, item.node, start))
            patterns += item.inner
    return tuple(patterns)


def _blank(_: str, start: int, __: int, tokens: list[Any]) -> _Tree:
    node = _label(start)
    return _Tree(node, _properties(node, tokens))


def _collection(_: str, start: int, __: int, tokens: list[Any]) -> _Tree:
    patterns: list[tree.Pattern] = []
    for number, item in enumerate(tokens):
        cell = _label(start if number == 0 else item.node.start)
        more = tokens[number + 1 : number + 2]
        rest = _label(more[0].node.start) if more else _term(RDF.nil, start)
        patterns.append(tree.Pattern(cell, _term(RDF.first, start), item.node, item.node.start))
        patterns += item.inner
        patterns.append(tree.Pattern(cell, _term(RDF.rest, start), rest, item.node.start))
    return _Tree(_label(start), tuple(patterns))


def _term(iri: Any, start: int) -> tree.Node:
    return tree.Node(f"<{iri}>", start, iri, f"rdf:{str(iri).rpartition('#')[2]}")


def _same_subject(_: str, __: int, ___: int, tokens: list[Any]) -> list[tree.Pattern]:
    subject, *rest = tokens
    if isinstance(subject, _Tree):
        return [*subject.inner, *_properties(subject.node, rest)]
    return list(_properties(subject, rest))


def _group(text: str, start: int, end: int, tokens: list[Any]) -> tree.Group:
    flat: list[tree.Element] = []
    for token in tokens:
        flat += token if isinstance(token, list) else [token]
    return tree.Group(text[start:end].rstrip(), start, tuple(flat))


def _union(text: str, start: int, end: int, tokens: list[Any]) -> tree.Element:
    if len(tokens) == 1:
        group: tree.Group = tokens[0]
        return group
    return tree.Union(text[start:end].rstrip(), start, tuple(tokens))


def _filter(text: str, start: int, end: int, tokens: list[Any]) -> tree.Filter:
    return tree.Filter(text[start:end].rstrip(), start, tokens)


def _bind(text: str, start: int, end: int, tokens: list[Any]) -> tree.Bind:
    (bind,) = tokens
    return tree.Bind(text[start:end].rstrip(), start, bind.expr, str(bind.var))


def _graph(text: str, start: int, end: int, tokens: list[Any]) -> tree.Graph:
    return tree.Graph(text[start:end].rstrip(), start, *tokens)


def _optional(text: str, start: int, end: int, tokens: list[Any]) -> tree.Optional:
    return tree.Optional(text[start:end].rstrip(), start, *tokens)


def _minus(text: str, start: int, end: int, tokens: list[Any]) -> tree.Minus:
    return tree.Minus(text[start:end].rstrip(), start, *tokens)


def _sub_select(text: str, start: int, end: int, tokens: list[Any]) -> tree.SubSelect:
    head, group, tail, *values = tokens
    return tree.SubSelect(text[start:end].rstrip(), start, head, _with(group, values), tail)


def _with(group: tree.Group, values: list[tree.Values]) -> tree.Group:
    """A WHERE joined with the VALUES after it: the same solutions, before any modifier."""
    return tree.Group(group.text, group.start, (*group.elements, *values)) if values else group


@cache
def _grammar() -> pp.ParserElement:
    term, verb = _node(rdf.VarOrTerm), _node(rdf.VerbPath | rdf.VerbSimple)
    graph_name = _node(rdf.VarOrIri)
    item = pp.Forward()
    objects = pp.Group(item + pp.ZeroOrMore(pp.Suppress(",") + item)).set_parse_action(
        lambda tokens: [list(tokens[0])]
    )
    pair = verb + objects
    properties = pair + pp.ZeroOrMore(pp.Suppress(";") + pp.Optional(pair))
    open_, close = pp.Suppress("("), pp.Suppress(")")
    nested = _located(open_ + pp.OneOrMore(item) + close, _collection) | _located(
        pp.Suppress("[") + properties + pp.Suppress("]"), _blank
    )
    item <<= term.copy().add_parse_action(lambda tokens: [_Tree(tokens[0])]) | nested
    same = _located(term + properties | nested + pp.Optional(properties), _same_subject)
    block = same + pp.ZeroOrMore(pp.Suppress(".") + pp.Optional(same))
    group = pp.Forward()
    values = values_block()
    other = (
        _located(group + pp.ZeroOrMore(pp.Suppress(_WORD("UNION")) + group), _union)
        | _located(pp.Suppress(_WORD("OPTIONAL")) + group, _optional)
        | _located(pp.Suppress(_WORD("MINUS")) + group, _minus)
        | _located(pp.Suppress(_WORD("GRAPH")) + graph_name + group, _graph)
        | _located(pp.Suppress(_WORD("FILTER")) + rdf.Constraint, _filter)
        | _located(rdf.Bind, _bind)
        | values
    )
    where = pp.Suppress(pp.Optional(_WORD("WHERE"))) + group
    tail = modifiers() + pp.Optional(values)
    sub_select = _located(selection() + where + tail, _sub_select)
    plain = pp.Optional(block) + pp.ZeroOrMore(
        other + pp.Suppress(pp.Optional(".")) + pp.Optional(block)
    )
    group <<= _located(pp.Suppress("{") + (sub_select | plain) + pp.Suppress("}"), _group)
    triples = _located(pp.Suppress("{") + pp.Optional(block) + pp.Suppress("}"), _group)
    dataset = pp.Group(pp.ZeroOrMore(pp.Located(rdf.DatasetClause)))
    targets = pp.Group(pp.OneOrMore(graph_name) | pp.Suppress("*"))
    forms = (
        selection() + dataset + where + tail
        | _WORD("CONSTRUCT") + triples + dataset + where + tail
        | _WORD("CONSTRUCT") + dataset + pp.Suppress(_WORD("WHERE")) + triples + tail
        | _WORD("DESCRIBE") + targets + dataset + pp.Optional(where) + tail
        | _WORD("ASK") + dataset + where + tail
    )
    whole: pp.ParserElement = prologue() + forms
    # The very object that rdflib's productions ignore: theirs are left as they are.
    return whole.ignore(_COMMENT).parse_with_tabs()


def _query(text: str, tokens: list[Any], base: str) -> tree.Query:
    """The query of the tokens, in whichever order its form has them."""
    opening, first, *rest = tokens
    head = first if isinstance(first, tree.Projection) else None
    form = "SELECT" if head else str(first).upper()
    tail = next(token for token in rest if isinstance(token, tree.Modifiers))
    found = [token for token in rest if isinstance(token, tree.Group)]
    values = [token for token in rest if isinstance(token, tree.Values)]
    lists = [token for token in rest if isinstance(token, list)]
    group = found[-1] if found else tree.Group("{}", tail.start, ())
    template: tuple[tree.Pattern, ...] | None = None
    if form == "CONSTRUCT":
        template = tuple(e for e in found[0].elements if isinstance(e, tree.Pattern))
    graphs, named = _dataset(text, lists[-1])
    opening_text, prefixes, own_base = opening
    return tree.Query(
        text=text,
        prologue=opening_text,
        prefixes=prefixes,
        base=own_base or base,
        form=form,
        head=head,
        targets=tuple(lists[0]) if form == "DESCRIBE" else (),
        template=template,
        dataset="\n".join(text[start:end].strip() for start, _, end in _threes(lists[-1])),
        graphs=graphs,
        named=named,
        group=_with(group, values),
        modifiers=tail,
    )


def _dataset(text: str, tokens: list[Any]) -> tuple[tuple[tree.Node, ...], tuple[tree.Node, ...]]:
    graphs: list[tree.Node] = []
    named: list[tree.Node] = []
    for start, clause, end in _threes(tokens):
        parsed: CompValue = clause[0]
        iri = parsed.default if parsed.default is not None else parsed.named
        written = text[start:end].split()[-1]
        (graphs if parsed.default is not None else named).append(tree.Node(written, start, iri))
    return tuple(graphs), tuple(named)


def _threes(tokens: list[Any]) -> list[tuple[int, Any, int]]:
    return list(zip(tokens[::3], tokens[1::3], tokens[2::3], strict=True))
