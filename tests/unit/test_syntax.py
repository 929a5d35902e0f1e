"""Keywords of a query: what the guard refuses and lets through."""

from __future__ import annotations

import subprocess
import sys

import pytest
from pyoxigraph import Store

from essgraph import syntax
from essgraph.errors import QueryError

ELSEWHERE = "<http://127.0.0.1:1/>"
PREFIXES = "PREFIX : <http://127.0.0.1:1/> PREFIX a: <a:>\n"


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { SERVICE <http://e.example/> { ?s ?p ?o } }",
        "select * { service silent ?where { ?s ?p ?o } }",
        "SELECT * {SERVICE:p{}}",
        "SELECT * {SERVICESILENT:p{}}",
        "SELECT * {?s ?p trueSERVICE:p{}}",
        f"SELECT * {{?s ?p 1SERVICE{ELSEWHERE}{{}}}}",
        "SELECT * {?s ?p a:.SERVICE:p{}}",
        "SELECT * {?s ?p a:b.SERVICE:p{}}",
        f"SELECT * {{?s ?p 'a'SERVICE{ELSEWHERE}{{}}}}",
        "SELECT * {#\rSERVICE:p{}\n}",
        "SELECT * {?s ?p ?o FILTER(?s<?b)SERVICE:p#>\n{}}",
        f"SELECT * {{?s ?p <urn:o'b> . SERVICE {ELSEWHERE} {{?s ?p 'x'}}}}",
        f"SELECT * {{?s ?p 'it\\'s' . SERVICE {ELSEWHERE} {{?s ?p ''}}}}",
        f"SELECT * {{?s ?p '''a'' ' ''' . SERVICE {ELSEWHERE} {{?s ?p ''}}}}",
        f"SELECT * {{ {{ SELECT * {{ SERVICE {ELSEWHERE} {{}} }} }} }}",
    ],
)
def test_service_is_refused(text: str) -> None:
    """Whatever stands around it, a SERVICE the engine would run is seen."""
    with pytest.raises(QueryError, match=r"line \d+: .*SERVICE is not allowed"):
        syntax.guard(PREFIXES + text)


HIDDEN = f"SERVICE {ELSEWHERE} {{}}"


@pytest.mark.parametrize(
    "text",
    [
        # What ends a string for the engine, once it has found the long one malformed.
        f"SELECT * {{VALUES ?x {{'''a'}} {HIDDEN} #\\q'''\n}}",
        f'SELECT * {{VALUES ?x {{"""a"}} {HIDDEN} #\\uD800"""\n}}',
        f"SELECT * {{VALUES ?x {{'''a'}} {HIDDEN} #\\U00110000'''\n}}",
        # A prefix that is read alone, because the local name makes no IRI of it.
        f"PREFIX x: <http://x:> SELECT * {{?s ?p x:{HIDDEN}}}",
        "PREFIX x: <http://x> PREFIX y: <y:> SELECT * {?s ?p x:SERVICEy:y{}}",
        "PREFIX x: <http://x/#> SELECT * {?s ?p x:SERVICE:x\\#y{}}",
        "PREFIX x: <http://x/#> PREFIX \ufffd: <a:> SELECT * {?s ?p x:SERVICE\ufffd:x{}}",
        f"PREFIX x: <http://x/> PREFIX x: <http://x:> SELECT * {{?s ?p x:{HIDDEN}}}",
        f"SELECT * {{?s ?p ?o FILTER(?s<'x>') {HIDDEN} {{?s ?p 'x'}}}}",
    ],
)
def test_service_between_two_readings_is_refused(text: str) -> None:
    """Where the engine reads a second time what it could not read at first, it is refused."""
    with pytest.raises(QueryError, match=r"line \d+: "):
        syntax.guard(PREFIXES.replace(" :", " z:") + text)


