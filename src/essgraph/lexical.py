"""Typed terms from text: what a visitor or a command line writes for a parameter."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from essgraph.vocab import XSD, Names

Term = NamedNode | BlankNode | Literal | Triple

_SHORT = re.compile(r"(?P<kind>[a-z][a-z-]*)/(?P<key>[^/]+)")
_PREFIXED = re.compile(r"(?P<prefix>[a-z][a-z0-9]*):(?P<local>[^/].*)")
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:.+")
_DIGITS = "[0-9]"


def typed(text: str, example: Term, names: Names) -> NamedNode | Literal:
    """The term that `text` writes, of the same type as `example`.

    An IRI may be whole, prefixed (`ess:Initiative`), an entity's `kind/key`
    (`commune/05065`) or `scheme/name/concept`. A literal keeps the datatype or the language
    of the example.
    Raises: ValueError saying what was expected.
    """
    if isinstance(example, NamedNode):
        return _iri(text.strip(), names)
    if not isinstance(example, Literal):
        raise ValueError("only IRIs and literals can be given")
    if example.language:
        return Literal(text, language=example.language)
    local = example.datatype.value.removeprefix(XSD)
    if local == "string":
        return Literal(text)
    check = _CHECKS.get(local)
    value = text.strip()
    if check is not None:
        expected, accept = check
        if not accept(value):
            raise ValueError(f"expected {expected}")
    return Literal(value, datatype=example.datatype)


def _iri(text: str, names: Names) -> NamedNode:
    if short := _SHORT.fullmatch(text):
        return names.entity(short["kind"], short["key"])
    if text.startswith("scheme/"):
        return _checked(names.base + text)
    prefixed = _PREFIXED.fullmatch(text)
    if prefixed and prefixed["prefix"] in names.prefixes:
        return _checked(names.prefixes[prefixed["prefix"]] + prefixed["local"])
    if text.startswith("<") and text.endswith(">"):
        text = text[1:-1]
    if not _ABSOLUTE.fullmatch(text):
        raise ValueError("expected an IRI, a prefixed name, or kind/key such as commune/05065")
    return _checked(text)


def _checked(text: str) -> NamedNode:
    try:
        return NamedNode(text)
    except ValueError as error:
        raise ValueError(f"not an IRI: {error}") from error


def _is_date(text: str) -> bool:
    if not re.fullmatch(rf"{_DIGITS}{{4}}-{_DIGITS}{{2}}-{_DIGITS}{{2}}", text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _is_instant(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return "T" in text


def _matches(pattern: str) -> Callable[[str], bool]:
    return lambda text: re.fullmatch(pattern, text) is not None


_NUMBER = rf"[+-]?({_DIGITS}+(\.{_DIGITS}*)?|\.{_DIGITS}+)"
# The engine turns xsd:int and its like into xsd:integer, so that examples are never of them.
_CHECKS: dict[str, tuple[str, Callable[[str], bool]]] = {
    "boolean": ("true or false", _matches("true|false|0|1")),
    "date": ("a day such as 2010-03-31", _is_date),
    "dateTime": ("an instant such as 2010-03-31T12:00:00Z", _is_instant),
    "decimal": ("a number with a decimal point, such as 12.5", _matches(_NUMBER)),
    "double": ("a number such as 12.5 or 1e3", _matches(rf"{_NUMBER}([eE][+-]?{_DIGITS}+)?")),
    "gYear": ("a year such as 2010", _matches(rf"{_DIGITS}{{4}}")),
    "gYearMonth": ("a month such as 2010-03", _matches(rf"{_DIGITS}{{4}}-(0[1-9]|1[0-2])")),
    "integer": ("a whole number", _matches(rf"[+-]?{_DIGITS}{{1,18}}")),
}
