"""Engines: one contract, no constraint passed over in silence."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import NamedNode

from essgraph.errors import ConfigError, NotConforming, NotFound, SourceError
from essgraph.shacl import engine, fast
from essgraph.shacl.data import DataGraph, of_files
from essgraph.shacl.report import Report
from essgraph.shacl.shapes import Shapes, read_shapes
from essgraph.store.embedded import EmbeddedStore
from essgraph.vocab import SH, Names

NAMES = Names()
ENGINES = tuple(engine.ENGINES)
_PREFIXES = """
@prefix ex: <http://e/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
_DATA = """
ex:Sub rdfs:subClassOf ex:Class .
ex:a a ex:Class ; ex:p "01"^^xsd:integer ; ex:on "2014-02-30"^^xsd:date .
ex:b a ex:Sub ; ex:p 2 , 3 ; ex:start "2015-01-01"^^xsd:date ; ex:end "2014-01-01"^^xsd:date .
ex:c ex:child ex:a , ex:b .
"""
_PREFIX = 'ex:decl sh:declare [ sh:prefix "ex" ; sh:namespace "http://e/"^^xsd:anyURI ] .\n'


def _validate(folder: Path, shapes: str, name: str, data: str = _DATA) -> Report:
    (folder / "data.ttl").write_text(_PREFIXES + data, "utf-8")
    (folder / "shapes.ttl").write_text(_PREFIXES + shapes, "utf-8")
    with of_files([folder / "data.ttl"], NAMES) as graph:
        return engine.validate(graph, folder / "shapes.ttl", name, NAMES)


def _found(report: Report) -> list[tuple[str, str]]:
    return sorted(
        (r.focus_node.value, str(r.value))
        for r in report.results
        if isinstance(r.focus_node, NamedNode)
    )


@pytest.mark.parametrize("name", ENGINES)
def test_lexical_forms_are_judged_as_they_were_written(tmp_path: Path, name: str) -> None:
    """A day that is not in the calendar is found, "01" is an integer and is told as written."""
    shapes = """ex:S a sh:NodeShape ; sh:targetClass ex:Class ;
        sh:property [ sh:path ex:on ; sh:datatype xsd:date ] ,
                    [ sh:path ex:p ; sh:in ( 2 3 ) ] ."""
    report = _validate(tmp_path, shapes, name)

    assert _found(report) == [
        ("http://e/a", f'"01"^^{NamedNode("http://www.w3.org/2001/XMLSchema#integer")}'),
        ("http://e/a", f'"2014-02-30"^^{NamedNode("http://www.w3.org/2001/XMLSchema#date")}'),
    ]


@pytest.mark.parametrize("name", ENGINES)
def test_dates_are_compared_in_a_query(tmp_path: Path, name: str) -> None:
    """The comparison that the fast engine's Core part passes over is run on the store."""
    shapes = (
        _PREFIX
        + """ex:S a sh:NodeShape ; sh:targetClass ex:Class ; sh:sparql ex:Q .
        ex:Q sh:prefixes ex:decl ; sh:message "Finit {?value} avant."@fr ;
        sh:select "SELECT $this ?value { $this ex:start ?s ; ex:end ?value FILTER(?value < ?s) }" .
        """
    )
    report = _validate(tmp_path, shapes, name)

    assert [r.rule for r in report.results] == ["http://e/Q"]
    assert report.results[0].focus_node == NamedNode("http://e/b")
    assert report.results[0].component == NamedNode(SH + "SPARQLConstraintComponent")


@pytest.mark.parametrize("name", ENGINES)
def test_query_of_a_nested_property_shape_sees_its_focus_nodes(tmp_path: Path, name: str) -> None:
    """sh:sparql two properties deep: the focus nodes are the values of the outer path."""
    shapes = (
        _PREFIX
        + """ex:S a sh:NodeShape ; sh:targetNode ex:c ;
            sh:property [ sh:path ex:child ; sh:property ex:Inner ] .
        ex:Inner a sh:PropertyShape ; sh:path ex:p ; sh:severity sh:Warning ;
            sh:sparql [ sh:prefixes ex:decl ;
                sh:select "SELECT $this ?value WHERE { $this $PATH ?value FILTER(?value > 2) }" ] .
        """
    )
    report = _validate(tmp_path, shapes, name)

    assert _found(report) == [("http://e/b", '"3"^^<http://www.w3.org/2001/XMLSchema#integer>')]
    assert str(report.results[0].path) == "<http://e/p>"
    assert report.conforms


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize(
    ("target", "focus"),
    [
        ("sh:targetNode ex:a , ex:nowhere", ["http://e/a", "http://e/nowhere"]),
        ("sh:targetClass ex:Class", ["http://e/a", "http://e/b"]),
        ("sh:targetClass ex:Sub", ["http://e/b"]),
        ("sh:targetSubjectsOf ex:p", ["http://e/a", "http://e/b"]),
        ("sh:targetObjectsOf ex:child ; sh:targetNode ex:a", ["http://e/a", "http://e/b"]),
        ("sh:targetClass ex:Class ; sh:deactivated true", []),
    ],
)
def test_query_runs_on_each_target_once(
    tmp_path: Path, name: str, target: str, focus: list[str]
) -> None:
    """Every kind of target, alone and together, gives each focus node one result."""
    shapes = (
        _PREFIX
        + f"""ex:S a sh:NodeShape ; {target} ;
        sh:sparql [ sh:prefixes ex:decl ; sh:select "SELECT $this WHERE {{ FILTER(true) }}" ] ."""
    )
    report = _validate(tmp_path, shapes, name)

    assert [node for node, _ in _found(report)] == focus