@pytest.mark.parametrize(
    "text",
    [
        "LOAD <http://127.0.0.1:1/>",
        "load silent <http://127.0.0.1:1/> into graph <g:g>",
        "CLEAR GRAPH <g:g>;LOAD<http://127.0.0.1:1/>",
        "INSERT DATA { <a:a> <a:a> 'x;' } ;\n# ;\nLOAD <http://127.0.0.1:1/> ;",
        "LOAD:x",
        "LOADSILENTa:x",
        "LOADa:x",
        "BASE <http://127.0.0.1:1/> LOAD <x>",
        "INSERT DATA { <a:a> <a:a> '''a' } ; LOAD <http://127.0.0.1:1/> #\\q''' }",
        "INSERT { ?s ?p ?o } WHERE { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
    ],
)
def test_requests_of_an_update_are_refused(text: str) -> None:
    """LOAD and SERVICE are seen in any operation of an update."""
    with pytest.raises(QueryError, match=r"line \d+: "):
        syntax.guard(PREFIXES + text)


@pytest.mark.parametrize(
    "text",
    [
        "INSERT DATA { <a:a> <a:a> 'LOAD <http://e.example/>' } # ; LOAD <http://e.example/>",
        "DELETE WHERE { ?load a:upload a:load ; x:download 1 }",
        "PREFIX schema: <https://schema.org/> ASK { ?s a schema:Service ; schema:serviceType 'x' }",
        "ASK { VALUES ?x { 'it\\'s \\u00e9\\U0001F600 service\\n' } }",
        "SELECT * { ?s ?p <https://e.example/load#x> }",
    ],
)
def test_words_of_requests_are_let_through(text: str) -> None:
    """In strings, comments, variables and names they are harmless."""
    syntax.guard(text)


@pytest.mark.parametrize("part", ["CLEAR GRAPH <a:a> ;\n", "INSERT DATA { <a:a> <a:a> 1 } ;\n"])
def test_long_updates_are_no_chains(part: str) -> None:
    """Many operations one after the other are let through."""
    syntax.guard(part * 900)


def test_deep_updates_are_refused() -> None:
    """The groups of an update nest no deeper than those of a query."""
    deep = syntax.MAX_NESTING + 1
    with pytest.raises(QueryError, match="line 2: brackets"):
        syntax.guard("CLEAR ALL ;\nDELETE WHERE " + "{" * deep + "}" * deep)


def test_calls_are_found_with_their_place() -> None:
    """Where an address stands, or a whole LOAD, and what it says."""
    text = (
        "PREFIX g: <urn:>\nLOAD SILENT <http://a.example/x> INTO GRAPH g:g ;\n"
        "INSERT {} WHERE { SERVICE#\n<http://b.example/> {} FILTER EXISTS { "
        "service silent <http://c.example/> {} } }"
    )

    load, service, inner = syntax.calls(text)

    assert text[load.start : load.end] == "LOAD SILENT <http://a.example/x> INTO GRAPH g:g"
    assert (load.iri, load.silent, load.graph) == ("http://a.example/x", True, "g:g")
    assert text[service.start : service.end] == "<http://b.example/>"
    assert (service.iri, service.silent, service.in_exists) == ("http://b.example/", False, False)
    assert (inner.iri, inner.silent, inner.in_exists) == ("http://c.example/", True, True)


def test_many_calls_are_refused() -> None:
    """One text does not ask for hundreds of requests."""
    with pytest.raises(QueryError, match="line 21: more than 20 SERVICE or LOAD"):
        syntax.guard("LOAD <http://a.example/> ;\n" * 21, (), ["http://a.example/"])


@pytest.mark.parametrize("text", ["'" + "x" * 5_000 + "\\q'", "'''" + "a''" * 5_000, "'\\" * 5_000])
def test_hostile_strings_cost_no_time(text: str) -> None:
    """A string that is no string is found out in linear time: with more, this would not end."""
    with pytest.raises(QueryError, match="line 1: "):
        syntax.guard(f"SELECT ?service {{ {text}")


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?service { ?service ?p ?o }",
        "SELECT $SERVICE { $SERVICE ?p ?o }",
        "SELECT * { ?s a <https://schema.org/Service> }",
        "SELECT * { ?s ?p <https://e.example/it's#service> }",
        "SELECT * { ?s schema:serviceType ?o ; a schema:Service }",
        "SELECT * { ?s ?p 'SERVICE <http://e.example/> {}' }",
        'SELECT * { ?s ?p """a "quoted" SERVICE\nx""" }',
        "SELECT * { ?s ?p ?o } # SERVICE <http://e.example/> {}",
        "SELECT * { ?s ?p 'x'@service }",
        "SELECT * { ?s ?p _:service }",
        "SELECT * { ?s ?p ?o FILTER(?a<?b && ?c>?d) BIND('service' AS ?x) }",
    ],
)
def test_word_service_is_let_through(text: str) -> None:
    """As a name, text or comment, the word is harmless."""
    syntax.guard(text)


