"""OpenAPI 3.1 from the rules of the application, their docstrings, and the saved queries.

Source: https://spec.openapis.org/oas/v3.1.1 (OpenAPI Initiative, Apache-2.0), read 2026-11-24.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from werkzeug.routing import Map, Rule

from essgraph import __version__
from essgraph.queries import SavedQuery
from essgraph.web import negotiate, problems
from essgraph.web.openapi.said import GEOJSON, HTML, PARAMETERS, SAID, XLSX, Said

Members: TypeAlias = dict[str, Any]
Route: TypeAlias = tuple[str, str, Members]
"""A path, a method in lower case, and the operation."""

_OUTSIDE = ("assets",)
"""Blueprints that are no part of the interface."""

_METHODS = ("get", "put", "post", "delete", "patch")
"""Those that OpenAPI 3.1 has a place for: QUERY is not yet among them."""

_PART = re.compile(r"<(?:(?P<converter>\w+)(?:\((?P<values>[^)]*)\))?:)?(?P<name>\w+)>")
_ERRORS = {"400": "The request cannot be read.", "404": "There is nothing of that name."}
_QUERY_ERRORS = {
    **_ERRORS,
    "406": "The answer has no such format.",
    "503": "Too many queries at a time; try again.",
    "504": "The query took too long.",
}
_TAGS = {
    "browse": "Search and lists of entities.",
    "entity": "Entities: pages and RDF.",
    "explore": "Entities by facets.",
    "suggest": "Suggestions as one types.",
    "queries": "Saved queries, each with its parameters.",
    "sparql": "The SPARQL 1.1 Protocol, and what its form asks.",
    "graphs": "The SPARQL 1.1 Graph Store HTTP Protocol.",
    "terms": "Ontology, schemes and shapes.",
    "maps": "Maps and outlines.",
    "changes": "What was written.",
    "validation": "What the rules found.",
    "site": "The server itself: health, pictures, crawlers, this document.",
}
_TAG_OF = {"saved": "queries", "completion": "sparql", "neighbourhood": "entity"}


def document(server: str, routes: Iterable[Route], home: str) -> Members:
    """The whole document: operations by path and method."""
    paths: dict[str, Members] = {}
    for path, method, operation in sorted(routes, key=lambda route: route[:2]):
        paths.setdefault(path, {})[method] = operation
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "essgraph",
            "version": __version__,
            "summary": "French local policies for the social and solidarity economy, as RDF.",
            "description": "Every answer may be read from any site (CORS) and has an entity tag "
            "where it may be kept. HEAD works wherever GET does. `/sparql` takes QUERY as well.",
        },
        "externalDocs": {"url": home, "description": "The ontology"},
        "servers": [{"url": server}],
        "tags": [{"name": name, "description": told} for name, told in _TAGS.items()],
        "paths": paths,
        "components": {
            "parameters": {
                name: {"name": name, "in": "query", **said} for name, said in PARAMETERS.items()
            },
            "schemas": {"Problem": _PROBLEM},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def routes(rules: Map, views: Mapping[str, Callable[..., Any]]) -> Iterator[Route]:
    """An operation for each route and method of the application."""
    for rule in rules.iter_rules():
        blueprint = rule.endpoint.partition(".")[0]
        if blueprint in _OUTSIDE:
            continue
        said = SAID.get(rule.endpoint, Said((HTML,)))
        path = _PART.sub(r"{\g<name>}", rule.rule)
        tag = _TAG_OF.get(blueprint, blueprint if blueprint in _TAGS else "site")
        for method in _METHODS:
            if method.upper() in (rule.methods or ()):
                summary = (views[rule.endpoint].__doc__ or rule.endpoint).partition("\n")[0]
                yield path, method, _operation(rule, method, said, summary, tag)


def saved(queries: Iterable[tuple[SavedQuery, Members, Sequence[str]]]) -> Iterator[Route]:
    """Two operations for each saved query: its page, and its data in a format."""
    for query, told, suffixes in queries:
        own = [
            {
                "name": param["name"],
                "in": "query",
                "description": param["description"]["en"],
                "schema": param["schema"],
                "example": param["schema"]["default"],
            }
            for param in told["parameters"]
        ]
        release = {"$ref": "#/components/parameters/release"}
        shared: Members = {
            "tags": ["queries"],
            "description": query.descriptions.get("en", query.titles["en"]),
        }
        if "example" in told:
            shared["x-example"] = told["example"]
        yield (
            f"/queries/{query.name}",
            "get",
            {
                **shared,
                "operationId": f"page-{query.name}",
                "summary": query.titles["en"],
                "parameters": [*own, release],
                "responses": _responses((HTML, *_media_types(suffixes)), 200, _QUERY_ERRORS),
            },
        )
        suffix = {
            "name": "suffix",
            "in": "path",
            "required": True,
            "description": "The format.",
            "schema": {"type": "string", "enum": list(suffixes)},
        }
        yield (
            f"/queries/{query.name}.{{suffix}}",
            "get",
            {
                **shared,
                "operationId": f"data-{query.name}",
                "summary": f"{query.titles['en']}, as data",
                "parameters": [suffix, *own, release],
                "responses": _responses(_media_types(suffixes), 200, _QUERY_ERRORS),
            },
        )


def _operation(rule: Rule, method: str, said: Said, summary: str, tag: str) -> Members:
    sent = [{"$ref": f"#/components/parameters/{name}"} for name in said.parameters]
    errors = _QUERY_ERRORS if tag in ("queries", "sparql") else _ERRORS
    found: Members = {
        "tags": [tag],
        "operationId": f"{method}-{rule.endpoint}",
        "summary": summary,
        "parameters": [*_path_parameters(rule), *sent],
        "responses": _responses(said.answers, said.status, errors),
    }
    if said.bodies and method in ("post", "put"):
        found["requestBody"] = {
            "required": True,
            "content": {media_type: {} for media_type in said.bodies},
        }
    if said.bearer:
        found["security"] = [{"token": []}, *([{}] if said.bearer == "optional" else [])]
        found["responses"]["401"] = _problem("This needs a token.")
    return found


def _path_parameters(rule: Rule) -> list[Members]:
    found = []
    for part in _PART.finditer(rule.rule):
        schema: Members = {"type": "integer" if part["converter"] == "int" else "string"}
        if part["converter"] == "any":
            schema["enum"] = [value.strip() for value in part["values"].split(",")]
        found.append({"name": part["name"], "in": "path", "required": True, "schema": schema})
    return found


def _responses(answers: Sequence[str], status: int, errors: Mapping[str, str]) -> Members:
    success: Members = {"description": "See the other address." if status == 303 else "As asked."}
    if answers:
        success["content"] = {media_type: {} for media_type in answers}
    found: Members = {str(status): success}
    if status == 200:
        found["304"] = {"description": "The client has it already."}
    return found | {code: _problem(told) for code, told in errors.items()}


def _problem(told: str) -> Members:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": told, "content": {problems.MEDIA_TYPE: {"schema": schema}}}


def _media_types(suffixes: Sequence[str]) -> list[str]:
    known = {offer.name: offer.media_type for offer in (*negotiate.GRAPHS, *negotiate.RESULTS)}
    if "ttl" in suffixes:
        known |= {offer.name: offer.media_type for offer in negotiate.GRAPHS}
    known["xlsx"] = XLSX
    return [known.get(suffix, GEOJSON) for suffix in suffixes]


_PROBLEM: Members = {
    "description": "Problem details (RFC 9457).",
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
    },
}