@pytest.mark.parametrize("name", ENGINES)
def test_class_shape_targets_its_instances(tmp_path: Path, name: str) -> None:
    """A shape that is an rdfs:Class is an implicit class target."""
    shapes = (
        _PREFIX
        + """ex:Class a sh:NodeShape , rdfs:Class ;
        sh:sparql [ sh:prefixes ex:decl ; sh:select "SELECT $this WHERE { FILTER(true) }" ] ."""
    )
    report = _validate(tmp_path, shapes, name)

    assert [node for node, _ in _found(report)] == ["http://e/a", "http://e/b"]


def test_message_is_filled_in_both_languages(tmp_path: Path) -> None:
    """{?value} and {$this} are replaced; what is not bound stays as it is."""
    shapes = (
        _PREFIX
        + """ex:S a sh:NodeShape ; sh:targetNode ex:b ; sh:sparql [
        sh:prefixes ex:decl ; sh:message "{$this} finit {?value}"@fr , "ends {?none}"@en ;
        sh:select "SELECT $this ?value WHERE { $this ex:end ?value }" ] ."""
    )
    report = _validate(tmp_path, shapes, "fast")

    assert report.results[0].messages == {"fr": "http://e/b finit 2014-01-01", "en": "ends {?none}"}


def test_prefixes_follow_imports(tmp_path: Path) -> None:
    """sh:prefixes reaches the declarations of what its node imports."""
    shapes = (
        _PREFIX
        + """ex:mine owl:imports ex:decl .
        ex:S a sh:NodeShape ; sh:targetNode ex:b ; sh:sparql [
        sh:prefixes ex:mine ; sh:select "SELECT $this WHERE { $this ex:end ?value }" ] ."""
    )

    assert len(_validate(tmp_path, shapes, "fast").results) == 1
    assert len(_validate(tmp_path, shapes, "pyshacl").results) == 1


_SPARQL = "ex:S a sh:NodeShape ; sh:targetNode ex:b ; sh:sparql ex:Q .\nex:Q "


@pytest.mark.parametrize(
    ("shapes", "reason"),
    [
        (
            'ex:S a sh:NodeShape ; sh:targetNode ex:a ; sh:js [ sh:jsFunctionName "f" ] .',
            "S: sh:js",
        ),
        ("ex:S a sh:NodeShape ; sh:rule [ sh:order 1 ] .", "S: sh:rule"),
        ("ex:S a sh:NodeShape ; sh:target ex:T .", "S: sh:target "),
        ("ex:S a sh:NodeShape ; sh:targetClas ex:C .", "S: sh:targetClas "),
        ("ex:S a sh:NodeShape ; sh:property [ sh:path ex:p ; sh:minCoutn 1 ] .", "S: sh:minCoutn"),
        ("ex:S a sh:Shap ; sh:targetClass ex:C .", "S: sh:Shap "),
        ("<x:g> sh:entailment <x:rdfs> .", "x:g: sh:entailment"),
        ("ex:K a sh:ConstraintComponent ; sh:parameter ex:P .", "K: sh:parameter"),
        (
            "ex:S a sh:NodeShape ; sh:targetNode ex:a ; sh:node ex:S .",
            "S: recursive",
        ),
        (
            "ex:S a sh:NodeShape ; sh:targetNode ex:a ; sh:or ( ex:T ) ."
            ' ex:T a sh:NodeShape ; sh:sparql [ sh:select "SELECT $this WHERE { }" ] .',
            "T: sh:sparql in a shape under",
        ),
        (
            "ex:S a sh:NodeShape ; sh:targetNode ex:a ; sh:node ex:T ."
            ' ex:T a sh:NodeShape ; sh:sparql [ sh:select "SELECT $this WHERE { }" ] .',
            "T: sh:sparql in a shape under",
        ),
        (_SPARQL + 'sh:select "SELECT $this WHERE { $this no:p ?v }" .', "Q: .*Prefix not found$"),
        (_SPARQL + 'sh:select "SELECT $this WHERE { $this }" .', "Q: "),
        (_SPARQL + 'sh:select "SELECT $this WHERE { $shapesGraph ?p $this }" .', "shapesGraph"),
        (_SPARQL + 'sh:select "SELECT $this WHERE { } " , "SELECT $this WHERE {}" .', "Q: "),
        (
            'ex:d sh:declare [ sh:prefix "e" ; sh:namespace "x:> . ?s ?p ?o" ] .'
            + _SPARQL
            + 'sh:prefixes ex:d ; sh:select "SELECT $this WHERE { }" .',
            "d: sh:declare",
        ),
    ],
)
def test_fast_engine_refuses_what_it_does_not_handle(
    tmp_path: Path, shapes: str, reason: str
) -> None:
    """It does not start, and names the shape and the term."""
    with pytest.raises(SourceError, match=reason):
        _validate(tmp_path, shapes, "fast")