@pytest.mark.parametrize("bracket", ["{}", "()", "[]"])
def test_deep_nesting_is_refused(bracket: str) -> None:
    """Brackets that would end the engine's process are refused, with their line."""
    depth = syntax.MAX_NESTING + 1
    text = "SELECT * WHERE\n" + bracket[0] * depth + bracket[1] * depth
    with pytest.raises(QueryError, match="line 2: brackets"):
        syntax.guard(text)


@pytest.mark.parametrize("quote", ["'", '"'])
def test_open_string_is_refused(quote: str) -> None:
    """A string left open hides nothing, and is told with its line."""
    with pytest.raises(QueryError, match="line 2: a string is opened"):
        syntax.guard(f"SELECT ?service\n{{ ?s ?p {quote}x }}\n")


def test_wide_is_not_deep() -> None:
    """Many brackets side by side, or in a string, are no nesting."""
    syntax.guard("SELECT * { " + "{} UNION " * 200 + "{ ?s ?p '" + "(" * 200 + "' } }")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT * FROM <a:b> {}", True),
        ("SELECT*FROM<a:b>{}", True),
        ("select * from named <a:b> {}", True),
        ("CONSTRUCT FROM <a:b> WHERE {}", True),
        ("SELECT ?from { ?from ?p ?o }", False),
        ("PREFIX from: <a:> SELECT * { ?s from:x 'FROM' } # FROM <a:b>", False),
        ("SELECT * { ?s ?p <https://e.example/FROM> }", False),
    ],
)
def test_dataset_clause(text: str, expected: bool) -> None:
    """Only the keyword FROM names a dataset."""
    assert syntax.names_dataset(text) is expected


def test_explain_shows_the_place() -> None:
    """The engine's message gains the text it is about, and loses its tail."""
    told = syntax.explain('error at 2:6: expected one of "' + "x" * 999 + '"', "SELECT *\nWHEN {}")

    assert told.startswith("line 2:6: near 'WHEN {}': expected \"xxx")
    assert len(told) < 400


def test_explain_leaves_other_messages() -> None:
    """A message of another kind is passed on."""
    assert syntax.explain("Parser error at line 1", "") == "Parser error at line 1"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "SELECT ?x WHERE { ?x a foaf:Person }",
            "line 1:24: the prefix foaf: is not declared; "
            "begin with PREFIX foaf: <http://xmlns.com/foaf/0.1/>",
        ),
        (
            "PREFIX a: <a:> # geo:x\nSELECT ?x {\n  ?x a:b 'geo:y', _:z ; schema:name ?y }",
            "line 3:25: the prefix schema: is not declared; "
            "begin with PREFIX schema: <https://schema.org/>",
        ),
        (
            "SELECT ?x { ?x :p ?y }",
            "line 1:16: the prefix : is not declared; begin with PREFIX : <…>",
        ),
        (
            "SELECT ?x { ?x <p:q> '1'^^nowhere:int }",
            "line 1:27: the prefix nowhere: is not declared; begin with PREFIX nowhere: <…>",
        ),
    ],
)
def test_explain_names_an_undeclared_prefix(text: str, said: str) -> None:
    """The prefix, its place, and the line that declares it where we know it."""
    with pytest.raises(SyntaxError) as raised:
        Store().query(text)

    assert syntax.explain(raised.value.msg, text) == said


def test_explain_leaves_prefixes_after_the_fault() -> None:
    """What the engine stumbled on first is told first."""
    text = "SELECT ?x { ?x <p:q> } ; a foaf:Person"
    with pytest.raises(SyntaxError) as raised:
        Store().query(text)

    assert "foaf: is not declared" not in syntax.explain(raised.value.msg, text)


