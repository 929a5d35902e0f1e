"""Writes: accepted whole or refused whole, and the same as a build of the result."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from click.testing import CliRunner
from pyoxigraph import NamedNode

from essgraph import build, disk, inputs, journal, writes
from essgraph.cli.releases import releases
from essgraph.config import Settings
from essgraph.errors import (
    EssgraphError,
    GraphProtected,
    NotConforming,
    NotFound,
    PreconditionFailed,
    QueryError,
    QueryTimeout,
    StoreUnavailable,
)
from essgraph.journal import Journal
from essgraph.release import Release
from essgraph.releases import Releases
from essgraph.search import SearchIndex
from essgraph.store.embedded import EmbeddedStore
from essgraph.vocab import PROV, RDFS_LABEL, XSD
from essgraph.writes import Change, Delete, Post, Put, Update
from tests.writing import (
    COLLECTION,
    INITIATIVE,
    NAMES,
    OTHER,
    SECTOR,
    broken,
    insert,
    labelled,
    labels,
    lines,
    site,
)

_BLANK = re.compile(r"_:\w+")
"""Blank nodes of the ontology: each store names them as it likes."""


@pytest.fixture(name="settings")
def _settings(tmp_path: Path) -> Settings:
    """A small site with one build."""
    settings = site(tmp_path)
    build.build(settings)
    return settings


def _current(settings: Settings) -> Release:
    return Releases(settings.home).require_current()


def _turtle(text: str) -> bytes:
    return text.encode()


def _put(text: str, graph: str = OTHER, **more: object) -> Change:
    return Change(Put(graph, _turtle(text), "text/turtle"), "amina", **more)  # type: ignore[arg-type]


def test_a_write_is_a_release(settings: Settings) -> None:
    """Served at once, found by the search, and told of: who, when, what for, on what."""
    before = _current(settings)

    outcome = writes.write(settings, insert(labelled("Épicerie neuve"), message="pour voir"))

    release = _current(settings)
    assert outcome == writes.Outcome(release.id, changed=True, added=2, removed=0)
    assert labels(settings, ["neuve"]) == {"neuve": {"Épicerie neuve"}}
    index = SearchIndex(release.index_path)
    assert [hit.label for hit in index.find("epicerie").hits] == ["Épicerie neuve"]
    index.close()
    (record,) = writes.changes(settings)
    assert (record.id, record.previous, record.agent) == (release.id, before.id, "amina")
    assert (record.message, record.undone) == ("pour voir", False)
    assert (dict(record.added), dict(record.removed)) == ({COLLECTION: 2}, {COLLECTION: 0})
    store = EmbeddedStore.open(release.store_path)
    activity, agent = NAMES.entity("release", release.id), NAMES.entity("agent", "amina")
    assert store.ask(
        f"ASK {{ {activity} <{PROV}wasAssociatedWith> {agent} ; <{PROV}endedAtTime> ?when ;"
        f" <{PROV}wasInformedBy> {NAMES.entity('release', before.id)} }}"
    )


def test_what_is_not_touched_is_not_copied(settings: Settings) -> None:
    """The source RDF of other layers is the same file; the release before stays as it was."""
    before = _current(settings)
    held = {path: path.read_bytes() for path in before.path.rglob("*") if path.is_file()}

    writes.write(settings, insert(labelled("Neuve")))

    after = _current(settings)
    assert after.layer_path("territories").samefile(before.layer_path("territories"))
    assert not after.layer_path("collection").samefile(before.layer_path("collection"))
    assert {path: path.read_bytes() for path in held} == held


SEVERAL: list[Change] = [
    insert(labelled("Neuve")),
    insert(f'<urn:s> <urn:p> [ <urn:q> "01"^^<{XSD}integer> ] .'),
    Change(
        Update(
            f"DELETE {{ ?s {RDFS_LABEL} ?l }} INSERT {{ ?s {RDFS_LABEL} 'Encore'@fr }} "
            f"WHERE {{ ?s a {INITIATIVE} ; {RDFS_LABEL} ?l FILTER(?l = 'Neuve'@fr) }}"
        ),
        "bruno",
    ),
    _put(f'<urn:a> <urn:b> "1.50"^^<{XSD}decimal>, "x"@fr-FR, [] .'),
    Change(Post(OTHER, _turtle("<urn:a> <urn:b> 1.5, 2 ."), "text/turtle"), "amina"),
    _put("<urn:a> <urn:b> 3 ."),
    Change(Delete(OTHER), "amina"),
    Change(Post("urn:x:more", _turtle("<urn:a> <urn:b> <urn:c> ."), "text/turtle"), "amina"),
]


def test_a_build_replays_every_write(settings: Settings) -> None:
    """File by file, triple by triple and count by count, a build gives what writes gave."""
    for change in SEVERAL:
        assert writes.write(settings, change).changed
    written = _current(settings)

    built = build.build(settings)

    names = {path.name for path in built.data_path.iterdir()}
    assert {path.name for path in written.data_path.iterdir()} == names
    for name in names:
        assert (written.data_path / name).read_text() == (built.data_path / name).read_text()
    for key in ("classes", "properties", "other_graphs", "changes", "validation", "datasets"):
        assert written.manifest[key] == built.manifest[key]
    one, other = (EmbeddedStore.open(release.store_path) for release in (written, built))
    assert {str(graph) for graph in one.graphs()} == {str(graph) for graph in other.graphs()}
    for graph in one.graphs():
        if graph != NAMES.graph("meta"):
            held, made = (
                {_BLANK.sub("_:b", line) for line in s.lines(graph)} for s in (one, other)
            )
            assert held == made
    assert built.manifest["conflicts"] == []


def test_counts_are_those_of_the_store(settings: Settings) -> None:
    """What the description says after a write is what the queries of a build count."""
    for change in SEVERAL[:5]:
        writes.write(settings, change)
    release = _current(settings)

    store = EmbeddedStore.open(release.store_path)

    sizes = {name: store.size(NAMES.graph(name)) for name in release.manifest["graphs"]}
    assert sizes == release.manifest["graphs"]
    assert release.manifest["other_graphs"] == {OTHER: store.size(NamedNode(OTHER))}
    assert release.manifest["triples"] == store.size()
    assert store.ask(
        f"ASK {{ <{OTHER}> <http://rdfs.org/ns/void#triples> {store.size(NamedNode(OTHER))} }}"
    )


def test_literals_keep_their_spelling(settings: Settings) -> None:
    """In the journal and the source RDF, where a store would make 1.5 of 1.50."""
    decimal = f'"1.50"^^<{XSD}decimal>'

    outcome = writes.write(settings, _put(f"<urn:a> <urn:b> {decimal} ."))

    line = f"<urn:a> <urn:b> {decimal} .\n"
    assert writes.diff(settings, outcome.release_id).patches[0].added == (line,)
    release = _current(settings)
    assert release.graph_path(OTHER, NAMES).read_text("utf-8") == line
    again = Change(Post(OTHER, _turtle("<urn:a> <urn:b> 1.5 ."), "text/turtle"), "amina")
    assert not writes.write(settings, again).changed


def test_two_spellings_go_one_by_one(settings: Settings) -> None:
    """What the store takes for one triple stays until the last spelling of it is gone."""
    one, two = (f'"{text}"^^<{XSD}integer>' for text in ("1", "01"))
    writes.write(settings, _put(f"<urn:a> <urn:b> {one}, {two} ."))

    writes.write(settings, _put(f"<urn:a> <urn:b> {two} ."))

    assert lines(settings, OTHER) == {f"<urn:a> <urn:b> {one} .\n"}
    writes.write(settings, Change(Delete(OTHER), "amina"))
    assert lines(settings, OTHER) == set()


def test_blank_nodes_are_named(settings: Settings) -> None:
    """Under the well-known path of RDF 1.1, and those of two documents never meet."""
    document = _turtle("_:x <urn:p> 1 .")
    for _ in range(2):
        writes.write(settings, Change(Post(OTHER, document, "text/turtle"), "amina"))
    writes.write(settings, insert("<urn:s> <urn:p> [ <urn:q> 2 ] ."))

    found = lines(settings, OTHER)

    head = f"<{NAMES.base}.well-known/genid/"
    assert len(found) == 2
    assert all(line.startswith(head) for line in found)
    assert not [line for line in lines(settings) if "_:" in line]
    assert len([line for line in lines(settings) if head in line]) == 2


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        (insert(broken()), writes.Refused, "1 violation(s)"),
        (Change(Update("INSERT DATA { <"), "amina"), QueryError, "line 1"),
        (Change(Update("INSERT DATA { <urn:a> <urn:b> }"), "amina"), QueryError, "line 1"),
        (Change(Update(f"DROP GRAPH {NAMES.graph('territories')}"), "a"), GraphProtected, "territ"),
        (
            Change(Update(f"INSERT DATA {{ GRAPH {NAMES.graph('meta')} {{ <urn:a> a 1 }} }}"), "a"),
            GraphProtected,
            "graph/meta",
        ),
        (Change(Update("CREATE GRAPH <urn:elsewhere>"), "a"), GraphProtected, "urn:elsewhere"),
        (Change(Delete(NAMES.graph("evidence").value), "a"), GraphProtected, "evidence"),
        (Change(Delete("urn:x:none"), "a"), NotFound, "urn:x:none"),
        (Change(Update("LOAD <http://a.example/x>"), "a"), QueryError, "LOAD"),
        (_put("<urn:a> <urn:b> "), QueryError, "line 1"),
        (Change(Put(OTHER, b"", "text/csv"), "a"), QueryError, "text/csv"),
        (
            insert(f"{NAMES.entity('mandate', 'x-05065-maire')} a {NAMES.ess('Mandate')} ."),
            NotConforming,
            f"<{COLLECTION}>: {NAMES.entity('mandate', 'x-05065-maire')}: mandates named like",
        ),
        (
            _put(f"{NAMES.entity('mandate', 'x-an-04-02-depute')} a {NAMES.ess('Mandate')} ."),
            NotConforming,
            "x-an-04-02-depute",
        ),
        (
            Change(Put(OTHER, b"<urn:g> { <urn:a> <urn:b> 1 }", "application/trig"), "a"),
            QueryError,
            "names another",
        ),
    ],
)
def test_what_is_refused_changes_nothing(
    settings: Settings, change: Change, error: type[EssgraphError], said: str
) -> None:
    """No release, no entry in the journal, nothing left behind; the next write is done."""
    before = _current(settings)

    with pytest.raises(error) as raised:
        writes.write(settings, change)

    assert said in str(raised.value)
    assert _current(settings) == before
    assert journal.ids(settings.home) == []
    assert not (settings.home / "staging").exists()
    assert writes.write(settings, insert(labelled("Neuve"))).changed


def test_a_mandate_of_the_register_may_be_spoken_of(settings: Settings) -> None:
    """A fact that gives it no class names nothing anew."""
    mandate = NAMES.entity("mandate", "x-05065-maire")

    assert writes.write(settings, _put(f'{mandate} {RDFS_LABEL} "Vu au conseil"@fr .')).changed


def test_a_refusal_has_its_report(settings: Settings) -> None:
    """As the W3C's report, for a script, and in sentences, without what blocks nothing."""
    with pytest.raises(writes.Refused) as raised:
        writes.write(settings, insert(broken()))

    report = raised.value.report
    (result,) = report.json["results"]
    assert result["focusNode"] == NAMES.entity("initiative", "cassee").value
    assert "sh:ValidationReport" in report.turtle
    assert any("énergie" in line for line in report.sentences["fr"])
    assert any("A sector is a concept" in line for line in report.sentences["en"])


