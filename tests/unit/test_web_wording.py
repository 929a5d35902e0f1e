"""How queries are worded: canonical texts, shapes."""

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


def test_hostile_texts_are_worded_in_linear_time() -> None:
    """A megabyte of quotes, brackets or comments neither takes long nor much of the stack."""
    million = 1_000_000
    for text in ("'" * million, '"""' + "\\'" * million, "<" * million, "<a#" * million):
        assert len(wording.shape(wording.canonical(text))) <= len(text)
