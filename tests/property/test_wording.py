"""Two texts that have one canonical wording are one query to the engine."""

from __future__ import annotations

from hypothesis import event, example, given, settings
from hypothesis import strategies as st
from pyoxigraph import QueryBoolean, QueryResultsFormat, QuerySolutions, RdfFormat, Store

from essgraph.errors import QueryError
from essgraph.store.embedded import EmbeddedStore
from essgraph.web import wording
from essgraph.web.lookups import is_look_up

DATA = """
@prefix e: <http://e.example/> .
GRAPH <http://e.example/g> {
    e:s e:p "a", "a  b", "a#b", 'a\\nb', 1, 2 ; e:q e:s, <http://e.example/s#t>, <urn:x#y> .
    e:t e:p "a", 5 ; e:q e:s .
}
"""

_TOKENS = st.sampled_from(
    [
        *("SELECT", "*", "?x", "?y", "{", "}", "(", ")", ".", ";", ",", "FILTER", "BIND", "AS"),
        *("PREFIX", "e:", "<http://e.example/>", "e:p", "e:q", "e:s", "a", "1", "2", "5"),
        *("<", ">", "<=", "&&", "||", "!", "+", "-", "<urn:x#y>", "<#x>", "<x#", "#x>", "<2#x>"),
        *("<http://e.example/s#t>", "<http://e.example/\\u0073>", r"<\u0023>", "^", "@en"),
        *('"a"', '"a  b"', '"a#b"', "'a'", "'''a\n  b'''", '"""a "b"  c"""', r'"a\"  b"'),
        *(r"'a\'  # b'", r'"\u0022  "', '"', "'", "'''", '"""', "\\", r"e:\#x", "ASK", "LIMIT"),
    ]
)
_BLANKS = st.sampled_from(
    [
        *("", " ", "  ", "\n", "\r", "\r\n", "\t", "# c\n", "# it's\n", '# "q"\r', "#\n", "#<\n"),
        *("\x0b", "\xa0", "\u2028", "\x85", "\x1c", "# '''\n", "#x>\n&&"),
    ]
)
_ALONE = ("", " ", " ", " ", "\n")
_VALID = st.sampled_from(
    [
        "SELECT ?x ( 1 <2#x>\n&& 3 > 5 AS ?y ) { ?s <http://e.example/p> ?x } ORDER BY ?x",
        "PREFIX e: <http://e.example/> SELECT ?x { e:s e:q <urn:x#y> . # c\n ?x e:p 'a  b' }",
        "SELECT ?x { ?x <http://e.example/p> '''a\n  # b''' } # it's over",
        'SELECT ( STRLEN( "a # b" ) AS ?x ) ( STRLEN( \'a  "b\' ) AS ?y ) { }',
        "PREFIX e: <http://e.example/>ASK{e:s e:p 1,2;e:q<http://e.example/s#t>}",
        "BASE <http://e.example/> SELECT ?x { <s> <p> ?x . FILTER( ?x <2 || ?x>4 ) } ORDER BY ?x",
        'SELECT ?x { ?x <http://e.example/\\u0070> "a\\u0020\\u0020b" }',
    ]
)


def _store() -> EmbeddedStore:
    engine = Store()
    engine.load(DATA.encode(), format=RdfFormat.TRIG)
    return EmbeddedStore(engine)


STORE = _store()


def _answer(text: str) -> bytes | None:
    """What the endpoint would say: the answer, or None for any query it refuses."""
    try:
        found = STORE.query(text)
        if isinstance(found, QuerySolutions | QueryBoolean):
            return found.serialize(format=QueryResultsFormat.JSON)
        return "".join(sorted(map(str, found))).encode()
    except (QueryError, RuntimeError):
        return None


@st.composite
def _pairs(draw: st.DrawFn) -> tuple[str, str]:
    """A text, and one that differs in blanks and comments, inside strings too."""
    if draw(st.booleans()):
        pieces = draw(_VALID)
        tokens = draw(st.sampled_from([pieces.split(" "), list(pieces)]))
        glue = " " if len(tokens) < len(pieces) else ""
    else:
        tokens, glue = draw(st.lists(_TOKENS, min_size=1, max_size=14)), " "

    def worded() -> str:
        places = draw(st.dictionaries(st.integers(0, len(tokens)), _BLANKS, max_size=4))
        return "".join(
            places.get(n, glue if n else "") + token for n, token in enumerate(tokens)
        ) + places.get(len(tokens), "")

    return worded(), worded()


@settings(max_examples=2_000)
@given(_pairs())
@example(
    ("SELECT (1<2#x>\n&&3>5 AS ?x) {}", "SELECT (1<2#x> &&3>5\n AS ?x) {}"),
)
@example(("SELECT ?x {}", "SELECT\xa0?x {}"))
@example(('SELECT ("a  b" AS ?x) {}', 'SELECT ("a b" AS ?x) {}'))
@example(("SELECT ('a\\'  b' AS ?x) {}", "SELECT ('a\\' b' AS ?x) {}"))
@example(("ASK {} #\u2028x", "ASK {} #\u2028y"))
@example(("ASK {}#\r{", "ASK {} {"))
@example(("SELECT ('a\nb' AS ?x) {}", "SELECT ('a b' AS ?x) {}"))
@example(("SELECT (1 AS ?x) {}", "SELECT (1AS ?x) {}"))
def test_one_wording_is_one_query(pair: tuple[str, str]) -> None:
    """Whatever the blanks and comments, texts of one wording have one answer."""
    first, second = pair

    if wording.canonical(first) != wording.canonical(second):
        event("told apart")
        return

    answer = _answer(first)
    event("same, valid" if answer else "same, refused")
    assert answer == _answer(second)


_TERMS = st.sampled_from(["?x", "?y", "e:s", "a", "e:p", "<http://e.example/q>", '"a"', "1", "_:b"])
_PATTERNS = st.lists(
    st.one_of(_TERMS, st.sampled_from([";", ",", ".", "{", "}", "|", "/", "*", "+", "UNION"])),
    min_size=3,
    max_size=9,
)


@settings(max_examples=1_000)
@given(_PATTERNS)
@example(["e:s", "?x", "?y", ";", "a", "?y"])
@example(["?x", "e:p", '"a"', ";", "a", "?y"])
@example(["e:s", "e:q", "?x", ".", "?x", "a", "?y"])
def test_look_ups_lead_to_little(pattern: list[str]) -> None:
    """What is taken for a look-up begins at a constant, and has two patterns at the most."""
    text = f"PREFIX e: <http://e.example/> SELECT * {{ {' '.join(pattern)} }}"

    if not is_look_up(wording.canonical(text), STORE):
        return

    fixed = [term for term in (pattern[0], pattern[2]) if term[0] not in "?_"]
    assert fixed
    assert "_:b" not in pattern
    assert len(pattern) in (3, 4, 6, 7, 8)
    assert not {"{", "}", "|", "/", "*", "+", "UNION", ","} & set(pattern)
    variables = [verb for verb in pattern[1:5:3] if verb.startswith("?")]
    assert len(variables) <= (1 if pattern[0][0] != "?" else 0)