def test_a_broken_rule_can_be_mended_by_a_write(settings: Settings) -> None:
    """A write is judged by what it leaves, incrementally as wholly."""
    one = NAMES.entity("initiative", "neuve")
    with pytest.raises(writes.Refused):
        writes.write(settings, insert(f"{labelled('Neuve')} {one} {SECTOR} 'texte' ."))
    writes.write(settings, insert(labelled("Neuve")))
    with pytest.raises(writes.Refused):
        writes.write(settings, insert(f"{one} {SECTOR} 'texte' ."))

    both = f"INSERT DATA {{ {one} {SECTOR} 'texte' }} ; DELETE DATA {{ {one} {SECTOR} 'texte' }}"

    assert not writes.write(settings, Change(Update(both), "amina")).changed


def test_a_refusal_leaves_out_what_blocks_nothing(settings: Settings) -> None:
    """A warning that was there before is in the whole report, not among the reasons."""
    path = settings.shapes_dir / "initiative.ttl"
    warning = (
        "\nshape:Dated a sh:NodeShape ; sh:targetClass ess:Initiative ; "
        "sh:property [ sh:path ess:dated ; sh:minCount 1 ; sh:severity sh:Warning ] .\n"
    )
    path.write_text(path.read_text("utf-8") + warning, "utf-8")

    with pytest.raises(writes.Refused) as raised:
        writes.write(settings, insert(broken()))

    report = raised.value.report
    (result,) = report.json["results"]
    assert result["severity"].endswith("#Violation")
    assert report.json["counts"]["Warning"] == 0
    assert "sh:Warning" in report.turtle