def test_reference_refuses_what_it_does_not_handle(tmp_path: Path) -> None:
    """pySHACL would pass over a rule in silence; our engine does not."""
    with pytest.raises(SourceError, match=r"S: sh:rule is not handled by the engine 'pyshacl'"):
        _validate(tmp_path, "ex:S a sh:NodeShape ; sh:rule [ sh:order 1 ] .", "pyshacl")


def test_reference_runs_constraint_components(tmp_path: Path) -> None:
    """What only the reference handles, it does handle."""
    shapes = """ex:K a sh:ConstraintComponent ; sh:parameter [ sh:path ex:above ] ;
            sh:validator [ a sh:SPARQLAskValidator ; sh:ask "ASK { FILTER(?value > $above) }" ] .
        ex:S a sh:NodeShape ; sh:targetNode ex:b ; sh:property [ sh:path ex:p ; ex:above 2 ] ."""
    report = _validate(tmp_path, shapes, "pyshacl")

    assert [node for node, _ in _found(report)] == ["http://e/b"]


def test_query_can_report_its_own_failure(tmp_path: Path) -> None:
    """A solution with ?failure true is no result but an error (SHACL section 5.3.2)."""
    shapes = _SPARQL + 'sh:select "SELECT $this ?failure WHERE { BIND(true AS ?failure) }" .'

    with pytest.raises(SourceError, match="reports a failure"):
        _validate(tmp_path, shapes, "fast")


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize(
    ("shapes", "reason"),
    [
        ("ex:S a sh:NodeShape ; sh:property [ sh:minCount 1 ] .", "malformed shape http://e/S"),
        ('ex:S a sh:NodeShape ; sh:property [ sh:path ex:p ; sh:minCount "a" ] .', "http://e/S"),
        ("ex:S a sh:NodeShape\n  ex:p ex:q .", r"shapes\.ttl:8:\d+: .*ex:p ex:q"),
    ],
)
def test_malformed_shapes_are_named(tmp_path: Path, name: str, shapes: str, reason: str) -> None:
    """A shape without a path, a count that is no number, a syntax error: each is an error."""
    with pytest.raises(SourceError, match=reason):
        _validate(tmp_path, shapes, name)


def test_unknown_engine_is_told_the_known(tmp_path: Path) -> None:
    """The message lists what may be chosen."""
    with pytest.raises(ConfigError, match=r"'quick'; there are: fast, pyshacl"):
        _validate(tmp_path, "", "quick")


@pytest.mark.parametrize("missing", ["none.ttl", "."])
def test_missing_shapes_are_an_error(tmp_path: Path, missing: str) -> None:
    """A path that is not there, or a folder without shapes, never validates everything."""
    data = tmp_path / "data"
    data.mkdir()
    (data / "data.nt").write_text("", "utf-8")

    with of_files([data / "data.nt"], NAMES) as graph, pytest.raises(NotFound, match=r"no .*file"):
        engine.validate(graph, tmp_path / missing, "fast", NAMES)


def test_shape_files_can_be_named_one_by_one(tmp_path: Path) -> None:
    """Several paths make one shapes graph."""
    (tmp_path / "one.ttl").write_text(_PREFIXES + "ex:S a sh:NodeShape ; sh:property ex:P .")
    (tmp_path / "two.ttl").write_text(
        _PREFIXES + "ex:S sh:targetNode ex:a . ex:P sh:path ex:q ; sh:minCount 1 ."
    )
    (tmp_path / "data.ttl").write_text(_PREFIXES + _DATA)
    with of_files([tmp_path / "data.ttl"], NAMES) as graph:
        report = engine.validate(graph, [tmp_path / "one.ttl", tmp_path / "two.ttl"], "fast", NAMES)

    assert [r.rule for r in report.results] == ["http://e/P"]


