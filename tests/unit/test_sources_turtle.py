"""Curated RDF files: the same triples each time, and errors that say where to look."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from essgraph import vocab
from essgraph.errors import SourceError
from essgraph.sources import turtle

NAMES = vocab.Names()


def written(folder: Path, name: str, content: str | bytes) -> Path:
    """The path of a new file with this content."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.ttl", '@prefix v: <https://data.example/> .\nv:s v:p "é"@fr .\n'),
        ("a.nt", '<https://data.example/s> <https://data.example/p> "é"@fr .\n'),
        (
            "a.jsonld",
            '{"@id": "https://data.example/s", '
            '"https://data.example/p": {"@value": "é", "@language": "fr"}}',
        ),
        (
            "a.rdf",
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
            'xmlns:v="https://data.example/"><rdf:Description rdf:about="https://data.example/s">'
            '<v:p xml:lang="fr">é</v:p></rdf:Description></rdf:RDF>',
        ),
    ],
)
def test_each_format_is_read_by_its_suffix(tmp_path: Path, name: str, content: str) -> None:
    """Turtle, N-Triples, JSON-LD and RDF/XML give the same triple."""
    (triple,) = turtle.read(written(tmp_path, name, content), NAMES)

    assert triple.subject == NamedNode("https://data.example/s")
    assert triple.object == Literal("é", language="fr")


def test_a_number_keeps_its_spelling(tmp_path: Path) -> None:
    """Datatype and lexical rules are checked on the source, so nothing is normalised."""
    path = written(tmp_path, "a.ttl", "<https://a.example/s> <https://a.example/p> 1.50 .\n")

    (triple,) = turtle.read(path, NAMES)

    assert str(triple.object).startswith('"1.50"')


def test_our_iris_move_to_another_base(tmp_path: Path) -> None:
    """Prefixes and whole IRIs under the default base follow the base of the names."""
    path = written(
        tmp_path,
        "a.ttl",
        f"@prefix ess: <{vocab.DEFAULT_BASE}ontology#> .\n"
        f"<{vocab.DEFAULT_BASE}id/commune/01001> ess:inEpci <https://other.example/x> .\n",
    )
    names = vocab.Names("https://data.example/")

    (triple,) = turtle.read(path, names)

    assert triple.subject == names.entity("commune", "01001")
    assert triple.predicate == names.ess("inEpci")
    assert triple.object == NamedNode("https://other.example/x")


def test_blank_nodes_are_the_same_each_time_and_never_shared(tmp_path: Path) -> None:
    """Two readings agree; the same label in two files is two nodes."""
    content = "_:a <https://a.example/p> [ <https://a.example/p> _:a ] .\n"
    first = written(tmp_path, "a.ttl", content)
    second = written(tmp_path, "b.ttl", content)

    once, again, other = (list(turtle.read(p, NAMES)) for p in (first, first, second))

    assert once == again
    assert len(_blank(once)) == 2
    assert not _blank(once) & _blank(other)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (
            "a.ttl",
            "@prefix v: <https://data.example/> .\nv:s v:p v:o\nv:s x:q v:o .\n",
            "a.ttl:3:1: ",
        ),
        (
            "b.ttl",
            "<https://a.example/s> <https://a.example/p>\n    w:o .\n",
            "b.ttl:2:5: The prefix w: has not been declared: w:o .",
        ),
        ("a.nt", "<https://a.example/s> <https://a.example/p> .\n", "a.nt:1:45: "),
        ("a.jsonld", '{\n  "@id": oops\n}', "a.jsonld:2:10: Unexpected char: 'o': \"@id\": oops"),
        ("a.rdf", "<rdf:RDF>", "a.rdf: Unknown prefix rdf:"),
        ("a.ttl", b'<https://a.example/s> <p> "\xff" .', "a.ttl:1:28: byte 0xff is not UTF-8"),
        ("a.csv", "code,nom\n", "a.csv: suffix '.csv' is none of .ttl, .nt, .rdf, .jsonld"),
    ],
)
def test_a_fault_is_told_with_its_place(
    tmp_path: Path, name: str, content: str | bytes, message: str
) -> None:
    """File, line, column, what is wrong, and the offending line."""
    path = written(tmp_path, name, content)

    with pytest.raises(SourceError, match=re.escape(message)):
        list(turtle.read(path, NAMES))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """The error names the path."""
    with pytest.raises(SourceError, match=r"absent\.ttl: No such file"):
        list(turtle.read(tmp_path / "absent.ttl", NAMES))


def test_files_are_found_in_folders_below(tmp_path: Path) -> None:
    """RDF files of all folders, sorted; other files are passed over."""
    (tmp_path / "one" / "below").mkdir(parents=True)
    (tmp_path / "two").mkdir()
    for name in ("two/c.nt", "one/b.ttl", "one/below/a.rdf", "one/README.md"):
        written(tmp_path, name, "")

    found = turtle.files(tmp_path / "two", tmp_path / "one")

    assert [p.relative_to(tmp_path).as_posix() for p in found] == [
        "one/b.ttl",
        "one/below/a.rdf",
        "two/c.nt",
    ]


def test_folders_without_rdf_are_an_error(tmp_path: Path) -> None:
    """A wrong folder is noticed, rather than giving an empty graph."""
    with pytest.raises(SourceError, match="no RDF file"):
        turtle.files(tmp_path / "absent")


def _blank(triples: list[Triple]) -> set[str]:
    nodes = [node for triple in triples for node in (triple.subject, triple.object)]
    return {node.value for node in nodes if isinstance(node, BlankNode)}