def test_shapes_changed_since_the_build_are_the_ones_that_count(settings: Settings) -> None:
    """The report of the release before is no help then: everything is checked again."""
    path = settings.shapes_dir / "initiative.ttl"
    path.write_text(path.read_text("utf-8").replace("sh:Violation", "sh:Warning"), "utf-8")

    writes.write(settings, insert(broken()))

    assert _current(settings).manifest["validation"]["warnings"] == 1


def test_no_change_makes_no_release(settings: Settings) -> None:
    """Of an update, a document or nothing at all."""
    writes.write(settings, insert(labelled("Neuve")))
    before = _current(settings)

    for change in (
        insert(labelled("Neuve")),
        insert(""),
        Change(Update("DELETE WHERE { <urn:none> ?p ?o }"), "amina"),
        Change(Post(OTHER, b"", "text/turtle"), "amina"),
    ):
        outcome = writes.write(settings, change)
        assert (outcome.changed, outcome.release_id) == (False, before.id)
    assert len(journal.ids(settings.home)) == 1


def test_where_sees_the_union_and_another_graph_can_be_new(settings: Settings) -> None:
    """As queries do; a graph that was not there is told."""
    territory = NAMES.ess("Territory")
    text = f"INSERT {{ GRAPH <{OTHER}> {{ ?t a <urn:Seen> }} }} WHERE {{ ?t a {territory} }}"

    outcome = writes.write(settings, Change(Update(text), "amina"))

    store = EmbeddedStore.open(_current(settings).store_path)
    amount = len(store.select(f"SELECT DISTINCT ?t WHERE {{ ?t a {territory} }}").rows)
    assert outcome.added == amount > 0
    assert outcome.created == (OTHER,)


