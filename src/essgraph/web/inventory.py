"""The saved queries as machines read them: parameters with their types, addresses, examples."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias

from flask import url_for
from pyoxigraph import Literal, NamedNode

from essgraph import examples, vocab
from essgraph.errors import NotFound
from essgraph.examples import Example
from essgraph.lexical import Term
from essgraph.queries import BOUNDS, Param, SavedQuery
from essgraph.vocab import LANGUAGES
from essgraph.web import negotiate, text, workbook
from essgraph.web.context import names, opened

Members: TypeAlias = dict[str, Any]

GEOJSON = "geojson"
"""The format of places, besides those that are negotiated."""

TABLES = tuple(offer.name for offer in negotiate.RESULTS)
GRAPHS = tuple(offer.name for offer in negotiate.GRAPHS)
SUFFIXES = (*dict.fromkeys((*TABLES, *GRAPHS)), GEOJSON, workbook.XLSX.name)
"""What may end the address of a query's data."""

PLACED = frozenset(
    {
        *("commune", "commune-deleguee", "commune-associee", "arrondissement-municipal"),
        *("epci", "departement", "region", "collectivite-outre-mer", "country", "place"),
        *("initiative", "event"),
    }
)
"""Kinds of entities that have a point, or places that have one."""

_TYPES: dict[str, Members] = {
    vocab.XSD + "integer": {"type": "integer"},
    vocab.XSD + "decimal": {"type": "number"},
    vocab.XSD + "double": {"type": "number"},
    vocab.XSD + "boolean": {"type": "boolean"},
    vocab.XSD + "date": {"type": "string", "format": "date"},
}


_ASKED_FIRST = (
    *("initiatives-near-commune", "initiatives-of-region", "initiatives"),
    *("initiatives-by-instrument", "partners-by-type", "prize-money", "survey-answers"),
    *("commune-card", "epci-of-commune", "communes-near", "officials-of-territory"),
    *("mandates-of-person", "in-office-at", "network-members", "figures"),
)


def asked_first(queries: Iterable[SavedQuery]) -> list[SavedQuery]:
    """Queries in the order in which people ask them; those that few ask last, as they came."""
    places = {name: place for place, name in enumerate(_ASKED_FIRST)}
    return sorted(queries, key=lambda query: places.get(query.name, len(places)))


def written(term: Term) -> str:
    """A term as the text of a parameter: IRIs short, such as `commune/05065`."""
    if isinstance(term, NamedNode):
        return text.short(term.value)
    return term.value if isinstance(term, Literal) else str(term)


def kind(param: Param) -> str | None:
    """The kind of entity that a parameter is about; None for concepts and literals."""
    if not isinstance(param.example, NamedNode):
        return None
    try:
        return names().entity_parts(param.example.value)[0]
    except NotFound:
        return None


def scheme(param: Param) -> NamedNode | None:
    """The scheme of the concepts that a parameter is about; None for the others."""
    head = f"{names().base}scheme/"
    if not isinstance(param.example, NamedNode) or not param.example.value.startswith(head):
        return None
    return NamedNode(head + param.example.value.removeprefix(head).partition("/")[0])


def schema(param: Param) -> Members:
    """The JSON schema of a parameter's text, with its example."""
    example = param.example
    datatype = example.datatype.value if isinstance(example, Literal) else ""
    found: Members = dict(_TYPES.get(datatype, {"type": "string"}))
    if param.name == "lang":
        found["enum"] = list(LANGUAGES)
    if param.is_size:
        found["minimum"] = 0
    if param.name in BOUNDS:
        least, most = BOUNDS[param.name]
        found |= {"minimum": least, "maximum": most}
    value = written(example)
    reader = {"integer": int, "number": float}.get(found["type"])
    found["default"] = reader(value) if reader else value
    return found


def formats(query: SavedQuery) -> tuple[str, ...]:
    """The suffixes under which a query has an answer."""
    if query.form == "CONSTRUCT":
        return GRAPHS
    tables = (*TABLES, workbook.XLSX.name)
    return (*tables, GEOJSON) if _may_be_placed(query) else tables


def _may_be_placed(query: SavedQuery) -> bool:
    """Whether a column of a query is named after what has a place."""
    told = {"territory", "place", "near", "neighbour", "member", "wkt", "latitude"}
    return bool(set(query.columns) & (PLACED | told))


def example_of(query: SavedQuery) -> Example | None:
    """What became of a query when its examples were last run; None if they were not."""
    return _examples(opened().release.path).get(query.name)


@lru_cache(maxsize=4)
def _examples(release: Path) -> dict[str, Example]:
    return examples.read(release)


def described(query: SavedQuery) -> Members:
    """A saved query, as the index lists it."""
    found: Members = {
        "name": query.name,
        "title": dict(query.titles),
        "description": dict(query.descriptions),
        "theme": query.theme,
        "form": query.form,
        "columns": list(query.columns),
        "layers": list(query.layers),
        "parameters": [
            {"name": param.name, "description": dict(param.texts), "schema": schema(param)}
            for param in query.params
        ],
        "page": url_for("saved.page", name=query.name, lang=None, _external=True),
        "data": {
            suffix: url_for("saved.data", name=query.name, suffix=suffix, lang=None, _external=True)
            for suffix in formats(query)
        },
    }
    verified = example_of(query)
    if verified is not None:
        found["example"] = {
            "state": verified.state,
            "expected": verified.expected,
            "rows": verified.rows,
            "milliseconds": verified.ms,
            "release": verified.release,
            "reason": verified.reason,
        }
    return found