@pytest.mark.parametrize(
    "word",
    ["INSERT", "delete", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"],
)
def test_explain_tells_an_update_from_a_query(word: str) -> None:
    """An update sent as a query is told how to be sent, wherever its prologue ends."""
    text = f"PREFIX select: <a:> # ASK\n {word} DATA {{ <a:b> <c:d> 1 }}"
    with pytest.raises(SyntaxError) as raised:
        Store().query(text)

    assert syntax.explain(raised.value.msg, text) == (
        "line 2:2: this is an update: send it as `update` by POST, with a token"
    )


def test_explain_leaves_a_malformed_update() -> None:
    """An update that was sent as one is not told to be sent as one."""
    text = "INSERT DAT { <a:b> <c:d> 1 }"
    with pytest.raises(SyntaxError) as raised:
        Store().update(text)

    assert "this is an update" not in syntax.explain(raised.value.msg, text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("SELECT * { ?s <a:b> 1 } ORDER BY", 'expected one of "$", "(", ":", "<", "?"'),
        ("SELECT (COUNT(?x) AS ?n) ?y { ?x <a:b> ?y }", "a variable that is unbound"),
        ("SELECT * { ?s <a:b> 1 } LIMIT x", "near"),
    ],
)
def test_explain_has_no_classes_of_characters(text: str, said: str) -> None:
    """Keywords, signs and sentences stay; ranges of characters go."""
    with pytest.raises(SyntaxError) as raised:
        Store().query(text)

    told = syntax.explain(raised.value.msg, text)
    assert said in told
    assert "[" not in told
    assert "\\u{" not in told


def test_explain_keeps_a_few_words() -> None:
    """A long list of keywords is cut, and keywords come before signs."""
    told = syntax.explain('error at 1:1: expected one of "<", A, B, C, D, E, F, G, H', "ASK")

    assert told == "line 1:1: near 'ASK': expected one of A, B, C, D, E, F, G, H, …"


def test_explain_counts_from_the_callers_text() -> None:
    """What was sent before the text on its first line does not move the column."""
    told = syntax.explain("error at 1:18: expected WHERE", "SELECT * WHEN", skipped=8)

    assert told.startswith("line 1:10: near")


@pytest.mark.parametrize(
    "part",
    ["1+", "1*", "true||", "true&&", "!", "- ", "<a:b>/", "{} UNION ", "OPTIONAL{}", "MINUS{}"],
)
def test_long_chains_are_refused(part: str) -> None:
    """Each link is a level of the engine's recursion, and its stack is finite."""
    chain = part * (syntax.MAX_OPERATORS + 1)

    with pytest.raises(QueryError, match="more than 1000 operators"):
        syntax.guard(f"ASK {{ {chain} }}")


def test_long_lists_are_no_chains() -> None:
    """Thousands of values, members or patterns are let through."""
    values = " ".join(f"<http://e.example/{number}>" for number in range(5_000))
    members = ", ".join(map(str, range(5_000)))

    syntax.guard(f"ASK {{ VALUES ?x {{ {values} }} FILTER(?x IN ({members})) }}")


@pytest.mark.parametrize(
    "text",
    [
        "ASK {{ {} }}".format("MINUS {}" * syntax.MAX_OPERATORS),
        "ASK {{ {} }}".format("".join(f"BIND(1 AS ?v{n})" for n in range(syntax.MAX_OPERATORS))),
        "ASK {{ FILTER({} 1) }}".format("1+" * (syntax.MAX_OPERATORS - 1)),
        "ASK {{ FILTER({}true) }}".format("!" * (syntax.MAX_OPERATORS - 1)),
    ],
    ids=["MINUS", "BIND", "+", "!"],
)
def test_what_is_let_through_does_not_end_the_process(text: str) -> None:
    """The longest chain the guard allows leaves the engine alive, in a thread's small stack."""
    syntax.guard(text)
    script = (
        "import sys, threading, pyoxigraph\n"
        "def ask(): bool(pyoxigraph.Store().query(sys.stdin.read()))\n"
        "thread = threading.Thread(target=ask); thread.start(); thread.join()"
    )

    ended = subprocess.run([sys.executable, "-c", script], input=text, text=True, check=False)

    assert ended.returncode == 0


@pytest.mark.parametrize(
    "text",
    [
        "ASK FROM <g:g> {}",
        "ASKFROM <g:g> {}",
        "ASK FROMNAMED<g:g>{}",
        "PREFIX a: <a:> ASK FROMa:b {}",
    ],
)
def test_a_dataset_is_seen_without_word_boundaries(text: str) -> None:
    """The engine reads FROM wherever the letters stand."""
    assert syntax.names_dataset(text)