@pytest.mark.parametrize("at", ["now", "then", "never"])
def test_a_precondition_is_about_the_graph(settings: Settings, at: str) -> None:
    """If-Match holds while the graph is what it was, whatever else was written since."""
    first = writes.write(settings, _put("<urn:a> <urn:b> 1 ."))
    writes.write(settings, insert(labelled("Neuve")))
    if at == "never":
        writes.write(settings, _put("<urn:a> <urn:b> 2 ."))
    release_id = _current(settings).id if at == "now" else first.release_id
    change = _put("<urn:a> <urn:b> 3 .", if_releases=(release_id,))

    if at == "never":
        with pytest.raises(PreconditionFailed, match="it changed with"):
            writes.write(settings, change)
    else:
        assert writes.write(settings, change).changed


def test_preconditions_on_being_there(settings: Settings) -> None:
    """If-None-Match: * and If-Match: * say whether the graph may be, or must be."""
    writes.write(settings, _put("<urn:a> <urn:b> 1 .", if_absent=True))

    with pytest.raises(PreconditionFailed, match="there already"):
        writes.write(settings, _put("<urn:a> <urn:b> 2 .", if_absent=True))
    with pytest.raises(PreconditionFailed):
        writes.write(settings, _put("<urn:a> <urn:b> 2 .", graph="urn:x:none", if_releases=()))
    assert writes.write(settings, _put("<urn:a> <urn:b> 2 .", if_releases=())).changed


def test_without_a_release_there_is_nothing_to_write_to(tmp_path: Path) -> None:
    """And it is said what to run."""
    with pytest.raises(StoreUnavailable, match="essgraph build"):
        writes.write(site(tmp_path), insert(labelled("Neuve")))


def test_a_writer_waits_for_its_turn_and_not_for_ever(settings: Settings) -> None:
    """While a build holds the lock; then it is told that the site is busy."""
    hasty = replace(settings, write_wait_s=0)

    with (
        Releases(settings.home).building(),
        pytest.raises(StoreUnavailable, match="busy"),
    ):
        writes.write(hasty, insert(labelled("Neuve")))


class _Killed(BaseException):
    """What stands for the end of a process."""


def _end(*arguments: object, **named: object) -> None:
    raise _Killed


Cut = Callable[[pytest.MonkeyPatch], None]


def _after_the_journal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Releases, "publish", _end)


def _before_the_pointer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Releases, "point_at", _end)