def test_missing_data_file_is_not_found(tmp_path: Path) -> None:
    """A file that is not there is told before anything is read."""
    with (
        pytest.raises(NotFound, match=r"none\.ttl: no such file"),
        of_files([tmp_path / "none.ttl"], NAMES),
    ):
        pass


def test_more_results_than_are_held_end_the_validation(tmp_path: Path) -> None:
    """A fault of everything is told by its rule, not held case by case, and never passes."""
    shapes = "ex:S a sh:NodeShape ; sh:targetClass ex:Class ; sh:property ex:P ."
    rule = "ex:P sh:path ex:none ; sh:minCount 1 ; sh:severity sh:Warning ."
    (tmp_path / "data.ttl").write_text(_PREFIXES + _DATA, "utf-8")
    (tmp_path / "shapes.ttl").write_text(_PREFIXES + shapes + rule, "utf-8")
    read = read_shapes(tmp_path / "shapes.ttl", NAMES)
    with of_files([tmp_path / "data.ttl"], NAMES) as graph:
        held = fast.FastEngine(most=3).validate(graph, read)
        with pytest.raises(NotConforming, match=r"2 results or more.*http://e/"):
            fast.FastEngine(most=2).validate(graph, read)

    assert len(held) == 2


def test_more_results_of_queries_than_are_held_end_the_validation(tmp_path: Path) -> None:
    """The bound holds for SHACL-SPARQL as for SHACL Core, over all constraints together."""
    shapes = (
        _PREFIX
        + """ex:S a sh:NodeShape ; sh:targetClass ex:Class ; sh:sparql ex:Q , ex:R .
        ex:Q sh:prefixes ex:decl ; sh:select "SELECT $this ?value WHERE { $this ex:p ?value }" .
        ex:R sh:prefixes ex:decl ; sh:select "SELECT $this ?value WHERE { $this ex:end ?value }" .
        """
    )
    (tmp_path / "data.ttl").write_text(_PREFIXES + _DATA, "utf-8")
    (tmp_path / "shapes.ttl").write_text(_PREFIXES + shapes, "utf-8")
    read = read_shapes(tmp_path / "shapes.ttl", NAMES)
    with of_files([tmp_path / "data.ttl"], NAMES) as graph:
        held = fast.FastEngine(most=5).validate(graph, read)
        with pytest.raises(NotConforming, match=r"results or more.*http://e/[QR]$"):
            fast.FastEngine(most=4).validate(graph, read)

    assert len(held) == 4


@pytest.mark.parametrize("name", ENGINES)
def test_two_spellings_of_a_number_are_two_values(tmp_path: Path, name: str) -> None:
    """A property with "01" and "1" has two values, though they are one number."""
    data = 'ex:a ex:p "01"^^xsd:integer , "1"^^xsd:integer . ex:b ex:p 1 .'
    shapes = """ex:S a sh:NodeShape ; sh:targetSubjectsOf ex:p ;
        sh:property [ sh:path ex:p ; sh:maxCount 1 ] ."""
    report = _validate(tmp_path, shapes, name, data)

    assert [node for node, _ in _found(report)] == ["http://e/a"]


def _in_two_files(folder: Path) -> DataGraph:
    """One entity, of which each file tells a half."""
    first, second = folder / "first.nt", folder / "second.nt"
    first.write_text('<http://e/a> <http://e/p> "1" .\n', "utf-8")
    second.write_text('<http://e/a> <http://e/p> "2" .\n', "utf-8")
    return DataGraph(first, lambda: EmbeddedStore(base_iri=NAMES.base), (second,))


def _at_most_one(folder: Path) -> Shapes:
    text = "ex:S sh:targetSubjectsOf ex:p ; sh:property ex:P . ex:P sh:path ex:p ; sh:maxCount 1 ."
    (folder / "shapes.ttl").write_text(_PREFIXES + text, "utf-8")
    return read_shapes(folder / "shapes.ttl", NAMES)


def test_several_sources_are_one_graph(tmp_path: Path) -> None:
    """What two files say of one entity is judged together."""
    found = fast.FastEngine().validate(_in_two_files(tmp_path), _at_most_one(tmp_path))

    assert [result.rule for result in found] == ["http://e/P"]


def test_source_that_cannot_be_read_fails_the_validation(tmp_path: Path) -> None:
    """A part of the data is never taken for all of it."""
    data = _in_two_files(tmp_path)
    data.further[0].unlink()

    with pytest.raises(SourceError, match=r"second\.nt: No such file"):
        fast.FastEngine().validate(data, _at_most_one(tmp_path))


def test_sources_that_nobody_reads_are_let_go(tmp_path: Path) -> None:
    """An engine that fails before it reads leaves nothing waiting."""
    with pytest.raises(KeyError), _in_two_files(tmp_path).one_file() as pipe:
        raise KeyError(pipe.name)

    assert not pipe.exists()
