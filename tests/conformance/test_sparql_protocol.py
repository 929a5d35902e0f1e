"""The endpoint and the graph store, over HTTP, by the independent checker beside the repository.

The server is a real one of a small release. The graph store takes no writes: each check of it that
has to write first fails for that one reason.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.http.release import FIXTURES, publish
from tests.http.serving import serving

from essgraph.config import Settings

_REPOSITORY = Path(__file__).parents[2]
_ENGINE = "the engine keeps values, not lexical forms or derived types (allowed: RDF 1.1, 3.3)"
_WRITES = "the graph store is read-only: PUT, POST and DELETE are 405 (GSP 5.1)"

KNOWN_FAILURES = {
    "results.lexical-form-kept": _ENGINE,
    "results.derived-datatype-kept": _ENGINE,
    **dict.fromkeys(
        (
            "gsp.bad-payload-400",
            "gsp.bad-post-adds-nothing",
            "gsp.bad-put-keeps-old-graph",
            "gsp.default.put-get-post-head-delete",
            "gsp.default.put-leaves-named-graphs",
            "gsp.delete",
            "gsp.delete-missing-404",
            "gsp.get",
            "gsp.get-as-ld+json",
            "gsp.get-as-n-triples",
            "gsp.get-as-rdf+xml",
            "gsp.get-as-turtle",
            "gsp.get-no-accept",
            "gsp.get-unacceptable-406",
            "gsp.graph-iri-decoded-once",
            "gsp.graph-iri-not-encoded",
            "gsp.head-existing",
            "gsp.head-has-the-type-of-get",
            "gsp.post-bnodes-kept-apart",
            "gsp.post-empty-is-noop",
            "gsp.post-merges",
            "gsp.post-multipart",
            "gsp.post-new-graph-created",
            "gsp.post-to-store-makes-graph",
            "gsp.put-as-ld+json",
            "gsp.put-as-n-triples",
            "gsp.put-as-rdf+xml",
            "gsp.put-as-turtle",
            "gsp.put-charset-param",
            "gsp.put-existing-200-or-204",
            "gsp.put-new-201",
            "gsp.put-without-type-is-rdfxml",
            "gsp.relative-graph-iri-400",
            "gsp.relative-iris-in-payload",
            "gsp.unicode-graph-iri",
            "gsp.unknown-type-415",
        ),
        _WRITES,
    ),
}
"""Check -> why it fails; what of it only reads is in tests/http/test_graphs.py."""

_LINE = re.compile(r"^(ok|FAIL|skip) +\w+ +(\S+)", re.MULTILINE)


@pytest.fixture(scope="module", name="checker")
def _checker() -> Path:
    shared = Path(os.environ.get("CONFORMANCE_SHARED", _REPOSITORY.parent / "shared"))
    checker = shared / "conformance" / "sparql_protocol_check.py"
    if not checker.is_file():
        pytest.skip(f"NO CONFORMANCE CHECK OF THE PROTOCOLS: no {checker}: set CONFORMANCE_SHARED")
    return checker


@pytest.fixture(scope="module", name="address")
def _address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("protocol")
    publish(home, "20260101T000000Z-aaaaaa")
    with serving(Settings(home=home, queries_dir=FIXTURES / "web" / "queries")) as (address, _):
        yield address


@pytest.mark.parametrize(
    ("chosen", "least"),
    [("^(?!gsp)", 280), ("^gsp", 40)],
    ids=["query and description", "graph store"],
)
def test_protocols_fail_only_where_we_say(
    checker: Path, address: str, chosen: str, least: int
) -> None:
    """Every check passes but those listed, each with its reason; those that skip need writes."""
    command = [sys.executable, str(checker), f"{address}/sparql", "--only", chosen]
    if chosen == "^gsp":
        command += ["--gsp-url", f"{address}/graphs"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    results = dict(reversed(found) for found in _LINE.findall(done.stdout))
    tried = {name: result for name, result in results.items() if result != "skip"}

    assert len(tried) >= least, done.stdout + done.stderr
    failed = {name for name, result in tried.items() if result == "FAIL"}
    assert failed == {name for name in KNOWN_FAILURES if name in tried}, done.stdout
