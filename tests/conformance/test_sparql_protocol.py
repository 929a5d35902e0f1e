"""The endpoint and the graph store, over HTTP, by the independent checker beside the repository.

The server is a real one of a small release, which may be written to with a token.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.http.serving import serving
from tests.http.writable import built

from essgraph.tokens import Tokens

_REPOSITORY = Path(__file__).parents[2]
_ENGINE = "the engine keeps values, not lexical forms or derived types (allowed: RDF 1.1, 3.3)"
_GRAPHS = "http://example.org/ urn:uuid:"
"""Where the checker makes graphs."""

KNOWN_FAILURES = {
    "results.lexical-form-kept": _ENGINE,
    "results.derived-datatype-kept": _ENGINE,
}
"""Check, all at level extra -> why it fails."""

NOT_TRIED = {
    "gsp.default.put-get-post-head-delete": "the default graph is the union of all: not written",
    "gsp.default.put-leaves-named-graphs": "the default graph is the union of all: not written",
    "update.query-url-refuses-update": "queries and updates share an address",
}
"""Check -> why it does not apply."""

_LINE = re.compile(r"^(ok|FAIL|skip) +\w+ +(\S+)", re.MULTILINE)


@pytest.fixture(scope="module", name="checker")
def _checker() -> Path:
    shared = Path(os.environ.get("CONFORMANCE_SHARED", _REPOSITORY.parent / "shared"))
    checker = shared / "conformance" / "sparql_protocol_check.py"
    if not checker.is_file():
        pytest.skip(f"NO CONFORMANCE CHECK OF THE PROTOCOLS: no {checker}: set CONFORMANCE_SHARED")
    return checker


@pytest.fixture(scope="module", name="address")
def _address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """A server that may be written to, and a token for it."""
    settings = replace(built(tmp_path_factory.mktemp("protocol")), writable_graphs=_GRAPHS)
    token = Tokens(settings.home).create("checker", "write")
    with serving(settings) as (address, _):
        yield address, token


@pytest.mark.parametrize(
    ("chosen", "least"),
    [("^(?!gsp|update)", 280), ("^(gsp|update)", 60)],
    ids=["query and description", "update and graph store"],
)
def test_protocols_fail_only_where_we_say(
    checker: Path, address: tuple[str, str], chosen: str, least: int
) -> None:
    """Every check passes but those listed, each with its reason."""
    base, token = address
    command = [sys.executable, str(checker), f"{base}/sparql", "--only", chosen, "--token", token]
    command += ["--update-url", f"{base}/sparql", "--gsp-url", f"{base}/graphs", "--keep-default"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    results = dict(reversed(found) for found in _LINE.findall(done.stdout))
    tried = {name: result for name, result in results.items() if result != "skip"}

    assert len(tried) >= least, done.stdout + done.stderr
    assert results.keys() - tried.keys() == {name for name in NOT_TRIED if name in results}
    failed = {name for name, result in tried.items() if result == "FAIL"}
    assert failed == {name for name in KNOWN_FAILURES if name in tried}, done.stdout
