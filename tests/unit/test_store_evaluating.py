"""A query's text to the bytes of its answer: format, coding, caps."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import brotli  # type: ignore[import-untyped]  # publishes no types
import pytest
import zstandard

from essgraph.errors import WrongKind
from essgraph.store.cutting import Caps
from essgraph.store.embedded import EmbeddedStore
from essgraph.store.evaluating import (
    COMPRESSED_FROM,
    ENCODINGS,
    SHORT,
    Answered,
    Job,
    evaluate,
    evaluate_short,
)
from essgraph.store.writing import Spool
from essgraph.vocab import Names

JSON = "application/sparql-results+json"
NAMES = Names()
EVERYTHING = "SELECT * { ?s ?p ?o }"
LOOK_UP = "SELECT ?p ?o { <https://w3id.org/essgraph/id/commune/05065> ?p ?o }"


def _unzstd(body: bytes) -> bytes:
    return zstandard.ZstdDecompressor().stream_reader(BytesIO(body)).read()


DECODERS: dict[str, Callable[[bytes], bytes]] = {
    "zstd": _unzstd,
    "br": brotli.decompress,
    "gzip": gzip.decompress,
}


def _read(answered: Answered) -> bytes:
    with answered.file as file:
        return file.read()


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("caps", [Caps(), Caps(rows=20)])
@pytest.mark.parametrize("on_disk", [False, True])
def test_each_coding_gives_the_bytes_back(
    tiny: EmbeddedStore, encoding: str, caps: Caps, on_disk: bool, tmp_path: Path
) -> None:
    """Whole or cut, compressed is the same document."""
    spool = Spool(tmp_path) if on_disk else None

    plain = evaluate(tiny, Job(EVERYTHING, JSON, "", caps=caps), NAMES, spool)
    packed = evaluate(tiny, Job(EVERYTHING, JSON, "", encoding=encoding, caps=caps), NAMES, spool)

    body = _read(packed)
    document = _read(plain)
    assert packed.encoding == encoding
    assert DECODERS[encoding](body) == document
    assert len(body) < len(document)
    assert (packed.rows, packed.truncated) == (plain.rows, plain.truncated)
    assert packed.rows == len(json.loads(document)["results"]["bindings"])


def test_a_short_answer_is_not_compressed(tiny: EmbeddedStore) -> None:
    """What fits a packet as it is stays as it is."""
    answered = evaluate(tiny, Job("ASK {}", JSON, "", encoding="zstd"), NAMES)

    body = _read(answered)
    assert answered.encoding == ""
    assert json.loads(body)["boolean"] is True
    assert len(body) < COMPRESSED_FROM


@pytest.mark.parametrize(
    ("job", "kind"),
    [
        (Job("ASK {}", "", "text/turtle"), "table"),
        (Job("CONSTRUCT WHERE { ?s ?p ?o }", JSON, ""), "graph"),
    ],
)
def test_the_other_kind_of_answer_is_refused(tiny: EmbeddedStore, job: Job, kind: str) -> None:
    """A table where only graphs are taken is an error that says what it is, and vice versa."""
    with pytest.raises(WrongKind, match=f"gives a {kind}"):
        evaluate(tiny, job, NAMES)


@pytest.mark.parametrize("media_type", [JSON, "text/csv", "application/sparql-results+xml"])
@pytest.mark.parametrize("caps", [Caps(), Caps(rows=2), Caps(bytes=300)])
@pytest.mark.parametrize("encoding", ["", "gzip"])
@pytest.mark.parametrize("text", [LOOK_UP, "ASK {}", "SELECT ?x { VALUES ?x { UNDEF } }"])
def test_the_short_way_gives_the_same(
    tiny: EmbeddedStore, media_type: str, caps: Caps, encoding: str, text: str
) -> None:
    """Sooner, but byte for byte and row for row what the long way gives, or nothing."""
    job = Job(text, media_type, "", encoding=encoding, caps=caps)

    short, long = evaluate_short(tiny, job), evaluate(tiny, job, NAMES)

    if short is None:
        assert long.truncated or "xml" in media_type or caps != Caps()
        return
    assert _read(short) == _read(long)
    assert short == Answered(
        long.media_type, long.rows, long.truncated, long.encoding, short.file, short.took_s
    )


def test_the_short_way_ends_with_a_long_answer(tiny: EmbeddedStore) -> None:
    """It gives up after some thousand bytes, whatever is left."""
    rows = " ".join(f'"{n:0500}"' for n in range(SHORT // 500))
    job = Job(f"SELECT * {{ VALUES ?a {{ {rows} }} VALUES ?b {{ {rows} }} }}", JSON, "")

    assert evaluate_short(tiny, job) is None


def test_named_graphs_are_the_dataset(tiny: EmbeddedStore) -> None:
    """Naming a default graph leaves all others out, and no named graph is left."""
    meta = "https://w3id.org/essgraph/graph/meta"
    count = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"

    found = _read(evaluate(tiny, Job(count, "text/csv", "", (meta,)), NAMES))
    named = _read(evaluate(tiny, Job(count, "text/csv", "", (), (meta,)), NAMES))

    assert found == b"n\r\n0\r\n"
    assert int(named.split()[1]) > 0
