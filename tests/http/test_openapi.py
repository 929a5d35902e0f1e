"""The OpenAPI document: valid, whole, and with the saved queries' types."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import validate

from essgraph.web.openapi.said import PARAMETERS, SAID


@pytest.fixture(name="document")
def _document(client: FlaskClient) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/openapi.json").get_json()
    return found


def test_the_document_is_valid(document: dict[str, Any]) -> None:
    """It is OpenAPI 3.1 by its schema, and names the server that it was asked of."""
    validate(document)

    assert document["openapi"].startswith("3.1")
    assert document["servers"] == [{"url": "http://localhost"}]


def test_every_route_is_described(app: Flask) -> None:
    """A route that is added has to say what it takes and answers; one that is gone has not."""
    routes = {rule.endpoint for rule in app.url_map.iter_rules()}

    assert set(SAID) == {name for name in routes if not name.startswith("assets.")}


def test_every_path_of_the_server_is_in_it(app: Flask, document: dict[str, Any]) -> None:
    """Whatever the application routes, outside static files, has its path and its methods."""
    operations = {
        operation["operationId"]
        for path in document["paths"].values()
        for operation in path.values()
    }
    methods = {"GET", "PUT", "POST", "DELETE"}

    assert {
        f"{method.lower()}-{rule.endpoint}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) & methods
        if not rule.endpoint.startswith("assets.")
    } <= operations


def test_each_parameter_that_is_named_is_described() -> None:
    """No route names a parameter that the document has no description of."""
    named = {name for said in SAID.values() for name in said.parameters}

    assert named - PARAMETERS.keys() == set()


def test_a_saved_query_has_its_typed_parameters(document: dict[str, Any]) -> None:
    """Each saved query is a path of its own, its parameters with type, meaning and example."""
    operation = document["paths"]["/queries/communes-of-a-departement.{suffix}"]["get"]
    suffix, departement, least, _ = operation["parameters"]

    assert "csv" in suffix["schema"]["enum"]
    assert departement["example"] == "departement/05"
    assert least["schema"] == {"type": "integer", "default": 0}
    assert "application/problem+json" in operation["responses"]["400"]["content"]


def test_a_write_needs_a_token(document: dict[str, Any]) -> None:
    """The methods that write say so."""
    assert document["paths"]["/graphs"]["put"]["security"] == [{"token": []}]
    assert "security" not in document["paths"]["/graphs"]["get"]


def test_the_document_is_kept(client: FlaskClient) -> None:
    """Who has it is told that it is the same."""
    first = client.get("/openapi.json")
    again = client.get("/openapi.json", headers={"If-None-Match": first.headers["ETag"]})

    assert again.status_code == 304
