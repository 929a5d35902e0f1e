"""A small site that may be written to, and a client of it."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from essgraph import build, writes
from essgraph.config import Settings
from essgraph.tokens import Tokens
from essgraph.web import create_app
from essgraph.web.context import context_of
from tests.http.release import FIXTURES
from tests.writing import site

AGENT = "Amina"
GRAPHS = "https://w3id.org/essgraph/graph/"


@dataclass(frozen=True)
class Site:
    """A served home, and the secrets of a token for writing and of one for queries."""

    settings: Settings
    client: FlaskClient
    secret: str
    asks_only: str

    def ask(
        self,
        method: str,
        address: str,
        data: bytes | str | Mapping[str, object] | None = None,
        content_type: str | None = None,
        **headers: str,
    ) -> TestResponse:
        """A request with the token for writing; `If_Match` is the header If-Match."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.open(
            address,
            method=method,
            data=data,
            content_type=content_type,
            headers={"Authorization": f"Bearer {self.secret}", **sent},
        )

    def update(self, text: str, address: str = "/sparql", **headers: str) -> TestResponse:
        """A SPARQL Update, sent directly."""
        return self.ask("POST", address, text, "application/sparql-update", **headers)

    def truth(self, pattern: str) -> bool:
        """Whether the union of all graphs has a solution of a pattern."""
        answer = self.client.get("/sparql", query_string={"query": f"ASK {{ {pattern} }}"})
        return bool(answer.get_json(force=True)["boolean"])


def built(folder: Path) -> Settings:
    """A small site with one build; its home is to be copied."""
    settings = replace(site(folder), queries_dir=FIXTURES / "web" / "queries")
    build.build(settings)
    return settings


def opened(settings: Settings, home: Path, **more: object) -> Site:
    """A copy of a home, served; its writes are made in this process."""
    shutil.copytree(settings.home, home, symlinks=True)
    chosen = replace(settings, home=home, **more)  # type: ignore[arg-type]  # by their names
    app = create_app(chosen)
    app.extensions["essgraph"] = replace(context_of(app), write=writes.write)
    tokens = Tokens(home)
    return Site(
        chosen,
        app.test_client(),
        tokens.create(AGENT, "write"),
        tokens.create("Brice", "query"),
    )
