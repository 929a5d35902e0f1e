"""How queries are worded: canonical texts, shapes, look-ups."""

from __future__ import annotations

import pytest

from essgraph.web import wording


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("  ASK\t{\r\n} # over", "ASK { }"),
        ('ASK { ?s ?p "a  # b" }', 'ASK { ?s ?p "a  # b" }'),
        ("ASK { ?s ?p '''a\n\n# b''' }", "ASK { ?s ?p '''a\n\n# b''' }"),
        (r'ASK { ?s ?p "a\"  b" }', r'ASK { ?s ?p "a\"  b" }'),
        ("ASK { ?s a <http://e.example/#a>  }", "ASK { ?s a <http://e.example/#a> }"),
        ("ASK { ?s a e:a\\#b  }", "ASK { ?s a e:a\\#b }"),
        ("ASK#it's\n{}#\"", "ASK {}"),
        ("ASK { FILTER(1<2#>\n) }", "ASK { FILTER(1<2#>\n) }"),
        ("ASK { 'a\n  b' }", "ASK { 'a\n  b' }"),
    ],
)
def test_blanks_and_comments_go(text: str, canonical: str) -> None:
    """Outside strings and IRIs; a text of two readings is left alone."""
    assert wording.canonical(text) == canonical


@pytest.mark.parametrize("blank", ["\x0b", "\x0c", "\x85", "\xa0", "\u2003", "\x1c"])
def test_only_the_blanks_of_sparql_go(blank: str) -> None:
    """What the engine takes for no blank is none: the text is not that of a good query."""
    assert wording.canonical(f"ASK{blank}{{}}") != wording.canonical("ASK {}")


def test_shapes_leave_out_constants() -> None:
    """Queries that differ in their IRIs and strings have one shape; other limits are others."""
    asked = "SELECT * { <http://e.example/a> ?p 'x' } LIMIT 5"

    shape = wording.shape(asked)

    assert shape == "SELECT * { _ ?p _ } LIMIT 5"
    assert wording.shape(asked.replace("/a>", "/b>").replace("'x'", '"""y"""')) == shape
    assert wording.shape(asked.replace("5", "500000")) != shape


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?p ?o WHERE { <http://e.example/a> ?p ?o }",
        "PREFIX e: <http://e.example/> SELECT * { e:a e:b ?o . } LIMIT 10",
        "select*{<a> a ?c}",
        "ASK { <a> <b> <c> }",
        'SELECT ?o { <a> ?p ?o ; <http://e.example/b> "x"@fr }',
        "SELECT ?o { <a> <b> ?o ; ?p ?q }",
    ],
)
def test_look_ups_are_told(text: str) -> None:
    """One or two things of one named subject."""
    assert wording.looks_up(text)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { ?s ?p ?o }",
        "SELECT * { ?s ?p <a> }",
        "SELECT * { _:b ?p ?o }",
        "SELECT * { [] ?p ?o }",
        "SELECT * { <a> ?p ?o ; ?q ?r }",
        "SELECT * { <a> <b> ?o ; <c> ?q ; <d> ?r }",
        "SELECT * { <a> <b>+ ?o }",
        "SELECT * { <a> <b>/<c> ?o }",
        "SELECT * { <a> <b> ?o, ?q }",
        "SELECT * { <a> <b> ?o . ?o ?p ?q }",
        "SELECT * { <a> <b> ?o } ORDER BY ?o",
        "SELECT * FROM <g> { <a> <b> ?o }",
        "SELECT DISTINCT * { <a> <b> ?o }",
        "CONSTRUCT { <a> ?p ?o } { <a> ?p ?o }",
        "DESCRIBE <a>",
    ],
)
def test_nothing_else_is_a_look_up(text: str) -> None:
    """Whatever may cost more than the facts of one subject is left to the pool."""
    assert not wording.looks_up(text)


def test_hostile_texts_are_worded_in_linear_time() -> None:
    """A megabyte of quotes, brackets or comments neither takes long nor much of the stack."""
    million = 1_000_000
    for text in ("'" * million, '"""' + "\\'" * million, "<" * million, "<a#" * million):
        assert len(wording.shape(wording.canonical(text))) <= len(text)
        assert not wording.looks_up(text)
