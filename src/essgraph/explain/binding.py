"""Which names each pattern shares with its neighbours, may bind, and surely binds."""

from __future__ import annotations

from essgraph.explain.tree import (
    Bind,
    Element,
    Filter,
    Graph,
    Group,
    Minus,
    Optional,
    Pattern,
    SubSelect,
    Union,
    Values,
    names_in,
)


def mentioned(element: Element) -> frozenset[str]:
    """Every name by which an element hangs together with its neighbours."""
    match element:
        case Pattern():
            return element.subject.names | element.verb.names | element.object.names
        case Filter():
            return frozenset(names_in(element.value))
        case Bind():
            return frozenset((*names_in(element.value), element.variable))
        case Values():
            return frozenset(element.variables)
        case SubSelect():
            return projected(element)
        case Union():
            return frozenset().union(*map(mentioned, element.groups))
        case Graph():
            return mentioned(element.group) | element.term.names
        case Optional() | Minus():
            return mentioned(element.group)
        case Group():
            return frozenset().union(*map(mentioned, element.elements))


def possible(element: Element) -> frozenset[str]:
    """The names that an element may bind."""
    match element:
        case Filter() | Minus():
            return frozenset()
        case Bind():
            return frozenset({element.variable})
        case Union():
            return frozenset().union(*map(possible, element.groups))
        case Graph():
            return possible(element.group) | element.term.names
        case Optional():
            return possible(element.group)
        case Group():
            return frozenset().union(*map(possible, element.elements))
        case Pattern() | Values() | SubSelect():
            return mentioned(element)


def certain(element: Element) -> frozenset[str]:
    """The names that an element binds in each of its solutions."""
    match element:
        case Optional() | Filter() | Minus():
            return frozenset()
        case Values():
            return frozenset(element.variables) - element.undefined
        case Union():
            return frozenset.intersection(*map(certain, element.groups))
        case Graph():
            return certain(element.group) | element.term.names
        case Group():
            return frozenset().union(*map(certain, element.elements))
        case Pattern() | Bind() | SubSelect():
            return possible(element)


def projected(select: SubSelect) -> frozenset[str]:
    """The variables that a SELECT gives."""
    if select.head.variables is not None:
        return frozenset(select.head.variables)
    return frozenset(name for name in possible(select.group) if not name.startswith("_:"))
