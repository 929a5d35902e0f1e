"""What a query hardly means, told from its text alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rdflib import Literal as ParsedLiteral
from rdflib import Variable
from rdflib.plugins.sparql.parserutils import CompValue

from essgraph.explain import tree
from essgraph.explain.binding import mentioned, possible
from essgraph.explain.model import Place, Warn, place_of
from essgraph.explain.uses import Terms, unwrapped
from essgraph.vocab import XSD

_TEXT = frozenset(
    f"Builtin_{name}"
    for name in (
        *("STR", "LANG", "CONCAT", "SUBSTR", "UCASE", "LCASE", "REPLACE"),
        *("STRBEFORE", "STRAFTER", "ENCODE_FOR_URI", "STRUUID", "TZ", "MD5", "SHA1", "SHA256"),
    )
)
_NUMBER = frozenset(
    f"Builtin_{name}"
    for name in (
        *("STRLEN", "ABS", "CEIL", "FLOOR", "ROUND", "RAND"),
        *("YEAR", "MONTH", "DAY", "HOURS", "MINUTES", "SECONDS"),
    )
)
_NUMBERS = frozenset(
    XSD + kind for kind in ("integer", "decimal", "double", "float", "int", "long", "short")
)
_ORDER = ("=", "!=", "<", ">", "<=", ">=")


def warnings_of(query: tree.Query) -> tuple[Warn, ...]:
    """What is doubtful in a query, in reading order."""
    found = [
        *_in_group(query, query.group),
        *_unbound_projection(query),
        *_compared(query),
    ]
    return tuple(sorted(found, key=lambda warn: (warn.place.line, warn.place.column)))


def _in_group(query: tree.Query, group: tree.Group) -> Iterator[Warn]:
    """Warnings of a group and of those inside it; each group is joined on its own."""
    yield from _cartesian(query, group)
    yield from _unbound_filters(query, group)
    for element in group.elements:
        for inner in tree.groups(element):
            yield from _in_group(query, inner)


def _cartesian(query: tree.Query, group: tree.Group) -> Iterator[Warn]:
    """Parts of a group that share no variable, directly, through others or through a filter.

    A part of constants only, or of VALUES alone, multiplies nothing that matters.
    """
    parts: list[tuple[frozenset[str], list[tree.Element]]] = []
    for element in group.elements:
        names = mentioned(element)
        if isinstance(element, tree.Minus) or not names:
            continue
        near = [part for part in parts if part[0] & names]
        parts = [part for part in parts if part not in near]
        merged = names.union(*(part[0] for part in near))
        members = [member for part in near for member in part[1]]
        parts.append((merged, [*members, element]))
    heavy = [
        first
        for _, members in parts
        if (first := next((m for m in members if _multiplies(m)), None)) is not None
    ]
    if len(heavy) > 1:
        heavy.sort(key=lambda element: element.start)
        places = tuple(_place(query, element) for element in heavy)
        yield Warn("cartesian", places[1], parts=places)


def _multiplies(element: tree.Element) -> bool:
    return isinstance(
        element,
        tree.Pattern | tree.Graph | tree.Group | tree.Optional | tree.Union | tree.SubSelect,
    ) and bool(possible(element))


def _unbound_filters(query: tree.Query, group: tree.Group) -> Iterator[Warn]:
    """Filters whose variable nothing in their group binds; inside OPTIONAL, nothing outside."""
    bound = possible(group)
    outer = _outer_names(query.group, group)
    for element in group.elements:
        if isinstance(element, tree.Filter):
            free = _tested(element.value) - bound - outer
            if free:
                names = tuple(sorted(f"?{name}" for name in free))
                yield Warn("unbound-filter", _place(query, element), names)


def _outer_names(whole: tree.Group, group: tree.Group) -> frozenset[str]:
    """What a filter sees beside its own group: OPTIONAL's sees what it completes."""
    for element in tree.elements(whole):
        for inner in tree.groups(element):
            for found in inner.elements:
                if isinstance(found, tree.Optional) and found.group is group:
                    return possible(inner)
    for found in whole.elements:
        if isinstance(found, tree.Optional) and found.group is group:
            return possible(whole)
    return frozenset()


def _tested(value: Any) -> frozenset[str]:
    """The variables that a filter needs bound: not those of EXISTS, BOUND or COALESCE."""
    if isinstance(value, Variable):
        return frozenset({str(value)})
    if isinstance(value, CompValue):
        if value.name in (
            "Builtin_EXISTS",
            "Builtin_NOTEXISTS",
            "Builtin_BOUND",
            "Builtin_COALESCE",
        ):
            return frozenset()
        return frozenset().union(*map(_tested, value.values()))
    if not isinstance(value, str) and hasattr(value, "__iter__"):
        return frozenset().union(*map(_tested, value))
    return frozenset()


def _unbound_projection(query: tree.Query) -> Iterator[Warn]:
    """Variables that a SELECT gives and its WHERE never binds."""
    heads = [(query.head, query.group, query.modifiers)] if query.head else []
    heads += [
        (element.head, element.group, element.modifiers)
        for element in tree.elements(query.group)
        if isinstance(element, tree.SubSelect)
    ]
    for head, group, modifiers in heads:
        named = frozenset(str(part.var) for part in _group_names(modifiers))
        bound = possible(group) | named
        for node in head.plain:
            if not node.names <= bound:
                shown = place_of(query.text, node.start, node.text, "projection")
                yield Warn("unbound-projection", shown, (node.text,))


def _group_names(modifiers: tree.Modifiers) -> Iterator[Any]:
    for part in tree.walk(modifiers.values):
        if isinstance(part, CompValue) and part.name == "GroupAs" and part.var is not None:
            yield part


def _compared(query: tree.Query) -> Iterator[Warn]:
    """Comparisons of what is always a string with what is always a number."""
    terms = Terms(query)
    places = [
        *(
            (element.value, element.start, element.text)
            for element in tree.elements(query.group)
            if isinstance(element, tree.Filter | tree.Bind)
        ),
        (query.modifiers.values, query.modifiers.start, query.modifiers.having),
    ]
    for value, start, shown in places:
        for part in tree.walk(value):
            if not isinstance(part, CompValue) or part.name != "RelationalExpression":
                continue
            if str(part.op) not in _ORDER:
                continue
            kinds = {_kind(terms, unwrapped(part.expr)), _kind(terms, unwrapped(part.other))}
            if kinds == {"text", "number"}:
                yield Warn("string-number", place_of(query.text, start, shown, "filter"))


def _kind(terms: Terms, value: Any) -> str:
    """Whether an expression is always a text or a number, "" when it depends."""
    if isinstance(value, CompValue) and value.name in _TEXT:
        return "text"
    if isinstance(value, CompValue) and (
        value.name in _NUMBER or value.name in ("AdditiveExpression", "MultiplicativeExpression")
    ):
        return "number"
    if isinstance(value, CompValue | ParsedLiteral):
        literal = terms.literal(value)
        if literal is None:
            return ""
        datatype = literal.datatype.value
        if datatype == XSD + "string" or literal.language:
            return "text"
        return "number" if datatype in _NUMBERS else ""
    return ""


def _place(query: tree.Query, element: tree.Element) -> Place:
    shown = element.shown if isinstance(element, tree.Pattern) else element.text
    return place_of(query.text, element.start, shown, type(element).__name__.lower())