@pytest.mark.parametrize("cut", [_after_the_journal, _before_the_pointer])
def test_what_is_in_the_journal_is_published_by_the_next(
    settings: Settings, cut: Cut, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that ends between acceptance and publication loses nothing, nor does it twice."""
    with monkeypatch.context() as patched:
        cut(patched)
        with pytest.raises(_Killed):
            writes.write(settings, insert(labelled("Neuve")))
    assert labels(settings, ["neuve"]) == {"neuve": set()}
    accepted = writes.pending(settings)

    outcome = writes.write(settings, insert(labelled("Autre", "autre")))

    assert labels(settings, ["neuve", "autre"]) == {"neuve": {"Neuve"}, "autre": {"Autre"}}
    assert _current(settings).changes == {*accepted, outcome.release_id}
    assert len(accepted) == 1
    assert writes.recover(settings) == []


@pytest.mark.parametrize("cut", [_after_the_journal, _before_the_pointer])
def test_recovery_without_another_write(
    settings: Settings, cut: Cut, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that starts publishes what is pending; a build does too."""
    with monkeypatch.context() as patched:
        cut(patched)
        with pytest.raises(_Killed):
            writes.write(settings, insert(labelled("Neuve")))
    accepted = writes.pending(settings)

    assert writes.recover(settings) == accepted

    assert labels(settings, ["neuve"]) == {"neuve": {"Neuve"}}
    written = lines(settings)
    build.build(settings)
    assert lines(settings) == written


def test_nothing_is_accepted_before_all_is_on_disk(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The staged release is synced, then the journal, then the release is renamed."""
    events: list[str] = []

    def note(owner: object, name: str) -> None:
        real = getattr(owner, name)

        def noted(*arguments: object, **named: object) -> object:
            events.append(name)
            return real(*arguments, **named)

        monkeypatch.setattr(owner, name, noted)

    note(disk, "sync_tree")
    note(Journal, "append")
    note(Releases, "publish")
    note(Releases, "point_at")

    writes.write(settings, insert(labelled("Neuve")))

    assert events == ["sync_tree", "append", "publish", "point_at"]


def test_a_rollback_undoes_for_the_builds_to_come(settings: Settings) -> None:
    """And going forward brings back, both for builds and for writes."""
    first = _current(settings)
    one = writes.write(settings, insert(labelled("Neuve"))).release_id
    two = writes.write(settings, insert(labelled("Autre", "autre"))).release_id
    releases = Releases(settings.home)

    releases.rollback(first.id)

    assert [record.undone for record in writes.changes(settings)] == [True, True]
    assert writes.pending(settings) == []
    assert inputs.up_to_date(settings) is not None
    build.build(settings)
    assert labels(settings, ["neuve", "autre"]) == {"neuve": set(), "autre": set()}
    releases.rollback(one)
    three = writes.write(settings, insert(labelled("Encore", "encore"))).release_id
    undone = {record.id: record.undone for record in writes.changes(settings)}
    assert undone == {one: False, two: True, three: False}
    build.build(settings)
    found = labels(settings, ["neuve", "autre", "encore"])
    assert found == {"neuve": {"Neuve"}, "autre": set(), "encore": {"Encore"}}
    releases.rollback(two)
    assert {r.id for r in writes.changes(settings) if r.undone} == {three}


def test_a_rollback_that_was_killed_is_settled(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between moving the pointer and noting what it undid: the next one notes it."""
    first = _current(settings)
    writes.write(settings, insert(labelled("Neuve")))
    with monkeypatch.context() as patched:
        patched.setattr(journal, "undo", _end)
        with pytest.raises(_Killed):
            Releases(settings.home).rollback(first.id)

    writes.write(settings, insert(labelled("Autre", "autre")))

    assert labels(settings, ["neuve", "autre"]) == {"neuve": set(), "autre": {"Autre"}}
    assert [record.undone for record in writes.changes(settings)] == [False, True]


def test_a_file_that_changed_under_a_write_is_told(settings: Settings) -> None:
    """The build does what can be done, and says what cannot."""
    source = next((settings.data_dir / "collection").glob("*.ttl"))
    essai = NAMES.entity("initiative", "essai")
    delete = f"DELETE DATA {{ {essai} {RDFS_LABEL} 'Trial'@en }}"
    writes.write(settings, Change(Update(delete), "amina"))
    text = source.read_text("utf-8")
    source.write_text(text.replace('"Trial"@en', '"Attempt"@en'), "utf-8")

    release = build.build(settings)

    (conflict,) = release.manifest["conflicts"]
    assert '"Trial"@en' in conflict
    assert writes.changes(settings)[0].id in conflict


class _Document(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """Answer with one triple."""
        body = b"<urn:loaded> <urn:p> <urn:o> ."
        self.send_response(200)
        self.send_header("Content-Type", "text/turtle")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""


def test_an_allowed_document_is_loaded(settings: Settings) -> None:
    """LOAD without a graph goes where other triples without a graph go: to the collection."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Document)
    thread = Thread(target=server.serve_forever)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}/x"
    try:
        allowing = replace(settings, load_allowed=(address,))
        writes.submit(allowing, Change(Update(f"LOAD <{address}>"), "amina"))
        with pytest.raises(QueryError, match="LOAD"):
            writes.submit(allowing, Change(Update(f"LOAD <{address}y>"), "amina"))
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

    assert "<urn:loaded> <urn:p> <urn:o> .\n" in lines(settings)


def test_writes_and_builds_are_kept_apart(settings: Settings) -> None:
    """Many writes do not push out the builds that one may want to go back to."""
    few = replace(settings, keep_releases=2)
    first = _current(settings).id

    ids = [writes.write(few, insert(labelled(str(n), str(n)))).release_id for n in range(4)]

    assert [release.id for release in Releases(few.home).kept()] == [first, *ids[2:]]


def test_the_process_tells_what_the_function_does(settings: Settings) -> None:
    """Outcomes and errors cross the process boundary, the report of a refusal too."""
    done = writes.submit(settings, insert(labelled("Neuve"), agent="Zoé"))
    with pytest.raises(GraphProtected, match="urn:elsewhere"):
        writes.submit(settings, Change(Delete("urn:elsewhere"), "amina"))
    with pytest.raises(writes.Refused) as raised:
        writes.submit(settings, insert(broken()))

    assert done == writes.Outcome(_current(settings).id, changed=True, added=2, removed=0)
    assert writes.changes(settings)[0].agent == "Zoé"
    assert json.dumps(raised.value.report.json)
    assert raised.value.report.sentences["fr"]


RUNAWAY = (
    "INSERT { GRAPH <urn:x:notes> { ?a <urn:p> ?n } } WHERE { { SELECT (COUNT(*) AS ?n) WHERE "
    "{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l } } BIND(<urn:a> AS ?a) }"
)


def test_a_runaway_is_ended(settings: Settings) -> None:
    """At its deadline; nothing of it stays, and the next write is done."""
    before = _current(settings)

    with pytest.raises(QueryTimeout, match="took more than 1 s"):
        writes.submit(replace(settings, write_wait_s=0), Change(Update(RUNAWAY), "amina"), 1)

    assert _current(settings) == before
    assert writes.write(settings, insert(labelled("Neuve"))).changed
    assert not (settings.home / "staging").exists()


def test_a_glutton_is_ended(settings: Settings) -> None:
    """By the ceiling of memory of its process; nothing of it stays."""
    many = " ".join(f"<urn:a> <urn:b> <urn:{n}> ." for n in range(1000))
    greedy = Update(
        f"INSERT DATA {{ GRAPH <urn:x:many> {{ {many} }} }} ; INSERT {{ GRAPH <urn:x:notes> "
        "{ ?a <urn:p> ?b } } WHERE { { SELECT ?a ?b WHERE "
        "{ ?a <urn:b> ?b . ?c <urn:b> ?d . ?e <urn:b> ?f } ORDER BY ?f ?d LIMIT 1 } }"
    )
    small = replace(settings, write_memory_mb=800)

    with pytest.raises(StoreUnavailable, match="not done"):
        writes.submit(small, Change(greedy, "amina"))

    assert journal.ids(settings.home) == []


def test_releases_tells_who_wrote_what(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """For people and for scripts; the id, which a rollback is given, is never cut."""
    message = "[bold] pour voir"
    written = writes.write(settings, insert(labelled("Neuve"), message=message)).release_id
    Releases(settings.home).rollback()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ESSGRAPH_HOME", str(settings.home))
    runner = CliRunner()

    table = runner.invoke(releases, []).stdout
    first, second = json.loads(runner.invoke(releases, ["--json"]).stdout)

    assert written in table
    assert "change" not in first
    assert second["change"] == {
        "agent": "amina",
        "message": message,
        "added": 2,
        "removed": 0,
        "undone": True,
    }
