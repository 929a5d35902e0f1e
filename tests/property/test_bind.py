"""Whatever is bound comes back as the same term, and no text becomes syntax."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Store

from essgraph import queries, syntax
from essgraph.errors import QueryError
from essgraph.store.embedded import EmbeddedStore
from essgraph.vocab import DEFAULT_BASE

ECHO = queries.parse(
    "echo",
    "#+ title@fr: Écho\n#+ title@en: Echo\n#+ param q@fr: any term\n#+ param q@en: any term\n"
    'SELECT ?q WHERE {\n  VALUES ?q { "x" }\n}\nLIMIT 20\n',
    "echo.rq",
)
STORE = EmbeddedStore()

SYNTAX = st.lists(
    st.sampled_from(
        ['"', "'", "\\", "\\u0022", "\n", "\r", "}", "{", "<", ">", "#", "^^", "@en", "?q", " "]
    )
).map("".join)


@given(st.text() | SYNTAX)
def test_bound_text_never_becomes_syntax(text: str) -> None:
    """Whatever a visitor types comes back as the same literal."""
    answer = STORE.select(ECHO.bind(q=Literal(text)))

    assert answer.rows == [(Literal(text),)]


@given(st.text() | SYNTAX, st.sampled_from(["fr", "en", "en-gb"]))
def test_bound_tagged_text(text: str, lang: str) -> None:
    """A language tag does not open a way in."""
    answer = STORE.select(ECHO.bind(q=Literal(text, language=lang)))

    assert answer.rows == [(Literal(text, language=lang),)]


@given(st.text() | SYNTAX)
def test_bound_iri_never_becomes_syntax(text: str) -> None:
    """What is accepted as an IRI comes back as the same IRI."""
    try:
        iri = NamedNode(DEFAULT_BASE + text)
    except ValueError:
        return
    answer = STORE.select(ECHO.bind(q=iri))

    assert answer.rows == [(iri,)]


@given(st.lists(st.text() | SYNTAX, max_size=5))
def test_bound_rows(texts: list[str]) -> None:
    """Several terms make as many rows."""
    answer = STORE.select(ECHO.bind(q=[Literal(text) for text in texts]))

    assert answer.rows == [(Literal(text),) for text in texts]


PIECES = st.lists(
    st.sampled_from(
        [
            *("SERVICE", "service", "SERVICE:p", ":p", "a:b", "a:", "?x", "$y", "1", "true", "_:b"),
            *("<http://127.0.0.1:1/>", "<urn:x>", "<x'y>", "<#z>", "<", ">", "<=", "&&", "(", ")"),
            *("{", "}", "{}", ".", ";", ",", "'a'", '"b"', "'", '"', "'''", '"""', "\\", "\\'"),
            *("#", "\n", "\r", " ", "@en", "^^", "SILENT", "FILTER", "OPTIONAL", "-", "%", "/"),
        ]
    ),
    max_size=14,
).map("".join)


@given(PIECES, PIECES)
def test_guarded_text_runs_no_service(before: str, after: str) -> None:
    """A query let through sends no request, however its pieces are glued.

    The engine refuses port 1 before it opens a connection, so that nothing leaves this test.
    """
    text = (
        "PREFIX : <http://127.0.0.1:1/> PREFIX a: <http://127.0.0.1:1/> SELECT * { "
        f"{before} SERVICE <http://127.0.0.1:1/> {{ {after} }} {after} }}"
    )
    variants = (text, text.replace(" SERVICE ", "SERVICE"), text.replace(" SERVICE <", " SERVICE<"))
    for variant in variants:
        try:
            syntax.guard(variant)
        except QueryError:
            continue
        try:
            list(Store().query(variant))  # type: ignore[arg-type]
        except (SyntaxError, RuntimeError, TypeError):
            continue
